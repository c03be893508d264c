use std::collections::{BTreeMap, BTreeSet};

use canteen_policy::Policy;
use canteen_signatures::Signatures;
use canteen_types::{EntryId, Timestamp};
use serde::de::DeserializeOwned;

use crate::departments::{self, Ignored};
use crate::document::{CatalogueDocument, PolicyDocument};
use crate::error::printable;
use crate::kept::Kept;
use crate::limits::{DOCUMENT_BYTES, TARGETS_BYTES};
use crate::supply::Supply;
use crate::trust::Trust;
use crate::{Catalogue, CatalogueError, SignedRole, Verified};

/// Target path of the organisation's entries.
pub(crate) const CATALOGUE: &str = "catalogue.json";
/// Target path of its rules.
pub(crate) const POLICY: &str = "policy.json";
/// Target path of what it knows about runners besides; need not be there.
pub(crate) const SIGNATURES: &str = "signatures.toml";

/// What came out of the signed files.
pub(crate) struct Content {
    pub(crate) catalogue: Verified<Catalogue>,
    pub(crate) policy: Verified<Policy>,
    pub(crate) runner_signatures: Option<Verified<Signatures>>,
    pub(crate) expires: Timestamp,
    pub(crate) ignored: Vec<Ignored>,
    pub(crate) signatures: Vec<SignedRole>,
    pub(crate) departments: BTreeMap<EntryId, String>,
}

/// From a verified snapshot on: targets, documents, departments. Everything that was used goes into `keep`.
pub(crate) fn assemble(trust: &mut Trust, supply: &Supply<'_>, keep: &mut Kept) -> Result<Content, CatalogueError> {
    let name = trust.role_name("targets").ok_or_else(|| CatalogueError::Malformed {
        what: "snapshot.json".to_owned(),
        because: "it names no targets.json".to_owned(),
    })?;
    let bytes = supply.role("targets", &name, trust.role_digest("targets"), TARGETS_BYTES)?;
    trust.accept_targets(&bytes)?;
    keep.keep_role("targets", bytes)?;

    let policy: PolicyDocument = document(trust, supply, keep, "targets", POLICY)?;
    let policy = Policy::try_from(policy).map_err(|e| malformed(POLICY, &e))?;
    let runner_signatures = runner_signatures(trust, supply, keep)?;
    let own: CatalogueDocument = document(trust, supply, keep, "targets", CATALOGUE)?;
    let mut catalogue = Catalogue::try_from(own).map_err(|e| malformed(CATALOGUE, &e))?;

    let mut ignored = Vec::new();
    let mut by_department = BTreeMap::new();
    let mut taken: BTreeSet<_> = catalogue.entries.iter().map(|entry| entry.key.id.clone()).collect();
    for entry in departments::read(trust, supply, keep, &mut ignored)? {
        if taken.insert(entry.entry.key.id.clone()) {
            by_department.insert(entry.entry.key.id.clone(), entry.department);
            catalogue.entries.push(entry.entry);
        } else {
            ignored
                .push(Ignored::new(&entry.department, format!("“{}” is published by somebody else already", entry.entry.key.id)));
        }
    }
    catalogue.entries.sort_by(|a, b| a.key.id.cmp(&b.key.id));
    Ok(Content {
        catalogue: Verified::new(catalogue),
        policy: Verified::new(policy),
        runner_signatures: runner_signatures.map(Verified::new),
        expires: trust.expires(),
        ignored,
        signatures: trust.signatures(),
        departments: by_department,
    })
}

/// What the organisation knows about runners; `None` where it lists no such document. A broken one is refused like a broken policy:
/// with everything that was published together with it.
fn runner_signatures(trust: &Trust, supply: &Supply<'_>, keep: &mut Kept) -> Result<Option<Signatures>, CatalogueError> {
    let Some(pin) = trust.pin("targets", SIGNATURES)? else { return Ok(None) };
    let bytes = supply.target(SIGNATURES, pin, canteen_signatures::LONGEST as u64, trust)?;
    let text = std::str::from_utf8(&bytes).map_err(|e| malformed(SIGNATURES, &e))?;
    let known = Signatures::read(text).map_err(|e| malformed(SIGNATURES, &e))?;
    keep.keep_document(SIGNATURES, bytes)?;
    Ok(Some(known))
}

/// Fetches, checks and parses the document that `role` lists as `path`.
pub(crate) fn document<T: DeserializeOwned>(
    trust: &Trust,
    supply: &Supply<'_>,
    keep: &mut Kept,
    role: &str,
    path: &str,
) -> Result<T, CatalogueError> {
    let pin = trust.pin(role, path)?.ok_or_else(|| CatalogueError::Malformed {
        what: format!("{role}.json"),
        because: format!("it does not list “{path}”"),
    })?;
    let bytes = supply.target(path, pin, DOCUMENT_BYTES, trust)?;
    let parsed = serde_json::from_slice(&bytes).map_err(|e| malformed(path, &e))?;
    keep.keep_document(path, bytes)?;
    Ok(parsed)
}

pub(crate) fn malformed(what: &str, because: &dyn std::error::Error) -> CatalogueError {
    CatalogueError::Malformed { what: format!("“{}”", printable(what)), because: printable(&because.to_string()) }
}
