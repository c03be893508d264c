//! How long the engine may take. Each has a reason; none is a guess at how fast a machine is.

use std::time::Duration;

use canteen_types::ByteSize;

/// Locking in takes milliseconds; a machine that swaps takes seconds.
pub(crate) const HELLO: Duration = Duration::from_secs(10);
/// From *stop* to the kill. The engine leaves within milliseconds when its channel closes.
pub(crate) const STOP: Duration = Duration::from_secs(2);
/// From *stop this answer* to the end of it. The engine looks several times a second, even while it reads a prompt.
pub(crate) const STOP_ANSWER: Duration = Duration::from_secs(10);

/// Counting the tokens of the longest conversation takes some tens of milliseconds; a busy machine takes a second.
pub(crate) const COUNT: Duration = Duration::from_secs(10);

/// Loading: a minute, and a second for each 5 MB, slower than any disk that a model is kept on.
pub(crate) const fn load(size: ByteSize) -> Duration {
    Duration::from_secs(60 + size.bytes() / 5_000_000)
}
