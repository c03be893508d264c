//! Everything that is recorded, as the person reads it: part by part, to the last byte, and to take along.

mod export;
mod lines;
mod personal;
pub(crate) mod sent;

use canteen_audit::{Event, Field, GENESIS, Kept, Sketch, message};
use canteen_store::{AuditRow, LogFilter, LogWord};
use canteen_types::Digest;

use crate::App;
use crate::fault::AppError;
use crate::wire::{self, Fault, GetLogEntry, Held, Ledger, LogCheck, LogEntry, LogField, LogPage, LogRow, ReadLog, Topic};

/// What the last check of the chain said.
const CHECKED: &str = "log.checked";

impl App {
    /// Rows of the audit log, newest first.
    ///
    /// # Errors
    /// When the store cannot be read. A row that cannot be read is shown as such.
    pub async fn read_log(&self, request: ReadLog) -> Result<LogPage, Fault> {
        let result = self
            .blocking(move |app| {
                let filter = request.filter.map(filter).unwrap_or_default();
                let found = app.store.audit().find(&filter, request.before, request.limit.clamp(1, 1000))?;
                Ok(LogPage { rows: found.rows.iter().map(log_row).collect(), next: found.next })
            })
            .await;
        self.told(result)
    }

    /// One row as it is stored, with what its hash is made of.
    ///
    /// # Errors
    /// When there is no such row.
    pub async fn get_log_entry(&self, request: GetLogEntry) -> Result<LogEntry, Fault> {
        let seq = request.seq;
        let result = self
            .blocking(move |app| {
                let row = app.store.audit().row(seq)?;
                let row = row.ok_or_else(|| AppError::Unknown { kind: "log entry", id: seq.to_string() })?;
                let before = match seq.checked_sub(1) {
                    Some(before @ 1..) => app.store.audit().row(before)?.map(|row| row.hash),
                    Some(0) | None => Some(GENESIS),
                };
                Ok(LogEntry {
                    row: log_row(&row),
                    body: String::from_utf8_lossy(&row.body).into_owned(),
                    previous: Digest::new(row.previous).hex(),
                    message: hex::encode(message(&row.previous, row.seq, &row.body)),
                    fits: row.fits(),
                    follows: before == Some(row.previous),
                })
            })
            .await;
        self.told(result)
    }

    /// How the log and the person's data stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get_ledger(&self) -> Result<Ledger, Fault> {
        let result = self
            .blocking(|app| {
                let held = app.store.personal().held()?;
                Ok(Ledger {
                    rows: app.store.audit().rows()?,
                    oldest: app.store.audit().row(1)?.and_then(|row| row.at()),
                    check: app.store.settings().get(CHECKED)?,
                    models: app.store.audit().entries()?,
                    held: Held {
                        conversations: held.all.conversations,
                        messages: held.all.messages,
                        sightings: held.all.sightings,
                        past_sightings: held.would_go.sightings,
                        evidence: held.all.evidence,
                        nudges: held.all.nudges,
                        requests: held.all.requests,
                        open_requests: held.all.requests.saturating_sub(held.would_go.requests),
                        runs: held.all.runs,
                        live_runs: held.all.runs.saturating_sub(held.would_go.runs),
                    },
                    organisation: app.shelf.snapshot().map(|snapshot| snapshot.catalogue.organisation.clone()),
                    // Today's rules say nothing about the age of a log.
                    kept_until: None,
                })
            })
            .await;
        self.told(result)
    }

    /// Reads the whole chain and checks it. That it was checked is recorded, too.
    ///
    /// # Errors
    /// When the store cannot be read. A broken chain is a result, not an error.
    pub async fn verify_log(&self) -> Result<LogCheck, Fault> {
        let result = self
            .blocking(|app| {
                let found = app.store.audit().verify()?;
                let (rows, unbroken) = (found.rows, found.broken_at.is_none());
                let check = LogCheck {
                    rows,
                    unbroken,
                    broken_at: found.broken_at,
                    how: found.how,
                    head: Digest::new(found.head).hex(),
                    checked: app.now(),
                };
                app.store.settings().put(CHECKED, &check, Some(Event::LogVerified { rows, unbroken }))?;
                app.events.changed(&[Topic::Log]);
                Ok(check)
            })
            .await;
        self.told(result)
    }
}

fn filter(asked: wire::LogFilter) -> LogFilter {
    let group = asked.group.map(|group| group.prefixes().iter().map(|word| (*word).to_owned()).collect());
    LogFilter {
        // One kind is narrower than its group.
        kinds: asked.kind.map(|kind| vec![kind]).or(group).unwrap_or_default(),
        entry: asked.model,
        since: asked.since,
        until: asked.until,
        words: asked.words.into_iter().map(|word| LogWord { text: word.text, kinds: word.kinds }).collect(),
    }
}

pub(crate) fn log_row(row: &AuditRow) -> LogRow {
    let (kind, text, fields) = match &row.record {
        Some(record) => (record.event.kind().to_owned(), record.event.sentence(), record.event.fields()),
        None => {
            let sketch = Sketch::of(&row.body);
            let text = "This entry cannot be read: a newer Canteen wrote it, or it was changed".to_owned();
            (sketch.kind.unwrap_or_default(), text, sketch.fields)
        }
    };
    let fields: Vec<LogField> = fields.into_iter().map(log_field).collect();
    let sent = sent::of(&fields);
    LogRow { seq: row.seq, at: row.at(), kind, text, fields, sent, hash: Digest::new(row.hash).hex() }
}

fn log_field(field: Field) -> LogField {
    let kept = match field.kept {
        Kept::Encrypted => "encrypted",
        Kept::Plain => "plain",
    };
    LogField { name: field.name, value: field.value, kept: kept.to_owned() }
}

#[cfg(test)]
mod tests;
