use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::net::Shutdown;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use windows_sys::Win32::Storage::FileSystem::{FILE_TYPE, FILE_TYPE_DISK, FILE_TYPE_PIPE, GetFileType};
use windows_sys::Win32::System::IO::CancelIoEx;

use super::{MODEL, READ_FROM, WRITE_TO};
use crate::{Channel, SandboxError};

/// Two pipes that behave like one end of a socket pair. Two, because a blocked read holds up every write on the same handle.
#[derive(Clone, Debug)]
pub(crate) struct Stream(Arc<Ends>);

#[derive(Debug)]
struct Ends {
    reading: PipeReader,
    /// Gone after [`Stream::shutdown`]; a write in flight keeps its own hold.
    writing: Mutex<Option<Arc<PipeWriter>>>,
    closed: AtomicBool,
}

impl Stream {
    pub(super) fn new(reading: PipeReader, writing: PipeWriter) -> Self {
        Self(Arc::new(Ends { reading, writing: Mutex::new(Some(Arc::new(writing))), closed: AtomicBool::new(false) }))
    }

    #[expect(clippy::unnecessary_wraps, reason = "a socket needs a descriptor for it")]
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(self.clone())
    }

    /// Ends both directions for every clone. The other side sees the end; a read or write that blocks here is cancelled. One
    /// that begins in this very moment goes on until the other side ends, which it does or is made to.
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as a socket's")]
    pub(crate) fn shutdown(&self, _both: Shutdown) -> io::Result<()> {
        self.0.closed.store(true, Ordering::SeqCst);
        let writing = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        cancel(self.0.reading.as_raw_handle());
        if let Some(writing) = writing {
            cancel(writing.as_raw_handle());
        }
        Ok(())
    }

    fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::SeqCst)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_closed() {
            return Ok(0);
        }
        match (&self.0.reading).read(buffer) {
            Err(_) if self.is_closed() => Ok(0),
            read => read,
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let writing = self.0.writing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let writing = writing.ok_or(io::ErrorKind::BrokenPipe)?;
        (&*writing).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[expect(unsafe_code, reason = "Win32")]
fn cancel(handle: RawHandle) {
    // SAFETY: the handle is open while its owner is borrowed by the caller. That there is nothing to cancel is no fault.
    unsafe { CancelIoEx(handle, ptr::null()) };
}

pub(crate) fn inherited_channel() -> Result<Channel, SandboxError> {
    let reading = PipeReader::from(inherited(READ_FROM, FILE_TYPE_PIPE)?);
    let writing = PipeWriter::from(inherited(WRITE_TO, FILE_TYPE_PIPE)?);
    Ok(Channel::new(Stream::new(reading, writing)))
}

pub(crate) fn inherited_model() -> Result<File, SandboxError> {
    Ok(File::from(inherited(MODEL, FILE_TYPE_DISK)?))
}

/// The handle whose value stands behind `name` in this process's arguments.
#[expect(unsafe_code, reason = "the parent's handles come as bare numbers")]
fn inherited(name: &str, kind: FILE_TYPE) -> Result<OwnedHandle, SandboxError> {
    let value = std::env::args().skip_while(|argument| argument != name).nth(1);
    let value: usize = value.and_then(|value| value.parse().ok()).ok_or(SandboxError::NotAChild)?;
    let handle = ptr::with_exposed_provenance_mut(value);
    // SAFETY: only asks what the number stands for, and says so when it is no handle.
    if unsafe { GetFileType(handle) } != kind {
        return Err(SandboxError::NotAChild);
    }
    // SAFETY: the handle is open, `spawn` handed it over for us, and callers take each one once, as the docs demand.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}
