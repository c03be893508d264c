//! Files that are being written: when to look at them while nothing tells that they are finished. Pure: time comes in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Until the first look; the pause doubles while nothing becomes of the file.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(32);
/// Nobody has written for so long: given up.
const QUIET: Duration = Duration::from_secs(600);
/// More downloads than anybody has under way; their ends are told of all the same.
const MOST: usize = 256;

#[derive(Clone, Copy, Debug)]
struct Growth {
    /// Size and last change of the bytes.
    state: (u64, i64),
    changed: Duration,
    next: Duration,
    pause: Duration,
}

/// Files that are perhaps being written.
#[derive(Debug, Default)]
pub(super) struct Growing(HashMap<PathBuf, Growth>);

impl Growing {
    /// A file was made, or is not whole.
    pub(super) fn begun(&mut self, path: &Path, now: Duration) {
        if self.0.len() < MOST && !self.0.contains_key(path) {
            let growth = Growth { state: (0, 0), changed: now, next: now + FIRST, pause: FIRST };
            self.0.insert(path.to_owned(), growth);
        }
    }

    /// How the file stands now: whether somebody has written to it since the last time it was asked about.
    pub(super) fn has_grown(&mut self, path: &Path, state: (u64, i64), now: Duration) -> bool {
        self.begun(path, now);
        let Some(growth) = self.0.get_mut(path) else { return false };
        let first = growth.state == (0, 0);
        let grown = growth.state != state;
        if grown {
            (growth.state, growth.changed, growth.pause) = (state, now, FIRST);
        }
        grown && !first
    }

    /// It is finished, or gone.
    pub(super) fn over(&mut self, path: &Path) {
        self.0.remove(path);
    }

    /// Files to look at now.
    pub(super) fn due(&mut self, now: Duration) -> Vec<PathBuf> {
        self.0.retain(|_, growth| now.saturating_sub(growth.changed) < QUIET);
        let mut due = Vec::new();
        for (path, growth) in self.0.iter_mut().filter(|(_, growth)| growth.next <= now) {
            growth.pause = growth.pause.saturating_mul(2).min(LONGEST);
            growth.next = now + growth.pause;
            due.push(path.clone());
        }
        due
    }

    /// Time until the next look.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        self.0.values().map(|growth| growth.next.saturating_sub(now)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_file_that_nobody_writes_to_is_looked_at_ever_less_and_then_given_up() {
        let mut growing = Growing::default();
        let path = Path::new("/a.part");
        growing.begun(path, secs(0));
        let mut looks = Vec::new();
        for now in 0..1200 {
            if !growing.due(secs(now)).is_empty() {
                assert!(!growing.has_grown(path, (7, 7), secs(now)));
                looks.push(now);
            }
        }
        assert_eq!(looks.get(..4), Some(&[1, 3, 5, 9][..]));
        assert!(looks.len() < 30 && looks.last().is_some_and(|last| *last < 620), "{looks:?}");
    }

    #[test]
    fn only_a_second_look_shows_growth() {
        let mut growing = Growing::default();
        let path = Path::new("/a.part");
        assert!(!growing.has_grown(path, (5, 1), secs(0)));
        assert!(!growing.has_grown(path, (5, 1), secs(1)));
        assert!(growing.has_grown(path, (6, 1), secs(2)));
        assert!(growing.has_grown(path, (6, 2), secs(3)), "room was made before, and it is filled");
        growing.over(path);
        assert_eq!(growing.wait(secs(3)), None);
    }

    #[test]
    fn more_than_anybody_downloads_is_not_kept() {
        let mut growing = Growing::default();
        (0..10_000).for_each(|n| growing.begun(Path::new(&format!("/{n}")), secs(0)));
        assert_eq!(growing.due(secs(1)).len(), MOST);
    }
}
