use canteen_policy::OutOfBounds;
use canteen_types::{Coded, Remedy};

/// Why something about a conversation is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// Nothing to say.
    #[error("Write something first.")]
    Empty,
    /// Text and files together.
    #[error("This message has {bytes} bytes with its files; {most} are allowed. Shorten it, or send it in parts.")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// Most.
        most: usize,
    },
    /// Too many, or without a name.
    #[error("A message may bring {most} files, each with a name. Take some away.")]
    Files {
        /// Most.
        most: usize,
    },
    /// The conversation does not fit the model's context.
    #[error("This conversation is longer than the model can read. Begin a new one, or shorten the message.")]
    ContextFull,
    /// No title.
    #[error("A title has 1 to {most} characters. Nothing was changed.")]
    Title {
        /// Most.
        most: usize,
    },
    /// Entry or policy do not allow it.
    #[error("{setting} must be between {low} and {high} for this model. Nothing was changed; choose a value in between.")]
    Choice {
        /// Which setting.
        setting: &'static str,
        /// Least.
        low: String,
        /// Most.
        high: String,
    },
}

impl From<OutOfBounds> for ChatError {
    fn from(OutOfBounds { setting, low, high }: OutOfBounds) -> Self {
        Self::Choice { setting, low, high }
    }
}

impl Coded for ChatError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "app.message_empty",
            Self::TooLong { .. } => "app.message_too_long",
            Self::Files { .. } => "app.message_files",
            Self::ContextFull => "app.context_full",
            Self::Title { .. } => "app.title",
            Self::Choice { .. } => "app.choice",
        }
    }

    fn remedy(&self) -> Remedy {
        Remedy::None
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::TooLong { bytes, most } => vec![("bytes", bytes.to_string()), ("most_bytes", most.to_string())],
            Self::Files { most } | Self::Title { most } => vec![("most", most.to_string())],
            Self::Choice { setting, low, high } => {
                vec![("setting", (*setting).to_owned()), ("least", low.clone()), ("most", high.clone())]
            }
            Self::Empty | Self::ContextFull => Vec::new(),
        }
    }
}
