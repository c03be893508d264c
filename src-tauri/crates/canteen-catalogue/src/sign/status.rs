use std::collections::BTreeMap;
use std::time::Duration;

use canteen_types::Timestamp;
use serde::Serialize;
use sigstore_tuf::{Metadata, Role, RoleKeys, Root};

use super::error::damaged;
use super::{KeyId, Lifetimes, Repository, RoleName, SignError};
use crate::assemble::CATALOGUE;
use crate::document::CatalogueDocument;
use crate::trust::Expiry;

/// How soon somebody must sign again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Not soon.
    Fine,
    /// Within 30 days.
    Month,
    /// Within 14 days.
    Fortnight,
    /// Within 3 days.
    Days,
    /// It has run out.
    Expired,
}

impl Urgency {
    /// A stage counts only where it is less than half of the role's lifetime: a timestamp that lives for a week is not urgent
    /// on the day it was signed.
    fn of(role: RoleName, expires: Timestamp, now: Timestamp) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        if expires <= now {
            return Self::Expired;
        }
        let left = expires.since(now);
        let whole = Lifetimes::default().of(role);
        let reached = |days: u32| left <= DAY * days && DAY * days * 2 < whole;
        if reached(3) {
            Self::Days
        } else if reached(14) {
            Self::Fortnight
        } else if reached(30) {
            Self::Month
        } else {
            Self::Fine
        }
    }
}

/// One signed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleStatus {
    /// Which.
    pub role: RoleName,
    /// Its version; `None` before the first publication.
    pub version: Option<u64>,
    /// When it runs out.
    pub expires: Option<Timestamp>,
    /// How soon that is.
    pub urgency: Urgency,
    /// How many must sign.
    pub threshold: u32,
    /// Who may sign, by the newest root.
    pub keys: Vec<KeyId>,
    /// Whose valid signatures it carries.
    pub signed_by: Vec<KeyId>,
}

/// Where a repository stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The four files, in the order of trust.
    pub roles: Vec<RoleStatus>,
    /// Organisation, version, time and number of entries of what is published.
    pub catalogue: Option<(String, u64, Timestamp, usize)>,
    /// What a client would say today, if it would refuse.
    pub refused: Option<String>,
}

impl Repository {
    /// Versions, signers, thresholds and ages.
    ///
    /// # Errors
    /// [`SignError::Damaged`], [`SignError::Io`].
    pub fn status(&self, now: Timestamp) -> Result<Status, SignError> {
        let root = self.newest_root()?;
        let (_, root_bytes) = self.trust(Expiry::Ignored, None)?;
        let kept = self.load()?;
        let file = |role: RoleName| kept.as_ref().and_then(|kept| kept.roles.get(role.as_str())).map(String::as_bytes);
        let roles = vec![
            role_status::<Root>(RoleName::Root, Some(&root_bytes), &root, now)?,
            role_status::<sigstore_tuf::Targets>(RoleName::Targets, file(RoleName::Targets), &root, now)?,
            role_status::<sigstore_tuf::Snapshot>(RoleName::Snapshot, file(RoleName::Snapshot), &root, now)?,
            role_status::<sigstore_tuf::Timestamp>(RoleName::Timestamp, file(RoleName::Timestamp), &root, now)?,
        ];
        let Some(kept) = &kept else { return Ok(Status { roles, catalogue: None, refused: None }) };
        let text = kept.documents.get(CATALOGUE).map(String::as_str).unwrap_or_default();
        let document: CatalogueDocument = serde_json::from_str(text).map_err(|e| damaged(CATALOGUE, e))?;
        let catalogue = Some((document.organisation, document.version, document.published, document.entries.len()));
        let (mut trust, _) = self.trust(Expiry::At(now), None)?;
        let refused = trust.check_root_age().and_then(|()| super::publish::check(&mut trust, kept)).err();
        Ok(Status { roles, catalogue, refused: refused.map(|e| e.to_string()) })
    }
}

fn role_status<T: Role>(role: RoleName, bytes: Option<&[u8]>, root: &Root, now: Timestamp) -> Result<RoleStatus, SignError> {
    let stated = root.role(role.as_str()).ok_or_else(|| damaged("root.json", format!("it has no {role} role")))?;
    let keys: Vec<KeyId> = stated.keyids.iter().map(|id| KeyId::declared(id)).collect();
    let threshold = u32::try_from(stated.threshold).map_err(|e| damaged("root.json", e))?;
    let Some(bytes) = bytes else {
        return Ok(RoleStatus { role, version: None, expires: None, urgency: Urgency::Fine, threshold, keys, signed_by: vec![] });
    };
    let metadata = Metadata::<T>::from_slice(bytes).map_err(|e| damaged(format!("{role}.json"), e))?;
    let expires = Timestamp::from_millis(metadata.signed().expires().as_millisecond());
    let signed_by = keys.iter().filter(|id| signed_alone(&metadata, root, role, id)).cloned().collect();
    Ok(RoleStatus {
        role,
        version: Some(metadata.signed().version()),
        expires: Some(expires),
        urgency: Urgency::of(role, expires, now),
        threshold,
        keys,
        signed_by,
    })
}

/// Whether this one key's signature is valid.
fn signed_alone<T: Role>(metadata: &Metadata<T>, root: &Root, role: RoleName, id: &KeyId) -> bool {
    let one = serde_json::json!({ "keyids": [id], "threshold": 1 });
    let Ok(one) = serde_json::from_value::<RoleKeys>(one) else { return false };
    let keys: BTreeMap<_, _> =
        root.keys.iter().filter(|(key, _)| *key == id.as_str()).map(|(k, v)| (k.clone(), v.clone())).collect();
    metadata.verify_threshold(&keys, &one, role.as_str()).is_ok()
}
