//! The thread that looks on an interval and sleeps in between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use canteen_types::Clock;

use super::files::Files;
use super::servers::Servers;
use super::turns::Turns;
use super::{PASS, Process, Socket, System};
use crate::activity::{Activity, Change, Work};
use crate::holding::Holding;
use crate::home::{Home, Why};
use crate::observation::{BlindSpot, Holder, Observation};
use crate::{WatchConfig, hasher};

/// How often the places are looked through.
const SWEEP: Duration = Duration::from_secs(60);
/// What is never seen.
const BLIND: [BlindSpot; 4] = [BlindSpot::OtherUsers, BlindSpot::Elsewhere, BlindSpot::StartsCompared, BlindSpot::OpensCompared];

pub(super) struct Engine<S> {
    pub(super) system: S,
    pub(super) config: WatchConfig,
    pub(super) clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
    stop: Arc<AtomicBool>,
    /// The person wants everything looked through again.
    asked: Arc<AtomicBool>,
    pub(super) home: Home,
    /// Why the home folder is to be looked through after the places.
    home_after: Option<Why>,
    pub(super) files: Files,
    pub(super) holding: Holding,
    /// Holders that are sure, as they are told of.
    pub(super) holders: BTreeMap<u32, Holder>,
    turns: Turns,
    servers: Servers,
    activity: Activity,
    said_blind: BTreeSet<BlindSpot>,
    pass_due: Duration,
    sweep_due: Duration,
    pub(super) by_file_due: Duration,
    /// No look at processes before then.
    rests: Duration,
}

impl<S: System> Engine<S> {
    pub(super) fn new(
        system: S,
        (config, home): (WatchConfig, Home),
        (clock, sink): (Arc<dyn Clock>, SyncSender<Observation>),
        (stop, asked): (Arc<AtomicBool>, Arc<AtomicBool>),
    ) -> std::io::Result<Self> {
        let digests = hasher::start(sink.clone(), Arc::clone(&stop))?;
        let files = Files::new(config.clone(), digests);
        Ok(Self {
            system,
            config,
            clock,
            sink,
            stop,
            asked,
            home,
            home_after: Some(Why::Due),
            files,
            holding: Holding::default(),
            holders: BTreeMap::new(),
            turns: Turns::default(),
            servers: Servers::default(),
            activity: Activity::default(),
            said_blind: BTreeSet::new(),
            pass_due: Duration::ZERO,
            sweep_due: Duration::ZERO,
            by_file_due: Duration::ZERO,
            rests: Duration::ZERO,
        })
    }

    /// Until stopped; `None` when nobody listens any more.
    pub(super) fn run(mut self, orders: &Receiver<()>) -> Option<()> {
        self.say_blind(BLIND.into())?;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Some(());
            }
            if self.asked.swap(false, Ordering::Relaxed) {
                (self.sweep_due, self.home_after) = (Duration::ZERO, Some(Why::Asked));
                self.turns.forget();
            } else if self.home.is_due(self.clock.monotonic()) {
                (self.sweep_due, self.home_after) = (Duration::ZERO, self.home_after.max(Some(Why::Due)));
            }
            if self.clock.monotonic() >= self.sweep_due {
                self.sweep()?;
            }
            self.take_home()?;
            self.look_at_processes()?;
            let blind = self.files.take_blind();
            self.say_blind(blind)?;
            match orders.recv_timeout(self.wait()) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Some(()),
            }
        }
    }

    /// Time until something is due.
    fn wait(&self) -> Duration {
        let now = self.clock.monotonic();
        let pass = self.pass_due.saturating_sub(now);
        let look = self.holding.wait(now).map_or(pass, |again| again.min(pass)).max(self.rests.saturating_sub(now));
        look.min(self.sweep_due.saturating_sub(now))
    }

    pub(super) fn say(&self, observation: Observation) -> Option<()> {
        let seen = observation.tells_of();
        self.sink.send(observation).ok()?;
        // Told of first: a digest of something that nobody has heard of is lost.
        if let Some(identity) = seen {
            self.files.take_digest(identity);
        }
        Some(())
    }

    pub(super) fn say_blind(&mut self, what: BTreeSet<BlindSpot>) -> Option<()> {
        for what in what {
            if self.said_blind.insert(what) {
                self.say(Observation::Blind(what))?;
            }
        }
        Some(())
    }

    /// Says what was found out about files. Nobody holds what a file was before it got other bytes.
    pub(super) fn tell(&mut self, observations: Vec<Observation>) -> Option<()> {
        for observation in observations {
            if let Observation::Gone { identity } = observation {
                for pid in self.holding.of_file(identity.key()) {
                    self.let_go(identity, pid)?;
                }
            }
            self.say(observation)?;
        }
        Some(())
    }

    fn sweep(&mut self) -> Option<()> {
        if self.home_after.is_some() {
            self.files.count_no_weights();
        }
        let sink = &self.sink;
        // Whoever no longer listens is noticed at the next observation.
        let (observations, considered) = self.files.sweep(self.clock.now(), |step| drop(sink.send(step)));
        self.tell(observations)?;
        let held = |key| !self.holding.of_file(key).is_empty();
        let gone = self.files.clear_away(held);
        self.tell(gone)?;
        self.tell_known_weights()?;
        self.tell_no_weights()?;
        self.sweep_due = self.clock.monotonic() + SWEEP;
        self.say(Observation::SweepDone { files: considered, at: self.clock.now() })?;
        if let Some(why) = self.home_after.take() {
            self.home.want(why);
        }
        Some(())
    }

    fn look_at_processes(&mut self) -> Option<()> {
        let now = self.clock.monotonic();
        let unsure: BTreeSet<u32> = self.holding.due(now).into_iter().map(|(_, pid)| pid).collect();
        let is_pass = now >= self.pass_due;
        if now < self.rests || (unsure.is_empty() && !is_pass) {
            return Some(());
        }
        // Before the processes: who waits is among them, then.
        let sockets = is_pass.then(|| self.system.sockets());
        let Some(listed) = self.system.processes() else {
            (self.pass_due, self.rests) = (now + PASS, now + PASS);
            return self.say_blind([BlindSpot::NoHolders].into());
        };
        let ignored = self.ignored();
        let listed: Vec<Process> = listed.into_iter().filter(|process| !ignored.contains(&process.pid)).collect();
        let processes: BTreeMap<u32, Process> = listed.iter().map(|process| (process.pid, *process)).collect();
        self.take_ends(&processes)?;
        let mut wanted = unsure;
        if is_pass {
            self.pass_due = now + PASS;
            wanted.extend(self.holders.keys());
            wanted.extend(self.turns.due(&listed, self.config.minimum_size.bytes(), now));
        }
        for process in wanted.iter().filter_map(|pid| processes.get(pid)) {
            self.look(*process, now)?;
        }
        if is_pass {
            self.ask_by_file(&processes, now)?;
            self.look_at_servers(sockets.flatten(), &processes)?;
            self.look_at_work(&processes, now)?;
        }
        // As long as they took: half of one processor at most.
        let done = self.clock.monotonic();
        self.rests = done + done.saturating_sub(now);
        Some(())
    }

    fn ignored(&self) -> Vec<u32> {
        let mut ignored = (self.config.ignore_pids)();
        ignored.push(std::process::id());
        ignored
    }

    fn look_at_servers(&mut self, sockets: Option<Vec<Socket>>, processes: &BTreeMap<u32, Process>) -> Option<()> {
        let Some(sockets) = sockets else { return self.say_blind([BlindSpot::NoServers].into()) };
        for (server, pid) in self.servers.new_ones(&sockets, self.system.account()) {
            let holder = processes.get(&pid).and_then(|process| self.holder(*process));
            self.say(Observation::Waits { server, holder, at: self.clock.now() })?;
        }
        Some(())
    }

    /// Whether holders work with what they hold.
    fn look_at_work(&mut self, processes: &BTreeMap<u32, Process>, now: Duration) -> Option<()> {
        let pids: BTreeSet<u32> = self.holders.keys().copied().collect();
        self.activity.keep(&pids);
        for process in pids.iter().filter_map(|pid| processes.get(pid)) {
            let (pid, port) = (process.pid, self.servers.used_port(process.pid));
            let work = Work { computed: process.computed, port, ..Work::default() };
            let Some(change) = self.activity.look(pid, work, now) else { continue };
            for (key, _) in self.holding.all_sure().into_iter().filter(|(_, holder)| *holder == pid) {
                let Some(identity) = self.files.identity(key) else { continue };
                let at = self.clock.now();
                self.say(match change {
                    Change::Works(busy) => Observation::Works { identity, pid, busy, at },
                    Change::Rests => Observation::Rests { identity, pid },
                })?;
            }
        }
        Some(())
    }
}
