use canteen_catalogue::CatalogueDocument;
use canteen_catalogue::document::FORMAT;
use canteen_catalogue::sign::{Content, Department, KeyId, RoleName, RootPlan, Signing};
use serde::Serialize;

use super::Session;
use crate::args::Publish;
use crate::draft::Draft;
use crate::keyring::{as_signers, open_wanted};
use crate::place::Company;

#[derive(Serialize)]
struct Done {
    entries: usize,
    catalogue: u64,
    policy: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<u32>,
    root: u64,
    targets: u64,
    snapshot: u64,
    timestamp: u64,
}

pub(super) fn run(asked: &Publish, session: &Session) -> anyhow::Result<()> {
    let company = Company::open(&asked.place.dir)?;
    let repository = company.repository()?;
    let roles: &[RoleName] =
        if asked.timestamp_only { &[RoleName::Timestamp] } else { &[RoleName::Targets, RoleName::Snapshot, RoleName::Timestamp] };
    let content = if asked.timestamp_only { None } else { Some(next(&company)?) };
    let keys = open_wanted(&company.keys(), &key_ids(&repository.plan()?, roles), &session.passphrases)?;
    let signers = as_signers(&keys);
    let signing = Signing { signers: &signers, lifetimes: asked.lifetimes.into(), now: session.now };
    let Some(mut content) = content else {
        let timestamp = repository.renew_timestamp(signing)?;
        let done = serde_json::json!({ "timestamp": timestamp });
        return session.out.show(&done, |_| format!("Signed timestamp {timestamp}. Nothing else changed."));
    };
    content.catalogue.published = session.now;
    let published = repository.publish(&content, signing)?;
    let done = Done {
        entries: content.catalogue.entries.len(),
        catalogue: published.catalogue,
        policy: content.policy.version,
        signatures: content.runner_signatures.as_deref().and_then(super::signatures::version),
        root: published.root,
        targets: published.targets,
        snapshot: published.snapshot,
        timestamp: published.timestamp,
    };
    session.out.show(&done, |done| format!("Published catalogue {} with {}.", done.catalogue, counted(done.entries)))
}

/// `1 entry`, `2 entries`.
pub(super) fn counted(entries: usize) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

/// The draft as the successor of what is published now.
fn next(company: &Company) -> anyhow::Result<Content> {
    let draft = Draft(company);
    let current = company.repository()?.current()?;
    let mut policy = draft.policy()?;
    let runner_signatures = draft.signatures()?;
    if let Some(text) = &runner_signatures {
        super::signatures::check_successor(text, current.as_ref().and_then(|current| current.runner_signatures.as_deref()))?;
    }
    let mut version = 1;
    let mut departments = Vec::new();
    if let Some(current) = current {
        version = current.catalogue.version.saturating_add(1);
        policy.version = current.policy.version;
        if policy != current.policy {
            policy.version = policy.version.saturating_add(1);
        }
        // Departments sign for themselves; what they published last stays.
        departments = current.departments.into_iter().map(|department| Department { catalogue: None, ..department }).collect();
    }
    let organisation = company.about.organisation.clone();
    let entries = draft.entries()?;
    let published = canteen_types::Timestamp::from_millis(0);
    Ok(Content {
        catalogue: CatalogueDocument { format: FORMAT, version, organisation, published, entries },
        policy,
        runner_signatures,
        departments,
    })
}

/// The keys that may sign these roles.
pub(super) fn key_ids(plan: &RootPlan, roles: &[RoleName]) -> Vec<KeyId> {
    roles.iter().filter_map(|role| plan.role(*role)).flat_map(|role| &role.keys).map(|key| key.id()).collect()
}
