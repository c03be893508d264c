use std::time::Duration;

use canteen_types::ByteSize;

/// What a fetch puts up with. The defaults are for people's computers; tests and slow sites hand in their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// Room that must stay free beside the model: 64 MiB, so that the store and the person's own programs go on working.
    pub reserve: ByteSize,
    /// Least speed, in bytes per second: 8 KiB, the speed of an ISDN line. There is no limit on the whole time: a large model
    /// over a slow line may take a night.
    pub floor: u64,
    /// The floor is looked at once per window, 30 s; also the longest wait for the first answer.
    pub window: Duration,
    /// Longest wait for a connection, 15 s.
    pub connect: Duration,
    /// Tries in a row at one source that bring less than [`FetchLimits::headway`]; 5.
    pub attempts: u32,
    /// A try that brought this much starts the count anew: 1 MiB.
    pub headway: u64,
    /// Wait before the second try; doubles with each further one: 0.5 s.
    pub backoff: Duration,
    /// Bytes between two points that a killed fetch can go on from: 16 MiB.
    pub sync_every: u64,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            reserve: ByteSize::new(64 << 20),
            floor: 8 << 10,
            window: Duration::from_secs(30),
            connect: Duration::from_secs(15),
            attempts: 5,
            headway: 1 << 20,
            backoff: Duration::from_millis(500),
            sync_every: 16 << 20,
        }
    }
}

/// Whether a source keeps above the floor. Counts only the time spent waiting for it, so that a slow disk is not held against it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    bytes_per_second: u64,
    window: Duration,
    waited: Duration,
    bytes: u64,
}

impl Floor {
    pub(crate) fn new(limits: &FetchLimits) -> Self {
        Self { bytes_per_second: limits.floor, window: limits.window, waited: Duration::ZERO, bytes: 0 }
    }

    /// Longest wait before [`Floor::holds`] must be asked again.
    pub(crate) fn patience(&self) -> Duration {
        self.window.saturating_sub(self.waited).max(Duration::from_millis(1))
    }

    /// Takes note of a wait of `waited` that brought `bytes`. False when a whole window was below the floor.
    pub(crate) fn holds(&mut self, waited: Duration, bytes: u64) -> bool {
        self.waited = self.waited.saturating_add(waited);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.waited < self.window {
            return true;
        }
        let expected = u128::from(self.bytes_per_second).saturating_mul(self.waited.as_millis()) / 1000;
        let enough = u128::from(self.bytes) >= expected;
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floor() -> Floor {
        Floor::new(&FetchLimits { floor: 1000, window: Duration::from_secs(10), ..FetchLimits::default() })
    }

    #[test]
    fn silence_for_a_window_is_too_slow() {
        let mut floor = floor();
        assert_eq!(floor.patience(), Duration::from_secs(10));
        assert!(!floor.holds(Duration::from_secs(10), 0));
    }

    #[test]
    fn a_trickle_is_too_slow_although_it_never_falls_silent() {
        let mut floor = floor();
        assert!((0..9).all(|_| floor.holds(Duration::from_secs(1), 100)));
        assert!(!floor.holds(Duration::from_secs(1), 100));
    }

    #[test]
    fn each_window_is_judged_by_itself() {
        let mut floor = floor();
        assert!(floor.holds(Duration::from_secs(10), 1_000_000));
        assert!(floor.holds(Duration::from_secs(5), 0));
        assert_eq!(floor.patience(), Duration::from_secs(5));
        assert!(!floor.holds(Duration::from_secs(5), 4999));
    }
}
