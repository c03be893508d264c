//! The store as its callers meet it: everyday rows, and everything that can be wrong with a file, a key or a disk.

#![expect(clippy::unwrap_used, reason = "a helper of a test may stop it")]

mod broken;
mod first_start;
mod fixture;
mod full_disk;
mod home_sweep;
mod rows;

use std::path::Path;
use std::sync::Arc;

use canteen_store::{KeyPlace, Store, StoreError};
use canteen_types::{Secret, TestClock, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn key() -> Secret {
    Secret::new([7; 32])
}

fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder, &key(), Arc::new(TestClock::at(NOW)))
}

/// A store in a new folder.
fn new() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    let store = open(folder.path()).unwrap();
    (folder, store)
}
