//! One file per table: its row, its reads, its writes.

mod audit;
mod catalogue_files;
mod conversations;
mod installations;
mod licences;
mod messages;
mod nudges;
mod requests;
mod runs;
mod settings;
mod sightings;

pub use audit::{Audit, AuditRow};
pub use catalogue_files::CatalogueFiles;
pub use conversations::{ConversationRow, Conversations};
pub use installations::{InstallationRow, Installations, Kept};
pub use licences::Licences;
pub use messages::{MessageRow, Messages};
pub use nudges::{NudgeRow, Nudges};
pub use requests::{RequestRow, Requests};
pub use runs::{RunRow, Runs};
pub use settings::Settings;
pub use sightings::{EvidenceRow, FileIdentity, SightingRow, Sightings};

use rusqlite::{Connection, Params, Row};

use crate::StoreError;

/// Reads rows of `table`; one that cannot be read is an error that names it.
fn rows<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    rows.map(|row| row.map_err(|error| bad_row(table, error))).collect()
}

/// The first of such rows.
fn row<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(rows(connection, table, sql, params, read)?.into_iter().next())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "SQLite's own list, which grows")]
fn bad_row(table: &'static str, error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::BadRow { table },
        other => other.into(),
    }
}
