use std::sync::atomic::{AtomicU64, Ordering};

/// Between the thread that hears *stop* and the one that computes. Answers have rising ids, so a stop that comes before its
/// answer was begun still counts.
#[derive(Debug, Default)]
pub struct Stop {
    /// The answer that is being written; 0 for none.
    current: AtomicU64,
    /// All answers up to this one are to stop.
    up_to: AtomicU64,
}

impl Stop {
    pub(crate) fn begin(&self, answer: u64) {
        self.current.store(answer, Ordering::SeqCst);
    }

    pub(crate) fn end(&self) {
        self.current.store(0, Ordering::SeqCst);
    }

    pub(crate) fn stop(&self, answer: u64) {
        self.up_to.fetch_max(answer, Ordering::SeqCst);
    }

    /// Is the answer that is being written to stop?
    pub fn wanted(&self) -> bool {
        let current = self.current.load(Ordering::SeqCst);
        current != 0 && self.up_to.load(Ordering::SeqCst) >= current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_reaches_its_own_answer_only() {
        let stop = Stop::default();
        stop.begin(1);
        assert!(!stop.wanted());
        stop.stop(1);
        assert!(stop.wanted());
        stop.end();
        assert!(!stop.wanted());
        stop.begin(2);
        assert!(!stop.wanted());
        // Heard before it was begun.
        stop.stop(3);
        stop.begin(3);
        assert!(stop.wanted());
    }
}
