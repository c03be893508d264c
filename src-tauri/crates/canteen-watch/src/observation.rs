use std::io;

use canteen_types::{Coded, Digest, Remedy, Timestamp};

use crate::{FileIdentity, SeenFile};

/// A program that holds weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Process id; with `started` it names one process for ever.
    pub pid: u32,
    /// Start, in the kernel's ticks since boot.
    pub started: u64,
    /// File name of the program, or what the process calls itself.
    pub name: String,
}

/// How it holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// Mapped into its memory.
    Maps,
    /// Open, or read into its own memory.
    Descriptor,
}

/// Something that the watch cannot see on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlindSpot {
    /// What others have open: users, services, programs that forbid a closer look.
    OtherUsers,
    /// Models that are no file of this computer.
    Elsewhere,
    /// The kernel hides other users' processes.
    UsersHidden,
    /// The bounds of a look were reached.
    TooManyFiles,
    /// The kernel allows no more watches.
    TooFewWatches,
    /// Folders that this account may not read.
    FolderRefused,
    /// No holders on this system.
    NoHolders,
}

impl BlindSpot {
    /// For faces with texts of their own; never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherUsers => "other_users",
            Self::Elsewhere => "elsewhere",
            Self::UsersHidden => "users_hidden",
            Self::TooManyFiles => "too_many_files",
            Self::TooFewWatches => "too_few_watches",
            Self::FolderRefused => "folder_refused",
            Self::NoHolders => "no_holders",
        }
    }

    /// What it is, in English, to go on after “Cannot see”.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OtherUsers => "what programs of other users, system services and programs that forbid a closer look have open",
            Self::Elsewhere => "models inside a web page, a virtual machine or on another computer",
            Self::UsersHidden => "programs of other users at all (this computer hides them)",
            Self::TooManyFiles => "a part of the model folders (they hold more than Canteen looks through)",
            Self::TooFewWatches => {
                "some model files at once (this computer allows no more watches; they are looked at when Canteen scans)"
            }
            Self::FolderRefused => "some model folders (they may not be read by this account)",
            Self::NoHolders => "which program uses a model: on this system Canteen sees model files, not who opens them",
        }
    }
}

/// One thing that was noticed.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// Weights, recognised by content. A file that is known already comes again when only its entry changed (a name, rights): its
    /// identity is another one from then on, who holds it still does, and its digest is taken again.
    Seen(Box<SeenFile>),
    /// Their digest was taken.
    Digest {
        /// Of which file.
        identity: FileIdentity,
        /// SHA-256 of the whole file.
        digest: Digest,
    },
    /// A program uses them.
    Held {
        /// Which file.
        identity: FileIdentity,
        /// Who.
        holder: Holder,
        /// How.
        by: HeldBy,
        /// When.
        at: Timestamp,
    },
    /// It no longer does.
    Released {
        /// Which file.
        identity: FileIdentity,
        /// Who.
        pid: u32,
    },
    /// The file is gone, or has other bytes. Nobody holds it any more.
    Gone {
        /// Which file.
        identity: FileIdentity,
    },
    /// Every place was looked through.
    SweepDone {
        /// Files that were considered.
        files: u64,
        /// When.
        at: Timestamp,
    },
    /// A look through the places is under way.
    Looking {
        /// The place that is looked through now; empty for the last step, the headers of what was found.
        place: String,
        /// Steps that are through.
        done: u32,
        /// Steps in all.
        of: u32,
    },
    /// Something that cannot be seen.
    Blind(BlindSpot),
}

/// What a system's watch can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Opening a known file is noticed at once; else files are looked at on an interval.
    pub opens_are_events: bool,
    /// The program that holds a file can be named.
    pub holders: bool,
    /// Longest time until a new file is noticed, in seconds.
    pub latency_seconds: u32,
}

/// Why the watch could not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The system refused a thread or an event queue.
    #[error("The watch could not start: {0}. Restart Canteen; models of other programs are not noticed until then.")]
    System(#[from] io::Error),
}

impl Coded for WatchError {
    fn code(&self) -> &'static str {
        "watch.not_started"
    }

    fn remedy(&self) -> Remedy {
        Remedy::Restart
    }
}
