//! What is known about a process at one moment, on every system.

use std::time::Duration;

/// Device and inode (Windows: volume and file index): one file, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileKey {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl FileKey {
    #[cfg(target_os = "linux")]
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Address space.
    pub(crate) space: u64,
    /// Resident.
    pub(crate) resident: u64,
    /// Of that, what others may have, too: mapped files.
    pub(crate) shared: u64,
}

impl Memory {
    /// What is in no file.
    #[cfg(target_os = "linux")]
    pub(crate) const fn anonymous(self) -> u64 {
        self.resident.saturating_sub(self.shared)
    }

    /// The lower of both: growth counts from there.
    pub(crate) fn lower(self, other: Self) -> Self {
        let Self { space, resident, shared } = self;
        Self { space, resident: resident.min(other.resident), shared: shared.min(other.shared) }
    }
}

/// What a process has used by one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Resident memory in bytes.
    pub(crate) resident: u64,
    /// Computing time of all its threads.
    pub(crate) computed: Duration,
    /// Bytes that it has read and written, as far as the system counts them; 0 where that may not be seen.
    pub(crate) moved: u64,
    /// Of that, what it has written; 0 where that may not be seen.
    pub(crate) written: u64,
    /// It can compute on a graphics card.
    pub(crate) accelerator: bool,
}

/// What a process does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Mapped into its memory.
    Mapped,
    /// Open, and where its reading stands.
    Open {
        /// `None` where that may not be seen.
        position: Option<u64>,
    },
    /// Closed again, and what was read is still in its memory.
    Kept,
}

/// How a process holds a file at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) how: How,
    pub(crate) sample: Sample,
}
