use std::io::Read as _;
use std::path::Path;

use crate::OsError;

#[cfg(unix)]
#[path = "managed/unix.rs"]
mod system;
#[cfg(windows)]
#[path = "managed/windows.rs"]
mod system;

/// Reads a file that IT put on this computer; `None` when there is none.
///
/// It speaks for the organisation, so only an administrator may be able to write it: the file that was opened and the folder it
/// lies in must belong to one, and nobody else may write there. A link is not followed.
///
/// # Errors
/// `os.managed_unsafe` when somebody else could have written it or it has more than `limit` bytes; `os.file_failed`.
pub fn read_managed(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, OsError> {
    const DOING: &str = "read a file of your organisation";
    let unsafe_because = |why| OsError::ManagedUnsafe { path: path.to_path_buf(), why };
    let file = match system::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) if system::is_link(&error) => return Err(unsafe_because("it is a symbolic link")),
        Err(error) => return Err(OsError::file(DOING, error)),
    };
    if let Some(why) = system::fault(&file, path).map_err(|error| OsError::file(DOING, error))? {
        return Err(unsafe_because(why));
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| OsError::file(DOING, error))?;
    if bytes.len() as u64 > limit {
        return Err(unsafe_because("it is longer than such a file may be"));
    }
    Ok(Some(bytes))
}
