use std::io;
use std::time::Duration;

use canteen_types::{ByteSize, Coded, Digest, Remedy};

use crate::platform;

/// Why the library could not do what was asked. Sources are named by host or folder, never by a whole path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// The disk has no room for the model and a reserve, or it filled up in the middle. What was fetched is kept.
    #[error(
        "There is not enough room for this model: {needs} more are needed and {free} are free. Make room, then try again; what was fetched is kept."
    )]
    DiskFull {
        /// Bytes still to be written, with the reserve.
        needs: ByteSize,
        /// Bytes that are free.
        free: ByteSize,
    },
    /// The bytes are not the approved ones. Nothing of them is left.
    #[error(
        "The bytes from {from} are not the approved ones, so they were deleted. Try again; if it happens again, tell IT: the copy there was altered or damaged."
    )]
    WrongDigest {
        /// Where they came from.
        from: String,
        /// From signed metadata.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// The source gives more bytes than were approved.
    #[error("{from} offers more than the approved {expected} bytes, so this copy was refused. Tell IT: the file there was replaced.", expected = expected.bytes())]
    TooLarge {
        /// Which source.
        from: String,
        /// From signed metadata.
        expected: ByteSize,
    },
    /// The source's file ends too early.
    #[error("The copy at {from} ends after {found} of {expected} bytes. Tell IT: it is not complete.", found = found.bytes(), expected = expected.bytes())]
    Truncated {
        /// Which source.
        from: String,
        /// From signed metadata.
        expected: ByteSize,
        /// Where it ended.
        found: ByteSize,
    },
    /// The source cannot be reached, or went away in the middle. What was fetched is kept.
    #[error("{from} could not be reached ({why}). Check the connection, then try again; what was fetched is kept.")]
    SourceGone {
        /// Which source.
        from: String,
        /// What the system or the server said.
        why: String,
    },
    /// The source answered, but not with the file; or its address is not allowed.
    #[error("{from} did not give the model ({why}). Try again later; if it stays so, tell IT.")]
    SourceRefused {
        /// Which source.
        from: String,
        /// What it said, or which rule the address breaks.
        why: String,
    },
    /// The source was slower than the floor for a whole window. What was fetched is kept.
    #[error("{from} was too slow: less than {floor} per second for {} seconds. Try again later; what was fetched is kept.", window.as_secs())]
    TooSlow {
        /// Which source.
        from: String,
        /// Bytes per second that are expected at least.
        floor: ByteSize,
        /// For how long it was below.
        window: Duration,
    },
    /// The folder of the models is not there.
    #[error("The folder of the models is not there. Connect its disk, or choose another folder in the settings.")]
    Away,
    /// A disk that has no room for all models. Nothing was changed.
    #[error(
        "There is not enough room there for all models: {needs} are needed and {free} are free. Choose another disk, or make room."
    )]
    FolderTooSmall {
        /// Bytes that all models take, with the reserve.
        needs: ByteSize,
        /// Bytes that are free.
        free: ByteSize,
    },
    /// A folder that cannot take the models.
    #[error("{0}")]
    Folder(FolderFault),
    /// The model is not in the library.
    #[error("This model is not on this computer. Install it first.")]
    Missing {
        /// Which bytes.
        digest: Digest,
    },
    /// The bytes in the library, or in the other store they were to be taken from, are not what they were.
    #[error("The file of this model was changed after it was approved, so it was not used. Install it again.")]
    Altered {
        /// What they should be.
        digest: Digest,
    },
    /// The caller stopped it. A fetch keeps what it has.
    #[error("Stopped.")]
    Cancelled,
    /// The same bytes are being fetched or imported already.
    #[error("This model is being installed already.")]
    Busy {
        /// Which bytes.
        digest: Digest,
    },
    /// The system refused something on this computer's own disk.
    #[error("The model library could not {what} ({}). Check the disk and the rights on Canteen's folder, then try again.", cause.kind())]
    Io {
        /// What was tried, as a verb with an object.
        what: &'static str,
        /// What the system said; names the path, for the log.
        #[source]
        cause: io::Error,
    },
}

/// Why a folder cannot take the models. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderFault {
    /// It does not begin at the root.
    #[error("This is not a whole path. Write it from the beginning, for example /media/disk/models.")]
    Relative,
    /// Something of somebody else lies there.
    #[error("This folder is not empty, and what lies there is not Canteen's. Choose an empty folder, or a new one.")]
    NotEmpty,
    /// It lies on a server.
    #[error("This folder lies on a network. A model is read whole at every start; choose a folder on a disk of this computer.")]
    Network,
    /// It is the present one, lies in it or around it.
    #[error("The models lie in this folder, or around it, already. Choose another one.")]
    Nested,
    /// A file or a link stands there.
    #[error("This is not a folder. Choose a folder, or a name that is still free.")]
    NoFolder,
    /// The system refuses.
    #[error("Canteen may not write there. Choose a folder of your own.")]
    Denied,
}

impl FolderFault {
    const fn code(self) -> &'static str {
        match self {
            Self::Relative => "library.folder_relative",
            Self::NotEmpty => "library.folder_not_empty",
            Self::Network => "library.folder_network",
            Self::Nested => "library.folder_nested",
            Self::NoFolder => "library.folder_no_folder",
            Self::Denied => "library.folder_denied",
        }
    }
}

impl LibraryError {
    /// A closure for `map_err` that says what was tried.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { what, cause }
    }

    /// As [`LibraryError::io`], for writes of bulk: a full disk has its own code.
    pub(crate) fn write(what: &'static str, needs: u64, folder: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| {
            if matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                let free = ByteSize::new(platform::free_space(folder).unwrap_or(0));
                Self::DiskFull { needs: ByteSize::new(needs), free }
            } else {
                Self::Io { what, cause }
            }
        }
    }
}

impl Coded for LibraryError {
    fn code(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "library.disk_full",
            Self::WrongDigest { .. } => "library.wrong_digest",
            Self::TooLarge { .. } => "library.too_large",
            Self::Truncated { .. } => "library.truncated",
            Self::SourceGone { .. } => "library.source_gone",
            Self::SourceRefused { .. } => "library.source_refused",
            Self::TooSlow { .. } => "library.too_slow",
            Self::Away => "library.away",
            Self::FolderTooSmall { .. } => "library.folder_too_small",
            Self::Folder(fault) => fault.code(),
            Self::Missing { .. } => "library.missing",
            Self::Altered { .. } => "library.altered",
            Self::Cancelled => "library.cancelled",
            Self::Busy { .. } => "library.busy",
            Self::Io { .. } => "library.io",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::DiskFull { .. } | Self::FolderTooSmall { .. } => Remedy::FreeSpace,
            Self::TooLarge { .. } | Self::Truncated { .. } => Remedy::AskIt,
            Self::Missing { .. } | Self::Altered { .. } => Remedy::Install,
            Self::Cancelled | Self::Busy { .. } | Self::Folder(_) => Remedy::None,
            Self::WrongDigest { .. }
            | Self::SourceGone { .. }
            | Self::SourceRefused { .. }
            | Self::TooSlow { .. }
            | Self::Away
            | Self::Io { .. } => Remedy::Retry,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::DiskFull { needs, free } | Self::FolderTooSmall { needs, free } => {
                vec![("needs_bytes", needs.bytes().to_string()), ("free_bytes", free.bytes().to_string())]
            }
            Self::WrongDigest { from, expected, found } => {
                vec![("source", from.clone()), ("expected", expected.to_string()), ("found", found.to_string())]
            }
            Self::TooLarge { from, expected } => vec![("source", from.clone()), ("expected_bytes", expected.bytes().to_string())],
            Self::Truncated { from, expected, found } => vec![
                ("source", from.clone()),
                ("expected_bytes", expected.bytes().to_string()),
                ("found_bytes", found.bytes().to_string()),
            ],
            Self::SourceGone { from, why } | Self::SourceRefused { from, why } => {
                vec![("source", from.clone()), ("why", why.clone())]
            }
            Self::TooSlow { from, floor, window } => vec![
                ("source", from.clone()),
                ("floor_bytes_per_second", floor.bytes().to_string()),
                ("window_ms", window.as_millis().to_string()),
            ],
            Self::Missing { digest } | Self::Altered { digest } | Self::Busy { digest } => vec![("digest", digest.to_string())],
            Self::Away | Self::Folder(_) | Self::Cancelled | Self::Io { .. } => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_both_figures() {
        let error = LibraryError::DiskFull { needs: ByteSize::new(4_920_000_000), free: ByteSize::new(1_200_000_000) };
        assert!(error.to_string().contains("4.9 GB more are needed and 1.2 GB are free"), "{error}");
        assert_eq!((error.code(), error.remedy()), ("library.disk_full", Remedy::FreeSpace));
    }

    #[test]
    fn an_io_message_names_no_path_but_its_cause_does() {
        let folder = tempfile::tempdir().unwrap();
        let cause = fs_err::File::open(folder.path().join("nothing-here")).unwrap_err();
        let error = LibraryError::io("open a model")(cause);
        assert!(!error.to_string().contains("nothing-here"), "{error}");
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("nothing-here"));
    }
}
