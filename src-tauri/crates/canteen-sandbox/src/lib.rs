//! The kernel's sandbox around the engine: how the parent starts the child, how the child locks itself in, how it ended.
//!
//! The child parses files that may be hostile with a large C++ library. So before it reads the first byte, and before its
//! first thread, it gives up everything but computing: no path, no socket, no other process, no new code. What is in force it
//! reports as its first message, and the parent decides whether that is enough. This crate decides nothing: it enforces and
//! reports. The channel, the standard error stream and the exit status of the child stay hostile input for ever.
//!
//! | descriptor | what |
//! | --- | --- |
//! | 0, 1 | nothing |
//! | 2 | a pipe; the parent keeps the last few hundred characters |
//! | 3 | the [`Channel`] |
//! | 4 | the model, open for reading, digest verified on this very descriptor |
//! | 5 | the black box: the number of the forbidden system call |
//!
//! That is Linux. macOS has no black box; on Windows the parent builds the walls (see `windows/mod.rs`), the handles travel as
//! arguments, and the child looks up what is in force. Both were type-checked and never run: only the report, which is read
//! back from the system, decides whether a model is started there.
//!
//! ```
//! use canteen_sandbox::{HowEnded, Status, SystemCall};
//!
//! let ended = HowEnded::classify(Status::Exited(86), Some(41), false, "");
//! assert_eq!(ended, HowEnded::Violation { call: Some(SystemCall::new(41)) });
//! assert_eq!(HowEnded::classify(Status::Signal(9), None, true, ""), HowEnded::Killed);
//! ```

mod arguments;
mod channel;
mod error;
mod how_ended;
mod lock_in;
mod stderr_tail;
mod system_call;

// Pure parts of the Windows side: their tests run everywhere.
#[cfg(any(windows, test))]
#[path = "windows/command_line.rs"]
mod windows_command_line;
#[cfg(any(windows, test))]
#[path = "windows/status.rs"]
mod windows_status;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub use channel::Channel;
pub use error::SandboxError;
pub use how_ended::{Exit, HowEnded, Status};
pub use lock_in::{Layers, LockIn, inherited_model, lock_in};
pub use stderr_tail::printable;
pub use system_call::SystemCall;

#[cfg(unix)]
pub use unix::{Child, spawn};
#[cfg(windows)]
pub use windows::{Child, spawn};

/// What the child is started with.
#[derive(Debug)]
pub struct Spec {
    /// The executable, as an absolute path.
    pub program: std::path::PathBuf,
    /// Arguments in front of those that [`LockIn::from_arguments`] reads.
    pub arguments: Vec<String>,
    /// Becomes descriptor 4. Open it for reading only.
    pub model: std::fs::File,
    /// Hard limit for the child's own memory, in bytes. The mapped model does not count.
    pub memory_limit: canteen_types::ByteSize,
}

/// The child tried a system call that the filter forbids.
pub const EXIT_FORBIDDEN_CALL: i32 = 86;
/// The processor lacks what this build of the engine needs.
pub const EXIT_PROCESSOR: i32 = 87;
/// A Rust panic.
pub const EXIT_PANIC: i32 = 101;
