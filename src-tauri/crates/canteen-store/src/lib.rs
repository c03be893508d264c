//! The encrypted store of one person on one computer: SQLite with SQLCipher, one writer, forward-only migrations, and an
//! append-only audit log that is written in the same transaction as what it records.
//!
//! A call that returns `Ok` has reached the disk (`synchronous = FULL`): killing the process at any moment loses nothing that
//! was acknowledged. Calls block; never make them on a runtime thread. The key comes in from outside, and a store is only ever
//! created by [`Store::prepare`] followed by [`Store::open`]: a missing or unreadable one is an error, never replaced.
//!
//! ```
//! use std::sync::Arc;
//! use canteen_store::{KeyPlace, Store};
//! use canteen_types::{Secret, TestClock, Timestamp};
//!
//! let folder = tempfile::tempdir()?;
//! let (key, now) = (Secret::new([7; 32]), Timestamp::from_millis(0));
//! Store::prepare(folder.path(), KeyPlace::Keyring, &key, now)?;
//! let store = Store::open(folder.path(), &key, Arc::new(TestClock::at(now)))?;
//! store.settings().put("theme", &"dark", None)?;
//! assert_eq!(store.settings().get::<String>("theme")?.as_deref(), Some("dark"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ballast;
mod column;
mod connection;
mod error;
mod first;
mod meta;
mod migrate;
mod readers;
mod store;
mod tables;
mod writer;

pub use error::StoreError;
pub use meta::{KeyPlace, Meta};
pub use store::Store;
pub use tables::{
    Approved, Audit, AuditRow, CatalogueFiles, ConversationRow, Conversations, DISPUTED, Deleted, EvidenceRow, Fate,
    FileIdentity, Found, FoundRow, FoundRows, Held, HomeStep, HomeSweep, InstallationRow, Installations, Kept, Licences,
    LogFilter, LogWord, MessageRow, Messages, NudgeBasis, NudgeRow, Nudges, OutcomeRow, Personal, Replacement, RequestRow,
    Requests, RunRow, Runs, Settings, SightingRow, Sightings,
};
