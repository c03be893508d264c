use canteen_types::{ConversationId, EntryId, MessageId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ConversationLine;

/// A text file that comes with a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// File name, without a folder.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({} bytes)", self.text.len())
    }
}

/// What was chosen for one conversation. What is absent is as the entry and the person's settings say.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ChatSettings {
    /// In front of the conversation; an empty text means none at all.
    pub instructions: Option<String>,
    /// 0 always takes the likeliest token.
    pub temperature: Option<f32>,
    /// Nucleus sampling.
    pub top_p: Option<f32>,
    /// Candidates per token; 0 means all.
    pub top_k: Option<u32>,
    /// Longest answer, in tokens.
    pub max_answer_tokens: Option<u32>,
    /// The same seed gives the same answer to the same conversation.
    pub seed: Option<u32>,
}

impl std::fmt::Debug for ChatSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        canteen_types::ChatSettings::from(self.clone()).fmt(f)
    }
}

impl From<ChatSettings> for canteen_types::ChatSettings {
    fn from(chosen: ChatSettings) -> Self {
        let ChatSettings { instructions, temperature, top_p, top_k, max_answer_tokens, seed } = chosen;
        Self { instructions, temperature, top_p, top_k, max_answer_tokens, seed }
    }
}

impl From<canteen_types::ChatSettings> for ChatSettings {
    fn from(chosen: canteen_types::ChatSettings) -> Self {
        let canteen_types::ChatSettings { instructions, temperature, top_p, top_k, max_answer_tokens, seed } = chosen;
        Self { instructions, temperature, top_p, top_k, max_answer_tokens, seed }
    }
}

/// From the least to the most, both allowed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Bounds {
    /// Least.
    pub low: f32,
    /// Most.
    pub high: f32,
}

/// What may be chosen for conversations with one model, and what holds where nothing is chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ChatOptions {
    /// As the entry and the person's settings say. Never a seed: each answer takes a new one.
    pub defaults: ChatSettings,
    /// Of `temperature`.
    pub temperature: Bounds,
    /// Of `top_p`.
    pub top_p: Bounds,
    /// Of `top_k`.
    pub top_k: Bounds,
    /// Of `max_answer_tokens`.
    pub max_answer_tokens: Bounds,
    /// What the model reads at once, in tokens.
    pub context_tokens: u32,
}

/// Choose for a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ChangeChatSettings {
    /// Which.
    #[ts(type = "string")]
    pub id: ConversationId,
    /// All of it; what is absent goes back to the default.
    pub settings: ChatSettings,
}

/// Give a conversation a title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct RenameConversation {
    /// Which.
    #[ts(type = "string")]
    pub id: ConversationId,
    /// 1 to 120 characters.
    pub title: String,
}

impl std::fmt::Debug for RenameConversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RenameConversation({})", self.id)
    }
}

/// Look for conversations.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SearchConversations {
    /// In titles and messages, whatever their case: up to 200 characters.
    pub words: String,
}

impl std::fmt::Debug for SearchConversations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchConversations({} bytes)", self.words.len())
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundConversations {
    /// Newest first.
    pub found: Vec<FoundConversation>,
    /// There may be more: a limit was reached.
    pub more: bool,
}

/// A conversation that was found.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundConversation {
    /// The line in the list.
    pub line: ConversationLine,
    /// The place in its messages with a few words around it; absent when only the title fits.
    pub excerpt: Option<String>,
}

impl std::fmt::Debug for FoundConversation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FoundConversation({})", self.line.id)
    }
}

/// How many tokens a message would be sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenCount {
    /// Of the whole conversation with the message.
    pub tokens: u32,
    /// Counted by the model that runs; else estimated.
    pub exact: bool,
    /// What the model reads at once, the answer included.
    pub context_tokens: u32,
    /// Longest answer, in tokens.
    pub max_answer_tokens: u32,
}

/// As what a conversation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// To read.
    Markdown,
    /// To go on with.
    Json,
}

/// Write a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct ExportConversation {
    /// Which.
    #[ts(type = "string")]
    pub id: ConversationId,
    /// As what.
    pub format: ExportFormat,
}

/// A conversation as text, for a face that writes it itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedText {
    /// A good name for the file.
    pub name: String,
    /// Its content.
    pub text: String,
}

impl std::fmt::Debug for ExportedText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExportedText({} bytes)", self.text.len())
    }
}

/// Say something to a model.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// Goes on here; absent begins a new conversation.
    #[ts(type = "string | null")]
    pub conversation: Option<ConversationId>,
    /// Which model answers. Started when it is not running.
    #[ts(type = "string")]
    pub model: EntryId,
    /// What the person wrote. Empty when an answer is replaced.
    pub text: String,
    /// Files that come with it: eight at most.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// This message goes, with all that follows it: one of the person is replaced by this one, an answer by a new answer.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub replaces: Option<MessageId>,
    /// For a new conversation.
    #[serde(default)]
    pub settings: Option<ChatSettings>,
}

impl std::fmt::Debug for SendMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SendMessage({}, {} bytes, {} files)", self.model, self.text.len(), self.attachments.len())
    }
}

/// Show a page or write a mail, in the person's own program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct OpenLink {
    /// `https`, `http` or `mailto`.
    pub url: String,
}
