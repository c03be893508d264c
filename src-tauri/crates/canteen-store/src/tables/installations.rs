use canteen_audit::Event;
use canteen_types::{Artifact, ByteSize, Digest, EntryId, EntryKey, PauseReason, Remedy, Timestamp};
use rusqlite::Row;

use super::audit::append;
use crate::column::{TEXT, count, cut, digest, parsed, signed, time, unknown, word, worded};
use crate::{Store, StoreError};

/// What is remembered about an installation. *Absent* is no row; what is under way lives in the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Was under way; after a start it means that the host was killed.
    Fetching,
    /// Rests.
    Paused {
        /// Why.
        reason: PauseReason,
    },
    /// In the library.
    Installed,
    /// Ended with an error.
    Failed {
        /// Stable code.
        code: String,
        /// The sentence.
        message: String,
        /// What to do.
        remedy: Remedy,
    },
}

/// What an installation is of, as it is approved now.
#[derive(Clone, Debug)]
pub struct Approved<'a> {
    /// Which entry and version.
    pub key: &'a EntryKey,
    /// Which bytes.
    pub artifact: &'a Artifact,
    /// The entry itself, as its document.
    pub document: String,
}

/// One installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationRow {
    /// Which entry and version.
    pub key: EntryKey,
    /// Which bytes.
    pub digest: Digest,
    /// How many.
    pub size: ByteSize,
    /// Where it stands.
    pub state: Kept,
    /// The entry as it was approved then, as its document; rows of older releases have none.
    pub document: Option<String>,
    /// Since when.
    pub updated: Timestamp,
}

/// What is installed and being installed, by entry.
#[derive(Clone, Copy, Debug)]
pub struct Installations<'a>(pub(crate) &'a Store);

impl Installations<'_> {
    /// All of them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn all(&self) -> Result<Vec<InstallationRow>, StoreError> {
        let sql = "SELECT entry, version, digest, size_bytes, state, reason, code, message, remedy, updated_utc, document_json FROM installations ORDER BY entry";
        self.0.read(|connection| super::rows(connection, "installations", sql, [], read))
    }

    /// Replaces what is remembered about this entry.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set(&self, approved: Approved<'_>, state: Kept, event: Option<Event>) -> Result<(), StoreError> {
        let Approved { key, artifact, document } = approved;
        let (key, digest, size, now) = (key.clone(), artifact.digest, artifact.size, self.0.now());
        self.0.write(move |transaction| {
            let (state, reason, failed) = match state {
                Kept::Fetching => ("fetching", None, None),
                Kept::Paused { reason } => ("paused", Some(word(&reason)), None),
                Kept::Installed => ("installed", None, None),
                Kept::Failed { code, message, remedy } => ("failed", None, Some((code, message, word(&remedy)))),
            };
            let (code, message, remedy) = failed.map_or((None, None, None), |(c, m, r)| (Some(c), Some(m), Some(r)));
            transaction.execute(
                "INSERT OR REPLACE INTO installations
                   (entry, version, digest, size_bytes, state, reason, code, message, remedy, updated_utc, document_json)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                (
                    key.id.as_str(),
                    key.version,
                    digest.as_bytes(),
                    signed(size.bytes()),
                    state,
                    reason,
                    code,
                    message.as_deref().map(|message| cut(message, TEXT)),
                    remedy,
                    now.as_millis(),
                    document,
                ),
            )?;
            append(transaction, event, now)
        })
    }

    /// Forgets this entry's installation; nothing there is fine.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn remove(&self, entry: &EntryId, event: Option<Event>) -> Result<(), StoreError> {
        let (entry, now) = (entry.clone(), self.0.now());
        self.0.write(move |transaction| {
            transaction.execute("DELETE FROM installations WHERE entry = ?1", [entry.as_str()])?;
            append(transaction, event, now)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<InstallationRow> {
    let state = match row.get::<_, String>(4)?.as_str() {
        "fetching" => Kept::Fetching,
        "paused" => Kept::Paused { reason: worded(row, 5)? },
        "installed" => Kept::Installed,
        "failed" => Kept::Failed { code: row.get(6)?, message: row.get(7)?, remedy: worded(row, 8)? },
        _ => return Err(unknown(4)),
    };
    Ok(InstallationRow {
        key: EntryKey { id: parsed(row, 0)?, version: row.get(1)? },
        digest: digest(row, 2)?,
        size: ByteSize::new(count(row, 3)?),
        state,
        updated: time(row, 9)?,
        document: row.get(10)?,
    })
}
