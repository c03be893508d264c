use canteen_audit::Event;
use canteen_types::{Digest, RequestId, RequestState, SightingId, Timestamp};
use rusqlite::Row;

use super::audit::append;
use crate::column::{NAME, TEXT, cut, maybe_digest, maybe_time, time, unknown, within};
use crate::{Store, StoreError};

/// What the person asked, and what IT said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// Id.
    pub id: RequestId,
    /// About which sighting.
    pub sighting: Option<SightingId>,
    /// About which bytes; absent for a model that only has a name.
    pub digest: Option<Digest>,
    /// What the model calls itself, or what the person called it.
    pub name: String,
    /// The person's words about which model they mean: a publisher, a link. Never followed.
    pub details: Option<String>,
    /// The person's words.
    pub reason: String,
    /// Wanted duration, in days.
    pub days: u32,
    /// Where it stands.
    pub state: RequestState,
    /// When it was asked.
    pub asked: Timestamp,
    /// When IT opened it.
    pub seen: Option<Timestamp>,
    /// Last change.
    pub updated: Timestamp,
}

/// What the person asked IT.
#[derive(Clone, Copy, Debug)]
pub struct Requests<'a>(pub(crate) &'a Store);

const COLUMNS: &str =
    "SELECT id, sighting, digest, name, reason, days, state, until_utc, answer, asked_utc, updated_utc, details, seen_utc
    FROM requests";

impl Requests<'_> {
    /// Keeps or replaces one, with its event.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put(&self, row: &RequestRow, event: Event) -> Result<(), StoreError> {
        let (row, now) = (row.clone(), self.0.now());
        within(row.reason.len().max(row.details.as_ref().map_or(0, String::len)), TEXT)?;
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO requests (id, sighting, digest, name, reason, days, state, until_utc, answer, asked_utc, updated_utc, details, seen_utc)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                rusqlite::params![
                    row.id.as_bytes(),
                    row.sighting.as_ref().map(SightingId::as_bytes),
                    row.digest.as_ref().map(Digest::as_bytes),
                    cut(&row.name, NAME),
                    &row.reason,
                    row.days,
                    row.state.word(),
                    row.state.until().map(Timestamp::as_millis),
                    row.state.why().map(|why| cut(why, TEXT)),
                    row.asked.as_millis(),
                    row.updated.as_millis(),
                    &row.details,
                    row.seen.map(Timestamp::as_millis),
                ],
            )?;
            append(transaction, Some(event), now)
        })
    }

    /// One by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn get(&self, id: RequestId) -> Result<Option<RequestRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = ?1");
        self.0.read(|connection| super::row(connection, "requests", &sql, [id.as_bytes()], read))
    }

    /// Newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn all(&self) -> Result<Vec<RequestRow>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY asked_utc DESC, id DESC");
        self.0.read(|connection| super::rows(connection, "requests", &sql, [], read))
    }

    /// The one about these bytes that waits for IT.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open_for(&self, digest: Digest) -> Result<Option<RequestRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE digest = ?1 AND state IN ('sent', 'seen') ORDER BY asked_utc DESC");
        self.0.read(|connection| super::row(connection, "requests", &sql, [digest.as_bytes()], read))
    }

    /// Until when these bytes are granted, if they are.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn granted_until(&self, digest: Digest) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT until_utc FROM requests WHERE digest = ?1 AND state = 'granted' ORDER BY until_utc DESC";
        self.0.read(|connection| super::row(connection, "requests", sql, [digest.as_bytes()], |row| time(row, 0)))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    let state = match row.get::<_, String>(6)?.as_str() {
        "draft" => RequestState::Draft,
        "sent" => RequestState::Sent,
        "seen" => RequestState::Seen,
        "granted" => RequestState::Granted { until: maybe_time(row, 7)?.ok_or_else(|| unknown(7))? },
        "declined" => RequestState::Declined { why: row.get::<_, Option<String>>(8)?.unwrap_or_default() },
        "withdrawn" => RequestState::Withdrawn,
        "expired" => RequestState::Expired,
        _ => return Err(unknown(6)),
    };
    Ok(RequestRow {
        id: RequestId::from_bytes(row.get(0)?),
        sighting: row.get::<_, Option<[u8; 16]>>(1)?.map(SightingId::from_bytes),
        digest: maybe_digest(row, 2)?,
        name: row.get(3)?,
        reason: row.get(4)?,
        days: row.get(5)?,
        state,
        asked: time(row, 9)?,
        updated: time(row, 10)?,
        details: row.get(11)?,
        seen: maybe_time(row, 12)?,
    })
}
