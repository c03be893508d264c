use std::fmt;
use std::path::Path;
use std::time::Duration;

use canteen_types::Secret;
use sha2::{Digest as _, Sha256};

use super::lane::{Lane, NoReply};
use super::system;
use crate::{OsError, entropy};

/// Every entry of Canteen in a keyring carries this service name.
pub(super) const SERVICE: &str = "canteen";

/// Longest wait for one call; a hanging service blocks for ever.
const LIMIT: Duration = Duration::from_secs(10);

/// Longest wait while the person types a password into the system's own dialog.
const UNLOCK_LIMIT: Duration = Duration::from_secs(120);

/// What a look at the keyring says, without any dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Open; `item` says whether the key is in it.
    Unlocked {
        /// The key is there.
        item: bool,
    },
    /// Locked; what is in it cannot be told.
    Locked,
    /// The service runs and has no keyring yet; making one opens a dialog.
    Empty,
    /// Nothing answers.
    NoService {
        /// What the bus said.
        because: String,
    },
    /// No answer within the limit, or an earlier call still hangs.
    Hangs,
}

/// Which store the key belongs to, so that several `CANTEEN_HOME`s of one user do not take each other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreId(String);

impl StoreId {
    /// Derived from the place of the store: the first 8 bytes of SHA-256 over its absolute path, as 16 hex digits.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Self {
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        Self(hex::encode(digest.iter().take(8).copied().collect::<Vec<u8>>()))
    }

    /// The user name of the keyring entry.
    fn entry(&self) -> String {
        format!("store-{}", self.0)
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the key of one store is kept. Calls block, up to 10 s; never call them from async code.
pub trait KeyVault: Send + Sync {
    /// What is there. Opens no dialog.
    fn look(&self) -> Found;
    /// Writes 16 random bytes under another name, reads them back, compares and deletes them: only this proves a keyring that
    /// works, for a locked one answers “no such entry” too.
    ///
    /// # Errors
    /// `keyring.locked`, `keyring.not_working`, `keyring.no_service`, `keyring.timed_out`.
    fn check(&self) -> Result<(), OsError>;
    /// The key; `None` when an unlocked keyring has none.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    fn get(&self) -> Result<Option<Secret>, OsError>;
    /// Keeps the key, reads it back and compares.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    fn set(&self, key: &Secret) -> Result<(), OsError>;
    /// Forgets the key; no error when there is none.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    fn delete(&self) -> Result<(), OsError>;
    /// Opens the system's own dialog, and waits up to two minutes for the person. After a click on “Unlock” only.
    ///
    /// # Errors
    /// `keyring.locked` when the person closes the dialog or none can be shown; else as [`check`](Self::check).
    fn unlock(&self) -> Result<(), OsError>;
}

/// The keyring of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
///
/// All calls go through one plain thread. A call that hangs is left alone, and no second one is started beside it: every call
/// answers `keyring.timed_out` until the first returns.
pub struct Keyring {
    lane: Lane,
    entry: String,
    limit: Duration,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("entry", &self.entry).finish_non_exhaustive()
    }
}

impl Keyring {
    /// For this store; talks to nobody yet.
    #[must_use]
    pub fn of(store: &StoreId) -> Self {
        Self::with_limit(store, LIMIT)
    }

    /// With another limit than 10 s per call.
    #[must_use]
    pub fn with_limit(store: &StoreId, limit: Duration) -> Self {
        Self { lane: Lane::new(), entry: store.entry(), limit }
    }

    fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        job: impl FnOnce() -> Result<T, OsError> + Send + 'static,
    ) -> Result<T, OsError> {
        self.lane.call(limit, job).unwrap_or_else(|no_reply| {
            Err(match no_reply {
                NoReply::TimedOut => OsError::KeyringTimedOut { seconds: limit.as_secs() },
                NoReply::Panicked => {
                    OsError::KeyringNotWorking { because: "its client library stopped on an internal fault".into() }
                }
            })
        })
    }
}

impl KeyVault for Keyring {
    fn look(&self) -> Found {
        let entry = self.entry.clone();
        match self.call(self.limit, move || Ok(system::look(&entry))) {
            Ok(found) => found,
            Err(OsError::KeyringTimedOut { .. }) => Found::Hangs,
            Err(other) => Found::NoService { because: other.to_string() },
        }
    }

    fn check(&self) -> Result<(), OsError> {
        let canary = entropy::<16>()?;
        let entry = format!("canary-{}", std::process::id());
        self.call(self.limit, move || {
            system::set(&entry, &canary)?;
            let read = system::get(&entry);
            if let Err(error) = system::delete(&entry) {
                tracing::warn!(%error, entry, "a test entry stays in the keyring");
            }
            match read? {
                Some(bytes) if bytes == canary => Ok(()),
                Some(_) => Err(OsError::KeyringNotWorking { because: "it gave back other bytes than it was given".into() }),
                None => Err(OsError::KeyringNotWorking { because: "it did not keep what it was given".into() }),
            }
        })
    }

    fn get(&self) -> Result<Option<Secret>, OsError> {
        let entry = self.entry.clone();
        let bytes = self.call(self.limit, move || system::get(&entry))?;
        bytes
            .map(|bytes| <[u8; 32]>::try_from(bytes).map(Secret::new))
            .transpose()
            .map_err(|bytes| OsError::KeyDamaged { because: format!("the keyring's entry has {} bytes, not 32", bytes.len()) })
    }

    fn set(&self, key: &Secret) -> Result<(), OsError> {
        let (entry, key) = (self.entry.clone(), key.clone());
        self.call(self.limit, move || {
            system::set(&entry, key.expose())?;
            match system::get(&entry)? {
                Some(bytes) if bytes == key.expose() => Ok(()),
                Some(_) | None => Err(OsError::KeyringNotWorking { because: "it did not keep the key that it was given".into() }),
            }
        })
    }

    fn delete(&self) -> Result<(), OsError> {
        let entry = self.entry.clone();
        self.call(self.limit, move || system::delete(&entry))
    }

    fn unlock(&self) -> Result<(), OsError> {
        self.call(UNLOCK_LIMIT, system::unlock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_stores_have_two_entries() {
        let (one, two) = (StoreId::of_folder(Path::new("/a/store")), StoreId::of_folder(Path::new("/b/store")));
        assert_ne!(one.entry(), two.entry());
        assert_eq!(one.entry(), "store-87274ffdee3a3856");
    }
}
