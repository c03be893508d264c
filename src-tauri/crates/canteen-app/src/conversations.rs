//! The list of conversations and what may be done with one: find, rename, choose for it, write it into a file, delete.

use canteen_audit::Event;
use canteen_store::{ConversationRow, MessageRow};
use canteen_types::ConversationId;

use crate::App;
use crate::chat::{ChatError, one_line, speed};
use crate::export::{self, Export, Stamp};
use crate::fault::AppError;
use crate::wire::{
    Attachment, ChangeChatSettings, Conversation, ConversationLine, ExportConversation, ExportFormat, ExportedText, Fault,
    FoundConversation, FoundConversations, Message, RenameConversation, SavedFile, SearchConversations, Topic,
};

/// Conversations in the list.
const LISTED: u32 = 500;
/// Conversations that one search gives.
const FOUND: usize = 100;
/// Longest text to look for, in characters.
const LONGEST_SEARCH: usize = 200;
/// Longest title, in characters.
const LONGEST_TITLE: usize = 120;

impl App {
    /// Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_conversations(&self) -> Result<Vec<ConversationLine>, Fault> {
        let result = self.blocking(|app| Ok(app.store.conversations().newest(LISTED)?.into_iter().map(line).collect())).await;
        self.told(result)
    }

    /// Those that hold the words in their title or messages, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn search_conversations(&self, request: SearchConversations) -> Result<FoundConversations, Fault> {
        let words: String = request.words.chars().take(LONGEST_SEARCH).collect();
        let result = self
            .blocking(move |app| {
                let rows = app.store.conversations().search(&words, FOUND)?;
                let found = rows.rows.into_iter();
                let found = found.map(|row| FoundConversation { line: line(row.conversation), excerpt: row.excerpt }).collect();
                Ok(FoundConversations { found, more: rows.more })
            })
            .await;
        self.told(result)
    }

    /// One conversation, whole.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub async fn get_conversation(&self, id: ConversationId) -> Result<Conversation, Fault> {
        let result = self
            .blocking(move |app| {
                let row = app.known_conversation(id)?;
                let messages = app.store.messages().of_conversation(id)?.into_iter().map(message).collect();
                Ok(Conversation { settings: row.settings.clone().into(), line: line(row), messages })
            })
            .await;
        self.told(result)
    }

    fn known_conversation(&self, id: ConversationId) -> Result<ConversationRow, AppError> {
        self.store.conversations().get(id)?.ok_or_else(|| unknown(id))
    }

    /// Gives it the person's own title.
    ///
    /// # Errors
    /// An empty or long title; no such conversation.
    pub async fn rename_conversation(&self, request: RenameConversation) -> Result<(), Fault> {
        let RenameConversation { id, title } = request;
        let result = self
            .blocking(move |app| {
                let title = one_line(&title);
                if !(1..=LONGEST_TITLE).contains(&title.chars().count()) {
                    return Err(ChatError::Title { most: LONGEST_TITLE }.into());
                }
                if app.store.conversations().rename(id, &title)? { Ok(()) } else { Err(unknown(id)) }
            })
            .await;
        self.events.changed(&[Topic::Conversations]);
        self.told(result)
    }

    /// Keeps what was chosen for it. The next answer goes by it.
    ///
    /// # Errors
    /// A choice that entry or policy do not allow; no such conversation.
    pub async fn change_chat_settings(&self, request: ChangeChatSettings) -> Result<(), Fault> {
        let ChangeChatSettings { id, settings } = request;
        let result = self
            .blocking(move |app| {
                let settings = settings.into();
                let model = app.known_conversation(id)?.model;
                app.chat_settings_of(&model)?.check(&settings)?;
                if app.store.conversations().set_settings(id, &settings)? { Ok(()) } else { Err(unknown(id)) }
            })
            .await;
        self.events.changed(&[Topic::Conversations]);
        self.told(result)
    }

    /// Writes it into the person's downloads, beside what is there, and says where.
    ///
    /// # Errors
    /// No such conversation; a folder or disk that refuses.
    pub async fn export_conversation(&self, request: ExportConversation) -> Result<SavedFile, Fault> {
        let result = self
            .blocking(move |app| {
                let (export, text) = app.written(request)?;
                let file = app.new_download(&export::file_name(&export, request.format), &text)?;
                // Before the file stands: what cannot be recorded is not done.
                app.record_conversation_export(request)?;
                app.saved(file)
            })
            .await;
        self.events.changed(&[Topic::Log]);
        self.told(result)
    }

    /// The same as text, for the command line, which writes it where the person says.
    ///
    /// # Errors
    /// No such conversation.
    pub async fn read_conversation(&self, request: ExportConversation) -> Result<ExportedText, Fault> {
        let result = self
            .blocking(move |app| {
                let (export, text) = app.written(request)?;
                app.record_conversation_export(request)?;
                Ok(ExportedText { name: export::file_name(&export, request.format), text })
            })
            .await;
        self.events.changed(&[Topic::Log]);
        self.told(result)
    }

    fn record_conversation_export(&self, request: ExportConversation) -> Result<(), AppError> {
        let format = match request.format {
            ExportFormat::Markdown => "markdown",
            ExportFormat::Json => "json",
        };
        let event = Event::ConversationExported { conversation: request.id, format: format.to_owned() };
        self.store.audit().append(event)?;
        Ok(())
    }

    fn written(&self, request: ExportConversation) -> Result<(Export, String), AppError> {
        let conversation = self.known_conversation(request.id)?;
        let messages = self.store.messages().of_conversation(request.id)?;
        let mut stamps = Vec::new();
        for id in messages.iter().filter_map(|message| message.run) {
            if stamps.iter().any(|(run, _)| *run == id) {
                continue;
            }
            if let Some(run) = self.store.runs().get(id)? {
                let name = self.model_name(&run.key.id);
                stamps.push((id, Stamp { name, key: run.key, digest: run.digest }));
            }
        }
        let instructions = match &conversation.settings.instructions {
            Some(own) => own.clone(),
            None => self.settings()?.instructions,
        };
        let export = Export { conversation, messages, stamps, instructions, at: self.now() };
        let text = match request.format {
            ExportFormat::Markdown => export::markdown(&export),
            ExportFormat::Json => export::json(&export),
        };
        Ok((export, text))
    }

    /// Removes a conversation with its messages. The audit log keeps that answers were given, never what they said.
    ///
    /// # Errors
    /// While it is being answered.
    pub async fn delete_conversation(&self, id: ConversationId) -> Result<(), Fault> {
        let result = if self.answering.of(id).is_some() {
            Err(AppError::Answering)
        } else {
            self.blocking(move |app| Ok(app.store.conversations().delete(id)?)).await
        };
        self.events.changed(&[Topic::Conversations]);
        self.told(result)
    }
}

fn unknown(id: ConversationId) -> AppError {
    AppError::Unknown { kind: "conversation", id: id.to_string() }
}

fn line(row: ConversationRow) -> ConversationLine {
    ConversationLine { id: row.id, title: row.title, model: row.model, updated: row.updated }
}

pub(crate) fn message(row: MessageRow) -> Message {
    let attachments = row.attachments.into_iter();
    Message {
        id: row.id,
        role: row.role,
        text: row.text.expose().to_owned(),
        attachments: attachments.map(|file| Attachment { name: file.name, text: file.text.expose().to_owned() }).collect(),
        at: row.at,
        model: row.model,
        end: row.end,
        prompt_tokens: row.figures.map(|figures| figures.prompt_tokens),
        answer_tokens: row.figures.map(|figures| figures.answer_tokens),
        first_token_ms: row.figures.map(|figures| figures.first_token_ms),
        speed: row.figures.and_then(speed),
    }
}
