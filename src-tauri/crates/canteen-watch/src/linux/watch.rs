//! The thread that waits for events and acts on them, in one loop.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use canteen_types::Clock;
use inotify::Inotify;

use super::births::{Births, Newborns};
use super::files::Files;
use super::folders::{Change, Noticed};
use super::given::{Epoch, Listings, Reading};
use super::graphics::Graphics;
use super::looks::{Looks, Settling};
use super::mounts::Mounts;
use super::others::Others;
use super::proc::{FileKey, Kin, Memory};
use super::residency::Residency;
use super::servers::Servers;
use super::{GATE, Order};
use crate::activity::Activity;
use crate::holding::Holding;
use crate::home::{Home, Why};
use crate::observation::{BlindSpot, Observation};
use crate::{WatchConfig, hasher};

/// Two looks through everything are at least so far apart when lost events ask for them.
const SWEEPS_APART: Duration = Duration::from_secs(2);
/// Reads of the event queue in a row, before anything else gets its turn.
const MOST_READS: usize = 64;
/// Weights that were opened so recently are not gone yet, though they have lost their name. Programs are looked at within that time.
const JUST_OPENED: Duration = Duration::from_secs(6);
/// What is never seen.
const BLIND: [BlindSpot; 2] = [BlindSpot::OtherUsers, BlindSpot::Elsewhere];

pub(super) struct Watch {
    pub(super) config: WatchConfig,
    pub(super) clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
    pub(super) inotify: Inotify,
    pub(super) files: Files,
    pub(super) changes: Settling<Change>,
    /// Files that had no name when they were last looked at.
    missed: HashSet<FileKey>,
    pub(super) looks: Looks,
    pub(super) holding: Holding,
    /// Readable when the process ends.
    pub(super) ends: HashMap<u32, OwnedFd>,
    /// Memory at the last closer look, by process.
    pub(super) grown: HashMap<u32, Memory>,
    /// Programs that have read much, and may have read weights.
    pub(super) reading: HashMap<u32, Reading>,
    /// Of processes that hold something, unsure ones included: by which their children are known.
    pub(super) kin: HashMap<u32, Kin>,
    /// Folders that programs work in.
    pub(super) listings: Listings,
    pub(super) epoch: Epoch,
    pub(super) births: Births,
    pub(super) newborns: Newborns,
    pub(super) others: Others,
    pub(super) residency: Residency,
    pub(super) activity: Activity,
    pub(super) graphics: Graphics,
    /// `None` where the kernel does not list them.
    pub(super) servers: Option<Servers>,
    /// `None` where the kernel does not tell.
    pub(super) mounts: Option<Mounts>,
    said_blind: BTreeSet<BlindSpot>,
    pub(super) gate_due: Duration,
    /// No look at processes before then.
    pub(super) looks_rest: Duration,
    /// When everything is looked through again; `None` when nothing asks for it.
    pub(super) sweep_due: Option<Duration>,
    /// Who asks for that look, where the home folder is to be looked through afterwards.
    home_after: Option<Why>,
    pub(super) home: Home,
    stop: Arc<AtomicBool>,
}

impl Watch {
    pub(super) fn new(
        config: WatchConfig,
        clock: Arc<dyn Clock>,
        (sink, stop): (SyncSender<Observation>, Arc<AtomicBool>),
        home: Home,
    ) -> std::io::Result<Self> {
        let digests = hasher::start(sink.clone(), Arc::clone(&stop))?;
        let inotify = Inotify::init()?;
        let births = Births::start(&*clock);
        let files = Files::new(&inotify, config.clone(), Arc::clone(&clock), digests);
        Ok(Self {
            config,
            clock,
            sink,
            inotify,
            files,
            changes: Settling::default(),
            missed: HashSet::new(),
            looks: Looks::default(),
            holding: Holding::default(),
            ends: HashMap::new(),
            grown: HashMap::new(),
            reading: HashMap::new(),
            kin: HashMap::new(),
            listings: Listings::default(),
            epoch: Epoch::default(),
            births,
            newborns: Newborns::default(),
            others: Others::default(),
            residency: Residency::default(),
            activity: Activity::default(),
            graphics: Graphics::default(),
            servers: Servers::open().ok(),
            mounts: Mounts::open().ok(),
            said_blind: BTreeSet::new(),
            gate_due: Duration::ZERO,
            looks_rest: Duration::ZERO,
            sweep_due: Some(Duration::ZERO),
            home_after: Some(Why::Due),
            home,
            stop,
        })
    }

    /// Until stopped; `None` when nobody listens any more.
    pub(super) fn run(mut self, orders: &Receiver<Order>, woken: &OwnedFd) -> Option<()> {
        self.epoch = Epoch::of_this_thread(self.clock.monotonic());
        self.say_blind(BLIND.into())?;
        let lacks = self.lacks();
        self.say_blind(lacks)?;
        self.read_all_arguments();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Some(());
            }
            if matches!(orders.try_recv(), Ok(Order::Rescan)) {
                self.sweep_with_home(Why::Asked);
            } else if self.home.is_due(self.clock.monotonic()) {
                self.sweep_with_home(Why::Due);
            }
            if self.sweep_due.is_some_and(|due| due <= self.clock.monotonic()) {
                self.sweep()?;
            }
            self.take_events()?;
            self.take_changes()?;
            self.take_home()?;
            self.take_births()?;
            self.look_at_processes()?;
            self.look_at_newborns()?;
            let blind = self.files.take_blind();
            self.say_blind(blind)?;
            let woken = self.sleep(woken);
            for pid in woken.ended {
                self.ended(pid)?;
            }
            if woken.mounts {
                self.take_mounts()?;
            }
        }
    }

    pub(super) fn say(&self, observation: Observation) -> Option<()> {
        let seen = observation.tells_of();
        self.sink.send(observation).ok()?;
        if let Some(identity) = seen {
            self.files.take_digest(identity);
        }
        Some(())
    }

    /// What this computer does not tell.
    fn lacks(&mut self) -> BTreeSet<BlindSpot> {
        [
            (self.births.how() != crate::Births::Event, BlindSpot::StartsCompared),
            (self.mounts.as_mut().is_some_and(Mounts::hide_others), BlindSpot::UsersHidden),
            (self.servers.is_none(), BlindSpot::NoServers),
            (self.mounts.is_none(), BlindSpot::NoMounts),
        ]
        .into_iter()
        .filter_map(|(lacks, spot)| lacks.then_some(spot))
        .collect()
    }

    pub(super) fn say_blind(&mut self, what: BTreeSet<BlindSpot>) -> Option<()> {
        for what in what {
            if self.said_blind.insert(what) {
                self.say(Observation::Blind(what))?;
            }
        }
        Some(())
    }

    /// Says what was found out about files. Who held a file that became another one may hold the new one, which is looked for.
    pub(super) fn tell(&mut self, observations: Vec<Observation>) -> Option<()> {
        for observation in observations {
            if let Observation::Gone { identity } = observation {
                let key = FileKey { device: identity.device, inode: identity.inode };
                self.residency.gone(key);
                self.others_lost(key, identity)?;
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

    fn sweep_with_home(&mut self, why: Why) {
        self.sweep_due = Some(Duration::ZERO);
        self.home_after = self.home_after.max(Some(why));
    }

    fn sweep(&mut self) -> Option<()> {
        self.sweep_due = None;
        let sink = &self.sink;
        // Whoever no longer listens is noticed at the next observation.
        let (observations, considered) = self.files.sweep(self.clock.now(), |step| drop(sink.send(step)));
        self.tell(observations)?;
        self.tell_known_weights()?;
        self.tell_no_weights()?;
        // After that: what was only moved has been found at its new place by now.
        self.all_touched(&self.files.keys())?;
        self.grown.clear();
        self.gate_due = Duration::ZERO;
        self.read_all_arguments();
        let blind = self.files.take_blind();
        self.say_blind(blind)?;
        self.say(Observation::SweepDone { files: considered, at: self.clock.now() })?;
        if let Some(why) = self.home_after.take() {
            self.home.want(why);
        }
        Some(())
    }

    fn take_events(&mut self) -> Option<()> {
        let mut buffer = vec![0; 64 << 10];
        for _ in 0..MOST_READS {
            let mut noticed: Vec<Noticed> = match self.inotify.read_events(&mut buffer) {
                Ok(events) => events.filter_map(|event| self.files.understand(&event)).collect(),
                Err(_) => return Some(()),
            };
            // Opens and closes are counted.
            noticed.dedup_by(|a, b| a == b && !matches!(a, Noticed::Opened(_) | Noticed::Closed(_)));
            noticed.into_iter().for_each(|one| self.take_in(one));
        }
        Some(())
    }

    fn take_in(&mut self, noticed: Noticed) {
        let now = self.clock.monotonic();
        match noticed {
            Noticed::Opened(key) => {
                self.residency.opened(key, now);
                if self.files.is_opened_by_us(key) {
                    self.looks.opened_by_us(key, now);
                } else if !self.files.is_underway(key) {
                    self.residency.opened_by_another(key, now);
                    self.looks.opened(key, now);
                }
            }
            Noticed::Closed(key) => {
                self.residency.closed(key);
                self.add_change(Change::Of(key), now);
            }
            Noticed::Changed(change) => self.add_change(change, now),
            Noticed::Begun(path) => self.files.growing.begun(&path, now),
            Noticed::FolderGone => self.files.await_places(),
            // Events were lost: look at everything again.
            Noticed::Overflow => {
                self.residency.forget();
                self.sweep_due = Some(now + SWEEPS_APART);
            }
        }
    }

    fn take_changes(&mut self) -> Option<()> {
        let mut files = Vec::new();
        let growing = self.files.growing.due(self.clock.monotonic());
        let due = self.changes.due(self.clock.monotonic());
        for change in due.into_iter().chain(growing.into_iter().map(Change::At)) {
            match change {
                Change::At(path) => {
                    let observations = self.files.consider_path(&path, self.clock.now());
                    self.tell(observations)?;
                }
                Change::Of(key) => files.push(key),
            }
        }
        for key in &files {
            for pid in self.holding.of_file(*key) {
                self.check(*key, pid)?;
            }
            if !self.residency.is_open(*key) {
                self.others_closed(*key)?;
            }
        }
        self.all_touched(&files)
    }

    /// A file without a name may be in use all the same: for those there is a look at processes first, one for all. Its new name
    /// may be on its way, too: it is gone when it has none the second time.
    fn all_touched(&mut self, keys: &[FileKey]) -> Option<()> {
        let now = self.clock.monotonic();
        let nameless: Vec<FileKey> = keys.iter().copied().filter(|key| self.files.is_nameless(*key)).collect();
        self.look_for_holders(&nameless, now)?;
        for key in keys {
            // Who opened it last may have it in memory, and be looked at in a moment.
            let just_opened = self.residency.last_opened(*key).is_some_and(|at| now.saturating_sub(at) < JUST_OPENED);
            if nameless.contains(key) && (self.missed.insert(*key) || just_opened) {
                self.add_change(Change::Of(*key), now);
            } else {
                self.missed.remove(key);
                self.touched(*key)?;
            }
        }
        Some(())
    }

    fn add_change(&mut self, change: Change, now: Duration) {
        if !self.changes.add(change, now) {
            self.sweep_due = Some(now + SWEEPS_APART);
        }
    }

    pub(super) fn touched(&mut self, key: FileKey) -> Option<()> {
        let held = !self.holding.of_file(key).is_empty();
        let observations = self.files.touched(key, held, self.clock.now());
        self.tell(observations)
    }

    fn look_at_processes(&mut self) -> Option<()> {
        let now = self.clock.monotonic();
        if now < self.looks_rest {
            return Some(());
        }
        let opened = self.looks.due(now);
        self.look_for_holders(&opened, now)?;
        for (key, pid) in self.holding.due(now) {
            self.look_again(key, pid, now)?;
        }
        if now >= self.gate_due {
            self.gate_due = now + GATE;
            self.gate(now)?;
        }
        // As long as they took: half of one processor at most, however much is opened.
        let done = self.clock.monotonic();
        self.looks_rest = done + done.saturating_sub(now);
        Some(())
    }
}
