use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use canteen_types::{Digest, Timestamp};
use sigstore_tuf::{Metadata, Root, Snapshot, Targets};

use super::error::{damaged, io};
use super::roles::expiry;
use super::{Envelope, Lifetimes, RoleName, RootPlan, SignError, Signer, Signing};
use crate::kept::Kept;
use crate::limits::{DOCUMENT_BYTES, ROOT_BYTES, ROOTS_KEPT, SNAPSHOT_BYTES, TARGETS_BYTES, TIMESTAMP_BYTES};
use crate::store::write_beside_and_rename;
use crate::trust::{Expiry, Trust};

/// A repository as IT writes it. Holds no state: every method reads the folder anew, and those that write take turns.
#[derive(Clone, Debug)]
pub struct Repository {
    folder: PathBuf,
}

/// How many of the needed signatures a root carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    found: usize,
    needed: u32,
}

impl Repository {
    /// Makes a repository with its first root. The signers must meet the root's threshold.
    ///
    /// # Errors
    /// [`SignError::Exists`], [`SignError::Threshold`], [`SignError::TooFewKeys`], [`SignError::Io`].
    pub fn create(folder: &Path, plan: &RootPlan, signing: Signing<'_>) -> Result<Self, SignError> {
        let repository = Self { folder: folder.to_owned() };
        let _turn = repository.take_turn()?;
        if folder.join("metadata").exists() {
            return Err(SignError::Exists);
        }
        let mut root = Envelope::unsigned(plan.to_signed(1, expiry(signing.now, signing.lifetimes.root))?);
        sign_role(&mut root, plan, RoleName::Root, signing.signers)?;
        repository.write("metadata/1.root.json", &root.to_bytes())?;
        Ok(repository)
    }

    /// A repository that is there.
    ///
    /// # Errors
    /// [`SignError::NoRepository`].
    pub fn open(folder: &Path) -> Result<Self, SignError> {
        let there = folder.join("metadata").join("1.root.json").is_file();
        if there { Ok(Self { folder: folder.to_owned() }) } else { Err(SignError::NoRepository) }
    }

    /// The first root: what clients pin.
    ///
    /// # Errors
    /// [`SignError::Io`], [`SignError::NoRepository`].
    pub fn first_root(&self) -> Result<Vec<u8>, SignError> {
        self.read("metadata/1.root.json", ROOT_BYTES)?.ok_or(SignError::NoRepository)
    }

    /// Who may sign what, by the newest root.
    ///
    /// # Errors
    /// [`SignError::Damaged`], [`SignError::Io`].
    pub fn plan(&self) -> Result<RootPlan, SignError> {
        RootPlan::from_root(&self.newest_root()?)
    }

    /// Who may sign what, by a root that is not published yet.
    ///
    /// # Errors
    /// [`SignError::Damaged`].
    pub fn plan_of(&self, root: &Envelope) -> Result<RootPlan, SignError> {
        let root: Root = serde_json::from_value(root.signed().clone()).map_err(|e| damaged("the new root", e))?;
        RootPlan::from_root(&root)
    }

    /// Version of the newest root.
    ///
    /// # Errors
    /// [`SignError::Damaged`], [`SignError::Io`].
    pub fn root_version(&self) -> Result<u64, SignError> {
        Ok(self.newest_root()?.version)
    }

    /// The next root, not signed yet. It needs enough keys of the old list and enough of the new one.
    ///
    /// # Errors
    /// [`SignError::Threshold`], [`SignError::Damaged`], [`SignError::Io`].
    pub fn next_root(&self, plan: &RootPlan, lifetimes: Lifetimes, now: Timestamp) -> Result<Envelope, SignError> {
        let version = self.newest_root()?.version.saturating_add(1);
        Ok(Envelope::unsigned(plan.to_signed(version, expiry(now, lifetimes.root))?))
    }

    /// Whether `root` carries enough signatures to follow the newest one.
    ///
    /// # Errors
    /// [`SignError::TooFewKeys`] says what is missing, [`SignError::Damaged`] that it does not fit at all.
    pub fn check_root(&self, root: &Envelope) -> Result<u64, SignError> {
        let (mut trust, _) = self.trust(Expiry::Ignored, None)?;
        let old = RootPlan::from_root(&self.newest_root()?)?;
        let plan = self.plan_of(root)?;
        for plan in [&old, &plan] {
            let Held { found, needed } = held(root, plan);
            if found < usize::try_from(needed).unwrap_or(usize::MAX) {
                return Err(SignError::TooFewKeys { role: "root".to_owned(), found, threshold: needed });
            }
        }
        trust.accept_root(&root.to_bytes()).map_err(|source| SignError::WouldBeRefused { source })?;
        Ok(trust.root_version())
    }

    /// Publishes a root that changes no online key (a renewal, another root key). For others see [`Self::publish_with_root`],
    /// which signs everything anew at the same moment.
    ///
    /// # Errors
    /// As [`Self::check_root`], and [`SignError::Io`].
    pub fn accept_root(&self, root: &Envelope) -> Result<u64, SignError> {
        let _turn = self.take_turn()?;
        let version = self.check_root(root)?;
        self.write(&format!("metadata/{version}.root.json"), &root.to_bytes())?;
        Ok(version)
    }

    pub(super) fn newest_root(&self) -> Result<Root, SignError> {
        let (_, bytes) = self.trust(Expiry::Ignored, None)?;
        Metadata::<Root>::from_slice(&bytes).map(Metadata::into_signed).map_err(|e| damaged("root.json", e))
    }

    /// Walks the roots from the first, up to `until`; gives the last one's bytes as well.
    pub(super) fn trust(&self, expiry: Expiry, until: Option<u64>) -> Result<(Trust, Vec<u8>), SignError> {
        let mut bytes = self.first_root()?;
        let mut trust = Trust::pinned(&bytes, expiry).map_err(|e| damaged("1.root.json", e))?;
        for _ in 0..ROOTS_KEPT {
            let next = trust.root_version().saturating_add(1);
            if until.is_some_and(|until| next > until) {
                break;
            }
            let name = format!("{next}.root.json");
            let Some(found) = self.read(&format!("metadata/{name}"), ROOT_BYTES)? else { break };
            trust.accept_root(&found).map_err(|e| damaged(name, e))?;
            bytes = found;
        }
        Ok((trust, bytes))
    }

    /// The files that the newest timestamp leads to, as they lie there. `None` before the first publication.
    pub(super) fn load(&self) -> Result<Option<Kept>, SignError> {
        let Some(timestamp) = self.read("metadata/timestamp.json", TIMESTAMP_BYTES)? else { return Ok(None) };
        let mut kept = Kept { root_version: self.newest_root()?.version, ..Kept::default() };
        let parsed = Metadata::<sigstore_tuf::Timestamp>::from_slice(&timestamp).map_err(|e| damaged("timestamp.json", e))?;
        let version = parsed.signed().snapshot_meta().map(|meta| meta.version);
        let version = version.ok_or_else(|| damaged("timestamp.json", "it names no snapshot"))?;
        let snapshot = self.need(&format!("metadata/{version}.snapshot.json"), SNAPSHOT_BYTES)?;
        let parsed = Metadata::<Snapshot>::from_slice(&snapshot).map_err(|e| damaged("snapshot.json", e))?;
        for (file, meta) in &parsed.signed().meta {
            let role = file.trim_end_matches(".json");
            let name = format!("{}.{file}", meta.version);
            if role != "targets" && crate::departments::slug_of(role).is_none() {
                return Err(damaged(name, "it is no role of ours"));
            }
            let bytes = self.need(&format!("metadata/{name}"), TARGETS_BYTES)?;
            let targets = Metadata::<Targets>::from_slice(&bytes).map_err(|e| damaged(&name, e))?;
            for (path, target) in &targets.signed().targets {
                let digest = target.hashes.get("sha256").and_then(|text| Digest::from_hex(text).ok());
                let digest = digest.ok_or_else(|| damaged(&name, "a target has no SHA-256"))?;
                let document = self.need(&target_file(path, digest)?, DOCUMENT_BYTES)?;
                kept.keep_document(path, document).map_err(|e| damaged(path, e))?;
            }
            kept.keep_role(role, bytes).map_err(|e| damaged(&name, e))?;
        }
        kept.keep_role("timestamp", timestamp).map_err(|e| damaged("timestamp.json", e))?;
        kept.keep_role("snapshot", snapshot).map_err(|e| damaged("snapshot.json", e))?;
        Ok(Some(kept))
    }

    /// The next free version of a role: files that an interrupted publication left behind are never written over, so that no
    /// cache can hold another file under the same name.
    pub(super) fn next_version(&self, role: &str) -> Result<u64, SignError> {
        let folder = self.folder.join("metadata");
        let mut newest = 0_u64;
        for found in fs_err::read_dir(folder).map_err(io("Reading the repository"))? {
            let name = found.map_err(io("Reading the repository"))?.file_name();
            let version = name.to_str().and_then(|name| name.strip_suffix(&format!(".{role}.json"))).and_then(|n| n.parse().ok());
            newest = newest.max(version.unwrap_or(0));
        }
        Ok(newest.saturating_add(1))
    }

    /// Held while something is written, so that two people cannot publish at once.
    pub(super) fn take_turn(&self) -> Result<fs_err::File, SignError> {
        fs_err::create_dir_all(&self.folder).map_err(io("Making the folder"))?;
        let file = fs_err::File::create(self.folder.join(".lock")).map_err(io("Locking the repository"))?;
        match file.file().try_lock() {
            Ok(()) => Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => Err(SignError::Busy),
            Err(std::fs::TryLockError::Error(source)) => Err(io("Locking the repository")(source)),
        }
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SignError> {
        write_beside_and_rename(&self.folder.join(name), bytes).map_err(io("Writing the repository"))
    }

    fn need(&self, name: &str, limit: u64) -> Result<Vec<u8>, SignError> {
        self.read(name, limit)?.ok_or_else(|| damaged(name, "it is missing"))
    }

    fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, SignError> {
        let file = match fs_err::File::open(self.folder.join(name)) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io("Reading the repository")(e)),
        };
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(io("Reading the repository"))?;
        if bytes.len() as u64 > limit { Err(damaged(name, "it is too long")) } else { Ok(Some(bytes)) }
    }
}

/// Where a target lies: the digest stands before its last part.
pub(super) fn target_file(path: &str, digest: Digest) -> Result<String, SignError> {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.iter().any(|part| part.is_empty() || part.starts_with('.') || part.contains(['\\', ':', '\0'])) {
        return Err(damaged(path, "it is no plain name"));
    }
    let (folder, name) = path.rsplit_once('/').map_or((String::new(), path), |(folder, name)| (format!("{folder}/"), name));
    Ok(format!("targets/{folder}{}.{name}", digest.hex()))
}

/// Adds the signatures of those signers that may sign the role.
///
/// # Errors
/// [`SignError::TooFewKeys`].
pub(super) fn sign_role(
    envelope: &mut Envelope,
    plan: &RootPlan,
    role: RoleName,
    signers: &[&dyn Signer],
) -> Result<(), SignError> {
    let keys = plan.role(role).ok_or_else(|| damaged("root.json", format!("it has no {role} role")))?;
    sign_with(envelope, role.as_str(), keys, signers)
}

pub(super) fn sign_with(
    envelope: &mut Envelope,
    role: &str,
    plan: &super::RolePlan,
    signers: &[&dyn Signer],
) -> Result<(), SignError> {
    let authorised: Vec<_> = plan.keys.iter().map(super::PublicKey::id).collect();
    for signer in signers.iter().filter(|signer| authorised.contains(&signer.public().id())) {
        envelope.add_signature(*signer)?;
    }
    let found = envelope.signed_by().len();
    if found < usize::try_from(plan.threshold).unwrap_or(usize::MAX) {
        return Err(SignError::TooFewKeys { role: role.to_owned(), found, threshold: plan.threshold });
    }
    Ok(())
}

fn held(root: &Envelope, plan: &RootPlan) -> Held {
    let role = plan.role(RoleName::Root);
    let keys: Vec<_> = role.iter().flat_map(|role| &role.keys).map(super::PublicKey::id).collect();
    let found = root.signed_by().iter().filter(|id| keys.contains(id)).count();
    Held { found, needed: role.map_or(1, |role| role.threshold) }
}
