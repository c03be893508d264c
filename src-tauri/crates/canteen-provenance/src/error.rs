use canteen_types::{Coded, Remedy};

/// Why nothing was verified, or why a signature is not believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvenanceError {
    /// The file is no bundle, or is one that nobody may rely on.
    #[error("The signature file cannot be used: {because}. Ask whoever signed for a new one.")]
    BadBundle {
        /// What is wrong with it.
        because: String,
    },
    /// Made by a version before 1.0 of the reference tool, which signed other bytes than it should have.
    #[error("This signature was made by an old version of the tool that signed too little. Ask whoever signed to sign again.")]
    OldBundle,
    /// The bundle wants another kind of trust than was given.
    #[error("The model was signed {found}, so it cannot be verified with {given}. Give {needed}.")]
    OtherKind {
        /// How it was signed.
        found: &'static str,
        /// What the caller trusts.
        given: &'static str,
        /// What it takes.
        needed: &'static str,
    },
    /// The signature is not that of the key.
    #[error("The signature does not fit: {because}. Do not use the model as signed by this signer.")]
    WrongSignature {
        /// Which of the two it is, as far as the bundle tells.
        because: &'static str,
    },
    /// The certificate is not believed.
    #[error("The signer's certificate is not believed: {because}.")]
    Certificate {
        /// Why.
        because: String,
    },
    /// The Sigstore evidence is not believed.
    #[error("The signer's identity is not proven: {because}.")]
    Identity {
        /// Why.
        because: String,
    },
    /// What was signed contradicts itself, or could be read in two ways.
    #[error("What was signed cannot be relied on: {because}. Ask whoever signed to sign again.")]
    BadStatement {
        /// What is wrong with it.
        because: String,
    },
    /// Files were digested in a way that is not read here.
    #[error("The model was signed with {what}, which Canteen does not verify. Ask whoever signed to use SHA-256.")]
    Unsupported {
        /// e.g. `blake3`.
        what: String,
    },
    /// More than any published model has.
    #[error("There is {what} here than is read, so nothing was verified.")]
    TooMuch {
        /// Of what.
        what: &'static str,
    },
    /// The caller's key, roots or trusted root.
    #[error("{what} cannot be used: {because}.")]
    BadTrust {
        /// Which of them.
        what: &'static str,
        /// Why.
        because: String,
    },
    /// The disk.
    #[error("“{path}” could not be read, so nothing was verified: {because}")]
    Unreadable {
        /// Within the model.
        path: String,
        /// Why.
        because: String,
    },
    /// The caller wanted no more.
    #[error("Verifying was broken off, so nothing is known.")]
    Cancelled,
    /// No ML-BOM.
    #[error("This is no ML-BOM that can be read: {because}.")]
    BadBom {
        /// What is wrong with it.
        because: String,
    },
}

impl ProvenanceError {
    /// The signature was looked at and is not believed. `false`: it could not be looked at.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::BadBundle { .. }
            | Self::OldBundle
            | Self::WrongSignature { .. }
            | Self::Certificate { .. }
            | Self::Identity { .. }
            | Self::BadStatement { .. } => true,
            Self::OtherKind { .. }
            | Self::Unsupported { .. }
            | Self::TooMuch { .. }
            | Self::BadTrust { .. }
            | Self::Unreadable { .. }
            | Self::Cancelled
            | Self::BadBom { .. } => false,
        }
    }
}

impl Coded for ProvenanceError {
    fn code(&self) -> &'static str {
        match self {
            Self::BadBundle { .. } => "provenance.bad_bundle",
            Self::OldBundle => "provenance.old_bundle",
            Self::OtherKind { .. } => "provenance.other_kind",
            Self::WrongSignature { .. } => "provenance.wrong_signature",
            Self::Certificate { .. } => "provenance.certificate",
            Self::Identity { .. } => "provenance.identity",
            Self::BadStatement { .. } => "provenance.bad_statement",
            Self::Unsupported { .. } => "provenance.unsupported",
            Self::TooMuch { .. } => "provenance.too_much",
            Self::BadTrust { .. } => "provenance.bad_trust",
            Self::Unreadable { .. } => "provenance.unreadable",
            Self::Cancelled => "provenance.cancelled",
            Self::BadBom { .. } => "provenance.bad_bom",
        }
    }

    fn remedy(&self) -> Remedy {
        if matches!(self, Self::Unreadable { .. } | Self::Cancelled) { Remedy::Retry } else { Remedy::AskIt }
    }
}
