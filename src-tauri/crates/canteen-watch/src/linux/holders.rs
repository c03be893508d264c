//! Who holds the weights: after an open, from time to time while that is unsure, and every few seconds for all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::files::HeldFile;
use super::proc::{self, FileKey, Hold, How, Kin, Memory};
use super::watch::Watch;
use crate::holding::{User, Weights, is_most};
use crate::observation::{BlindSpot, Observation};

/// Holders whose end is waited for; that of others is noticed at the next gate.
const MOST_ENDS: usize = 256;
/// Weights of which a program has taken so many times the smallest file into memory are looked for by that. Less happens all the
/// time: a closer look costs more than the ordinary one at all processes.
const GROWN: u64 = 4;
/// Parts that are mapped of one file, which are looked into: of weights in an archive there are few.
const MOST_OFFSETS: usize = 8;

impl Watch {
    /// One pass through own processes for all of these files.
    pub(super) fn look_for_holders(&mut self, keys: &[FileKey], now: Duration) -> Option<()> {
        let size = |key: &FileKey| Some((*key, self.files.identity(*key)?.size));
        let wanted: BTreeMap<FileKey, u64> = keys.iter().filter_map(size).collect();
        if wanted.is_empty() {
            return Some(());
        }
        for pid in proc::pids(&self.ignored()) {
            if proc::is_own(pid) {
                for (key, hold) in proc::holds(pid, &wanted) {
                    self.held(key, pid, hold, now)?;
                }
            }
        }
        Some(())
    }

    pub(super) fn look_again(&mut self, key: FileKey, pid: u32, now: Duration) -> Option<()> {
        match self.hold(key, pid) {
            Some(hold) => self.held(key, pid, hold, now),
            None => self.let_go(key, pid),
        }
    }

    /// Whether `pid` still uses the file.
    pub(super) fn check(&mut self, key: FileKey, pid: u32) -> Option<()> {
        if self.hold(key, pid).is_some() { Some(()) } else { self.let_go(key, pid) }
    }

    /// How `pid` holds the file now. Without a mapping or a descriptor the weights may lie in its own memory.
    fn hold(&self, key: FileKey, pid: u32) -> Option<Hold> {
        let size = self.files.identity(key)?.size;
        proc::holds(pid, &[(key, size)].into()).first().map(|(_, hold)| *hold).or_else(|| {
            let sample = proc::sample(pid)?;
            self.holding.keeps(Weights { key, size }, pid, sample).then_some(Hold { how: How::Kept, sample })
        })
    }

    fn held(&mut self, key: FileKey, pid: u32, hold: Hold, now: Duration) -> Option<()> {
        // An old one may have read anything, but what it had at the last pass was not this.
        let (new, old) = (User::of(pid, hold), self.grown.get(&pid).map_or(0, |memory| memory.resident));
        self.held_by(key, User { before: new.before.max(old), ..new }, hold, now)
    }

    pub(super) fn held_by(&mut self, key: FileKey, user: User, hold: Hold, now: Duration) -> Option<()> {
        let pid = user.pid;
        let Some(identity) = self.files.identity(key) else { return self.let_go(key, pid) };
        if self.files.is_underway(key) {
            // Whoever has it open writes it.
            return Some(());
        }
        if proc::is_reader(pid) {
            return Some(());
        }
        let weights = Weights { key, size: identity.size };
        if !self.kin.contains_key(&pid) {
            self.kin.extend(proc::kin(pid).map(|kin| (pid, kin)));
        }
        let Some(by) = self.holding.holds(weights, user, hold, now) else { return Some(()) };
        let Some(holder) = proc::holder(pid) else { return self.let_go(key, pid) };
        self.await_end(pid);
        self.say(Observation::Held { identity, holder, by, at: self.clock.now() })
    }

    /// Has its end told, whosever process it is.
    pub(super) fn await_end(&mut self, pid: u32) {
        if self.ends.len() < MOST_ENDS
            && let Some(process) = i32::try_from(pid).ok().and_then(Pid::from_raw)
            && let Ok(end) = pidfd_open(process, PidfdFlags::empty())
        {
            self.ends.insert(pid, end);
        }
    }

    fn let_go(&mut self, key: FileKey, pid: u32) -> Option<()> {
        let was_sure = self.holding.let_go(key, pid);
        let kin = self.kin.get(&pid).copied();
        if self.holding.of_process(pid).is_empty() {
            self.ends.remove(&pid);
            self.kin.remove(&pid);
        }
        // One that has ended and waits for its parent to notice has no memory.
        if let Some(kin) = kin.filter(|_| proc::memory(pid).is_none_or(|memory| memory.resident == 0)) {
            self.look_for_heirs(key, kin)?;
        }
        if let (true, Some(identity)) = (was_sure, self.files.identity(key)) {
            self.say(Observation::Released { identity, pid })?;
        }
        // It may have lost its name meanwhile.
        self.touched(key)
    }

    /// Whoever held the file has ended. What it forked before goes on with what it had.
    fn look_for_heirs(&mut self, key: FileKey, kin: Kin) -> Option<()> {
        let Some(identity) = self.files.identity(key) else { return Some(()) };
        for pid in proc::pids(&self.ignored()) {
            let is_large = || proc::memory(pid).is_some_and(|memory| is_most(memory.resident, identity.size));
            if proc::is_own(pid) && is_large() && proc::kin(pid) == Some(kin) {
                let held = proc::holds(pid, &[(key, identity.size)].into()).first().map(|(_, hold)| *hold);
                let kept = || proc::sample(pid).map(|sample| Hold { how: How::Kept, sample });
                if let Some(hold) = held.or_else(kept) {
                    self.held_by(key, User { pid, before: 0 }, hold, self.clock.monotonic())?;
                }
            }
        }
        Some(())
    }

    pub(super) fn ended(&mut self, pid: u32) -> Option<()> {
        self.ends.remove(&pid);
        for key in self.holding.of_process(pid) {
            self.let_go(key, pid)?;
        }
        self.kin.remove(&pid);
        self.other_ended(pid)
    }

    /// Own processes that grew by [`GROWN`] times the minimum size since the last time: weights may have come from a place nobody knows.
    pub(super) fn gate(&mut self, now: Duration) -> Option<()> {
        for (key, pid) in self.holding.all_sure() {
            self.check(key, pid)?;
        }
        let mut others = BTreeMap::new();
        let mut seen = HashMap::new();
        let standing = !self.residency.standing(now).is_empty();
        for pid in proc::pids(&self.ignored()) {
            let Some(memory) = proc::memory(pid) else { continue };
            seen.insert(pid, self.look_at_growth(pid, memory, now)?);
            // A program of this user that forbids a closer look is as good as another user's.
            let large = memory.resident >= self.config.minimum_size.bytes();
            if large && (!proc::is_own(pid) || (standing && proc::is_protected(pid))) {
                others.insert(pid, memory.resident);
            }
        }
        self.reading.retain(|pid, _| seen.contains_key(pid));
        self.grown = seen;
        self.look_at_others(&others, now)?;
        self.look_at_servers()?;
        self.look_at_work(now)
    }

    /// Looks closer at a process that has grown; what to compare with the next time.
    pub(super) fn look_at_growth(&mut self, pid: u32, memory: Memory, now: Duration) -> Option<Memory> {
        let least = self.config.minimum_size.bytes().saturating_mul(GROWN);
        let before = self.grown.get(&pid).copied().unwrap_or_default();
        let grew = |now: u64, before: u64| now.saturating_sub(before) >= least;
        if !grew(memory.resident, before.resident) && !grew(memory.shared, before.shared) {
            return Some(memory.lower(before));
        }
        // Asked last: it costs more than the memory.
        if proc::is_own(pid) {
            if proc::is_protected(pid) {
                self.say_blind([BlindSpot::Protected].into())?;
            } else {
                self.look_closer(pid, now)?;
                if !self.look_for_read(pid, (self.grown.get(&pid).copied(), memory), now)? {
                    return Some(memory.lower(before));
                }
            }
        }
        Some(memory)
    }

    fn look_closer(&mut self, pid: u32, now: Duration) -> Option<()> {
        let least = self.config.minimum_size.bytes();
        let ways = |path: &Path, last: String| vec![path.to_owned(), proc::inside(pid, path), proc::path_of(pid, &last)];
        let mut found: HashMap<FileKey, HeldFile> = HashMap::new();
        for mapping in proc::mappings(pid).into_iter().filter(|mapping| mapping.bytes >= least) {
            // The last one is open to few accounts, and leads to what lost its name and every descriptor.
            let ways = ways(&mapping.path, format!("map_files/{}", mapping.range));
            let (key, path, offsets) = (mapping.resolved(pid), mapping.path, BTreeSet::new());
            let held = found.entry(key).or_insert(HeldFile { key, path, ways, offsets });
            if mapping.offset > 0 && held.offsets.len() < MOST_OFFSETS {
                held.offsets.insert(mapping.offset);
            }
        }
        for open in proc::open_files(pid).into_iter().filter(|open| open.size >= least) {
            let ways = ways(&open.path, format!("fd/{}", open.descriptor));
            found.entry(open.key).or_insert(HeldFile { key: open.key, path: open.path, ways, offsets: BTreeSet::new() });
        }
        for (key, held) in found {
            if self.files.identity(key).is_none() {
                let mut observations = self.files.consider_held(&held, self.clock.now());
                if observations.is_empty() && !held.offsets.is_empty() {
                    observations = self.files.consider_inside(&held, self.clock.now());
                }
                self.tell(observations)?;
            }
            if self.files.identity(key).is_some() {
                self.look_again(key, pid, now)?;
            }
        }
        Some(())
    }

    pub(super) fn ignored(&self) -> Vec<u32> {
        let mut ignored = (self.config.ignore_pids)();
        ignored.push(std::process::id());
        ignored
    }
}
