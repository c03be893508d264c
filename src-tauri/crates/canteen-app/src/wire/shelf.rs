//! The catalogue and the page of a model.

use canteen_types::{Digest, EntryId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What this computer can carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hardware {
    /// Memory, in bytes.
    #[ts(type = "number")]
    pub memory: u64,
    /// Memory that a model could have now, in bytes.
    #[ts(type = "number")]
    pub memory_available: u64,
    /// Cores.
    pub physical_cores: u32,
    /// Cores as programs see them.
    pub logical_cores: u32,
    /// Its name; may be empty.
    pub processor: String,
    /// e.g. `x86_64`.
    pub architecture: String,
    /// Instruction sets that inference can use, e.g. `AVX2`.
    pub instruction_sets: Vec<String>,
    /// Instruction sets that the engine needs and this processor lacks: then no model runs here.
    pub lacking: Vec<String>,
    /// Graphics processors; absent where the system does not tell. The engine does not use them.
    pub gpus: Option<Vec<Graphics>>,
}

/// A graphics processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Graphics {
    /// As its driver calls it; else its maker.
    pub name: String,
    /// Memory of its own, in bytes, where it is known.
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
}

/// A model that suits this computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Suggestion {
    /// Which.
    #[ts(type = "string")]
    pub model: EntryId,
    /// What it is the best at.
    pub at: SuggestedFor,
    /// Tokens per second, measured or expected; absent while nothing was run here.
    pub speed: Option<f64>,
    /// The speed was measured with this very model.
    pub measured: bool,
}

/// Why a model is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SuggestedFor {
    /// The most able one that still answers comfortably here.
    Ability,
    /// Clearly the quickest.
    Speed,
    /// It is installed already.
    Ready,
}

/// Where a file can be had, without the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum SourcePlace {
    /// A web server.
    Mirror {
        /// Its name.
        host: String,
    },
    /// A folder or share of the organisation.
    Folder,
}

/// One signed file that vouches for an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedFile {
    /// `root`, `timestamp`, `snapshot`, `targets`, or a department's, e.g. `dept-finance`.
    pub role: String,
    /// Version of the file.
    #[ts(type = "number")]
    pub version: u64,
    /// When its signatures run out.
    #[ts(type = "string")]
    pub expires: Timestamp,
    /// Keys that must have signed.
    pub needed: u32,
    /// All keys of the role.
    pub keys: Vec<SignedKey>,
}

/// A key of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedKey {
    /// Its TUF key id, in hex.
    pub id: String,
    /// It signed, and this computer checked the signature.
    pub signed: bool,
}

/// What lies here of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InstalledVersion {
    /// Version of the entry that it was installed as.
    pub version: u32,
    /// Its bytes are those that are approved now.
    pub same_bytes: bool,
    /// SHA-256 of them.
    #[ts(type = "string")]
    pub digest: Digest,
    /// When it was installed.
    #[ts(type = "string")]
    pub installed: Timestamp,
    /// When that version was approved, where it was kept.
    #[ts(type = "string | null")]
    pub approved_on: Option<Timestamp>,
    /// Who approved that version, where it was kept.
    pub approver: Option<String>,
}
