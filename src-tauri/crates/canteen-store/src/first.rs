//! The first start, safe against a kill at any moment. A marker says that it is under way; the store is built beside its place
//! and moved there whole. Only while the marker is there may a missing store be made: later it was lost, and that is said.

use std::path::{Path, PathBuf};

use canteen_types::{Secret, Timestamp};

use crate::connection::{Access, open};
use crate::meta::sync_folder;
use crate::{StoreError, migrate};

/// Name of the store.
pub(crate) const FILE: &str = "store.sqlite";
const MARKER: &str = "store.first";
const BESIDE: &str = "store.sqlite.new";

/// A first start is under way or was cut off: nothing was ever kept in this folder, because the marker goes before the store is
/// first opened.
pub(crate) fn begun(folder: &Path) -> bool {
    folder.join(MARKER).exists() && !folder.join(FILE).exists()
}

/// From now on until the store stands, it may be made.
pub(crate) fn begin(folder: &Path) -> Result<(), StoreError> {
    fs_err::File::create(folder.join(MARKER))?.sync_all()?;
    sync_folder(folder)
}

/// Makes the store, or waits for the process that is making it.
pub(crate) fn finish(folder: &Path, key: &Secret, now: Timestamp) -> Result<(), StoreError> {
    let marker = match fs_err::File::open(folder.join(MARKER)) {
        Ok(marker) => marker,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    match marker.file().lock() {
        // A file system without locks: the host's own lock has to do.
        Err(error) if error.kind() != std::io::ErrorKind::Unsupported => return Err(error.into()),
        _ => {}
    }
    if !folder.join(FILE).exists() {
        let beside = folder.join(BESIDE);
        clear(&beside)?;
        let built = build(&beside, key, now);
        if built.is_err() {
            // Gives the room back; the next start begins again.
            drop(clear(&beside));
        }
        built?;
        fs_err::rename(&beside, folder.join(FILE))?;
        sync_folder(folder)?;
    }
    remove(&folder.join(MARKER))?;
    sync_folder(folder)
}

fn build(beside: &Path, key: &Secret, now: Timestamp) -> Result<(), StoreError> {
    let mut connection = open(beside, key, Access::Write { create: true })?;
    restrict(beside)?;
    migrate::run(&mut connection, now)?;
    // All of it into the one file that is moved.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)?;
    match fs_err::metadata(with(beside, "-wal")) {
        Ok(rest) if rest.len() > 0 => Err(StoreError::Io(std::io::Error::other("the new store could not be completed"))),
        _ => Ok(()),
    }
}

fn clear(beside: &Path) -> Result<(), StoreError> {
    for end in ["", "-wal", "-shm", "-journal"] {
        remove(&with(beside, end))?;
    }
    Ok(())
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// For this person only; SQLite gives its other files the same mode.
#[cfg(unix)]
fn restrict(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o600))?)
}

/// Windows: the folder's access list is inherited, and that is the person's own.
#[cfg(not(unix))]
fn restrict(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}
