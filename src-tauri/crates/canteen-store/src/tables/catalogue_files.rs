use rusqlite::types::Type;

use crate::column::{FILE, NAME, within};
use crate::{Store, StoreError};

/// Signed metadata and targets as they were received. They are verified again at every start, so the bytes need no trust; that
/// they lie under the store's key guards the floor against rollback.
#[derive(Clone, Copy, Debug)]
pub struct CatalogueFiles<'a>(pub(crate) &'a Store);

impl CatalogueFiles<'_> {
    /// The bytes under `name`; `None` when there are none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM catalogue_files WHERE name = ?1";
        self.0.read(|connection| {
            super::row(connection, "catalogue_files", sql, [name], |row| {
                row.get_ref(0)?
                    .as_blob()
                    .map(<[u8]>::to_vec)
                    .map_err(|_| rusqlite::Error::InvalidColumnType(0, "bytes".into(), Type::Blob))
            })
        })
    }

    /// Replaces the bytes under `name`.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn save(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        within(name.len(), NAME)?;
        within(bytes.len(), FILE)?;
        let (name, bytes) = (name.to_owned(), bytes.to_vec());
        self.0.write(move |transaction| {
            transaction.execute("INSERT OR REPLACE INTO catalogue_files (name, bytes) VALUES (?1, ?2)", (&name, &bytes))?;
            Ok(())
        })
    }

    /// Forgets `name`; nothing there is fine.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.0.write(move |transaction| {
            transaction.execute("DELETE FROM catalogue_files WHERE name = ?1", [&name])?;
            Ok(())
        })
    }
}
