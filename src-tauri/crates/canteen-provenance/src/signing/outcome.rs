use canteen_types::{Digest, Timestamp};
use serde::Serialize;

use super::compare::Compared;
use super::statement::Statement;

/// Who signed, as proven. As `--json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Signer {
    /// Whoever has the key. When is not proven.
    Key {
        /// SHA-256 over the canonical PEM text of the public key.
        hint: String,
    },
    /// Whom a root vouches for. When is not proven: the certificate is judged at the beginning of its validity, so one that has
    /// expired or was withdrawn since still counts.
    Certificate {
        /// As RFC 4514 writes it.
        subject: String,
        /// Who vouches for the subject directly.
        issuer: String,
        /// Other names of the subject: e-mail addresses, hosts, addresses.
        names: Vec<String>,
        /// The root that was trusted.
        root: String,
        /// Beginning of its validity.
        not_before: Timestamp,
        /// End of its validity. Not enforced.
        not_after: Timestamp,
    },
    /// An identity, at a time that a log or a clock of the trusted root proves.
    Identity {
        /// An e-mail address or the address of a workflow.
        identity: String,
        /// Who knows the identity.
        issuer: String,
        /// When.
        signed_at: Option<Timestamp>,
    },
}

/// A signature that is believed, and how the files compare with what it covers. As `--json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Who.
    pub signer: Signer,
    /// What the signer calls the model: a claim, no check.
    pub model: String,
    /// SHA-256 over the digests of all files, in their order: names this statement.
    pub root: Digest,
    /// Files that the signature covers.
    pub signed: Vec<String>,
    /// Signed, and not what was signed any more.
    pub changed: Vec<String>,
    /// Signed, and not there.
    pub missing: Vec<String>,
    /// There, and not signed. Whoever wanted could have put them there.
    pub unsigned: Vec<String>,
    /// Links, devices and pipes: neither followed nor opened. The links of a Hugging Face cache to its own blobs are not among
    /// them: what they lead to is compared.
    pub links: Vec<String>,
    /// There and not signed, as every bundle has it: git's own files, the signature, and with shards empty files. Load nothing
    /// from there.
    pub ignored: Vec<String>,
    /// What the signer left out on purpose besides. What lies there counts as unsigned.
    pub left_out: Vec<String>,
}

impl Verification {
    pub(super) fn new(signer: Signer, statement: Statement, compared: Compared) -> Self {
        let Statement { model, root, files, .. } = statement;
        let Compared { changed, missing, unsigned, links, ignored, left_out } = compared;
        Self { signer, model, root, signed: files.into_keys().collect(), changed, missing, unsigned, links, ignored, left_out }
    }

    /// Every file is signed and as it was signed, and nothing else is there.
    #[must_use]
    pub fn good(&self) -> bool {
        [&self.changed, &self.missing, &self.unsigned, &self.links].iter().all(|list| list.is_empty())
    }
}
