use std::path::{Path, PathBuf};

use canteen_catalogue::sign::{
    Algorithm, Envelope, KeyId, Lifetimes, PublicKey, Repository, RoleName, RolePlan, RootPlan, SignError, Signer as _, Signing,
    SigningKey, read_public, write_key,
};
use serde::Serialize;

use super::Session;
use super::publish::key_ids;
use crate::args::Keys;
use crate::failure::AdminError;
use crate::keyring::{as_signers, key_files, open, open_wanted};
use crate::out::table;
use crate::place::{Company, read_bytes, write_bytes};

pub(super) fn run(asked: Keys, session: &Session) -> anyhow::Result<()> {
    match asked {
        Keys::List(place) => list(&Company::open(&place.dir)?, session),
        Keys::New { place, name, algorithm } => {
            let (path, key) = make(&Company::open(&place.dir)?, &name, algorithm.into(), session)?;
            let made = serde_json::json!({ "name": name, "id": key.public().id(), "file": path });
            session.out.show(&made, |_| format!("Made {} ({}).", path.display(), key.public().id()))
        }
        Keys::Rotate { place, role, with, retire, threshold, lifetimes } => {
            let company = Company::open(&place.dir)?;
            let asked = Rotation { role: role.into(), with, retire, threshold };
            let plan = asked.plan(&company, session)?;
            propose(&company, &plan, lifetimes.into(), session)
        }
        Keys::Renew { place, lifetimes } => {
            let company = Company::open(&place.dir)?;
            let plan = company.repository()?.plan()?;
            propose(&company, &plan, lifetimes.into(), session)
        }
        Keys::Sign { place, key, lifetimes } => {
            let company = Company::open(&place.dir)?;
            let mut root = waiting_root(&company)?;
            let signer = open(&key, &session.passphrases)?;
            let repository = company.repository()?;
            let (old, new) = (repository.plan()?, repository.plan_of(&root)?);
            let id = signer.public().id();
            if ![&old, &new].iter().any(|plan| key_ids(plan, &[RoleName::Root]).contains(&id)) {
                return Err(SignError::NotAuthorised { key: id }.into());
            }
            root.add_signature(&signer)?;
            finish(&company, &root, lifetimes.into(), session)
        }
    }
}

#[derive(Serialize)]
struct Line {
    role: RoleName,
    threshold: u32,
    id: KeyId,
    scheme: String,
    file: Option<String>,
}

fn list(company: &Company, session: &Session) -> anyhow::Result<()> {
    let plan = company.repository()?.plan()?;
    let files = key_files(&company.keys())?;
    let mut lines = Vec::new();
    for role in RoleName::ALL {
        let Some(keys) = plan.role(role) else { continue };
        for key in &keys.keys {
            let file = files.iter().find(|file| file.public == *key).map(|file| file.name());
            lines.push(Line { role, threshold: keys.threshold, id: key.id(), scheme: key.scheme().to_owned(), file });
        }
    }
    session.out.show(&lines, |lines| {
        let rows = lines.iter().map(|line| {
            let file = line.file.clone().unwrap_or_else(|| "not here".to_owned());
            vec![line.role.to_string(), line.threshold.to_string(), line.id.to_string(), line.scheme.clone(), file]
        });
        table(&["ROLE", "NEEDS", "KEY", "SCHEME", "FILE"], rows)
    })
}

fn make(company: &Company, name: &str, algorithm: Algorithm, session: &Session) -> anyhow::Result<(PathBuf, SigningKey)> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err(AdminError::KeyName { name: name.to_owned() }.into());
    }
    let path = company.keys().join(format!("{name}.pem"));
    let key = SigningKey::generate(algorithm)?;
    write_key(&path, &key, &session.passphrases.new_one()?)?;
    Ok((path, key))
}

struct Rotation {
    role: RoleName,
    with: Vec<PathBuf>,
    retire: Vec<String>,
    threshold: Option<u32>,
}

impl Rotation {
    /// The new plan. Makes the keys that are missing.
    fn plan(&self, company: &Company, session: &Session) -> anyhow::Result<RootPlan> {
        let plan = company.repository()?.plan()?;
        let before = plan.role(self.role).ok_or(AdminError::NoCompany)?.clone();
        if self.role == RoleName::Root && self.retire.is_empty() && self.with.is_empty() && self.threshold.is_none() {
            return Err(AdminError::RetireMissing.into());
        }
        let retired = if self.retire.is_empty() && self.role != RoleName::Root {
            before.keys.iter().map(PublicKey::id).collect()
        } else {
            self.retire.iter().map(|prefix| find(&before.keys, prefix)).collect::<Result<Vec<_>, _>>()?
        };
        let mut keys: Vec<PublicKey> = before.keys.iter().filter(|key| !retired.contains(&key.id())).cloned().collect();
        for path in &self.with {
            keys.push(read_public(&path.with_extension("pub"))?);
        }
        if self.with.is_empty() {
            for gone in before.keys.iter().filter(|key| retired.contains(&key.id())) {
                let algorithm = if gone.scheme() == "ed25519" { Algorithm::Ed25519 } else { Algorithm::P256 };
                let (_, key) = make(company, &free_name(&company.keys(), self.role), algorithm, session)?;
                keys.push(key.public().clone());
            }
        }
        Ok(plan.with(self.role, RolePlan { keys, threshold: self.threshold.unwrap_or(before.threshold) }))
    }
}

fn find(keys: &[PublicKey], prefix: &str) -> Result<KeyId, AdminError> {
    let mut found = keys.iter().map(PublicKey::id).filter(|id| id.as_str().starts_with(prefix));
    match (found.next(), found.next()) {
        (Some(id), None) if !prefix.is_empty() => Ok(id),
        _ => Err(AdminError::NoKey { prefix: prefix.to_owned() }),
    }
}

/// `timestamp-2`, and so on.
fn free_name(folder: &Path, role: RoleName) -> String {
    let name = |n: u32| format!("{role}-{n}");
    (1..u32::MAX).map(name).find(|name| !folder.join(format!("{name}.pem")).exists()).unwrap_or_else(|| name(0))
}

fn propose(company: &Company, plan: &RootPlan, lifetimes: Lifetimes, session: &Session) -> anyhow::Result<()> {
    let repository = company.repository()?;
    let mut root = repository.next_root(plan, lifetimes, session.now)?;
    let mut wanted = key_ids(&repository.plan()?, &[RoleName::Root]);
    wanted.extend(key_ids(plan, &[RoleName::Root]));
    for key in open_wanted(&company.keys(), &wanted, &session.passphrases)? {
        root.add_signature(&key)?;
    }
    finish(company, &root, lifetimes, session)
}

fn waiting_root(company: &Company) -> anyhow::Result<Envelope> {
    let path = company.waiting_root();
    if !path.is_file() {
        return Err(AdminError::NothingToSign.into());
    }
    Ok(Envelope::parse("draft/root.json", &read_bytes(&path)?)?)
}

/// Publishes the root where enough have signed, together with everything that its keys must sign anew; else keeps it for the
/// next person.
fn finish(company: &Company, root: &Envelope, lifetimes: Lifetimes, session: &Session) -> anyhow::Result<()> {
    let repository = company.repository()?;
    match repository.check_root(root) {
        Err(SignError::TooFewKeys { found, threshold, .. }) => {
            write_bytes(&company.waiting_root(), &root.to_bytes())?;
            let path = company.waiting_root();
            let waiting = serde_json::json!({ "published": false, "signatures": found, "needed": threshold, "file": path });
            return session.out.show(&waiting, |_| {
                format!(
                    "The new root has {found} of {threshold} signatures and waits in {}.\nThe next person signs with: canteen-admin \
                     keys sign DIR --key FILE",
                    path.display()
                )
            });
        }
        other => other?,
    };
    let version = publish_root(&repository, company, root, lifetimes, session)?;
    if company.waiting_root().is_file() {
        fs_err::remove_file(company.waiting_root())?;
    }
    let done = serde_json::json!({ "published": true, "root": version });
    session.out.show(&done, |_| format!("Published root {version}."))
}

fn publish_root(
    repository: &Repository,
    company: &Company,
    root: &Envelope,
    lifetimes: Lifetimes,
    session: &Session,
) -> anyhow::Result<u64> {
    const ONLINE: [RoleName; 3] = [RoleName::Targets, RoleName::Snapshot, RoleName::Timestamp];
    let (old, new) = (repository.plan()?, repository.plan_of(root)?);
    let changed = ONLINE.into_iter().any(|role| old.role(role) != new.role(role));
    let content = if changed { repository.current()? } else { None };
    let Some(mut content) = content else { return Ok(repository.accept_root(root)?) };
    content.catalogue.version = content.catalogue.version.saturating_add(1);
    content.catalogue.published = session.now;
    for department in &mut content.departments {
        department.catalogue = None;
    }
    let keys = open_wanted(&company.keys(), &key_ids(&new, &ONLINE), &session.passphrases)?;
    let signers = as_signers(&keys);
    let signing = Signing { signers: &signers, lifetimes, now: session.now };
    Ok(repository.publish_with_root(root, &content, signing)?.root)
}
