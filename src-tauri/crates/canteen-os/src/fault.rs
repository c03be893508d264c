use std::io;
use std::path::PathBuf;

use canteen_types::{Coded, Remedy};

/// What the operating system refused, in words for the person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OsError {
    /// Neither `HOME` (`USERPROFILE`) nor `CANTEEN_HOME` is set to an absolute path.
    #[error(
        "Canteen does not know where to keep its data: {variable} is not set to an absolute path. Set it, or set CANTEEN_HOME, and start Canteen again."
    )]
    NoHome {
        /// The variable that should name it.
        variable: &'static str,
    },
    /// A socket path does not fit the system's limit.
    #[error("The path {} has {length} bytes; a socket may have {limit} on this system. Set CANTEEN_HOME or XDG_RUNTIME_DIR to a shorter path.", path.display())]
    PathTooLong {
        /// The path of the socket.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
        /// What the system allows, in bytes.
        limit: usize,
    },
    /// A folder that must be the user's alone is not.
    #[error("The folder {} must belong to you alone, but {why}. Canteen does not use it; move it away, or correct its owner and mode (0700).", path.display())]
    FolderNotPrivate {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A file that speaks for the organisation could have been written by somebody else.
    #[error("The file {} holds rules of your organisation, but {why}. Canteen does not use it; tell IT.", path.display())]
    ManagedUnsafe {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A file operation failed; `source` names the path.
    #[error("Canteen could not {doing}: {source}")]
    File {
        /// What was tried, as in “could not …”.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The disk is full.
    #[error("Canteen could not {doing}: the disk is full. Make room and try again.")]
    DiskFull {
        /// What was tried, as in “could not …”.
        doing: &'static str,
    },
    /// The system gave no random bytes.
    #[error(
        "This computer gives no random bytes ({because}), so no key can be made. Restart it; if that does not help, tell IT."
    )]
    NoEntropy {
        /// What the system said.
        because: String,
    },
    /// The system does not say what this computer is.
    #[error("Canteen could not find out how much memory this computer has: {because}. Tell IT.")]
    ComputerUnknown {
        /// What the system said.
        because: String,
    },
    /// A process could not be started.
    #[error("Canteen could not start {program}: {source}")]
    NotStarted {
        /// File name of the program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A link that is not opened.
    #[error("This link is not opened: {why}. Only web pages and mail addresses are.")]
    LinkRefused {
        /// What is wrong with it.
        why: &'static str,
    },
    /// This system cannot do it.
    #[error("Canteen cannot {what} on this system: {because}.")]
    Unsupported {
        /// What was wanted.
        what: &'static str,
        /// Why it is not possible.
        because: &'static str,
    },

    /// The keyring is locked.
    #[error(
        "Your keyring is locked, so Canteen cannot read the key of its encrypted store. Unlock the keyring; Canteen goes on by itself."
    )]
    KeyringLocked,
    /// No keyring service runs.
    #[error(
        "No keyring service answers ({because}), so Canteen cannot keep its key there. Start one (GNOME Keyring, KWallet or KeePassXC), or use a passphrase."
    )]
    KeyringNoService {
        /// What the bus said.
        because: String,
    },
    /// The store is there and the key is not.
    #[error(
        "The key of Canteen's store is no longer in your keyring, so the store cannot be read. Restore the keyring, or start anew; the old store is kept aside."
    )]
    KeyLost,
    /// The keyring did not answer in time.
    #[error("The keyring did not answer within {seconds} seconds. It may be waiting for you to unlock it; Canteen tries again.")]
    KeyringTimedOut {
        /// The limit.
        seconds: u64,
    },
    /// The keyring answers, and does not keep what it is given.
    #[error("The keyring does not work: {because}. Canteen does not trust it with its key; tell IT.")]
    KeyringNotWorking {
        /// What went wrong.
        because: String,
    },
    /// The passphrase does not open the file.
    #[error("This passphrase does not open Canteen's key. Check the keyboard layout and try again.")]
    WrongPassphrase,
    /// Too easy to guess.
    #[error("The passphrase is too short: it needs at least {least} characters.")]
    WeakPassphrase {
        /// Fewest characters.
        least: usize,
    },
    /// The passphrase file is not what Canteen wrote.
    #[error("The file with Canteen's key is damaged: {because}. Restore it from a backup; without it the store cannot be read.")]
    KeyDamaged {
        /// What is wrong with it.
        because: String,
    },
    /// The passphrase file is not there.
    #[error("The file with Canteen's key is missing. Restore it from a backup; without it the store cannot be read.")]
    KeyFileMissing,

    /// Nothing shows notifications here.
    #[error("No notification service answers ({because}). Canteen keeps its messages in the window.")]
    NoNotificationDaemon {
        /// What the bus said.
        because: String,
    },
    /// The notification service did not answer in time.
    #[error("The notification service did not answer within {seconds} seconds. Canteen keeps its message in the window.")]
    NotificationTimedOut {
        /// The limit.
        seconds: u64,
    },

    /// No host listens.
    #[error("Canteen is not running for this user.")]
    HostNotRunning,
    /// The other end of the socket belongs to somebody else.
    #[error("The process at the other end of Canteen's socket belongs to another user. Canteen does not talk to it; tell IT.")]
    HostStranger,
    /// A frame over the limit.
    #[error("A message of {bytes} bytes is over the limit of {} bytes.", crate::MAX_FRAME)]
    FrameTooLarge {
        /// Its length; 0 when the other side announced it.
        bytes: usize,
    },
    /// The connection broke.
    #[error("The connection to Canteen broke: {source}")]
    ConnectionLost {
        /// What the system said.
        source: io::Error,
    },
}

impl OsError {
    /// A file operation failed; a full disk is told apart.
    pub(crate) fn file(doing: &'static str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::StorageFull { Self::DiskFull { doing } } else { Self::File { doing, source } }
    }
}

impl Coded for OsError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoHome { .. } => "os.no_home",
            Self::PathTooLong { .. } => "os.path_too_long",
            Self::FolderNotPrivate { .. } => "os.folder_not_private",
            Self::ManagedUnsafe { .. } => "os.managed_unsafe",
            Self::File { .. } => "os.file_failed",
            Self::DiskFull { .. } => "os.disk_full",
            Self::NoEntropy { .. } => "os.no_entropy",
            Self::ComputerUnknown { .. } => "os.computer_unknown",
            Self::NotStarted { .. } => "os.not_started",
            Self::LinkRefused { .. } => "os.link_refused",
            Self::Unsupported { .. } => "os.unsupported",
            Self::KeyringLocked => "keyring.locked",
            Self::KeyringNoService { .. } => "keyring.no_service",
            Self::KeyLost => "keyring.key_lost",
            Self::KeyringTimedOut { .. } => "keyring.timed_out",
            Self::KeyringNotWorking { .. } => "keyring.not_working",
            Self::WrongPassphrase => "keyring.wrong_passphrase",
            Self::WeakPassphrase { .. } => "keyring.weak_passphrase",
            Self::KeyDamaged { .. } => "keyring.damaged",
            Self::KeyFileMissing => "keyring.file_missing",
            Self::NoNotificationDaemon { .. } => "notify.no_daemon",
            Self::NotificationTimedOut { .. } => "notify.timed_out",
            Self::HostNotRunning => "host.not_running",
            Self::HostStranger => "host.stranger",
            Self::FrameTooLarge { .. } => "host.frame_too_large",
            Self::ConnectionLost { .. } => "host.connection_lost",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::DiskFull { .. } => Remedy::FreeSpace,
            Self::KeyringLocked => Remedy::Unlock,
            Self::File { .. }
            | Self::KeyringTimedOut { .. }
            | Self::WrongPassphrase
            | Self::WeakPassphrase { .. }
            | Self::NotificationTimedOut { .. }
            | Self::ConnectionLost { .. } => Remedy::Retry,
            Self::NoHome { .. } | Self::PathTooLong { .. } | Self::NoEntropy { .. } | Self::HostNotRunning => Remedy::Restart,
            Self::FolderNotPrivate { .. }
            | Self::ManagedUnsafe { .. }
            | Self::ComputerUnknown { .. }
            | Self::NotStarted { .. }
            | Self::KeyringNoService { .. }
            | Self::KeyLost
            | Self::KeyringNotWorking { .. }
            | Self::KeyDamaged { .. }
            | Self::KeyFileMissing
            | Self::HostStranger => Remedy::AskIt,
            Self::LinkRefused { .. }
            | Self::Unsupported { .. }
            | Self::NoNotificationDaemon { .. }
            | Self::FrameTooLarge { .. } => Remedy::None,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::PathTooLong { length, limit, .. } => {
                vec![("length_bytes", length.to_string()), ("limit_bytes", limit.to_string())]
            }
            Self::KeyringTimedOut { seconds } | Self::NotificationTimedOut { seconds } => vec![("limit_s", seconds.to_string())],
            Self::WeakPassphrase { least } => vec![("least_characters", least.to_string())],
            Self::FrameTooLarge { bytes } => vec![("bytes", bytes.to_string())],
            Self::NoHome { variable } => vec![("variable", (*variable).to_owned())],
            Self::FolderNotPrivate { .. }
            | Self::ManagedUnsafe { .. }
            | Self::File { .. }
            | Self::DiskFull { .. }
            | Self::NoEntropy { .. }
            | Self::ComputerUnknown { .. }
            | Self::NotStarted { .. }
            | Self::LinkRefused { .. }
            | Self::Unsupported { .. }
            | Self::KeyringLocked
            | Self::KeyringNoService { .. }
            | Self::KeyLost
            | Self::KeyringNotWorking { .. }
            | Self::WrongPassphrase
            | Self::KeyDamaged { .. }
            | Self::KeyFileMissing
            | Self::NoNotificationDaemon { .. }
            | Self::HostNotRunning
            | Self::HostStranger
            | Self::ConnectionLost { .. } => Vec::new(),
        }
    }
}
