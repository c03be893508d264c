use std::io::{Read as _, Write as _};
use std::path::Path;

use canteen_types::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::StoreError;

/// Name of the plain note beside the store.
pub(crate) const META: &str = "store.meta";
pub(crate) const FORMAT: u32 = 1;
const LONGEST: u64 = 64 * 1024;

/// Where the key of the store lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In the system's keyring.
    Keyring,
    /// In a file that a passphrase opens.
    Passphrase,
}

/// The plain note beside the store. It holds nothing secret: it only lets a wrong key be told from a damaged file, which
/// SQLCipher cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Format of this note.
    pub format: u32,
    /// First eight bytes of SHA-256 over `canteen-key-id` and the key, in hex.
    pub key_id: String,
    /// Where the key lies.
    pub key_place: KeyPlace,
    /// When the store was made.
    pub created: Timestamp,
}

/// All that is read of a note from a newer program.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

pub(crate) fn key_id(key: &Secret) -> String {
    let mut hash = Sha256::new();
    hash.update(b"canteen-key-id");
    hash.update(key.expose());
    let digest: [u8; 32] = hash.finalize().into();
    hex::encode(digest.first_chunk::<8>().unwrap_or(&[0; 8]))
}

pub(crate) fn read(folder: &Path) -> Result<Option<Meta>, StoreError> {
    let file = match fs_err::File::open(folder.join(META)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    match serde_json::from_slice(&bytes) {
        Ok(Format { format }) if format > FORMAT => Err(StoreError::NewerVersion { found: format, known: FORMAT }),
        Ok(Format { format: FORMAT }) => serde_json::from_slice(&bytes).map(Some).map_err(|_| StoreError::BadMeta { name: META }),
        Ok(_) | Err(_) => Err(StoreError::BadMeta { name: META }),
    }
}

/// Beside, synced, renamed: there is a whole note or none.
pub(crate) fn write(folder: &Path, meta: &Meta) -> Result<(), StoreError> {
    let bytes = serde_json::to_vec_pretty(meta).map_err(|error| StoreError::Io(error.into()))?;
    let beside = folder.join("store.meta.new");
    let mut file = fs_err::File::create(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    drop(file);
    fs_err::rename(&beside, folder.join(META))?;
    sync_folder(folder)
}

/// Nothing there is fine.
pub(crate) fn remove(folder: &Path) -> Result<(), StoreError> {
    match fs_err::remove_file(folder.join(META)) {
        Ok(()) => sync_folder(folder),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    Ok(fs_err::File::open(folder)?.sync_all()?)
}

/// Windows has no handle on a folder that could be synced; a rename is in the journal when it returns.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> Result<(), StoreError> {
    Ok(())
}
