use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use super::connection::Connection;
use super::lock::HostLock;
use crate::{OsError, secure_folder};

/// Longest path of a socket in bytes: `sizeof(sun_path)` less the final zero; unix(7), and `sys/un.h` of macOS.
const LONGEST_PATH: usize = if cfg!(target_os = "macos") { 103 } else { 107 };

fn socket_path(runtime: &Path) -> Result<PathBuf, OsError> {
    let path = runtime.join("host.sock");
    let length = path.as_os_str().as_bytes().len();
    if length > LONGEST_PATH { Err(OsError::PathTooLong { path, length, limit: LONGEST_PATH }) } else { Ok(path) }
}

/// Where faces come in. Dropping it removes the socket; the [`HostLock`] stays with its owner.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    path: PathBuf,
    inode: u64,
}

impl Listener {
    /// Listens in the folder of the lock. A socket that a killed host left behind is replaced: only the holder of the lock may.
    /// Call it inside a tokio runtime.
    ///
    /// # Errors
    /// `os.path_too_long`, `os.file_failed`.
    pub fn bind(lock: &HostLock) -> Result<Self, OsError> {
        let path = socket_path(lock.folder())?;
        let bound = || -> io::Result<Self> {
            match fs_err::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let listener = UnixListener::bind(&path)?;
            // The folder (0700) keeps others out until this line.
            fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
            let inode = fs_err::symlink_metadata(&path)?.ino();
            Ok(Self { listener, path: path.clone(), inode })
        };
        bound().map_err(|error| OsError::file("listen on its socket", error))
    }

    /// The next face of this user. Others are closed before a byte of theirs is read, and the wait goes on.
    ///
    /// # Errors
    /// `host.connection_lost` when the system refuses, e.g. for want of descriptors; try again after a moment.
    pub async fn accept(&mut self) -> Result<Connection, OsError> {
        loop {
            let (stream, _) = self.listener.accept().await.map_err(|source| OsError::ConnectionLost { source })?;
            match peer(&stream) {
                Ok(pid) => return Ok(Connection::over(stream, pid)),
                Err(fault) => tracing::warn!(%fault, "a connection was closed"),
            }
        }
    }

    /// Whether faces still find it: systemd removes a runtime folder at the last logout. If not, [`bind`](Self::bind) again.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        fs_err::symlink_metadata(&self.path).is_ok_and(|found| found.ino() == self.inode)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.is_reachable()
            && let Err(error) = fs_err::remove_file(&self.path)
        {
            tracing::warn!(%error, "the socket stays behind");
        }
    }
}

/// The other side's process id, when it belongs to this user.
fn peer(stream: &UnixStream) -> Result<Option<u32>, OsError> {
    let credentials = stream.peer_cred().map_err(|source| OsError::ConnectionLost { source })?;
    if same_user(credentials.uid(), rustix::process::geteuid().as_raw()) {
        Ok(credentials.pid().and_then(|pid| u32::try_from(pid).ok()))
    } else {
        Err(OsError::HostStranger)
    }
}

/// Root is a stranger too: it has other ways to look at a user's data, and none that this user would be asked for.
const fn same_user(peer: u32, own: u32) -> bool {
    peer == own
}

/// Connects to the host of this user. `runtime` is [`Dirs::runtime`](crate::Dirs).
///
/// # Errors
/// `host.not_running` when nobody listens (start one); `host.stranger` when another user does; `os.folder_not_private`.
pub async fn connect(runtime: &Path) -> Result<Connection, OsError> {
    let path = socket_path(runtime)?;
    if fs_err::symlink_metadata(runtime).is_err() {
        return Err(OsError::HostNotRunning);
    }
    secure_folder(runtime)?;
    let stream = UnixStream::connect(&path).await.map_err(|source| {
        let nobody = matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused);
        if nobody { OsError::HostNotRunning } else { OsError::ConnectionLost { source } }
    })?;
    let pid = peer(&stream)?;
    Ok(Connection::over(stream, pid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Acquired;

    fn held(runtime: &Path) -> HostLock {
        match HostLock::acquire(runtime).unwrap() {
            Acquired::Held(lock) => lock,
            Acquired::Taken => panic!("taken"),
        }
    }

    #[test]
    fn too_long_a_path_is_named_with_its_limit() {
        let fits = PathBuf::from(format!("/{}", "x".repeat(LONGEST_PATH - "/".len() - "/host.sock".len())));
        assert_eq!(socket_path(&fits).unwrap().as_os_str().len(), LONGEST_PATH);
        assert!(matches!(socket_path(&fits.join("y")), Err(OsError::PathTooLong { limit: LONGEST_PATH, .. })));
    }

    #[test]
    fn nobody_but_the_same_user_is_let_in() {
        assert!(same_user(1000, 1000));
        for (peer, own) in [(1000, 1001), (0, 1000), (1000, 0)] {
            assert!(!same_user(peer, own), "{peer} {own}");
        }
    }

    #[tokio::test]
    async fn a_face_and_the_host_talk_and_the_socket_is_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        assert!(matches!(connect(&runtime).await, Err(OsError::HostNotRunning)));
        let lock = held(&runtime);
        assert!(matches!(connect(&runtime).await, Err(OsError::HostNotRunning)));
        let mut listener = Listener::bind(&lock).unwrap();
        assert_eq!(fs_err::metadata(runtime.join("host.sock")).unwrap().permissions().mode() & 0o777, 0o600);
        let mut face = connect(&runtime).await.unwrap();
        face.send(b"ping").await.unwrap();
        let mut host = listener.accept().await.unwrap();
        assert_eq!(host.receive().await.unwrap().unwrap(), b"ping");
        assert_eq!((host.peer(), face.peer()), (Some(std::process::id()), Some(std::process::id())));
        drop(listener);
        assert!(!runtime.join("host.sock").exists());
        assert!(matches!(connect(&runtime).await, Err(OsError::HostNotRunning)));
    }

    #[tokio::test]
    async fn a_removed_socket_is_noticed_and_bound_again() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        let lock = held(&runtime);
        let first = Listener::bind(&lock).unwrap();
        assert!(first.is_reachable());
        fs_err::remove_file(runtime.join("host.sock")).unwrap();
        assert!(!first.is_reachable());
        let second = Listener::bind(&lock).unwrap();
        drop(first);
        assert!(second.is_reachable(), "the old listener must not remove the new socket");
    }
}
