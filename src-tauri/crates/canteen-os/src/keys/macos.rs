//! The login keychain. It opens with the session, and asks by itself when another program than the one that wrote an entry
//! reads it: `keyring` has no call that looks without reading.

#[path = "entry.rs"]
mod entry;

pub(super) use entry::{delete, get, set};

use super::vault::Found;
use crate::OsError;

pub(super) fn look(name: &str) -> Found {
    match get(name) {
        Ok(secret) => Found::Unlocked { item: secret.is_some() },
        Err(OsError::KeyringLocked) => Found::Locked,
        Err(other) => Found::NoService { because: other.to_string() },
    }
}

pub(super) fn unlock() -> Result<(), OsError> {
    Err(OsError::Unsupported { what: "unlock the keychain", because: "macOS unlocks it by itself; use the app Keychain Access" })
}
