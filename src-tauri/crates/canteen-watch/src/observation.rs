use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

use canteen_types::{Coded, Digest, Remedy, Timestamp};

use crate::{FileIdentity, SeenFile};

/// A program that holds weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Process id; with `started` it names one process for ever.
    pub pid: u32,
    /// Start, as the system counts: Linux in ticks since boot, macOS in microseconds, Windows in steps of 100 ns.
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
    /// By its arguments, which name the digest, and memory to match. For programs of other users.
    Arguments,
    /// The file stands open, nobody of this user has it, and this program of another user has memory to match.
    Residency,
}

/// How a holder works with what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// It computes.
    Computes {
        /// Share of one processor.
        percent: u32,
    },
    /// It computes on a graphics card, with memory there to match.
    OnCard {
        /// Share of the card.
        percent: u32,
    },
    /// Somebody on this computer is connected to its port, and it computes a little at least.
    Serves {
        /// Where it waits.
        port: u16,
        /// Share of one processor.
        percent: u32,
    },
}

/// A server that waits on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// Where: a loopback address, or every address.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
    /// The user that it runs as; 0 on Windows, where users have no number.
    pub uid: u32,
}

/// Weights that a program of another user names by their digest. They are no file that this account may look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedWeights {
    /// Stands for the file. Its size is that of the file where it may be seen, else what is in memory at least.
    pub identity: FileIdentity,
    /// As the program's arguments name it: a claim.
    pub digest: Digest,
    /// As that program calls it.
    pub path: PathBuf,
    /// When.
    pub at: Timestamp,
}

/// How far the slow look through the home folder has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeStep {
    /// What it does.
    pub state: HomeState,
    /// How much of the way is behind, in percent: an estimate.
    pub percent: u32,
    /// Files that were considered.
    pub files: u64,
    /// The last folder whose files are through and told of, where there is a new one: a later look can go on there.
    pub position: Option<PathBuf>,
}

/// What the slow look through the home folder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomeState {
    /// It goes on.
    Underway,
    /// It may not go on now.
    Resting,
    /// There is none, or it lies on another computer.
    Impossible,
    /// It is through.
    Through {
        /// The file system that it stayed on.
        device: u64,
    },
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
    /// The system does not list programs: no holders.
    NoHolders,
    /// The kernel does not tell when a program starts: lists are compared, and who lives shorter is missed.
    StartsCompared,
    /// The system does not tell when a file is opened: programs are looked at in turn, and a use in between is missed.
    OpensCompared,
    /// A program holds a large file in a folder that the system would ask the person about: it is not looked into.
    PrivateFolders,
    /// A large program of this user forbids a closer look.
    Protected,
    /// The kernel does not list servers.
    NoServers,
    /// The kernel does not tell what is mounted.
    NoMounts,
    /// The home folder lies on another computer or behind a program.
    HomeFarAway,
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
            Self::StartsCompared => "starts_compared",
            Self::OpensCompared => "opens_compared",
            Self::PrivateFolders => "private_folders",
            Self::Protected => "protected",
            Self::NoServers => "no_servers",
            Self::NoMounts => "no_mounts",
            Self::HomeFarAway => "home_far_away",
        }
    }

    /// What it is, in English, to go on after “Cannot see”.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OtherUsers => {
                "what programs of other users and system services have open, beyond their arguments, memory and time"
            }
            Self::Elsewhere => "models inside a web page, a virtual machine or on another computer",
            Self::UsersHidden => "programs of other users at all (this computer hides them)",
            Self::TooManyFiles => "a part of the model folders (they hold more than Canteen looks through)",
            Self::TooFewWatches => {
                "some model files at once (this computer allows no more watches; they are looked at when Canteen scans)"
            }
            Self::FolderRefused => "some model folders (they may not be read by this account)",
            Self::NoHolders => "which program uses a model: on this system Canteen sees model files, not who opens them",
            Self::StartsCompared => "programs that run for less than some seconds (this computer does not tell when one starts)",
            Self::OpensCompared => {
                "a use that is over within two minutes (this system does not tell when a file is opened; programs are looked at in turn)"
            }
            Self::PrivateFolders => {
                "whether a large file that a program has open in your documents, on your desktop, in the cloud or on another disk is a model (this system would ask you first)"
            }
            Self::Protected => "what a large program of yours has open (it forbids a closer look)",
            Self::NoServers => "which programs wait for others on this computer (it does not list them)",
            Self::HomeFarAway => {
                "models in your home folder before they are used (it does not lie on this computer, so it is not looked through)"
            }
            Self::NoMounts => {
                "at once what is plugged in or mounted (this computer does not tell; it is seen when Canteen scans)"
            }
        }
    }
}

/// One thing that was noticed.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// Weights, recognised by content, whole or on their way. A file that is known already comes again when only its entry changed (a name, rights): its
    /// identity is another one from then on, who holds it still does, and its digest is taken again.
    Seen(Box<SeenFile>),
    /// Weights that [`crate::WatchConfig::known`] knows: they lie there as before, and not a byte of them was read.
    Again {
        /// Which file.
        identity: FileIdentity,
        /// Where it lies.
        path: PathBuf,
        /// When.
        at: Timestamp,
    },
    /// Large files that are no weights, looked into now or known and as they were.
    NoWeights {
        /// Which.
        files: Vec<FileIdentity>,
    },
    /// The slow look through the home folder has got on.
    Home(HomeStep),
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
    /// A program of another user names weights, and has memory to match. Comes before its hold.
    Named(Box<NamedWeights>),
    /// A program that holds weights works with them.
    Works {
        /// Which file.
        identity: FileIdentity,
        /// Who.
        pid: u32,
        /// How that shows.
        busy: Busy,
        /// When.
        at: Timestamp,
    },
    /// It holds them still, and has stopped working.
    Rests {
        /// Which file.
        identity: FileIdentity,
        /// Who.
        pid: u32,
    },
    /// A server that was not there before. One sign among others; the watch asks it nothing by itself.
    Waits {
        /// Where.
        server: Server,
        /// By which program, where it is of this user.
        holder: Option<Holder>,
        /// When.
        at: Timestamp,
    },
    /// Something that cannot be seen.
    Blind(BlindSpot),
}

impl Observation {
    /// A file that whoever listens has heard of from now on.
    pub(crate) const fn tells_of(&self) -> Option<FileIdentity> {
        if let Self::Seen(file) = self {
            Some(file.identity)
        } else if let Self::Again { identity, .. } = self {
            Some(*identity)
        } else {
            None
        }
    }
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
