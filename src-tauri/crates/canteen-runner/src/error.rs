use canteen_sandbox::SandboxError;
use canteen_types::{Coded, Remedy};

/// Why a run could not be started, or an answer not be asked for. What happens later is a [`RunEvent`](crate::RunEvent).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunnerError {
    /// Entry, file and permit do not name the same bytes.
    #[error("The model was not started, because its {what} changed while it was being checked. Try again.")]
    TicketMismatch {
        /// `entry`, `file` or `permit`.
        what: &'static str,
    },
    /// The engine's process could not be made.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// Threads or descriptors are missing.
    #[error("The model was not started, because the system refused to {what}: {cause}. Close other programs and try again.")]
    Start {
        /// Verb and object.
        what: &'static str,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The model is still loading.
    #[error("The model is not ready yet. Wait until it has loaded.")]
    NotReady,
    /// One answer at a time.
    #[error("The model is still writing its last answer. Wait for it, or stop it.")]
    Busy,
    /// The run has ended or is about to.
    #[error("The model is not running any more. Start it again.")]
    Ended,
    /// The conversation does not fit a frame.
    #[error("The conversation is too long to be sent to the model: {bytes} bytes. Start a new one.")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// There is no turn of the person at the end.
    #[error("There is nothing to answer: the conversation does not end with a message of yours.")]
    NothingAsked,
}

impl Coded for RunnerError {
    fn code(&self) -> &'static str {
        match self {
            Self::TicketMismatch { .. } => "runner.ticket_mismatch",
            Self::Sandbox(error) => error.code(),
            Self::Start { .. } => "runner.start_failed",
            Self::NotReady => "runner.not_ready",
            Self::Busy => "runner.busy",
            Self::Ended => "runner.ended",
            Self::TooLong { .. } => "runner.conversation_too_long",
            Self::NothingAsked => "runner.nothing_asked",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::Sandbox(error) => error.remedy(),
            Self::TicketMismatch { .. } | Self::Start { .. } | Self::NotReady | Self::Busy | Self::Ended => Remedy::Retry,
            Self::TooLong { .. } | Self::NothingAsked => Remedy::None,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TicketMismatch { what } => vec![("what", (*what).to_owned())],
            Self::TooLong { bytes } => vec![("bytes", bytes.to_string())],
            Self::Sandbox(error) => error.subject(),
            Self::Start { .. } | Self::NotReady | Self::Busy | Self::Ended | Self::NothingAsked => vec![],
        }
    }
}
