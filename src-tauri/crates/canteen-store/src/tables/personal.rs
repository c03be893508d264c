//! Everything about the person, to be handed out or deleted. One list says of every table what becomes of it, and a test holds
//! the list to the schema: a table that is added later is exported from the first day, and somebody decides whether it goes.

use canteen_audit::Event;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, ToSql, Transaction};
use serde_json::{Map, Value};

use super::audit::append;
use crate::column::count;
use crate::{Store, StoreError};

/// What becomes of a table when the person deletes their data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its rows go.
    Deleted,
    /// Some of its rows go, or parts of them.
    Partly,
    /// Its rows stay.
    Stays,
}

/// Tables, what becomes of them, and whether they hold something about the person.
const TABLES: &[(&str, Fate, bool)] = &[
    // As long as the rules say; a log that could be emptied would prove nothing.
    ("audit", Fate::Stays, true),
    // What the organisation published; the same for everybody.
    ("catalogue_files", Fate::Stays, false),
    ("conversations", Fate::Deleted, true),
    ("evidence", Fate::Deleted, true),
    // Made again by the next sweep.
    ("home_sweep", Fate::Deleted, true),
    // What is installed stays installed.
    ("installations", Fate::Stays, true),
    // That a licence was accepted is owed to its owner.
    ("licences", Fate::Stays, true),
    ("looked_into", Fate::Deleted, true),
    ("messages", Fate::Deleted, true),
    ("nudges", Fate::Deleted, true),
    // Those that wait for an answer stay, and grants while they hold.
    ("requests", Fate::Partly, true),
    // Those that are under way stay.
    ("runs", Fate::Partly, true),
    ("schema_history", Fate::Stays, false),
    ("settings", Fate::Stays, true),
    // What lies on this computer now stays listed, as if it had just been seen.
    ("sightings", Fate::Partly, true),
];

/// Tables whose rows belong to rows of another table, and the column that says to which.
const CHILDREN: &[(&str, &str)] = &[("evidence", "sighting"), ("messages", "conversation")];

/// What was deleted, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// Conversations.
    pub conversations: u64,
    /// Their messages.
    pub messages: u64,
    /// Models that had been seen and are no longer there.
    pub sightings: u64,
    /// Observations about models.
    pub evidence: u64,
    /// What was pointed out.
    pub nudges: u64,
    /// Requests that were answered or withdrawn.
    pub requests: u64,
    /// Runs that had ended, with their speeds.
    pub runs: u64,
}

/// What is kept about the person beside the log, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// All of it.
    pub all: Deleted,
    /// What of it would go now.
    pub would_go: Deleted,
}

/// Everything about the person.
#[derive(Clone, Copy, Debug)]
pub struct Personal<'a>(pub(crate) &'a Store);

impl Personal<'_> {
    /// Deletes what may be deleted, and records how much that was, in one transaction. What was deleted is overwritten on the disk
    /// before this returns, except on parts of the disk that the file system does not give back.
    ///
    /// # Errors
    /// See [`StoreError`]. Then nothing was deleted.
    pub fn delete(&self) -> Result<Deleted, StoreError> {
        let now = self.0.now();
        let deleted = self.0.write(move |transaction| {
            let deleted = delete(transaction, now.as_millis())?;
            let Deleted { conversations, messages, sightings, evidence, nudges, requests, runs } = deleted;
            let event = Event::DataDeleted { conversations, messages, sightings, evidence, nudges, requests, runs };
            append(transaction, Some(event), now)?;
            Ok(deleted)
        })?;
        // The pages are overwritten where they were used last: in the log of the transaction. It takes them into the file and
        // is emptied.
        if let Err(error) = self.0.merge() {
            tracing::warn!(%error, "what was deleted lies in the transaction log, encrypted, until the next time that it is merged");
        }
        Ok(deleted)
    }

    /// How much there is, and how much of it [`Personal::delete`] would delete.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn held(&self) -> Result<Held, StoreError> {
        let now = self.0.now().as_millis();
        self.0.read(|connection| {
            let count = |sql: &str, params: &[&dyn ToSql]| connection.query_row(sql, params, |row| count(row, 0));
            let all = |table: &str| count(&format!("SELECT count(*) FROM {table}"), &[]);
            let all = Deleted {
                conversations: all("conversations")?,
                messages: all("messages")?,
                sightings: all("sightings")?,
                evidence: all("evidence")?,
                nudges: all("nudges")?,
                requests: all("requests")?,
                runs: all("runs")?,
            };
            let would_go = Deleted {
                sightings: count(&format!("SELECT count(*) FROM sightings WHERE {PAST_SIGHTINGS}"), &[])?,
                requests: count(&format!("SELECT count(*) FROM requests WHERE {PAST_REQUESTS}"), &[&now])?,
                runs: count(&format!("SELECT count(*) FROM runs WHERE {PAST_RUNS}"), &[])?,
                ..all
            };
            Ok(Held { all, would_go })
        })
    }

    /// Hands every row about the person to `take`, table by table, as of one moment, with the names of its columns. Rows that
    /// belong to others (messages, evidence) come after those, in one piece for each. The audit log is left out: it has an export
    /// of its own.
    ///
    /// # Errors
    /// See [`StoreError`], and what `take` says.
    pub fn each<E: From<StoreError>>(&self, mut take: impl FnMut(&str, Map<String, Value>) -> Result<(), E>) -> Result<(), E> {
        let mut failed = None;
        let done = self.0.read(|connection| {
            // One moment for all tables: a conversation that goes meanwhile is there whole or not at all.
            let snapshot = connection.unchecked_transaction()?;
            for table in tables(&snapshot)?.into_iter().filter(|table| is_about_the_person(table)) {
                let order = CHILDREN.iter().find(|(child, _)| *child == table).map_or("rowid", |(_, parent)| parent);
                let mut statement = snapshot.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY {order}, rowid"))?;
                let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    if let Err(error) = take(&table, columns(row, &names)?) {
                        failed = Some(error);
                        return Ok(());
                    }
                }
            }
            Ok(())
        });
        done?;
        failed.map_or(Ok(()), Err)
    }

    /// Tables that [`Personal::each`] goes through, and what becomes of each when the person deletes their data.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn tables(&self) -> Result<Vec<(String, Fate)>, StoreError> {
        let tables = self.0.read(tables)?;
        Ok(tables.into_iter().filter(|table| is_about_the_person(table)).map(|table| (table.clone(), fate(&table))).collect())
    }
}

fn fate(table: &str) -> Fate {
    TABLES.iter().find(|(name, ..)| *name == table).map_or(Fate::Stays, |(_, fate, _)| *fate)
}

fn is_about_the_person(table: &str) -> bool {
    table != "audit" && TABLES.iter().find(|(name, ..)| *name == table).is_none_or(|(.., personal)| *personal)
}

/// Our own tables; not those that SQLite keeps for itself, nor the insides of virtual ones.
fn tables(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let sql =
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
               ORDER BY name";
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    let mut names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
    names.sort_by_key(|name| CHILDREN.iter().any(|(child, _)| child == name));
    Ok(names)
}

const PAST_SIGHTINGS: &str = "resolved IS NOT NULL";
const PAST_REQUESTS: &str = "state NOT IN ('draft', 'sent', 'seen') AND NOT (state = 'granted' AND until_utc > ?1)";
const PAST_RUNS: &str = "ended_utc IS NOT NULL";

fn delete(transaction: &Transaction<'_>, now: i64) -> Result<Deleted, StoreError> {
    let gone = |what: &str, params: &[&dyn ToSql]| -> Result<u64, StoreError> {
        Ok(transaction.execute(&format!("DELETE FROM {what}"), params)? as u64)
    };
    let deleted = Deleted {
        // Counted by themselves: rows that go with another are not.
        messages: gone("messages", &[])?,
        conversations: gone("conversations", &[])?,
        evidence: gone("evidence", &[])?,
        sightings: gone(&format!("sightings WHERE {PAST_SIGHTINGS}"), &[])?,
        nudges: gone("nudges", &[])?,
        requests: gone(&format!("requests WHERE {PAST_REQUESTS}"), &[&now])?,
        runs: gone(&format!("runs WHERE {PAST_RUNS}"), &[])?,
    };
    // Not counted: they name nothing, and say only what was of no interest.
    gone("looked_into", &[])?;
    gone("home_sweep", &[])?;
    transaction.execute("UPDATE sightings SET first_seen_utc = ?1, last_seen_utc = ?1", [now])?;
    transaction.execute("UPDATE runs SET speed_milli = NULL", [])?;
    Ok(deleted)
}

fn columns(row: &Row<'_>, names: &[String]) -> rusqlite::Result<Map<String, Value>> {
    let mut values = Map::new();
    for (at, name) in names.iter().enumerate() {
        let value = readable(name, row.get_ref(at)?);
        values.insert(name.trim_end_matches("_utc").trim_end_matches("_json").to_owned(), value);
    }
    Ok(values)
}

/// A column as people and programs outside read it: ids as such, moments as RFC 3339, digests with their kind, JSON as JSON.
fn readable(name: &str, value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(millis) if name.ends_with("_utc") => {
            Value::String(canteen_types::Timestamp::from_millis(millis).to_string())
        }
        ValueRef::Integer(number) => Value::from(number),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text);
            let json = name.ends_with("_json").then(|| serde_json::from_str(&text).ok()).flatten();
            json.unwrap_or_else(|| Value::String(text.into_owned()))
        }
        ValueRef::Blob(bytes) => Value::String(match bytes {
            digest if name.ends_with("digest") && digest.len() == 32 => format!("sha256:{}", hex::encode(digest)),
            path if name == "path" => String::from_utf8_lossy(path).into_owned(),
            id => <[u8; 16]>::try_from(id).map_or_else(|_| hex::encode(id), uuid),
        }),
    }
}

fn uuid(id: [u8; 16]) -> String {
    let digits = hex::encode(id);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
#[path = "personal_tests.rs"]
mod tests;
