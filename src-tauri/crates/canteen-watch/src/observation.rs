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
    /// Something that cannot be seen, as a sentence for the person.
    Blind {
        /// e.g. `programs of other users`.
        what: String,
    },
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
