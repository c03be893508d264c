//! Forward only. The text of every applied step is hashed and compared: a shipped step that changed refuses to start instead of
//! passing silently.

use canteen_types::{Digest, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::StoreError;
use crate::column::digest;

/// All steps, oldest first; a step's number is its place, from 1.
const STEPS: &[&str] = &[include_str!("../migrations/0001_init.sql")];

pub(crate) fn run(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    apply(connection, STEPS, now)
}

fn apply(connection: &mut Connection, steps: &[&str], now: Timestamp) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::NewerVersion { found, known });
    }
    if found == 0 {
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS schema_history (version INTEGER PRIMARY KEY, digest BLOB NOT NULL, at_utc INTEGER NOT NULL) STRICT",
        )?;
    }
    for (version, text) in (1..=known).zip(steps) {
        let expected = Digest::of(text.as_bytes());
        if version <= found {
            let stored = connection
                .query_row("SELECT digest FROM schema_history WHERE version = ?1", [version], |row| digest(row, 0))
                .optional()?;
            if stored != Some(expected) {
                return Err(StoreError::MigrationChanged { version });
            }
            continue;
        }
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(text)?;
        step.execute(
            "INSERT INTO schema_history (version, digest, at_utc) VALUES (?1, ?2, ?3)",
            (version, expected.as_bytes(), now.as_millis()),
        )?;
        step.pragma_update(None, "user_version", version)?;
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(0);

    #[test]
    fn steps_are_applied_once_and_a_changed_one_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = ["CREATE TABLE a (x INTEGER) STRICT", "CREATE TABLE b (x INTEGER) STRICT"];
        apply(&mut connection, &steps[..1], NOW).unwrap();
        apply(&mut connection, &steps, NOW).unwrap();
        apply(&mut connection, &steps, NOW).unwrap();
        let changed = ["CREATE TABLE a (x INTEGER, y INTEGER) STRICT", steps[1]];
        assert!(matches!(apply(&mut connection, &changed, NOW), Err(StoreError::MigrationChanged { version: 1 })));
        assert!(matches!(apply(&mut connection, &steps[..1], NOW), Err(StoreError::NewerVersion { found: 2, known: 1 })));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = ["CREATE TABLE a (x INTEGER) STRICT; CREATE TABLE a (x INTEGER) STRICT"];
        assert!(apply(&mut connection, &steps, NOW).is_err());
        let tables: u32 =
            connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'a'", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
