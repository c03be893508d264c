//! Notices model weights on this computer, and which program holds them, by content and without privileges.
//!
//! It looks at weights, not at names: files in the stores of known runners, in Downloads and, slowly, in the home folder are
//! recognised by their first bytes, and a program counts as using a model when it maps or holds exactly that file. It reads the first bytes of large files,
//! headers and digests, which files own processes have open, how programs were started where that names weights, and which files lie
//! in folders that own ones work in (`opener.rs` is the whole list). It never reads documents, prompts or other users' data, decides nothing and stores nothing:
//! observations go to whoever asked. A server on this computer is asked what it is only when the caller says so ([`ask`]).
//!
//! What it can notice differs by system; [`WatchHandle::capabilities`] and [`BlindSpot`]s say it to the person.
//!
//! | | Linux | macOS | Windows |
//! | --- | --- | --- | --- |
//! | weights that arrive | told (inotify) | every minute | every minute |
//! | a program starts | told (process connector), else lists are compared every 2 s | lists are compared every 5 s | as macOS |
//! | known weights are opened | told, by whatever name | new and grown programs every 5 s, each one within two minutes | as macOS |
//! | who holds them | own processes by maps and descriptors; others by arguments or a file that stands open | own processes: mapped and open files | own processes of this session: mapped files, and who has known weights open, every 15 s |
//! | weights where nobody looks | when a program starts that names them or works near; else when their holder has grown, or is new | when their holder has grown, or is new, or in its turn; not in folders that macOS asks about | as Linux, or in its turn; only where they are mapped |
//! | the end of a use | told (pidfd, last close) | within 5 s | within 5 s |
//! | servers | `sock_diag`, all users | own processes | `GetExtendedTcpTable`, all users |
//! | work | computing time, others' too; graphics cards by DRM `fdinfo` and NVML | computing time | computing time |
//! | longest time to notice | 5 s | about 2 minutes | about 2 minutes |
//! | run | on every test | no: type-checked, its parsers tested on Linux | under Wine: who maps weights is named there; who has a file open and whose a server is was not seen |
//!
//! ```
//! use std::path::Path;
//! use canteen_signatures::Signatures;
//!
//! let folders = (Path::new("/home/ada"), Path::new("/home/ada/Downloads"));
//! let places = canteen_watch::known_places(&Signatures::built_in(), folders, &Default::default());
//! assert!(places.iter().any(|place| place.name == "Ollama"));
//! ```

mod activity;
mod asking;
mod bytes;
mod config;
mod contents;
mod file;
mod hasher;
mod holding;
mod home;
mod named;
mod observation;
mod opener;
mod process;
mod recognise;
mod sensor;
mod sweep;
#[cfg(test)]
mod testing;

#[cfg(any(test, not(target_os = "linux")))]
mod polling;

// What the other systems fill in is read by code that Linux tests.
#[cfg(any(all(test, unix), target_os = "macos"))]
#[path = "macos/layout.rs"]
mod macos_layout;
#[cfg(any(test, windows))]
#[path = "windows/layout.rs"]
mod windows_layout;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
mod system;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use canteen_types::Clock;

pub use asking::{Asked, Listener, ask, still_waits};
pub use config::{Earlier, HomeLook, Place, WatchConfig, known_places};
pub use contents::About;
pub use file::{Arrival, Container, FileIdentity, SeenFile};
pub use named::{NamedFile, NamedFileError, Opened};
pub use observation::{BlindSpot, Busy, HeldBy, Holder, HomeState, HomeStep, NamedWeights, Observation, Server, WatchError};
pub use opener::SMALLEST;
pub use recognise::READER;
pub use sensor::{Births, Capabilities, Holders, Opens, WatchHandle};

/// Begins to watch in threads of its own. Observations come in order; the sink's bound holds the watch up, never the machine.
///
/// # Errors
/// [`WatchError`] when the system gives no threads or no event queue.
pub fn start(config: WatchConfig, clock: Arc<dyn Clock>, sink: SyncSender<Observation>) -> Result<WatchHandle, WatchError> {
    system::start(config, clock, sink).map(WatchHandle::new)
}
