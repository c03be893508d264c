use std::path::PathBuf;

use canteen_types::{Coded, Remedy};

use super::{KeyId, RoleName};
use crate::CatalogueError;
use crate::document::DocumentError;

/// Why something was not signed or published. Nothing that clients see has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The folder holds a repository already.
    #[error("There is a repository already, and a new one would lock out every computer that joined it. Choose an empty folder.")]
    Exists,
    /// The folder holds none.
    #[error("There is no repository at this place. Make one with `canteen-admin init`.")]
    NoRepository,
    /// A file of the repository cannot be trusted or read.
    #[error("The repository is damaged: {what} ({because}). Restore the folder from a backup; do not edit its files.")]
    Damaged {
        /// Which file.
        what: String,
        /// What is wrong with it.
        because: String,
    },
    /// A file could not be read or written.
    #[error("{doing} failed: {source}. Check the permissions and the free space, then do the same again.")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The cause, with the path.
        source: std::io::Error,
    },
    /// Somebody else is publishing.
    #[error("Another canteen-admin is writing to this repository. Wait until it is done, then do the same again.")]
    Busy,
    /// A role needs keys that were not given.
    #[error("The {role} file needs {threshold} signatures and got {found}. Give the key files of the role as well.")]
    TooFewKeys {
        /// The role.
        role: String,
        /// Distinct authorised keys that signed.
        found: usize,
        /// Needed.
        threshold: u32,
    },
    /// A plan that could never be signed.
    #[error(
        "The {role} role cannot ask for {threshold} signatures with {keys} different keys. Ask for at least one and at most as many as there are keys."
    )]
    Threshold {
        /// The role.
        role: RoleName,
        /// Asked for.
        threshold: u32,
        /// Different keys.
        keys: usize,
    },
    /// This key may not sign that role.
    #[error("The key {key} is not one of those that may sign this root. Sign with a root key of the old or the new list.")]
    NotAuthorised {
        /// The key.
        key: KeyId,
    },
    /// A document breaks a rule of its schema.
    #[error("{what} cannot be published: {source}. Correct it, then publish again.")]
    Document {
        /// Which document.
        what: String,
        /// The rule.
        source: DocumentError,
    },
    /// What is known about runners breaks a rule.
    #[error(
        "The runner signatures cannot be published: {source}. Correct them, check them with `canteen-admin signatures lint`, then publish again."
    )]
    Signatures {
        /// The first rule, with its line.
        source: canteen_signatures::Refused,
    },
    /// A client would refuse the result.
    #[error("The publication was stopped, because clients would refuse it: {source}")]
    WouldBeRefused {
        /// What the client would say.
        source: CatalogueError,
    },
    /// A client would leave a part of the result out.
    #[error(
        "The publication was stopped, because clients would leave a part of it out: {because}. Correct the department's entries, then publish again."
    )]
    WouldBeIgnored {
        /// What and why.
        because: String,
    },
    /// The passphrase does not open the key file.
    #[error("The passphrase does not open the key file “{name}”. Check the passphrase, then try again.")]
    WrongPassphrase {
        /// File name.
        name: String,
    },
    /// An empty passphrase.
    #[error("A key file needs a passphrase. Give one of at least {least} characters.")]
    PassphraseTooShort {
        /// Least number of characters.
        least: usize,
    },
    /// Not a key file that can be read.
    #[error(
        "“{name}” is not a key that can be used: {because}. Use an encrypted PKCS#8 file (PEM) with an Ed25519 or P-256 key."
    )]
    BadKey {
        /// File name.
        name: String,
        /// What is wrong with it.
        because: String,
    },
    /// There is a key file with this name.
    #[error("“{path}” is there already, and a key file is never overwritten. Choose another name.")]
    KeyExists {
        /// Where.
        path: PathBuf,
    },
    /// A department's name is no slug.
    #[error("“{slug}” is not a name for a department: use small letters, digits and “-”.")]
    BadDepartment {
        /// What was given.
        slug: String,
    },
    /// The system gave no random bytes.
    #[error("The system gave no random bytes, so no key was made. Try again.")]
    NoEntropy,
}

impl Coded for SignError {
    fn code(&self) -> &'static str {
        match self {
            Self::Exists => "catalogue.repository_exists",
            Self::NoRepository => "catalogue.no_repository",
            Self::Damaged { .. } => "catalogue.repository_damaged",
            Self::Io { .. } => "catalogue.repository_io",
            Self::Busy => "catalogue.repository_busy",
            Self::TooFewKeys { .. } => "catalogue.too_few_keys",
            Self::Threshold { .. } => "catalogue.threshold_impossible",
            Self::NotAuthorised { .. } => "catalogue.key_not_authorised",
            Self::Document { .. } | Self::Signatures { .. } => "catalogue.document_invalid",
            Self::WouldBeRefused { .. } => "catalogue.would_be_refused",
            Self::WouldBeIgnored { .. } => "catalogue.would_be_ignored",
            Self::WrongPassphrase { .. } => "catalogue.wrong_passphrase",
            Self::PassphraseTooShort { .. } => "catalogue.passphrase_too_short",
            Self::BadKey { .. } => "catalogue.key_unreadable",
            Self::KeyExists { .. } => "catalogue.key_exists",
            Self::BadDepartment { .. } => "catalogue.bad_department",
            Self::NoEntropy => "catalogue.no_entropy",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::Io { .. } => Remedy::FreeSpace,
            Self::Busy | Self::WrongPassphrase { .. } | Self::NoEntropy => Remedy::Retry,
            Self::Exists
            | Self::NoRepository
            | Self::Damaged { .. }
            | Self::TooFewKeys { .. }
            | Self::Threshold { .. }
            | Self::NotAuthorised { .. }
            | Self::Document { .. }
            | Self::Signatures { .. }
            | Self::WouldBeRefused { .. }
            | Self::WouldBeIgnored { .. }
            | Self::PassphraseTooShort { .. }
            | Self::BadKey { .. }
            | Self::KeyExists { .. }
            | Self::BadDepartment { .. } => Remedy::None,
        }
    }
}

pub(super) fn io(doing: &'static str) -> impl Fn(std::io::Error) -> SignError {
    move |source| SignError::Io { doing, source }
}

pub(super) fn damaged(what: impl Into<String>, because: impl ToString) -> SignError {
    SignError::Damaged { what: what.into(), because: crate::error::printable(&because.to_string()) }
}
