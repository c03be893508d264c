use std::io;

use canteen_types::{Coded, Remedy};

/// What is wrong with a model file. Codes are `format.what`, as hazards are named.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFileError {
    /// Neither GGUF nor safetensors.
    #[error("This file is no model that Canteen knows: it begins neither like GGUF nor like safetensors.")]
    Unknown,
    /// The file ends inside its own header, or before the data that the header promises.
    #[error("This model file is not complete: its header promises {promised} bytes, and it has {found}. Fetch it again.")]
    Truncated {
        /// Which format.
        code: &'static str,
        /// What the header promises, at least.
        promised: u64,
        /// What is there.
        found: u64,
    },
    /// A number in the header cannot be true.
    #[error("The header of this model file lies: {what}. Do not load it; tell IT where it came from.")]
    Lies {
        /// Stable code.
        code: &'static str,
        /// Which number, in words.
        what: &'static str,
    },
    /// More than the limits allow.
    #[error("This model file has {what} beyond what any published model has, so it is not read further.")]
    TooMuch {
        /// Stable code.
        code: &'static str,
        /// Of what.
        what: &'static str,
    },
    /// Recognised, but not something that may run.
    #[error("This model file cannot be run here: {why}.")]
    NotForEngine {
        /// Stable code.
        code: &'static str,
        /// Why.
        why: &'static str,
    },
    /// One of several files that are one model.
    #[error("This model comes in {promised} parts, and {found} of them are here. Fetch the others.")]
    PartMissing {
        /// Parts that there must be.
        promised: u64,
        /// Parts that are there.
        found: u64,
    },
    /// The disk.
    #[error("The model file could not be read: {0}")]
    Io(#[from] io::Error),
}

impl Coded for ModelFileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "file.unknown",
            Self::PartMissing { .. } => "file.part_missing",
            Self::Truncated { code, .. }
            | Self::Lies { code, .. }
            | Self::TooMuch { code, .. }
            | Self::NotForEngine { code, .. } => code,
            Self::Io(_) => "file.unreadable",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::Io(_) => Remedy::Retry,
            Self::Truncated { .. } | Self::PartMissing { .. } => Remedy::Install,
            Self::Unknown | Self::NotForEngine { .. } => Remedy::None,
            Self::Lies { .. } | Self::TooMuch { .. } => Remedy::AskIt,
        }
    }
}
