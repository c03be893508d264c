use std::io;

use canteen_types::EngineSettings;
use canteen_types::frames::{AnswerEnd, AnswerFigures, FaultCause, Turn};

use crate::llama::{BATCH, Context, DecodeError, Model, Sampler, Token};
use crate::pieces::Pieces;
use crate::prompt::Style;
use crate::stop::Stop;
use crate::stopwatch::Stopwatch;

/// Why an answer failed; the engine goes on, but for a broken channel.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    #[error("{detail}")]
    Fault { cause: FaultCause, detail: String },
    /// The parent has gone.
    #[error(transparent)]
    Channel(#[from] io::Error),
}

fn fault(cause: FaultCause, detail: impl ToString) -> AnswerError {
    AnswerError::Fault { cause, detail: detail.to_string() }
}

/// What to answer.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) turns: Vec<Turn>,
    pub(crate) settings: EngineSettings,
    pub(crate) seed: u32,
}

/// A loaded model with the memory of what it read last.
#[derive(Debug)]
pub(crate) struct Conversation<'m> {
    model: &'m Model,
    style: Style,
    context: Context<'m>,
    /// Tokens that the context holds, in order.
    held: Vec<Token>,
}

impl<'m> Conversation<'m> {
    pub(crate) const fn new(model: &'m Model, style: Style, context: Context<'m>) -> Self {
        Self { model, style, context, held: Vec::new() }
    }

    /// Writes an answer piece by piece into `say`.
    pub(crate) fn answer(
        &mut self,
        question: &Question,
        stop: &Stop,
        say: &mut dyn FnMut(String) -> io::Result<()>,
    ) -> Result<(AnswerEnd, AnswerFigures), AnswerError> {
        let since = Stopwatch::start();
        let prompt = self.prompt(&question.turns)?;
        let mut figures = AnswerFigures {
            prompt_tokens: u32::try_from(prompt.len()).unwrap_or(u32::MAX),
            answer_tokens: 0,
            first_token_ms: 0,
            generation_ms: 0,
        };
        if !self.read(&prompt, stop)? {
            figures.first_token_ms = since.millis();
            return Ok((AnswerEnd::Stopped, figures));
        }
        let mut sampler = Sampler::new(self.model, &question.settings, question.seed)
            .ok_or_else(|| fault(FaultCause::OutOfMemory, "no memory to pick tokens with"))?;
        let mut pieces = Pieces::default();
        let mut first: Option<Stopwatch> = None;
        let end = loop {
            let token = sampler.pick(&self.context);
            first.get_or_insert_with(|| {
                figures.first_token_ms = since.millis();
                Stopwatch::start()
            });
            if self.model.is_end(token) {
                break AnswerEnd::Finished;
            }
            figures.answer_tokens += 1;
            let text = pieces.push(&self.model.piece(token));
            if !text.is_empty() {
                say(text)?;
            }
            if figures.answer_tokens >= question.settings.max_answer_tokens {
                break AnswerEnd::Length;
            }
            if self.held.len() >= self.context.size() as usize {
                break AnswerEnd::ContextFull;
            }
            match self.decode(&[token], stop)? {
                Step::Done => {}
                Step::Stopped => break AnswerEnd::Stopped,
                Step::Full => break AnswerEnd::ContextFull,
            }
        };
        figures.generation_ms = first.map_or(0, Stopwatch::millis);
        let rest = pieces.finish();
        if !rest.is_empty() {
            say(rest)?;
        }
        Ok((end, figures))
    }

    /// How many tokens the conversation has, whether there is room for them or not.
    pub(crate) fn count(&self, turns: &[Turn]) -> Result<u32, AnswerError> {
        let tokens = self.style.tokens(self.model, turns).map_err(|e| fault(FaultCause::Template, e.kind()))?;
        Ok(tokens.and_then(|tokens| u32::try_from(tokens.len()).ok()).unwrap_or(u32::MAX))
    }

    /// The tokens of the conversation; there is room for at least one more.
    fn prompt(&self, turns: &[Turn]) -> Result<Vec<Token>, AnswerError> {
        let tokens = self.style.tokens(self.model, turns).map_err(|e| fault(FaultCause::Template, e.kind()))?;
        let tokens = tokens.ok_or_else(|| fault(FaultCause::PromptTooLong, "more tokens than can be counted"))?;
        let room = self.context.size() as usize;
        if tokens.len() >= room {
            return Err(fault(FaultCause::PromptTooLong, format!("{} tokens, and the context holds {room}", tokens.len())));
        }
        if tokens.is_empty() {
            return Err(fault(FaultCause::Template, "nothing to read"));
        }
        Ok(tokens)
    }

    /// Reads the prompt, without what the context holds of it already. False when it was stopped.
    fn read(&mut self, prompt: &[Token], stop: &Stop) -> Result<bool, AnswerError> {
        let same = self.held.iter().zip(prompt).take_while(|(held, wanted)| held == wanted).count();
        // The last token is always computed: the answer begins with what follows it.
        self.forget_from(same.min(prompt.len().saturating_sub(1)));
        let new = prompt.get(self.held.len()..).unwrap_or_default();
        for part in new.chunks(BATCH) {
            match self.decode(part, stop)? {
                Step::Done => {}
                Step::Stopped => return Ok(false),
                Step::Full => return Err(fault(FaultCause::PromptTooLong, "the context is full")),
            }
        }
        Ok(true)
    }

    fn decode(&mut self, tokens: &[Token], stop: &Stop) -> Result<Step, AnswerError> {
        if stop.wanted() {
            return Ok(Step::Stopped);
        }
        let result = self.context.decode(&mut tokens.to_vec());
        if result.is_ok() {
            self.held.extend_from_slice(tokens);
        } else {
            // A part may have been computed: only what was there before is sure.
            self.forget_from(self.held.len());
        }
        match result {
            Ok(()) => Ok(Step::Done),
            Err(DecodeError::Stopped) => Ok(Step::Stopped),
            Err(DecodeError::Full) => Ok(Step::Full),
            Err(error @ DecodeError::OutOfMemory) => Err(fault(FaultCause::OutOfMemory, error)),
            Err(error @ DecodeError::Failed(_)) => Err(fault(FaultCause::Internal, error)),
        }
    }

    fn forget_from(&mut self, position: usize) {
        let kept = if self.context.forget_from(position) { position } else { 0 };
        self.held.truncate(kept);
    }
}

enum Step {
    Done,
    Stopped,
    Full,
}
