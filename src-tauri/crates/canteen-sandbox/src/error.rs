use std::io;

use canteen_types::{Coded, Remedy};

/// Why an engine could not be started or locked in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// This system has no sandbox that Canteen can use yet.
    #[error("The model was not started: {because}")]
    Unsupported {
        /// A whole sentence for the person.
        because: &'static str,
    },
    /// The engine's executable is not there.
    #[error("The model was not started, because a part of Canteen is missing: its engine. Install Canteen again, or tell IT.")]
    NoProgram,
    /// The system refused to start the child.
    #[error("The engine could not be started while trying to {what}: {cause}. Try again; if it stays so, tell IT.")]
    Start {
        /// Verb and object.
        what: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// Locking in came too late: threads that already run stay outside Landlock.
    #[error("The engine did not lock itself in, because {threads} threads were running already. Tell IT.")]
    TooLate {
        /// How many.
        threads: usize,
    },
    /// The parent ended before the child could tie itself to it.
    #[error("The engine ended, because the program that started it is gone.")]
    ParentGone,
    /// The program was not started by [`spawn`](crate::spawn).
    #[error("This program is a part of Canteen and cannot be started by hand.")]
    NotAChild,
}

impl SandboxError {
    pub(crate) fn start(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Start { what, cause }
    }
}

impl Coded for SandboxError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unsupported { .. } => "sandbox.unsupported",
            Self::NoProgram => "sandbox.no_program",
            Self::Start { .. } => "sandbox.start_failed",
            Self::TooLate { .. } => "sandbox.too_late",
            Self::ParentGone => "sandbox.parent_gone",
            Self::NotAChild => "sandbox.not_a_child",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::Start { .. } => Remedy::Retry,
            Self::NoProgram | Self::TooLate { .. } => Remedy::AskIt,
            Self::Unsupported { .. } | Self::ParentGone | Self::NotAChild => Remedy::None,
        }
    }
}
