use std::io::{self, Read};
use std::path::Path;

use canteen_types::{Artifact, ByteSize, Digest};
use tokio_util::sync::CancellationToken;

use crate::partial::{Finished, Kind, Partial};
use crate::progress::Reporter;
use crate::verify::{BUFFER, same_file};
use crate::{Library, LibraryError, Origin, Progress, Stored, platform};

impl Library {
    /// Takes the bytes of `artifact` from a file that another program left on this computer. They are copied, never linked:
    /// the other program may change its file at any moment. Blocks.
    ///
    /// What an interrupted fetch has so far is left alone until the import is through.
    ///
    /// # Errors
    /// [`LibraryError::TooLarge`] or [`LibraryError::Truncated`] for another size, [`LibraryError::WrongDigest`] for other bytes,
    /// [`LibraryError::Altered`] when the file changed while it was read, [`LibraryError::SourceGone`] when it cannot be read,
    /// [`LibraryError::DiskFull`], [`LibraryError::Cancelled`], [`LibraryError::Busy`], [`LibraryError::Io`]. Nothing is left
    /// behind after any of them.
    pub fn import(
        &self,
        artifact: &Artifact,
        candidate: &Path,
        progress: impl Fn(Progress),
        cancel: &CancellationToken,
    ) -> Result<Stored, LibraryError> {
        let _claim = self.claim(artifact.digest)?;
        let size = artifact.size.bytes();
        let gone = |e: io::Error| LibraryError::SourceGone { from: name(candidate), why: e.kind().to_string() };
        let mut file = platform::open_following(candidate).map_err(gone)?;
        let before = file.metadata().map_err(gone)?;
        if !before.is_file() {
            return Err(LibraryError::SourceRefused { from: name(candidate), why: "it is no ordinary file".to_owned() });
        }
        match before.len() {
            length if length > size => return Err(LibraryError::TooLarge { from: name(candidate), expected: artifact.size }),
            length if length < size => {
                let found = ByteSize::new(length);
                return Err(LibraryError::Truncated { from: name(candidate), expected: artifact.size, found });
            }
            _ => {}
        }
        platform::will_read_through(&file);
        let mut partial = Partial::open(self, artifact, Kind::Import, cancel)?;
        let mut reporter = Reporter::new(artifact.size, progress);
        // One byte too many is enough to see that the file grew; the digest is wrong then.
        let from = (&mut file).take(size.saturating_add(1));
        match copy(from, &mut partial, &mut reporter, cancel, gone).and_then(|()| partial.finish()) {
            Ok(Finished::Stored(_)) => {
                reporter.say(size);
                Partial::remove(&self.partials(), &artifact.digest).map_err(LibraryError::io("remove what was fetched"))?;
                Ok(self.stored(artifact, Origin::Computer))
            }
            Ok(Finished::Wrong(found)) => {
                partial.discard()?;
                let changed = file.metadata().map_or(true, |after| !same_file(&before, &after));
                Err(wrong(artifact, candidate, found, changed))
            }
            Err(error) => partial.discard().and(Err(error)),
        }
    }
}

fn copy(
    mut from: impl Read,
    to: &mut Partial,
    reporter: &mut Reporter<impl Fn(Progress)>,
    cancel: &CancellationToken,
    gone: impl Fn(io::Error) -> LibraryError,
) -> Result<(), LibraryError> {
    let mut buffer = vec![0; BUFFER];
    loop {
        if cancel.is_cancelled() {
            return Err(LibraryError::Cancelled);
        }
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => to.append(buffer.get(..read).unwrap_or_default())?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(gone(e)),
        }
        reporter.at(to.done());
    }
}

fn wrong(artifact: &Artifact, candidate: &Path, found: Digest, changed: bool) -> LibraryError {
    if changed {
        LibraryError::Altered { digest: artifact.digest }
    } else {
        LibraryError::WrongDigest { from: name(candidate), expected: artifact.digest, found }
    }
}

/// The file's own name: the person knows it, and the log needs no more.
fn name(candidate: &Path) -> String {
    let name = candidate.file_name().unwrap_or_default().to_string_lossy();
    format!("the file “{}”", name.chars().filter(|c| !c.is_control()).take(120).collect::<String>())
}
