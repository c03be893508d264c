//! One entry through the `keyring` crate, for the systems whose credential store is part of the system and always there.

use keyring::{Entry, Error};

use super::super::vault::SERVICE;
use crate::OsError;

fn entry(name: &str) -> Result<Entry, OsError> {
    Entry::new(SERVICE, name).map_err(fault)
}

pub(in super::super) fn get(name: &str) -> Result<Option<Vec<u8>>, OsError> {
    match entry(name)?.get_secret() {
        Ok(secret) => Ok(Some(secret)),
        Err(Error::NoEntry) => Ok(None),
        Err(other) => Err(fault(other)),
    }
}

pub(in super::super) fn set(name: &str, secret: &[u8]) -> Result<(), OsError> {
    entry(name)?.set_secret(secret).map_err(fault)
}

pub(in super::super) fn delete(name: &str) -> Result<(), OsError> {
    match entry(name)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(other) => Err(fault(other)),
    }
}

fn fault(error: Error) -> OsError {
    let because = error.to_string();
    if matches!(error, Error::NoStorageAccess(_)) {
        OsError::KeyringLocked
    } else if matches!(error, Error::NoDefaultStore) {
        OsError::KeyringNoService { because }
    } else {
        OsError::KeyringNotWorking { because }
    }
}
