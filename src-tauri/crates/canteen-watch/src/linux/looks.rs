//! When to look for the holder of a file that was opened, and at a file that was changed. Pure: time comes in.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use super::proc::FileKey;

/// After an open: loaders first open a file for some milliseconds to read its header, so one look is not enough.
const LOOKS: [Duration; 5] =
    [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];
const LAST: usize = LOOKS.len() - 1;
/// Looks beside these, at once, when the file is opened again meanwhile: a loader opens it several times, and reads it at the last
/// (seen with llama.cpp: five opens), which may be over before the next look is due.
const MORE: u8 = 6;
/// A file that is opened all the time is not looked for all the time: after some series the pause doubles from here.
const PAUSE: Duration = Duration::from_millis(500);
const AT_ONCE: u32 = 3;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A file that is written, closed and written again is read at most so often.
const SETTLES: Duration = Duration::from_millis(200);
/// Changes that wait; beyond them everything is looked through instead.
const MOST_CHANGES: usize = 4096;

#[derive(Clone, Copy, Debug)]
struct Series {
    begun: Duration,
    step: usize,
    /// Series in a row.
    run: u32,
    /// It was opened again.
    again: bool,
    /// So many looks at once are left.
    more: u8,
}

impl Series {
    const fn new(begun: Duration, step: usize, run: u32) -> Self {
        Self { begun, step, run, again: false, more: MORE }
    }

    fn open_again(&mut self) {
        // What has not begun is looked at then.
        if !self.again
            && self.step > 0
            && let Some(left) = self.more.checked_sub(1)
        {
            (self.again, self.more) = (true, left);
        }
    }
}

/// Looks that are due, per file.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<FileKey, Series>);

impl Looks {
    /// `key` was opened at `now`. A series that has quick looks before it goes on, with one more at once.
    pub(super) fn opened(&mut self, key: FileKey, now: Duration) {
        let series = self.0.entry(key).or_insert(Series::new(now, 0, 0));
        if series.step < LAST {
            series.open_again();
        } else {
            let pause = match series.run.checked_sub(AT_ONCE) {
                Some(run) => PAUSE.saturating_mul(1 << run.min(6)).min(LONGEST_PAUSE),
                None => Duration::ZERO,
            };
            let quiet = now.saturating_sub(series.begun);
            let run = if quiet > LONGEST_PAUSE.saturating_mul(2) { 0 } else { series.run + 1 };
            *series = Series::new(now.max(series.begun + pause), 0, run);
        }
    }

    /// `key` was opened by Canteen itself: one late look, in case that somebody else was there at the same time.
    pub(super) fn opened_by_us(&mut self, key: FileKey, now: Duration) {
        self.0.entry(key).or_insert(Series::new(now, LAST, 0));
    }

    /// Files to look at now; each moves on to its next look.
    pub(super) fn due(&mut self, now: Duration) -> Vec<FileKey> {
        let mut due = Vec::new();
        self.0.retain(|key, series| match LOOKS.get(series.step) {
            Some(after) if std::mem::take(&mut series.again) || series.begun + *after <= now => {
                due.push(*key);
                // What was missed meanwhile is made up for by this one look.
                while LOOKS.get(series.step).is_some_and(|after| series.begun + *after <= now) {
                    series.step += 1;
                }
                true
            }
            Some(_) => true,
            // Kept for a while, so that the pauses grow.
            None => now.saturating_sub(series.begun) < LONGEST_PAUSE.saturating_mul(2),
        });
        due
    }

    /// Time until the next look; `None` when none is due.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        let next = |series: &Series| {
            let after = LOOKS.get(series.step)?;
            Some(if series.again { Duration::ZERO } else { (series.begun + *after).saturating_sub(now) })
        };
        self.0.values().filter_map(next).min()
    }
}

/// Changes that are looked at a moment later, each once however often it was told of.
#[derive(Debug)]
pub(super) struct Settling<T>(HashMap<T, Duration>);

impl<T> Default for Settling<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash + Ord> Settling<T> {
    /// Keeps a change; `false` when too many wait.
    #[must_use]
    pub(super) fn add(&mut self, change: T, now: Duration) -> bool {
        if self.0.len() >= MOST_CHANGES {
            self.0.clear();
            return false;
        }
        // The first one counts: a file that is written all the time has its turn, too.
        self.0.entry(change).or_insert(now + SETTLES);
        true
    }

    /// Changes to look at now, in their order.
    pub(super) fn due(&mut self, now: Duration) -> Vec<T> {
        let mut due: Vec<T> = self.0.extract_if(|_, due| *due <= now).map(|(change, _)| change).collect();
        due.sort_unstable();
        due
    }

    /// Time until the next.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        self.0.values().map(|due| due.saturating_sub(now)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileKey = FileKey { device: 1, inode: 2 };
    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn looks_at(looks: &mut Looks, span: std::ops::Range<u64>) -> Vec<u64> {
        span.step_by(10).flat_map(|now| looks.due(ms(now)).into_iter().map(move |_| now)).collect()
    }

    #[test]
    fn an_open_is_followed_by_five_looks() {
        let mut looks = Looks::default();
        looks.opened(FILE, ms(1000));
        assert_eq!(looks_at(&mut looks, 1000..9000), [1000, 1020, 1100, 1500, 3000]);
        assert_eq!(looks.wait(ms(9000)), None);
    }

    #[test]
    fn each_further_open_is_followed_by_a_look_at_once_but_not_for_ever() {
        let mut looks = Looks::default();
        looks.opened(FILE, ms(1000));
        assert_eq!(looks.due(ms(1000)), [FILE]);
        looks.opened(FILE, ms(1150));
        assert_eq!((looks.wait(ms(1150)), looks.due(ms(1150)), looks.due(ms(1151))), (Some(ms(0)), vec![FILE], vec![]));
        assert_eq!(looks.wait(ms(1151)), Some(ms(349)), "the series goes on");
        let open_and_look = |looks: &mut Looks, now: u64| {
            looks.opened(FILE, ms(now));
            looks.due(ms(now)).len()
        };
        let count: usize = (0..200).map(|n| open_and_look(&mut looks, 1160 + n)).sum();
        assert_eq!(count, usize::from(MORE) - 1);
    }

    #[test]
    fn looks_that_were_missed_are_made_up_for_by_one() {
        let mut looks = Looks::default();
        looks.opened(FILE, ms(0));
        assert_eq!(looks.due(ms(300)), [FILE]);
        assert_eq!(looks.wait(ms(300)), Some(ms(200)));
    }

    #[test]
    fn our_own_open_gets_one_late_look_and_a_stranger_is_looked_for_at_once() {
        let mut looks = Looks::default();
        looks.opened_by_us(FILE, ms(0));
        assert_eq!(looks_at(&mut looks, 0..9000), [2000]);
        let mut looks = Looks::default();
        looks.opened_by_us(FILE, ms(0));
        looks.opened(FILE, ms(50));
        assert_eq!(looks_at(&mut looks, 0..200), [50, 70, 150]);
    }

    #[test]
    fn a_file_that_is_opened_all_the_time_is_looked_for_ever_less() {
        let mut looks = Looks::default();
        let mut count = 0;
        for now in (0..120_000).step_by(10) {
            looks.opened(FILE, ms(now));
            count += looks.due(ms(now)).len();
        }
        assert!(count < 140, "{count} looks in two minutes");
        assert!(count > 20, "{count} looks in two minutes");
    }

    #[test]
    fn changes_in_a_row_are_one_and_a_flood_is_refused() {
        let mut settling = Settling::default();
        let mut due = 0;
        for now in (0..1000).step_by(10) {
            assert!(settling.add(1, ms(now)));
            due += settling.due(ms(now)).len();
        }
        assert_eq!(due, 4, "five times a second at most");
        let mut flooded = Settling::default();
        assert!((0..MOST_CHANGES).all(|change| flooded.add(change, ms(0))));
        assert!(!flooded.add(MOST_CHANGES, ms(0)));
        assert_eq!(flooded.wait(ms(0)), None);
    }
}
