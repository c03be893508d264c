//! What Canteen needs from the operating system: folders, time, entropy, the keyring, notifications, the socket between the
//! host and its faces, how much memory and computing time a process takes, whether it runs on its battery, its language and look, and what starts with it.
//!
//! One small set of functions per concern; what differs between systems is in a file named after the system. The crate decides
//! nothing about models. Configuration comes in as an [`Environment`], which a binary reads once.
//!
//! ```
//! use canteen_os::{Dirs, Environment, HostLock, Acquired};
//!
//! # let home = tempfile::tempdir()?;
//! let environment = Environment::from_pairs([("CANTEEN_HOME", home.path().as_os_str())]);
//! let dirs = Dirs::of(&environment)?;
//! canteen_os::secure_folder(&dirs.runtime)?;
//! let first = HostLock::acquire(&dirs.runtime)?;
//! assert!(matches!(first, Acquired::Held(_)));
//! assert!(matches!(HostLock::acquire(&dirs.runtime)?, Acquired::Taken));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod appearance;
mod atomic_write;
pub mod autostart;
mod battery;
mod clock;
mod computer;
mod dirs;
mod entropy;
mod environment;
mod fault;
mod folder;
mod host;
mod keys;
mod language;
mod link;
mod local_time;
mod managed;
mod meter;
mod new_file;
mod notify;
mod os_version;
mod power;
mod presence;
mod process;
mod program;
#[cfg(target_os = "linux")]
mod sysfs;

pub use appearance::{Appearance, ColourScheme, TRAY_ICON_IS_TEMPLATE, follow_appearance};
pub use atomic_write::write_atomically;
pub use battery::runs_on_battery;
pub use clock::SystemClock;
pub use computer::{Computer, Gpu};
pub use dirs::Dirs;
pub use entropy::entropy;
pub use environment::Environment;
pub use fault::OsError;
pub use folder::{is_own, secure_folder};
pub use host::{Acquired, Connection, HostLock, Listener, MAX_FRAME, Receiver, Sender, connect};
pub use keys::{
    Canary, Found, KeyDecision, KeyFacts, KeyPlaceKnown, KeyVault, Keyring, Passphrase, PassphraseFile, StoreId, decide,
    first_key, settle,
};
pub use language::system_language;
pub use link::{Link, open_link};
pub use local_time::{
    Local, local_clock_time, local_date, local_day, local_time, local_working_day, next_monday_at_nine, tomorrow_at_nine,
};
pub use managed::read_managed;
pub use meter::{Counted, Meter, Usage};
pub use new_file::{NewFile, NewFolder};
pub use notify::{Daemon, Note, NoteHandle, Notifier, Outcome, Urgency};
pub use os_version::OsVersion;
pub use power::{EnergyReading, PowerMeter};
pub use presence::{Presence, Senses, follow_wake};
pub use process::{Detached, spawn_detached};
pub use program::{AskedToEnd, Program, ask_to_end};
