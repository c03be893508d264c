use canteen_types::{Coded, Remedy};
use rusqlite::ErrorCode;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The key is another store's.
    #[error(
        "The key is not that of Canteen's store on this computer: it belongs to another one, or a backup was put back. Nothing was changed; ask IT."
    )]
    WrongKey,
    /// The key is right and the file is not readable.
    #[error(
        "Canteen's store on this computer is damaged, so it is not opened. Nothing was changed; put back a backup, or ask IT."
    )]
    Damaged(#[source] Option<rusqlite::Error>),
    /// Written by a newer program.
    #[error(
        "Canteen's store was written by a newer version ({found}; this one knows up to {known}). Update Canteen; nothing was changed."
    )]
    NewerVersion {
        /// Version of the file.
        found: u32,
        /// Newest version that this program knows.
        known: u32,
    },
    /// A migration that was applied is not the one in this program.
    #[error(
        "Canteen's store was set up by a different build (step {version} differs). It is not opened; install the released version."
    )]
    MigrationChanged {
        /// Which step.
        version: u32,
    },
    /// The note beside the store is there, the store is not.
    #[error("Canteen's store is missing: {name} was moved or deleted. Put it back, or ask IT; no new one is made in silence.")]
    Missing {
        /// File name.
        name: &'static str,
    },
    /// The note beside the store is not readable.
    #[error("The file {name} beside Canteen's store is damaged. Put back a backup, or ask IT; nothing was changed.")]
    BadMeta {
        /// File name.
        name: &'static str,
    },
    /// There is one already.
    #[error("There is a store on this computer already; it is never replaced.")]
    Exists,
    /// No room.
    #[error("The disk is full, so this was not saved. What was saved before is safe; make room and try again.")]
    DiskFull,
    /// Somebody else writes.
    #[error("Another program is using Canteen's store. Close it, then try again.")]
    Busy(#[source] rusqlite::Error),
    /// A row that this version did not write.
    #[error("A row in the store's table “{table}” cannot be read. The rest is fine; ask IT.")]
    BadRow {
        /// Which table.
        table: &'static str,
    },
    /// A text that no face lets through.
    #[error("This is too long to be saved ({bytes} bytes; at most {most}). Shorten it, then try again.")]
    TooLong {
        /// Its length.
        bytes: u64,
        /// The longest that is kept.
        most: u64,
    },
    /// An event has no stored form.
    #[error(transparent)]
    Audit(#[from] canteen_audit::AuditError),
    /// The writer is gone: the store was closed.
    #[error("The store is closed because Canteen is ending. Start it again.")]
    Closed,
    /// The disk or the system.
    #[error("The store could not be read or written: {0}. Try again; if it stays so, ask IT.")]
    Io(#[source] std::io::Error),
    /// Anything else that SQLite said.
    #[error("The store refused: {0}. Try again; if it stays so, ask IT.")]
    Refused(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite's file of shared memory could not grow: its documentation names a full disk as the cause.
        if error.sqlite_error().is_some_and(|cause| cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(error),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(Some(error)),
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Io(std::io::Error::other(error))
            }
            _ => Self::Refused(error),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::DiskFull } else { Self::Io(error) }
    }
}

impl Coded for StoreError {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongKey => "store.wrong_key",
            Self::Damaged(_) => "store.damaged",
            Self::NewerVersion { .. } => "store.newer_version",
            Self::MigrationChanged { .. } => "store.migration_changed",
            Self::Missing { .. } => "store.missing",
            Self::BadMeta { .. } => "store.bad_meta",
            Self::Exists => "store.exists",
            Self::DiskFull => "store.disk_full",
            Self::Busy(_) => "store.busy",
            Self::BadRow { .. } => "store.bad_row",
            Self::TooLong { .. } => "store.too_long",
            Self::Audit(_) => "store.audit",
            Self::Closed => "store.closed",
            Self::Io(_) => "store.io",
            Self::Refused(_) => "store.refused",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::DiskFull => Remedy::FreeSpace,
            Self::Busy(_) | Self::Io(_) | Self::Refused(_) => Remedy::Retry,
            Self::Closed => Remedy::Restart,
            Self::TooLong { .. } => Remedy::None,
            Self::WrongKey
            | Self::Damaged(_)
            | Self::NewerVersion { .. }
            | Self::MigrationChanged { .. }
            | Self::Missing { .. }
            | Self::BadMeta { .. }
            | Self::Exists
            | Self::BadRow { .. }
            | Self::Audit(_) => Remedy::AskIt,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NewerVersion { found, known } => vec![("found", found.to_string()), ("known", known.to_string())],
            Self::MigrationChanged { version } => vec![("version", version.to_string())],
            Self::TooLong { bytes, most } => vec![("bytes", bytes.to_string()), ("most", most.to_string())],
            Self::BadRow { table } => vec![("table", (*table).to_owned())],
            Self::Missing { name } | Self::BadMeta { name } => vec![("name", (*name).to_owned())],
            Self::WrongKey
            | Self::Damaged(_)
            | Self::Exists
            | Self::DiskFull
            | Self::Busy(_)
            | Self::Audit(_)
            | Self::Closed
            | Self::Io(_)
            | Self::Refused(_) => Vec::new(),
        }
    }
}
