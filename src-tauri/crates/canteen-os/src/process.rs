use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::OsError;

#[cfg(unix)]
#[path = "process/unix.rs"]
mod system;
#[cfg(windows)]
#[path = "process/windows.rs"]
mod system;

/// A process that outlives the one that starts it: the headless host that the command line starts.
#[derive(Clone, Debug)]
pub struct Detached {
    /// Absolute path of the program; or a name, for what the desktop itself provides, which is looked up in `PATH`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables beside those that this process has.
    pub variables: Vec<(OsString, OsString)>,
    /// Where its standard output and error are appended; its folder must exist. Without one they go nowhere.
    pub log: Option<PathBuf>,
}

/// Starts it in a session of its own, away from the terminal, in the root folder, with no input. Gives its process id; nobody
/// waits for it.
///
/// # Errors
/// `os.not_started`; `os.file_failed` for the log.
pub fn spawn_detached(what: &Detached) -> Result<u32, OsError> {
    let (out, err) = match &what.log {
        None => (Stdio::null(), Stdio::null()),
        Some(path) => {
            let opened = || {
                let mut options = fs_err::OpenOptions::new();
                options.create(true).append(true);
                #[cfg(unix)]
                fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let (file, _) = options.open(path)?.into_parts();
                Ok((Stdio::from(file.try_clone()?), Stdio::from(file)))
            };
            opened().map_err(|error| OsError::file("open the log of its host", error))?
        }
    };
    let mut command = Command::new(&what.program);
    command.args(&what.arguments).envs(what.variables.iter().cloned()).stdin(Stdio::null()).stdout(out).stderr(err);
    system::detach(&mut command);
    let mut child = command.spawn().map_err(|source| OsError::NotStarted {
        program: what.program.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        source,
    })?;
    let pid = child.id();
    // Where the starter lives on, its child must not stay as a zombie; where it ends, so does the thread.
    let reaper = std::thread::Builder::new().name("canteen-reaper".into()).spawn(move || child.wait());
    if let Err(error) = reaper {
        tracing::warn!(%error, "nobody waits for the detached process");
    }
    Ok(pid)
}
