use std::io;
use std::os::windows::io::{AsRawHandle, OwnedHandle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use windows_sys::Win32::System::Threading::{GetExitCodeProcess, INFINITE, WaitForSingleObject};

use super::container::Slot;
use super::job;
use super::start::Started;
use crate::windows_status::status;
use crate::{Channel, Exit, HowEnded, Status};

/// A running child. Dropping it kills the child.
#[derive(Debug)]
pub struct Child {
    started: Started,
    job: OwnedHandle,
    channel: Channel,
    killed: AtomicBool,
    tail: Mutex<Option<JoinHandle<String>>>,
    /// Removed after the end, which `drop` waits for.
    _container: Slot,
}

impl Child {
    pub(super) fn new(
        started: Started,
        job: OwnedHandle,
        container: Slot,
        channel: Channel,
        tail: Option<JoinHandle<String>>,
    ) -> Self {
        Self { started, job, channel, killed: AtomicBool::new(false), tail: Mutex::new(tail), _container: container }
    }

    /// Process id, for meters. It is the child's own for as long as this value lives.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.started.pid
    }

    /// Our end of the channel.
    ///
    /// # Errors
    /// Never on this system.
    pub fn channel(&self) -> io::Result<Channel> {
        self.channel.try_clone()
    }

    /// Ends the child now. Killing what has ended is fine.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::SeqCst);
        job::terminate(&self.job);
    }

    /// Blocks until the child has ended, and says how.
    #[must_use]
    pub fn wait(&self) -> Exit {
        let status = self.exit_code().map_or(Status::Exited(-1), status);
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner).take();
        let stderr = tail.and_then(|tail| tail.join().ok()).unwrap_or_default();
        Exit { how: HowEnded::classify(status, None, self.killed.load(Ordering::SeqCst), &stderr), stderr }
    }

    #[expect(unsafe_code, reason = "Win32")]
    fn exit_code(&self) -> Option<u32> {
        let process = self.started.process.as_raw_handle();
        let mut code = 0;
        // SAFETY: the handle is open as long as `self` lives; `code` is a place for one number.
        let done = unsafe {
            WaitForSingleObject(process, INFINITE);
            GetExitCodeProcess(process, &raw mut code)
        };
        (done != 0).then_some(code)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        // A killed process is gone at once; nobody asks for its code.
        let _code = self.exit_code();
    }
}
