//! The words of Canteen: digests, ids, sizes, times, entries, states and the error shape that every other crate speaks.
//!
//! This crate opens nothing: no files, sockets or clocks. Domain types here are not serializable; only newtypes with one
//! canonical text form are, and the frames between runner and engine, which are a wire format by nature.
//!
//! ```
//! use canteen_types::{Digest, EntryId};
//!
//! let digest: Digest = "sha256:f43640100b22a09bcf89e860a9e5850e40e71d8a3873d4692424844d46be4a91".parse()?;
//! assert_eq!(digest.short(), "f4364010");
//! let id: EntryId = "smollm2-135m-instruct".parse()?;
//! assert!("SmolLM2 135M".parse::<EntryId>().is_err());
//! # Ok::<(), canteen_types::WordError>(())
//! ```

mod digest;
mod entry;
mod fault;
pub mod frames;
mod ids;
mod nudge;
mod secret;
mod size;
mod states;
mod talk;
mod text;
mod time;

pub use digest::Digest;
pub use entry::{
    AcceptedHazards, Approval, Artifact, BaseModel, DataClass, EngineSettings, Entry, EntryId, EntryKey, FingerprintText, Group,
    Licence, LicenceText, Quantisation, Source, Task, Use, WeightFormat,
};
pub use fault::{Coded, Remedy};
pub use ids::{ConversationId, IncidentId, MessageId, NudgeId, RequestId, RunId, SightingId, WordError};
pub use nudge::{AfterDeadline, Deadline, Dispute, HeldBy, NudgeReason};
pub use secret::{Prompt, Secret};
pub use size::ByteSize;
pub use states::{
    CatalogueState, EndReason, Enforcement, EvidenceSource, FoundStore, Grade, NudgeAnswer, NudgeState, PauseReason,
    RequestState, RunState, SandboxReport, Signal, Verdict,
};
pub use talk::{Attachment, ChatSettings};
pub use text::overrides_direction;
pub use time::{Clock, TestClock, Timestamp};
