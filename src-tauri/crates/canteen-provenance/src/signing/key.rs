use std::fmt;

use canteen_types::Digest;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer};
use webpki::{RawPublicKeyEntity, aws_lc_rs};
use x509_cert::der::pem::{LineEnding, encode_string};

use super::bundle::Bundle;
use crate::ProvenanceError;

/// The curve decides the digest. Nothing else is ever signed with.
pub(super) const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 3] =
    [aws_lc_rs::ECDSA_P256_SHA256, aws_lc_rs::ECDSA_P384_SHA384, aws_lc_rs::ECDSA_P521_SHA512];

/// A public key on P-256, P-384 or P-521.
#[derive(Clone)]
pub struct PublicKey {
    der: Vec<u8>,
    hint: String,
}

impl PublicKey {
    /// Reads a `PUBLIC KEY` of a PEM file.
    ///
    /// # Errors
    /// [`ProvenanceError::BadTrust`] when there is none, or on no such curve.
    pub fn from_pem(pem: &[u8]) -> Result<Self, ProvenanceError> {
        let bad = |because: &str| ProvenanceError::BadTrust { what: "The key", because: because.to_owned() };
        let key =
            SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| bad("there is no PUBLIC KEY in PEM form in the file"))?;
        // Nothing fits this signature; what differs is why.
        let known = RawPublicKeyEntity::try_from(&key)
            .is_ok_and(|entity| fits(&|algorithm| entity.verify_signature(algorithm, b"", b"")) != Fit::OtherCurve);
        if !known {
            return Err(bad("it is not an ECDSA key on P-256, P-384 or P-521"));
        }
        // The reference tool hashes the text that it writes itself, whatever the file looks like.
        let text = encode_string("PUBLIC KEY", LineEnding::LF, &key).map_err(|_| bad("it is too long"))?;
        Ok(Self { hint: Digest::of(text.as_bytes()).hex(), der: key.to_vec() })
    }

    /// SHA-256 over the canonical PEM text, as bundles name the key.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// The hint decides nothing; it tells which of the two is wrong.
    pub(super) fn check(&self, bundle: &Bundle, hint: &str) -> Result<(), ProvenanceError> {
        let key = SubjectPublicKeyInfoDer::from(self.der.as_slice());
        let message = bundle.signed_bytes();
        let fit = RawPublicKeyEntity::try_from(&key)
            .map_or(Fit::No, |entity| fits(&|algorithm| entity.verify_signature(algorithm, &message, bundle.signature())));
        match fit {
            Fit::Yes => Ok(()),
            Fit::No | Fit::OtherCurve if hint == self.hint || hint.is_empty() => {
                Err(ProvenanceError::WrongSignature { because: "what was signed has been altered, or it is another key's" })
            }
            Fit::No | Fit::OtherCurve => Err(ProvenanceError::WrongSignature { because: "it was made with another key" }),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.hint)
    }
}

/// What a key says to a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    /// The key is on none of the curves.
    OtherCurve,
}

pub(super) fn fits(check: &dyn Fn(&dyn SignatureVerificationAlgorithm) -> Result<(), webpki::Error>) -> Fit {
    let mut fit = Fit::OtherCurve;
    for algorithm in ALGORITHMS {
        match check(algorithm) {
            Ok(()) => return Fit::Yes,
            Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)) => {}
            Err(_) => fit = Fit::No,
        }
    }
    fit
}
