//! Forward only. The text of every applied step is hashed and compared: a shipped step that changed refuses to start instead of
//! passing silently.

use canteen_types::{Digest, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::StoreError;
use crate::column::digest;

/// All steps, oldest first; a step's number is its place, from 1.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_installed_documents.sql"),
    include_str!("../migrations/0003_conversations.sql"),
    include_str!("../migrations/0004_requests_by_name.sql"),
    include_str!("../migrations/0005_audit_index.sql"),
    include_str!("../migrations/0006_hazards.sql"),
    include_str!("../migrations/0007_home_sweep.sql"),
    include_str!("../migrations/0008_tasks.sql"),
];

/// Brings a store up to date.
pub(crate) fn run(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    apply(connection, STEPS, now)
}

/// Number of the last step that the file has seen; 0 for a file that is no store.
pub(crate) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn apply(connection: &mut Connection, steps: &[&str], now: Timestamp) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    loop {
        // The version is read under the write lock: another process may be at the same step.
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = version(&step)?;
        if found > known {
            return Err(StoreError::NewerVersion { found, known });
        }
        let mut texts = (1..=known).zip(steps);
        for (version, text) in texts.by_ref().take(usize::try_from(found).unwrap_or(usize::MAX)) {
            if stored(&step, version)? != Some(Digest::of(text.as_bytes())) {
                return Err(StoreError::MigrationChanged { version });
            }
        }
        let Some((version, text)) = texts.next() else { return Ok(()) };
        step.execute_batch(
            "CREATE TABLE IF NOT EXISTS schema_history (version INTEGER PRIMARY KEY, digest BLOB NOT NULL, at_utc INTEGER NOT NULL) STRICT",
        )?;
        step.execute_batch(text)?;
        step.execute(
            "INSERT INTO schema_history (version, digest, at_utc) VALUES (?1, ?2, ?3)",
            (version, Digest::of(text.as_bytes()).as_bytes(), now.as_millis()),
        )?;
        step.pragma_update(None, "user_version", version)?;
        step.commit()?;
    }
}

fn stored(connection: &Connection, version: u32) -> Result<Option<Digest>, StoreError> {
    let sql = "SELECT digest FROM schema_history WHERE version = ?1";
    Ok(connection.query_row(sql, [version], |row| digest(row, 0)).optional()?)
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
        assert_eq!((tables, version(&connection).unwrap()), (0, 0));
    }

    #[test]
    fn processes_that_upgrade_at_once_take_each_step_once() {
        let steps = ["CREATE TABLE a (x INTEGER) STRICT", "CREATE TABLE b (x INTEGER) STRICT"];
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let connect = || {
                let connection = Connection::open(folder.path().join("s")).unwrap();
                connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
                connection
            };
            let mut first = connect();
            first.pragma_update(None, "journal_mode", "WAL").unwrap();
            apply(&mut first, &steps[..1], NOW).unwrap();
            let together = std::sync::Barrier::new(4);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        let mut connection = connect();
                        together.wait();
                        apply(&mut connection, &steps, NOW).unwrap();
                    });
                }
            });
            assert_eq!(version(&first).unwrap(), 2);
        }
    }

    #[test]
    fn a_shipped_step_is_for_ever() {
        let digests: Vec<String> = STEPS.iter().map(|text| Digest::of(text.as_bytes()).short()).collect();
        // Add the new one; never change an old one. Stores in the field would refuse to open.
        assert_eq!(digests, ["da11d97b", "e8ea2539", "75c5b742", "2b95d2d5", "11c775dd", "28f751d1", "ccde6e37", "c682f4b6"]);
    }
}
