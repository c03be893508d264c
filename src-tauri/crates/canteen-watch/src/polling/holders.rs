//! Who holds the weights: what a process has mapped or open now, what it has let go, and who has ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::engine::Engine;
use super::{Process, Refused, System};
use crate::FileIdentity;
use crate::holding::{User, Weights};
use crate::observation::{BlindSpot, Holder, Observation};
use crate::process::{FileKey, Hold, How, Sample};

/// How often the system is asked who has known weights open, where it answers that.
const BY_FILE: Duration = Duration::from_secs(15);
/// Known weights that it is asked about at once.
const MOST_ASKED: usize = 256;

impl<S: System> Engine<S> {
    /// Holders that have ended, or whose id is another process's by now.
    pub(super) fn take_ends(&mut self, processes: &BTreeMap<u32, Process>) -> Option<()> {
        let is_there = |holder: &Holder| processes.get(&holder.pid).is_some_and(|process| process.started == holder.started);
        let ended: Vec<u32> = self.holders.values().filter(|holder| !is_there(holder)).map(|holder| holder.pid).collect();
        let nameless = self.holding.processes().into_iter().filter(|pid| !processes.contains_key(pid));
        let ended: BTreeSet<u32> = nameless.chain(ended).collect();
        for pid in ended {
            for key in self.holding.of_process(pid) {
                self.drop_hold(key, pid)?;
            }
            self.holders.remove(&pid);
        }
        Some(())
    }

    /// Looks into one process: what it holds, and what it no longer does.
    pub(super) fn look(&mut self, process: Process, now: Duration) -> Option<()> {
        let pid = process.pid;
        let held = match self.system.files_of(pid, self.config.minimum_size.bytes()) {
            Ok(held) => held,
            Err(why) => return self.refused(process, why),
        };
        let mut found: BTreeMap<FileKey, How> = BTreeMap::new();
        for file in held {
            if self.files.identity(file.key).is_none() {
                if !self.system.may_open(&file.path) {
                    self.say_blind([BlindSpot::PrivateFolders].into())?;
                    continue;
                }
                let observations = self.files.consider_held(&file.path, self.clock.now());
                self.tell(observations)?;
            }
            found.insert(file.key, file.how);
        }
        for key in self.holding.of_process(pid) {
            if let Some(how) = found.get(&key).copied().or_else(|| self.still_open(key, pid)) {
                found.insert(key, how);
            } else {
                self.closed(key, process, now)?;
            }
        }
        for (key, how) in found {
            self.held(key, process, how, now)?;
        }
        Some(())
    }

    /// Nothing is known of what it holds any more.
    fn refused(&mut self, process: Process, why: Refused) -> Option<()> {
        for key in self.holding.of_process(process.pid) {
            self.drop_hold(key, process.pid)?;
        }
        let is_large = process.memory.resident >= self.config.minimum_size.bytes();
        if why == Refused::Protected && is_large { self.say_blind([BlindSpot::Protected].into()) } else { Some(()) }
    }

    /// Where the system says of a file who has it open, and not of a process what it has open.
    fn still_open(&mut self, key: FileKey, pid: u32) -> Option<How> {
        let path = self.files.path(key)?;
        let open = self.system.users_of(&[path]).iter().any(|(_, user)| *user == pid);
        open.then_some(How::Open { position: None })
    }

    /// Neither mapped nor open any more: the weights may lie in its own memory.
    fn closed(&mut self, key: FileKey, process: Process, now: Duration) -> Option<()> {
        let size = self.files.identity(key).map(|identity| identity.size);
        match size {
            Some(size) if self.holding.keeps(Weights { key, size }, process.pid, sample(process)) => {
                self.held(key, process, How::Kept, now)
            }
            Some(_) | None => self.drop_hold(key, process.pid),
        }
    }

    pub(super) fn held(&mut self, key: FileKey, process: Process, how: How, now: Duration) -> Option<()> {
        let Some(identity) = self.files.identity(key).filter(|_| !self.files.is_underway(key)) else {
            return self.drop_hold(key, process.pid);
        };
        let (weights, hold) = (Weights { key, size: identity.size }, Hold { how, sample: sample(process) });
        let Some(by) = self.holding.holds(weights, User::of(process.pid, hold), hold, now) else { return Some(()) };
        let Some(holder) = self.holder(process) else { return self.drop_hold(key, process.pid) };
        self.holders.insert(process.pid, holder.clone());
        self.say(Observation::Held { identity, holder, by, at: self.clock.now() })
    }

    pub(super) fn holder(&mut self, process: Process) -> Option<Holder> {
        let name: String = self.system.name(process.pid)?.chars().filter(|c| !c.is_control()).take(64).collect();
        Some(Holder { pid: process.pid, started: process.started, name: name.trim().to_owned() })
    }

    fn drop_hold(&mut self, key: FileKey, pid: u32) -> Option<()> {
        match self.files.identity(key) {
            Some(identity) => self.let_go(identity, pid),
            None => {
                self.holding.let_go(key, pid);
                Some(())
            }
        }
    }

    pub(super) fn let_go(&mut self, identity: FileIdentity, pid: u32) -> Option<()> {
        let was_sure = self.holding.let_go(identity.key(), pid);
        if self.holding.of_process(pid).is_empty() {
            self.holders.remove(&pid);
        }
        if was_sure { self.say(Observation::Released { identity, pid }) } else { Some(()) }
    }

    /// Known weights that nobody is known to hold: who has them open?
    pub(super) fn ask_by_file(&mut self, processes: &BTreeMap<u32, Process>, now: Duration) -> Option<()> {
        if now < self.by_file_due {
            return Some(());
        }
        self.by_file_due = now + BY_FILE;
        let unheld = self.files.whole().filter(|(key, _)| self.holding.of_file(*key).is_empty()).take(MOST_ASKED);
        let (keys, paths): (Vec<_>, Vec<_>) = unheld.unzip();
        for (at, pid) in self.system.users_of(&paths) {
            if let (Some(key), Some(process)) = (keys.get(at), processes.get(&pid)) {
                self.held(*key, *process, How::Open { position: None }, now)?;
            }
        }
        Some(())
    }
}

/// Nothing here says whether a process computes on a graphics card.
const fn sample(process: Process) -> Sample {
    let Process { memory, computed, moved, .. } = process;
    Sample { resident: memory.resident, computed, moved, written: 0, accelerator: false }
}
