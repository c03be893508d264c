//! The socket between the one host of a user and its faces. Only this user's processes get in, and exactly one process listens.

mod connection;
mod lock;

#[cfg(unix)]
#[path = "host/unix.rs"]
mod system;
#[cfg(windows)]
#[path = "host/windows.rs"]
mod system;

pub use connection::{Connection, MAX_FRAME, Receiver, Sender};
pub use lock::{Acquired, HostLock};
pub use system::{Listener, connect};
