use std::collections::BTreeMap;

use canteen_audit::Event;
use canteen_types::{Digest, EntryId};
use rusqlite::Row;

use super::audit::append;
use crate::{Store, StoreError, column};

/// Licences that the person accepted, by entry.
#[derive(Clone, Copy, Debug)]
pub struct Licences<'a>(pub(crate) &'a Store);

impl Licences<'_> {
    /// The digest of the text that was accepted last.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn accepted(&self, entry: &EntryId) -> Result<Option<Digest>, StoreError> {
        let sql = "SELECT digest FROM licences WHERE entry = ?1";
        self.0.read(|connection| super::row(connection, "licences", sql, [entry.as_str()], |row| column::digest(row, 0)))
    }

    /// Every licence that was accepted: the digest of its text, by entry.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn all(&self) -> Result<BTreeMap<EntryId, Digest>, StoreError> {
        let sql = "SELECT entry, digest FROM licences";
        let read = |row: &Row<'_>| Ok((column::parsed(row, 0)?, column::digest(row, 1)?));
        Ok(self.0.read(|connection| super::rows(connection, "licences", sql, [], read))?.into_iter().collect())
    }

    /// Keeps that this text was accepted.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn accept(&self, entry: &EntryId, digest: Digest, event: Event) -> Result<(), StoreError> {
        let (entry, now) = (entry.clone(), self.0.now());
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO licences (entry, digest, accepted_utc) VALUES (?1, ?2, ?3)",
                (entry.as_str(), digest.as_bytes(), now.as_millis()),
            )?;
            append(transaction, Some(event), now)
        })
    }
}
