use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::{OsError, secure_folder};

/// Who may listen.
#[derive(Debug)]
pub enum Acquired {
    /// This process is the host, for as long as it keeps the lock.
    Held(HostLock),
    /// Another process is: become its client ([`connect`](crate::connect)).
    Taken,
}

/// Proof that this process is the one host of this user. Taken before the store is opened, and let go after it is closed.
///
/// The lock goes with the process, however it ends. Its file is never removed: two files would be two locks.
#[derive(Debug)]
pub struct HostLock {
    _file: File,
    folder: PathBuf,
}

impl HostLock {
    /// Tries to become the host. `runtime` is [`Dirs::runtime`](crate::Dirs) and is made and checked here.
    ///
    /// # Errors
    /// `os.folder_not_private`; `os.file_failed`, also where the file system knows no locks.
    pub fn acquire(runtime: &Path) -> Result<Acquired, OsError> {
        const DOING: &str = "take the lock of its host";
        secure_folder(runtime)?;
        let mut options = fs_err::OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let (file, _) = options.open(runtime.join("host.lock")).map_err(|error| OsError::file(DOING, error))?.into_parts();
        match file.try_lock() {
            Ok(()) => Ok(Acquired::Held(Self { _file: file, folder: runtime.to_path_buf() })),
            Err(TryLockError::WouldBlock) => Ok(Acquired::Taken),
            Err(TryLockError::Error(error)) => Err(OsError::file(DOING, error)),
        }
    }

    /// The folder that it locks.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_let_go_can_be_taken_again() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        let first = HostLock::acquire(&runtime).unwrap();
        assert!(matches!(HostLock::acquire(&runtime).unwrap(), Acquired::Taken));
        drop(first);
        assert!(matches!(HostLock::acquire(&runtime).unwrap(), Acquired::Held(_)));
    }
}
