use std::time::Duration;

use canteen_types::ByteSize;
use tokio::time::Instant;

/// How far a fetch or an import has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes so far, those of earlier tries included. Falls back to 0 when a source cannot go on in the middle.
    pub done: ByteSize,
    /// Bytes in all, from signed metadata.
    pub total: ByteSize,
}

/// Lets about ten reports a second through: enough for an eye, little for a socket.
pub(crate) struct Reporter<F> {
    tell: F,
    total: ByteSize,
    last: Option<Instant>,
}

impl<F: Fn(Progress)> Reporter<F> {
    const EVERY: Duration = Duration::from_millis(100);

    pub(crate) fn new(total: ByteSize, tell: F) -> Self {
        Self { tell, total, last: None }
    }

    /// Says where things stand, unless it was said just now.
    pub(crate) fn at(&mut self, done: u64) {
        let now = Instant::now();
        if self.last.is_none_or(|last| now.duration_since(last) >= Self::EVERY) {
            self.last = Some(now);
            self.say(done);
        }
    }

    /// Says where things stand, whatever was said before.
    pub(crate) fn say(&self, done: u64) {
        (self.tell)(Progress { done: ByteSize::new(done), total: self.total });
    }
}

/// Speed and time left, smoothed. Pure: the caller hands in its monotonic clock.
///
/// ```
/// use canteen_library::RateMeter;
/// use std::time::Duration;
///
/// let mut meter = RateMeter::default();
/// for second in 0..5 {
///     meter.record(Duration::from_secs(second), second * 1_000_000);
/// }
/// assert_eq!(meter.rate(), Some(1_000_000));
/// assert_eq!(meter.left(14_000_000), Some(Duration::from_secs(10)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct RateMeter {
    last: Option<(Duration, u64)>,
    rate: Option<f64>,
}

impl RateMeter {
    /// Weight of the past falls to 1/e after this long: figures stand still enough to be read and follow a change in seconds.
    const SMOOTHING: Duration = Duration::from_secs(3);
    /// Shorter spans say more about buffers than about the line.
    const LEAST_SPAN: Duration = Duration::from_millis(250);

    /// At the moment `now` of a monotonic clock, `done` bytes were there. Going back starts anew.
    #[expect(clippy::cast_precision_loss, reason = "a speed that people read; 52 bits are plenty")]
    pub fn record(&mut self, now: Duration, done: u64) {
        let Some((then, before)) = self.last else {
            self.last = Some((now, done));
            return;
        };
        if done < before || now < then {
            *self = Self { last: Some((now, done)), rate: None };
            return;
        }
        let span = now.saturating_sub(then);
        if span < Self::LEAST_SPAN {
            return;
        }
        let current = (done - before) as f64 / span.as_secs_f64();
        let past = (-span.as_secs_f64() / Self::SMOOTHING.as_secs_f64()).exp();
        self.rate = Some(self.rate.map_or(current, |rate| rate * past + current * (1.0 - past)));
        self.last = Some((now, done));
    }

    /// Bytes per second; `None` before two records a quarter of a second apart.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "finite and not negative by construction; `as` saturates"
    )]
    pub fn rate(&self) -> Option<u64> {
        self.rate.map(|rate| rate.round() as u64)
    }

    /// Time until `total` bytes are there at this speed; `None` while the speed is unknown or nothing comes.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown in seconds")]
    pub fn left(&self, total: u64) -> Option<Duration> {
        let (_, done) = self.last?;
        let rate = self.rate.filter(|rate| *rate >= 1.0)?;
        Duration::try_from_secs_f64((total.saturating_sub(done) as f64 / rate).round()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_record_is_no_speed() {
        let mut meter = RateMeter::default();
        meter.record(Duration::ZERO, 5_000_000);
        assert_eq!((meter.rate(), meter.left(10_000_000)), (None, None));
        meter.record(Duration::from_millis(100), 6_000_000);
        assert_eq!(meter.rate(), None, "a tenth of a second says nothing");
    }

    #[test]
    fn what_was_there_before_is_not_speed() {
        let mut meter = RateMeter::default();
        meter.record(Duration::from_secs(1), 4_000_000_000);
        meter.record(Duration::from_secs(2), 4_000_001_000);
        assert_eq!(meter.rate(), Some(1000));
    }

    #[test]
    fn a_change_of_speed_shows_within_seconds_and_not_at_once() {
        let mut meter = RateMeter::default();
        let mut done = 0;
        for second in 0..10 {
            meter.record(Duration::from_secs(second), done);
            done += 1_000_000;
        }
        done -= 1_000_000;
        meter.record(Duration::from_secs(10), done);
        let first = meter.rate().unwrap();
        assert!((600_000..900_000).contains(&first), "{first}");
        for second in 11..25 {
            meter.record(Duration::from_secs(second), done);
        }
        assert!(meter.rate().unwrap() < 20_000);
    }

    #[test]
    fn starting_over_forgets_the_speed() {
        let mut meter = RateMeter::default();
        meter.record(Duration::ZERO, 0);
        meter.record(Duration::from_secs(1), 1000);
        meter.record(Duration::from_secs(2), 10);
        assert_eq!(meter.rate(), None);
    }

    #[test]
    fn reports_are_thinned_but_the_last_word_is_said() {
        let seen = std::cell::RefCell::new(Vec::new());
        let mut reporter = Reporter::new(ByteSize::new(1000), |step: Progress| seen.borrow_mut().push(step.done.bytes()));
        for done in 0..=1000 {
            reporter.at(done);
        }
        reporter.say(1000);
        assert_eq!(seen.borrow().first(), Some(&0));
        assert_eq!(seen.borrow().last(), Some(&1000));
        assert!(seen.borrow().len() < 100, "{}", seen.borrow().len());
    }

    proptest! {
        #[test]
        fn no_clock_and_no_count_panics(records: Vec<(u64, u64)>, total: u64) {
            let mut meter = RateMeter::default();
            for (now, done) in records {
                meter.record(Duration::from_millis(now), done);
                let _ = (meter.rate(), meter.left(total));
            }
        }
    }
}
