//! Windows: the profile's folders are private already, and a folder cannot be synced.

use std::fs::File;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::MetadataExt;
use std::path::Path;

use fs_err::os::windows::fs::OpenOptionsExt as _;

const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_FLAG_SEQUENTIAL_SCAN: u32 = 0x0800_0000;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x0400;

/// Makes `folder` when it is missing. It inherits the rights of the user's profile, which is closed to other users.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    fs_err::create_dir_all(folder)
}

/// For reading; `None` for a link or junction.
pub(crate) fn open_no_follow(path: &Path) -> io::Result<Option<File>> {
    let mut options = fs_err::OpenOptions::new();
    options.read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_SEQUENTIAL_SCAN);
    let file = options.open(path)?.into_parts().0;
    let is_link = file.metadata()?.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0;
    Ok(if is_link { None } else { Some(file) })
}

/// For reading, links followed: other programs' stores and shares are full of them.
pub(crate) fn open_following(path: &Path) -> io::Result<File> {
    Ok(fs_err::OpenOptions::new().read(true).open(path)?.into_parts().0)
}

/// For reading and writing, made when missing.
pub(crate) fn open_private(path: &Path, empty: bool) -> io::Result<File> {
    Ok(fs_err::OpenOptions::new().read(true).write(true).create(true).truncate(empty).open(path)?.into_parts().0)
}

/// Sets the read-only attribute.
pub(crate) fn make_read_only(file: &File) -> io::Result<()> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    file.set_permissions(permissions)
}

/// Windows refuses to remove a read-only file, so the attribute goes first.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let mut permissions = fs_err::symlink_metadata(path)?.permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "on Windows this only clears the attribute")]
    permissions.set_readonly(false);
    fs_err::set_permissions(path, permissions)?;
    fs_err::remove_file(path)
}

/// NTFS journals renames itself; Windows has no call to sync a folder.
#[expect(clippy::unnecessary_wraps, reason = "fails on other systems")]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Bytes that this user may still write on the disk of `folder`, quotas included.
pub(crate) fn free_space(folder: &Path) -> io::Result<u64> {
    let path: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    let mut free = 0u64;
    // SAFETY: `path` ends with a zero and outlives the call, `free` is writable, and the two other results may be null.
    #[expect(unsafe_code, reason = "std has no call for free space")]
    let ok = unsafe { GetDiskFreeSpaceExW(path.as_ptr(), &raw mut free, std::ptr::null_mut(), std::ptr::null_mut()) };
    if ok == 0 { Err(io::Error::last_os_error()) } else { Ok(free) }
}

/// Both lie on one disk, so that a file of one can get a second name in the other.
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    let disk = |path: &Path| path.components().next().map(|first| first.as_os_str().to_ascii_lowercase());
    disk(one).is_some_and(|one| disk(other) == Some(one))
}

/// A share, or a drive letter that stands for one.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(crate) fn on_network(folder: &Path) -> io::Result<bool> {
    use std::path::{Component, Prefix};
    const DRIVE_REMOTE: u32 = 4;
    let Some(Component::Prefix(prefix)) = folder.components().next() else { return Ok(false) };
    Ok(match prefix.kind() {
        Prefix::UNC(..) | Prefix::VerbatimUNC(..) => true,
        Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => {
            let root = [u16::from(letter), u16::from(b':'), u16::from(b'\\'), 0];
            // SAFETY: `root` ends with a zero and outlives the call.
            #[expect(unsafe_code, reason = "std has no call for the kind of a drive")]
            let kind = unsafe { GetDriveTypeW(root.as_ptr()) };
            kind == DRIVE_REMOTE
        }
        Prefix::Verbatim(_) | Prefix::DeviceNS(_) => false,
    })
}

/// Said when opening ([`open_no_follow`]).
pub(crate) fn will_read_through(_file: &File) {}

#[expect(unsafe_code, reason = "declares the two calls of kernel32 that are used here")]
#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetDriveTypeW(root: *const u16) -> u32;
    fn GetDiskFreeSpaceExW(path: *const u16, free_to_caller: *mut u64, total: *mut u64, free: *mut u64) -> i32;
}
