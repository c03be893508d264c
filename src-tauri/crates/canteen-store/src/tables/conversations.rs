use canteen_types::{ChatSettings, ConversationId, EntryId, Timestamp};
use rusqlite::Row;

use crate::column::{BODY, NAME, cut, maybe_json, parsed, time, within};
use crate::{Store, StoreError};

/// One conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRow {
    /// Id.
    pub id: ConversationId,
    /// First words, or the person's own.
    pub title: String,
    /// The title is the person's own.
    pub named: bool,
    /// Model of the last answer.
    pub model: EntryId,
    /// When it began.
    pub created: Timestamp,
    /// When something was last said.
    pub updated: Timestamp,
    /// What was chosen for it.
    pub settings: ChatSettings,
}

/// Conversations.
#[derive(Clone, Copy, Debug)]
pub struct Conversations<'a>(pub(crate) &'a Store);

pub(super) const COLUMNS: &str = "SELECT id, title, model, created_utc, updated_utc, named, settings_json FROM conversations";

impl Conversations<'_> {
    /// Keeps a new one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn create(&self, new: &ConversationRow) -> Result<(), StoreError> {
        let (new, settings) = (new.clone(), settings_json(&new.settings)?);
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT INTO conversations (id, title, model, created_utc, updated_utc, named, settings_json)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (
                    new.id.as_bytes(),
                    cut(&new.title, NAME),
                    new.model.as_str(),
                    new.created.as_millis(),
                    new.updated.as_millis(),
                    new.named,
                    settings,
                ),
            )?;
            Ok(())
        })
    }

    /// Gives it the person's own title. False where there is no such conversation.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn rename(&self, id: ConversationId, title: &str) -> Result<bool, StoreError> {
        let title = cut(title, NAME).to_owned();
        self.0.write(move |transaction| {
            let sql = "UPDATE conversations SET title = ?2, named = 1 WHERE id = ?1";
            Ok(transaction.execute(sql, (id.as_bytes(), &title))? > 0)
        })
    }

    /// Keeps what was chosen for it. False where there is no such conversation.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_settings(&self, id: ConversationId, settings: &ChatSettings) -> Result<bool, StoreError> {
        let settings = settings_json(settings)?;
        self.0.write(move |transaction| {
            let sql = "UPDATE conversations SET settings_json = ?2 WHERE id = ?1";
            Ok(transaction.execute(sql, (id.as_bytes(), &settings))? > 0)
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

/// Nothing is kept where nothing was chosen.
fn settings_json(settings: &ChatSettings) -> Result<Option<String>, StoreError> {
    if *settings == ChatSettings::default() {
        return Ok(None);
    }
    let text = serde_json::to_string(settings).map_err(|error| StoreError::Io(error.into()))?;
    within(text.len(), BODY)?;
    Ok(Some(text))
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<ConversationRow> {
    Ok(ConversationRow {
        id: ConversationId::from_bytes(row.get(0)?),
        title: row.get(1)?,
        model: parsed(row, 2)?,
        created: time(row, 3)?,
        updated: time(row, 4)?,
        named: row.get(5)?,
        settings: maybe_json(row, 6)?.unwrap_or_default(),
    })
}
