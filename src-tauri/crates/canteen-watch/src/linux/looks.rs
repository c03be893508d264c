//! When to look for the holder of a file that was opened, and when a holder is sure. Pure: time comes in.

use std::collections::HashMap;
use std::time::Duration;

use super::proc::FileKey;
use crate::observation::HeldBy;

/// After an open: loaders first open a file for some milliseconds to read its header, so one look is not enough.
const LOOKS: [Duration; 6] = [
    Duration::ZERO,
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_millis(1300),
    Duration::from_millis(2500),
];
/// A mapping that stands so long is use; a search tool maps and unmaps.
const MAPPED: Duration = Duration::from_millis(350);
/// A descriptor that stays open so long is use; a copy of a small file is through by then, and one of a large file reads on.
const OPEN: Duration = Duration::from_secs(1);

/// Looks that are due, per file.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<FileKey, (Duration, usize)>);

impl Looks {
    /// `key` was opened at `now`. A series that runs already is enough unless it is near its end.
    pub(super) fn opened(&mut self, key: FileKey, now: Duration) {
        self.0
            .entry(key)
            .and_modify(|series| {
                if series.1 > 3 {
                    *series = (now, 0)
                }
            })
            .or_insert((now, 0));
    }

    /// Files to look at now; each moves on to its next look.
    pub(super) fn due(&mut self, now: Duration) -> Vec<FileKey> {
        let mut due = Vec::new();
        self.0.retain(|key, (begun, step)| {
            let Some(after) = LOOKS.get(*step) else { return false };
            if *begun + *after <= now {
                due.push(*key);
                *step += 1;
            }
            *step < LOOKS.len()
        });
        due
    }

    /// Time until the next look; `None` when none is due.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        self.0.values().filter_map(|(begun, step)| LOOKS.get(*step).map(|after| (*begun + *after).saturating_sub(now))).min()
    }
}

/// What is known about one process and one file.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    by: HeldBy,
    since: Duration,
    sure: bool,
}

/// Processes that hold files, unsure ones included.
#[derive(Debug, Default)]
pub(super) struct Holding(HashMap<(FileKey, u32), Candidate>);

impl Holding {
    /// `pid` holds `key` at `now`. `Some` the first time that it is sure.
    pub(super) fn holds(&mut self, key: FileKey, pid: u32, by: HeldBy, now: Duration) -> Option<HeldBy> {
        let candidate = self.0.entry((key, pid)).or_insert(Candidate { by, since: now, sure: false });
        if candidate.by == HeldBy::Descriptor && by == HeldBy::Maps && !candidate.sure {
            *candidate = Candidate { by, since: now, sure: false };
        }
        let long_enough = match candidate.by {
            HeldBy::Maps => MAPPED,
            HeldBy::Descriptor => OPEN,
        };
        let now_sure = !candidate.sure && now.saturating_sub(candidate.since) >= long_enough;
        candidate.sure |= now_sure;
        now_sure.then_some(candidate.by)
    }

    /// `pid` no longer holds `key`; `true` when it had been sure.
    pub(super) fn let_go(&mut self, key: FileKey, pid: u32) -> bool {
        self.0.remove(&(key, pid)).is_some_and(|candidate| candidate.sure)
    }

    pub(super) fn all(&self) -> Vec<(FileKey, u32, bool)> {
        self.0.iter().map(|((key, pid), candidate)| (*key, *pid, candidate.sure)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileKey = FileKey { device: 1, inode: 2 };
    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn an_open_is_followed_by_six_looks() {
        let mut looks = Looks::default();
        looks.opened(FILE, ms(1000));
        let mut at = Vec::new();
        for now in (1000..5000).step_by(10) {
            at.extend(looks.due(ms(now)).iter().map(|_| now - 1000));
        }
        assert_eq!(at, [0, 20, 100, 500, 1300, 2500]);
        assert_eq!(looks.wait(ms(9000)), None);
    }

    #[test]
    fn a_mapping_must_stand_and_is_said_once() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(FILE, 7, HeldBy::Maps, ms(0)), None, "a glance");
        assert_eq!(holding.holds(FILE, 7, HeldBy::Maps, ms(500)), Some(HeldBy::Maps));
        assert_eq!(holding.holds(FILE, 7, HeldBy::Maps, ms(900)), None);
        assert!(holding.let_go(FILE, 7));
        assert!(!holding.let_go(FILE, 7));
    }

    #[test]
    fn a_short_read_is_no_use() {
        let mut holding = Holding::default();
        assert_eq!(holding.holds(FILE, 7, HeldBy::Descriptor, ms(0)), None);
        assert_eq!(holding.holds(FILE, 7, HeldBy::Descriptor, ms(500)), None);
        assert!(!holding.let_go(FILE, 7), "it had never been sure");
        holding.holds(FILE, 8, HeldBy::Descriptor, ms(0));
        assert_eq!(holding.holds(FILE, 8, HeldBy::Descriptor, ms(1300)), Some(HeldBy::Descriptor));
    }
}
