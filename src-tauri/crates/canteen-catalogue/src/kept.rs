use std::collections::BTreeMap;

use canteen_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CatalogueError, MetadataStore};

/// Under these names the client keeps things in the [`MetadataStore`].
pub(crate) mod names {
    /// The last good catalogue, whole, in one value: it is replaced at once or not at all.
    pub(crate) const GOOD: &str = "good.json";
    /// The newest verified timestamp and snapshot, even if the rest of that refresh failed.
    pub(crate) const FLOOR_TIMESTAMP: &str = "floor/timestamp.json";
    pub(crate) const FLOOR_SNAPSHOT: &str = "floor/snapshot.json";
    /// The largest time ever seen, against a clock that is set back.
    pub(crate) const LATEST: &str = "latest_time";
    /// The last successful check.
    pub(crate) const REFRESHED: &str = "refreshed";

    pub(crate) fn root(version: u64) -> String {
        format!("root/{version}.json")
    }
}

/// The last good catalogue as it came: texts of signed files, verified anew whenever they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// The root under which it was accepted. A later root may have replaced keys; until a whole new catalogue came in under
    /// it, this one stays in use. An attacker who can hold the new catalogue back could have held the new root back too.
    pub(crate) root_version: u64,
    /// `timestamp`, `snapshot`, `targets` and departments.
    pub(crate) roles: BTreeMap<String, String>,
    /// By target path.
    pub(crate) documents: BTreeMap<String, String>,
}

impl Kept {
    pub(crate) fn load(store: &dyn MetadataStore) -> Result<Option<Self>, CatalogueError> {
        let Some(bytes) = store.load(names::GOOD)? else { return Ok(None) };
        let kept = serde_json::from_slice(&bytes).map_err(|e| CatalogueError::KeptDamaged { because: e.to_string() })?;
        Ok(Some(kept))
    }

    pub(crate) fn save(&self, store: &dyn MetadataStore) -> Result<(), CatalogueError> {
        let bytes = serde_json::to_vec(self)
            .map_err(|e| CatalogueError::Malformed { what: "the catalogue".to_owned(), because: e.to_string() })?;
        Ok(store.save(names::GOOD, &bytes)?)
    }

    pub(crate) fn keep_role(&mut self, role: &str, bytes: Vec<u8>) -> Result<(), CatalogueError> {
        self.roles.insert(role.to_owned(), text(role, bytes)?);
        Ok(())
    }

    pub(crate) fn keep_document(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), CatalogueError> {
        self.documents.insert(path.to_owned(), text(path, bytes)?);
        Ok(())
    }
}

fn text(what: &str, bytes: Vec<u8>) -> Result<String, CatalogueError> {
    String::from_utf8(bytes)
        .map_err(|_| CatalogueError::Malformed { what: what.to_owned(), because: "it is not UTF-8".to_owned() })
}

/// A moment that was kept. One that cannot be read counts as none: it only ever makes things stricter.
pub(crate) fn load_time(store: &dyn MetadataStore, name: &str) -> Result<Option<Timestamp>, CatalogueError> {
    let bytes = store.load(name)?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| text.parse().ok()))
}

pub(crate) fn save_time(store: &dyn MetadataStore, name: &str, time: Timestamp) -> Result<(), CatalogueError> {
    Ok(store.save(name, time.to_string().as_bytes())?)
}
