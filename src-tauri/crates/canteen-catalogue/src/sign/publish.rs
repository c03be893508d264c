use std::collections::BTreeMap;

use canteen_types::Timestamp;
use serde_json::Value;
use sigstore_tuf::{Metadata, Snapshot, Targets};

use super::error::damaged;
use super::prepare::{Prepared, timestamp};
use super::repository::sign_role;
use super::roles::expiry;
use super::{Envelope, PublicKey, Repository, RoleName, RolePlan, SignError, Signing};
use crate::CatalogueError;
use crate::assemble::{CATALOGUE, POLICY, SIGNATURES, assemble};
use crate::departments::slug_of;
use crate::document::{CatalogueDocument, PolicyDocument};
use crate::kept::Kept;
use crate::supply::Supply;
use crate::trust::{Expiry, Trust};

/// What is to be published.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The organisation's entries.
    pub catalogue: CatalogueDocument,
    /// Its rules.
    pub policy: PolicyDocument,
    /// What it knows about runners: the text of a document that `canteen-signatures` reads. `None` publishes none.
    pub runner_signatures: Option<String>,
    /// All departments that publish for themselves. One that is left out publishes no longer.
    pub departments: Vec<Department>,
}

/// A part of the names that others sign for.
#[derive(Clone, Debug, PartialEq)]
pub struct Department {
    /// e.g. `finance`; its entry ids begin with `finance-`.
    pub slug: String,
    /// Who signs for it.
    pub plan: RolePlan,
    /// Its entries; `None` leaves what it published last.
    pub catalogue: Option<CatalogueDocument>,
}

/// Versions of what was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Of `root.json`.
    pub root: u64,
    /// Of `targets.json`.
    pub targets: u64,
    /// Of `snapshot.json`.
    pub snapshot: u64,
    /// Of `timestamp.json`.
    pub timestamp: u64,
    /// Of `catalogue.json` itself.
    pub catalogue: u64,
}

impl Repository {
    /// Signs and publishes. What is interrupted can be done again; clients see the old catalogue until the end.
    ///
    /// # Errors
    /// [`SignError::Document`], [`SignError::TooFewKeys`], [`SignError::WouldBeRefused`], [`SignError::Io`] and others; nothing
    /// that clients see has changed then.
    pub fn publish(&self, content: &Content, signing: Signing<'_>) -> Result<Published, SignError> {
        let _turn = self.take_turn()?;
        let prepared = self.prepare(content, None, signing)?;
        self.apply(&prepared)
    }

    /// The same together with a new root, for changed keys: the root appears just before the new timestamp.
    ///
    /// # Errors
    /// As [`Self::publish`] and [`Self::check_root`].
    pub fn publish_with_root(&self, root: &Envelope, content: &Content, signing: Signing<'_>) -> Result<Published, SignError> {
        let _turn = self.take_turn()?;
        self.check_root(root)?;
        let prepared = self.prepare(content, Some(root), signing)?;
        self.apply(&prepared)
    }

    /// Says again that nothing is newer; to be done more often than the timestamp's lifetime.
    ///
    /// # Errors
    /// [`SignError::NoRepository`] before the first publication, [`SignError::TooFewKeys`], [`SignError::Io`].
    pub fn renew_timestamp(&self, signing: Signing<'_>) -> Result<u64, SignError> {
        let _turn = self.take_turn()?;
        let kept = self.load()?.ok_or(SignError::NoRepository)?;
        self.verified(&kept)?;
        let text = kept.roles.get("snapshot").map(String::as_str).unwrap_or_default();
        let snapshot = Metadata::<Snapshot>::from_slice(text.as_bytes()).map_err(|e| damaged("snapshot.json", e))?;
        let version = timestamp_version(&kept)?.saturating_add(1);
        let signed =
            timestamp(version, expiry(signing.now, signing.lifetimes.timestamp), snapshot.signed().version, text.as_bytes());
        let mut envelope = Envelope::unsigned(signed);
        sign_role(&mut envelope, &self.plan()?, RoleName::Timestamp, signing.signers)?;
        self.write("metadata/timestamp.json", &envelope.to_bytes())?;
        Ok(version)
    }

    /// What is published now, its signatures checked; `None` before the first publication.
    ///
    /// # Errors
    /// [`SignError::Damaged`], [`SignError::Io`].
    pub fn current(&self) -> Result<Option<Content>, SignError> {
        let Some(kept) = self.load()? else { return Ok(None) };
        let trust = self.verified(&kept)?;
        let policy = kept.documents.get(POLICY).map(String::as_str).unwrap_or_default();
        let departments = trust.delegations().into_iter().map(|role| {
            let keys = role.keyids.iter().filter_map(|id| delegated_key(&kept, id)).collect();
            let threshold = u32::try_from(role.threshold).map_err(|e| damaged("targets.json", e))?;
            let slug = slug_of(&role.name).ok_or_else(|| damaged("targets.json", "a department has no proper name"))?;
            let text = kept.documents.get(&format!("{}/catalogue.json", role.name));
            let catalogue = text.map(|text| parse(&role.name, text)).transpose()?;
            Ok(Department { slug: slug.to_owned(), plan: RolePlan { keys, threshold }, catalogue })
        });
        Ok(Some(Content {
            catalogue: parse(CATALOGUE, kept.documents.get(CATALOGUE).map(String::as_str).unwrap_or_default())?,
            policy: parse(POLICY, policy)?,
            runner_signatures: kept.documents.get(SIGNATURES).cloned(),
            departments: departments.collect::<Result<_, SignError>>()?,
        }))
    }

    /// Checks what lies in the folder before it is signed again: somebody may have changed it there. A root that replaced
    /// keys may be newer than the signatures, so an older root may vouch for them.
    pub(super) fn verified(&self, kept: &Kept) -> Result<Trust, SignError> {
        let mut refused = None;
        for version in (1..=kept.root_version).rev() {
            let (mut trust, _) = self.trust(Expiry::Ignored, Some(version))?;
            match check(&mut trust, kept) {
                Ok(_) => return Ok(trust),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(damaged("what was published last", refused.map_or_else(String::new, |e| e.to_string())))
    }

    pub(super) fn apply(&self, prepared: &Prepared) -> Result<Published, SignError> {
        for (name, bytes) in &prepared.files {
            self.write(name, bytes)?;
        }
        Ok(prepared.published)
    }

    /// The client's own checks, from the first root on and with everything that clients have seen before.
    pub(super) fn read_as_client(
        &self,
        kept: &Kept,
        before: Option<&Kept>,
        new_root: Option<&Envelope>,
        now: Timestamp,
    ) -> Result<(), SignError> {
        let (mut trust, _) = self.trust(Expiry::At(now), None)?;
        if let Some(root) = new_root {
            trust.accept_root(&root.to_bytes()).map_err(refused)?;
        }
        if let Some(before) = before {
            let seen = |role: &str| before.roles.get(role).map(String::as_bytes).unwrap_or_default();
            trust.seed_timestamp(seen("timestamp"));
            trust.seed_snapshot(seen("snapshot"));
        }
        trust.check_root_age().map_err(refused)?;
        let ignored = check(&mut trust, kept).map_err(refused)?;
        match ignored.first() {
            Some(first) => Err(SignError::WouldBeIgnored { because: first.clone() }),
            None => Ok(()),
        }
    }
}

pub(super) fn check(trust: &mut Trust, kept: &Kept) -> Result<Vec<String>, CatalogueError> {
    let role = |role: &str| kept.roles.get(role).map(String::as_bytes).unwrap_or_default();
    trust.accept_timestamp(role("timestamp"))?;
    trust.accept_snapshot(role("snapshot"))?;
    let content = assemble(trust, &Supply::Kept(kept), &mut Kept::default())?;
    Ok(content.ignored.iter().map(ToString::to_string).collect())
}

pub(super) fn refused(source: CatalogueError) -> SignError {
    SignError::WouldBeRefused { source }
}

pub(super) fn snapshot_meta(kept: &Kept) -> Result<BTreeMap<String, Value>, SignError> {
    let text = kept.roles.get("snapshot").map(String::as_str).unwrap_or_default();
    let snapshot: Value = serde_json::from_str(text).map_err(|e| damaged("snapshot.json", e))?;
    let meta = snapshot.pointer("/signed/meta").cloned().unwrap_or_default();
    serde_json::from_value(meta).map_err(|e| damaged("snapshot.json", e))
}

pub(super) fn timestamp_version(kept: &Kept) -> Result<u64, SignError> {
    let text = kept.roles.get("timestamp").map(String::as_str).unwrap_or_default();
    let timestamp = Metadata::<sigstore_tuf::Timestamp>::from_slice(text.as_bytes()).map_err(|e| damaged("timestamp.json", e))?;
    Ok(timestamp.signed().version)
}

fn delegated_key(kept: &Kept, id: &str) -> Option<PublicKey> {
    let targets = Metadata::<Targets>::from_slice(kept.roles.get("targets")?.as_bytes()).ok()?;
    let key = targets.signed().delegations.as_ref()?.keys.get(id)?;
    serde_json::from_value(serde_json::to_value(key).ok()?).ok()
}

fn parse<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, SignError> {
    serde_json::from_str(text).map_err(|e| damaged(what, e))
}
