use std::io;
use std::path::Path;

/// A folder below `LOCALAPPDATA` inherits an access list with the user, SYSTEM and the administrators only.
pub(super) fn make(path: &Path) -> io::Result<()> {
    fs_err::create_dir_all(path)
}

pub(super) fn fault(path: &Path) -> io::Result<Option<&'static str>> {
    let found = fs_err::symlink_metadata(path)?;
    Ok(if found.file_type().is_symlink() {
        Some("it is a symbolic link or a junction")
    } else if !found.is_dir() {
        Some("it is no folder")
    } else {
        None
    })
}

pub(super) fn is_own(path: &Path) -> io::Result<bool> {
    // The access list of the folders above lets nobody else write here.
    Ok(!fs_err::symlink_metadata(path)?.file_type().is_symlink())
}

/// NTFS journals a rename by itself; a folder cannot be synced.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(crate) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
