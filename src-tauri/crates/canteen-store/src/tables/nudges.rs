use canteen_audit::Event;
use canteen_types::{Deadline, Digest, EntryId, HeldBy, NudgeId, NudgeState, SightingId, Signal, Timestamp};
use rusqlite::Row;
use serde::{Deserialize, Serialize};

use super::audit::append;
use super::sightings::IS_DISPUTED;
use crate::column::{NAME, TEXT, cut, digest, json, maybe_json, maybe_parsed, maybe_time, time, unknown};
use crate::{Store, StoreError};

/// One message to the person, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NudgeRow {
    /// Id.
    pub id: NudgeId,
    /// About which sighting.
    pub sighting: SightingId,
    /// About which bytes.
    pub digest: Digest,
    /// Code of the reason.
    pub reason: String,
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
    /// Rule, version, signals, in English.
    pub why: Vec<String>,
    /// The same, for faces with texts of their own; absent in older rows.
    pub basis: Option<NudgeBasis>,
    /// What *use* would take.
    pub alternative: Option<EntryId>,
    /// Where it stands.
    pub state: NudgeState,
    /// `notification`, `window`, or `badge`: in the window while the notification is still to come.
    pub shown_by: Option<String>,
    /// When it was decided.
    pub created: Timestamp,
    /// When it was last shown.
    pub shown_at: Option<Timestamp>,
    /// Last change.
    pub updated: Timestamp,
}

/// What a nudge rests on. What came with later versions may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NudgeBasis {
    /// Version of the rules.
    pub rules_version: u64,
    /// Who set them; absent for Canteen's own.
    pub rules_by: Option<String>,
    /// Kinds of evidence that agreed.
    pub signals: Vec<Signal>,
    /// Id of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What kept its notification back when it was last decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_by: Vec<HeldBy>,
    /// Until when, where a time ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// The date that the person was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// When it interrupted: the newest of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notified: Vec<Timestamp>,
}

/// What became of one nudge that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// About which sighting.
    pub sighting: SightingId,
    /// About which bytes.
    pub digest: Digest,
    /// What the model calls itself; absent when the sighting is no longer kept.
    pub name: Option<String>,
    /// Where it stands.
    pub state: NudgeState,
    /// When it was last shown.
    pub shown_at: Timestamp,
    /// The person disputes the sighting.
    pub disputed: bool,
}

/// What the person was told.
#[derive(Clone, Copy, Debug)]
pub struct Nudges<'a>(pub(crate) &'a Store);

/// Reasons that are kept per nudge.
const MOST_REASONS: usize = 16;
/// Interruptions that are kept per nudge: more than a working day may have.
const MOST_NOTIFIED: usize = 64;

const COLUMNS: &str =
    "SELECT id, sighting, digest, reason, title, body, why_json, alternative, state, until_utc, shown_by, created_utc,
    shown_utc, updated_utc, basis_json FROM nudges";

impl Nudges<'_> {
    /// Keeps or replaces one, with its event.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put(&self, row: &NudgeRow, event: Option<Event>) -> Result<(), StoreError> {
        let (mut row, now) = (row.clone(), self.0.now());
        if let Some(basis) = &mut row.basis {
            let old = basis.notified.len().saturating_sub(MOST_NOTIFIED);
            basis.notified.drain(..old);
        }
        let why: Vec<&str> = row.why.iter().take(MOST_REASONS).map(|reason| cut(reason, NAME)).collect();
        let why = serde_json::to_string(&why).map_err(|error| StoreError::Io(error.into()))?;
        let basis = row.basis.as_ref().map(serde_json::to_string).transpose().map_err(|error| StoreError::Io(error.into()))?;
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO nudges (id, sighting, digest, reason, title, body, why_json, alternative, state, until_utc,
                   shown_by, created_utc, shown_utc, updated_utc, basis_json)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                (
                    row.id.as_bytes(),
                    row.sighting.as_bytes(),
                    row.digest.as_bytes(),
                    &row.reason,
                    cut(&row.title, NAME),
                    cut(&row.body, TEXT),
                    &why,
                    row.alternative.as_ref().map(EntryId::as_str),
                    row.state.word(),
                    row.state.until().map(Timestamp::as_millis),
                    &row.shown_by,
                    row.created.as_millis(),
                    row.shown_at.map(Timestamp::as_millis),
                    row.updated.as_millis(),
                    &basis,
                ),
            )?;
            append(transaction, event, now)
        })
    }

    /// One by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn get(&self, id: NudgeId) -> Result<Option<NudgeRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = ?1");
        self.0.read(|connection| super::row(connection, "nudges", &sql, [id.as_bytes()], read))
    }

    /// All about these bytes, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn of_digest(&self, digest: Digest) -> Result<Vec<NudgeRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE digest = ?1 ORDER BY created_utc DESC, id DESC");
        self.0.read(|connection| super::rows(connection, "nudges", &sql, [digest.as_bytes()], read))
    }

    /// At most `limit`, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn newest(&self, limit: u32) -> Result<Vec<NudgeRow>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY created_utc DESC, id DESC LIMIT ?1");
        self.0.read(|connection| super::rows(connection, "nudges", &sql, [limit], read))
    }

    /// At most `limit`, newest first; what is put off or silenced beyond `now` is always among them.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn listed(&self, limit: u32, now: Timestamp) -> Result<Vec<NudgeRow>, StoreError> {
        let sql = format!(
            "{COLUMNS} WHERE id IN (SELECT id FROM nudges ORDER BY created_utc DESC, id DESC LIMIT ?1)
             OR id IN (SELECT id FROM nudges WHERE state IN ('snoozed', 'silenced') AND until_utc > ?2
                       ORDER BY created_utc DESC, id DESC LIMIT ?1)
             ORDER BY created_utc DESC, id DESC"
        );
        self.0.read(|connection| super::rows(connection, "nudges", &sql, (limit, now.as_millis()), read))
    }

    /// What became of those that were shown, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn outcomes(&self, limit: u32) -> Result<Vec<OutcomeRow>, StoreError> {
        let sql = format!(
            "SELECT n.sighting, n.digest, s.name, n.state, n.until_utc, n.shown_utc, coalesce(s.resolved {IS_DISPUTED}, 0)
             FROM nudges n LEFT JOIN sightings s ON s.id = n.sighting
             WHERE n.shown_utc IS NOT NULL ORDER BY n.shown_utc DESC, n.id DESC LIMIT ?1"
        );
        self.0.read(|connection| {
            super::rows(connection, "nudges", &sql, [limit], |row| {
                Ok(OutcomeRow {
                    sighting: SightingId::from_bytes(row.get(0)?),
                    digest: digest(row, 1)?,
                    name: row.get(2)?,
                    state: state(row, 3)?,
                    shown_at: time(row, 5)?,
                    disputed: row.get(6)?,
                })
            })
        })
    }

    /// Those that stand in the window and wait for an answer, newest first, at most `limit`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn shown(&self, limit: u32) -> Result<Vec<NudgeRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE state = 'shown' ORDER BY created_utc DESC, id DESC LIMIT ?1");
        self.0.read(|connection| super::rows(connection, "nudges", &sql, [limit], read))
    }

    /// All that a decision needs: about the bytes of open sightings, what is not over yet, and what was shown since `day`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn standing(&self, day: Timestamp) -> Result<Vec<NudgeRow>, StoreError> {
        let sql = format!(
            "{COLUMNS} WHERE state IN ('due', 'held', 'shown') OR shown_utc >= ?1
             OR digest IN (SELECT digest FROM sightings WHERE resolved IS NULL) ORDER BY id"
        );
        self.0.read(|connection| super::rows(connection, "nudges", &sql, [day.as_millis()], read))
    }
}

fn state(row: &Row<'_>, at: usize) -> rusqlite::Result<NudgeState> {
    let until = || maybe_time(row, at + 1)?.ok_or_else(|| unknown(at + 1));
    Ok(match row.get::<_, String>(at)?.as_str() {
        "due" => NudgeState::Due,
        "held" => NudgeState::Held { until: until()? },
        "shown" => NudgeState::Shown,
        "used" => NudgeState::Used,
        "asked" => NudgeState::Asked,
        "snoozed" => NudgeState::Snoozed { until: until()? },
        "dismissed" => NudgeState::Dismissed,
        "ignored" => NudgeState::Ignored,
        "withdrawn" => NudgeState::Withdrawn,
        "silenced" => NudgeState::Silenced { until: until()? },
        _ => return Err(unknown(at)),
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<NudgeRow> {
    Ok(NudgeRow {
        id: NudgeId::from_bytes(row.get(0)?),
        sighting: SightingId::from_bytes(row.get(1)?),
        digest: digest(row, 2)?,
        reason: row.get(3)?,
        title: row.get(4)?,
        body: row.get(5)?,
        why: json(row, 6)?,
        alternative: maybe_parsed(row, 7)?,
        state: state(row, 8)?,
        shown_by: row.get(10)?,
        created: time(row, 11)?,
        shown_at: maybe_time(row, 12)?,
        updated: time(row, 13)?,
        basis: maybe_json(row, 14)?,
    })
}
