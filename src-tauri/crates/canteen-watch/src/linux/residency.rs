//! How long weights have been open to somebody, whoever that is: from the first open to the last close, which comes only when the
//! last mapping is gone. Pure: time comes in.

use std::collections::HashMap;
use std::time::Duration;

use super::proc::FileKey;

/// Reading a header, a digest of a small file and a glance take less.
const STANDS: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug)]
struct Span {
    since: Duration,
    /// Opens without their close. Events that are alike and unread become one, so this is a hint and never evidence by itself.
    open: u32,
}

/// Files that are open to somebody.
#[derive(Debug, Default)]
pub(super) struct Residency {
    spans: HashMap<FileKey, Span>,
    /// When each of them was opened last, and not by Canteen.
    opened: HashMap<FileKey, Duration>,
    /// When those came to be watched that no look through a folder had found.
    found: HashMap<FileKey, Duration>,
}

impl Residency {
    pub(super) fn opened(&mut self, key: FileKey, now: Duration) {
        let span = self.spans.entry(key).or_insert(Span { since: now, open: 0 });
        span.open = span.open.saturating_add(1);
    }

    /// It was opened, and not by Canteen.
    pub(super) fn opened_by_another(&mut self, key: FileKey, now: Duration) {
        self.opened.insert(key, now);
    }

    /// It is watched from now on: opens before went by unseen.
    pub(super) fn found(&mut self, key: FileKey, now: Duration) {
        self.found.insert(key, now);
    }

    pub(super) fn when_found(&self, key: FileKey) -> Option<Duration> {
        self.found.get(&key).copied()
    }

    /// Those that another one has opened at `when` or later.
    pub(super) fn opened_since(&self, when: Duration) -> impl Iterator<Item = FileKey> {
        self.opened.iter().filter(move |(_, at)| **at >= when).map(|(key, _)| *key)
    }

    /// When another one opened it last.
    pub(super) fn last_opened(&self, key: FileKey) -> Option<Duration> {
        self.opened.get(&key).copied()
    }

    /// It is known no more.
    pub(super) fn gone(&mut self, key: FileKey) {
        self.spans.remove(&key);
        self.opened.remove(&key);
        self.found.remove(&key);
    }

    /// `true` when it was the last.
    pub(super) fn closed(&mut self, key: FileKey) -> bool {
        let Some(span) = self.spans.get_mut(&key) else { return true };
        span.open = span.open.saturating_sub(1);
        let last = span.open == 0;
        if last {
            self.spans.remove(&key);
        }
        last
    }

    /// Events were lost: nothing is known any more.
    pub(super) fn forget(&mut self) {
        self.spans.clear();
    }

    pub(super) fn is_open(&self, key: FileKey) -> bool {
        self.spans.contains_key(&key)
    }

    /// Files that have been open for longer than a glance.
    pub(super) fn standing(&self, now: Duration) -> Vec<FileKey> {
        self.spans.iter().filter(|(_, span)| now.saturating_sub(span.since) >= STANDS).map(|(key, _)| *key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileKey = FileKey { device: 1, inode: 2 };

    #[test]
    fn it_stands_from_the_first_open_to_the_last_close() {
        let mut residency = Residency::default();
        let secs = Duration::from_secs;
        residency.opened(FILE, secs(0));
        residency.opened(FILE, secs(1));
        assert!(!residency.closed(FILE), "a header was read, and the file is open still");
        assert_eq!(residency.standing(secs(1)), []);
        assert_eq!(residency.standing(secs(2)), [FILE]);
        assert!(residency.closed(FILE));
        assert_eq!((residency.standing(secs(9)), residency.is_open(FILE)), (vec![], false));
        residency.opened_by_another(FILE, secs(1));
        assert_eq!(residency.last_opened(FILE), Some(secs(1)));
        assert_eq!((residency.opened_since(secs(1)).count(), residency.opened_since(secs(2)).count()), (1, 0));
        residency.opened(FILE, secs(9));
        residency.forget();
        assert!(residency.closed(FILE), "a close without its open");
    }
}
