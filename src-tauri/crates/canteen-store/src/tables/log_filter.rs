//! Which rows of the log are asked for. Kind, model and time are answered by an index alone; words need the rows themselves.

use canteen_audit::Sketch;
use canteen_types::{EntryId, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::audit::AuditRow;
use crate::StoreError;
use crate::column::count;

/// Words that are compared with a row; more are not looked at.
const MOST_WORDS: usize = 16;

/// One word that a row must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogWord {
    /// A part of some value, in any case.
    pub text: String,
    /// Kinds that count as holding it, because their sentence in the person's language does.
    pub kinds: Vec<String>,
}

/// Which rows: all conditions hold at once, and an empty one holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Kinds (`run.started`) or first words of kinds (`run`), any of them.
    pub kinds: Vec<String>,
    /// About this entry.
    pub entry: Option<EntryId>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// All of them.
    pub words: Vec<LogWord>,
}

impl LogFilter {
    /// An index does not answer it alone.
    pub(super) const fn reads_rows(&self) -> bool {
        !self.words.is_empty() || self.since.is_some() || self.until.is_some()
    }

    /// Numbers of at most `most` rows before `before` that an index lets pass, newest first.
    pub(super) fn candidates(&self, connection: &Connection, before: i64, most: u32) -> Result<Vec<u64>, StoreError> {
        let (mut conditions, mut values) = (Vec::new(), vec![Value::Integer(before), Value::Integer(i64::from(most))]);
        let mut holds = |sql: &str, value: String| {
            values.push(Value::Text(value));
            sql.replace('?', &format!("?{}", values.len()))
        };
        let kinds: Vec<String> = self
            .kinds
            .iter()
            .map(|kind| match kind.contains('.') {
                true => holds("kind = ?", kind.clone()),
                // From the first word with its point up to the sign after the point.
                false => format!("({} AND {})", holds("kind >= ?", format!("{kind}.")), holds("kind < ?", format!("{kind}/"))),
            })
            .collect();
        if !kinds.is_empty() {
            conditions.push(format!("({})", kinds.join(" OR ")));
        }
        if let Some(entry) = &self.entry {
            conditions.push(holds("entry = ?", entry.to_string()));
        }
        if let Some(since) = self.since {
            conditions.push(holds("at >= ?", second(since, 0)));
        }
        if let Some(until) = self.until {
            conditions.push(holds("at < ?", second(until, 999)));
        }
        let sql = if conditions.is_empty() {
            "SELECT seq FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2".to_owned()
        } else {
            // The signs keep SQLite from walking the table itself, where each row would have to be read as JSON.
            format!("SELECT seq FROM audit WHERE +seq < ?1 AND {} ORDER BY +seq DESC LIMIT ?2", conditions.join(" AND "))
        };
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| count(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What the index could not tell: parts of a second, and words.
    pub(super) fn passes(&self, row: &AuditRow) -> bool {
        if !self.reads_rows() {
            return true;
        }
        let at = row.at();
        if self.since.is_some_and(|since| at.is_none_or(|at| at < since)) {
            return false;
        }
        if self.until.is_some_and(|until| at.is_none_or(|at| at >= until)) {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let sketch = Sketch::of(&row.body);
        let kind = sketch.kind.as_deref().unwrap_or_default();
        let held: String = sketch.fields.iter().filter_map(|field| field.value.as_deref()).collect::<Vec<_>>().join("\n");
        let held = format!("{kind}\n{held}").to_lowercase();
        self.words
            .iter()
            .take(MOST_WORDS)
            .all(|word| word.kinds.iter().any(|named| named == kind) || held.contains(&word.text.to_lowercase()))
    }
}

/// The second of a moment, after `up` milliseconds, without the sign of its zone: texts of moments then sort like the moments,
/// whether they carry parts of a second or not.
fn second(at: Timestamp, up: i64) -> String {
    // The last moment that has an RFC 3339 text.
    const LAST: i64 = 253_402_207_200_999;
    let millis = at.as_millis().clamp(0, LAST).saturating_add(up).min(LAST);
    let text = Timestamp::from_millis(millis - millis.rem_euclid(1000)).to_string();
    text.trim_end_matches('Z').to_owned()
}

#[cfg(test)]
#[path = "log_filter_tests.rs"]
mod tests;
