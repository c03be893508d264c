use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

pub(super) fn make(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    // Not recursive: an existing path must be told apart, and a link in its place is looked at, not followed.
    match std::fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(super) fn fault(path: &Path) -> io::Result<Option<&'static str>> {
    let found = fs_err::symlink_metadata(path)?;
    Ok(if found.file_type().is_symlink() {
        Some("it is a symbolic link")
    } else if !found.is_dir() {
        Some("it is no folder")
    } else if found.uid() != rustix::process::geteuid().as_raw() {
        Some("another user owns it")
    } else if found.mode() & 0o077 != 0 {
        Some("other users can enter it")
    } else {
        None
    })
}

pub(super) fn is_own(path: &Path) -> io::Result<bool> {
    let found = fs_err::symlink_metadata(path)?;
    Ok(!found.file_type().is_symlink() && found.uid() == rustix::process::geteuid().as_raw())
}

/// Makes a rename in the folder last through a power cut.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    fs_err::File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use canteen_types::Coded;

    use crate::{OsError, secure_folder};

    fn refused(path: &std::path::Path) -> &'static str {
        match secure_folder(path) {
            Err(fault @ OsError::FolderNotPrivate { why, .. }) => {
                assert_eq!(fault.code(), "os.folder_not_private");
                why
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_new_folder_is_for_its_owner_alone_and_passes_again() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b/c");
        for _ in 0..2 {
            secure_folder(&path).unwrap();
            assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_folder_that_others_can_enter_is_refused() {
        let root = tempfile::tempdir().unwrap();
        for mode in [0o755, 0o710, 0o701, 0o770] {
            fs_err::set_permissions(root.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(refused(root.path()), "other users can enter it", "{mode:o}");
        }
        fs_err::set_permissions(root.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        secure_folder(root.path()).unwrap();
    }

    #[test]
    fn a_link_or_a_file_in_its_place_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let (real, link, file) = (root.path().join("real"), root.path().join("link"), root.path().join("file"));
        secure_folder(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        fs_err::write(&file, "").unwrap();
        assert_eq!(refused(&link), "it is a symbolic link");
        assert_eq!(refused(&file), "it is no folder");
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        // `/proc/1` belongs to root; for root itself, a folder given away stands in.
        let root = tempfile::tempdir().unwrap();
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(root.path(), Some(12_345), None).unwrap();
            assert_eq!(refused(root.path()), "another user owns it");
        } else {
            assert_eq!(refused(std::path::Path::new("/proc/1")), "another user owns it");
        }
    }
}
