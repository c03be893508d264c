use std::time::Duration;

#[cfg(target_os = "linux")]
#[path = "power/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "power/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "power/windows.rs"]
mod system;

/// The counters of energy that the processor keeps of itself. They count for all programs together: what one program took is
/// not known to anybody, so it is not guessed here.
#[derive(Debug)]
pub struct PowerMeter(system::Counters);

/// What the counters showed at one moment. Two of them give the energy between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnergyReading(Vec<Counter>);

/// One counter: micro-joules since some moment, up to `most`, then from zero again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counter {
    microjoules: u64,
    most: u64,
}

impl PowerMeter {
    /// `None` where the computer has no such counters, or does not let this account read them. That is the usual case: on Linux
    /// only an administrator may, since they can give secrets away (CVE-2020-8694).
    #[must_use]
    pub fn find() -> Option<Self> {
        system::find().map(Self)
    }

    /// The counters now; `None` once they can no longer be read.
    #[must_use]
    pub fn read(&self) -> Option<EnergyReading> {
        system::read(&self.0).map(EnergyReading)
    }
}

impl EnergyReading {
    /// Mean power since `earlier`, in watts, over `span`. `None` when no time has passed or the counters are others.
    #[must_use]
    pub fn watts_since(&self, earlier: &Self, span: Duration) -> Option<f64> {
        if span.is_zero() || self.0.len() != earlier.0.len() {
            return None;
        }
        let sum: u64 = self.0.iter().zip(&earlier.0).map(|(now, before)| now.since(*before)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a second takes less than 2^53 micro-joules")]
        let joules = sum as f64 / 1e6;
        Some(joules / span.as_secs_f64())
    }
}

impl Counter {
    /// A counter that is smaller than before has begun again once; between two looks it does so once at most.
    const fn since(self, before: Self) -> u64 {
        match self.microjoules.checked_sub(before.microjoules) {
            Some(more) => more,
            None => self.most.saturating_sub(before.microjoules).saturating_add(self.microjoules),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(counters: &[u64]) -> EnergyReading {
        EnergyReading(counters.iter().map(|&microjoules| Counter { microjoules, most: 1000 }).collect())
    }

    #[test]
    fn power_is_energy_over_time_also_when_a_counter_begins_again() {
        let watts = |now: &[u64], before: &[u64], millis| {
            reading(now).watts_since(&reading(before), Duration::from_millis(millis)).map(|watts| (watts * 1e6).round())
        };
        assert_eq!(watts(&[700], &[200], 1000), Some(500.0));
        assert_eq!(watts(&[700, 40], &[200, 10], 500), Some(1060.0));
        assert_eq!(watts(&[100], &[900], 1000), Some(200.0), "from 900 to 1000, and on to 100");
        assert_eq!(watts(&[700], &[200], 0), None);
        assert_eq!(watts(&[700], &[200, 1], 1000), None);
    }
}
