//! Conversations: what was said is stored before it is answered, and what was answered before it is called done.

use std::sync::Arc;

use canteen_audit::Event;
use canteen_runner::{AnswerId, RunEvent};
use canteen_store::{ConversationRow, MessageRow};
use canteen_types::frames::{AnswerEnd, AnswerFigures, FaultCause, Role, Turn};
use canteen_types::{ConversationId, EndReason, MessageId, Prompt};
use tokio::sync::mpsc;

use crate::App;
use crate::fault::AppError;
use crate::runs::Slot;
use crate::wire::{ChatEvent, Conversation, ConversationLine, Fault, Message, SendMessage, Topic};

/// Longest message, in bytes: what fits a frame with room for the conversation before it.
const LONGEST_MESSAGE: usize = 256 * 1024;
/// Conversations in the list.
const LISTED: u32 = 500;

/// Where the steps of an answer go. A face that has gone away is no reason to stop.
pub type ChatSink = mpsc::Sender<ChatEvent>;

/// Thousandths of a token per second of generation; the first token belongs to reading the prompt.
pub(crate) fn speed_milli(figures: AnswerFigures) -> Option<u64> {
    let tokens = u64::from(figures.answer_tokens.checked_sub(1).filter(|tokens| *tokens > 0)?);
    tokens.saturating_mul(1_000_000).checked_div(figures.generation_ms)
}

fn speed(figures: AnswerFigures) -> Option<f64> {
    speed_milli(figures).map(crate::runs::milli)
}

/// What came of one answer.
struct Outcome {
    text: String,
    end: Result<(AnswerEnd, AnswerFigures), AppError>,
}

impl App {
    /// Stores what the person said, starts the model where it is not running, and streams its answer into `sink`.
    ///
    /// # Errors
    /// What kept it from being accepted. What goes wrong later comes as [`ChatEvent::Failed`].
    pub async fn send_message(&self, request: SendMessage, sink: ChatSink) -> Result<(), Fault> {
        let result = self.try_send(request, sink).await;
        self.told(result)
    }

    async fn try_send(&self, request: SendMessage, sink: ChatSink) -> Result<(), AppError> {
        if request.text.trim().is_empty() {
            return Err(AppError::Form("Write something first."));
        }
        if request.text.len() > LONGEST_MESSAGE {
            return Err(AppError::Form("This message is longer than 256 kB. Shorten it, or send it in parts."));
        }
        let starting = sink.clone();
        let slot = self.running(&request.model, &mut move |state| drop(starting.try_send(ChatEvent::Starting { state }))).await?;
        let Ok(_turn) = slot.turn.try_lock() else { return Err(AppError::Answering) };
        let (conversation, turns) = self.accept_message(request).await?;
        let answer = MessageId::new(self.now(), canteen_os::entropy()?);
        say(&sink, ChatEvent::Accepted { conversation, answer, run: slot.id }).await;
        let mut events = slot.listen();
        let asked = slot.handle.answer(turns, self.settings_for(&slot), None)?;
        self.answering.begin(conversation, Arc::clone(&slot), asked);
        let outcome = self.collect(&slot, asked, &mut events, &sink).await;
        self.answering.end(conversation);
        self.keep_answer(&slot, (conversation, answer), outcome, &sink).await
    }

    fn settings_for(&self, slot: &Slot) -> canteen_types::EngineSettings {
        let mut settings = slot.entry.engine;
        settings.max_answer_tokens = settings.max_answer_tokens.min(self.shelf.policy().max_answer_tokens);
        settings
    }

    async fn accept_message(&self, request: SendMessage) -> Result<(ConversationId, Vec<Turn>), AppError> {
        self.blocking(move |app| {
            let now = app.now();
            let conversation = match request.conversation {
                Some(id) => {
                    let known = app.store.conversations().get(id)?;
                    known.ok_or_else(|| AppError::Unknown { kind: "conversation", id: id.to_string() })?.id
                }
                None => {
                    let id = ConversationId::new(now, canteen_os::entropy()?);
                    let (title, model) = (title(&request.text), request.model.clone());
                    app.store.conversations().create(&ConversationRow { id, title, model, created: now, updated: now })?;
                    id
                }
            };
            let message = MessageRow {
                id: MessageId::new(now, canteen_os::entropy()?),
                conversation,
                role: Role::User,
                text: Prompt::new(request.text),
                at: now,
                model: None,
                run: None,
                end: None,
                figures: None,
            };
            app.store.messages().append(&message, None)?;
            app.events.changed(&[Topic::Conversations]);
            let all = app.store.messages().of_conversation(conversation)?;
            let turns = all.iter().map(|row| Turn { role: row.role, content: row.text.expose().to_owned() }).collect();
            Ok((conversation, turns))
        })
        .await
    }

    async fn collect(&self, slot: &Slot, asked: AnswerId, events: &mut mpsc::Receiver<RunEvent>, sink: &ChatSink) -> Outcome {
        let mut text = String::new();
        loop {
            let end = match events.recv().await {
                Some(RunEvent::Piece { answer, text: piece }) if answer == asked => {
                    text.push_str(&piece);
                    say(sink, ChatEvent::Piece { text: piece }).await;
                    continue;
                }
                Some(RunEvent::Done { answer, end, figures }) if answer == asked => Ok((end, figures)),
                Some(RunEvent::Fault { answer: Some(answer), cause, .. }) if answer == asked => Err(refusal(cause)),
                Some(RunEvent::Ended { reason, .. }) => Err(AppError::Ended(reason)),
                Some(_) => continue,
                None => Err(AppError::Ended(slot.live.borrow().ended.unwrap_or(EndReason::Crashed))),
            };
            return Outcome { text, end };
        }
    }

    async fn keep_answer(
        &self,
        slot: &Slot,
        (conversation, id): (ConversationId, MessageId),
        outcome: Outcome,
        sink: &ChatSink,
    ) -> Result<(), AppError> {
        let (end, figures, error) = match outcome.end {
            Ok((end, figures)) => (end_word(end), Some(figures), None),
            Err(error) => ("failed", None, Some(error)),
        };
        let (key, run, now) = (slot.entry.key.clone(), slot.id, self.now());
        let text = outcome.text;
        let kept = if error.is_some() && text.is_empty() {
            None
        } else {
            let row = MessageRow {
                id,
                conversation,
                role: Role::Assistant,
                text: Prompt::new(text),
                at: now,
                model: Some(key.id.clone()),
                run: Some(run),
                end: Some(end.to_owned()),
                figures,
            };
            let event = figures.map(|figures| Event::AnswerGiven { run, entry: key.id, figures, end: end.to_owned() });
            let row =
                self.blocking(move |app| app.store.messages().append(&row, event).map(|()| row).map_err(AppError::from)).await?;
            self.events.changed(&[Topic::Conversations, Topic::Models, Topic::Log]);
            Some(message(row))
        };
        let last = match (error, kept) {
            (Some(error), message) => ChatEvent::Failed { fault: crate::fault::fault(&error, self.now()), message },
            (None, Some(message)) => ChatEvent::Done { message },
            (None, None) => return Ok(()),
        };
        say(sink, last).await;
        Ok(())
    }

    /// Stops the answer that is being written; what was written stays. Nothing to stop is fine.
    ///
    /// # Errors
    /// None at present; the shape is that of every call.
    pub fn stop_answer(&self, conversation: ConversationId) -> Result<(), Fault> {
        if let Some((slot, asked)) = self.answering.of(conversation) {
            slot.handle.stop_answer(asked);
        }
        Ok(())
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_conversations(&self) -> Result<Vec<ConversationLine>, Fault> {
        let result = self.blocking(|app| Ok(app.store.conversations().newest(LISTED)?.into_iter().map(line).collect())).await;
        self.told(result)
    }

    /// One conversation, whole.
    ///
    /// # Errors
    /// When there is no such conversation.
    pub async fn get_conversation(&self, id: ConversationId) -> Result<Conversation, Fault> {
        let result = self
            .blocking(move |app| {
                let row = app.store.conversations().get(id)?;
                let row = row.ok_or_else(|| AppError::Unknown { kind: "conversation", id: id.to_string() })?;
                let messages = app.store.messages().of_conversation(id)?.into_iter().map(message).collect();
                Ok(Conversation { line: line(row), messages })
            })
            .await;
        self.told(result)
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

/// A face that has gone, or does not take its words for ten seconds, does not hold the answer up.
async fn say(sink: &ChatSink, event: ChatEvent) {
    drop(sink.send_timeout(event, std::time::Duration::from_secs(10)).await);
}

fn refusal(cause: FaultCause) -> AppError {
    match cause {
        FaultCause::PromptTooLong => {
            AppError::Form("This conversation is longer than the model can read. Begin a new one, or shorten the message.")
        }
        FaultCause::Template => AppError::Ended(EndReason::ModelRefused),
        FaultCause::OutOfMemory => AppError::Ended(EndReason::OutOfMemory),
        FaultCause::ModelRefused => AppError::Ended(EndReason::ModelRefused),
        FaultCause::Protocol | FaultCause::Internal => AppError::Ended(EndReason::Crashed),
    }
}

const fn end_word(end: AnswerEnd) -> &'static str {
    match end {
        AnswerEnd::Finished => "finished",
        AnswerEnd::Length => "length",
        AnswerEnd::ContextFull => "context_full",
        AnswerEnd::Stopped => "stopped",
    }
}

/// The first words, at most 60 characters.
fn title(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 60 { words } else { format!("{}…", words.chars().take(59).collect::<String>()) }
}

fn line(row: ConversationRow) -> ConversationLine {
    ConversationLine { id: row.id, title: row.title, model: row.model, updated: row.updated }
}

fn message(row: MessageRow) -> Message {
    Message {
        id: row.id,
        role: row.role,
        text: row.text.expose().to_owned(),
        at: row.at,
        model: row.model,
        end: row.end,
        prompt_tokens: row.figures.map(|figures| figures.prompt_tokens),
        answer_tokens: row.figures.map(|figures| figures.answer_tokens),
        first_token_ms: row.figures.map(|figures| figures.first_token_ms),
        speed: row.figures.and_then(speed),
    }
}

/// Which conversations are being answered, and by whom.
#[derive(Debug, Default)]
pub(crate) struct Answering(std::sync::Mutex<std::collections::HashMap<ConversationId, (Arc<Slot>, AnswerId)>>);

impl Answering {
    fn with<T>(&self, act: impl FnOnce(&mut std::collections::HashMap<ConversationId, (Arc<Slot>, AnswerId)>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn begin(&self, conversation: ConversationId, slot: Arc<Slot>, answer: AnswerId) {
        self.with(|all| all.insert(conversation, (slot, answer)));
    }

    fn end(&self, conversation: ConversationId) {
        self.with(|all| all.remove(&conversation));
    }

    /// The conversation that a run answers now.
    pub(crate) fn by(&self, run: canteen_types::RunId) -> Option<ConversationId> {
        self.with(|all| all.iter().find(|(_, (slot, _))| slot.id == run).map(|(conversation, _)| *conversation))
    }

    fn of(&self, conversation: ConversationId) -> Option<(Arc<Slot>, AnswerId)> {
        self.with(|all| all.get(&conversation).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_the_first_words_on_one_line() {
        assert_eq!(title("  What\n is\tthis? "), "What is this?");
        assert_eq!(title(&"word ".repeat(30)).chars().count(), 60);
    }

    #[test]
    fn speed_counts_the_tokens_after_the_first() {
        let figures =
            |answer_tokens, generation_ms| AnswerFigures { prompt_tokens: 9, answer_tokens, first_token_ms: 80, generation_ms };
        assert_eq!(speed(figures(41, 1000)), Some(40.0));
        assert_eq!(speed(figures(1, 1000)), None, "one token has no speed");
        assert_eq!(speed(figures(5, 0)), None);
    }
}
