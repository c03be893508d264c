//! One file per table: its row, its reads, its writes.

mod audit;
mod catalogue_files;
mod conversations;
mod home_sweep;
mod installations;
mod licences;
mod log_filter;
mod messages;
mod nudges;
mod personal;
mod requests;
mod runs;
mod search;
mod settings;
mod sightings;

pub use audit::{Audit, AuditRow, Found};
pub use catalogue_files::CatalogueFiles;
pub use conversations::{ConversationRow, Conversations};
pub use home_sweep::{HomeStep, HomeSweep};
pub use installations::{Approved, InstallationRow, Installations, Kept};
pub use licences::Licences;
pub use log_filter::{LogFilter, LogWord};
pub use messages::{MessageRow, Messages, Replacement};
pub use nudges::{NudgeBasis, NudgeRow, Nudges, OutcomeRow};
pub use personal::{Deleted, Fate, Held, Personal};
pub use requests::{RequestRow, Requests};
pub use runs::{RunRow, Runs};
pub use search::{FoundRow, FoundRows};
pub use settings::Settings;
pub use sightings::{DISPUTED, EvidenceRow, FileIdentity, SightingRow, Sightings};

use rusqlite::{Connection, Params, Row};

use crate::{Store, StoreError};

impl Store {
    /// What is installed and being installed.
    #[must_use]
    pub const fn installations(&self) -> Installations<'_> {
        Installations(self)
    }

    /// Licences that the person accepted.
    #[must_use]
    pub const fn licences(&self) -> Licences<'_> {
        Licences(self)
    }

    /// Conversations.
    #[must_use]
    pub const fn conversations(&self) -> Conversations<'_> {
        Conversations(self)
    }

    /// Their messages.
    #[must_use]
    pub const fn messages(&self) -> Messages<'_> {
        Messages(self)
    }

    /// Engine processes, live and ended.
    #[must_use]
    pub const fn runs(&self) -> Runs<'_> {
        Runs(self)
    }

    /// Models seen on this computer.
    #[must_use]
    pub const fn sightings(&self) -> Sightings<'_> {
        Sightings(self)
    }

    /// The slow look through the home folder.
    #[must_use]
    pub const fn home_sweep(&self) -> HomeSweep<'_> {
        HomeSweep(self)
    }

    /// What the person was told.
    #[must_use]
    pub const fn nudges(&self) -> Nudges<'_> {
        Nudges(self)
    }

    /// What the person asked IT.
    #[must_use]
    pub const fn requests(&self) -> Requests<'_> {
        Requests(self)
    }

    /// The audit log.
    #[must_use]
    pub const fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// Everything about the person.
    #[must_use]
    pub const fn personal(&self) -> Personal<'_> {
        Personal(self)
    }

    /// The catalogue client's memory.
    #[must_use]
    pub const fn catalogue_files(&self) -> CatalogueFiles<'_> {
        CatalogueFiles(self)
    }

    /// Small values by name.
    #[must_use]
    pub const fn settings(&self) -> Settings<'_> {
        Settings(self)
    }
}

/// Reads rows of `table`; one that cannot be read is an error that names it.
fn rows<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    rows.map(|row| row.map_err(|error| bad_row(table, error))).collect()
}

/// The first of such rows.
fn row<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(rows(connection, table, sql, params, read)?.into_iter().next())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "SQLite's own list, which grows")]
fn bad_row(table: &'static str, error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::BadRow { table },
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use canteen_types::{ConversationId, Digest, NudgeId, RequestId, Secret, SightingId, TestClock, Timestamp};

    use super::*;
    use crate::KeyPlace;

    const NOW: Timestamp = Timestamp::from_millis(0);

    fn with(sql: &'static str) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let key = Secret::new([7; 32]);
        Store::prepare(folder.path(), KeyPlace::Keyring, &key, NOW).unwrap();
        let store = Store::open(folder.path(), &key, Arc::new(TestClock::at(NOW))).unwrap();
        store.write(move |transaction| Ok(transaction.execute_batch(sql)?)).unwrap();
        (folder, store)
    }

    fn check<T: std::fmt::Debug>(table: &str, sql: &'static str, read: impl FnOnce(&Store) -> Result<T, StoreError>) {
        let (_folder, store) = with(sql);
        let error = read(&store).unwrap_err();
        assert!(matches!(error, StoreError::BadRow { table: said } if said == table), "{table}: {error:?}");
        assert_eq!(store.audit().append(canteen_audit::Event::HostStopped).unwrap(), 1, "the rest goes on");
    }

    #[test]
    fn a_row_that_this_version_did_not_write_names_its_table() {
        let id = [0; 16];
        check("settings", "INSERT INTO settings VALUES ('a', 'no json')", |store| store.settings().get::<u32>("a"));
        check(
            "installations",
            "INSERT INTO installations VALUES ('a', 1, zeroblob(32), 1, 'odd', NULL, NULL, NULL, NULL, 0, NULL)",
            |store| store.installations().all(),
        );
        check(
            "installations",
            "INSERT INTO installations VALUES ('A B', 1, zeroblob(32), 1, 'installed', NULL, NULL, NULL, NULL, 0, NULL)",
            |store| store.installations().all(),
        );
        check(
            "installations",
            "INSERT INTO installations VALUES ('a', -1, zeroblob(32), 1, 'installed', NULL, NULL, NULL, NULL, 0, NULL)",
            |store| store.installations().all(),
        );
        check("conversations", "INSERT INTO conversations VALUES (zeroblob(16), 't', '../x', 0, 0, 0, NULL)", |store| {
            store.conversations().newest(1)
        });
        check(
            "conversations",
            "INSERT INTO conversations VALUES (zeroblob(16), 't', 'a', 0, 0, 0, '{\"mirostat\":2}')",
            |store| store.conversations().newest(1),
        );
        check(
            "messages",
            "INSERT INTO conversations VALUES (zeroblob(16), 't', 'a', 0, 0, 0, NULL);
             INSERT INTO messages (id, conversation, place, role, body, at_utc, attachments_json)
               VALUES (zeroblob(16), zeroblob(16), 1, 'user', '', 0, '{}')",
            |store| store.messages().of_conversation(ConversationId::from_bytes(id)),
        );
        check(
            "messages",
            "INSERT INTO conversations VALUES (zeroblob(16), 't', 'a', 0, 0, 0, NULL);
             INSERT INTO messages (id, conversation, place, role, body, at_utc) VALUES (zeroblob(16), zeroblob(16), 1, 'king', '', 0)",
            |store| store.messages().of_conversation(ConversationId::from_bytes(id)),
        );
        check(
            "messages",
            "INSERT INTO conversations VALUES (zeroblob(16), 't', 'a', 0, 0, 0, NULL);
             INSERT INTO messages (id, conversation, place, role, body, at_utc, run) VALUES (zeroblob(16), zeroblob(16), 1, 'user', '', 0, x'00')",
            |store| store.messages().of_conversation(ConversationId::from_bytes(id)),
        );
        check("runs", "INSERT INTO runs VALUES (zeroblob(16), 'a', 1, zeroblob(32), 0, 0, 'bored', NULL, 0, NULL)", |store| {
            store.runs().newest(1)
        });
        check("runs", "INSERT INTO runs VALUES (zeroblob(16), 'a', 1, zeroblob(32), 0, NULL, NULL, '{', 0, NULL)", |store| {
            store.runs().end_orphans(NOW)
        });
        check(
            "sightings",
            "INSERT INTO sightings VALUES (zeroblob(16), 1, 1, 1, 1, 1, NULL, x'2f', '/', 'n', 'a', 'f', 'hot', NULL, NULL, 0, NULL, 0, 0, NULL, NULL, NULL)",
            |store| store.sightings().open(),
        );
        check(
            "evidence",
            "INSERT INTO sightings VALUES (zeroblob(16), 1, 1, 1, 1, 1, NULL, x'2f', '/', 'n', 'a', 'f', 'loaded', NULL, NULL, 0, NULL, 0, 0, NULL, NULL, NULL);
             INSERT INTO evidence VALUES (zeroblob(16), 'rumour', NULL, '', 0, NULL, NULL)",
            |store| store.sightings().evidence(SightingId::from_bytes(id)),
        );
        check(
            "nudges",
            "INSERT INTO nudges VALUES (zeroblob(16), zeroblob(16), zeroblob(32), 'r', 't', 'b', '[]', NULL, 'snoozed', NULL, NULL, 0, NULL, 0, NULL)",
            |store| store.nudges().get(NudgeId::from_bytes(id)),
        );
        check(
            "requests",
            "INSERT INTO requests VALUES (zeroblob(16), NULL, zeroblob(32), 'n', NULL, 'r', 1, 'granted', NULL, NULL, 0, NULL, 0)",
            |store| store.requests().get(RequestId::from_bytes(id)),
        );
        check(
            "requests",
            "INSERT INTO requests VALUES (zeroblob(16), NULL, zeroblob(32), 'n', NULL, 'r', 1, 'granted', NULL, NULL, 0, NULL, 0)",
            |store| store.requests().granted_until(Digest::new([0; 32])),
        );
    }
}
