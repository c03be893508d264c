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
            // Without it INSERT OR REPLACE would pass the triggers of the audit log.
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

#[expect(clippy::wildcard_enum_match_arm, reason = "a deny-list over SQLite's own actions")]
/// From now on this connection cannot rewrite the audit log or the schema, whatever statement it is given.
pub(crate) fn forbid_rewriting(connection: &mut Connection) -> Result<(), StoreError> {
    connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
        AuthAction::Delete { table_name: "audit" | "schema_history" }
        | AuthAction::Update { table_name: "audit" | "schema_history", .. }
        | AuthAction::DropTable { .. }
        | AuthAction::DropTrigger { .. }
        | AuthAction::AlterTable { .. }
        | AuthAction::Attach { .. }
        | AuthAction::Pragma { pragma_name: "writable_schema", .. } => Authorization::Deny,
        _ => Authorization::Allow,
    }))?;
    Ok(())
}
