use canteen_catalogue::PolicyDocument;
use canteen_catalogue::sign::{Repository, RoleName, RolePlan, RootPlan, SignError, Signer as _, Signing, SigningKey, write_key};
use serde::Serialize;

use super::Session;
use crate::args::Init;
use crate::draft::Draft;
use crate::keyring::as_signers;
use crate::place::{About, Company, write_bytes, write_json};

#[derive(Serialize)]
struct Made {
    organisation: String,
    repository: String,
    root: String,
    keys: Vec<String>,
    root_threshold: u32,
}

/// Keys first, the repository after: what is interrupted leaves keys that nothing names, and a second try needs an empty
/// folder for them.
pub(super) fn run(asked: &Init, session: &Session) -> anyhow::Result<()> {
    let folder = &asked.place.dir;
    if folder.join("company.json").exists() || folder.join("repository").join("metadata").exists() {
        return Err(SignError::Exists.into());
    }
    if asked.root_threshold > asked.root_keys {
        let keys = usize::try_from(asked.root_keys).unwrap_or(usize::MAX);
        return Err(SignError::Threshold { role: RoleName::Root, threshold: asked.root_threshold, keys }.into());
    }
    let keys = asked.keys.as_ref().map(std::path::absolute).transpose()?;
    let company = Company { folder: folder.clone(), about: About { organisation: asked.organisation.clone(), keys } };
    // Refused here, before any key is made.
    let policy = PolicyDocument::standard(&asked.organisation);
    canteen_catalogue::document::check_policy(&policy)
        .map_err(|source| SignError::Document { what: "The policy".to_owned(), source })?;

    let passphrase = session.passphrases.new_one()?;
    let make = |name: &str| -> anyhow::Result<SigningKey> {
        let key = SigningKey::generate(asked.algorithm.into())?;
        write_key(&company.keys().join(format!("{name}.pem")), &key, &passphrase)?;
        Ok(key)
    };
    let root = (1..=asked.root_keys).map(|n| make(&format!("root-{n}"))).collect::<anyhow::Result<Vec<_>>>()?;
    let mut plan = RootPlan::for_all_roles(RolePlan {
        keys: root.iter().map(|key| key.public().clone()).collect(),
        threshold: asked.root_threshold,
    });
    let mut names: Vec<String> = (1..=asked.root_keys).map(|n| format!("root-{n}")).collect();
    for role in [RoleName::Targets, RoleName::Snapshot, RoleName::Timestamp] {
        let key = make(&format!("{role}-1"))?;
        plan = plan.with(role, RolePlan { keys: vec![key.public().clone()], threshold: 1 });
        names.push(format!("{role}-1"));
    }
    let signers = as_signers(&root);
    let signing = Signing { signers: &signers, lifetimes: asked.lifetimes.into(), now: session.now };
    let repository = Repository::create(&company.repository_folder(), &plan, signing)?;
    write_bytes(&company.root_file(), &repository.first_root()?)?;
    Draft(&company).save_policy(&policy)?;
    write_json(&folder.join("company.json"), &company.about)?;

    let absolute = |path: &std::path::Path| std::path::absolute(path).map(|path| path.display().to_string());
    let made = Made {
        organisation: asked.organisation.clone(),
        repository: absolute(&company.repository_folder())?,
        root: absolute(&company.root_file())?,
        keys: names,
        root_threshold: asked.root_threshold,
    };
    session.out.show(&made, |made| {
        format!(
            "Made {}.\n  repository  {}  (publish this folder; its address is what clients join)\n  root file   {}  (clients \
             pin this)\n  keys        {}  ({}; keep the root keys apart and offline, {} of {} must agree)",
            made.organisation,
            made.repository,
            made.root,
            absolute(&company.keys()).unwrap_or_default(),
            made.keys.join(", "),
            made.root_threshold,
            asked.root_keys,
        )
    })
}
