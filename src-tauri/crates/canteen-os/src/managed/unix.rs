use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// A pipe in its place does not block.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    std::fs::OpenOptions::new().read(true).custom_flags(flags).open(path)
}

pub(super) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// What is wrong with the open file, or with the folder that names it.
pub(super) fn fault(file: &File, path: &Path) -> io::Result<Option<&'static str>> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(Some("it is no ordinary file"));
    }
    if let Some(why) = writable(&found) {
        return Ok(Some(why));
    }
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(writable(&fs_err::metadata(folder)?).map(|_| "its folder can be written by others than an administrator"))
}

fn writable(found: &Metadata) -> Option<&'static str> {
    why(found.uid(), found.mode())
}

const fn why(owner: u32, mode: u32) -> Option<&'static str> {
    if owner != 0 {
        Some("it does not belong to an administrator")
    } else if mode & 0o022 != 0 {
        Some("others than an administrator can write it")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use canteen_types::Coded as _;

    use super::*;
    use crate::{OsError, read_managed};

    #[test]
    fn only_what_root_alone_can_write_is_managed() {
        for mode in [0o100_644, 0o100_600, 0o100_444, 0o040_755] {
            assert_eq!(why(0, mode), None, "{mode:o}");
            assert!(why(1000, mode).is_some(), "{mode:o}");
        }
        for mode in [0o100_664, 0o100_646, 0o100_666, 0o040_775] {
            assert!(why(0, mode).is_some(), "{mode:o}");
        }
    }

    #[test]
    fn a_file_of_the_person_a_link_and_a_long_one_are_refused_and_none_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("settings.json"), folder.path().join("link.json"));
        assert!(read_managed(&file, 10).unwrap().is_none());
        fs_err::write(&file, "{}").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let why = |path: &Path, limit| match read_managed(path, limit) {
            Err(error @ OsError::ManagedUnsafe { why, .. }) => {
                assert_eq!(error.code(), "os.managed_unsafe");
                why
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(why(&link, 10), "it is a symbolic link");
        if rustix::process::geteuid().is_root() {
            assert_eq!(read_managed(&file, 2).unwrap().unwrap(), b"{}");
            assert_eq!(why(&file, 1), "it is longer than such a file may be");
            std::os::unix::fs::chown(&file, Some(12_345), None).unwrap();
        }
        assert_eq!(why(&file, 10), "it does not belong to an administrator");
    }

    #[test]
    fn a_folder_that_others_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.json");
        fs_err::write(&file, "{}").unwrap();
        fs_err::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(read_managed(&file, 10), Err(OsError::ManagedUnsafe { .. })));
    }
}
