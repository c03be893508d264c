use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::StoreFault;

/// Where the client remembers what it has seen: its rollback floors and the last good catalogue. Names are relative, with
/// `/` between parts. What comes back is verified again from the pinned root at every start, so a damaged store costs a
/// download, never trust; a store that was *emptied* loses the floors, which the caller should log.
pub trait MetadataStore: Send + Sync {
    /// The bytes under `name`; `None` when nothing was saved there.
    ///
    /// # Errors
    /// [`StoreFault`] when the store cannot be read.
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Replaces the bytes under `name`, all or nothing.
    ///
    /// # Errors
    /// [`StoreFault`] when the bytes are not safely kept.
    fn save(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault>;

    /// Forgets `name`; fine when it is not there.
    ///
    /// # Errors
    /// [`StoreFault`] when it is still there afterwards.
    fn remove(&self, name: &str) -> Result<(), StoreFault>;
}

/// A folder on disk, for `canteen-admin` and tests. Each save is written beside, synced and renamed.
#[derive(Debug)]
pub struct FolderStore(PathBuf);

impl FolderStore {
    /// Files go below `folder`, which is created with the first save.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn path(&self, name: &str) -> Result<PathBuf, &'static str> {
        let mut path = self.0.clone();
        for part in name.split('/') {
            if part.is_empty() || part.starts_with('.') || part.contains(['\\', ':', '\0']) {
                return Err("not a name for a file");
            }
            path.push(part);
        }
        Ok(path)
    }
}

impl MetadataStore for FolderStore {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let path = self.path(name).map_err(|e| StoreFault::reading(name, e))?;
        match fs_err::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(StoreFault::reading(name, e)),
        }
    }

    fn save(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        let path = self.path(name).map_err(|e| StoreFault::writing(name, e))?;
        write_beside_and_rename(&path, bytes).map_err(|e| StoreFault::writing(name, e))
    }

    fn remove(&self, name: &str) -> Result<(), StoreFault> {
        let path = self.path(name).map_err(|e| StoreFault::removing(name, e))?;
        match fs_err::remove_file(path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(StoreFault::removing(name, e)),
            _ => Ok(()),
        }
    }
}

/// Writes a temporary file in the same folder, syncs it and renames it over `path`: a reader sees the old or the new file.
pub(crate) fn write_beside_and_rename(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    fs_err::create_dir_all(folder)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = fs_err::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs_err::rename(&beside, path)?;
    sync_folder(folder)
}

/// Makes a rename survive a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// NTFS journals renames, and folders cannot be opened for syncing there.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Keeps everything in memory: for looking at a repository once, and for tests.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Vec<u8>>>);

impl MetadataStore for MemoryStore {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn save(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), StoreFault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_back_what_was_saved_and_forgets_what_was_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::new(&folder.path().join("new"));
        assert_eq!(store.load("root/2.json").unwrap(), None);
        store.save("root/2.json", b"one").unwrap();
        store.save("root/2.json", b"two").unwrap();
        assert_eq!(store.load("root/2.json").unwrap().unwrap(), b"two");
        store.remove("root/2.json").unwrap();
        store.remove("root/2.json").unwrap();
        assert_eq!(store.load("root/2.json").unwrap(), None);
    }

    #[test]
    fn names_never_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = FolderStore::new(folder.path());
        for name in ["", "/etc/x", "../x", "a/../x", "a//b", "C:x", "a\\b", ".hidden"] {
            assert!(store.save(name, b"").is_err(), "{name}");
            assert!(store.load(name).is_err(), "{name}");
        }
    }
}
