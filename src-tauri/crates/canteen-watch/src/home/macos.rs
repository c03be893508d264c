//! macOS.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::Path;

use crate::FileIdentity;

/// Folders that macOS asks the person about when a program first looks into them (TCC). Nobody is asked for a look that nobody asked
/// for; weights there are found when they are used, and those in Downloads as in any place.
pub(super) const RESERVED: [&str; 8] =
    ["Desktop", "Documents", "Downloads", "Library", "Movies", "Music", "Pictures", "Applications"];

/// On this computer.
pub(super) fn is_near(root: &Path) -> bool {
    let local = u32::try_from(libc::MNT_LOCAL).unwrap_or(0);
    rustix::fs::statfs(root).is_ok_and(|system| system.f_flags & local != 0)
}

/// Which file that is; `metadata` is of itself, not of what a link leads to.
pub(super) fn identity(_: &Path, metadata: &Metadata) -> Option<FileIdentity> {
    Some(FileIdentity::of(metadata))
}

/// Whether two names mean one file; of other letters than those of ASCII the case counts.
pub(super) fn is_same_name(a: &OsStr, b: &OsStr) -> bool {
    a.eq_ignore_ascii_case(b)
}
