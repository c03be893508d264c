//! Linux: events of the file system say when weights are opened, `/proc` says by whom.
//!
//! An inode watch on every known file fires whatever name, link or mount it is opened by. Between events the thread sleeps; every
//! five seconds it reads the memory size of processes (2 ms for 300 of them) and looks closer only at own ones that grew. The
//! kernel tells of programs that start, of what is mounted and of the end of a holder; where it does not tell, lists are compared
//! on the same interval, and the person hears what that misses.

mod births;
mod files;
mod folders;
mod found;
mod given;
mod graphics;
mod growing;
mod holders;
mod looks;
mod mounts;
mod netlink;
mod others;
pub(crate) mod proc;
mod programs;
mod residency;
mod servers;
mod sleep;
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
use crate::home::Home;
use crate::observation::{Observation, WatchError};
use crate::sensor::{Capabilities, Holders, Opens, Sensor};
pub(crate) use servers::still_waits;
use watch::Watch;

/// How often the memory of own processes is read.
const GATE: Duration = Duration::from_secs(5);

#[derive(Debug)]
enum Order {
    Rescan,
}

/// Leads the thread that watches.
#[derive(Debug)]
struct Linux {
    capabilities: Capabilities,
    orders: SyncSender<Order>,
    wake: OwnedFd,
    stop: Arc<AtomicBool>,
}

impl Sensor for Linux {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn rescan(&self) {
        // Full means that a look is due already.
        drop(self.orders.try_send(Order::Rescan));
        self.wake();
    }

    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wake();
    }
}

impl Linux {
    fn wake(&self) {
        wake_by(&self.wake);
    }
}

fn wake_by(pipe: &OwnedFd) {
    // A full pipe wakes, too; a closed one has nobody to wake.
    let _awake = rustix::io::write(pipe, &[1]).is_ok();
}

pub(crate) fn start(
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<impl Sensor + 'static, WatchError> {
    let (orders, ordered) = sync_channel(4);
    let (woken, wake) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).map_err(std::io::Error::from)?;
    let stop = Arc::new(AtomicBool::new(false));
    let waking = wake.try_clone()?;
    let home = Home::new(config.clone(), Arc::clone(&clock), Arc::new(move || wake_by(&waking)));
    let watch = Watch::new(config, clock, (sink, Arc::clone(&stop)), home)?;
    let latency_seconds = u32::try_from(GATE.as_secs()).unwrap_or(u32::MAX);
    let capabilities =
        Capabilities { births: watch.births.how(), opens: Opens::Event, holders: Holders::ByProcess, latency_seconds };
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        if watch.run(&ordered, &woken).is_none() {
            tracing::debug!("nobody listens to the watch any more");
        }
    })?;
    Ok(Linux { capabilities, orders, wake, stop })
}
