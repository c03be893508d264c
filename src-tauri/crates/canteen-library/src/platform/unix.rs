//! Linux and macOS agree on all of this.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use fs_err::os::unix::fs::OpenOptionsExt;
use rustix::fs::OFlags;

/// Makes `folder` when it is missing, and closes it to other users when it is not. The person may have put a link to a
/// larger disk in its place.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        Ok(()) | Err(_) => {}
    }
    let found = fs_err::metadata(folder)?;
    if !found.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is no folder", folder.display())));
    }
    if found.permissions().mode() & 0o777 != 0o700 {
        fs_err::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// For reading; `None` for a link. A pipe does not block.
pub(crate) fn open_no_follow(path: &Path) -> io::Result<Option<File>> {
    let flags = flags(OFlags::NOFOLLOW | OFlags::NONBLOCK)?;
    match std::os::unix::fs::OpenOptionsExt::custom_flags(std::fs::OpenOptions::new().read(true), flags).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => Ok(None),
        Err(e) => Err(io::Error::new(e.kind(), format!("{}: {e}", path.display()))),
    }
}

/// For reading, links followed: other programs' stores and shares are full of them. A pipe does not block.
pub(crate) fn open_following(path: &Path) -> io::Result<File> {
    let flags = flags(OFlags::NONBLOCK)?;
    Ok(fs_err::OpenOptions::new().read(true).custom_flags(flags).open(path)?.into_parts().0)
}

fn flags(flags: OFlags) -> io::Result<i32> {
    i32::try_from(flags.bits()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// For reading and writing, made when missing, for this user only; a link in its place is refused.
pub(crate) fn open_private(path: &Path, empty: bool) -> io::Result<File> {
    let flags = flags(OFlags::NOFOLLOW)?;
    let mut options = fs_err::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(empty).custom_flags(flags).mode(0o600);
    Ok(options.open(path)?.into_parts().0)
}

/// Nobody is meant to write it any more; its owner may read.
pub(crate) fn make_read_only(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o400))
}

/// Unlinks; the mode of the file does not matter here.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    fs_err::remove_file(path)
}

/// Makes renames and removals in `folder` survive a power cut.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Bytes that an ordinary user may still write on the disk of `folder`.
pub(crate) fn free_space(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Tells the system that the whole file will be read in order. Only advice.
#[cfg(target_os = "linux")]
pub(crate) fn will_read_through(file: &File) {
    if let Err(error) = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::Sequential) {
        tracing::debug!(%error, "the system takes no advice about this file");
    }
}

/// macOS reads ahead by itself.
#[cfg(not(target_os = "linux"))]
pub(crate) fn will_read_through(_file: &File) {}

/// Both lie on one disk, so that a file of one can get a second name in the other.
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs_err::metadata(path).ok().map(|found| found.dev());
    device(one).is_some_and(|one| device(other) == Some(one))
}
