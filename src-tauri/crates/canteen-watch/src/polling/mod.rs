//! The watch of systems that tell of nothing (macOS, Windows): known weights, and programs that are new or have grown, are looked
//! at on an interval. What a system can be asked stands behind [`System`]; decisions are the same as on Linux (`holding.rs`,
//! `activity.rs`). On Linux only tests run it, over `/proc` and with real programs.

mod engine;
mod files;
mod found;
mod holders;
mod servers;
mod turns;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::Clock;

use crate::WatchConfig;
use crate::home::Home;
use crate::observation::{Observation, WatchError};
use crate::process::{FileKey, How, Memory};
use crate::sensor::{Births, Capabilities, Holders, Opens, Sensor};
use engine::Engine;
pub(crate) use servers::still_waits;

/// How often programs are compared with what they were.
pub(crate) const PASS: Duration = Duration::from_secs(5);

/// A process of this account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// When it started, in the system's own count: with the id it names one process for ever.
    pub(crate) started: u64,
    pub(crate) memory: Memory,
    /// Computing time of all its threads.
    pub(crate) computed: Duration,
    /// Bytes that it has read and written, as far as the system counts them.
    pub(crate) moved: u64,
}

/// A large file that a process maps or has open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeldFile {
    pub(crate) key: FileKey,
    pub(crate) path: PathBuf,
    pub(crate) how: How,
}

/// A TCP socket of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Socket {
    pub(crate) pid: u32,
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    /// Who is connected; `None` for one that waits.
    pub(crate) peer: Option<IpAddr>,
}

/// Why a process is not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It has ended, or belongs to somebody else.
    Gone,
    /// It is this account's and forbids a closer look.
    Protected,
}

/// What a system can be asked, without privileges.
pub(crate) trait System: Send + 'static {
    /// Processes of this account; `None` where the system does not list them.
    fn processes(&mut self) -> Option<Vec<Process>>;
    /// Files of at least so many bytes that it maps or has open, each once.
    fn files_of(&mut self, pid: u32, least: u64) -> Result<Vec<HeldFile>, Refused>;
    /// Who has one of these files open, for systems that say so of a file and not of a process: its place in the list, and who.
    fn users_of(&mut self, paths: &[&Path]) -> Vec<(usize, u32)>;
    /// Sockets that wait, and those that are connected; `None` where the system does not list them.
    fn sockets(&mut self) -> Option<Vec<Socket>>;
    /// The program's file name, where it is this account's.
    fn name(&mut self, pid: u32) -> Option<String>;
    /// This account, where it has a number.
    fn account(&self) -> u32;
    /// Whether the system lets that be read without asking the person first.
    fn may_open(&self, path: &Path) -> bool;
}

/// Leads the thread that looks.
#[derive(Debug)]
struct Polling {
    orders: SyncSender<()>,
    /// The person wants everything looked through again.
    asked: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
}

impl Sensor for Polling {
    fn capabilities(&self) -> Capabilities {
        let latency_seconds = u32::try_from((turns::ROUND + PASS).as_secs()).unwrap_or(u32::MAX);
        Capabilities { births: Births::Poll, opens: Opens::Poll, holders: Holders::ByProcess, latency_seconds }
    }

    fn rescan(&self) {
        self.asked.store(true, Ordering::Relaxed);
        // Full means that it wakes already.
        let _full = self.orders.try_send(());
    }

    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.rescan();
    }
}

pub(crate) fn start(
    system: impl System,
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<impl Sensor + 'static, WatchError> {
    let (orders, ordered) = sync_channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let (asked, waking) = (Arc::new(AtomicBool::new(false)), orders.clone());
    let wake = move || {
        // Full means that it wakes already.
        let _full = waking.try_send(());
    };
    let home = Home::new(config.clone(), Arc::clone(&clock), Arc::new(wake));
    let engine = Engine::new(system, (config, home), (clock, sink), (Arc::clone(&stop), Arc::clone(&asked)))?;
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        if engine.run(&ordered).is_none() {
            tracing::debug!("nobody listens to the watch any more");
        }
    })?;
    Ok(Polling { orders, asked, stop })
}
