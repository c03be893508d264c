//! What the thread does: walks, looks into what nobody has looked into yet, and says how far it has got.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use canteen_files::Pace;
use canteen_types::Clock;

use super::walk::{Bounds, Walk};
use super::{Found, Why, system};
use crate::observation::{BlindSpot, HomeState, HomeStep};
use crate::recognise::{self, Candidate, Recognised};
use crate::{Arrival, Earlier, FileIdentity, HomeLook, Observation, WatchConfig};

/// Between two words about how far it has got: a kill loses no more than that.
const STEP: Duration = Duration::from_secs(1);
const MOST_FOLDERS: u32 = 512;
/// Files that are no weights, in one word.
const MOST_TOLD: usize = 256;
/// Between two questions whether it may go on.
const ASK: Duration = Duration::from_secs(20);

pub(super) struct Work {
    pub(super) home: HomeLook,
    pub(super) config: WatchConfig,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) why: Why,
    pub(super) cancelled: Arc<AtomicBool>,
    pub(super) sink: SyncSender<Found>,
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

/// What happened since the last word.
struct Since {
    no_weights: Vec<FileIdentity>,
    told: Duration,
    folders: u32,
    asked: Option<Duration>,
}

impl Work {
    /// To the end; `None` when it was ended before.
    pub(super) fn run(&self, from: Option<PathBuf>) -> Option<()> {
        if self.why == Why::Due
            && let Err(error) = Pace::Idle.keep()
        {
            tracing::debug!(%error, "the home folder is looked through at ordinary priority");
        }
        if !system::is_near(&self.home.root) {
            self.say(Observation::Blind(BlindSpot::HomeFarAway))?;
            return self.cannot();
        }
        let excluded = (self.config.excluded)();
        let is_left_out = |folder: &Path| self.is_left_out(folder, &excluded);
        let is_over = || self.cancelled.load(Ordering::Relaxed);
        let bounds = Bounds { least: self.config.minimum_size.bytes(), is_left_out: &is_left_out, is_over: &is_over };
        let Some(mut walk) = Walk::new(&self.home.root, from, bounds) else { return self.cannot() };
        let mut since = Since { no_weights: Vec::new(), told: self.clock.monotonic(), folders: 0, asked: None };
        self.tell(&walk, HomeState::Underway, None)?;
        let mut going = Some(());
        loop {
            self.rest(&walk, &mut since)?;
            let next = walk.next(|path, identity| {
                going = going.and_then(|()| self.large(path, identity, &mut since));
            });
            going?;
            let Some(folder) = next else { break };
            let now = self.clock.monotonic();
            since.folders += 1;
            if since.folders >= MOST_FOLDERS || now.saturating_sub(since.told) >= STEP {
                (since.folders, since.told) = (0, now);
                self.tell_no_weights(&mut since)?;
                self.tell(&walk, HomeState::Underway, Some(folder))?;
            }
        }
        if is_over() {
            return None;
        }
        self.tell_no_weights(&mut since)?;
        for (lacks, spot) in [(walk.cut, BlindSpot::TooManyFiles), (walk.refused, BlindSpot::FolderRefused)] {
            if lacks {
                self.say(Observation::Blind(spot))?;
            }
        }
        self.tell(&walk, HomeState::Through { device: walk.device }, None)
    }

    /// Our own, what the rules name, what the system reserves, and the places: those are looked through anyway.
    fn is_left_out(&self, folder: &Path, excluded: &[PathBuf]) -> bool {
        let is_place = self.config.places.iter().any(|place| place.recursive && place.path == folder);
        let is_reserved = || {
            let below = folder.strip_prefix(&self.home.root).unwrap_or(folder);
            system::RESERVED.iter().any(|reserved| below == Path::new(reserved))
        };
        is_place || (self.config.is_own)(folder) || super::is_excluded(folder, excluded) || is_reserved()
    }

    fn large(&self, path: PathBuf, identity: FileIdentity, since: &mut Since) -> Option<()> {
        match (self.config.known)(&identity) {
            Earlier::Weights => return self.send(Found::Again(path, identity)),
            Earlier::NoWeights => since.no_weights.push(identity),
            Earlier::Unknown => {
                let name = crate::config::place_name(&path);
                let candidate = Candidate { path: &path, place: &name, least: self.config.minimum_size };
                match recognise::look_plainly(candidate, self.clock.now()) {
                    Recognised::Weights(seen) if seen.arrival == Arrival::Whole => return self.send(Found::Weights(seen)),
                    Recognised::Weights(_) | Recognised::Beginning(_) => return self.send(Found::Perhaps(path)),
                    Recognised::No(looked) => since.no_weights.extend(looked),
                }
            }
        }
        if since.no_weights.len() >= MOST_TOLD { self.tell_no_weights(since) } else { Some(()) }
    }

    /// As long as it may not go on. Whom the person waits for does not rest.
    fn rest(&self, walk: &Walk<'_>, since: &mut Since) -> Option<()> {
        let now = self.clock.monotonic();
        if self.why == Why::Asked || since.asked.is_some_and(|asked| now.saturating_sub(asked) < ASK) {
            return Some(());
        }
        since.asked = Some(now);
        if (self.home.may_go_on)() {
            return Some(());
        }
        self.tell_no_weights(since)?;
        self.tell(walk, HomeState::Resting, None)?;
        while !(self.home.may_go_on)() {
            if self.cancelled.load(Ordering::Relaxed) {
                return None;
            }
            std::thread::park_timeout(ASK);
        }
        self.tell(walk, HomeState::Underway, None)
    }

    fn tell_no_weights(&self, since: &mut Since) -> Option<()> {
        if since.no_weights.is_empty() {
            return Some(());
        }
        self.say(Observation::NoWeights { files: std::mem::take(&mut since.no_weights) })
    }

    fn tell(&self, walk: &Walk<'_>, state: HomeState, position: Option<PathBuf>) -> Option<()> {
        let percent = if matches!(state, HomeState::Through { .. }) { 100 } else { walk.percent().min(99) };
        self.say(Observation::Home(HomeStep { state, percent, files: walk.files, position }))
    }

    fn cannot(&self) -> Option<()> {
        self.say(Observation::Home(HomeStep { state: HomeState::Impossible, percent: 0, files: 0, position: None }))
    }

    fn say(&self, observation: Observation) -> Option<()> {
        self.send(Found::Said(observation))
    }

    fn send(&self, found: Found) -> Option<()> {
        if self.cancelled.load(Ordering::Relaxed) {
            return None;
        }
        self.sink.send(found).ok()?;
        (self.wake)();
        Some(())
    }
}
