use std::io::{self, Write};
use std::path::Path;

use crate::folder::sync_folder;
use crate::{OsError, entropy};

/// Replaces the file by `bytes`, for this user alone (0600): written beside it, synced, renamed, folder synced. After a crash or
/// a full disk the old content is still there, whole.
///
/// # Errors
/// `os.disk_full`, `os.file_failed`; nothing is left behind then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), OsError> {
    const DOING: &str = "write its file";
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(OsError::file(
            DOING,
            io::Error::new(io::ErrorKind::InvalidInput, format!("{} names no file", path.display())),
        ));
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let beside = folder.join(format!(".{}.{}.tmp", name.to_string_lossy(), hex::encode(entropy::<6>()?)));
    let written = write_new(&beside, bytes).and_then(|()| fs_err::rename(&beside, path));
    if let Err(error) = written {
        if let Err(left) = fs_err::remove_file(&beside)
            && left.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%left, "a temporary file stays behind");
        }
        return Err(OsError::file(DOING, error));
    }
    sync_folder(folder).map_err(|error| OsError::file(DOING, error))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_write_replaces_the_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for bytes in ["old", "new and longer"] {
            write_atomically(&path, bytes.as_bytes()).unwrap();
            assert_eq!(fs_err::read_to_string(&path).unwrap(), bytes);
        }
        assert_eq!(fs_err::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_keeps_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs_err::create_dir_all(path.join("inner")).unwrap();
        assert!(matches!(write_atomically(&path, b"x"), Err(OsError::File { .. })));
        assert!(path.join("inner").is_dir());
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }
}
