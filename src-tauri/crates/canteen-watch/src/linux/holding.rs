//! Who holds which file, and when that is use and not a copy. Pure: time and figures come in.

use std::collections::HashMap;
use std::time::Duration;

use super::proc::{FileKey, Hold};
use crate::observation::HeldBy;

/// A mapping that stands so long is use; a search tool maps and unmaps.
const MAPPED: Duration = Duration::from_millis(350);
/// A descriptor counts from here on, when what the process does with it looks like use.
const OPEN: Duration = Duration::from_secs(1);
/// Between two looks at a process that is not sure yet, while it is new and later.
const AGAIN: Duration = Duration::from_millis(250);
const NEW: Duration = Duration::from_secs(3);
const LATER: Duration = Duration::from_secs(5);
/// Bytes that must have been read before what became of them tells anything.
const TELLING: u64 = 4 << 20;

/// What is known about one process and one file.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    by: HeldBy,
    since: Duration,
    first: Hold,
    /// Where the reading stood, and since when.
    position: (Option<u64>, Duration),
    next: Duration,
    sure: bool,
}

/// Processes that hold files, unsure ones included.
#[derive(Debug, Default)]
pub(super) struct Holding(HashMap<(FileKey, u32), Candidate>);

impl Holding {
    /// `pid` holds `key` at `now`. `Some` the first time that it is sure.
    pub(super) fn holds(&mut self, key: FileKey, pid: u32, hold: Hold, now: Duration) -> Option<HeldBy> {
        let fresh = Candidate { by: hold.by, since: now, first: hold, position: (hold.position, now), next: now, sure: false };
        let candidate = self.0.entry((key, pid)).or_insert(fresh);
        if candidate.by == HeldBy::Descriptor && hold.by == HeldBy::Maps && !candidate.sure {
            *candidate = fresh;
        }
        if candidate.position.0 != hold.position {
            candidate.position = (hold.position, now);
        }
        let age = now.saturating_sub(candidate.since);
        candidate.next = match candidate.by {
            HeldBy::Maps if age < MAPPED => candidate.since + MAPPED,
            HeldBy::Maps | HeldBy::Descriptor => now + if age < NEW { AGAIN } else { LATER },
        };
        let now_sure = !candidate.sure
            && match candidate.by {
                HeldBy::Maps => age >= MAPPED,
                HeldBy::Descriptor => age >= OPEN && candidate.is_use(hold, now),
            };
        candidate.sure |= now_sure;
        now_sure.then_some(candidate.by)
    }

    /// `pid` no longer holds `key`; `true` when it had been sure.
    pub(super) fn let_go(&mut self, key: FileKey, pid: u32) -> bool {
        self.0.remove(&(key, pid)).is_some_and(|candidate| candidate.sure)
    }

    pub(super) fn is_sure(&self, key: FileKey, pid: u32) -> bool {
        self.0.get(&(key, pid)).is_some_and(|candidate| candidate.sure)
    }

    /// Memory of `pid` when it was first seen with `key`.
    pub(super) fn first_resident(&self, key: FileKey, pid: u32) -> Option<u64> {
        self.0.get(&(key, pid)).map(|candidate| candidate.first.resident)
    }

    /// Processes that hold `key`, unsure ones included.
    pub(super) fn of_file(&self, key: FileKey) -> Vec<u32> {
        self.0.keys().filter(|(held, _)| *held == key).map(|(_, pid)| *pid).collect()
    }

    /// Files that `pid` holds, unsure ones included.
    pub(super) fn of_process(&self, pid: u32) -> Vec<FileKey> {
        self.0.keys().filter(|(_, holder)| *holder == pid).map(|(key, _)| *key).collect()
    }

    pub(super) fn all_sure(&self) -> Vec<(FileKey, u32)> {
        self.0.iter().filter(|(_, candidate)| candidate.sure).map(|(place, _)| *place).collect()
    }

    /// Unsure ones that want another look.
    pub(super) fn due(&self, now: Duration) -> Vec<(FileKey, u32)> {
        self.0.iter().filter(|(_, candidate)| !candidate.sure && candidate.next <= now).map(|(place, _)| *place).collect()
    }

    /// Time until the next of them.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        let unsure = self.0.values().filter(|candidate| !candidate.sure);
        unsure.map(|candidate| candidate.next.saturating_sub(now)).min()
    }
}

impl Candidate {
    /// A copy or a digest reads on and keeps nothing; a loader keeps what it reads, or hands it to a graphics card, or keeps the
    /// file open without reading.
    fn is_use(&self, hold: Hold, now: Duration) -> bool {
        let (Some(position), Some(first)) = (hold.position, self.first.position) else { return true };
        let read = position.saturating_sub(first);
        let kept = hold.resident.saturating_sub(self.first.resident);
        let still = now.saturating_sub(self.position.1) >= OPEN;
        still || hold.accelerator || (read >= TELLING && kept >= read / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileKey = FileKey { device: 1, inode: 2 };
    const MIB: u64 = 1 << 20;
    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
    const fn mapped() -> Hold {
        Hold { by: HeldBy::Maps, position: None, resident: 0, accelerator: false }
    }
    const fn open(position: u64, resident: u64) -> Hold {
        Hold { by: HeldBy::Descriptor, position: Some(position * MIB), resident: resident * MIB, accelerator: false }
    }

    #[test]
    fn a_mapping_must_stand_and_is_said_once() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(FILE, 7, mapped(), ms(0)), None, "a glance");
        assert_eq!(holding.wait(ms(0)), Some(MAPPED), "the next look is when it counts");
        assert_eq!(holding.due(ms(349)), []);
        assert_eq!(holding.due(ms(350)), [(FILE, 7)]);
        assert_eq!(holding.holds(FILE, 7, mapped(), ms(350)), Some(HeldBy::Maps));
        assert_eq!(holding.holds(FILE, 7, mapped(), ms(900)), None);
        assert_eq!(holding.wait(ms(900)), None, "who is sure is not looked at again and again");
        assert!(holding.let_go(FILE, 7));
        assert!(!holding.let_go(FILE, 7));
    }

    #[test]
    fn a_descriptor_that_rests_for_a_second_is_use() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(FILE, 7, open(1, 10), ms(0)), None);
        assert_eq!(holding.holds(FILE, 7, open(1, 10), ms(900)), None);
        assert_eq!(holding.holds(FILE, 7, open(1, 10), ms(1000)), Some(HeldBy::Descriptor));
    }

    #[test]
    fn a_copy_of_a_large_file_is_no_use_however_long_it_takes() {
        let mut holding = Holding::default();
        for step in 0..40 {
            assert_eq!(holding.holds(FILE, 7, open(step * 100, 3), ms(step * 250)), None, "step {step}");
        }
        assert!(!holding.let_go(FILE, 7), "it had never been sure");
    }

    #[test]
    fn a_loader_that_keeps_what_it_reads_is_use() {
        let mut holding = Holding::default();
        let sure: Vec<u64> =
            (0..8).filter(|step| holding.holds(FILE, 7, open(step * 100, 200 + step * 100), ms(step * 250)).is_some()).collect();
        assert_eq!(sure, [4], "after a second");
        let mut holding = Holding::default();
        let on_card = |position| Hold { accelerator: true, ..open(position, 50) };
        assert_eq!(holding.holds(FILE, 7, on_card(0), ms(0)), None);
        assert_eq!(holding.holds(FILE, 7, on_card(500), ms(1000)), Some(HeldBy::Descriptor));
    }
}
