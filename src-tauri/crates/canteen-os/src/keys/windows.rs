//! The Credential Manager: open for as long as the person is logged on, so nothing is ever locked.

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
    Err(OsError::Unsupported { what: "unlock the Credential Manager", because: "Windows opens it when you log on" })
}
