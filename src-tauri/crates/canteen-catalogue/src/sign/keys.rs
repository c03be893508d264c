use std::fmt;

use ed25519_dalek::Signer as _;
use p256::pkcs8::{EncodePublicKey as _, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::SignError;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// RFC 8032.
    Ed25519,
    /// ECDSA over NIST P-256 with SHA-256, which smart cards and cloud key stores offer.
    P256,
}

/// Names a public key: SHA-256 of its canonical JSON, 64 hex digits (TUF specification, section 4.2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    /// A key id that stands in signed metadata.
    pub(crate) fn declared(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// All hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits, for a screen.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.chars().take(8).collect()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({})", self.0)
    }
}

/// The public half, as it stands in a root. Serialises as TUF writes keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicKey(sigstore_tuf::Key);

impl PublicKey {
    fn new(keytype: &str, scheme: &str, public: &str) -> Result<Self, SignError> {
        let key = json!({ "keytype": keytype, "scheme": scheme, "keyval": { "public": public } });
        serde_json::from_value(key)
            .map(Self)
            .map_err(|e| SignError::BadKey { name: "public key".to_owned(), because: e.to_string() })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        // Only numbers can make canonical JSON fail, and a key has none.
        KeyId(self.0.key_id().unwrap_or_default())
    }

    /// How it signs: `ed25519`, `ecdsa-sha2-nistp256`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.0.scheme
    }
}

/// Somebody who can sign: a key file, a token, an agent.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public(&self) -> &PublicKey;

    /// A signature over `data`, as TUF writes it before hex: 64 bytes for Ed25519, ASN.1 DER for P-256.
    ///
    /// # Errors
    /// [`SignError::BadKey`] when the key cannot sign now.
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A private key in memory.
pub struct SigningKey {
    public: PublicKey,
    private: Private,
}

pub(super) enum Private {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

impl SigningKey {
    /// A new key from the system's random bytes.
    ///
    /// # Errors
    /// [`SignError::NoEntropy`].
    pub fn generate(algorithm: Algorithm) -> Result<Self, SignError> {
        // Of 2^32 draws less than one lies outside the order of P-256; eight in a row do not.
        for _ in 0..8 {
            let mut seed = [0_u8; 32];
            getrandom::fill(&mut seed).map_err(|_| SignError::NoEntropy)?;
            match algorithm {
                Algorithm::Ed25519 => return Self::from_private(Private::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))),
                Algorithm::P256 => {
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&seed) {
                        return Self::from_private(Private::P256(key));
                    }
                }
            }
        }
        Err(SignError::NoEntropy)
    }

    pub(super) fn from_private(private: Private) -> Result<Self, SignError> {
        let public = match &private {
            Private::Ed25519(key) => PublicKey::new("ed25519", "ed25519", &hex::encode(key.verifying_key().as_bytes()))?,
            Private::P256(key) => {
                let pem = key.verifying_key().to_public_key_pem(LineEnding::LF);
                let pem = pem.map_err(|e| SignError::BadKey { name: "public key".to_owned(), because: e.to_string() })?;
                PublicKey::new("ecdsa", "ecdsa-sha2-nistp256", &pem)?
            }
        };
        Ok(Self { public, private })
    }

    pub(super) const fn private(&self) -> &Private {
        &self.private
    }
}

impl Signer for SigningKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(match &self.private {
            Private::Ed25519(key) => key.sign(data).to_bytes().to_vec(),
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(data);
                signature.to_der().as_bytes().to_vec()
            }
        })
    }
}
