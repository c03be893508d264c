//! The other side, for IT: keys, roles and publishing.
//!
//! [`Repository`] is a folder in the format of The Update Framework: consistent snapshots, so a publication that was
//! interrupted is invisible until its last file, `timestamp.json`, stands. What clients pin is its `metadata/1.root.json`.
//! Before that last file is written the whole publication is read with the client's own checks; what a client would refuse
//! is not published.
//!
//! ```
//! use canteen_catalogue::sign::{Algorithm, Lifetimes, Repository, RolePlan, RootPlan, Signing, SigningKey};
//! use canteen_catalogue::sign::Content;
//! use canteen_catalogue::{CatalogueDocument, PolicyDocument, document::FORMAT};
//! use canteen_catalogue::sign::Signer as _;
//! use canteen_types::Timestamp;
//!
//! # let folder = tempfile::tempdir()?;
//! let now: Timestamp = "2026-11-24T10:00:00Z".parse()?;
//! let key = SigningKey::generate(Algorithm::Ed25519)?;
//! let plan = RootPlan::for_all_roles(RolePlan { keys: vec![key.public().clone()], threshold: 1 });
//! let signing = Signing { signers: &[&key], lifetimes: Lifetimes::default(), now };
//! let repository = Repository::create(folder.path(), &plan, signing)?;
//! let catalogue =
//!     CatalogueDocument { format: FORMAT, version: 1, organisation: "Example GmbH".into(), published: now, entries: vec![] };
//! let content = Content { catalogue, policy: PolicyDocument::standard("Example GmbH"), departments: vec![], runner_signatures: None };
//! let published = repository.publish(&content, signing)?;
//! assert_eq!(published.timestamp, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod envelope;
mod error;
mod key_file;
mod keys;
mod prepare;
mod publish;
mod repository;
mod roles;
mod status;

pub use envelope::Envelope;
pub use error::SignError;
pub use key_file::{read_key, read_public, write_key};
pub use keys::{Algorithm, KeyId, PublicKey, Signer, SigningKey};
pub use publish::{Content, Department, Published};
pub use repository::Repository;
pub use roles::{Lifetimes, RoleName, RolePlan, RootPlan, Signing};
pub use status::{RoleStatus, Status, Urgency};
