use canteen_types::{ConversationId, EntryId, Timestamp};
use rusqlite::Row;

use crate::column::{NAME, cut, parsed, time};
use crate::{Store, StoreError};

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationRow {
    /// Id.
    pub id: ConversationId,
    /// First words.
    pub title: String,
    /// Model of the last answer.
    pub model: EntryId,
    /// When it began.
    pub created: Timestamp,
    /// When something was last said.
    pub updated: Timestamp,
}

/// Conversations.
#[derive(Clone, Copy, Debug)]
pub struct Conversations<'a>(pub(crate) &'a Store);

const COLUMNS: &str = "SELECT id, title, model, created_utc, updated_utc FROM conversations";

impl Conversations<'_> {
    /// Keeps a new one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn create(&self, new: &ConversationRow) -> Result<(), StoreError> {
        let new = new.clone();
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT INTO conversations (id, title, model, created_utc, updated_utc) VALUES (?1, ?2, ?3, ?4, ?5)",
                (new.id.as_bytes(), cut(&new.title, NAME), new.model.as_str(), new.created.as_millis(), new.updated.as_millis()),
            )?;
            Ok(())
        })
    }

    /// One by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn get(&self, id: ConversationId) -> Result<Option<ConversationRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = ?1");
        self.0.read(|connection| super::row(connection, "conversations", &sql, [id.as_bytes()], read))
    }

    /// At most `limit`, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn newest(&self, limit: u32) -> Result<Vec<ConversationRow>, StoreError> {
        let sql = format!("{COLUMNS} ORDER BY updated_utc DESC, id DESC LIMIT ?1");
        self.0.read(|connection| super::rows(connection, "conversations", &sql, [limit], read))
    }

    /// Removes one with its messages; nothing there is fine.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn delete(&self, id: ConversationId) -> Result<(), StoreError> {
        self.0.write(move |transaction| {
            transaction.execute("DELETE FROM conversations WHERE id = ?1", [id.as_bytes()])?;
            Ok(())
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    Ok(ConversationRow {
        id: ConversationId::from_bytes(row.get(0)?),
        title: row.get(1)?,
        model: parsed(row, 2)?,
        created: time(row, 3)?,
        updated: time(row, 4)?,
    })
}
