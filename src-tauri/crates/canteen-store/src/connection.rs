//! One way to open the file: key first, then everything that the rest relies on.

use std::path::Path;
use std::time::Duration;

use canteen_types::Secret;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

const BUSY: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The one writer; makes the file only at a first start.
    Write { create: bool },
    /// Sees what is committed.
    Read,
}

pub(crate) fn open(file: &Path, key: &Secret, access: Access) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    if access == (Access::Write { create: true }) {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(file, flags)?;
    // A bad page would otherwise print hundreds of lines on standard error.
    connection.pragma_update(None, "cipher_log_level", "NONE")?;
    // Exactly 64 digits: anything else would silently be taken as a passphrase.
    connection.key(None::<&str>, format!("x'{}'", hex::encode(key.expose())), false)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // The first read: only here does a wrong key show.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    match access {
        Access::Write { .. } => {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            // What is deleted is overwritten, not only forgotten: it must not lie in free pages for who has the key later.
            connection.pragma_update(None, "secure_delete", true)?;
            // Only with it does INSERT OR REPLACE fire the trigger that forbids removal.
            connection.pragma_update(None, "recursive_triggers", true)?;
        }
        Access::Read => {
            // Each page miss costs a decryption.
            connection.pragma_update(None, "cache_size", -16_000)?;
            connection.pragma_update(None, "query_only", true)?;
        }
    }
    Ok(connection)
}

/// From now on this connection cannot rewrite the audit log or the schema, whatever statement it is given.
#[expect(clippy::wildcard_enum_match_arm, reason = "a deny-list over SQLite's own actions")]
pub(crate) fn forbid_rewriting(connection: &mut Connection) -> Result<(), StoreError> {
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Delete { table_name: "audit" | "schema_history" }
        | AuthAction::Update { table_name: "audit" | "schema_history", .. }
        | AuthAction::DropTable { .. }
        | AuthAction::DropTrigger { .. }
        | AuthAction::AlterTable { .. }
        | AuthAction::Attach { .. }
        | AuthAction::Pragma {
            pragma_name: "writable_schema" | "recursive_triggers" | "ignore_check_constraints" | "secure_delete",
            ..
        } => Authorization::Deny,
        _ => Authorization::Allow,
    }))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use canteen_types::Timestamp;

    use super::*;

    const REWRITES: [&str; 5] = [
        "UPDATE audit SET body = x'00'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (seq, previous, body, hash) VALUES (1, zeroblob(32), x'00', zeroblob(32))",
        "INSERT INTO audit (seq, previous, body, hash) VALUES (3, zeroblob(32), x'00', zeroblob(32))",
        "INSERT INTO audit (seq, previous, body, hash) VALUES (NULL, zeroblob(32), x'00', zeroblob(32))",
    ];
    const REBUILDS: [&str; 8] = [
        "DROP TABLE audit",
        "DROP TRIGGER audit_no_change",
        "ALTER TABLE audit RENAME TO other",
        "ATTACH ':memory:' AS other",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
        "PRAGMA secure_delete = OFF",
        "UPDATE schema_history SET digest = zeroblob(32)",
    ];

    fn with_one_row() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = open(&folder.path().join("s"), &Secret::new([7; 32]), Access::Write { create: true }).unwrap();
        crate::migrate::run(&mut connection, Timestamp::from_millis(0)).unwrap();
        connection
            .execute("INSERT INTO audit (seq, previous, body, hash) VALUES (1, zeroblob(32), x'01', zeroblob(32))", [])
            .unwrap();
        (folder, connection)
    }

    fn body(connection: &Connection) -> Vec<u8> {
        connection.query_row("SELECT body FROM audit WHERE seq = 1", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn the_triggers_alone_keep_the_log() {
        let (_folder, connection) = with_one_row();
        for sql in REWRITES {
            assert!(connection.execute_batch(sql).is_err(), "{sql}");
        }
        connection.execute_batch("DROP TRIGGER audit_no_gap").unwrap();
        assert!(connection.execute_batch(REWRITES[2]).is_err(), "each guard holds alone");
        assert_eq!(body(&connection), [1]);
    }

    #[test]
    fn the_writer_can_neither_rewrite_nor_rebuild() {
        let (_folder, mut connection) = with_one_row();
        forbid_rewriting(&mut connection).unwrap();
        for sql in REWRITES.iter().chain(&REBUILDS) {
            assert!(connection.execute_batch(sql).is_err(), "{sql}");
        }
        assert_eq!(body(&connection), [1]);
    }

    #[test]
    fn a_reader_cannot_write() {
        let (folder, _writer) = with_one_row();
        let reader = open(&folder.path().join("s"), &Secret::new([7; 32]), Access::Read).unwrap();
        assert!(reader.execute("INSERT INTO settings (key, value_json) VALUES ('a', '1')", []).is_err());
    }
}
