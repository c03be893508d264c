use canteen_audit::Event;
use canteen_types::frames::{AnswerFigures, Role};
use canteen_types::{Attachment, ConversationId, EntryId, MessageId, Prompt, RunId, Timestamp};
use rusqlite::{Row, Transaction};
use serde::{Deserialize, Serialize};

use super::audit::append;
use crate::column::{BODY, NAME, count, cut, maybe_json, maybe_parsed, signed, time, within, word, worded};
use crate::{Store, StoreError};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Id.
    pub id: MessageId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// Who.
    pub role: Role,
    /// What.
    pub text: Prompt,
    /// Files that came with it, for messages of the person.
    pub attachments: Vec<Attachment>,
    /// When.
    pub at: Timestamp,
    /// Which model, for answers.
    pub model: Option<EntryId>,
    /// Which run, for answers.
    pub run: Option<RunId>,
    /// How the answer ended.
    pub end: Option<String>,
    /// Tokens and times, for answers.
    pub figures: Option<AnswerFigures>,
}

/// Messages, in the order in which they were said.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a>(pub(crate) &'a Store);

impl Messages<'_> {
    /// Adds one at the end of its conversation, and moves that to the top of the list.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn append(&self, new: &MessageRow, event: Option<Event>) -> Result<(), StoreError> {
        let (new, now) = (new.clone(), self.0.now());
        let attachments = attachments_json(&new)?;
        self.0.write(move |transaction| {
            insert(transaction, &new, attachments.as_deref())?;
            append(transaction, event, now)
        })
    }

    /// Takes a message away with all that follows it, and puts the new one there. What happened is recorded with it. False where
    /// the message is not there: then nothing is done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn replace(&self, with: Replacement, event: impl FnOnce(u32) -> Event + Send + 'static) -> Result<bool, StoreError> {
        let attachments = with.new.as_ref().map(attachments_json).transpose()?.flatten();
        let now = self.0.now();
        self.0.write(move |transaction| {
            let place = "SELECT place FROM messages WHERE id = ?1 AND conversation = ?2";
            let parameters = (with.from.as_bytes(), with.conversation.as_bytes());
            let Some(place) = super::row(transaction, "messages", place, parameters, |row| row.get::<_, i64>(0))? else {
                return Ok(false);
            };
            let sql = "DELETE FROM messages WHERE conversation = ?1 AND place >= ?2";
            let removed = transaction.execute(sql, (with.conversation.as_bytes(), place))?;
            if let Some(new) = &with.new {
                insert(transaction, new, attachments.as_deref())?;
            }
            if let Some(title) = &with.title {
                let sql = "UPDATE conversations SET title = ?2 WHERE id = ?1 AND named = 0";
                transaction.execute(sql, (with.conversation.as_bytes(), cut(title, NAME)))?;
            }
            append(transaction, Some(event(u32::try_from(removed).unwrap_or(u32::MAX))), now)?;
            Ok(true)
        })
    }

    /// All of one conversation, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn of_conversation(&self, id: ConversationId) -> Result<Vec<MessageRow>, StoreError> {
        let sql = "SELECT id, conversation, role, body, at_utc, model, run, ended, prompt_tokens, answer_tokens, first_token_ms,
                     generation_ms, attachments_json FROM messages WHERE conversation = ?1 ORDER BY place";
        self.0.read(|connection| super::rows(connection, "messages", sql, [id.as_bytes()], read))
    }
}

/// What takes the place of a message and of all that follows it.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// Where.
    pub conversation: ConversationId,
    /// The first message that goes.
    pub from: MessageId,
    /// What stands there afterwards; nothing when only an answer goes.
    pub new: Option<MessageRow>,
    /// The new first words, where the first message is replaced. A title that the person gave stays.
    pub title: Option<String>,
}

/// An attachment as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptFile {
    name: String,
    text: String,
}

fn attachments_json(row: &MessageRow) -> Result<Option<String>, StoreError> {
    within(row.text.expose().len(), BODY)?;
    if row.attachments.is_empty() {
        return Ok(None);
    }
    let kept = |file: &Attachment| KeptFile { name: cut(&file.name, NAME).to_owned(), text: file.text.expose().to_owned() };
    let files: Vec<KeptFile> = row.attachments.iter().map(kept).collect();
    let text = serde_json::to_string(&files).map_err(|error| StoreError::Io(error.into()))?;
    within(text.len(), BODY)?;
    Ok(Some(text))
}

fn insert(transaction: &Transaction<'_>, new: &MessageRow, attachments: Option<&str>) -> Result<(), StoreError> {
    let figures = new.figures;
    transaction.execute(
        "INSERT INTO messages (id, conversation, place, role, body, at_utc, model, run, ended,
           prompt_tokens, answer_tokens, first_token_ms, generation_ms, attachments_json)
         VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 FROM messages WHERE conversation = ?2), ?3, ?4, ?5, ?6, ?7, ?8,
           ?9, ?10, ?11, ?12, ?13)",
        (
            new.id.as_bytes(),
            new.conversation.as_bytes(),
            word(&new.role),
            new.text.expose(),
            new.at.as_millis(),
            new.model.as_ref().map(EntryId::as_str),
            new.run.as_ref().map(RunId::as_bytes),
            &new.end,
            figures.map(|figures| figures.prompt_tokens),
            figures.map(|figures| figures.answer_tokens),
            figures.map(|figures| signed(figures.first_token_ms)),
            figures.map(|figures| signed(figures.generation_ms)),
            attachments,
        ),
    )?;
    transaction.execute(
        "UPDATE conversations SET updated_utc = ?2, model = coalesce(?3, model) WHERE id = ?1",
        (new.conversation.as_bytes(), new.at.as_millis(), new.model.as_ref().map(EntryId::as_str)),
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    let figures = match row.get::<_, Option<u32>>(8)? {
        None => None,
        Some(prompt_tokens) => Some(AnswerFigures {
            prompt_tokens,
            answer_tokens: row.get(9)?,
            first_token_ms: count(row, 10)?,
            generation_ms: count(row, 11)?,
        }),
    };
    Ok(MessageRow {
        id: MessageId::from_bytes(row.get(0)?),
        conversation: ConversationId::from_bytes(row.get(1)?),
        role: worded(row, 2)?,
        text: Prompt::new(row.get(3)?),
        at: time(row, 4)?,
        model: maybe_parsed(row, 5)?,
        run: row.get::<_, Option<[u8; 16]>>(6)?.map(RunId::from_bytes),
        end: row.get(7)?,
        figures,
        attachments: maybe_json::<Vec<KeptFile>>(row, 12)?
            .unwrap_or_default()
            .into_iter()
            .map(|file| Attachment { name: file.name, text: Prompt::new(file.text) })
            .collect(),
    })
}
