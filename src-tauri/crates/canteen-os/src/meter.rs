use std::time::Duration;

use canteen_types::ByteSize;

#[cfg(target_os = "linux")]
#[path = "meter/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "meter/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "meter/windows.rs"]
mod system;

/// How the memory of a process was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Proportional: pages shared by n processes count 1/n for each (PSS).
    Proportional,
    /// Resident: shared pages count in full (RSS). For a process that forbids a closer look, as the engine does.
    Resident,
}

/// What a process takes at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Memory in use.
    pub memory: ByteSize,
    /// How it was counted.
    pub counted: Counted,
    /// Computing time since its start, in user and kernel mode, over all threads. Two samples give the load.
    pub cpu: Duration,
}

/// Reads how much memory and computing time a process takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter;

impl Meter {
    /// One sample; `None` when there is no such process, or the system does not let us look.
    #[must_use]
    pub fn sample(pid: u32) -> Option<Usage> {
        system::sample(pid)
    }

    /// As [`Self::sample`], as cheaply as the system allows: for looking every second. Shared pages count in full.
    #[must_use]
    pub fn glance(pid: u32) -> Option<Usage> {
        system::glance(pid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_takes_memory_and_a_process_that_is_gone_takes_none() {
        let usage = Meter::sample(std::process::id()).unwrap();
        assert!(usage.memory.bytes() > 100 << 10, "{usage:?}");
        // Above the largest id that Linux gives (2²²).
        assert_eq!(Meter::sample(1 << 30), None);
    }

    #[test]
    fn a_glance_tells_the_same_of_this_process() {
        let (glance, sample) = (Meter::glance(std::process::id()).unwrap(), Meter::sample(std::process::id()).unwrap());
        assert_eq!(glance.counted, Counted::Resident);
        assert!(glance.memory.bytes() > 100 << 10 && glance.cpu <= sample.cpu, "{glance:?} {sample:?}");
        assert_eq!(Meter::glance(1 << 30), None);
    }

    #[test]
    fn computing_time_grows_with_work() {
        let before = Meter::sample(std::process::id()).unwrap().cpu;
        let mut sum = 0_u64;
        while Meter::sample(std::process::id()).unwrap().cpu <= before {
            sum = std::hint::black_box((0..100_000_u64).fold(sum, u64::wrapping_add));
        }
    }
}
