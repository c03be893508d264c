use serde::{Deserialize, Serialize};
use serde_json::Value;
use sigstore_tuf::canonical_json::to_canonical_bytes;

use super::error::damaged;
use super::{KeyId, SignError, Signer};

/// A metadata file: what is signed, and the signatures. Goes from person to person as a file until enough have signed; the
/// signed part is never touched by that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    signatures: Vec<Signature>,
    signed: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: KeyId,
    sig: String,
}

impl Envelope {
    pub(crate) const fn unsigned(signed: Value) -> Self {
        Self { signatures: Vec::new(), signed }
    }

    /// Reads a file that somebody else signed.
    ///
    /// # Errors
    /// [`SignError::Damaged`].
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, SignError> {
        serde_json::from_slice(bytes).map_err(|e| damaged(name, e))
    }

    /// Signs. A signature by the same key is replaced: two of them make clients refuse the file.
    ///
    /// # Errors
    /// Whatever the signer says.
    pub fn add_signature(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        let keyid = signer.public().id();
        let data = to_canonical_bytes(&self.signed).map_err(|e| damaged("the file to sign", e))?;
        let sig = hex::encode(signer.sign(&data)?);
        self.signatures.retain(|signature| signature.keyid != keyid);
        self.signatures.push(Signature { keyid, sig });
        Ok(())
    }

    /// Who signed, by their own account. What the signatures are worth, the roles say.
    #[must_use]
    pub fn signed_by(&self) -> Vec<KeyId> {
        self.signatures.iter().map(|signature| signature.keyid.clone()).collect()
    }

    /// What is signed.
    #[must_use]
    pub const fn signed(&self) -> &Value {
        &self.signed
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
