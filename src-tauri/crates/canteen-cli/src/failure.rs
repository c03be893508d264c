use canteen_app::client::ClientError;
use canteen_app::wire::Fault;

/// How a command can end other than well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The host refused or failed.
    #[error("{}", .0.message)]
    Fault(Box<Fault>),
    /// There is no host and none could be started, or it went away.
    #[error("{0}")]
    Unreachable(ClientError),
    /// Done, but not all of it; what was left is told.
    #[error("something was left as it is")]
    Left,
    /// `inspect` saw something; it was shown, and this is its exit code.
    #[error("something is wrong with a file")]
    Seen(u8),
    /// Ctrl C.
    #[error("interrupted")]
    Interrupted,
    /// A file, a terminal.
    #[error("{0:#}")]
    Other(anyhow::Error),
}

impl Failure {
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::Seen(code) => *code,
            Self::Fault(_) | Self::Left | Self::Other(_) => 1,
            Self::Unreachable(_) => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        if let ClientError::Fault(fault) = error { Self::Fault(fault) } else { Self::Unreachable(error) }
    }
}

impl From<Box<Fault>> for Failure {
    fn from(fault: Box<Fault>) -> Self {
        Self::Fault(fault)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}
