//! The signed catalogue: what an organisation approved, read so that nobody in between can change, withhold or revive it
//! unnoticed.
//!
//! A repository is a folder in the format of The Update Framework (specification 1.0, <https://theupdateframework.io>), read
//! from a share or over `https`. [`CatalogueClient`] verifies it from a pinned root, keeps the last good one, and remembers
//! what it saw so that an older one is refused. [`Verified`] is the proof; only this crate makes it. Artifacts are not
//! fetched here: the catalogue names them by digest and size, and `canteen-library` fetches them.
//!
//! Feature `sign` is the other side, for IT: keys, roles, publishing. The employee's app is built without it.
//!
//! ```
//! use std::sync::Arc;
//! use canteen_catalogue::{CatalogueClient, CatalogueError, Location, MemoryStore};
//!
//! let location: Location = "https://models.example/catalogue".parse()?;
//! // Without the root file from IT nothing can be verified.
//! let client = CatalogueClient::open(&location, Vec::new(), Arc::new(MemoryStore::default()));
//! assert!(matches!(client, Err(CatalogueError::NotJoined)));
//! # Ok::<(), CatalogueError>(())
//! ```

mod assemble;
mod catalogue;
mod client;
mod connection;
mod departments;
pub mod document;
mod error;
mod kept;
mod limits;
mod location;
#[cfg(feature = "sign")]
pub mod sign;
mod signatures;
mod store;
mod supply;
mod transport;
mod trust;
mod verified;

pub use catalogue::Catalogue;
pub use client::{CatalogueClient, Snapshot};
pub use departments::Ignored;
pub use document::{CatalogueDocument, EntryDocument, PolicyDocument};
pub use error::{CatalogueError, StoreFault};
pub use location::Location;
pub use signatures::{RoleKey, SignedRole};
pub use store::{FolderStore, MemoryStore, MetadataStore};
pub use transport::Patience;
pub use verified::Verified;
