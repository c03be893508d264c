use std::collections::BTreeMap;

use canteen_audit::Event;
use canteen_types::{Digest, EndReason, EntryId, EntryKey, RunId, SandboxReport, Timestamp};
use rusqlite::Row;

use super::audit::append;
use crate::column::{count, digest, maybe_json, maybe_time, maybe_worded, parsed, signed, time, word};
use crate::{Store, StoreError};

/// One engine process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Id.
    pub id: RunId,
    /// Which entry and version.
    pub key: EntryKey,
    /// Which bytes.
    pub digest: Digest,
    /// When it was started.
    pub started: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended; `None` while it lives.
    pub reason: Option<EndReason>,
    /// What its kernel enforces.
    pub report: Option<SandboxReport>,
    /// Tokens written.
    pub answer_tokens: u64,
    /// Speed of its last answer, in thousandths of a token per second.
    pub speed_milli: Option<u64>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    reason: EndReason,
    at: Timestamp,
}

/// Engine processes, live and ended.
#[derive(Clone, Copy, Debug)]
pub struct Runs<'a>(pub(crate) &'a Store);

const COLUMNS: &str =
    "SELECT id, entry, version, digest, started_utc, ended_utc, reason, report_json, answer_tokens, speed_milli FROM runs";

impl Runs<'_> {
    /// Keeps that one was started.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn begin(&self, new: &RunRow) -> Result<(), StoreError> {
        let new = new.clone();
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT INTO runs (id, entry, version, digest, started_utc) VALUES (?1, ?2, ?3, ?4, ?5)",
                (new.id.as_bytes(), new.key.id.as_str(), new.key.version, new.digest.as_bytes(), new.started.as_millis()),
            )?;
            Ok(())
        })
    }

    /// Keeps what its kernel enforces, with the event of its start.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn locked_in(&self, id: RunId, report: &SandboxReport, event: Event) -> Result<(), StoreError> {
        let now = self.0.now();
        let report = serde_json::to_string(report).map_err(|error| StoreError::Io(error.into()))?;
        self.0.write(move |transaction| {
            transaction.execute("UPDATE runs SET report_json = ?2 WHERE id = ?1", (id.as_bytes(), &report))?;
            append(transaction, Some(event), now)
        })
    }

    /// Keeps how far it has got.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn answered(&self, id: RunId, answer_tokens: u64, speed_milli: Option<u64>) -> Result<(), StoreError> {
        self.0.write(move |transaction| {
            transaction.execute(
                "UPDATE runs SET answer_tokens = ?2, speed_milli = coalesce(?3, speed_milli) WHERE id = ?1",
                (id.as_bytes(), signed(answer_tokens), speed_milli.map(signed)),
            )?;
            Ok(())
        })
    }

    /// Keeps that it ended, now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn end(&self, id: RunId, reason: EndReason, event: Event) -> Result<(), StoreError> {
        let now = self.0.now();
        self.0.write(move |transaction| {
            finish(transaction, id, End { reason, at: now })?;
            append(transaction, Some(event), now)
        })
    }

    /// Runs that a killed host left behind have ended with it: their engines die with their parent.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn end_orphans(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.0.write(move |transaction| {
            let sql = format!("{COLUMNS} WHERE ended_utc IS NULL ORDER BY started_utc, id");
            let orphans = super::rows(transaction, "runs", &sql, [], read)?;
            let ended = orphans.len() as u64;
            for run in orphans {
                finish(transaction, run.id, End { reason: EndReason::Quit, at: now })?;
                let event = Event::RunEnded { run: run.id, entry: run.key.id, reason: EndReason::Quit };
                append(transaction, Some(event), now)?;
            }
            Ok(ended)
        })
    }

    /// One by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn get(&self, id: RunId) -> Result<Option<RunRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = ?1");
        self.0.read(|connection| super::row(connection, "runs", &sql, [id.as_bytes()], read))
    }

    /// At most `limit`, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn newest(&self, limit: u32) -> Result<Vec<RunRow>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY started_utc DESC, id DESC LIMIT ?1");
        self.0.read(|connection| super::rows(connection, "runs", &sql, [limit], read))
    }

    /// Speed of the newest answer of each entry, in thousandths of a token per second.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn last_speeds_milli(&self) -> Result<BTreeMap<EntryId, u64>, StoreError> {
        // SQLite takes a bare column from the row that has the maximum: <https://sqlite.org/lang_select.html#bareagg>.
        let sql = "SELECT entry, speed_milli, MAX(started_utc) FROM runs WHERE speed_milli IS NOT NULL GROUP BY entry";
        let read = |row: &Row<'_>| Ok((parsed(row, 0)?, count(row, 1)?));
        Ok(self.0.read(|connection| super::rows(connection, "runs", sql, [], read))?.into_iter().collect())
    }
}

fn finish(transaction: &rusqlite::Transaction<'_>, id: RunId, end: End) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE runs SET ended_utc = ?2, reason = ?3 WHERE id = ?1",
        (id.as_bytes(), end.at.as_millis(), word(&end.reason)),
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: RunId::from_bytes(row.get(0)?),
        key: EntryKey { id: parsed(row, 1)?, version: row.get(2)? },
        digest: digest(row, 3)?,
        started: time(row, 4)?,
        ended_at: maybe_time(row, 5)?,
        reason: maybe_worded(row, 6)?,
        report: maybe_json(row, 7)?,
        answer_tokens: count(row, 8)?,
        speed_milli: row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned),
    })
}
