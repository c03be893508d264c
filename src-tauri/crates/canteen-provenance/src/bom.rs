//! CycloneDX ML-BOM: one for a model, and the facts of those that others wrote.
//!
//! Version 1.7 is written, every version in JSON that knows models (1.5 and later) is read. Same input, same bytes: the time and
//! the serial number are handed in. What CycloneDX has no place for stands in properties that begin with `canteen:`.
//!
//! ```
//! use canteen_provenance::bom::{self, Model, SerialNumber, Stamp};
//!
//! let model = Model { name: "Tiny".into(), tasks: vec!["chat".into()], ..Model::default() };
//! let made_at = "2026-11-24T10:00:00Z".parse()?;
//! let stamp = Stamp { serial: SerialNumber::of(b"tiny 1"), made_at, tool: "canteen-admin", tool_version: "0.1.0" };
//! let text = bom::write(&model, &stamp)?;
//! assert_eq!(bom::read(text.as_bytes())?, [model]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod document;
mod read;
mod write;

use std::fmt;

use canteen_types::{Digest, Timestamp};

pub use read::{LONGEST_BOM, read};
pub use write::write;

/// What a BOM says of one model. Of a foreign one each is a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// What people call it.
    pub name: String,
    /// In its publisher's or approver's count.
    pub version: Option<String>,
    /// Who made it.
    pub publisher: Option<String>,
    /// SHA-256 of a model that is one file.
    pub digest: Option<Digest>,
    /// What it consists of.
    pub files: Vec<File>,
    /// Its terms.
    pub licence: Option<Licence>,
    /// What it was derived from, nearest first.
    pub base_models: Vec<BaseModel>,
    /// What it is good for, best first.
    pub tasks: Vec<String>,
    /// Of most weights.
    pub quantisation: Option<String>,
    /// SHA-256 of the chat template.
    pub chat_template: Option<Digest>,
    /// Who approved it, where somebody did.
    pub approval: Option<Approval>,
    /// Where signatures over it lie, as addresses.
    pub signatures: Vec<String>,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Within the model.
    pub name: String,
    /// SHA-256.
    pub digest: Option<Digest>,
    /// In bytes.
    pub size: Option<u64>,
}

/// Terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Licence {
    /// An SPDX expression.
    Spdx(String),
    /// A licence of its own.
    Own {
        /// Its name.
        name: String,
        /// The whole text.
        text: Option<String>,
    },
}

/// One step of the base chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseModel {
    /// Upstream name.
    pub name: String,
    /// Who made it.
    pub publisher: Option<String>,
}

/// Who approved it, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// A person's name.
    pub approver: String,
    /// e.g. `AI governance`.
    pub role: Option<String>,
    /// When.
    pub approved_on: Option<Timestamp>,
    /// Until when it may be relied on.
    pub valid_until: Option<Timestamp>,
}

/// What makes one BOM differ from the next of the same model.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// Of this document.
    pub serial: SerialNumber,
    /// When it was written.
    pub made_at: Timestamp,
    /// What writes it.
    pub tool: &'a str,
    /// Its version.
    pub tool_version: &'a str,
}

/// Names one BOM in the world: a UUID.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SerialNumber(uuid::Uuid);

impl SerialNumber {
    /// From what makes the BOM unique, so that the same gives the same (UUID version 8, RFC 9562 section 5.8).
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let digest = Digest::of(content);
        let mut bytes = *digest.as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]);
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(uuid::Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.urn().fmt(f)
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
