use std::fmt;

use canteen_types::Timestamp;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix;
use x509_cert::ext::pkix::name::GeneralName;

use super::bundle::Bundle;
use super::key::{Fit, fits};
use super::outcome::Signer;
use crate::ProvenanceError;
use crate::text::line;

/// All public web roots together are 150.
const MOST_ROOTS: usize = 1000;
/// Names of one signer that are shown.
const MOST_NAMES: usize = 32;
/// id-kp-codeSigning, RFC 5280 section 4.2.1.12, as DER has it.
const CODE_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
/// How certificates may be signed. SHA-1 is not among them.
const CHAIN_ALGORITHMS: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = webpki::ALL_VERIFICATION_ALGS;

/// Certificates that the caller believes, whatever else is in the world.
#[derive(Clone)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// Reads every `CERTIFICATE` of a PEM file.
    ///
    /// # Errors
    /// [`ProvenanceError::BadTrust`] when there is none, or one that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, ProvenanceError> {
        let bad = |because: String| ProvenanceError::BadTrust { what: "The file of root certificates", because };
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).take(MOST_ROOTS.saturating_add(1)).collect();
        let found = found.map_err(|e| bad(line(&e.to_string())))?;
        if found.is_empty() {
            return Err(bad("there is no CERTIFICATE in PEM form in it".to_owned()));
        }
        if found.len() > MOST_ROOTS {
            return Err(bad(format!("it holds more than {MOST_ROOTS}")));
        }
        for root in &found {
            anchor_from_trusted_cert(root).map_err(|e| bad(format!("one of them is damaged ({e})")))?;
        }
        Ok(Self(found))
    }

    pub(super) fn check(&self, bundle: &Bundle, chain: &[CertificateDer<'_>]) -> Result<Signer, ProvenanceError> {
        let Some((first, rest)) = chain.split_first() else { return Err(refused("there is none")) };
        let leaf = Certificate::from_der(first).map_err(|_| refused("it is damaged"))?;
        let entity = EndEntityCert::try_from(first).map_err(|e| refused(explain(&e)))?;
        may_sign(&leaf)?;
        // Nothing proves when it was signed, so the chain is judged where the reference tool judges it.
        let begins = leaf.tbs_certificate.validity.not_before.to_unix_duration();
        let root = self.vouching(&entity, rest, UnixTime::since_unix_epoch(begins))?;
        let message = bundle.signed_bytes();
        if fits(&|algorithm| entity.verify_signature(algorithm, &message, bundle.signature())) != Fit::Yes {
            return Err(ProvenanceError::WrongSignature { because: "what was signed has been altered, or it is another key's" });
        }
        Ok(signer(&leaf, root))
    }

    /// The subject of the root that vouches for it.
    fn vouching(
        &self,
        entity: &EndEntityCert<'_>,
        between: &[CertificateDer<'_>],
        at: UnixTime,
    ) -> Result<String, ProvenanceError> {
        let anchors: Vec<TrustAnchor<'_>> = self.0.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect();
        let usage = KeyUsage::required_if_present(CODE_SIGNING);
        let path = entity
            .verify_for_usage(CHAIN_ALGORITHMS, &anchors, between, at, usage, None, Some(&every_issuer_may_issue))
            .map_err(|e| refused(explain(&e)))?;
        let vouches = |root: &&CertificateDer<'_>| anchor_from_trusted_cert(root).is_ok_and(|anchor| anchor == *path.anchor());
        let root = self.0.iter().find(vouches).and_then(|root| Certificate::from_der(root).ok());
        Ok(root.map_or_else(String::new, |root| line(&root.tbs_certificate.subject.to_string())))
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({})", self.0.len())
    }
}

/// The library looks at `cA`, not at what the key of an issuer is for.
fn every_issuer_may_issue(path: &webpki::VerifiedPath<'_>) -> Result<(), webpki::Error> {
    for issuer in path.intermediate_certificates() {
        let issuer = Certificate::from_der(&issuer.der()).map_err(|_| webpki::Error::BadDer)?;
        let usage = issuer.tbs_certificate.get::<pkix::KeyUsage>().map_err(|_| webpki::Error::ExtensionValueInvalid)?;
        if usage.is_some_and(|(_, usage)| !usage.key_cert_sign()) {
            return Err(webpki::Error::EndEntityUsedAsCa);
        }
    }
    Ok(())
}

/// `digitalSignature`, or without any usage of the key the purpose of signing code. A purpose for something else alone is judged
/// with the chain.
fn may_sign(leaf: &Certificate) -> Result<(), ProvenanceError> {
    let damaged = |_| refused("its extensions are damaged");
    let usage = leaf.tbs_certificate.get::<pkix::KeyUsage>().map_err(damaged)?;
    let purposes = leaf.tbs_certificate.get::<pkix::ExtendedKeyUsage>().map_err(damaged)?;
    match (usage, purposes) {
        (Some((_, usage)), _) if !usage.digital_signature() => Err(refused("its key is not for signatures (KeyUsage)")),
        (None, None) => Err(refused("it does not say that it is for signatures (KeyUsage or ExtendedKeyUsage)")),
        _ => Ok(()),
    }
}

fn signer(leaf: &Certificate, root: String) -> Signer {
    let content = &leaf.tbs_certificate;
    let moment = |time: x509_cert::time::Time| {
        Timestamp::from_millis(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
    };
    Signer::Certificate {
        subject: line(&content.subject.to_string()),
        issuer: line(&content.issuer.to_string()),
        names: names(leaf),
        root,
        not_before: moment(content.validity.not_before),
        not_after: moment(content.validity.not_after),
    }
}

fn names(leaf: &Certificate) -> Vec<String> {
    let Ok(Some((_, names))) = leaf.tbs_certificate.get::<pkix::SubjectAltName>() else { return Vec::new() };
    let text = |name: &GeneralName| match name {
        GeneralName::Rfc822Name(text) | GeneralName::DnsName(text) | GeneralName::UniformResourceIdentifier(text) => {
            Some(line(text.as_str()))
        }
        GeneralName::DirectoryName(name) => Some(line(&name.to_string())),
        GeneralName::OtherName(_) | GeneralName::EdiPartyName(_) | GeneralName::IpAddress(_) | GeneralName::RegisteredId(_) => {
            None
        }
    };
    names.0.iter().filter_map(text).take(MOST_NAMES).collect()
}

fn refused(because: impl Into<String>) -> ProvenanceError {
    ProvenanceError::Certificate { because: because.into() }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a new cause in the library is still a certificate that is not believed")]
fn explain(error: &webpki::Error) -> String {
    use webpki::Error as Cause;
    match error {
        Cause::UnknownIssuer => "none of the roots vouches for it".to_owned(),
        Cause::CaUsedAsEndEntity => {
            "it may issue certificates itself (CA:TRUE), and such a one must not sign models; OpenSSL allows that".to_owned()
        }
        Cause::EndEntityUsedAsCa => "one of its issuers may not issue certificates".to_owned(),
        Cause::RequiredEkuNotFoundContext(_) => "it is not for signing code (ExtendedKeyUsage)".to_owned(),
        Cause::CertExpired { .. } => "one of its issuers was no longer valid when it began".to_owned(),
        Cause::CertNotValidYet { .. } => "one of its issuers was not yet valid when it began".to_owned(),
        other => line(&other.to_string()),
    }
}
