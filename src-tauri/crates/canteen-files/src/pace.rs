use std::io;
use std::num::NonZeroUsize;
use std::thread;

use crate::system;

/// How much of the computer some work may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits for it: every core, at ordinary priority.
    AllCores,
    /// Nobody waits for it: one thread, and only what processor and disk have left.
    Idle,
}

impl Pace {
    /// How many threads work at once.
    #[must_use]
    pub fn threads(self) -> NonZeroUsize {
        match self {
            Self::AllCores => thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            Self::Idle => NonZeroUsize::MIN,
        }
    }

    /// Sets the calling thread to it, for good: a thread that was idle once may not be allowed to be anything else. For a thread of
    /// its own.
    ///
    /// # Errors
    /// When the system refuses; the thread then goes on as it was.
    pub fn keep(self) -> io::Result<()> {
        match self {
            Self::AllCores => Ok(()),
            Self::Idle => system::idle(),
        }
    }
}
