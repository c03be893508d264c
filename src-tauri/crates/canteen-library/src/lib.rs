//! Model files on this computer: fetched from the organisation's mirrors, kept by the digest of their bytes, opened only
//! after that digest was taken again.
//!
//! A source is never trusted, the digest from signed metadata is. It is taken while bytes stream in; a file stands under its
//! name in `blobs/` only when all of it was right and on the disk. A killed app goes on where it stopped. This crate knows no
//! catalogue, no policy and no database: the caller says which [`Artifact`](canteen_types::Artifact) it may have and why.
//!
//! ```
//! use canteen_library::Library;
//! use canteen_types::{Artifact, ByteSize, Digest, Source, WeightFormat};
//! use tokio_util::sync::CancellationToken;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let share = tempfile::tempdir()?; // stands for a file share of the organisation
//! let file = share.path().join("model.gguf");
//! fs_err::write(&file, b"weights")?;
//! let artifact = Artifact {
//!     digest: Digest::of(b"weights"),
//!     size: ByteSize::new(7),
//!     format: WeightFormat::Gguf,
//!     sources: vec![Source::File(file.display().to_string())],
//! };
//!
//! let home = tempfile::tempdir()?;
//! let library = Library::open(&home.path().join("models"))?;
//! let cancel = CancellationToken::new();
//! let stored = library.fetch(&artifact, cancel.clone(), |step| println!("{} of {}", step.done, step.total)).await?;
//! assert_eq!(stored.digest, artifact.digest);
//!
//! let verified = library.open_verified(&artifact, &cancel)?;
//! assert_eq!(verified.size(), ByteSize::new(7));
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod disk;
mod error;
mod fetch;
mod import;
mod library;
mod limits;
mod partial;
mod platform;
mod progress;
mod relocate;
mod source;
mod verify;

pub use error::{FolderFault, LibraryError};
pub use library::{Library, Origin, Stored};
pub use limits::FetchLimits;
pub use progress::{Progress, RateMeter};
pub use source::source_name;
pub use verify::VerifiedFile;
