//! Desktop notifications with buttons. A note that nobody saw must be known, so that the window shows it instead.

mod memory;
mod note;
mod notifier;

#[cfg(target_os = "linux")]
#[path = "notify/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "notify/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "notify/windows.rs"]
mod system;

pub use note::{Daemon, Note, Outcome, Urgency};
pub use notifier::{NoteHandle, Notifier};
