//! Linux: events of the file system say when weights are opened, `/proc` says by whom.
//!
//! An inode watch on every known file fires whatever name, link or mount it is opened by. Between events the thread sleeps; every
//! five seconds it reads the memory size of own processes (2 ms for 300 of them) and looks closer only at those that grew.

mod files;
mod holders;
mod holding;
mod looks;
pub(crate) mod proc;
#[cfg(test)]
mod tests;
mod watch;

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::Clock;
use rustix::pipe::{PipeFlags, pipe_with};

use crate::WatchConfig;
use crate::observation::{Capabilities, Observation, WatchError};
use watch::Watch;

/// How often the memory of own processes is read.
const GATE: Duration = Duration::from_secs(5);

pub(crate) const CAPABILITIES: Capabilities = Capabilities { opens_are_events: true, holders: true, latency_seconds: 5 };

#[derive(Debug)]
enum Order {
    Rescan,
}

/// Dropping it stops the watch.
#[derive(Debug)]
pub struct WatchHandle {
    orders: SyncSender<Order>,
    wake: OwnedFd,
    stop: Arc<AtomicBool>,
}

impl WatchHandle {
    /// Looks through every place again, soon.
    pub fn rescan(&self) {
        // Full means that a look is due already.
        drop(self.orders.try_send(Order::Rescan));
        self.wake();
    }

    /// Ends the watch.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wake();
    }

    fn wake(&self) {
        // A full pipe wakes, too; a closed one has nobody to wake.
        let _awake = rustix::io::write(&self.wake, &[1]).is_ok();
    }
}

impl Drop for WatchHandle {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn start(
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<WatchHandle, WatchError> {
    let (orders, ordered) = sync_channel(4);
    let (woken, wake) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).map_err(std::io::Error::from)?;
    let stop = Arc::new(AtomicBool::new(false));
    let watch = Watch::new(config, clock, sink, Arc::clone(&stop))?;
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        if watch.run(&ordered, &woken).is_none() {
            tracing::debug!("nobody listens to the watch any more");
        }
    })?;
    Ok(WatchHandle { orders, wake, stop })
}
