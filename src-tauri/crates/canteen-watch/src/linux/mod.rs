//! Linux: events of the file system say when weights are opened, `/proc` says by whom.
//!
//! An inode watch on every known file fires whatever name, link or mount it is opened by. Between events the thread sleeps; every
//! five seconds it reads the memory size of own processes (2 ms for 300 of them) and looks closer only at those that grew.

mod files;
mod holding;
mod looks;
pub(crate) mod proc;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use canteen_types::Clock;
use inotify::Inotify;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::observation::{Capabilities, HeldBy, Observation, WatchError};
use crate::{WatchConfig, hasher};
use files::{Files, Noticed};
use holding::Holding;
use looks::Looks;
use proc::{FileKey, Hold};

/// How often the memory of own processes is read.
const GATE: Duration = Duration::from_secs(5);
/// Share of a file's size that a process without a mapping must keep in memory to count as still using it.
const KEPT_IN_MEMORY: u64 = 60;
/// Two looks through everything are at least so far apart, whatever asks for them.
const SWEEPS_APART: Duration = Duration::from_secs(2);
/// Reads of the event queue in a row, before anything else gets its turn.
const MOST_READS: usize = 64;
/// Holders whose end is waited for; that of others is noticed at the next gate.
const MOST_ENDS: usize = 256;
/// What is never seen, as parts of a sentence.
const BLIND: [&str; 2] = [
    "what programs of other users, system services and programs that forbid a closer look have open",
    "models inside a web page, a virtual machine or on another computer",
];

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
        ends: HashMap::new(),
        grown: HashMap::new(),
        said_blind: BTreeSet::new(),
        gate_due: Duration::ZERO,
        sweep_due: Some(Duration::ZERO),
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
    /// Readable when the process ends.
    ends: HashMap<u32, OwnedFd>,
    /// Resident memory at the last closer look, by process.
    grown: HashMap<u32, u64>,
    said_blind: BTreeSet<&'static str>,
    gate_due: Duration,
    /// When everything is looked through again; `None` when nothing asks for it.
    sweep_due: Option<Duration>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// Until stopped; `None` when nobody listens any more.
    fn run(mut self, orders: &Receiver<Order>, woken: &OwnedFd) -> Option<()> {
        self.say_blind(BLIND.into())?;
        if proc::others_hidden() {
            self.say_blind(["programs of other users at all (this computer hides them)"].into())?;
        }
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Some(());
            }
            if matches!(orders.try_recv(), Ok(Order::Rescan)) {
                self.sweep_due = Some(self.clock.monotonic());
            }
            if self.sweep_due.is_some_and(|due| due <= self.clock.monotonic()) {
                self.sweep()?;
            }
            self.take_events()?;
            let now = self.clock.monotonic();
            for key in self.looks.due(now) {
                self.look_for_holders(key, now)?;
            }
            for (key, pid) in self.holding.due(now) {
                self.look_again(key, pid, now)?;
            }
            if now >= self.gate_due {
                self.gate_due = now + GATE;
                self.gate(now)?;
            }
            let blind = self.files.take_blind();
            self.say_blind(blind)?;
            for pid in self.sleep(woken) {
                self.ended(pid)?;
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

    fn say_blind(&mut self, what: BTreeSet<&'static str>) -> Option<()> {
        for what in what {
            if self.said_blind.insert(what) {
                self.say(Observation::Blind { what: what.to_owned() })?;
            }
        }
        Some(())
    }

    /// Says what was found out about files. Who held a file that became another one holds the new one, which is looked for.
    fn tell(&mut self, observations: Vec<Observation>) -> Option<()> {
        for observation in observations {
            if let Observation::Gone { identity } = observation {
                let key = FileKey { device: identity.device, inode: identity.inode };
                for pid in self.holding.of_file(key) {
                    if self.holding.let_go(key, pid) {
                        self.say(Observation::Released { identity, pid })?;
                    }
                    if self.files.identity(key).is_some() {
                        self.looks.opened(key, self.clock.monotonic());
                    }
                }
            }
            self.say(observation)?;
        }
        Some(())
    }

    /// Until something is due or happens. Processes whose end was waited for.
    fn sleep(&self, woken: &OwnedFd) -> Vec<u32> {
        let now = self.clock.monotonic();
        let due = [Some(self.gate_due), self.sweep_due].into_iter().flatten().map(|due| due.saturating_sub(now));
        let wait = due.chain(self.looks.wait(now)).chain(self.holding.wait(now)).min().unwrap_or(GATE);
        let wait = Timespec { tv_sec: i64::try_from(wait.as_secs()).unwrap_or(1), tv_nsec: i64::from(wait.subsec_nanos()) };
        let mut waited = vec![PollFd::new(&self.inotify, PollFlags::IN), PollFd::from_borrowed_fd(woken.as_fd(), PollFlags::IN)];
        let ends: Vec<(&u32, &OwnedFd)> = self.ends.iter().collect();
        waited.extend(ends.iter().map(|(_, end)| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)));
        // Interrupted is awake.
        let _ready = poll(&mut waited, Some(&wait)).is_ok();
        let ended =
            waited.iter().skip(2).zip(&ends).filter(|(end, _)| !end.revents().is_empty()).map(|(_, (pid, _))| **pid).collect();
        let mut bytes = [0; 64];
        while rustix::io::read(woken, &mut bytes).is_ok_and(|read| read > 0) {}
        ended
    }

    fn ended(&mut self, pid: u32) -> Option<()> {
        self.ends.remove(&pid);
        for key in self.holding.of_process(pid) {
            self.let_go(key, pid)?;
        }
        Some(())
    }

    fn sweep(&mut self) -> Option<()> {
        self.sweep_due = None;
        let at = self.clock.now();
        for key in self.files.keys() {
            self.touched(key)?;
        }
        let (observations, considered) = self.files.sweep(at);
        self.tell(observations)?;
        self.grown.clear();
        self.gate_due = Duration::ZERO;
        let blind = self.files.take_blind();
        self.say_blind(blind)?;
        self.say(Observation::SweepDone { files: considered, at: self.clock.now() })
    }

    fn take_events(&mut self) -> Option<()> {
        let mut buffer = vec![0; 64 << 10];
        for _ in 0..MOST_READS {
            let mut noticed: Vec<Noticed> = match self.inotify.read_events(&mut buffer) {
                Ok(events) => events.filter_map(|event| self.files.understand(&event)).collect(),
                Err(_) => return Some(()),
            };
            noticed.dedup();
            for one in noticed {
                self.act(one)?;
            }
        }
        Some(())
    }

    fn act(&mut self, noticed: Noticed) -> Option<()> {
        let now = self.clock.monotonic();
        match noticed {
            Noticed::Opened(key) if self.files.is_opened_by_us(key) => self.looks.opened_by_us(key, now),
            Noticed::Opened(key) => self.looks.opened(key, now),
            Noticed::Closed(key) => {
                self.looks.closed(key);
                for pid in self.holding.of_file(key) {
                    self.check(key, pid)?;
                }
            }
            Noticed::Changed(path) => {
                let observations = self.files.consider_path(&path, self.clock.now());
                self.tell(observations)?;
            }
            Noticed::Touched(key) => self.touched(key)?,
            Noticed::FolderGone => self.files.await_places(),
            // Events were lost: look at everything again.
            Noticed::Overflow => self.sweep_due = Some(now + SWEEPS_APART),
        }
        Some(())
    }

    fn touched(&mut self, key: FileKey) -> Option<()> {
        let held = self.holding.of_file(key).into_iter().any(|pid| self.holding.is_sure(key, pid));
        let observations = self.files.touched(key, held, self.clock.now());
        self.tell(observations)
    }

    fn look_for_holders(&mut self, key: FileKey, now: Duration) -> Option<()> {
        let Some(identity) = self.files.identity(key) else { return Some(()) };
        let ignored = self.ignored();
        for pid in proc::pids(&ignored) {
            if proc::is_own(pid)
                && let Some(hold) = proc::hold(pid, key, identity.size)
            {
                self.held(key, pid, hold, now)?;
            }
        }
        Some(())
    }

    fn look_again(&mut self, key: FileKey, pid: u32, now: Duration) -> Option<()> {
        let size = self.files.identity(key).map(|identity| identity.size);
        match size.and_then(|size| proc::hold(pid, key, size)).or_else(|| self.kept(key, pid)) {
            Some(hold) => self.held(key, pid, hold, now),
            None => self.let_go(key, pid),
        }
    }

    /// Closed again, and what was read stayed in memory: a loader that neither maps nor keeps the file open.
    fn kept(&self, key: FileKey, pid: u32) -> Option<Hold> {
        let (first, identity) = (self.holding.first_resident(key, pid)?, self.files.identity(key)?);
        let resident = proc::memory(pid)?.resident;
        let kept = resident.saturating_sub(first) / KEPT_IN_MEMORY >= identity.size / 100;
        kept.then_some(Hold { by: HeldBy::Descriptor, position: None, resident, accelerator: false })
    }

    fn held(&mut self, key: FileKey, pid: u32, hold: Hold, now: Duration) -> Option<()> {
        let Some(by) = self.holding.holds(key, pid, hold, now) else { return Some(()) };
        let (Some(identity), Some(holder)) = (self.files.identity(key), proc::holder(pid)) else {
            self.holding.let_go(key, pid);
            return Some(());
        };
        if self.ends.len() < MOST_ENDS
            && let Some(end) =
                i32::try_from(pid).ok().and_then(Pid::from_raw).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
        {
            self.ends.insert(pid, end);
        }
        self.say(Observation::Held { identity, holder, by, at: self.clock.now() })
    }

    fn let_go(&mut self, key: FileKey, pid: u32) -> Option<()> {
        let identity = self.files.identity(key);
        let was_sure = self.holding.let_go(key, pid);
        if self.holding.of_process(pid).is_empty() {
            self.ends.remove(&pid);
        }
        if let (true, Some(identity)) = (was_sure, identity) {
            self.say(Observation::Released { identity, pid })?;
            // It may have lost its name meanwhile.
            self.touched(key)?;
        }
        Some(())
    }

    /// Whether `pid` still uses the file. Without a mapping the weights may lie in its own memory.
    fn check(&mut self, key: FileKey, pid: u32) -> Option<()> {
        let size = self.files.identity(key).map_or(u64::MAX, |identity| identity.size);
        if proc::hold(pid, key, size).is_some() {
            return Some(());
        }
        let in_memory = || proc::memory(pid).is_some_and(|memory| memory.resident / KEPT_IN_MEMORY >= size / 100);
        let kept = if self.holding.is_sure(key, pid) { in_memory() } else { self.kept(key, pid).is_some() };
        if kept { Some(()) } else { self.let_go(key, pid) }
    }

    /// Own processes that grew by the minimum size since the last time: weights may have come from a place nobody knows.
    fn gate(&mut self, now: Duration) -> Option<()> {
        for (key, pid) in self.holding.all_sure() {
            self.check(key, pid)?;
        }
        let least = self.config.minimum_size.bytes();
        let ignored = self.ignored();
        let mut seen = HashMap::new();
        for pid in proc::pids(&ignored) {
            let Some(resident) = proc::memory(pid).map(|memory| memory.resident) else { continue };
            let before = self.grown.get(&pid).copied().unwrap_or(0);
            let grew = resident.saturating_sub(before) >= least;
            seen.insert(pid, if grew || resident < before { resident } else { before });
            // Asked last: it costs more than the memory.
            if grew && proc::is_own(pid) {
                self.look_closer(pid, now)?;
            }
        }
        self.grown = seen;
        Some(())
    }

    fn look_closer(&mut self, pid: u32, now: Duration) -> Option<()> {
        let least = self.config.minimum_size.bytes();
        let below = |below: String| PathBuf::from(format!("/proc/{pid}/{below}"));
        let inside = |path: &std::path::Path| below("root".into()).join(path.strip_prefix("/").unwrap_or(path));
        let mut found: HashMap<FileKey, (PathBuf, Vec<PathBuf>)> = HashMap::new();
        for mapping in proc::mappings(pid).into_iter().filter(|mapping| mapping.bytes >= least) {
            let ways = vec![mapping.path.clone(), inside(&mapping.path)];
            found.insert(mapping.resolved(pid), (mapping.path, ways));
        }
        for open in proc::open_files(pid).into_iter().filter(|open| open.size >= least) {
            let ways = vec![open.path.clone(), inside(&open.path), below(format!("fd/{}", open.descriptor))];
            found.insert(open.key, (open.path, ways));
        }
        for (key, (path, ways)) in found {
            if self.files.identity(key).is_none() {
                let observations = self.files.consider_held(key, &path, &ways, self.clock.now());
                self.tell(observations)?;
            }
            if self.files.identity(key).is_some() {
                self.look_again(key, pid, now)?;
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
