use std::fs::File;

use canteen_catalogue::Verified;
use canteen_library::VerifiedFile;
use canteen_policy::Permit;
use canteen_types::{ByteSize, Digest, EngineSettings, Entry, EntryKey};

use crate::{RunnerError, memory};

/// Proof that policy and digest were checked for one start. [`start`](crate::start) takes it by value: one start per check.
///
/// ```compile_fail,E0451
/// let forged = canteen_runner::RunTicket { key: todo!() };
/// ```
#[derive(Debug)]
pub struct RunTicket {
    pub(crate) key: EntryKey,
    pub(crate) digest: Digest,
    pub(crate) settings: EngineSettings,
    pub(crate) file: File,
    pub(crate) size: ByteSize,
    pub(crate) memory_limit: ByteSize,
    pub(crate) allow_partial: bool,
}

impl RunTicket {
    /// Joins the three proofs.
    ///
    /// # Errors
    /// [`RunnerError::TicketMismatch`] when they do not name the same entry and the same bytes.
    pub fn new(entry: &Verified<Entry>, file: VerifiedFile, permit: Permit) -> Result<Self, RunnerError> {
        let artifact = &entry.artifact;
        if *permit.key() != entry.key || permit.digest() != artifact.digest {
            return Err(RunnerError::TicketMismatch { what: "permit" });
        }
        if file.digest() != artifact.digest || file.size() != artifact.size {
            return Err(RunnerError::TicketMismatch { what: "file" });
        }
        Ok(Self {
            key: entry.key.clone(),
            digest: artifact.digest,
            settings: entry.engine,
            size: artifact.size,
            memory_limit: memory::limit(artifact.size, entry.parameters, entry.engine.context_tokens),
            allow_partial: permit.allow_partial_sandbox(),
            file: file.into_file(),
        })
    }

    /// The entry and version it is for.
    #[must_use]
    pub const fn key(&self) -> &EntryKey {
        &self.key
    }

    /// The bytes it is for.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Hard limit for the engine's own memory.
    #[must_use]
    pub const fn memory_limit(&self) -> ByteSize {
        self.memory_limit
    }

    /// Lowers the memory limit to `limit`; it never rises.
    #[must_use]
    pub fn with_memory_at_most(mut self, limit: ByteSize) -> Self {
        self.memory_limit = self.memory_limit.min(limit);
        self
    }
}
