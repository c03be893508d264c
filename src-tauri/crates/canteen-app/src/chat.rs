//! Conversations: what was said is stored before it is answered, and what was answered before it is called done.

mod draft;
mod error;
mod message;
mod options;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use canteen_audit::Event;
use canteen_runner::{AnswerId, RunEvent};
use canteen_store::{ConversationRow, MessageRow, Replacement};
use canteen_types::frames::{AnswerEnd, AnswerFigures, FaultCause, Role, Turn};
use canteen_types::{ChatSettings, ConversationId, EndReason, MessageId, Prompt};
use tokio::sync::mpsc;

pub(crate) use draft::Draft;
pub use error::ChatError;
pub(crate) use message::{one_line, with_files};

use crate::App;
use crate::conversations::message;
use crate::fault::AppError;
use crate::runs::Slot;
use crate::wire::{ChatEvent, Fault, SendMessage, Topic};

/// A count of tokens takes milliseconds; whoever holds the model longer than this is writing an answer.
const COUNTING: Duration = Duration::from_secs(2);

/// Where the steps of an answer go. A face that has gone away is no reason to stop.
pub type ChatSink = mpsc::Sender<ChatEvent>;

/// Thousandths of a token per second of generation; the first token belongs to reading the prompt.
pub(crate) fn speed_milli(figures: AnswerFigures) -> Option<u64> {
    let tokens = u64::from(figures.answer_tokens.checked_sub(1).filter(|tokens| *tokens > 0)?);
    tokens.saturating_mul(1_000_000).checked_div(figures.generation_ms)
}

pub(crate) fn speed(figures: AnswerFigures) -> Option<f64> {
    speed_milli(figures).map(crate::runs::milli)
}

/// A message that is stored, and what the engine gets to read.
struct Accepted {
    conversation: ConversationId,
    turns: Vec<Turn>,
    settings: ChatSettings,
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
        // Looked at before a model is started for it, and again when it is stored.
        let first = request.clone();
        self.blocking(move |app| app.draft(first)?.says_something()).await?;
        let starting = sink.clone();
        let slot = self.running(&request.model, &mut move |state| drop(starting.try_send(ChatEvent::Starting { state }))).await?;
        if self.answering.by(slot.id).is_some() {
            return Err(AppError::Answering);
        }
        let turn = tokio::time::timeout(COUNTING, slot.turn.lock()).await;
        let Ok(_turn) = turn else { return Err(AppError::Answering) };
        let accepted = self.accept_message(request).await?;
        let (conversation, answer) = (accepted.conversation, MessageId::new(self.now(), canteen_os::entropy()?));
        say(&sink, ChatEvent::Accepted { conversation, answer, run: slot.id }).await;
        let mut events = slot.listen();
        let settings = self.bounds_of(&slot.entry).apply(&slot.entry.engine, &accepted.settings);
        let asked = slot.handle.answer(accepted.turns, settings, accepted.settings.seed)?;
        self.answering.begin(conversation, Arc::clone(&slot), asked);
        let outcome = self.collect(&slot, asked, &mut events, &sink).await;
        self.answering.end(conversation);
        self.keep_answer(&slot, (conversation, answer), outcome, &sink).await
    }

    async fn accept_message(&self, request: SendMessage) -> Result<Accepted, AppError> {
        let accepted = self.blocking(move |app| {
            let draft = app.draft(request)?;
            draft.says_something()?;
            if app.answering.of(draft.conversation).is_some() {
                return Err(AppError::Answering);
            }
            app.store_draft(&draft)?;
            let (_, turns) = draft.would_be();
            Ok(Accepted { conversation: draft.conversation, turns, settings: draft.settings })
        });
        let accepted = accepted.await?;
        self.events.changed(&[Topic::Conversations]);
        Ok(accepted)
    }

    fn store_draft(&self, draft: &Draft) -> Result<(), AppError> {
        let now = self.now();
        if draft.begins {
            self.store.conversations().create(&ConversationRow {
                id: draft.conversation,
                title: draft.title.clone().unwrap_or_default(),
                named: false,
                model: draft.model.clone(),
                created: now,
                updated: now,
                settings: draft.settings.clone(),
            })?;
        }
        let Some(from) = draft.replaces else {
            return draft.new.as_ref().map_or(Ok(()), |new| Ok(self.store.messages().append(new, None)?));
        };
        let conversation = draft.conversation;
        let with = Replacement { conversation, from, new: draft.new.clone(), title: draft.title.clone() };
        let why = if draft.new.is_some() { "edited" } else { "regenerated" };
        let event = move |removed| Event::ConversationRewritten { conversation, removed, why: why.to_owned() };
        if self.store.messages().replace(with, event)? {
            self.events.changed(&[Topic::Log]);
            return Ok(());
        }
        Err(AppError::Unknown { kind: "message", id: from.to_string() })
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
                attachments: Vec::new(),
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
}

/// A face that has gone, or does not take its words for ten seconds, does not hold the answer up.
async fn say(sink: &ChatSink, event: ChatEvent) {
    drop(sink.send_timeout(event, std::time::Duration::from_secs(10)).await);
}

fn refusal(cause: FaultCause) -> AppError {
    match cause {
        FaultCause::PromptTooLong => ChatError::ContextFull.into(),
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

    pub(crate) fn of(&self, conversation: ConversationId) -> Option<(Arc<Slot>, AnswerId)> {
        self.with(|all| all.get(&conversation).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_counts_the_tokens_after_the_first() {
        let figures =
            |answer_tokens, generation_ms| AnswerFigures { prompt_tokens: 9, answer_tokens, first_token_ms: 80, generation_ms };
        assert_eq!(speed(figures(41, 1000)), Some(40.0));
        assert_eq!(speed(figures(1, 1000)), None, "one token has no speed");
        assert_eq!(speed(figures(5, 0)), None);
    }
}
