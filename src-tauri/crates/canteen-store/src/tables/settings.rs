use canteen_audit::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::audit::append;
use crate::column::{BODY, within};
use crate::{Store, StoreError, column};

/// Small values by name, as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a>(pub(crate) &'a Store);

impl Settings<'_> {
    /// The value under `key`; `None` when there is none.
    ///
    /// # Errors
    /// [`StoreError::BadRow`] when it is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let sql = "SELECT value_json FROM settings WHERE key = ?1";
        self.0.read(|connection| super::row(connection, "settings", sql, [key], |row| column::json(row, 0)))
    }

    /// Replaces the value under `key`, with its event in the same transaction.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put<T: Serialize>(&self, key: &str, value: &T, event: Option<Event>) -> Result<(), StoreError> {
        let (key, now) = (key.to_owned(), self.0.now());
        let text = serde_json::to_string(value).map_err(|error| StoreError::Io(error.into()))?;
        within(key.len().saturating_add(text.len()), BODY)?;
        self.0.write(move |transaction| {
            transaction.execute("INSERT OR REPLACE INTO settings (key, value_json) VALUES (?1, ?2)", (&key, &text))?;
            append(transaction, event, now)
        })
    }
}
