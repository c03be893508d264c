use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use canteen_modelfile::{Hands, pass};
use canteen_types::{Artifact, ByteSize, Digest};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::{Library, LibraryError, platform};

/// Bytes that are read at once: large enough for the disk, small enough for the processor's cache.
pub(crate) const BUFFER: usize = 256 << 10;

/// An open file whose digest was taken on this very descriptor. Only [`Library::open_verified`] makes one.
///
/// The path is not kept on purpose: between a check and a second opening somebody could swap the file.
///
/// ```compile_fail,E0451
/// use canteen_library::VerifiedFile;
/// use canteen_types::{ByteSize, Digest};
///
/// let file = std::fs::File::open("/proc/self/exe").unwrap();
/// let forged = VerifiedFile { file, digest: Digest::of(b"approved"), size: ByteSize::new(8) };
/// ```
#[derive(Debug)]
pub struct VerifiedFile {
    file: File,
    digest: Digest,
    size: ByteSize,
}

impl VerifiedFile {
    /// SHA-256 of the bytes behind the descriptor.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Size of the file.
    #[must_use]
    pub const fn size(&self) -> ByteSize {
        self.size
    }

    /// Gives up the proof and hands out the descriptor, at position 0 and open for reading only.
    #[must_use]
    pub fn into_file(self) -> File {
        self.file
    }
}

impl Library {
    /// Opens the bytes of `artifact` and takes their digest on the open descriptor. Blocks for about a second per gigabyte.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], [`LibraryError::Altered`] (also for a link, a folder or another size),
    /// [`LibraryError::Cancelled`], [`LibraryError::Io`].
    pub fn open_verified(&self, artifact: &Artifact, cancel: &CancellationToken) -> Result<VerifiedFile, LibraryError> {
        let digest = artifact.digest;
        let altered = || LibraryError::Altered { digest };
        let mut file = match platform::open_no_follow(&self.path_of(&digest)) {
            Ok(Some(file)) => file,
            Ok(None) => return Err(altered()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(LibraryError::Missing { digest }),
            Err(cause) => return Err(LibraryError::Io { what: "open the model", cause }),
        };
        let before = file.metadata().map_err(LibraryError::io("look at the model"))?;
        if !before.is_file() || before.len() != artifact.size.bytes() {
            return Err(altered());
        }
        platform::will_read_through(&file);
        let limit = artifact.size.bytes().saturating_add(1);
        let found = Digest::new(hash(&mut file, limit, cancel)?.finalize().into());
        let after = file.metadata().map_err(LibraryError::io("look at the model"))?;
        if found != digest || !same_file(&before, &after) {
            return Err(altered());
        }
        file.rewind().map_err(LibraryError::io("go back to the beginning of the model"))?;
        Ok(VerifiedFile { file, digest, size: artifact.size })
    }
}

/// Hashes what `from` gives, `limit` bytes at most: a growing file must not keep the check busy for ever.
pub(crate) fn hash(from: &mut dyn Read, limit: u64, cancel: &CancellationToken) -> Result<Sha256, LibraryError> {
    let mut hasher = Sha256::new();
    let go_on = &mut |_| if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    match pass(from, limit, Hands::Many, &mut [&mut |bytes| hasher.update(bytes)], go_on) {
        Ok(ControlFlow::Continue(_)) => Ok(hasher),
        Ok(ControlFlow::Break(())) => Err(LibraryError::Cancelled),
        Err(cause) => Err(LibraryError::Io { what: "read the model", cause }),
    }
}

/// Same length and same moment of the last change.
pub(crate) fn same_file(before: &Metadata, after: &Metadata) -> bool {
    before.len() == after.len() && before.modified().ok() == after.modified().ok()
}
