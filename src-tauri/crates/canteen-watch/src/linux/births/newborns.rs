//! When to look at a program that has just started: weights come late. Pure: time comes in.

use std::collections::HashMap;
use std::time::Duration;

/// After the start.
const LOOKS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(15)];
/// Looks are put together: so few times a second at most.
const TOGETHER: Duration = Duration::from_millis(250);
/// At once, so that whoever opens weights meanwhile is looked for in time. The others have their turn next.
const MOST_AT_ONCE: usize = 32;
/// Looks take a fifth of one processor at most.
const PAUSE: u32 = 4;
/// Beyond them the gate is enough.
const MOST: usize = 4096;

#[derive(Clone, Copy, Debug)]
struct Newborn {
    born: Duration,
    step: usize,
}

/// One look at a new program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Look {
    pub(in super::super) pid: u32,
    /// Its first: what never changes is read now.
    pub(in super::super) first: bool,
}

/// Programs that started a moment ago.
#[derive(Debug, Default)]
pub(in super::super) struct Newborns {
    all: HashMap<u32, Newborn>,
    rests: Duration,
}

impl Newborns {
    /// `pid` started at `now`. A process that becomes another program is a new one.
    pub(in super::super) fn born(&mut self, pid: u32, now: Duration) {
        if self.all.len() < MOST || self.all.contains_key(&pid) {
            self.all.insert(pid, Newborn { born: now, step: 0 });
        }
    }

    /// Looks that are due.
    pub(in super::super) fn due(&mut self, now: Duration) -> Vec<Look> {
        if now < self.rests {
            return Vec::new();
        }
        let mut due = Vec::new();
        self.all.retain(|pid, newborn| {
            let first = newborn.step == 0;
            let is_due = |step: usize| LOOKS.get(step).is_some_and(|after| newborn.born + *after <= now);
            if due.len() < MOST_AT_ONCE && is_due(newborn.step) {
                newborn.step = (newborn.step..LOOKS.len()).find(|step| !is_due(*step)).unwrap_or(LOOKS.len());
                due.push(Look { pid: *pid, first });
            }
            newborn.step < LOOKS.len()
        });
        if !due.is_empty() {
            self.rests = now + TOGETHER;
        }
        due
    }

    /// The looks that were due at `begun` are through.
    pub(in super::super) fn looked(&mut self, begun: Duration, now: Duration) {
        self.rests = self.rests.max(now + now.saturating_sub(begun).saturating_mul(PAUSE));
    }

    /// It has ended already.
    pub(in super::super) fn gone(&mut self, pid: u32) {
        self.all.remove(&pid);
    }

    /// All of them.
    pub(in super::super) fn pids(&self) -> Vec<u32> {
        self.all.keys().copied().collect()
    }

    /// Time until the next look.
    pub(in super::super) fn wait(&self, now: Duration) -> Option<Duration> {
        let next = |newborn: &Newborn| LOOKS.get(newborn.step).map(|after| newborn.born + *after);
        self.all.values().filter_map(next).min().map(|at| at.max(self.rests).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_new_program_is_looked_at_four_times() {
        let mut newborns = Newborns::default();
        newborns.born(7, ms(1000));
        let at = |now: u64, newborns: &mut Newborns| newborns.due(ms(now)).into_iter().map(move |look| (now, look.first)).next();
        let looks: Vec<(u64, bool)> = (1000..20_000).step_by(10).filter_map(|now| at(now, &mut newborns)).collect();
        assert_eq!(looks, [(1500, true), (3000, false), (6000, false), (16_000, false)]);
        assert_eq!(newborns.wait(ms(20_000)), None);
    }

    #[test]
    fn a_storm_of_starts_is_looked_at_four_times_a_second() {
        let mut newborns = Newborns::default();
        let (mut wakes, mut looks) = (0, 0);
        for now in 0..10_000 {
            newborns.born(u32::try_from(now % 3000).unwrap(), ms(now));
            let due = newborns.due(ms(now));
            wakes += usize::from(!due.is_empty());
            looks += due.len();
        }
        assert!(wakes <= 40, "{wakes}");
        assert!((1000..=40 * MOST_AT_ONCE).contains(&looks), "{looks}");
    }

    #[test]
    fn more_than_anybody_starts_is_left_to_the_gate() {
        let mut newborns = Newborns::default();
        (0..10_000).for_each(|pid| newborns.born(pid, ms(0)));
        assert_eq!(newborns.all.len(), MOST);
    }

    #[test]
    fn looks_that_take_long_are_followed_by_a_longer_rest() {
        let mut newborns = Newborns::default();
        newborns.born(7, ms(0));
        assert_eq!(newborns.due(ms(500)).len(), 1);
        newborns.looked(ms(500), ms(1000));
        newborns.born(8, ms(500));
        assert!(newborns.due(ms(2999)).is_empty());
        assert_eq!((newborns.wait(ms(2999)), newborns.due(ms(3000)).len()), (Some(ms(1)), 2));
    }
}
