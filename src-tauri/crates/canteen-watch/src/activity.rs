//! When a holder is not only holding. Pure: time and figures come in.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::observation::Busy;

/// Share of one processor, in percent, that counts by itself: programs with a window stay below it at rest. Engines use whole ones,
/// of which they get a part on a busy computer.
const COMPUTES: u64 = 25;
/// With somebody connected to its port this is enough: the work may be done on a graphics card.
const SERVES: u64 = 5;
/// Share of a graphics card: windows draw with less.
const ON_CARD: u64 = 10;
/// Shorter spans tell nothing: the kernel counts in steps of 10 ms.
const LEAST: Duration = Duration::from_secs(2);
/// Rests only when nothing was seen for so many spans: answers come in between.
const QUIET_SPANS: u32 = 2;

/// What a holder has done by one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    /// Computing time in all.
    pub(crate) computed: Duration,
    /// Port of it that somebody on this computer is connected to.
    pub(crate) port: Option<u16>,
    /// Time on graphics cards in all, where the kernel counts it.
    pub(crate) on_card: Duration,
    /// Share of a graphics card since the last time, where its driver says so.
    pub(crate) card_percent: u32,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    work: Work,
    at: Duration,
    busy: bool,
    quiet: u32,
}

/// What became of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It began to work.
    Works(Busy),
    /// It has stopped.
    Rests,
}

/// Holders, by process.
#[derive(Debug, Default)]
pub(crate) struct Activity(HashMap<u32, Seen>);

impl Activity {
    /// `pid` had done this in all by `now`.
    pub(crate) fn look(&mut self, pid: u32, work: Work, now: Duration) -> Option<Change> {
        // The first span is that of loading, which computes, too.
        let seen = self.0.entry(pid).or_insert(Seen { work, at: now, busy: false, quiet: 0 });
        let span = now.saturating_sub(seen.at);
        if span < LEAST {
            return None;
        }
        let share = share(work.computed, seen.work.computed, span);
        let on_card = share_of_card(work, seen.work, span);
        (seen.work, seen.at) = (work, now);
        let percent = |share| u32::try_from(share).unwrap_or(u32::MAX);
        let busy = match work.port {
            Some(port) if share >= SERVES || on_card >= ON_CARD => Some(Busy::Serves { port, percent: percent(share) }),
            _ if on_card >= ON_CARD => Some(Busy::OnCard { percent: percent(on_card) }),
            _ if share >= COMPUTES => Some(Busy::Computes { percent: percent(share) }),
            _ => None,
        };
        seen.quiet = if busy.is_some() { 0 } else { seen.quiet + 1 };
        match busy {
            Some(busy) if !std::mem::replace(&mut seen.busy, true) => Some(Change::Works(busy)),
            None if seen.busy && seen.quiet >= QUIET_SPANS => {
                seen.busy = false;
                Some(Change::Rests)
            }
            Some(_) | None => None,
        }
    }

    /// Forgets all but these.
    pub(crate) fn keep(&mut self, pids: &BTreeSet<u32>) {
        self.0.retain(|pid, _| pids.contains(pid));
    }
}

/// In percent of `span`.
fn share(now: Duration, before: Duration, span: Duration) -> u64 {
    let share = now.saturating_sub(before).as_millis().saturating_mul(100) / span.as_millis().max(1);
    u64::try_from(share).unwrap_or(u64::MAX)
}

fn share_of_card(now: Work, before: Work, span: Duration) -> u64 {
    share(now.on_card, before.on_card, span).max(u64::from(now.card_percent)).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Looks every five seconds: computing time in milliseconds within each span.
    fn changes(spans: &[u64], port: Option<u16>) -> Vec<Option<Change>> {
        let (mut activity, mut computed) = (Activity::default(), secs(100));
        activity.look(7, Work { computed, ..Work::default() }, secs(0));
        let look = |(n, span): (usize, &u64)| {
            computed += Duration::from_millis(*span);
            activity.look(7, Work { computed, port, ..Work::default() }, secs(5 * (n as u64 + 1)))
        };
        spans.iter().enumerate().map(look).collect()
    }

    #[test]
    fn a_holder_that_computes_works_until_two_quiet_spans() {
        let works = Some(Change::Works(Busy::Computes { percent: 100 }));
        assert_eq!(
            changes(&[10, 5000, 4000, 10, 4000, 10, 10, 10], None),
            [None, works, None, None, None, None, Some(Change::Rests), None]
        );
    }

    #[test]
    fn a_window_at_rest_is_no_work_and_neither_is_an_idle_connection() {
        assert_eq!(changes(&[1000, 500, 1200], None), [None; 3]);
        assert_eq!(changes(&[0, 100, 200], Some(8080)), [None; 3]);
    }

    #[test]
    fn a_little_work_with_somebody_connected_is_serving() {
        let serves = Some(Change::Works(Busy::Serves { port: 8080, percent: 6 }));
        assert_eq!(changes(&[300], Some(8080)), [serves]);
    }

    #[test]
    fn work_on_a_card_counts_by_time_or_by_the_drivers_word() {
        let change = |on_card, card_percent, port| {
            let mut activity = Activity::default();
            activity.look(7, Work { on_card: secs(100), ..Work::default() }, secs(0));
            activity.look(7, Work { on_card: secs(100) + on_card, card_percent, port, ..Work::default() }, secs(5))
        };
        let works = |percent| Some(Change::Works(Busy::OnCard { percent }));
        assert_eq!(change(secs(2), 0, None), works(40));
        assert_eq!(change(Duration::ZERO, 60, None), works(60));
        assert_eq!(change(secs(9), 0, None), works(100), "several cards at once");
        assert_eq!(change(Duration::from_millis(400), 8, None), None, "a window is drawn");
        assert_eq!(change(secs(2), 0, Some(80)), Some(Change::Works(Busy::Serves { port: 80, percent: 0 })));
    }

    #[test]
    fn who_is_forgotten_begins_again() {
        let mut activity = Activity::default();
        activity.look(7, Work::default(), secs(0));
        activity.keep(&BTreeSet::new());
        let work = Work { computed: secs(50), ..Work::default() };
        assert_eq!(activity.look(7, work, secs(50)), None, "nothing is known of the time before");
    }
}
