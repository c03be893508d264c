//! Times in which Canteen did not run: what was used then was not seen, and the person reads that it was not.

use std::sync::Arc;
use std::time::Duration;

use canteen_types::Timestamp;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::fault::AppError;
use crate::host::Host;
use crate::wire::{BlindSpot, Topic};

/// Under which it is kept.
const ALIVE: &str = "alive";
/// How often it is noted that the host lives. Whoever kills it leaves that much in doubt.
const BEAT: Duration = Duration::from_secs(300);
/// A restart for an update takes less.
const RESTART: Duration = Duration::from_secs(10);

/// When the host was last known to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alive {
    at: Timestamp,
    /// It ended in order just then.
    ended: bool,
}

/// A time in which nothing was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    from: Timestamp,
    to: Timestamp,
}

impl Gap {
    /// Between the last sign of life and now; `None` where it is too short to say, or the clock was set back.
    fn after(last: Alive, now: Timestamp) -> Option<Self> {
        let in_doubt = if last.ended { RESTART } else { BEAT + RESTART };
        (now.since(last.at) > in_doubt).then_some(Self { from: last.at, to: now })
    }

    pub(crate) fn spot(self, now: Timestamp) -> BlindSpot {
        let [from, to] = [self.from, self.to].map(|at| canteen_os::local_clock_time(at, now));
        let text = format!("what ran between {from} and {to} (Canteen was not running, or this computer was off)");
        BlindSpot { code: "not_running".to_owned(), text, span: Some((self.from, self.to)) }
    }
}

impl App {
    /// Notes that the host lives until it ends.
    pub(crate) async fn stay_alive(self: Arc<Self>, host: Arc<Host>) {
        loop {
            if let Err(error) = self.blocking(|app| app.is_alive(false)).await {
                tracing::warn!(%error, "it could not be noted that Canteen runs");
            }
            tokio::select! {
                () = host.ended() => return,
                () = tokio::time::sleep(BEAT) => {}
            }
        }
    }

    /// Notes that the host lives, or ends now. The first note of a host finds out what was missed before it.
    pub(crate) fn is_alive(&self, ended: bool) -> Result<(), AppError> {
        let now = self.now();
        if self.watched.is_first_beat() {
            let gap = self.store.settings().get::<Alive>(ALIVE)?.and_then(|last| Gap::after(last, now));
            self.watched.missed(gap);
            self.events.changed(&[Topic::Sightings]);
        }
        Ok(self.store.settings().put(ALIVE, &Alive { at: now, ended }, None)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_longer_than_the_doubt_is_a_gap() {
        let at = |seconds: i64| Timestamp::from_millis(1_000_000 + seconds * 1000);
        let gap = |ended, seconds| Gap::after(Alive { at: at(0), ended }, at(seconds)).is_some();
        assert!(!gap(true, 10) && gap(true, 11), "ended in order");
        assert!(!gap(false, 310) && gap(false, 311), "killed: it may have lived until just now");
        assert!(!gap(true, -500), "a clock that was set back");
    }
}
