use std::error::Error as StdError;

use canteen_types::{Coded, Remedy, Timestamp};

/// What a [`crate::MetadataStore`] could not do. The cause is kept for the log.
#[derive(Debug, thiserror::Error)]
#[error("“{name}” could not be {action}")]
pub struct StoreFault {
    name: String,
    action: &'static str,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl StoreFault {
    /// Reading `name` failed.
    pub fn reading(name: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { name: name.to_owned(), action: "read", source: source.into() }
    }

    /// Writing `name` failed.
    pub fn writing(name: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { name: name.to_owned(), action: "written", source: source.into() }
    }

    /// Removing `name` failed.
    pub fn removing(name: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { name: name.to_owned(), action: "removed", source: source.into() }
    }
}

/// Why there is no catalogue, or no newer one. The last good one stays in use whatever this says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// No root file was given, so nothing can be verified.
    #[error("This computer has not joined a catalogue yet, so nothing can be verified. Ask IT for the link and the root file.")]
    NotJoined,
    /// The pinned root is not a root, or not signed by enough of its own keys.
    #[error("The root file that this computer was given cannot be trusted: {because}. Ask IT for the right root file.")]
    BadRoot {
        /// What is wrong with it.
        because: String,
    },
    /// The location is neither a folder nor an `https` address.
    #[error("“{given}” is not a place for a catalogue: {because}. Use `https://…`, `file:///…` or the path of a folder.")]
    BadLocation {
        /// What was given, cut short.
        given: String,
        /// Why not.
        because: &'static str,
    },
    /// Fewer valid signatures than the root asks for.
    #[error(
        "The catalogue was refused: its {role} file carries {found} of {threshold} valid signatures. Canteen keeps the last good catalogue; tell IT."
    )]
    SignatureWrong {
        /// The role, e.g. `timestamp`.
        role: String,
        /// Valid signatures by different authorised keys.
        found: usize,
        /// Signatures that are needed.
        threshold: usize,
    },
    /// One key signed the same file twice.
    #[error("The catalogue was refused: one key signed its {role} file twice. Canteen keeps the last good catalogue; tell IT.")]
    SignatureTwice {
        /// The role.
        role: String,
    },
    /// An older file than one that was seen before.
    #[error(
        "The catalogue was refused: its {role} file is version {offered}, but version {trusted} was seen before. Canteen keeps the last good catalogue; tell IT."
    )]
    RolledBack {
        /// The role.
        role: String,
        /// Version that was seen before.
        trusted: u64,
        /// Version that was offered.
        offered: u64,
    },
    /// Version 0, or so far ahead that later updates would be locked out.
    #[error(
        "The catalogue was refused: its {role} file claims version {offered} after {trusted}, which cannot be right. Canteen keeps the last good catalogue; tell IT."
    )]
    VersionRefused {
        /// The role.
        role: String,
        /// Version that was seen before; 0 for none.
        trusted: u64,
        /// Version that was offered.
        offered: u64,
    },
    /// Signed correctly, but no longer valid.
    #[error(
        "The catalogue could not be updated: the signature of its {role} file ran out on {expires}. Canteen keeps the last good catalogue; check again later or tell IT."
    )]
    Expired {
        /// The role.
        role: String,
        /// When it ran out.
        expires: Timestamp,
    },
    /// Files that do not belong together, or a target whose bytes are others than the signed ones.
    #[error(
        "The catalogue was refused: {what} does not match what was signed. Canteen keeps the last good catalogue; check again, then tell IT."
    )]
    Mixed {
        /// What does not match.
        what: String,
    },
    /// A file that the signed list names is not there.
    #[error(
        "The catalogue could not be updated: “{name}” is not at its place. Canteen keeps the last good catalogue; check again later or tell IT."
    )]
    Missing {
        /// Name of the file.
        name: String,
    },
    /// The share or server gave no answer, or not the right kind.
    #[error(
        "The catalogue could not be reached: {because}. Canteen keeps the last good catalogue; check the network, then try again."
    )]
    Unreachable {
        /// What happened, without the address.
        because: String,
        /// The cause.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// Not the format that this version of Canteen reads.
    #[error("The catalogue was refused: {what} cannot be read ({because}). Canteen keeps the last good catalogue; tell IT.")]
    Malformed {
        /// Which file.
        what: String,
        /// What is wrong with it.
        because: String,
    },
    /// Longer than allowed.
    #[error("The catalogue was refused: {what} is longer than {limit} bytes. Canteen keeps the last good catalogue; tell IT.")]
    TooLarge {
        /// Which file.
        what: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// More root changes in one go than are followed.
    #[error("The catalogue's keys changed more than {followed} times since the last check. Check again to go on from there.")]
    ManyRoots {
        /// Changes that were followed this time.
        followed: u32,
    },
    /// What was seen could not be kept, so a later rollback would not be noticed.
    #[error(
        "The catalogue could not be updated: Canteen could not remember what it saw ({source}). Check the free space, then try again."
    )]
    StoreFailed {
        /// The cause.
        #[from]
        source: StoreFault,
    },
    /// The kept copy does not verify any more.
    #[error("The kept copy of the catalogue is damaged ({because}) and was not used. Check for updates to fetch it again.")]
    KeptDamaged {
        /// What is wrong with it.
        because: String,
    },
}

impl Coded for CatalogueError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotJoined => "catalogue.not_joined",
            Self::BadRoot { .. } => "catalogue.bad_root",
            Self::BadLocation { .. } => "catalogue.bad_location",
            Self::SignatureWrong { .. } => "catalogue.signature_wrong",
            Self::SignatureTwice { .. } => "catalogue.signature_twice",
            Self::RolledBack { .. } => "catalogue.rolled_back",
            Self::VersionRefused { .. } => "catalogue.version_refused",
            Self::Expired { .. } => "catalogue.expired",
            Self::Mixed { .. } => "catalogue.mixed",
            Self::Missing { .. } => "catalogue.missing",
            Self::Unreachable { .. } => "catalogue.unreachable",
            Self::Malformed { .. } => "catalogue.malformed",
            Self::TooLarge { .. } => "catalogue.too_large",
            Self::ManyRoots { .. } => "catalogue.many_roots",
            Self::StoreFailed { .. } => "catalogue.store_failed",
            Self::KeptDamaged { .. } => "catalogue.kept_damaged",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::NotJoined
            | Self::BadRoot { .. }
            | Self::BadLocation { .. }
            | Self::SignatureWrong { .. }
            | Self::SignatureTwice { .. }
            | Self::RolledBack { .. }
            | Self::VersionRefused { .. }
            | Self::Malformed { .. }
            | Self::TooLarge { .. } => Remedy::AskIt,
            Self::Expired { .. } | Self::Mixed { .. } | Self::Missing { .. } => Remedy::SyncNow,
            Self::ManyRoots { .. } | Self::KeptDamaged { .. } => Remedy::SyncNow,
            Self::Unreachable { .. } => Remedy::Retry,
            Self::StoreFailed { .. } => Remedy::FreeSpace,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::SignatureWrong { role, found, threshold } => {
                vec![("role", role.clone()), ("found", found.to_string()), ("threshold", threshold.to_string())]
            }
            Self::SignatureTwice { role } => vec![("role", role.clone())],
            Self::RolledBack { role, trusted, offered } | Self::VersionRefused { role, trusted, offered } => {
                vec![("role", role.clone()), ("trusted", trusted.to_string()), ("offered", offered.to_string())]
            }
            Self::Expired { role, expires } => vec![("role", role.clone()), ("expires", expires.to_string())],
            Self::TooLarge { limit, .. } => vec![("limit_bytes", limit.to_string())],
            Self::ManyRoots { followed } => vec![("followed", followed.to_string())],
            Self::NotJoined
            | Self::BadRoot { .. }
            | Self::BadLocation { .. }
            | Self::Mixed { .. }
            | Self::Missing { .. }
            | Self::Unreachable { .. }
            | Self::Malformed { .. }
            | Self::StoreFailed { .. }
            | Self::KeptDamaged { .. } => Vec::new(),
        }
    }
}

impl CatalogueError {
    /// From the verifying library. `what` is the file that was being checked.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a new cause in the library is still a file that cannot be used")]
    pub(crate) fn from_tuf(what: &str, error: sigstore_tuf::Error) -> Self {
        use sigstore_tuf::Error as Tuf;
        let malformed = |because: String| Self::Malformed { what: what.to_owned(), because: printable(&because) };
        match error {
            Tuf::ThresholdNotMet { role, found, threshold } => Self::SignatureWrong { role: printable(&role), found, threshold },
            Tuf::DuplicateSignature { role, .. } => Self::SignatureTwice { role: printable(&role) },
            Tuf::Rollback { role, trusted, new } => Self::RolledBack { role: printable(&role), trusted, offered: new },
            Tuf::EqualVersion { role, version } => {
                Self::RolledBack { role: printable(&role), trusted: version, offered: version }
            }
            Tuf::BadRootVersion { trusted, new } => Self::VersionRefused { role: "root".to_owned(), trusted, offered: new },
            Tuf::Expired { role, expires } => {
                Self::Expired { role: printable(&role), expires: Timestamp::from_millis(expires.as_millisecond()) }
            }
            Tuf::IntegrityMismatch(because) => Self::Mixed { what: printable(&because) },
            Tuf::Json(source) => malformed(source.to_string()),
            Tuf::Malformed(because) => malformed(because),
            Tuf::NonIntegerNumber => malformed("it holds a number with a fraction".to_owned()),
            other => malformed(other.to_string()),
        }
    }
}

/// Text from a foreign file, fit for one line of a message: no control characters, at most 200 characters.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
