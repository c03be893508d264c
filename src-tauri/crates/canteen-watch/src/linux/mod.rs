//! Linux: events of the file system say when weights are opened, `/proc` says by whom.
//!
//! An inode watch on every known file fires whatever name, link or mount it is opened by. Between events the thread sleeps; every
//! five seconds it reads the memory size of own processes (2 ms for 300 of them) and looks closer only at those that grew.

mod files;
mod looks;
pub(crate) mod proc;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::Clock;
use inotify::Inotify;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::observation::{Capabilities, HeldBy, Observation, WatchError};
use crate::{WatchConfig, hasher};
use files::{Files, Noticed};
use looks::{Holding, Looks};
use proc::FileKey;

/// How often the memory of own processes is read.
const GATE: Duration = Duration::from_secs(5);
/// Share of a file's size that a process without a mapping must keep in memory to count as still using it.
const KEPT_IN_MEMORY: u64 = 60;

pub(crate) const CAPABILITIES: Capabilities = Capabilities { opens_are_events: true, holders: true, latency_seconds: 5 };

#[derive(Debug)]
enum Order {
    Rescan,
}

/// Dropping it stops the watch.
#[derive(Debug)]
pub struct WatchHandle {
    orders: SyncSender<Order>,
    wake: std::os::fd::OwnedFd,
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
    let digests = hasher::start(sink.clone(), Arc::clone(&stop))?;
    let inotify = Inotify::init()?;
    let files = Files::new(&inotify, config.clone(), digests);
    let watch = Watch {
        config,
        clock,
        sink,
        inotify,
        files,
        looks: Looks::default(),
        holding: Holding::default(),
        grown: HashMap::new(),
        gate_due: Duration::ZERO,
        stop: Arc::clone(&stop),
    };
    std::thread::Builder::new().name("watch".into()).spawn(move || {
        if watch.run(&ordered, &woken).is_none() {
            tracing::debug!("nobody listens to the watch any more");
        }
    })?;
    Ok(WatchHandle { orders, wake, stop })
}

struct Watch {
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
    inotify: Inotify,
    files: Files,
    looks: Looks,
    holding: Holding,
    /// Resident memory at the last gate, by process.
    grown: HashMap<u32, u64>,
    gate_due: Duration,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// Until stopped; `None` when nobody listens any more.
    fn run(mut self, orders: &Receiver<Order>, woken: &std::os::fd::OwnedFd) -> Option<()> {
        if proc::others_hidden() {
            self.say(Observation::Blind { what: "programs of other users (this computer hides them)".into() })?;
        }
        self.sweep()?;
        loop {
            self.sleep(woken);
            if self.stop.load(Ordering::Relaxed) {
                return Some(());
            }
            self.take_events()?;
            if matches!(orders.try_recv(), Ok(Order::Rescan)) {
                self.sweep()?;
            }
            let now = self.clock.monotonic();
            for key in self.looks.due(now) {
                self.look_for_holders(key, now)?;
            }
            if now >= self.gate_due {
                self.gate_due = now + GATE;
                self.gate(now)?;
            }
        }
    }

    fn say(&self, observation: Observation) -> Option<()> {
        let seen = if let Observation::Seen(file) = &observation { Some(file.identity) } else { None };
        self.sink.send(observation).ok()?;
        if let Some(identity) = seen {
            self.files.take_digest(identity);
        }
        Some(())
    }

    fn sleep(&self, woken: &std::os::fd::OwnedFd) {
        let now = self.clock.monotonic();
        let gate = self.gate_due.saturating_sub(now);
        let wait = self.looks.wait(now).map_or(gate, |look| look.min(gate));
        let wait = Timespec { tv_sec: i64::try_from(wait.as_secs()).unwrap_or(1), tv_nsec: i64::from(wait.subsec_nanos()) };
        let mut ends = [PollFd::new(&self.inotify, PollFlags::IN), PollFd::from_borrowed_fd(woken.as_fd(), PollFlags::IN)];
        // Interrupted is awake.
        let _ready = poll(&mut ends, Some(&wait)).is_ok();
        let mut bytes = [0; 64];
        while rustix::io::read(woken, &mut bytes).is_ok_and(|read| read > 0) {}
    }

    fn sweep(&mut self) -> Option<()> {
        let (observations, considered, cut) = self.files.sweep(self.clock.now());
        for observation in observations {
            self.say(observation)?;
        }
        if cut {
            self.say(Observation::Blind {
                what: "a part of the model folders: they hold more than Canteen looks through".into(),
            })?;
        }
        self.grown.clear();
        self.gate_due = Duration::ZERO;
        self.say(Observation::SweepDone { files: considered, at: self.clock.now() })
    }

    fn take_events(&mut self) -> Option<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let noticed: Vec<Noticed> = match self.inotify.read_events(&mut buffer) {
                Ok(events) => events.filter_map(|event| self.files.understand(&event)).collect(),
                Err(_) => return Some(()),
            };
            if noticed.is_empty() {
                return Some(());
            }
            for one in noticed {
                self.act(one)?;
            }
        }
    }

    fn act(&mut self, noticed: Noticed) -> Option<()> {
        match noticed {
            Noticed::Opened(key) => self.looks.opened(key, self.clock.monotonic()),
            Noticed::Closed(key) => {
                for (held, pid, _) in self.holding.all() {
                    if held == key {
                        self.check(key, pid)?;
                    }
                }
            }
            Noticed::Changed(path) => {
                for observation in self.files.consider_path(&path, self.clock.now()) {
                    self.say(observation)?;
                }
            }
            Noticed::Vanished(key) => {
                if let Some(observation) = self.files.vanished(key) {
                    self.say(observation)?;
                }
            }
            // Events were lost: look at everything again.
            Noticed::Overflow => self.sweep()?,
        }
        Some(())
    }

    fn look_for_holders(&mut self, key: FileKey, now: Duration) -> Option<()> {
        let ignored = self.ignored();
        for pid in proc::own_pids(&ignored) {
            if let Some(by) = proc::holds(pid, key) {
                self.held(key, pid, by, now)?;
            }
        }
        Some(())
    }

    fn held(&mut self, key: FileKey, pid: u32, by: HeldBy, now: Duration) -> Option<()> {
        let Some(sure) = self.holding.holds(key, pid, by, now) else { return Some(()) };
        let (Some(identity), Some(holder)) = (self.files.identity(key), proc::holder(pid)) else {
            self.holding.let_go(key, pid);
            return Some(());
        };
        self.say(Observation::Held { identity, holder, by: sure, at: self.clock.now() })
    }

    /// Whether `pid` still uses the file. Without a mapping the weights may lie in its own memory.
    fn check(&mut self, key: FileKey, pid: u32) -> Option<()> {
        if proc::holds(pid, key).is_some() {
            return Some(());
        }
        let sure = self.holding.all().contains(&(key, pid, true));
        let size = self.files.identity(key).map_or(u64::MAX, |identity| identity.size);
        let in_memory = proc::resident(pid).is_some_and(|bytes| bytes / KEPT_IN_MEMORY >= size / 100);
        if sure && in_memory {
            return Some(());
        }
        match (self.holding.let_go(key, pid), self.files.identity(key)) {
            (true, Some(identity)) => self.say(Observation::Released { identity, pid }),
            _ => Some(()),
        }
    }

    /// Own processes that grew by the minimum size since the last time: weights may have come from a place nobody knows.
    fn gate(&mut self, now: Duration) -> Option<()> {
        for (key, pid, _) in self.holding.all() {
            self.check(key, pid)?;
        }
        let least = self.config.minimum_size.bytes();
        let ignored = self.ignored();
        let mut seen = HashMap::new();
        for pid in proc::own_pids(&ignored) {
            let Some(resident) = proc::resident(pid) else { continue };
            let before = self.grown.get(&pid).copied().unwrap_or(0);
            let grew = resident.saturating_sub(before) >= least;
            seen.insert(pid, if grew || resident < before { resident } else { before });
            if grew {
                self.look_closer(pid, now)?;
            }
        }
        self.grown = seen;
        Some(())
    }

    fn look_closer(&mut self, pid: u32, now: Duration) -> Option<()> {
        let least = self.config.minimum_size.bytes();
        let mapped =
            proc::mappings(pid).into_iter().filter(|mapping| mapping.bytes >= least).map(|mapping| (mapping.key, mapping.path));
        let open = proc::open_files(pid).into_iter().filter(|(_, size, _)| *size >= least).map(|(key, _, path)| (key, path));
        let found: std::collections::BTreeMap<FileKey, _> = open.chain(mapped).collect();
        for (key, path) in found {
            if self.files.identity(key).is_none() {
                for observation in self.files.consider_held(pid, key, &path, self.clock.now()) {
                    self.say(observation)?;
                }
            }
            if self.files.identity(key).is_some() {
                self.looks.opened(key, now);
            }
        }
        Some(())
    }

    fn ignored(&self) -> Vec<u32> {
        let mut ignored = (self.config.ignore_pids)();
        ignored.push(std::process::id());
        ignored
    }
}
