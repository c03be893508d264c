use crate::{EXIT_FORBIDDEN_CALL, EXIT_PANIC, EXIT_PROCESSOR, SystemCall};

/// What the system says about a process that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It left by itself with this code.
    Exited(i32),
    /// A signal ended it.
    Signal(i32),
}

/// A child that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// As far as it can be told.
    pub how: HowEnded,
    /// The last words on its standard error, printable and short. From a process that may be hostile: show, never act on it.
    pub stderr: String,
}

/// Why a child ended, as far as the parent can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HowEnded {
    /// By itself, and well.
    Finished,
    /// By [`Child::kill`](crate::Child::kill).
    Killed,
    /// It tried a forbidden system call.
    Violation {
        /// Which one, where the black box holds it.
        call: Option<SystemCall>,
    },
    /// The processor lacks what the build needs.
    Processor,
    /// Its own memory limit, or the system's killer.
    OutOfMemory,
    /// The mapped model was cut short by somebody (SIGBUS).
    FileChanged,
    /// A Rust panic.
    Panicked,
    /// A signal that a fault in its own code raises.
    Fault {
        /// e.g. 6 for an assertion, 11 for a bad pointer.
        signal: i32,
    },
    /// It gave up with a code.
    Failed {
        /// Not 0, 86, 87 or 101.
        code: i32,
    },
}

const SIGILL: i32 = 4;
const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
/// What allocators say before they give up: Rust, C++ and ggml.
const NO_MEMORY: [&str; 5] =
    ["memory allocation of", "std::bad_alloc", "insufficient memory", "Cannot allocate memory", "failed to allocate"];

impl HowEnded {
    /// Reads the signs in the order of their strength: our own kill, the black box, the signal, the last words.
    #[must_use]
    pub fn classify(status: Status, black_box: Option<u32>, killed_by_us: bool, stderr: &str) -> Self {
        match status {
            Status::Signal(SIGKILL) if killed_by_us => Self::Killed,
            Status::Exited(EXIT_FORBIDDEN_CALL) => Self::Violation { call: black_box.map(SystemCall::new) },
            Status::Signal(signal) if signal == sigsys() => Self::Violation { call: None },
            Status::Exited(0) => Self::Finished,
            Status::Exited(EXIT_PROCESSOR) => Self::Processor,
            Status::Exited(EXIT_PANIC) => Self::Panicked,
            Status::Exited(code) => Self::Failed { code },
            Status::Signal(SIGKILL) => Self::OutOfMemory,
            Status::Signal(signal) if signal == sigbus() => Self::FileChanged,
            Status::Signal(SIGABRT) if NO_MEMORY.iter().any(|words| stderr.contains(words)) => Self::OutOfMemory,
            // A build for a newer processor than the start check knows of.
            Status::Signal(SIGILL) => Self::Processor,
            Status::Signal(signal) => Self::Fault { signal },
        }
    }
}

/// SIGSYS: 31 on Linux, 12 on macOS.
const fn sigsys() -> i32 {
    if cfg!(target_os = "macos") { 12 } else { 31 }
}

/// SIGBUS: 7 on Linux, 10 on macOS.
const fn sigbus() -> i32 {
    if cfg!(target_os = "macos") { 10 } else { 7 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_has_its_reason() {
        use HowEnded::*;
        use Status::*;
        let call = |number| Violation { call: Some(SystemCall::new(number)) };
        for (status, black_box, killed, stderr, expected) in [
            (Exited(0), None, false, "", Finished),
            (Signal(9), None, true, "", Killed),
            (Signal(9), None, false, "", OutOfMemory),
            (Exited(86), Some(272), false, "", call(272)),
            (Exited(86), None, false, "", Violation { call: None }),
            // Killed too late: it had ended by itself before.
            (Exited(86), Some(59), true, "", call(59)),
            (Exited(0), None, true, "", Finished),
            (Signal(sigsys()), None, false, "", Violation { call: None }),
            (Exited(87), None, false, "", Processor),
            (Signal(4), None, false, "", Processor),
            (Exited(101), None, false, "panicked", Panicked),
            (Signal(sigbus()), None, false, "", FileChanged),
            (Signal(6), None, false, "memory allocation of 4096 bytes failed", OutOfMemory),
            (Signal(6), None, false, "terminate called after throwing an instance of 'std::bad_alloc'", OutOfMemory),
            (Signal(6), None, false, "GGML_ASSERT(x) failed", Fault { signal: 6 }),
            (Signal(11), None, false, "insufficient memory", Fault { signal: 11 }),
            (Exited(1), None, false, "", Failed { code: 1 }),
        ] {
            assert_eq!(HowEnded::classify(status, black_box, killed, stderr), expected, "{status:?} {stderr}");
        }
    }
}
