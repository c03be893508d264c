//! Tickets the way the app gets them: a repository that is signed here and now, a library, a policy. Nothing is forged.

use std::sync::Arc;

use canteen_catalogue::document::{FORMAT, PolicyDocument};
use canteen_catalogue::sign::{Algorithm, Content, Lifetimes, Repository, RolePlan, RootPlan, Signer as _, Signing, SigningKey};
use canteen_catalogue::{CatalogueClient, CatalogueDocument, Location, MemoryStore, Verified};
use canteen_library::{Library, VerifiedFile};
use canteen_policy::{Checked, Permit, Policy, may_run};
use canteen_runner::RunTicket;
use canteen_types::{Artifact, CatalogueState, Digest, Entry, Timestamp};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn now() -> Timestamp {
    "2026-11-24T10:00:00Z".parse().expect("a time")
}

/// A company that approved one model, and a computer that has it.
pub(crate) struct Kitchen {
    /// Lives as long as what is in it.
    _place: tempfile::TempDir,
    pub(crate) entry: Verified<Entry>,
    pub(crate) library: Library,
}

impl Kitchen {
    /// Approves and installs `model`. `engine` is the entry's settings, as in its document.
    pub(crate) fn with(model: &[u8], engine: Value) -> Self {
        let place = tempfile::tempdir().expect("a folder");
        let file = place.path().join("model.gguf");
        fs_err::write(&file, model).expect("the model");
        let entry = publish(&place, model, engine);
        let library = Library::open(&place.path().join("models")).expect("a library");
        library.import(&entry.artifact, &file, |_| {}, &CancellationToken::new()).expect("imported");
        Self { _place: place, entry, library }
    }

    pub(crate) fn permit(&self, allow_partial_sandbox: bool) -> Permit {
        let policy = Policy { allow_partial_sandbox, ..Policy::default() };
        let asked = Checked { entry: &self.entry, accepted: None, for_group: true, catalogue: CatalogueState::Fresh };
        may_run(&policy, asked, now()).expect("allowed").0
    }

    pub(crate) fn file(&self) -> VerifiedFile {
        self.open(&self.entry.artifact).expect("the right bytes")
    }

    pub(crate) fn open(&self, artifact: &Artifact) -> Result<VerifiedFile, canteen_library::LibraryError> {
        self.library.open_verified(artifact, &CancellationToken::new())
    }

    pub(crate) fn ticket(&self) -> RunTicket {
        self.ticket_with(false)
    }

    pub(crate) fn ticket_with(&self, allow_partial_sandbox: bool) -> RunTicket {
        RunTicket::new(&self.entry, self.file(), self.permit(allow_partial_sandbox)).expect("the proofs agree")
    }
}

fn publish(place: &tempfile::TempDir, model: &[u8], engine: Value) -> Verified<Entry> {
    let entry = json!({
        "id": "tiny", "version": 3, "display_name": "Tiny", "summary": "", "publisher": "Canteen",
        "tasks": ["chat"], "parameters": 100_000, "quantisation": "F16", "context_length": 1_048_576,
        "licence": { "terms": { "spdx": "CC0-1.0" }, "must_accept": false },
        "artifact": { "digest": Digest::of(model), "size": model.len(), "format": "gguf", "sources": ["https://models.example/tiny.gguf"] },
        "approval": {
            "approver": "Ada", "role": "AI governance",
            "approved_on": "2026-11-01T00:00:00Z", "review_due": "2027-11-01T00:00:00Z",
        },
        "memory_minimum": 1_073_741_824,
        "engine": engine,
    });
    let key = SigningKey::generate(Algorithm::Ed25519).expect("a key");
    let plan = RootPlan::for_all_roles(RolePlan { keys: vec![key.public().clone()], threshold: 1 });
    let signing = Signing { signers: &[&key], lifetimes: Lifetimes::default(), now: now() };
    let folder = place.path().join("repository");
    let repository = Repository::create(&folder, &plan, signing).expect("a repository");
    let catalogue = CatalogueDocument {
        format: FORMAT,
        version: 1,
        organisation: "Example GmbH".into(),
        published: now(),
        entries: vec![serde_json::from_value(entry).expect("an entry")],
    };
    let content =
        Content { catalogue, policy: PolicyDocument::standard("Example GmbH"), runner_signatures: None, departments: vec![] };
    repository.publish(&content, signing).expect("published");
    let root = repository.first_root().expect("a root");
    let client = CatalogueClient::open(&Location::File(folder), root, Arc::new(MemoryStore::default())).expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let snapshot = runtime.block_on(client.refresh(now())).expect("verified");
    snapshot.catalogue.entry(&"tiny".parse().expect("an id")).expect("the entry")
}
