//! What a system's watch is: what it can notice, how fast, and how it is led.

use std::fmt;

/// How the start of a program is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Births {
    /// The system tells.
    Event,
    /// The list of programs is compared with the one before.
    Poll,
    /// Not at all.
    None,
}

/// How it is noticed that known weights are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// The system tells, whoever opens them by whatever name.
    Event,
    /// Known weights are looked at on an interval.
    Poll,
    /// Not at all.
    None,
}

/// How the program that uses weights is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holders {
    /// Each process is asked what it holds: weights in places that nobody knows are found, too.
    ByProcess,
    /// The system is asked who holds a known file.
    ByFile,
    /// Not at all.
    None,
}

/// What the watch of a system can do, as found out when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Starts of programs.
    pub births: Births,
    /// Opens of known weights.
    pub opens: Opens,
    /// Programs that hold them.
    pub holders: Holders,
    /// Longest time until a use is noticed that gives no event, in seconds.
    pub latency_seconds: u32,
}

/// A system's watch, running in threads of its own. It sends [`crate::Observation`]s to whoever began it and decides nothing.
pub(crate) trait Sensor: fmt::Debug + Send + Sync {
    /// What it can notice here.
    fn capabilities(&self) -> Capabilities;
    /// Looks through every place again, soon.
    fn rescan(&self);
    /// Ends; does not wait.
    fn stop(&self);
}

/// Leads a watch. Dropping it ends the watch.
#[derive(Debug)]
pub struct WatchHandle(Box<dyn Sensor>);

impl WatchHandle {
    pub(crate) fn new(sensor: impl Sensor + 'static) -> Self {
        Self(Box::new(sensor))
    }

    /// What the watch of this computer can notice.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    /// Looks through every place again, soon.
    pub fn rescan(&self) {
        self.0.rescan();
    }

    /// Ends the watch.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl Drop for WatchHandle {
    fn drop(&mut self) {
        self.stop();
    }
}
