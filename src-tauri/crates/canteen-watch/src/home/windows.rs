//! Windows.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Component, Path, Prefix};

use crate::FileIdentity;

use windows_sys::Win32::Storage::FileSystem::GetDriveTypeW;
use windows_sys::Win32::System::WindowsProgramming::DRIVE_REMOTE;

/// Folders below the home folder that are left alone: none.
pub(super) const RESERVED: [&str; 0] = [];

/// On a drive of this computer.
pub(super) fn is_near(root: &Path) -> bool {
    let Some(Component::Prefix(prefix)) = root.components().next() else { return false };
    match prefix.kind() {
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => drive_type(letter) != DRIVE_REMOTE,
        Prefix::Verbatim(_) | Prefix::VerbatimUNC(..) | Prefix::DeviceNS(_) | Prefix::UNC(..) => false,
    }
}

#[expect(unsafe_code, reason = "std does not tell what a drive is")]
fn drive_type(letter: u8) -> u32 {
    let root = [u16::from(letter), u16::from(b':'), u16::from(b'\\'), 0];
    // SAFETY: the text ends with a zero and outlives the call.
    unsafe { GetDriveTypeW(root.as_ptr()) }
}

/// Which file that is; the system tells only of an open one, of which nothing is read.
pub(super) fn identity(path: &Path, _: &Metadata) -> Option<FileIdentity> {
    FileIdentity::at(path).ok()
}

/// Whether two names mean one file; of other letters than those of ASCII the case counts.
pub(super) fn is_same_name(a: &OsStr, b: &OsStr) -> bool {
    a.eq_ignore_ascii_case(b)
}
