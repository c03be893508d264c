//! Which keys signed a file that was accepted already. It decides nothing: the threshold was checked before.

use std::collections::BTreeMap;

use canteen_types::Timestamp;
use sigstore_tuf::{Key, Metadata, Role, RoleKeys};

use crate::signatures::{RoleKey, SignedRole};

/// `None` for a file that cannot be read, which was never accepted.
pub(super) fn signers<T: Role>(role: &str, bytes: &[u8], keys: &BTreeMap<String, Key>, may: &RoleKeys) -> Option<SignedRole> {
    let file = Metadata::<T>::from_slice(bytes).ok()?;
    let signed_by = |id: &String| {
        let mut alone = may.clone();
        alone.keyids = vec![id.clone()];
        alone.threshold = 1;
        file.verify_threshold(keys, &alone, role).is_ok()
    };
    Some(SignedRole {
        role: role.to_owned(),
        version: file.signed().version(),
        expires: Timestamp::from_millis(file.signed().expires().as_millisecond()),
        needed: u32::try_from(may.threshold).unwrap_or(u32::MAX),
        keys: may.keyids.iter().map(|id| RoleKey { id: id.clone(), signed: signed_by(id) }).collect(),
    })
}
