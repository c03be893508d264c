use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use canteen_types::{Clock, Timestamp};

static START: LazyLock<Instant> = LazyLock::new(now);

#[expect(clippy::disallowed_methods, reason = "this is the clock")]
fn now() -> Instant {
    Instant::now()
}

/// The clock of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let wall = SystemTime::now();
        let millis = match wall.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        };
        Timestamp::from_millis(millis)
    }

    fn monotonic(&self) -> Duration {
        let start = *START;
        now().saturating_duration_since(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monotonic_time_does_not_go_back_and_the_wall_clock_is_in_this_century() {
        let (first, second) = (SystemClock.monotonic(), SystemClock.monotonic());
        assert!(second >= first);
        let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let to: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
        assert!((from..to).contains(&SystemClock.now()));
    }
}
