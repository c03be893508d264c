use std::fmt;

use canteen_types::{Digest, Timestamp};
use sigstore_trust_root::TrustedRoot;
use sigstore_types::{Bundle, Sha256Hash};
use sigstore_verify::{VerificationPolicy, Verifier};

use super::outcome::Signer;
use crate::ProvenanceError;
use crate::text::line;

/// A Sigstore instance as IT hands it out, and who must have signed. Never the copy that a library carries: that ages.
#[derive(Clone)]
pub struct Sigstore {
    root: TrustedRoot,
    identity: String,
    issuer: String,
}

impl Sigstore {
    /// Takes a `trusted_root.json`, the identity in the certificate, and the provider that must have vouched for it.
    ///
    /// # Errors
    /// [`ProvenanceError::BadTrust`] when the root is none, or nobody is named.
    pub fn new(trusted_root: &[u8], identity: &str, issuer: &str) -> Result<Self, ProvenanceError> {
        let bad = |because: String| ProvenanceError::BadTrust { what: "The trusted root of Sigstore", because };
        if identity.is_empty() || issuer.is_empty() {
            return Err(bad("it takes an identity and an issuer besides".to_owned()));
        }
        let text = std::str::from_utf8(trusted_root).map_err(|_| bad("it is not UTF-8".to_owned()))?;
        let root = TrustedRoot::from_json(text).map_err(|e| bad(line(&e.to_string())))?;
        Verifier::new(&root).map_err(|e| bad(line(&e.to_string())))?;
        Ok(Self { root, identity: identity.to_owned(), issuer: issuer.to_owned() })
    }

    pub(super) fn check(&self, bundle: &Bundle, files: Digest) -> Result<Signer, ProvenanceError> {
        let policy = VerificationPolicy::new(self.identity.as_str(), self.issuer.as_str());
        let refused = |e: sigstore_verify::Error| ProvenanceError::Identity { because: line(&e.to_string()) };
        let files = Sha256Hash::from_hex(&files.hex()).map_err(|e| refused(e.into()))?;
        let found = Verifier::new(&self.root).and_then(|verifier| verifier.verify(files, bundle, &policy)).map_err(refused)?;
        let earliest = found.verified_timestamps().iter().map(|time| time.as_millisecond()).min();
        Ok(Signer::Identity {
            identity: line(&self.identity),
            issuer: line(&self.issuer),
            signed_at: earliest.map(Timestamp::from_millis),
        })
    }
}

impl fmt::Debug for Sigstore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sigstore({} of {})", self.identity, self.issuer)
    }
}
