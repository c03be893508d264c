//! A library in a folder of its own, and bytes for it.

use std::path::Path;
use std::time::Duration;

use canteen_library::{FetchLimits, Library, LibraryError, Progress, Stored};
use canteen_types::{Artifact, ByteSize, Coded, Digest, Source, WeightFormat};
use tokio_util::sync::CancellationToken;

use crate::toxic::Toxic;

/// Windows and pauses short enough for tests; sizes small enough that cuts fall between two records.
pub(crate) fn quick() -> FetchLimits {
    FetchLimits {
        reserve: ByteSize::new(0),
        floor: 100_000,
        window: Duration::from_millis(400),
        connect: Duration::from_secs(5),
        attempts: 3,
        headway: 50_000,
        backoff: Duration::from_millis(10),
        sync_every: 64 << 10,
    }
}

/// Bytes in which no two pieces are alike.
pub(crate) fn weights(size: usize) -> Vec<u8> {
    (0..size as u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()[0]).collect()
}

pub(crate) fn artifact(bytes: &[u8], sources: impl IntoIterator<Item = Source>) -> Artifact {
    Artifact {
        digest: Digest::of(bytes),
        size: ByteSize::new(bytes.len() as u64),
        format: WeightFormat::Gguf,
        sources: sources.into_iter().collect(),
    }
}

pub(crate) fn mirror(toxic: &Toxic, path: &str) -> Source {
    Source::Https(toxic.url(path))
}

/// A library in a folder of its own.
pub(crate) struct Shelf {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) library: Library,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open_with(&folder.path().join("models"), quick()).unwrap();
        Self { folder, library }
    }

    pub(crate) async fn fetch(&self, artifact: &Artifact) -> Result<Stored, LibraryError> {
        self.library.fetch(artifact, CancellationToken::new(), |_: Progress| {}).await
    }

    /// Fails, with this code; says what the person reads.
    pub(crate) async fn refused(&self, artifact: &Artifact, code: &str) -> String {
        let error = self.fetch(artifact).await.expect_err("must be refused");
        assert_eq!(error.code(), code, "{error:?}");
        assert!(!self.library.has(&artifact.digest));
        error.to_string()
    }

    pub(crate) fn holds(&self, artifact: &Artifact, bytes: &[u8]) {
        assert_eq!(fs_err::read(self.library.path_of(&artifact.digest)).unwrap(), bytes);
        assert_eq!(names(&self.folder.path().join("models/partial")), Vec::<String>::new(), "nothing half-finished is left");
    }

    pub(crate) fn is_empty(&self) {
        for folder in ["models/blobs", "models/partial"] {
            assert_eq!(names(&self.folder.path().join(folder)), Vec::<String>::new(), "{folder}");
        }
    }

    pub(crate) fn partial_file(&self, artifact: &Artifact) -> std::path::PathBuf {
        self.folder.path().join(format!("models/partial/{}.part", artifact.digest.hex()))
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs_err::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
