use canteen_store::MessageRow;
use canteen_types::frames::{Role, Turn};
use canteen_types::{ChatSettings, ConversationId, EntryId, MessageId, Prompt};

use super::ChatError;
use super::message::{attachments, title, turns, within_limits};
use crate::App;
use crate::fault::AppError;
use crate::wire::SendMessage;

/// What would be sent: checked, and with everything that goes with it.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) conversation: ConversationId,
    /// The conversation is a new one.
    pub(crate) begins: bool,
    pub(crate) model: EntryId,
    pub(crate) settings: ChatSettings,
    /// Those of the conversation, else the person's own.
    pub(crate) instructions: String,
    /// The messages before it.
    pub(crate) kept: Vec<MessageRow>,
    /// Nothing when an answer is replaced, or nothing was written yet.
    pub(crate) new: Option<MessageRow>,
    /// From here on all goes.
    pub(crate) replaces: Option<MessageId>,
    /// First words, where it is the first message.
    pub(crate) title: Option<String>,
}

impl App {
    /// Reads what `request` is about. An empty text is fine here: it may be counted, and an answer is replaced with none.
    pub(crate) fn draft(&self, request: SendMessage) -> Result<Draft, AppError> {
        within_limits(&request.text, &request.attachments)?;
        let now = self.now();
        let (id, settings, mut kept, begins) = match request.conversation {
            Some(id) => {
                let row = self.store.conversations().get(id)?;
                let row = row.ok_or_else(|| AppError::Unknown { kind: "conversation", id: id.to_string() })?;
                (id, row.settings, self.store.messages().of_conversation(id)?, false)
            }
            None => {
                let settings = ChatSettings::from(request.settings.unwrap_or_default());
                self.chat_settings_of(&request.model)?.check(&settings)?;
                (ConversationId::new(now, canteen_os::entropy()?), settings, Vec::new(), true)
            }
        };
        let mut again = false;
        if let Some(from) = request.replaces {
            let unknown = || AppError::Unknown { kind: "message", id: from.to_string() };
            let at = kept.iter().position(|row| row.id == from).ok_or_else(unknown)?;
            again = kept.get(at).is_some_and(|row| row.role == Role::Assistant);
            kept.truncate(at);
        }
        let files = attachments(request.attachments);
        let says = !request.text.trim().is_empty() || !files.is_empty();
        let title = (!again && kept.is_empty()).then(|| title(&request.text, &files));
        let new = MessageRow {
            id: MessageId::new(now, canteen_os::entropy()?),
            conversation: id,
            role: Role::User,
            text: Prompt::new(request.text),
            attachments: files,
            at: now,
            model: None,
            run: None,
            end: None,
            figures: None,
        };
        Ok(Draft {
            conversation: id,
            begins,
            model: request.model,
            instructions: match &settings.instructions {
                Some(own) => own.clone(),
                None => self.settings()?.instructions,
            },
            settings,
            kept,
            new: (says && !again).then_some(new),
            replaces: request.replaces,
            title,
        })
    }
}

impl Draft {
    /// There is something to answer: a message, or the one whose answer goes.
    pub(crate) fn says_something(&self) -> Result<(), AppError> {
        let asked = match (&self.new, self.replaces) {
            (Some(_), _) => true,
            (None, Some(_)) => self.kept.last().is_some_and(|row| row.role == Role::User),
            (None, None) => false,
        };
        if asked { Ok(()) } else { Err(ChatError::Empty.into()) }
    }

    /// The whole conversation as the model would read it.
    pub(crate) fn would_be(&self) -> (Vec<MessageRow>, Vec<Turn>) {
        let mut rows = self.kept.clone();
        rows.extend(self.new.clone());
        let turns = turns(&self.instructions, &rows);
        (rows, turns)
    }
}
