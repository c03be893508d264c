//! The Secret Service (freedesktop.org), spoken to by `secret-service` alone: the `keyring` crate keeps the outcome of its first
//! connection for the life of the process, so a keyring that starts later, or starts again, would never be found.
//! Every call makes a connection of its own (0.1 to 0.2 s) and looks before it acts, so that no dialog opens by surprise.

use std::collections::HashMap;

use secret_service::blocking::{Collection, SecretService};
use secret_service::{EncryptionType, Error};

use super::vault::{Found, SERVICE};
use crate::OsError;

const LABEL: &str = "Canteen store key";
const CONTENT_TYPE: &str = "application/octet-stream";

fn attributes(entry: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", entry)])
}

/// `Dh` keeps the secret out of a trace of the bus.
fn connect<'a>() -> Result<SecretService<'a>, OsError> {
    SecretService::connect(EncryptionType::Dh).map_err(|error| OsError::KeyringNoService { because: told(&error) })
}

pub(super) fn look(entry: &str) -> Found {
    let service = match SecretService::connect(EncryptionType::Dh) {
        Ok(service) => service,
        Err(error) => return Found::NoService { because: told(&error) },
    };
    let seen = || -> Result<Found, Error> {
        let collection = match service.get_default_collection() {
            Ok(collection) => collection,
            Err(Error::NoResult) => return Ok(Found::Empty),
            Err(other) => return Err(other),
        };
        if collection.is_locked()? {
            return Ok(Found::Locked);
        }
        let items = service.search_items(attributes(entry))?;
        // KeePassXC locks per item: the collection is open and the item is not.
        Ok(if items.unlocked.is_empty() && !items.locked.is_empty() {
            Found::Locked
        } else {
            Found::Unlocked { item: !items.unlocked.is_empty() }
        })
    };
    seen().unwrap_or_else(|error| Found::NoService { because: told(&error) })
}

/// The default collection, open. A locked one is an error here, for acting on it would open a dialog.
fn open_collection<'a>(service: &'a SecretService<'a>) -> Result<Collection<'a>, OsError> {
    let collection = service.get_default_collection().map_err(fault)?;
    if collection.is_locked().map_err(fault)? { Err(OsError::KeyringLocked) } else { Ok(collection) }
}

pub(super) fn get(entry: &str) -> Result<Option<Vec<u8>>, OsError> {
    let service = connect()?;
    open_collection(&service)?;
    let items = service.search_items(attributes(entry)).map_err(fault)?;
    match items.unlocked.first() {
        Some(item) => item.get_secret().map(Some).map_err(fault),
        None if items.locked.is_empty() => Ok(None),
        None => Err(OsError::KeyringLocked),
    }
}

pub(super) fn set(entry: &str, secret: &[u8]) -> Result<(), OsError> {
    let service = connect()?;
    let collection = open_collection(&service)?;
    collection.create_item(LABEL, attributes(entry), secret, true, CONTENT_TYPE).map_err(fault)?;
    Ok(())
}

pub(super) fn delete(entry: &str) -> Result<(), OsError> {
    let service = connect()?;
    open_collection(&service)?;
    let items = service.search_items(attributes(entry)).map_err(fault)?;
    if !items.locked.is_empty() {
        return Err(OsError::KeyringLocked);
    }
    items.unlocked.iter().try_for_each(|item| item.delete().map_err(fault))
}

/// Unlocks the default collection, or makes one; both ask the person in a dialog of the service.
pub(super) fn unlock() -> Result<(), OsError> {
    let service = connect()?;
    match service.get_default_collection() {
        Ok(collection) => collection.unlock().map_err(fault),
        Err(Error::NoResult) => service.create_collection("Login", "default").map(|_| ()).map_err(fault),
        Err(other) => Err(fault(other)),
    }
}

fn fault(error: Error) -> OsError {
    let because = told(&error);
    // A prompt that was dismissed or cannot be shown, and “no collection”, are what a locked keyring says.
    if matches!(error, Error::Locked | Error::Prompt | Error::PromptDisconnected | Error::NoResult) {
        OsError::KeyringLocked
    } else if matches!(error, Error::Unavailable) {
        OsError::KeyringNoService { because }
    } else {
        OsError::KeyringNotWorking { because }
    }
}

/// Bounded: the text may come from another program on the bus.
fn told(error: &Error) -> String {
    error.to_string().chars().filter(|c| !c.is_control()).take(200).collect()
}
