use std::collections::BTreeMap;

use canteen_policy::Policy;
use canteen_signatures::Signatures;
use canteen_types::{Digest, Timestamp};
use serde_json::{Value, json};

use super::error::damaged;
use super::publish::{refused, snapshot_meta, timestamp_version};
use super::repository::{sign_role, sign_with, target_file};
use super::roles::expiry;
use super::{Content, Department, Envelope, KeyId, PublicKey, Published, Repository, RoleName, SignError, Signing};
use crate::assemble::{CATALOGUE, POLICY, SIGNATURES};
use crate::departments::slug_of;
use crate::kept::Kept;
use crate::limits::DOCUMENT_BYTES;
use crate::{Catalogue, CatalogueError};

/// Files in the order in which they must be written; the last one makes all of them visible.
pub(super) struct Prepared {
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) published: Published,
}

impl Repository {
    /// Makes and signs everything in memory, and reads it as a client would. Writes nothing.
    pub(super) fn prepare(
        &self,
        content: &Content,
        new_root: Option<&Envelope>,
        signing: Signing<'_>,
    ) -> Result<Prepared, SignError> {
        let Signing { signers, lifetimes, now } = signing;
        let plan = match new_root {
            Some(root) => self.plan_of(root)?,
            None => self.plan()?,
        };
        let before = self.load()?;
        if let Some(kept) = &before {
            self.verified(kept)?;
        }
        let old_meta = before.as_ref().map(snapshot_meta).transpose()?.unwrap_or_default();
        let root_version = self.root_version()?.saturating_add(u64::from(new_root.is_some()));
        let mut kept = Kept { root_version, ..Kept::default() };
        let mut files = Vec::new();

        check_documents(content)?;
        let mut targets = BTreeMap::new();
        add_document(&mut files, &mut kept, &mut targets, CATALOGUE, &content.catalogue)?;
        add_document(&mut files, &mut kept, &mut targets, POLICY, &content.policy)?;
        if let Some(text) = &content.runner_signatures {
            add_target(&mut files, &mut kept, &mut targets, SIGNATURES, text.clone().into_bytes())?;
        }

        // A name that a snapshot has dropped is refused by clients, so former departments stay in the list of files.
        let mut meta = old_meta;
        let target_expiry = expiry(now, lifetimes.targets);
        for department in &content.departments {
            let role = format!("dept-{}", department.slug);
            if let Some(catalogue) = &department.catalogue {
                let path = format!("{role}/catalogue.json");
                let mut listed = BTreeMap::new();
                add_document(&mut files, &mut kept, &mut listed, &path, catalogue)?;
                let version = self.next_version(&role)?;
                let mut envelope = Envelope::unsigned(targets_signed(version, target_expiry, &listed, None));
                sign_with(&mut envelope, &role, &department.plan, signers)?;
                add_role(&mut files, &mut kept, &mut meta, (&role, version), &envelope)?;
            } else if let Some(before) = &before {
                carry_over(before, &mut kept, &role)?;
            }
        }

        let version = self.next_version("targets")?;
        let delegations = delegations(&content.departments);
        let mut envelope = Envelope::unsigned(targets_signed(version, target_expiry, &targets, delegations));
        sign_role(&mut envelope, &plan, RoleName::Targets, signers)?;
        add_role(&mut files, &mut kept, &mut meta, ("targets", version), &envelope)?;

        let snapshot = self.next_version("snapshot")?;
        let mut envelope = Envelope::unsigned(json!({
            "_type": "snapshot", "spec_version": "1.0.31", "version": snapshot,
            "expires": expiry(now, lifetimes.snapshot), "meta": meta,
        }));
        sign_role(&mut envelope, &plan, RoleName::Snapshot, signers)?;
        let snapshot_bytes = envelope.to_bytes();
        let newest = before.as_ref().map(timestamp_version).transpose()?.unwrap_or(0).saturating_add(1);
        let mut stamp = Envelope::unsigned(timestamp(newest, expiry(now, lifetimes.timestamp), snapshot, &snapshot_bytes));
        sign_role(&mut stamp, &plan, RoleName::Timestamp, signers)?;
        kept.keep_role("snapshot", snapshot_bytes.clone()).map_err(refused)?;
        kept.keep_role("timestamp", stamp.to_bytes()).map_err(refused)?;
        files.push((format!("metadata/{snapshot}.snapshot.json"), snapshot_bytes));
        if let Some(root) = new_root {
            files.push((format!("metadata/{root_version}.root.json"), root.to_bytes()));
        }
        files.push(("metadata/timestamp.json".to_owned(), stamp.to_bytes()));

        self.read_as_client(&kept, before.as_ref(), new_root, now)?;
        let published =
            Published { root: root_version, targets: version, snapshot, timestamp: newest, catalogue: content.catalogue.version };
        Ok(Prepared { files, published })
    }
}

fn check_documents(content: &Content) -> Result<(), SignError> {
    let wrong = |what: String| move |source| SignError::Document { what, source };
    Catalogue::try_from(content.catalogue.clone()).map_err(wrong("The catalogue".to_owned()))?;
    Policy::try_from(content.policy.clone()).map_err(wrong("The policy".to_owned()))?;
    if let Some(text) = &content.runner_signatures {
        Signatures::read(text).map_err(|source| SignError::Signatures { source })?;
    }
    for department in &content.departments {
        if slug_of(&format!("dept-{}", department.slug)).is_none() {
            return Err(SignError::BadDepartment { slug: crate::error::printable(&department.slug) });
        }
        department.plan.check(RoleName::Targets)?;
        if let Some(catalogue) = &department.catalogue {
            let what = format!("The catalogue of {}", department.slug);
            Catalogue::try_from(catalogue.clone()).map_err(wrong(what))?;
        }
    }
    Ok(())
}

fn add_document(
    files: &mut Vec<(String, Vec<u8>)>,
    kept: &mut Kept,
    targets: &mut BTreeMap<String, Value>,
    path: &str,
    document: &impl serde::Serialize,
) -> Result<(), SignError> {
    let mut bytes = serde_json::to_vec_pretty(document).map_err(|e| damaged(path, e))?;
    bytes.push(b'\n');
    if bytes.len() as u64 > DOCUMENT_BYTES {
        return Err(refused(CatalogueError::TooLarge { what: format!("“{path}”"), limit: DOCUMENT_BYTES }));
    }
    add_target(files, kept, targets, path, bytes)
}

fn add_target(
    files: &mut Vec<(String, Vec<u8>)>,
    kept: &mut Kept,
    targets: &mut BTreeMap<String, Value>,
    path: &str,
    bytes: Vec<u8>,
) -> Result<(), SignError> {
    let digest = Digest::of(&bytes);
    targets.insert(path.to_owned(), file_meta(&bytes, None));
    files.push((target_file(path, digest)?, bytes.clone()));
    kept.keep_document(path, bytes).map_err(refused)
}

fn add_role(
    files: &mut Vec<(String, Vec<u8>)>,
    kept: &mut Kept,
    meta: &mut BTreeMap<String, Value>,
    (role, version): (&str, u64),
    envelope: &Envelope,
) -> Result<(), SignError> {
    let bytes = envelope.to_bytes();
    meta.insert(format!("{role}.json"), file_meta(&bytes, Some(version)));
    files.push((format!("metadata/{version}.{role}.json"), bytes.clone()));
    kept.keep_role(role, bytes).map_err(refused)
}

fn carry_over(before: &Kept, kept: &mut Kept, role: &str) -> Result<(), SignError> {
    let path = format!("{role}/catalogue.json");
    if let (Some(text), Some(document)) = (before.roles.get(role), before.documents.get(&path)) {
        kept.roles.insert(role.to_owned(), text.clone());
        kept.documents.insert(path, document.clone());
        Ok(())
    } else {
        Err(damaged(role, "it was never published, so its entries must be given"))
    }
}

/// Length and SHA-256 only, no `custom`: what is not there cannot be read in two ways.
fn file_meta(bytes: &[u8], version: Option<u64>) -> Value {
    let hashes = json!({ "sha256": Digest::of(bytes).hex() });
    match version {
        Some(version) => json!({ "version": version, "length": bytes.len(), "hashes": hashes }),
        None => json!({ "length": bytes.len(), "hashes": hashes }),
    }
}

pub(super) fn timestamp(version: u64, expires: Timestamp, snapshot: u64, bytes: &[u8]) -> Value {
    json!({
        "_type": "timestamp", "spec_version": "1.0.31", "version": version, "expires": expires,
        "meta": { "snapshot.json": file_meta(bytes, Some(snapshot)) },
    })
}

fn targets_signed(version: u64, expires: Timestamp, targets: &BTreeMap<String, Value>, delegations: Option<Value>) -> Value {
    let mut signed = json!({
        "_type": "targets", "spec_version": "1.0.31", "version": version, "expires": expires, "targets": targets,
    });
    if let (Some(delegations), Some(object)) = (delegations, signed.as_object_mut()) {
        object.insert("delegations".to_owned(), delegations);
    }
    signed
}

fn delegations(departments: &[Department]) -> Option<Value> {
    if departments.is_empty() {
        return None;
    }
    let keys: BTreeMap<KeyId, &PublicKey> = departments.iter().flat_map(|d| &d.plan.keys).map(|key| (key.id(), key)).collect();
    let roles: Vec<Value> = departments
        .iter()
        .map(|department| {
            let role = format!("dept-{}", department.slug);
            let mut value = department.plan.to_value();
            if let Some(object) = value.as_object_mut() {
                object.insert("paths".to_owned(), json!([format!("{role}/*")]));
                object.insert("name".to_owned(), json!(role));
                object.insert("terminating".to_owned(), json!(true));
            }
            value
        })
        .collect();
    Some(json!({ "keys": keys, "roles": roles }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::document::{FORMAT, PolicyDocument};
    use crate::sign::{Algorithm, Lifetimes, RolePlan, RootPlan, Signer as _, SigningKey};
    use crate::{CatalogueClient, CatalogueDocument, FolderStore, Location};

    fn content(version: u64) -> Content {
        let now = "2026-11-24T10:00:00Z".parse().unwrap();
        let catalogue =
            CatalogueDocument { format: FORMAT, version, organisation: "Example GmbH".into(), published: now, entries: vec![] };
        Content { catalogue, policy: PolicyDocument::standard("Example GmbH"), runner_signatures: None, departments: vec![] }
    }

    /// Stops after each file in turn. A reader, new or old, sees catalogue 1 until the last file stands, and then 2.
    #[test]
    fn an_interrupted_publication_is_invisible_and_can_be_done_again() {
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let key = SigningKey::generate(Algorithm::Ed25519).unwrap();
        let signing = Signing { signers: &[&key], lifetimes: Lifetimes::default(), now };
        let plan = RootPlan::for_all_roles(RolePlan { keys: vec![key.public().clone()], threshold: 1 });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut stop = 0;
        loop {
            let place = tempfile::tempdir().unwrap();
            let folder = place.path().join("repository");
            let repository = Repository::create(&folder, &plan, signing).unwrap();
            repository.publish(&content(1), signing).unwrap();
            let read = |store: &str| {
                let store = Arc::new(FolderStore::new(&place.path().join(store)));
                let root = repository.first_root().unwrap();
                let client = CatalogueClient::open(&Location::File(folder.clone()), root, store).unwrap();
                runtime.block_on(client.refresh(now)).unwrap().catalogue.version
            };
            assert_eq!(read("old"), 1);

            let mut root = repository.next_root(&plan, Lifetimes::default(), now).unwrap();
            root.add_signature(&key).unwrap();
            let prepared = repository.prepare(&content(2), Some(&root), signing).unwrap();
            for (name, bytes) in prepared.files.iter().take(stop) {
                repository.write(name, bytes).unwrap();
            }
            let expected = if stop == prepared.files.len() { 2 } else { 1 };
            assert_eq!(read("old"), expected, "after {stop} files");
            assert_eq!(read(&format!("new-{stop}")), expected, "after {stop} files");

            let again = repository.publish(&content(3), signing).unwrap();
            assert_eq!(read("old"), 3);
            let written: Vec<&str> = prepared.files.iter().take(stop).map(|(name, _)| name.as_str()).collect();
            let targets = format!("metadata/{}.targets.json", again.targets);
            assert!(!written.contains(&targets.as_str()), "a file that was there is not written over");
            if stop == prepared.files.len() {
                break;
            }
            stop += 1;
        }
        assert!(stop >= 5, "{stop}");
    }
}
