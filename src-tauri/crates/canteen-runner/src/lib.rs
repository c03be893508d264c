//! The parent half of a run: ticket, start, frames, stop, and why it ended. The child half is `canteen-engine`.
//!
//! A run starts only with a [`RunTicket`], and a ticket only comes from three proofs that name the same bytes: the signed
//! entry, the file whose digest was taken on the open descriptor, and the policy's permit. The engine is not trusted: it parses
//! hostile files. Its frames are bounded and must come in order; the first one out of order ends it. Nothing here blocks the
//! caller, and no death of an engine is more than an event.
//!
//! This crate knows no llama.cpp, no database and no clock but the deadlines of one process.
//!
//! ```
//! use canteen_types::{ByteSize, Enforcement, SandboxReport};
//!
//! let old_kernel =
//!     SandboxReport { seccomp: true, landlock_abi: 0, no_new_privs: true, limits: true, memory_limit: ByteSize::new(1 << 30) };
//! assert_eq!(canteen_runner::enforcement(&old_kernel, false), Enforcement::Refused { missing: vec!["landlock".into()] });
//! assert_eq!(canteen_runner::enforcement(&old_kernel, true), Enforcement::Partly { missing: vec!["landlock".into()] });
//! ```

mod deadlines;
mod enforcement;
mod error;
mod event;
mod evidence;
mod machine;
mod memory;
mod outbox;
mod run;
mod ticket;

pub use enforcement::enforcement;
pub use error::RunnerError;
pub use event::{AnswerId, RunEvent};
pub use run::{RunHandle, StartOptions, start};
pub use ticket::RunTicket;
