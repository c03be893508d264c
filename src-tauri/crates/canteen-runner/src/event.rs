use std::fmt;

use canteen_types::frames::{AnswerEnd, AnswerFigures, FaultCause};
use canteen_types::{EndReason, Enforcement, RunState, SandboxReport};

/// One answer of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerId(pub(crate) u64);

/// What happens in a run, in order. The last one is always [`Ended`](Self::Ended); then the channel closes.
#[derive(Clone, PartialEq)]
pub enum RunEvent {
    /// Starting, Ready, Answering or Stopping. The end has its own event.
    State(RunState),
    /// What the engine's kernel enforces, and whether that is enough. Comes before anything of the model was read.
    Report(SandboxReport, Enforcement),
    /// The model is in memory.
    Loaded {
        /// Context that was allocated, in tokens.
        context_tokens: u32,
        /// How long it took, in milliseconds, by the engine's clock.
        load_ms: u64,
    },
    /// More of an answer. Pieces that nobody fetched yet are joined.
    Piece {
        /// Which answer.
        answer: AnswerId,
        /// Whole characters, from a model: show it as text only.
        text: String,
    },
    /// An answer is over.
    Done {
        /// Which.
        answer: AnswerId,
        /// Why.
        end: AnswerEnd,
        /// By the engine's clock.
        figures: AnswerFigures,
    },
    /// The number of tokens that was asked for.
    Counted {
        /// Which question.
        answer: AnswerId,
        /// Tokens, by the engine's word.
        tokens: u32,
    },
    /// An answer or a count failed and the run goes on, or loading failed and the end follows.
    Fault {
        /// Which answer; `None` for loading.
        answer: Option<AnswerId>,
        /// Closed list.
        cause: FaultCause,
        /// For the log, printable and short.
        detail: String,
    },
    /// The process is gone.
    Ended {
        /// Why.
        reason: EndReason,
        /// For the log and the details in the window: printable, at most 500 characters, never a prompt.
        detail: String,
    },
}

impl fmt::Debug for RunEvent {
    /// Shows no word of an answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "State({state:?})"),
            Self::Report(_, enforcement) => write!(f, "Report({enforcement:?})"),
            Self::Loaded { context_tokens, load_ms } => write!(f, "Loaded({context_tokens} tokens, {load_ms} ms)"),
            Self::Piece { answer, text } => write!(f, "Piece({}, {} bytes)", answer.0, text.len()),
            Self::Done { answer, end, figures } => write!(f, "Done({}, {end:?}, {figures:?})", answer.0),
            Self::Counted { answer, tokens } => write!(f, "Counted({}, {tokens} tokens)", answer.0),
            Self::Fault { answer, cause, detail } => write!(f, "Fault({:?}, {cause:?}, {detail})", answer.map(|id| id.0)),
            Self::Ended { reason, detail } => write!(f, "Ended({reason:?}, {detail})"),
        }
    }
}
