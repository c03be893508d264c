use std::io;
use std::os::windows::io::AsRawHandle;
use std::path::Path;
use std::time::Duration;

use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer};

#[path = "windows_user.rs"]
mod user;

use super::connection::Connection;
use super::lock::HostLock;
use crate::{OsError, StoreId, secure_folder};

/// `ERROR_PIPE_BUSY`: every instance of the pipe has a client.
const PIPE_BUSY: i32 = 231;
/// How often a busy pipe is tried again, and the pause between: five seconds in all.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// One name per user and runtime folder.
fn pipe_name(runtime: &Path, sid: &str) -> String {
    format!(r"\\.\pipe\canteen-{sid}-{}", StoreId::of_folder(runtime))
}

/// Where faces come in: a named pipe that only this user can open.
#[derive(Debug)]
pub struct Listener {
    next: NamedPipeServer,
    name: String,
    sid: String,
}

impl Listener {
    /// Makes the pipe. A name that another process has taken is an error: nobody can squat it. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// `os.file_failed`.
    pub fn bind(lock: &HostLock) -> Result<Self, OsError> {
        let bound = || -> io::Result<Self> {
            let sid = user::own_sid()?;
            let name = pipe_name(lock.folder(), &sid);
            Ok(Self { next: user::create_pipe(&name, &sid, user::Instance::First)?, name, sid })
        };
        bound().map_err(|error| OsError::file("listen on its pipe", error))
    }

    /// The next face of this user; the pipe's access list keeps others out.
    ///
    /// # Errors
    /// `host.connection_lost` when the system refuses; try again after a moment.
    pub async fn accept(&mut self) -> Result<Connection, OsError> {
        self.next.connect().await.map_err(|source| OsError::ConnectionLost { source })?;
        // The next instance first, so that no face finds the pipe missing.
        let next = user::create_pipe(&self.name, &self.sid, user::Instance::Further)
            .map_err(|source| OsError::ConnectionLost { source })?;
        let stream = std::mem::replace(&mut self.next, next);
        let pid = user::client_of(stream.as_raw_handle()).ok();
        Ok(Connection::over(stream, pid))
    }

    /// Whether faces still find it. A pipe lives as long as its owner.
    #[must_use]
    pub const fn is_reachable(&self) -> bool {
        true
    }
}

/// Connects to the host of this user. `runtime` is [`Dirs::runtime`](crate::Dirs).
///
/// # Errors
/// `host.not_running` when nobody listens (start one); `host.stranger` when another user does; `os.folder_not_private`.
pub async fn connect(runtime: &Path) -> Result<Connection, OsError> {
    if fs_err::symlink_metadata(runtime).is_err() {
        return Err(OsError::HostNotRunning);
    }
    secure_folder(runtime)?;
    let lost = |source| OsError::ConnectionLost { source };
    let sid = user::own_sid().map_err(lost)?;
    let name = pipe_name(runtime, &sid);
    let mut tries = 0;
    let stream = loop {
        // tokio asks for `SECURITY_IDENTIFICATION`: a false host could not act in this user's name.
        match ClientOptions::new().open(&name) {
            Ok(stream) => break stream,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(OsError::HostNotRunning),
            Err(error) if error.raw_os_error() == Some(PIPE_BUSY) && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(lost(error)),
        }
    };
    let pid = user::server_of(stream.as_raw_handle()).map_err(lost)?;
    if user::sid_of(pid).map_err(lost)? != sid {
        return Err(OsError::HostStranger);
    }
    Ok(Connection::over(stream, Some(pid)))
}
