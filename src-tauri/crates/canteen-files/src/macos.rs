//! macOS.

use std::io;

use rustix::fs::fcntl_nocache;

use crate::gentle::Way;

/// The file is read past the cache, save what lies there already.
pub(crate) struct Trail;

impl Trail {
    pub(crate) fn new(file: &fs_err::File) -> Self {
        // Only advice: where it is refused, reading floods the cache and gives the same bytes.
        fcntl_nocache(file, true).unwrap_or_default();
        Self
    }

    pub(crate) const fn comes(&mut self, _: &fs_err::File, _: u64, _: Way) {}

    pub(crate) const fn ends(&mut self, _: &fs_err::File) {}
}

/// Lowers the priority of the calling thread for processor, disk and network (setpriority(2)).
#[expect(unsafe_code, reason = "std sets no priority")]
pub(crate) fn idle() -> io::Result<()> {
    // SAFETY: no memory is passed; 0 stands for the calling thread.
    let done = unsafe { libc::setpriority(libc::PRIO_DARWIN_THREAD, 0, libc::PRIO_DARWIN_BG) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
