//! The only module that knows `sigstore-tuf`. It verifies bytes that others bring: no file, no network, no clock.
//!
//! Its `TrustedMetadataSet` is used and its `Updater` is not: the `Updater` forgets the snapshot floor after one refused
//! refresh and accepts the same rollback at the second try. Here the floor is whatever snapshot was last verified, whether
//! or not it fits the newest timestamp; it falls only when the root replaces the snapshot keys, as recovery needs.

use canteen_types::{Digest, Timestamp};
use sigstore_tuf::{DelegatedRole, MetaFile, Metadata, Role, Root, Snapshot, Targets, TrustedMetadataSet};

use crate::error::printable;
use crate::limits::LEAP;
use crate::{CatalogueError, SignedRole};

mod signers;

/// Length and digest of a target, from signed metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) length: u64,
    pub(crate) digest: Digest,
}

impl Pin {
    /// Refuses any other bytes.
    pub(crate) fn check(&self, path: &str, bytes: &[u8]) -> Result<(), CatalogueError> {
        if bytes.len() as u64 == self.length && Digest::of(bytes) == self.digest {
            Ok(())
        } else {
            Err(CatalogueError::Mixed { what: format!("the content of “{}”", printable(path)) })
        }
    }
}

/// What is trusted so far, at one moment.
pub(crate) struct Trust {
    set: TrustedMetadataSet,
    now: jiff::Timestamp,
    floor: Option<Snapshot>,
    /// Who signed what is trusted so far, the root left out.
    signed: Vec<SignedRole>,
}

/// Where a check stands in time.
#[derive(Clone, Copy)]
pub(crate) enum Expiry {
    /// Nothing may be expired at this moment.
    At(Timestamp),
    /// Everything but expiry is checked: for the last good catalogue, whose age is a state and not an error.
    Ignored,
}

impl Trust {
    /// Begins at the root that came with the invitation.
    pub(crate) fn pinned(root: &[u8], expiry: Expiry) -> Result<Self, CatalogueError> {
        if root.is_empty() {
            return Err(CatalogueError::NotJoined);
        }
        let set =
            TrustedMetadataSet::from_root(root).map_err(|e| CatalogueError::BadRoot { because: printable(&e.to_string()) })?;
        if set.root().version == 0 {
            return Err(CatalogueError::BadRoot { because: "its version is 0".to_owned() });
        }
        let now = match expiry {
            Expiry::At(moment) => jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or(jiff::Timestamp::MAX),
            Expiry::Ignored => jiff::Timestamp::MIN,
        };
        Ok(Self { set, now, floor: None, signed: Vec::new() })
    }

    pub(crate) fn root_version(&self) -> u64 {
        self.set.root().version
    }

    pub(crate) fn consistent_snapshot(&self) -> bool {
        self.set.root().consistent_snapshot
    }

    /// The next root: exactly one version on, signed by the old and the new threshold.
    pub(crate) fn accept_root(&mut self, bytes: &[u8]) -> Result<(), CatalogueError> {
        self.set.update_root(bytes).map_err(|e| CatalogueError::from_tuf("root.json", e))
    }

    pub(crate) fn check_root_age(&self) -> Result<(), CatalogueError> {
        self.set.check_root_expired(self.now).map_err(|e| CatalogueError::from_tuf("root.json", e))
    }

    /// Takes the newest timestamp that was ever verified as the floor. One that the current root does not vouch for (its keys
    /// were replaced) is no floor.
    pub(crate) fn seed_timestamp(&mut self, bytes: &[u8]) {
        match self.set.update_timestamp(bytes, jiff::Timestamp::MIN) {
            Ok(()) => self.note::<sigstore_tuf::Timestamp>("timestamp", bytes),
            Err(error) => tracing::debug!(%error, "the kept timestamp is no floor under this root"),
        }
    }

    /// The same for the newest snapshot, whether or not it fits the newest timestamp.
    pub(crate) fn seed_snapshot(&mut self, bytes: &[u8]) {
        let root = self.set.root();
        let verified = Metadata::<Snapshot>::from_slice(bytes).and_then(|kept| {
            let role = root.role("snapshot").ok_or_else(|| sigstore_tuf::Error::UnknownRole("snapshot".to_owned()))?;
            kept.verify_threshold(&root.keys, role, "snapshot")?;
            Ok(kept.into_signed())
        });
        match verified {
            Ok(snapshot) => self.floor = Some(snapshot),
            Err(error) => tracing::debug!(%error, "the kept snapshot is no floor under this root"),
        }
    }

    /// `true` when it is newer than the one that is trusted; `false` when it is the same version, which is then used on.
    pub(crate) fn accept_timestamp(&mut self, bytes: &[u8]) -> Result<bool, CatalogueError> {
        let wrong = |e| CatalogueError::from_tuf("timestamp.json", e);
        let mut trial = self.set.clone();
        match trial.update_timestamp(bytes, self.now) {
            Ok(()) => {}
            Err(sigstore_tuf::Error::EqualVersion { .. }) => {
                self.set.check_timestamp_expired(self.now).map_err(wrong)?;
                return Ok(false);
            }
            Err(error) => return Err(wrong(error)),
        }
        let pinned = |set: &TrustedMetadataSet| set.timestamp().and_then(|t| t.snapshot_meta()).map_or(0, |meta| meta.version);
        let version = |set: &TrustedMetadataSet| set.timestamp().map_or(0, |t| t.version);
        plausible("timestamp", version(&self.set), version(&trial))?;
        plausible("snapshot", pinned(&self.set), pinned(&trial))?;
        self.set = trial;
        self.note::<sigstore_tuf::Timestamp>("timestamp", bytes);
        Ok(true)
    }

    /// File name of the snapshot that the timestamp pins.
    pub(crate) fn snapshot_name(&self) -> Result<String, CatalogueError> {
        let version = self.set.timestamp().and_then(|t| t.snapshot_meta()).map(|meta| meta.version);
        version.map(|version| self.versioned(version, "snapshot")).ok_or_else(|| CatalogueError::Malformed {
            what: "timestamp.json".to_owned(),
            because: "it names no snapshot".to_owned(),
        })
    }

    pub(crate) fn accept_snapshot(&mut self, bytes: &[u8]) -> Result<(), CatalogueError> {
        let mut trial = self.set.clone();
        trial.update_snapshot(bytes, self.now).map_err(|e| CatalogueError::from_tuf("snapshot.json", e))?;
        let meta = trial.snapshot().map(|s| &s.meta);
        let offered = |name: &str| meta.and_then(|m| m.get(name)).map(|m| m.version);
        let before = |name: &str| self.floor.as_ref().and_then(|f| f.meta.get(name)).map_or(0, |m| m.version);
        for (name, kept) in self.floor.iter().flat_map(|f| &f.meta) {
            match offered(name) {
                None => {
                    return Err(CatalogueError::Mixed {
                        what: format!("the list of files, which drops “{}”,", printable(name))
                    });
                }
                Some(version) if version < kept.version => {
                    let role = printable(name.trim_end_matches(".json"));
                    return Err(CatalogueError::RolledBack { role, trusted: kept.version, offered: version });
                }
                Some(_) => {}
            }
        }
        for (name, new) in meta.into_iter().flatten() {
            plausible(&printable(name.trim_end_matches(".json")), before(name), new.version)?;
        }
        self.floor = trial.snapshot().cloned();
        self.set = trial;
        self.note::<Snapshot>("snapshot", bytes);
        Ok(())
    }

    /// File name of a targets role that the snapshot pins; `None` when it pins none.
    pub(crate) fn role_name(&self, role: &str) -> Option<String> {
        let version = self.set.snapshot()?.meta.get(&format!("{role}.json"))?.version;
        Some(self.versioned(version, role))
    }

    /// SHA-256 of the snapshot, where the timestamp gives it.
    pub(crate) fn snapshot_digest(&self) -> Option<Digest> {
        sha256_of(self.set.timestamp()?.snapshot_meta()?)
    }

    /// SHA-256 of a targets role, where the snapshot gives it.
    pub(crate) fn role_digest(&self, role: &str) -> Option<Digest> {
        sha256_of(self.set.snapshot()?.meta.get(&format!("{role}.json"))?)
    }

    fn versioned(&self, version: u64, role: &str) -> String {
        if self.consistent_snapshot() { format!("{version}.{role}.json") } else { format!("{role}.json") }
    }

    pub(crate) fn accept_targets(&mut self, bytes: &[u8]) -> Result<(), CatalogueError> {
        self.set.update_targets(bytes, self.now).map_err(|e| CatalogueError::from_tuf("targets.json", e))?;
        self.note::<Targets>("targets", bytes);
        Ok(())
    }

    /// The roles that the top-level targets hand parts of the names to, in order.
    pub(crate) fn delegations(&self) -> Vec<DelegatedRole> {
        let targets = self.set.targets_role("targets");
        targets.and_then(|t| t.delegations.as_ref()).map(|d| d.roles.clone()).unwrap_or_default()
    }

    pub(crate) fn accept_delegated(&mut self, role: &str, bytes: &[u8]) -> Result<(), CatalogueError> {
        let accepted = self.set.update_delegated_targets(bytes, role, "targets", self.now);
        accepted.map_err(|e| CatalogueError::from_tuf(&format!("{role}.json"), e))?;
        let delegations = self.set.targets_role("targets").and_then(|targets| targets.delegations.as_ref());
        let signed = delegations.and_then(|all| {
            let delegated = all.roles.iter().find(|delegated| delegated.name == role)?;
            signers::signers::<Targets>(role, bytes, &all.keys, &delegated.role_keys())
        });
        self.signed.extend(signed);
        Ok(())
    }

    /// Remembers who signed what was just accepted under the root.
    fn note<T: Role>(&mut self, role: &str, bytes: &[u8]) {
        let root = self.set.root();
        let signed = root.role(role).and_then(|may| signers::signers::<T>(role, bytes, &root.keys, may));
        self.signed.retain(|known| known.role != role);
        self.signed.extend(signed);
    }

    /// Who signed, from the root down to the departments.
    pub(crate) fn signatures(&self) -> Vec<SignedRole> {
        let root = self.set.root();
        let own = root.role("root").and_then(|may| signers::signers::<Root>("root", self.set.root_bytes(), &root.keys, may));
        own.into_iter().chain(self.signed.iter().cloned()).collect()
    }

    /// All targets that a role lists, whether or not it may.
    pub(crate) fn listed(&self, role: &str) -> Vec<String> {
        self.set.targets_role(role).map(|t| t.targets.keys().cloned().collect()).unwrap_or_default()
    }

    /// What `role` says about the target `path`; `None` when it does not list it.
    pub(crate) fn pin(&self, role: &str, path: &str) -> Result<Option<Pin>, CatalogueError> {
        let Some(target) = self.set.targets_role(role).and_then(|t: &Targets| t.target(path)) else { return Ok(None) };
        let digest = target.hashes.get("sha256").and_then(|text| Digest::from_hex(text).ok());
        let digest = digest.ok_or_else(|| CatalogueError::Malformed {
            what: format!("{role}.json"),
            because: format!("it gives no SHA-256 for “{}”", printable(path)),
        })?;
        Ok(Some(Pin { length: target.length, digest }))
    }

    /// When the first of the four top-level signatures runs out.
    pub(crate) fn expires(&self) -> Timestamp {
        let root = Some(self.set.root().expires);
        let timestamp = self.set.timestamp().map(|t| t.expires);
        let snapshot = self.set.snapshot().map(|s| s.expires);
        let targets = self.set.targets_role("targets").map(|t| t.expires);
        let first = [root, timestamp, snapshot, targets].into_iter().flatten().min();
        first.map_or(Timestamp::from_millis(i64::MIN), |t| Timestamp::from_millis(t.as_millisecond()))
    }
}

fn sha256_of(meta: &MetaFile) -> Option<Digest> {
    Digest::from_hex(meta.hashes.as_ref()?.get("sha256")?).ok()
}

fn plausible(role: &str, trusted: u64, offered: u64) -> Result<(), CatalogueError> {
    if offered == 0 || offered.saturating_sub(trusted) > LEAP {
        return Err(CatalogueError::VersionRefused { role: role.to_owned(), trusted, offered });
    }
    Ok(())
}
