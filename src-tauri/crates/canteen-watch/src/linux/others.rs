//! Programs of other users and services. Their maps and open files are closed to us; how they were started, how much memory they
//! have and how much they compute is not.
//!
//! Two ways lead to them. The file of some stores is named by the digest of its weights, so that the arguments of a service name
//! the bytes. And a known file that stands open while nobody of this user has it is held by somebody else. Neither counts without
//! memory to match: a wrapper (`su -c`, `timeout`, `systemd-run`) repeats the arguments, a backup reads the file.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::time::Duration;

use canteen_types::Digest;

use super::files::HeldFile;
use super::proc::{self, FileKey};
use super::watch::Watch;
use crate::FileIdentity;
use crate::observation::{HeldBy, NamedWeights, Observation};

/// Share of a file's size that must lie in memory, in percent: of weights that are named, and of weights that stand open.
const NAMED: u64 = 25;
const OPEN: u64 = 60;
/// Processes of others that name weights.
const MOST: usize = 1024;

/// A process of another user that names weights by their digest.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    digest: Digest,
    path: PathBuf,
}

/// A hold by another user's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hold {
    identity: FileIdentity,
    key: Option<FileKey>,
    /// Memory below which it is over.
    least: u64,
}

/// What other users' processes name and hold.
#[derive(Debug, Default)]
pub(super) struct Others {
    named: BTreeMap<u32, Named>,
    holds: BTreeMap<u32, Hold>,
}

impl Others {
    /// A process whose arguments were read: `arguments` is empty for one that is gone.
    fn read(&mut self, pid: u32, arguments: &[u8]) {
        match digest_in(arguments) {
            Some(named) if self.named.len() < MOST => drop(self.named.insert(pid, named)),
            Some(_) | None => drop(self.named.remove(&pid)),
        }
    }

    fn of_identity(&self, identity: FileIdentity) -> Option<u32> {
        self.holds.iter().find(|(_, hold)| hold.identity == identity).map(|(pid, _)| *pid)
    }

    fn holder_of(&self, key: FileKey) -> Option<u32> {
        self.holds.iter().find(|(_, hold)| hold.key == Some(key)).map(|(pid, _)| *pid)
    }
}

impl Watch {
    /// Reads how a process of another user was started.
    pub(super) fn read_arguments(&mut self, pid: u32) {
        self.others.read(pid, &proc::arguments(pid));
    }

    /// At the gate: who of the others has the memory to match what it names or has open.
    pub(super) fn look_at_others(&mut self, memory: &BTreeMap<u32, u64>, now: Duration) -> Option<()> {
        self.others.named.retain(|pid, _| memory.contains_key(pid));
        let over: Vec<u32> = self
            .others
            .holds
            .iter()
            .filter(|(pid, hold)| memory.get(pid).is_none_or(|has| *has < hold.least))
            .map(|(pid, _)| *pid)
            .collect();
        for pid in over {
            self.other_ended(pid)?;
        }
        for (pid, named) in self.others.named.clone() {
            if let Some(resident) = memory.get(&pid).filter(|_| !self.others.holds.contains_key(&pid)) {
                self.other_named(pid, &named, *resident)?;
            }
        }
        for key in self.residency.standing(now) {
            let explained = !self.holding.of_file(key).is_empty() || self.others.holder_of(key).is_some();
            if !explained && !self.files.is_underway(key) && !self.is_ours(key) {
                self.other_open(key, memory)?;
            }
        }
        Some(())
    }

    /// Canteen itself has it open, to take its digest or to run it.
    fn is_ours(&self, key: FileKey) -> bool {
        // Of any size: its maps are read in any case.
        let wanted = [(key, 0)].into();
        self.ignored().into_iter().any(|pid| !proc::holds(pid, &wanted).is_empty())
    }

    /// Holders of the others, each with what it holds.
    pub(super) fn other_holders(&self) -> Vec<(u32, FileIdentity)> {
        self.others.holds.iter().map(|(pid, hold)| (*pid, self.identity_of(*hold))).collect()
    }

    /// A file may have got another name since.
    fn identity_of(&self, hold: Hold) -> FileIdentity {
        hold.key.and_then(|key| self.files.identity(key)).unwrap_or(hold.identity)
    }

    /// The file is gone, or has other bytes: nobody holds what it was.
    pub(super) fn others_lost(&mut self, key: FileKey, identity: FileIdentity) -> Option<()> {
        while let Some(pid) = self.others.holder_of(key) {
            self.ends.remove(&pid);
            self.others.holds.remove(&pid);
            self.say(Observation::Released { identity, pid })?;
        }
        Some(())
    }

    fn other_named(&mut self, pid: u32, named: &Named, resident: u64) -> Option<()> {
        let file = fs_err::metadata(&named.path).ok().filter(std::fs::Metadata::is_file);
        let size = file.as_ref().map_or(0, std::fs::Metadata::len);
        let least = share(size, NAMED).max(self.config.minimum_size.bytes());
        if resident < least {
            return Some(());
        }
        // Where it may be read, its content tells.
        if let Some(key) = file.as_ref().map(FileKey::of).filter(|key| self.files.identity(*key).is_none()) {
            let (path, ways) = (named.path.clone(), vec![named.path.clone()]);
            let held = HeldFile { key, path, ways, offsets: BTreeSet::new() };
            let observations = self.files.consider_held(&held, self.clock.now());
            self.tell(observations)?;
        }
        let key = file.as_ref().map(FileKey::of).filter(|key| self.files.identity(*key).is_some());
        let identity = match key.and_then(|key| self.files.identity(key)) {
            Some(identity) => identity,
            None => {
                // Where the file's size may not be seen, the memory says how much it is at least.
                let identity = FileIdentity::by_digest(named.digest, if size > 0 { size } else { resident });
                let (digest, path, at) = (named.digest, named.path.clone(), self.clock.now());
                self.say(Observation::Named(Box::new(NamedWeights { identity, digest, path, at })))?;
                identity
            }
        };
        self.other_holds(pid, Hold { identity, key, least: least / 2 }, HeldBy::Arguments)
    }

    /// The file stands open and nobody of this user has it: the newest of the others with enough memory.
    fn other_open(&mut self, key: FileKey, memory: &BTreeMap<u32, u64>) -> Option<()> {
        let Some(identity) = self.files.identity(key) else { return Some(()) };
        let least = share(identity.size, OPEN).max(1);
        let fits = |(pid, has): &(&u32, &u64)| **has >= least && !self.others.holds.contains_key(pid);
        let Some(pid) = memory.iter().rev().find(fits).map(|(pid, _)| *pid) else { return Some(()) };
        self.other_holds(pid, Hold { identity, key: Some(key), least: least / 2 }, HeldBy::Residency)
    }

    fn other_holds(&mut self, pid: u32, hold: Hold, by: HeldBy) -> Option<()> {
        let Some(holder) = proc::holder(pid) else { return Some(()) };
        self.others.holds.insert(pid, hold);
        self.await_end(pid);
        self.say(Observation::Held { identity: hold.identity, holder, by, at: self.clock.now() })
    }

    /// The last close of a file: nobody of the others has it open any more. One that names it may have read it into its memory.
    pub(super) fn others_closed(&mut self, key: FileKey) -> Option<()> {
        match self.others.holder_of(key).filter(|pid| !self.others.named.contains_key(pid)) {
            Some(pid) => self.other_ended(pid),
            None => Some(()),
        }
    }

    /// It has ended, or let go.
    pub(super) fn other_ended(&mut self, pid: u32) -> Option<()> {
        self.ends.remove(&pid);
        let Some(hold) = self.others.holds.remove(&pid) else { return Some(()) };
        let identity = self.identity_of(hold);
        self.say(Observation::Released { identity, pid })?;
        // What was known by its digest alone is gone with the last who named it.
        let last = hold.key.is_none() && self.others.of_identity(identity).is_none();
        if last { self.say(Observation::Gone { identity }) } else { Some(()) }
    }
}

const fn share(size: u64, percent: u64) -> u64 {
    (size / 100).saturating_mul(percent)
}

/// The first argument that is a path to a file named by a digest: `…/blobs/sha256-<64 hex>`, `…/blobs/sha256/<64 hex>`,
/// `…/blobs/<64 hex>`, with or without an option before it.
fn digest_in(arguments: &[u8]) -> Option<Named> {
    arguments.split(|byte| *byte == 0).find_map(|argument| {
        let from = argument.iter().position(|byte| *byte == b'/')?;
        let before = argument.get(..from)?;
        let path = PathBuf::from(OsStr::from_bytes(argument.get(from..)?));
        let name = path.file_name()?.to_str()?;
        let hex = name.strip_prefix("sha256-").unwrap_or(name);
        let in_blobs = path.parent()?.iter().rev().take(2).any(|folder| folder == "blobs");
        let whole = before.is_empty() || before.ends_with(b"=");
        let digest = (whole && in_blobs && hex.len() == 64).then(|| format!("sha256:{hex}").parse().ok())??;
        Some(Named { digest, path })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "9a1290382ecbd3e5d1ee1a5a2f0a4ed4c9a4bfb1a39e4aee5eb1c3f2b1a0c9d8";

    fn found(arguments: &str) -> Option<String> {
        digest_in(arguments.replace(' ', "\0").as_bytes()).map(|named| named.path.display().to_string())
    }

    #[test]
    fn a_path_that_is_a_digest_names_the_weights() {
        for path in ["/usr/share/ollama/.ollama/models/blobs/sha256-HEX", "/m/blobs/sha256/HEX", "/hub/models--a--b/blobs/HEX"] {
            let path = path.replace("HEX", HEX);
            assert_eq!(found(&format!("server --port 1 --model {path} --offline")), Some(path.clone()), "{path}");
            assert_eq!(found(&format!("server --model={path}")), Some(path));
        }
    }

    #[test]
    fn other_arguments_name_nothing() {
        for arguments in [
            format!("git show {HEX}"),
            format!("sha256sum /tmp/{HEX}"),
            format!("curl https://hub.example/blobs/sha256-{HEX}"),
            format!("server --model /m/blobs/sha256-{}", HEX.replace('9', "z")),
            "server --model /m/blobs/sha256-9a12".to_owned(),
            String::new(),
        ] {
            assert_eq!(found(&arguments), None, "{arguments}");
        }
    }
}
