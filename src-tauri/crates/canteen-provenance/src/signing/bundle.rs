use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sigstore_types::{DerCertificate, PayloadBytes, SignatureBytes, SignatureContent};

use super::LONGEST_BUNDLE;
use crate::ProvenanceError;
use crate::text::line;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// Sigstore's own reader keeps what it has not placed yet, at sixteen times its length.
const LONGEST_SIGSTORE: usize = 4 << 20;
/// A company has three levels or four.
const LONGEST_CHAIN: usize = 16;

/// A signature file: shaped as it must be, and not yet believed.
#[derive(Clone, Debug)]
pub struct Bundle {
    material: Material,
    payload: PayloadBytes,
    signature: SignatureBytes,
}

/// How it was signed.
#[derive(Clone, Debug)]
pub(super) enum Material {
    /// Empty where versions before 1.0 did not name the key.
    Key {
        hint: String,
    },
    /// The signer's first.
    Chain(Vec<CertificateDer<'static>>),
    Sigstore(Box<sigstore_types::Bundle>),
}

// What other writers add or leave out is passed over, and an optional field may be null.

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    media_type: String,
    verification_material: Given,
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    public_key: Option<Key>,
    x509_certificate_chain: Option<Chain>,
    certificate: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Key {
    hint: Option<String>,
}

#[derive(Deserialize)]
struct Chain {
    certificates: Vec<Link>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    raw_bytes: DerCertificate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload_type: String,
    payload: PayloadBytes,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    sig: SignatureBytes,
}

impl Bundle {
    /// Reads the JSON of a bundle.
    ///
    /// # Errors
    /// [`ProvenanceError::BadBundle`] when it is none, [`ProvenanceError::TooMuch`] when it is longer than [`LONGEST_BUNDLE`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ProvenanceError> {
        if bytes.len() as u64 > LONGEST_BUNDLE {
            return Err(ProvenanceError::TooMuch { what: "a longer signature file" });
        }
        let whole: Whole = serde_json::from_slice(bytes).map_err(|e| bad(line(&e.to_string())))?;
        let Whole { media_type, verification_material, dsse_envelope } = whole;
        let Envelope { payload_type, payload, signatures } = dsse_envelope;
        if media_type != MEDIA_TYPE || payload_type != PAYLOAD_TYPE {
            return Err(bad(format!("it is a {} with a {}", line(&media_type), line(&payload_type))));
        }
        let [Signature { sig: signature }] =
            <[Signature; 1]>::try_from(signatures).map_err(|_| bad("it does not hold exactly one signature"))?;
        let material = match verification_material {
            Given { public_key: Some(key), x509_certificate_chain: None, certificate: None } => {
                Material::Key { hint: key.hint.unwrap_or_default() }
            }
            Given { public_key: None, x509_certificate_chain: Some(chain), certificate: None } => chain.read()?,
            Given { public_key: None, x509_certificate_chain: None, certificate: Some(_) } => {
                sigstore(bytes, &payload, &signature)?
            }
            Given { .. } => return Err(bad("it does not say in exactly one way who signed")),
        };
        Ok(Self { material, payload, signature })
    }

    pub(super) const fn material(&self) -> &Material {
        &self.material
    }

    pub(super) fn payload(&self) -> &[u8] {
        self.payload.as_bytes()
    }

    pub(super) fn signature(&self) -> &[u8] {
        self.signature.as_bytes()
    }

    /// The bytes that were signed.
    pub(super) fn signed_bytes(&self) -> Vec<u8> {
        sigstore_types::pae(PAYLOAD_TYPE, self.payload())
    }
}

impl Chain {
    fn read(self) -> Result<Material, ProvenanceError> {
        match self.certificates.len() {
            0 => Err(bad("it names no certificate")),
            1..=LONGEST_CHAIN => Ok(Material::Chain(
                self.certificates.into_iter().map(|link| CertificateDer::from(link.raw_bytes.into_bytes())).collect(),
            )),
            _ => Err(ProvenanceError::TooMuch { what: "a longer chain of certificates" }),
        }
    }
}

/// The library that verifies it reads the same bytes itself, and must have read the same out of them.
fn sigstore(bytes: &[u8], payload: &PayloadBytes, signature: &SignatureBytes) -> Result<Material, ProvenanceError> {
    if bytes.len() > LONGEST_SIGSTORE {
        return Err(ProvenanceError::TooMuch { what: "a longer signature file" });
    }
    let whole: sigstore_types::Bundle = serde_json::from_slice(bytes).map_err(|e| bad(line(&e.to_string())))?;
    let SignatureContent::DsseEnvelope(other) = &whole.content else { return Err(bad("it signs one file, no list of files")) };
    if other.payload == *payload && other.signature.sig == *signature {
        Ok(Material::Sigstore(Box::new(whole)))
    } else {
        Err(bad("it can be read in two ways"))
    }
}

fn bad(because: impl Into<String>) -> ProvenanceError {
    ProvenanceError::BadBundle { because: because.into() }
}
