use std::io::{self, PipeReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use libc::SIGKILL;

use crate::{Channel, Exit, HowEnded, Status};

/// A running child. Dropping it kills the child.
#[derive(Debug)]
pub struct Child {
    pid: u32,
    channel: Channel,
    process: Mutex<process::Child>,
    killed: AtomicBool,
    black_box: Mutex<PipeReader>,
    tail: Mutex<Option<JoinHandle<String>>>,
    /// The kernel's own kills when the child was started.
    kills: Option<u64>,
}

impl Child {
    pub(super) fn new(
        process: process::Child,
        channel: Channel,
        black_box: PipeReader,
        tail: Option<JoinHandle<String>>,
    ) -> Self {
        Self {
            pid: process.id(),
            channel,
            process: Mutex::new(process),
            killed: AtomicBool::new(false),
            black_box: Mutex::new(black_box),
            tail: Mutex::new(tail),
            kills: kernel_kills(),
        }
    }

    /// Process id, for meters. It may be another process once [`wait`](Self::wait) has returned.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Our end of the channel.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub fn channel(&self) -> io::Result<Channel> {
        self.channel.try_clone()
    }

    /// Ends the child now. Killing what has ended is fine.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::SeqCst);
        // Under this lock the process is not reaped, so its number is still its own.
        drop(self.process.lock().unwrap_or_else(PoisonError::into_inner).kill());
    }

    /// Blocks until the child has ended, and says how.
    #[must_use]
    pub fn wait(&self) -> Exit {
        // Waits without reaping and without the lock, so that `kill` works meanwhile.
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            while waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).is_err_and(|e| e == Errno::INTR) {}
        }
        let status = self.process.lock().unwrap_or_else(PoisonError::into_inner).wait();
        let stderr = self.tail.lock().unwrap_or_else(PoisonError::into_inner).take();
        let stderr = stderr.and_then(|tail| tail.join().ok()).unwrap_or_default();
        let status = match status {
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => Status::Exited(code),
                (None, Some(signal)) => Status::Signal(signal),
                (None, None) => Status::Exited(-1),
            },
            Err(_) => Status::Exited(-1),
        };
        let how = HowEnded::classify(status, self.recorded_call(), self.killed.load(Ordering::SeqCst), &stderr);
        let by_kernel = self.kills.is_none() || self.kills != kernel_kills();
        let how = match (how, status) {
            (HowEnded::OutOfMemory, Status::Signal(signal @ SIGKILL)) if !by_kernel => HowEnded::Fault { signal },
            _ => how,
        };
        Exit { how, stderr }
    }

    /// What the trap handler wrote; the child was its only writer and has ended, so this does not block.
    fn recorded_call(&self) -> Option<u32> {
        let mut number = [0; 4];
        let mut black_box = self.black_box.lock().unwrap_or_else(PoisonError::into_inner);
        black_box.read_exact(&mut number).ok().map(|()| u32::from_ne_bytes(number))
    }
}

/// `None` where the system does not count.
fn kernel_kills() -> Option<u64> {
    #[cfg(target_os = "linux")]
    return crate::linux::oom::kills();
    #[cfg(not(target_os = "linux"))]
    None
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        // Reaps it; a killed process is gone at once.
        drop(self.process.lock().unwrap_or_else(PoisonError::into_inner).wait());
    }
}
