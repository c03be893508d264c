//! Linux and macOS agree on this.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use fs_err::os::unix::fs::OpenOptionsExt as _;
use rustix::fs::OFlags;

/// For reading; neither follows a link nor waits for the other end of a pipe.
///
/// # Errors
/// When it cannot be opened, or is a link.
pub fn open_plainly(path: &Path) -> io::Result<fs_err::File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    fs_err::OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Under how many names the file lies on its disk.
#[must_use]
pub fn names(found: &Metadata) -> u64 {
    found.nlink()
}
