use canteen_audit::{Chain, ChainCheck, Event, GENESIS, Record, seal};
use canteen_types::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction};

use crate::column::{count, signed};
use crate::{Store, StoreError};

/// One row of the log, read and decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// Hash of this row, which covers the one before.
    pub hash: [u8; 32],
}

/// The append-only, hash-chained log.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a>(pub(crate) &'a Store);

/// Adds `event` in the caller's transaction: it is on the disk exactly when what it records is.
pub(super) fn append(transaction: &Transaction<'_>, event: Option<Event>, now: Timestamp) -> Result<(), StoreError> {
    let Some(event) = event else { return Ok(()) };
    let head = transaction
        .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| Ok((count(row, 0)?, row.get(1)?)))
        .optional()?;
    let (last, previous): (u64, [u8; 32]) = head.unwrap_or((0, GENESIS));
    let (seq, body) = (last.saturating_add(1), event.encode(now)?);
    let hash = seal(&previous, seq, &body);
    transaction.prepare_cached("INSERT INTO audit (seq, previous, body, hash) VALUES (?1, ?2, ?3, ?4)")?.execute((
        signed(seq),
        previous,
        body,
        hash,
    ))?;
    Ok(())
}

impl Audit<'_> {
    /// Adds one event and gives its number.
    ///
    /// # Errors
    /// See [`StoreError`]. What could not be recorded must not be done.
    pub fn append(&self, event: Event) -> Result<u64, StoreError> {
        let now = self.0.now();
        self.0.write(move |transaction| {
            append(transaction, Some(event), now)?;
            Ok(transaction.query_row("SELECT max(seq) FROM audit", [], |row| count(row, 0))?)
        })
    }

    /// Number of rows.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn rows(&self) -> Result<u64, StoreError> {
        self.0.read(|connection| Ok(connection.query_row("SELECT coalesce(max(seq), 0) FROM audit", [], |row| count(row, 0))?))
    }

    /// At most `limit` rows before number `before`, newest first.
    ///
    /// # Errors
    /// [`StoreError::Audit`] for a row of another version.
    pub fn page(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let before = signed(before.unwrap_or(u64::MAX).min(u64::MAX >> 1));
        let sql = "SELECT seq, body, hash FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2";
        let rows = self.0.read(|connection| {
            super::rows(connection, "audit", sql, (before, limit), |row| {
                Ok((count(row, 0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?))
            })
        })?;
        rows.into_iter()
            .map(|(seq, body, hash)| {
                let Record { at, event } = Record::decode(&body)?;
                Ok(AuditRow { seq, at, event, hash })
            })
            .collect()
    }

    /// Reads the whole chain and checks it, with memory for one row.
    ///
    /// # Errors
    /// See [`StoreError`]. A broken chain is a result, not an error.
    pub fn verify(&self) -> Result<ChainCheck, StoreError> {
        self.0.read(|connection| {
            let mut chain = Chain::default();
            let mut statement = connection.prepare("SELECT seq, body, previous, hash FROM audit ORDER BY seq")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (previous, hash): ([u8; 32], [u8; 32]) = (row.get(2)?, row.get(3)?);
                chain.next(count(row, 0)?, row.get_ref(1)?.as_blob().unwrap_or_default(), &previous, &hash);
            }
            Ok(chain.check())
        })
    }
}
