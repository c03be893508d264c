//! Who holds which file, and when that is use and not a copy. Pure: time and figures come in.

use std::collections::HashMap;
use std::time::Duration;

use crate::observation::HeldBy;
use crate::process::{FileKey, Hold, How, Sample};

/// A mapping that stands so long is use; a search tool maps and unmaps.
const MAPPED: Duration = Duration::from_millis(350);
/// A descriptor counts from here on, when what the process does with it looks like use.
const OPEN: Duration = Duration::from_secs(1);
/// Between two looks at a process that is not sure yet, while it is new and later.
const AGAIN: Duration = Duration::from_millis(250);
const NEW: Duration = Duration::from_secs(3);
const LATER: Duration = Duration::from_secs(5);
/// Bytes that must have been read before what became of them tells anything. Node.js keeps up to 44 MB of what it reads in a stream
/// until it tidies up.
const TELLING: u64 = 64 << 20;
/// Who moves more is not done reading: a copy inside the kernel leaves the position where it was until gigabytes are through (seen
/// with `cp`).
const MOST_MOVED: u64 = 1 << 20;
/// Who writes as much of what it reads, one in so many bytes, packs, copies or sends it: models hardly get smaller. Seen with xz in
/// Python, whose memory grows as fast as it reads.
pub(crate) const HANDED_ON: u64 = 4;
/// Share of a file's size that must lie in memory to count as the weights, in percent.
const IN_MEMORY: u64 = 60;

/// A file and its size in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    pub(crate) key: FileKey,
    pub(crate) size: u64,
}

/// A process, and how much memory it had before it had the file. What a large program has besides is not the weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    pub(crate) pid: u32,
    pub(crate) before: u64,
}

impl User {
    /// What a program has read of the file so far; where that is not told, all that it has read may be the weights: some are through
    /// before the first look.
    pub(crate) fn of(pid: u32, hold: Hold) -> Self {
        let Hold { how, sample } = hold;
        let read = if let How::Open { position: Some(read) } = how { Some(read) } else { None };
        let read = read.filter(|read| *read > 0).map_or(sample.moved, |read| read.min(sample.moved));
        Self { pid, before: sample.resident.saturating_sub(read) }
    }
}

/// What is known about one process and one file.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    since: Duration,
    before: u64,
    first: Hold,
    mapped: Option<Duration>,
    /// Since when it has not read on, nor moved bytes in another way.
    quiet: Mark,
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
    /// `user` holds `file` at `now`. `Some` the first time that it is sure.
    pub(crate) fn holds(&mut self, file: Weights, user: User, hold: Hold, now: Duration) -> Option<HeldBy> {
        let (mark, before) = (Mark { since: now, at: hold }, user.before.min(hold.sample.resident));
        let fresh = Candidate { since: now, before, first: hold, mapped: None, quiet: mark, next: now, sure: false };
        let candidate = self.0.entry((file.key, user.pid)).or_insert(fresh);
        candidate.mapped = (hold.how == How::Mapped).then(|| candidate.mapped.unwrap_or(now));
        let moved = candidate.quiet.at.sample.moved;
        if candidate.quiet.at.how != hold.how || hold.sample.moved.saturating_sub(moved) > MOST_MOVED {
            candidate.quiet = mark;
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
            false => candidate.has_gained(sample, file.size),
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
    /// A copy or a digest reads on and keeps nothing, and so does who only has the file open (a pager, a backup that waits for its
    /// disk); a loader keeps what it reads, or hands it to a graphics card.
    fn is_use(&self, hold: Hold, size: u64, now: Duration) -> bool {
        let age = now.saturating_sub(self.since);
        match hold.how {
            How::Open { .. } | How::Kept if self.hands_on(hold.sample) => false,
            How::Mapped => self.mapped.is_some_and(|since| now.saturating_sub(since) >= MAPPED),
            How::Kept => age >= OPEN,
            How::Open { .. } => {
                let done = now.saturating_sub(self.quiet.since) >= OPEN;
                let in_memory = done && self.has_gained(hold.sample, size);
                age >= OPEN && (hold.sample.accelerator || in_memory || self.keeps_what_it_reads(hold))
            }
        }
    }

    fn hands_on(&self, sample: Sample) -> bool {
        let written = sample.written.saturating_sub(self.first.sample.written);
        let read = sample.moved.saturating_sub(self.first.sample.moved).saturating_sub(written);
        written >= MOST_MOVED && written >= read / HANDED_ON
    }

    fn has_gained(&self, sample: Sample, size: u64) -> bool {
        // What it had from the beginning it need not have read itself: it was forked.
        let has_read = self.before == 0 || sample.moved == 0 || is_most(sample.moved, size);
        let gained = sample.resident.saturating_sub(self.before);
        // Where it is not known what it had besides, some of it is no weights.
        has_read && if self.before == 0 { gained >= size } else { is_most(gained, size) }
    }

    fn keeps_what_it_reads(&self, hold: Hold) -> bool {
        let (How::Open { position: Some(now) }, How::Open { position: Some(first) }) = (hold.how, self.first.how) else {
            return false;
        };
        let read = now.saturating_sub(first);
        let kept = hold.sample.resident.saturating_sub(self.first.sample.resident);
        read >= TELLING && kept >= read / 4 * 3
    }
}

/// Enough of a file lies in memory to count as the weights.
pub(crate) const fn is_most(bytes: u64, size: u64) -> bool {
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
        Sample { resident: resident * MIB, computed: Duration::ZERO, moved: 0, written: 0, accelerator: false }
    }
    const MAPPING: Hold = Hold { how: How::Mapped, sample: sample(0) };
    const fn open(position: u64, resident: u64) -> Hold {
        Hold { how: How::Open { position: Some(position * MIB) }, sample: sample(resident) }
    }

    const USER: User = User { pid: 7, before: MIB };

    /// When a process that does this, looked at four times a second for ten seconds, counts as using the file.
    fn sure_at(act: impl Fn(u64) -> Hold) -> Option<u64> {
        let mut holding = Holding::default();
        (0..40).map(|step| step * 250).find(|at| holding.holds(WEIGHTS, USER, act(*at), ms(*at)).is_some())
    }

    #[test]
    fn a_mapping_must_stand_and_is_said_once() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(WEIGHTS, USER, MAPPING, ms(0)), None, "a glance");
        assert_eq!(holding.wait(ms(0)), Some(MAPPED), "the next look is when it counts");
        assert_eq!(holding.due(ms(349)), []);
        assert_eq!(holding.due(ms(350)), [(FILE, 7)]);
        assert_eq!(holding.holds(WEIGHTS, USER, MAPPING, ms(350)), Some(HeldBy::Maps));
        assert_eq!(holding.holds(WEIGHTS, USER, MAPPING, ms(900)), None);
        assert_eq!(holding.wait(ms(900)), None, "who is sure is not looked at again and again");
        assert!(holding.let_go(FILE, 7));
        assert!(!holding.let_go(FILE, 7));
    }

    #[test]
    fn a_mapping_counts_from_when_it_was_made_not_from_the_open_before_it() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(WEIGHTS, USER, open(0, 1), ms(0)), None);
        assert_eq!(holding.holds(WEIGHTS, USER, MAPPING, ms(600)), None);
        assert_eq!(holding.holds(WEIGHTS, USER, MAPPING, ms(950)), Some(HeldBy::Maps));
    }

    #[test]
    fn a_descriptor_that_rests_is_use_only_with_the_weights_in_memory() {
        assert_eq!(sure_at(|_| open(1, 10)), None, "a pager");
        assert_eq!(sure_at(|_| open(5000, 4000)), Some(1000));
        let hidden = Hold { how: How::Open { position: None }, sample: sample(4000) };
        assert_eq!(sure_at(|_| hidden), Some(1000), "a position that may not be seen");
        let mut holding = Holding::default();
        let browser = User { before: 3900 * MIB, ..USER };
        let uploads = (0..40).any(|step| holding.holds(WEIGHTS, browser, open(1, 4000), ms(step * 250)).is_some());
        assert!(!uploads, "a large program that has it open");
        let fills = |at: u64| Hold { sample: Sample { moved: 2 << 20, ..sample(50 + at) }, ..open(1, 0) };
        let (mut holding, new) = (Holding::default(), User { before: 48 * MIB, ..USER });
        let is_use = |at: u64| holding.holds(WEIGHTS, new, fills((at * 250).min(5000)), ms(at * 250)).is_some();
        assert!(!(0..40).any(is_use), "one that read its header and fills its memory with something else");
    }

    #[test]
    fn weights_that_were_read_before_the_first_look_count() {
        let mut holding = Holding::default();
        holding.holds(WEIGHTS, USER, open(5000, 5100), ms(0));
        assert!(holding.keeps(WEIGHTS, 7, sample(5100)), "a program that was not there before");
        let mut holding = Holding::default();
        holding.holds(WEIGHTS, User { before: 0, ..USER }, open(5000, 4000), ms(0));
        assert!(!holding.keeps(WEIGHTS, 7, sample(4900)), "some of that is its own, and it read on without keeping");
        let mut holding = Holding::default();
        let read = Hold { sample: Sample { moved: 5000 * MIB, ..sample(300) }, ..open(200, 0) };
        assert_eq!(User::of(7, read).before, 100 * MIB, "of this file");
        holding.holds(WEIGHTS, User { before: 90 * MIB, ..USER }, open(2500, 2600), ms(0));
        assert!(holding.keeps(WEIGHTS, 7, sample(5100)), "read on from what it had before");
    }

    #[test]
    fn a_copy_is_no_use_however_long_it_takes() {
        assert_eq!(sure_at(|at| open(at, 3)), None, "it reads on");
        let in_the_kernel = |at| Hold { sample: Sample { moved: at << 10, ..sample(3) }, ..open(0, 3) };
        assert_eq!(sure_at(in_the_kernel), None, "its pages move, its position does not");
    }

    #[test]
    fn what_is_packed_is_no_use_though_the_memory_for_it_grows() {
        let packs = |at: u64, share: u64| {
            let (read, written) = ((at << 20) / 10, (at << 20) / 10 / share);
            let sample = Sample { moved: read + written, written, ..sample(at / 10) };
            Hold { how: How::Open { position: Some(read) }, sample }
        };
        assert_eq!(sure_at(|at| packs(at, 2)), None);
        assert_eq!(sure_at(|at| packs(at, 100)), Some(1000), "it writes next to nothing");
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
        holding.holds(WEIGHTS, User { before: 100 * MIB, ..USER }, open(0, 100), ms(0));
        assert!(!holding.keeps(WEIGHTS, 7, sample(200)));
        assert!(holding.keeps(WEIGHTS, 7, sample(3200)));
        let kept = Hold { how: How::Kept, sample: sample(3200) };
        assert_eq!(holding.holds(WEIGHTS, USER, kept, ms(500)), None);
        assert_eq!(holding.holds(WEIGHTS, USER, kept, ms(1000)), Some(HeldBy::Descriptor));
        assert!(holding.keeps(WEIGHTS, 7, Sample { accelerator: true, ..sample(10) }), "on the graphics card by now");
        assert!(!holding.keeps(WEIGHTS, 7, sample(10)));
    }
}
