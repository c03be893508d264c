//! Who holds which file, and when that is use and not a copy. Pure: time and figures come in.

use std::collections::HashMap;
use std::time::Duration;

use crate::observation::HeldBy;
use crate::process::{FileKey, Hold, How, Sample};

/// A mapping that stands so long is use; a search tool maps and unmaps.
const MAPPED: Duration = Duration::from_millis(350);
/// A descriptor counts from here on, when what the process does with it looks like use.
const OPEN: Duration = Duration::from_secs(1);
/// Who keeps a file open so long and does nothing uses it.
const RESTS: Duration = Duration::from_secs(2);
/// Between two looks at a process that is not sure yet, while it is new and later.
const AGAIN: Duration = Duration::from_millis(250);
const NEW: Duration = Duration::from_secs(3);
const LATER: Duration = Duration::from_secs(5);
/// Bytes that must have been read before what became of them tells anything.
const TELLING: u64 = 4 << 20;
/// Who moves more or computes more during a rest does not rest: a copy inside the kernel leaves the position where it was until
/// gigabytes are through (seen with `cp`), and a slow disk or a network holds one up.
const MOST_MOVED: u64 = 1 << 20;
const MOST_COMPUTED: Duration = Duration::from_millis(500);
/// Share of a file's size that must lie in memory to count as the weights, in percent.
const IN_MEMORY: u64 = 60;

/// A file and its size in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    pub(crate) key: FileKey,
    pub(crate) size: u64,
}

/// What is known about one process and one file.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    since: Duration,
    first: Hold,
    mapped: Option<Duration>,
    /// Since when it has not read on, nor moved bytes in another way.
    quiet: Mark,
    /// Since when it has hardly computed.
    idle: Mark,
    next: Duration,
    sure: bool,
}

/// The last time that something was seen to happen, and how things stood then.
#[derive(Clone, Copy, Debug)]
struct Mark {
    since: Duration,
    at: Hold,
}

/// Processes that hold files, unsure ones included.
#[derive(Debug, Default)]
pub(crate) struct Holding(HashMap<(FileKey, u32), Candidate>);

impl Holding {
    /// `pid` holds `file` at `now`. `Some` the first time that it is sure.
    pub(crate) fn holds(&mut self, file: Weights, pid: u32, hold: Hold, now: Duration) -> Option<HeldBy> {
        let mark = Mark { since: now, at: hold };
        let fresh = Candidate { since: now, first: hold, mapped: None, quiet: mark, idle: mark, next: now, sure: false };
        let candidate = self.0.entry((file.key, pid)).or_insert(fresh);
        candidate.mapped = (hold.how == How::Mapped).then(|| candidate.mapped.unwrap_or(now));
        let (moved, computed) = (candidate.quiet.at.sample.moved, candidate.idle.at.sample.computed);
        if candidate.quiet.at.how != hold.how || hold.sample.moved.saturating_sub(moved) > MOST_MOVED {
            candidate.quiet = mark;
        }
        if hold.sample.computed.saturating_sub(computed) > MOST_COMPUTED {
            candidate.idle = mark;
        }
        let pause = if now.saturating_sub(candidate.since) < NEW { AGAIN } else { LATER };
        candidate.next = match candidate.mapped {
            Some(since) if now < since + MAPPED => since + MAPPED,
            Some(_) | None => now + pause,
        };
        let now_sure = !candidate.sure && candidate.is_use(hold, file.size, now);
        candidate.sure |= now_sure;
        now_sure.then_some(if candidate.mapped.is_some() { HeldBy::Maps } else { HeldBy::Descriptor })
    }

    /// `pid` no longer holds `key`; `true` when it had been sure.
    pub(crate) fn let_go(&mut self, key: FileKey, pid: u32) -> bool {
        self.0.remove(&(key, pid)).is_some_and(|candidate| candidate.sure)
    }

    /// The file is closed: whether what was read from it stayed with the process. Sure ones may keep it on a graphics card.
    pub(crate) fn keeps(&self, file: Weights, pid: u32, sample: Sample) -> bool {
        self.0.get(&(file.key, pid)).is_some_and(|candidate| match candidate.sure {
            true => sample.accelerator || is_most(sample.resident, file.size),
            false => is_most(sample.resident.saturating_sub(candidate.first.sample.resident), file.size),
        })
    }

    /// Processes that hold `key`, unsure ones included.
    pub(crate) fn of_file(&self, key: FileKey) -> Vec<u32> {
        self.0.keys().filter(|(held, _)| *held == key).map(|(_, pid)| *pid).collect()
    }

    /// Files that `pid` holds, unsure ones included.
    pub(crate) fn of_process(&self, pid: u32) -> Vec<FileKey> {
        self.0.keys().filter(|(_, holder)| *holder == pid).map(|(key, _)| *key).collect()
    }

    /// Processes that hold something, unsure ones included.
    #[cfg(any(test, not(target_os = "linux")))]
    pub(crate) fn processes(&self) -> Vec<u32> {
        self.0.keys().map(|(_, pid)| *pid).collect()
    }

    pub(crate) fn all_sure(&self) -> Vec<(FileKey, u32)> {
        self.0.iter().filter(|(_, candidate)| candidate.sure).map(|(place, _)| *place).collect()
    }

    /// Unsure ones that want another look.
    pub(crate) fn due(&self, now: Duration) -> Vec<(FileKey, u32)> {
        self.0.iter().filter(|(_, candidate)| !candidate.sure && candidate.next <= now).map(|(place, _)| *place).collect()
    }

    /// Time until the next of them.
    pub(crate) fn wait(&self, now: Duration) -> Option<Duration> {
        let unsure = self.0.values().filter(|candidate| !candidate.sure);
        unsure.map(|candidate| candidate.next.saturating_sub(now)).min()
    }
}

impl Candidate {
    /// A copy or a digest reads on and keeps nothing; a loader keeps what it reads, or hands it to a graphics card, or keeps the
    /// file open and is done with it.
    fn is_use(&self, hold: Hold, size: u64, now: Duration) -> bool {
        let age = now.saturating_sub(self.since);
        match hold.how {
            How::Mapped => self.mapped.is_some_and(|since| now.saturating_sub(since) >= MAPPED),
            How::Kept => age >= OPEN,
            How::Open { .. } => {
                let quiet = now.saturating_sub(self.quiet.since);
                let rests = quiet >= RESTS && now.saturating_sub(self.idle.since) >= RESTS;
                let in_memory = quiet >= OPEN && is_most(hold.sample.resident, size);
                age >= OPEN && (hold.sample.accelerator || rests || in_memory || self.keeps_what_it_reads(hold))
            }
        }
    }

    fn keeps_what_it_reads(&self, hold: Hold) -> bool {
        let (How::Open { position: Some(now) }, How::Open { position: Some(first) }) = (hold.how, self.first.how) else {
            return false;
        };
        let read = now.saturating_sub(first);
        read >= TELLING && hold.sample.resident.saturating_sub(self.first.sample.resident) >= read / 2
    }
}

const fn is_most(bytes: u64, size: u64) -> bool {
    bytes / IN_MEMORY >= size / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileKey = FileKey { device: 1, inode: 2 };
    const MIB: u64 = 1 << 20;
    const WEIGHTS: Weights = Weights { key: FILE, size: 5000 * MIB };
    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
    const fn sample(resident: u64) -> Sample {
        Sample { resident: resident * MIB, computed: Duration::ZERO, moved: 0, accelerator: false }
    }
    const MAPPING: Hold = Hold { how: How::Mapped, sample: sample(0) };
    const fn open(position: u64, resident: u64) -> Hold {
        Hold { how: How::Open { position: Some(position * MIB) }, sample: sample(resident) }
    }

    /// When a process that does this, looked at four times a second for ten seconds, counts as using the file.
    fn sure_at(act: impl Fn(u64) -> Hold) -> Option<u64> {
        let mut holding = Holding::default();
        (0..40).map(|step| step * 250).find(|at| holding.holds(WEIGHTS, 7, act(*at), ms(*at)).is_some())
    }

    #[test]
    fn a_mapping_must_stand_and_is_said_once() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(WEIGHTS, 7, MAPPING, ms(0)), None, "a glance");
        assert_eq!(holding.wait(ms(0)), Some(MAPPED), "the next look is when it counts");
        assert_eq!(holding.due(ms(349)), []);
        assert_eq!(holding.due(ms(350)), [(FILE, 7)]);
        assert_eq!(holding.holds(WEIGHTS, 7, MAPPING, ms(350)), Some(HeldBy::Maps));
        assert_eq!(holding.holds(WEIGHTS, 7, MAPPING, ms(900)), None);
        assert_eq!(holding.wait(ms(900)), None, "who is sure is not looked at again and again");
        assert!(holding.let_go(FILE, 7));
        assert!(!holding.let_go(FILE, 7));
    }

    #[test]
    fn a_mapping_counts_from_when_it_was_made_not_from_the_open_before_it() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(WEIGHTS, 7, open(0, 1), ms(0)), None);
        assert_eq!(holding.holds(WEIGHTS, 7, MAPPING, ms(600)), None);
        assert_eq!(holding.holds(WEIGHTS, 7, MAPPING, ms(950)), Some(HeldBy::Maps));
    }

    #[test]
    fn a_descriptor_that_rests_is_use() {
        assert_eq!(sure_at(|_| open(1, 10)), Some(2000));
        let hidden = Hold { how: How::Open { position: None }, sample: sample(10) };
        assert_eq!(sure_at(|_| hidden), Some(2000), "a position that may not be seen");
    }

    #[test]
    fn a_copy_is_no_use_however_long_it_takes() {
        assert_eq!(sure_at(|at| open(at, 3)), None, "it reads on");
        let in_the_kernel = |at| Hold { sample: Sample { moved: at << 10, ..sample(3) }, ..open(0, 3) };
        assert_eq!(sure_at(in_the_kernel), None, "its pages move, its position does not");
        let in_memory = |at| Hold { sample: Sample { computed: ms(at), ..sample(3) }, ..open(0, 3) };
        assert_eq!(sure_at(in_memory), None, "between two folders in memory nothing moves that is counted");
    }

    #[test]
    fn a_loader_that_keeps_what_it_reads_is_use() {
        assert_eq!(sure_at(|at| open(at / 2, 200 + at / 2)), Some(1000));
        let on_card = |at| Hold { sample: Sample { accelerator: true, ..sample(50) }, ..open(at, 50) };
        assert_eq!(sure_at(on_card), Some(1000));
        let busy = |at| Hold { sample: Sample { computed: ms(at), ..sample(4000) }, ..open(5000, 4000) };
        assert_eq!(sure_at(busy), Some(1000), "it computes, with the weights in its memory");
        let large = |at| Hold { sample: Sample { moved: at << 12, ..sample(4000) }, ..open(0, 4000) };
        assert_eq!(sure_at(large), None, "a large program that copies");
    }

    #[test]
    fn what_was_read_may_stay_behind_a_closed_file() {
        let mut holding = Holding::default();
        holding.holds(WEIGHTS, 7, open(0, 100), ms(0));
        assert!(!holding.keeps(WEIGHTS, 7, sample(200)));
        assert!(holding.keeps(WEIGHTS, 7, sample(3200)));
        let kept = Hold { how: How::Kept, sample: sample(3200) };
        assert_eq!(holding.holds(WEIGHTS, 7, kept, ms(500)), None);
        assert_eq!(holding.holds(WEIGHTS, 7, kept, ms(1000)), Some(HeldBy::Descriptor));
        assert!(holding.keeps(WEIGHTS, 7, Sample { accelerator: true, ..sample(10) }), "on the graphics card by now");
        assert!(!holding.keeps(WEIGHTS, 7, sample(10)));
    }
}
