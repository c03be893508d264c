//! Windows.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::windows::fs::MetadataExt as _;
use std::path::{Component, Path, Prefix};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_OFFLINE, FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS, FILE_ATTRIBUTE_RECALL_ON_OPEN, GetDriveTypeW,
};
use windows_sys::Win32::System::WindowsProgramming::DRIVE_REMOTE;

/// Folders below the home folder that are left alone: none.
pub(super) const RESERVED: [&str; 0] = [];

/// The bytes lie with a service and come when somebody reads.
const ELSEWHERE: u32 = FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS | FILE_ATTRIBUTE_RECALL_ON_OPEN;

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

/// Its bytes lie on the disk.
pub(super) fn is_at_hand(file: &Metadata) -> bool {
    file.file_attributes() & ELSEWHERE == 0
}

/// Whether two names mean one file; of other letters than those of ASCII the case counts.
pub(super) fn is_same_name(a: &OsStr, b: &OsStr) -> bool {
    a.eq_ignore_ascii_case(b)
}
