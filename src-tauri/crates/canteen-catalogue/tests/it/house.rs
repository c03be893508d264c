//! A company with a repository, its keys, and one employee's computer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use canteen_catalogue::document::{FORMAT, PolicyDocument};
use canteen_catalogue::sign::{
    Algorithm, Content, Envelope, Lifetimes, Repository, RoleName, RolePlan, RootPlan, Signer, Signing, SigningKey,
};
use canteen_catalogue::{CatalogueClient, CatalogueDocument, CatalogueError, EntryDocument, FolderStore, Location, Snapshot};
use canteen_types::{Coded as _, Digest, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn start() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().unwrap()
}

pub(crate) fn days(n: u32) -> Timestamp {
    start().plus(DAY * n)
}

pub(crate) fn key() -> SigningKey {
    SigningKey::generate(Algorithm::Ed25519).unwrap()
}

pub(crate) fn plan_of(keys: &[&SigningKey], threshold: u32) -> RolePlan {
    RolePlan { keys: keys.iter().map(|key| key.public().clone()).collect(), threshold }
}

pub(crate) fn entry(id: &str) -> EntryDocument {
    serde_json::from_value(json!({
        "id": id, "version": 1, "display_name": id, "summary": "", "publisher": "Somebody",
        "tasks": ["chat"], "languages": ["en"], "parameters": 135_000_000, "quantisation": "Q4_1", "context_length": 8192,
        "licence": { "terms": { "spdx": "Apache-2.0" }, "must_accept": false },
        "artifact": {
            "digest": Digest::of(id.as_bytes()), "size": 98_362_432, "format": "gguf",
            "sources": [format!("https://models.example/{id}.gguf")],
        },
        "approval": {
            "approver": "Ada", "role": "AI governance",
            "approved_on": "2026-11-01T00:00:00Z", "review_due": "2027-11-01T00:00:00Z",
        },
        "memory_minimum": 1_073_741_824,
    }))
    .unwrap()
}

pub(crate) fn content(version: u64, ids: &[&str]) -> Content {
    Content {
        catalogue: CatalogueDocument {
            format: FORMAT,
            version,
            organisation: "Example GmbH".into(),
            published: start(),
            entries: ids.iter().map(|id| entry(id)).collect(),
        },
        policy: PolicyDocument::standard("Example GmbH"),
        runner_signatures: None,
        departments: Vec::new(),
    }
}

pub(crate) struct House {
    place: TempDir,
    pub(crate) root: [SigningKey; 3],
    pub(crate) targets: SigningKey,
    pub(crate) snapshot: SigningKey,
    pub(crate) timestamp: SigningKey,
    pub(crate) repository: Repository,
}

impl House {
    /// Root 2 of 3, one key for each other role; nothing published yet.
    pub(crate) fn empty() -> Self {
        let place = tempfile::tempdir().unwrap();
        let root = [key(), key(), key()];
        let (targets, snapshot, timestamp) = (key(), key(), key());
        let plan = RootPlan::for_all_roles(plan_of(&[&root[0], &root[1], &root[2]], 2))
            .with(RoleName::Targets, plan_of(&[&targets], 1))
            .with(RoleName::Snapshot, plan_of(&[&snapshot], 1))
            .with(RoleName::Timestamp, plan_of(&[&timestamp], 1));
        let signing = Signing { signers: &[&root[0], &root[1]], lifetimes: Lifetimes::default(), now: start() };
        let repository = Repository::create(&place.path().join("repository"), &plan, signing).unwrap();
        Self { place, root, targets, snapshot, timestamp, repository }
    }

    /// Catalogue 1 with the entry `one` is published.
    pub(crate) fn open() -> Self {
        let house = Self::empty();
        house.publish(&content(1, &["one"]));
        house
    }

    pub(crate) fn publish(&self, content: &Content) {
        self.publish_at(content, start());
    }

    pub(crate) fn publish_at(&self, content: &Content, now: Timestamp) {
        let signers: [&dyn Signer; 3] = [&self.targets, &self.snapshot, &self.timestamp];
        self.repository.publish(content, Signing { signers: &signers, lifetimes: Lifetimes::default(), now }).unwrap();
    }

    /// A new root that replaces one role's keys, signed by two root keys. Nothing else is signed again.
    pub(crate) fn rotate(&self, role: RoleName, plan: RolePlan) {
        let plan = self.repository.plan().unwrap().with(role, plan);
        let mut root = self.repository.next_root(&plan, Lifetimes::default(), start()).unwrap();
        root.add_signature(&self.root[0]).unwrap();
        root.add_signature(&self.root[1]).unwrap();
        self.repository.accept_root(&root).unwrap();
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.place.path().join("repository")
    }

    pub(crate) fn metadata(&self, name: &str) -> PathBuf {
        self.folder().join("metadata").join(name)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.place.path().join("store")
    }

    pub(crate) fn client(&self) -> CatalogueClient {
        self.client_at(&Location::File(self.folder()))
    }

    pub(crate) fn client_at(&self, location: &Location) -> CatalogueClient {
        let root = fs_err::read(self.metadata("1.root.json")).unwrap();
        CatalogueClient::open(location, root, Arc::new(FolderStore::new(&self.store()))).unwrap()
    }

    pub(crate) fn refresh_at(&self, now: Timestamp) -> Result<Snapshot, CatalogueError> {
        block_on(self.client().refresh(now))
    }

    /// Ids after a refresh, or the code of the error.
    pub(crate) fn refresh(&self) -> Result<Vec<String>, &'static str> {
        self.refresh_at(start()).map(|snapshot| ids(&snapshot)).map_err(|error| error.code())
    }

    /// Ids of the last good catalogue.
    pub(crate) fn last_good(&self) -> Vec<String> {
        self.client().last_good(start()).unwrap().map(|snapshot| ids(&snapshot)).unwrap_or_default()
    }

    /// Changes a file without signing it.
    pub(crate) fn edit(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut value = read_json(&self.metadata(name));
        change(&mut value);
        fs_err::write(self.metadata(name), serde_json::to_vec(&value).unwrap()).unwrap();
    }

    /// Changes what is signed and signs it with these keys, as somebody would who has them.
    pub(crate) fn resign(&self, name: &str, keys: &[&SigningKey], change: impl FnOnce(&mut Value)) {
        let mut value = read_json(&self.metadata(name));
        change(&mut value["signed"]);
        let unsigned = json!({ "signatures": [], "signed": value["signed"] });
        let mut envelope = Envelope::parse(name, &serde_json::to_vec(&unsigned).unwrap()).unwrap();
        for key in keys {
            envelope.add_signature(*key).unwrap();
        }
        fs_err::write(self.metadata(name), envelope.to_bytes()).unwrap();
    }

    /// A new timestamp that pins snapshot `version` as it lies there.
    pub(crate) fn pin_snapshot(&self, version: u64) {
        let meta = self.meta_of(&format!("{version}.snapshot.json"), version);
        self.resign("timestamp.json", &[&self.timestamp], |signed| {
            signed["version"] = json!(signed["version"].as_u64().unwrap() + 1);
            signed["meta"]["snapshot.json"] = meta;
        });
    }

    /// Version, length and digest of a file, as they stand in lists.
    pub(crate) fn meta_of(&self, name: &str, version: u64) -> Value {
        let bytes = fs_err::read(self.metadata(name)).unwrap();
        json!({ "version": version, "length": bytes.len(), "hashes": { "sha256": Digest::of(&bytes).hex() } })
    }

    /// Replaces a target as somebody would who has all online keys. `version` is that of targets and snapshot.
    pub(crate) fn forge_target(&self, version: u64, path: &str, bytes: &[u8]) {
        let digest = Digest::of(bytes).hex();
        fs_err::write(self.folder().join("targets").join(format!("{digest}.{path}")), bytes).unwrap();
        self.resign(&format!("{version}.targets.json"), &[&self.targets], |signed| {
            signed["targets"][path] = json!({ "length": bytes.len(), "hashes": { "sha256": digest } });
        });
        let meta = self.meta_of(&format!("{version}.targets.json"), version);
        self.resign(&format!("{version}.snapshot.json"), &[&self.snapshot], |signed| signed["meta"]["targets.json"] = meta);
        self.pin_snapshot(version);
    }

    /// The file of a target.
    pub(crate) fn target(&self, path: &str) -> PathBuf {
        let wanted = format!(".{path}");
        let mut found: Vec<PathBuf> =
            fs_err::read_dir(self.folder().join("targets")).unwrap().map(|f| f.unwrap().path()).collect();
        found.retain(|file| file.to_str().unwrap().ends_with(&wanted));
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }
}

pub(crate) fn ids(snapshot: &Snapshot) -> Vec<String> {
    snapshot.catalogue.entries().map(|entry| entry.key.id.to_string()).collect()
}

pub(crate) fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap()
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
