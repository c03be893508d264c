use canteen_audit::Event;
use canteen_types::frames::{AnswerFigures, Role};
use canteen_types::{ConversationId, EntryId, MessageId, Prompt, RunId, Timestamp};
use rusqlite::Row;

use super::audit::append;
use crate::column::{BODY, count, maybe_parsed, signed, time, within, word, worded};
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
        within(new.text.expose().len(), BODY)?;
        self.0.write(move |transaction| {
            let figures = new.figures;
            transaction.execute(
                "INSERT INTO messages (id, conversation, place, role, body, at_utc, model, run, ended,
                   prompt_tokens, answer_tokens, first_token_ms, generation_ms)
                 VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 FROM messages WHERE conversation = ?2), ?3, ?4, ?5, ?6, ?7, ?8,
                   ?9, ?10, ?11, ?12)",
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
                ),
            )?;
            transaction.execute(
                "UPDATE conversations SET updated_utc = ?2, model = coalesce(?3, model) WHERE id = ?1",
                (new.conversation.as_bytes(), new.at.as_millis(), new.model.as_ref().map(EntryId::as_str)),
            )?;
            append(transaction, event, now)
        })
    }

    /// All of one conversation, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn of_conversation(&self, id: ConversationId) -> Result<Vec<MessageRow>, StoreError> {
        let sql = "SELECT id, conversation, role, body, at_utc, model, run, ended, prompt_tokens, answer_tokens, first_token_ms,
                     generation_ms FROM messages WHERE conversation = ?1 ORDER BY place";
        self.0.read(|connection| super::rows(connection, "messages", sql, [id.as_bytes()], read))
    }
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
    })
}
