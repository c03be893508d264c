//! Windows.

use std::fs::Metadata;
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_OPEN_REPARSE_POINT, FILE_FLAG_SEQUENTIAL_SCAN};
use windows_sys::Win32::System::Threading::{GetCurrentThread, SetThreadPriority, THREAD_MODE_BACKGROUND_BEGIN};

use crate::gentle::Way;

/// For reading, without following a link. The system is told that the bytes are read in order and once: their place in the file
/// cache is then the first to be used for something else.
///
/// # Errors
/// When it cannot be opened.
pub fn open_plainly(path: &Path) -> io::Result<fs_err::File> {
    let mut options = fs_err::OpenOptions::new();
    options.read(true);
    options.options_mut().custom_flags(FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_SEQUENTIAL_SCAN);
    options.open(path)
}

/// Not told without another open of the file.
#[must_use]
pub const fn names(_: &Metadata) -> u64 {
    1
}

/// The mark at its opening is all that the system takes.
pub(crate) struct Trail;

impl Trail {
    pub(crate) const fn new(_: &fs_err::File) -> Self {
        Self
    }

    pub(crate) const fn comes(&mut self, _: &fs_err::File, _: u64, _: Way) {}

    pub(crate) const fn ends(&mut self, _: &fs_err::File) {}
}

/// Lowers the priority of the calling thread for processor, disk and memory.
#[expect(unsafe_code, reason = "std sets no priority")]
pub(crate) fn idle() -> io::Result<()> {
    // SAFETY: the handle stands for the calling thread and needs no closing; no memory is passed.
    let done = unsafe { SetThreadPriority(GetCurrentThread(), THREAD_MODE_BACKGROUND_BEGIN) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
