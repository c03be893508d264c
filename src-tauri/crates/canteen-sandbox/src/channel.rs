use std::io::{self, Read, Write};
use std::net::Shutdown;

use crate::SandboxError;

#[cfg(unix)]
type Stream = std::os::unix::net::UnixStream;
#[cfg(windows)]
type Stream = crate::windows::Stream;

/// One end of the socket pair (on Windows: of two pipes) between parent and child. Blocking: an engine that is locked in can do nothing else.
#[derive(Debug)]
pub struct Channel(Stream);

impl Channel {
    pub(crate) const fn new(stream: Stream) -> Self {
        Self(stream)
    }

    /// The end that the parent put at descriptor 3. Call it once.
    ///
    /// # Errors
    /// [`SandboxError::NotAChild`] when descriptor 3 is no socket.
    pub fn inherited() -> Result<Self, SandboxError> {
        #[cfg(unix)]
        return crate::unix::inherited_channel();
        #[cfg(windows)]
        return crate::windows::inherited_channel();
    }

    /// A second handle to the same end, for a thread of its own.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub fn try_clone(&self) -> io::Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Ends both directions for all handles: readers on both sides see the end.
    pub fn close(&self) {
        // Closing what the other side has closed already is no fault.
        drop(self.0.shutdown(Shutdown::Both));
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
