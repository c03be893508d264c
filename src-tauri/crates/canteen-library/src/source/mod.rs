//! Where bytes come from. Two kinds, one behaviour: open at a position, then piece by piece.

mod connection;
mod https;
mod share;

use canteen_types::{ByteSize, Source};
use tokio_util::bytes::Bytes;

use crate::{FetchLimits, LibraryError};

/// What a person may read about a source: the host, or the name of the folder on a share. Never a whole path or address.
///
/// ```
/// use canteen_library::source_name;
/// use canteen_types::Source;
///
/// assert_eq!(source_name(&Source::Https("https://models.example.org/a/b.gguf".into())), "models.example.org");
/// assert_eq!(source_name(&Source::File("/srv/mirror/b.gguf".into())), "the folder “mirror”");
/// ```
#[must_use]
pub fn source_name(source: &Source) -> String {
    match source {
        Source::Https(address) => https::host(address),
        Source::File(path) => share::folder_name(path),
    }
}

/// What went wrong at one source.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Cannot be reached.
    Gone(String),
    /// Answers, but does not have the file.
    Absent(String),
    /// Ended in the middle. May go on.
    Cut(String),
    /// Busy or broken, by its own word. May pass.
    Unavailable(String),
    /// Will not give it, or may not be asked.
    Refused(String),
    /// More bytes than were approved.
    TooLarge,
    /// Ends at this position.
    Truncated(u64),
    /// Below the floor.
    TooSlow,
}

impl Fault {
    pub(crate) fn into_error(self, source: &Source, size: ByteSize, limits: &FetchLimits) -> LibraryError {
        let from = source_name(source);
        match self {
            Self::Gone(why) | Self::Absent(why) | Self::Cut(why) => LibraryError::SourceGone { from, why },
            Self::Unavailable(why) | Self::Refused(why) => LibraryError::SourceRefused { from, why },
            Self::TooLarge => LibraryError::TooLarge { from, expected: size },
            Self::Truncated(found) => LibraryError::Truncated { from, expected: size, found: ByteSize::new(found) },
            Self::TooSlow => LibraryError::TooSlow { from, floor: ByteSize::new(limits.floor), window: limits.window },
        }
    }
}

/// An open source.
pub(crate) struct Opened {
    body: Body,
    /// It cannot begin in the middle: what comes now begins at 0.
    pub(crate) from_start: bool,
}

enum Body {
    Https(reqwest::Response),
    Share(share::Pieces),
}

impl Opened {
    /// The next piece; `None` at a clean end. Safe to drop and ask again.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        match &mut self.body {
            Body::Https(response) => response.chunk().await.map_err(|e| https::cut(&e)).transpose(),
            Body::Share(pieces) => pieces.recv().await,
        }
    }
}

/// Opens `source` so that it gives the bytes of a file of `size` bytes from the position `at`.
pub(crate) async fn open(source: &Source, at: u64, size: u64, limits: &FetchLimits) -> Result<Opened, Fault> {
    let opening = async {
        match source {
            Source::Https(address) => https::open(address, at, size, limits).await,
            Source::File(path) => share::open(path, at, size).await,
        }
    };
    tokio::time::timeout(limits.window, opening).await.unwrap_or(Err(Fault::TooSlow))
}

/// At most 200 printable characters: it comes from a server.
fn tidy(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
