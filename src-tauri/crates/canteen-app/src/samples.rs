//! What runs take, second by second: for plots of the last minutes. A run is looked at while it lives; without one there is no
//! timer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use canteen_os::{EnergyReading, Meter, PowerMeter};
use canteen_types::{ByteSize, RunState, Timestamp};
use tokio::time::MissedTickBehavior;

use crate::App;
use crate::runs::Slot;
use crate::wire::{Fault, ListRunSamples, RunSample, RunSamples};

/// Time between two looks.
const STEP: Duration = Duration::from_secs(1);
/// Samples that are kept per run: five minutes.
const KEPT: usize = 300;

/// The last samples of one run.
#[derive(Debug, Default)]
pub(crate) struct Samples(Mutex<VecDeque<RunSample>>);

impl Samples {
    fn push(&self, sample: RunSample) {
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.len() >= KEPT {
            samples.pop_front();
        }
        samples.push_back(sample);
    }

    fn after(&self, moment: Option<Timestamp>) -> Vec<RunSample> {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        samples.iter().filter(|sample| moment.is_none_or(|moment| sample.at > moment)).cloned().collect()
    }
}

/// One look at the counters of a run; the difference of two is a sample.
#[derive(Clone, Debug)]
struct Reading {
    at: Timestamp,
    monotonic: Duration,
    cpu: Duration,
    memory: ByteSize,
    pieces: u64,
    answering: bool,
    energy: Option<EnergyReading>,
}

/// What was taken between two looks. `None` when no time has passed.
fn between(before: &Reading, now: &Reading, cores: u32) -> Option<RunSample> {
    let span = now.monotonic.checked_sub(before.monotonic).filter(|span| !span.is_zero())?;
    let share = now.cpu.saturating_sub(before.cpu).as_secs_f64() / span.as_secs_f64() / f64::from(cores.max(1));
    #[expect(clippy::cast_precision_loss, reason = "no run writes 2^53 tokens in a second")]
    let speed = now.pieces.saturating_sub(before.pieces) as f64 / span.as_secs_f64();
    // An answer that began and ended in between counts, too.
    let answering = before.answering || now.answering || speed > 0.0;
    Some(RunSample {
        at: now.at,
        // The kernel counts in steps of a hundredth of a second: a busy second may look a little longer than it was.
        cpu_percent: (share * 100.0).clamp(0.0, 100.0),
        memory: now.memory.bytes(),
        speed: answering.then_some(speed),
        watts: before.energy.as_ref().zip(now.energy.as_ref()).and_then(|(before, now)| now.watts_since(before, span)),
    })
}

impl App {
    /// Looks at a run every second until it ends.
    pub(crate) async fn sample(self: Arc<Self>, slot: Arc<Slot>) {
        let cores = std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
        let power = PowerMeter::find();
        let mut live = slot.live.clone();
        let mut ticks = tokio::time::interval(STEP);
        // After a sleep of the computer one look is enough.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before: Option<Reading> = None;
        loop {
            tokio::select! {
                ended = live.wait_for(|live| live.ended.is_some()) => {
                    // An error is the end of the sender, and an end too.
                    drop(ended);
                    return;
                }
                _ = ticks.tick() => {}
            }
            // Two small files of the kernel's: that does not wait for any disk.
            let Some(usage) = slot.handle.pid().and_then(Meter::glance) else { continue };
            let reading = Reading {
                at: self.now(),
                monotonic: self.clock.monotonic(),
                cpu: usage.cpu,
                memory: usage.memory,
                pieces: slot.handle.pieces(),
                answering: slot.live.borrow().state == RunState::Answering,
                energy: power.as_ref().and_then(PowerMeter::read),
            };
            if let Some(sample) = before.as_ref().and_then(|before| between(before, &reading, cores)) {
                slot.samples.push(sample);
            }
            before = Some(reading);
        }
    }

    /// The last minutes of every live run, or what is new since a moment.
    ///
    /// # Errors
    /// None at present; the shape is that of every call.
    pub fn list_run_samples(&self, request: ListRunSamples) -> Result<Vec<RunSamples>, Fault> {
        let mut slots = self.runs.all();
        slots.sort_by_key(|slot| slot.id);
        Ok(slots.iter().map(|slot| RunSamples { run: slot.id, samples: slot.samples.after(request.after) }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(millis: u64, cpu_ms: u64, pieces: u64, answering: bool) -> Reading {
        Reading {
            at: Timestamp::from_millis(i64::try_from(millis).unwrap()),
            monotonic: Duration::from_millis(millis),
            cpu: Duration::from_millis(cpu_ms),
            memory: ByteSize::new(1 << 30),
            pieces,
            answering,
            energy: None,
        }
    }

    #[test]
    fn a_sample_is_the_difference_of_two_looks() {
        let sample = between(&reading(1000, 500, 10, true), &reading(3000, 2500, 70, true), 4).unwrap();
        assert_eq!((sample.cpu_percent, sample.speed, sample.memory), (25.0, Some(30.0), 1 << 30));
        assert_eq!((sample.at, sample.watts), (Timestamp::from_millis(3000), None));
    }

    #[test]
    fn the_whole_computer_is_a_hundred_percent_at_most() {
        assert_eq!(between(&reading(0, 0, 0, false), &reading(1000, 2050, 0, false), 2).unwrap().cpu_percent, 100.0);
        assert_eq!(between(&reading(0, 900, 0, false), &reading(1000, 0, 0, false), 2).unwrap().cpu_percent, 0.0);
        assert_eq!(between(&reading(0, 0, 0, false), &reading(1000, 1000, 0, false), 0).unwrap().cpu_percent, 100.0);
    }

    #[test]
    fn what_does_not_answer_has_no_speed_and_what_still_reads_has_none_yet() {
        let speed = |before, now| between(&before, &now, 1).unwrap().speed;
        assert_eq!(speed(reading(0, 0, 5, false), reading(1000, 0, 5, false)), None);
        assert_eq!(speed(reading(0, 0, 5, false), reading(1000, 0, 5, true)), Some(0.0));
        assert_eq!(speed(reading(0, 0, 5, false), reading(1000, 0, 9, false)), Some(4.0), "a short answer in between");
    }

    #[test]
    fn no_time_gives_no_sample() {
        assert_eq!(between(&reading(1000, 0, 0, false), &reading(1000, 10, 0, false), 1), None);
        assert_eq!(between(&reading(2000, 0, 0, false), &reading(1000, 10, 0, false), 1), None);
    }

    #[test]
    fn five_minutes_are_kept_and_only_news_is_told() {
        let samples = Samples::default();
        for n in 0..400 {
            let (before, now) = (reading(n * 1000, 0, 0, false), reading((n + 1) * 1000, 0, 0, false));
            samples.push(between(&before, &now, 1).unwrap());
        }
        let all = samples.after(None);
        assert_eq!((all.len(), all[0].at), (300, Timestamp::from_millis(101_000)));
        assert_eq!(samples.after(Some(Timestamp::from_millis(398_000))).len(), 2);
        assert_eq!(samples.after(Some(Timestamp::from_millis(400_000))), []);
    }
}
