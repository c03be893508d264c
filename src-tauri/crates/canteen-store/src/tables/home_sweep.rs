//! Where the slow look through the home folder stands, and which large files it need not look into again.

use std::path::PathBuf;

use rusqlite::Transaction;

use super::sightings::path;
use super::{FileIdentity, row};
use crate::column::{TEXT, signed, within};
use crate::{Store, StoreError};

/// Files that are remembered, each with some 80 bytes; those that no sweep came by for longest go.
const MOST_LOOKED_INTO: u32 = 100_000;
/// Files in one step.
const MOST_IN_STEP: usize = 4096;

/// A part of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeStep {
    /// The last folder whose files are through; `None` leaves it as it was.
    pub position: Option<PathBuf>,
    /// Everything on this device is through: what the sweep did not come by is no longer there.
    pub over: Option<u64>,
    /// Files that are no weights, newly looked into or as they were.
    pub looked_into: Vec<FileIdentity>,
    /// Version of the reader that says so.
    pub reader: u32,
}

/// The slow look through the home folder.
#[derive(Clone, Copy, Debug)]
pub struct HomeSweep<'a>(pub(crate) &'a Store);

impl HomeSweep<'_> {
    /// The last folder that is through, of a sweep that was cut off.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn position(&self) -> Result<Option<PathBuf>, StoreError> {
        let sql = "SELECT path FROM home_sweep WHERE path IS NOT NULL";
        self.0.read(|connection| row(connection, "home_sweep", sql, [], |row| Ok(path(row.get(0)?))))
    }

    /// Whether `reader` looked into exactly this file and found no weights.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn is_looked_into(&self, file: &FileIdentity, reader: u32) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM looked_into WHERE device = ?1 AND inode = ?2 AND size_bytes = ?3 AND modified_ns = ?4
                   AND changed_ns = ?5 AND reader = ?6";
        let params =
            (signed(file.device), signed(file.inode), signed(file.size), file.modified_ns, file.changed_ns, i64::from(reader));
        let found = self.0.read(|connection| row(connection, "looked_into", sql, params, |_| Ok(())))?;
        Ok(found.is_some())
    }

    /// Keeps how far it has got, and what it came by, in one transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn step(&self, step: &HomeStep) -> Result<(), StoreError> {
        within(step.looked_into.len(), MOST_IN_STEP)?;
        if let Some(position) = &step.position {
            within(position.as_os_str().len(), TEXT)?;
        }
        let step = step.clone();
        self.0.write(move |transaction| {
            transaction.execute("INSERT OR IGNORE INTO home_sweep (id, number, path) VALUES (1, 1, NULL)", [])?;
            keep(transaction, &step)?;
            if let Some(position) = &step.position {
                transaction.execute("UPDATE home_sweep SET path = ?1", [position.as_os_str().as_encoded_bytes()])?;
            }
            if let Some(device) = step.over {
                transaction.execute(
                    "DELETE FROM looked_into WHERE device = ?1 AND sweep < (SELECT number FROM home_sweep)",
                    [signed(device)],
                )?;
                transaction.execute("UPDATE home_sweep SET path = NULL, number = number + 1", [])?;
            }
            Ok(())
        })
    }
}

fn keep(transaction: &Transaction<'_>, step: &HomeStep) -> Result<(), StoreError> {
    if step.looked_into.is_empty() {
        return Ok(());
    }
    let mut put = transaction.prepare_cached(
        "INSERT INTO looked_into (device, inode, size_bytes, modified_ns, changed_ns, reader, sweep)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT number FROM home_sweep))
         ON CONFLICT (device, inode) DO UPDATE SET size_bytes = ?3, modified_ns = ?4, changed_ns = ?5, reader = ?6,
           sweep = (SELECT number FROM home_sweep)",
    )?;
    for file in &step.looked_into {
        let (device, inode, size) = (signed(file.device), signed(file.inode), signed(file.size));
        put.execute((device, inode, size, file.modified_ns, file.changed_ns, i64::from(step.reader)))?;
    }
    transaction.execute(
        "DELETE FROM looked_into WHERE id IN (SELECT id FROM looked_into ORDER BY sweep, id
           LIMIT max(0, (SELECT count(*) FROM looked_into) - ?1))",
        [MOST_LOOKED_INTO],
    )?;
    Ok(())
}
