//! Windows says with one number how a process ended; a crash leaves with the code of its exception.

use crate::Status;

/// What we end a child with. The bit for codes of applications is set, so that no exception has it.
pub(crate) const KILLED: u32 = 0xE000_0009;

const SIGILL: i32 = 4;
const SIGABRT: i32 = 6;
const SIGBUS: i32 = if cfg!(target_os = "macos") { 10 } else { 7 };
const SIGFPE: i32 = 8;
const SIGKILL: i32 = 9;
const SIGSEGV: i32 = 11;

/// The exit code in the words of the other systems.
pub(crate) fn status(code: u32) -> Status {
    match code {
        KILLED => Status::Signal(SIGKILL),
        // Access violation, array bounds, stack overflow, heap corruption.
        0xC000_0005 | 0xC000_008C | 0xC000_00FD | 0xC000_0374 => Status::Signal(SIGSEGV),
        // In-page error: the mapped file could not be read any more.
        0xC000_0006 => Status::Signal(SIGBUS),
        0xC000_001D | 0xC000_0096 => Status::Signal(SIGILL),
        0xC000_008E | 0xC000_0094 | 0xC000_0095 => Status::Signal(SIGFPE),
        // `abort()` of the C runtime, which leaves with 3 where it does not fail fast; Rust fails fast.
        3 | 0xC000_0409 | 0xC000_0602 => Status::Signal(SIGABRT),
        other => Status::Exited(other.cast_signed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HowEnded::{self, *};

    #[test]
    fn every_code_has_its_reason() {
        for (code, killed, stderr, expected) in [
            (0, false, "", Finished),
            (KILLED, true, "", Killed),
            (1, true, "", Failed { code: 1 }),
            (87, false, "", Processor),
            (101, false, "", Panicked),
            (0xC000_0005, false, "", Fault { signal: 11 }),
            (0xC000_00FD, false, "", Fault { signal: 11 }),
            (0xC000_0006, false, "", FileChanged),
            (0xC000_001D, false, "", Processor),
            (0xC000_0409, false, "memory allocation of 4096 bytes failed", OutOfMemory),
            (3, false, "terminate called after throwing an instance of 'std::bad_alloc'", OutOfMemory),
            (0xC000_0409, false, "GGML_ASSERT(x) failed", Fault { signal: 6 }),
            (0xC000_0142, false, "", Failed { code: -1_073_741_502 }),
        ] {
            assert_eq!(HowEnded::classify(status(code), None, killed, stderr), expected, "{code:#x}");
        }
    }
}
