//! Notices model weights on this computer, and which program holds them, by content and without privileges.
//!
//! It looks at weights, not at names: files in the stores of known runners and in Downloads are recognised by their first bytes,
//! and a program counts as using a model when it maps or holds exactly that file. It reads the first bytes of large files,
//! headers and digests, which files own processes have open, and how programs of others were started where that names a digest
//! (`opener.rs` is the whole list). It never reads documents, prompts or other users' data, asks no server, decides nothing and
//! stores nothing: observations go to whoever asked.
//!
//! ```
//! use std::path::Path;
//!
//! let places = canteen_watch::known_places(Path::new("/home/ada"), Path::new("/home/ada/Downloads"), &Default::default());
//! assert!(places.iter().any(|place| place.name == "Ollama"));
//! ```

mod config;
mod contents;
mod file;
mod hasher;
mod named;
mod observation;
mod opener;
mod recognise;
mod sensor;
mod sweep;

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "polling.rs"]
mod system;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use canteen_types::Clock;

pub use config::{Place, WatchConfig, known_places};
pub use contents::About;
pub use file::{Arrival, Container, FileIdentity, SeenFile};
pub use named::{NamedFile, NamedFileError, Opened};
pub use observation::{BlindSpot, Busy, HeldBy, Holder, NamedWeights, Observation, Server, WatchError};
pub use opener::SMALLEST;
pub use sensor::{Births, Capabilities, Holders, Opens, WatchHandle};

/// Begins to watch in threads of its own. Observations come in order; the sink's bound holds the watch up, never the machine.
///
/// # Errors
/// [`WatchError`] when the system gives no threads or no event queue.
pub fn start(config: WatchConfig, clock: Arc<dyn Clock>, sink: SyncSender<Observation>) -> Result<WatchHandle, WatchError> {
    system::start(config, clock, sink).map(WatchHandle::new)
}
