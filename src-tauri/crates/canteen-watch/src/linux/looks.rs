//! When to look for the holder of a file that was opened. Pure: time comes in.

use std::collections::HashMap;
use std::time::Duration;

use super::proc::FileKey;

/// After an open: loaders first open a file for some milliseconds to read its header, so one look is not enough.
const LOOKS: [Duration; 5] =
    [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];
const LAST: usize = LOOKS.len() - 1;
/// A file that is opened all the time is not looked for all the time: after some series the pause doubles from here.
const PAUSE: Duration = Duration::from_millis(500);
const AT_ONCE: u32 = 3;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
struct Series {
    begun: Duration,
    step: usize,
    /// Opens less closes, as far as events tell: equal ones in a row arrive as one.
    open: u32,
    /// Series in a row.
    run: u32,
}

/// Looks that are due, per file.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<FileKey, Series>);

impl Looks {
    /// `key` was opened at `now`. A series that has quick looks before it is enough.
    pub(super) fn opened(&mut self, key: FileKey, now: Duration) {
        let fresh = Series { begun: now, step: 0, open: 0, run: 0 };
        let series = self.0.entry(key).or_insert(fresh);
        series.open = series.open.saturating_add(1).min(1000);
        if series.step >= LAST {
            let pause = match series.run.checked_sub(AT_ONCE) {
                Some(run) => PAUSE.saturating_mul(1 << run.min(6)).min(LONGEST_PAUSE),
                None => Duration::ZERO,
            };
            let quiet = now.saturating_sub(series.begun);
            let run = if quiet > LONGEST_PAUSE.saturating_mul(2) { 0 } else { series.run + 1 };
            *series = Series { begun: now.max(series.begun + pause), step: 0, open: 1, run };
        }
    }

    /// `key` was opened by Canteen itself: one late look, in case that somebody else was there at the same time.
    pub(super) fn opened_by_us(&mut self, key: FileKey, now: Duration) {
        self.0.entry(key).or_insert(Series { begun: now, step: LAST, open: 0, run: 0 });
    }

    /// `key` was closed. When nobody seems to have it open, only the last look remains.
    pub(super) fn closed(&mut self, key: FileKey) {
        if let Some(series) = self.0.get_mut(&key) {
            series.open = series.open.saturating_sub(1);
        }
    }

    /// Files to look at now; each moves on to its next look.
    pub(super) fn due(&mut self, now: Duration) -> Vec<FileKey> {
        let mut due = Vec::new();
        self.0.retain(|key, series| {
            if series.step < LAST && series.open == 0 {
                series.step = LAST;
            }
            match LOOKS.get(series.step) {
                Some(after) if series.begun + *after <= now => {
                    due.push(*key);
                    series.step += 1;
                    true
                }
                Some(_) => true,
                // Kept for a while, so that the pauses grow.
                None => now.saturating_sub(series.begun) < LONGEST_PAUSE.saturating_mul(2),
            }
        });
        due
    }

    /// Time until the next look; `None` when none is due.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        let next = |series: &Series| LOOKS.get(series.step).map(|after| (series.begun + *after).saturating_sub(now));
        self.0.values().filter_map(next).min()
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
    fn what_was_closed_again_at_once_gets_one_late_look() {
        let mut looks = Looks::default();
        looks.opened(FILE, ms(0));
        looks.closed(FILE);
        assert_eq!(looks_at(&mut looks, 0..9000), [2000]);
        looks.opened_by_us(FileKey { device: 1, inode: 3 }, ms(10_000));
        assert_eq!(looks_at(&mut looks, 10_000..19_000), [12_000]);
    }

    #[test]
    fn a_stranger_is_looked_for_at_once_right_after_our_own_open() {
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
        assert!(count < 60, "{count} looks in two minutes");
        assert!(count > 20, "{count} looks in two minutes");
    }
}
