use canteen_types::{Coded, EntryId, Remedy};

/// What this program refuses by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum AdminError {
    /// The folder was not made by `init`.
    #[error("There is no company in this folder. Make one with `canteen-admin init DIR --organisation NAME`.")]
    NoCompany,
    /// A file of ours cannot be read.
    #[error("“{name}” cannot be read: {because}. Correct the file, or restore it from a backup.")]
    BadFile {
        /// Its name.
        name: String,
        /// What is wrong with it.
        because: String,
    },
    /// Nobody can be asked for the passphrase.
    #[error(
        "The key files need a passphrase, and there is no terminal to ask at. Use --passphrase-file or CANTEEN_ADMIN_PASSPHRASE."
    )]
    NoPassphrase,
    /// Typed twice, differently.
    #[error("The two passphrases are not the same. Do it again.")]
    PassphrasesDiffer,
    /// A field that neither flags, nor the TOML file, nor the model file gave.
    #[error("{what} is missing, and the file does not say it. Give it with {flag}, or in the --entry file.")]
    FieldMissing {
        /// Which field.
        what: &'static str,
        /// Its flag.
        flag: &'static str,
    },
    /// A flag says another thing than the file's header.
    #[error("{flag} says {given}, but the file itself says {found}. Leave the flag out, or check that it is the right file.")]
    Contradiction {
        /// The flag.
        flag: &'static str,
        /// Its value.
        given: String,
        /// What the header says.
        found: String,
    },
    /// The file is an adapter or a projector.
    #[error("This file is not a model by itself: it is {kind}. Add the model that it belongs to instead.")]
    NotAModel {
        /// What it is.
        kind: &'static str,
    },
    /// Nobody should load the file.
    #[error(
        "This file is dangerous and is not added: {found} `canteen-admin inspect` shows where; get the model from its maker, or in a format that runs nothing."
    )]
    Dangerous {
        /// Sentences and codes.
        found: String,
    },
    /// A person must have looked.
    #[error(
        "Something in this file is suspicious: {codes}. Look at it with `canteen-admin inspect`; if it is no reason against the model, say why with --accept-hazards REASON."
    )]
    Suspicious {
        /// What was found.
        codes: String,
    },
    /// The file changed while it was being read.
    #[error("The model file changed while it was read. Wait until nothing writes to it, then do the same again.")]
    FileChanged,
    /// A licence is given twice or not at all.
    #[error("Give the licence either as --licence SPDX, or as --licence-name with --licence-text FILE.")]
    Licence,
    /// No such entry in the draft.
    #[error("There is no entry “{id}” in the next publication. `canteen-admin model list` shows them.")]
    NoEntry {
        /// Asked for.
        id: EntryId,
    },
    /// No key begins like that.
    #[error(
        "No key of the role has an id that begins with “{prefix}”, or more than one has. `canteen-admin keys list` shows them."
    )]
    NoKey {
        /// Asked for.
        prefix: String,
    },
    /// Root keys are replaced one by one.
    #[error("Say which root key goes, with --retire ID. `canteen-admin keys list` shows them.")]
    RetireMissing,
    /// A name that is no plain file name.
    #[error("“{name}” is not a name for a key file: use small letters, digits and “-”.")]
    KeyName {
        /// Given.
        name: String,
    },
    /// A document of runner signatures breaks rules.
    #[error(
        "“{name}” is not taken:\n{complaints}\nCorrect these lines; `canteen-admin signatures schema` describes the document."
    )]
    Signatures {
        /// The file.
        name: String,
        /// Each with its line.
        complaints: String,
    },
    /// Another document under a version that is published already.
    #[error("The runner signatures differ from those that are published, and their version is {given}. Give them version {} or a higher one.", .published.saturating_add(1))]
    SignaturesVersion {
        /// In the file.
        given: u32,
        /// Published.
        published: u32,
    },
    /// There is no root that waits for signatures.
    #[error("No root waits for signatures. Begin with `canteen-admin keys rotate` or `canteen-admin keys renew`.")]
    NothingToSign,
}

impl Coded for AdminError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoCompany => "admin.no_company",
            Self::BadFile { .. } => "admin.bad_file",
            Self::NoPassphrase => "admin.no_passphrase",
            Self::PassphrasesDiffer => "admin.passphrases_differ",
            Self::FieldMissing { .. } => "admin.field_missing",
            Self::Contradiction { .. } => "admin.contradiction",
            Self::NotAModel { .. } => "admin.not_a_model",
            Self::Dangerous { .. } => "admin.dangerous",
            Self::Suspicious { .. } => "admin.suspicious",
            Self::FileChanged => "admin.file_changed",
            Self::Licence => "admin.licence",
            Self::NoEntry { .. } => "admin.no_entry",
            Self::NoKey { .. } => "admin.no_key",
            Self::RetireMissing => "admin.retire_missing",
            Self::KeyName { .. } => "admin.key_name",
            Self::Signatures { .. } => "admin.signatures_invalid",
            Self::SignaturesVersion { .. } => "admin.signatures_version",
            Self::NothingToSign => "admin.nothing_to_sign",
        }
    }

    fn remedy(&self) -> Remedy {
        Remedy::Retry
    }
}
