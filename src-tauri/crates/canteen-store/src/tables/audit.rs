use canteen_audit::{Chain, ChainCheck, Event, GENESIS, Record, Sketch, seal};
use canteen_types::{EntryId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::log_filter::LogFilter;
use crate::column::{count, signed};
use crate::{Store, StoreError};

/// One row of the log, as it is stored, and what it says as far as this version can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// When and what; `None` for a row of another version, or one that was changed.
    pub record: Option<Record>,
    /// The bytes that were hashed.
    pub body: Vec<u8>,
    /// Hash of the row before.
    pub previous: [u8; 32],
    /// Hash of this row, which covers the one before.
    pub hash: [u8; 32],
}

impl AuditRow {
    /// When, as far as it can be read.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        self.record.as_ref().map_or_else(|| Sketch::of(&self.body).at, |record| Some(record.at))
    }

    /// Whether its hash is that of its bytes.
    #[must_use]
    pub fn fits(&self) -> bool {
        seal(&self.previous, self.seq, &self.body) == self.hash
    }
}

/// Some rows that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Ask again for what stands before this row; `None` when everything was looked through.
    pub next: Option<u64>,
}

/// The append-only, hash-chained log.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a>(pub(crate) &'a Store);

/// Rows that are read and compared with words in one call. A call stays below a tenth of a second; the face asks on.
const LOOKED_AT: u32 = 4_000;

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
    /// See [`StoreError`]. A row that cannot be read is a row without a record, not an error.
    pub fn page(&self, before: Option<u64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        Ok(self.find(&LogFilter::default(), before, limit)?.rows)
    }

    /// At most `limit` rows before number `before` that pass `filter`, newest first. Where words are looked for, a call may come
    /// back with fewer rows and go on at [`Found::next`].
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn find(&self, filter: &LogFilter, before: Option<u64>, limit: u32) -> Result<Found, StoreError> {
        let before = signed(before.unwrap_or(u64::MAX).min(u64::MAX >> 1));
        // One more than asked for tells whether there is more.
        let most = if filter.reads_rows() { LOOKED_AT } else { limit.saturating_add(1) };
        self.0.read(|connection| {
            let candidates = filter.candidates(connection, before, most)?;
            let all_seen = u32::try_from(candidates.len()).is_ok_and(|seen| seen < most);
            let mut statement = connection.prepare_cached("SELECT seq, body, previous, hash FROM audit WHERE seq = ?1")?;
            let (mut rows, mut looked_at) = (Vec::new(), None);
            for seq in candidates {
                if u32::try_from(rows.len()).is_ok_and(|found| found >= limit) {
                    return Ok(Found { rows, next: looked_at });
                }
                let row = statement.query_row([signed(seq)], read)?;
                looked_at = Some(seq);
                if filter.passes(&row) {
                    rows.push(row);
                }
            }
            Ok(Found { rows, next: looked_at.filter(|_| !all_seen) })
        })
    }

    /// One row.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn row(&self, seq: u64) -> Result<Option<AuditRow>, StoreError> {
        let sql = "SELECT seq, body, previous, hash FROM audit WHERE seq = ?1";
        self.0.read(|connection| super::row(connection, "audit", sql, [signed(seq)], read))
    }

    /// At most `limit` rows after number `after`, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn after(&self, after: u64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "SELECT seq, body, previous, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        self.0.read(|connection| super::rows(connection, "audit", sql, (signed(after), limit), read))
    }

    /// Entries that the log names.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn entries(&self) -> Result<Vec<EntryId>, StoreError> {
        // From one to the next in the index: a log of a million rows names a few dozen.
        let sql = "WITH RECURSIVE named (entry) AS (
                     SELECT min(entry) FROM audit
                     UNION ALL
                     SELECT (SELECT min(entry) FROM audit WHERE audit.entry > named.entry) FROM named WHERE named.entry IS NOT NULL
                   ) SELECT entry FROM named WHERE entry IS NOT NULL";
        let read = |row: &Row<'_>| Ok(row.get::<_, String>(0)?.parse().ok());
        Ok(self.0.read(|connection| super::rows(connection, "audit", sql, [], read))?.into_iter().flatten().collect())
    }

    /// Reads the whole chain and checks it, with memory for one row.
    ///
    /// # Errors
    /// See [`StoreError`]. A broken chain is a result, not an error.
    pub fn verify(&self) -> Result<ChainCheck, StoreError> {
        self.0.read(verify)
    }
}

fn verify(connection: &Connection) -> Result<ChainCheck, StoreError> {
    let mut chain = Chain::default();
    let mut statement = connection.prepare("SELECT seq, body, previous, hash FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (previous, hash): ([u8; 32], [u8; 32]) = (row.get(2)?, row.get(3)?);
        chain.next(count(row, 0)?, row.get_ref(1)?.as_blob().unwrap_or_default(), &previous, &hash);
    }
    Ok(chain.check())
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    let body: Vec<u8> = row.get(1)?;
    let record = Record::decode(&body).ok();
    Ok(AuditRow { seq: count(row, 0)?, record, body, previous: row.get(2)?, hash: row.get(3)? })
}
