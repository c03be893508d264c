use canteen_policy::{SamplingBounds, Span, sampling_bounds};
use canteen_types::{ChatSettings, EngineSettings, Entry, EntryId};

use super::ChatError;
use crate::App;
use crate::fault::AppError;
use crate::wire::{self, Bounds, ChatOptions, Fault};

/// Longest instructions of one conversation, in characters.
const LONGEST_INSTRUCTIONS: usize = 16_000;

/// What may be chosen with one entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    pub(crate) engine: EngineSettings,
    pub(crate) bounds: SamplingBounds,
    pub(crate) context_tokens: u32,
}

impl Choices {
    pub(crate) fn check(&self, chosen: &ChatSettings) -> Result<(), ChatError> {
        let long = chosen.instructions.as_ref().is_some_and(|text| text.chars().count() > LONGEST_INSTRUCTIONS);
        if long {
            let (low, high) = ("0".to_owned(), LONGEST_INSTRUCTIONS.to_string());
            return Err(ChatError::Choice { setting: "instructions", low, high });
        }
        Ok(self.bounds.check(chosen)?)
    }
}

impl App {
    pub(crate) fn bounds_of(&self, entry: &Entry) -> SamplingBounds {
        sampling_bounds(&self.shelf.policy(), &as_run(entry))
    }

    pub(crate) fn chat_settings_of(&self, model: &EntryId) -> Result<Choices, AppError> {
        let entry = self.listed_or_kept(model)?;
        let engine = as_run(&entry);
        Ok(Choices { engine, bounds: self.bounds_of(&entry), context_tokens: engine.context_tokens })
    }

    /// What may be chosen for conversations with this model, and what holds where nothing is.
    ///
    /// # Errors
    /// When there is no such model.
    pub async fn get_chat_options(&self, model: EntryId) -> Result<ChatOptions, Fault> {
        let result = self
            .blocking(move |app| {
                let Choices { engine, bounds, context_tokens } = app.chat_settings_of(&model)?;
                let usual = bounds.apply(&engine, &ChatSettings::default());
                Ok(ChatOptions {
                    defaults: wire::ChatSettings {
                        instructions: Some(app.settings()?.instructions),
                        temperature: Some(usual.temperature),
                        top_p: Some(usual.top_p),
                        top_k: Some(usual.top_k),
                        max_answer_tokens: Some(usual.max_answer_tokens),
                        seed: None,
                    },
                    temperature: shown(bounds.temperature),
                    top_p: shown(bounds.top_p),
                    top_k: counted(bounds.top_k),
                    max_answer_tokens: counted(bounds.max_answer_tokens),
                    context_tokens,
                })
            })
            .await;
        self.told(result)
    }
}

/// The engine allocates no more context than the model was made for.
fn as_run(entry: &Entry) -> EngineSettings {
    let made_for = if entry.context_length == 0 { u32::MAX } else { entry.context_length };
    EngineSettings { context_tokens: entry.engine.context_tokens.min(made_for), ..entry.engine }
}

const fn shown(span: Span<f32>) -> Bounds {
    Bounds { low: span.low, high: span.high }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of tokens have few digits")]
const fn counted(span: Span<u32>) -> Bounds {
    Bounds { low: span.low as f32, high: span.high as f32 }
}
