use std::path::Path;

use crate::OsError;

#[cfg(unix)]
#[path = "folder/unix.rs"]
mod system;
#[cfg(windows)]
#[path = "folder/windows.rs"]
mod system;

pub(crate) use system::sync_folder;

/// Whether this user made it: a file or folder of theirs, and no link, which could lead anywhere.
///
/// # Errors
/// `os.file_failed` when it cannot be looked at.
pub fn is_own(path: &Path) -> Result<bool, OsError> {
    system::is_own(path).map_err(|error| OsError::file("look at its files", error))
}

/// Makes the folder, with those above it, for this user alone (0700), or checks that an existing one is: a real folder, not a
/// link; owned by this user; open to nobody else.
///
/// # Errors
/// `os.folder_not_private` when somebody else owns it or can enter it, or it is a link; `os.file_failed` otherwise.
pub fn secure_folder(path: &Path) -> Result<(), OsError> {
    system::make(path).map_err(|error| OsError::file("make its folder", error))?;
    match system::fault(path).map_err(|error| OsError::file("look at its folder", error))? {
        None => Ok(()),
        Some(why) => Err(OsError::FolderNotPrivate { path: path.to_path_buf(), why }),
    }
}
