//! The files that are known to be weights.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use canteen_types::{Clock, Timestamp};
use inotify::{Inotify, WatchDescriptor, WatchMask, Watches};

use super::growing::Growing;
use super::proc::FileKey;
use crate::config::place_name;
use crate::hasher::Queue;
use crate::observation::{BlindSpot, Observation};
use crate::recognise::{self, Candidate, Recognised};
use crate::{Arrival, Earlier, FileIdentity, Place, SeenFile, WatchConfig};

/// Others that are remembered; each takes 40 bytes.
const MOST_REJECTED: usize = 50_000;
/// More weights than any computer has; each costs a watch and some hundred bytes.
const MOST_KNOWN: usize = 10_000;

/// A file that a process has or was given.
#[derive(Clone, Debug)]
pub(super) struct HeldFile {
    pub(super) key: FileKey,
    /// As the process calls it.
    pub(super) path: PathBuf,
    /// To it, one of which may lead there: it may be in another namespace or without a name by now.
    pub(super) ways: Vec<PathBuf>,
    /// Where what it has mapped of it begins, other than at the beginning.
    pub(super) offsets: BTreeSet<u64>,
}

impl HeldFile {
    /// One that need not be looked into.
    pub(super) fn known(key: FileKey) -> Self {
        Self { key, path: PathBuf::new(), ways: Vec::new(), offsets: BTreeSet::new() }
    }

    /// The first one that leads there.
    pub(super) fn way(&self) -> Option<&Path> {
        self.ways.iter().find(|way| leads(way, self.key)).map(PathBuf::as_path)
    }
}

struct Known {
    identity: FileIdentity,
    path: PathBuf,
    place: String,
    arrival: Arrival,
    watch: Option<WatchDescriptor>,
}

impl Known {
    /// Nothing new can be said of it. What is on its way may be there by now.
    fn is(&self, identity: FileIdentity) -> bool {
        self.identity == identity && self.arrival == Arrival::Whole
    }
}

pub(super) struct Files {
    pub(super) config: WatchConfig,
    pub(super) clock: Arc<dyn Clock>,
    /// Places that stay whatever is mounted.
    pub(super) lasting: BTreeSet<PathBuf>,
    digests: Queue,
    pub(super) watches: Watches,
    known: HashMap<FileKey, Known>,
    pub(super) files: HashMap<WatchDescriptor, FileKey>,
    pub(super) folders: HashMap<WatchDescriptor, PathBuf>,
    pub(super) growing: Growing,
    /// Files that were looked into and are nothing of interest: not a byte of them is read again while they stay as they are.
    /// And whether they were told of since the last look through everything.
    rejected: HashMap<FileIdentity, bool>,
    /// Files that are nothing of interest, come by since it was last asked for.
    no_weights: Vec<FileIdentity>,
    /// What cannot be seen, found out since it was last asked for.
    pub(super) blind: BTreeSet<BlindSpot>,
}

impl Files {
    pub(super) fn new(inotify: &Inotify, config: WatchConfig, clock: Arc<dyn Clock>, digests: Queue) -> Self {
        let (known, files, folders) = (HashMap::new(), HashMap::new(), HashMap::new());
        let growing = Growing::default();
        let lasting = config.places.iter().map(|place| place.path.clone()).collect();
        Self {
            config,
            clock,
            lasting,
            digests,
            watches: inotify.watches(),
            known,
            files,
            folders,
            growing,
            rejected: HashMap::new(),
            no_weights: Vec::new(),
            blind: BTreeSet::new(),
        }
    }

    pub(super) fn is_known(&self, identity: FileIdentity) -> bool {
        let key = FileKey { device: identity.device, inode: identity.inode };
        self.known.get(&key).is_some_and(|known| known.identity == identity)
    }

    pub(super) fn identity(&self, key: FileKey) -> Option<FileIdentity> {
        self.known.get(&key).map(|known| known.identity)
    }

    /// There is nothing to hold yet.
    pub(super) fn is_underway(&self, key: FileKey) -> bool {
        self.known.get(&key).is_some_and(|known| known.arrival == Arrival::Underway)
    }

    pub(super) fn keys(&self) -> Vec<FileKey> {
        self.known.keys().copied().collect()
    }

    /// Known, and no longer where it was.
    pub(super) fn is_nameless(&self, key: FileKey) -> bool {
        self.known.get(&key).is_some_and(|known| !leads(&known.path, key))
    }

    /// The open that was just noticed may be that of our own digest.
    pub(super) fn is_opened_by_us(&self, key: FileKey) -> bool {
        self.identity(key).is_some_and(|identity| self.digests.is_own_open(identity))
    }

    pub(super) fn take_blind(&mut self) -> BTreeSet<BlindSpot> {
        std::mem::take(&mut self.blind)
    }

    pub(super) fn take_no_weights(&mut self) -> Vec<FileIdentity> {
        std::mem::take(&mut self.no_weights)
    }

    /// From now on those that are nothing of interest are told of again.
    pub(super) fn count_no_weights(&mut self) {
        self.rejected.values_mut().for_each(|told| *told = false);
    }

    /// The nearest one: a folder where weights were found may lie around a store.
    pub(super) fn place_of(&self, path: &Path) -> Option<&Place> {
        let around = self.config.places.iter().filter(|place| path.starts_with(&place.path));
        around.max_by_key(|place| place.path.components().count())
    }

    pub(super) fn name_of_place(&self, path: &Path) -> String {
        self.place_of(path).map_or_else(|| place_name(path), |place| place.name.clone())
    }

    /// A file that a process holds, wherever it lies.
    pub(super) fn consider_held(&mut self, held: &HeldFile, at: Timestamp) -> Vec<Observation> {
        if (self.config.is_own)(&held.path) {
            return Vec::new();
        }
        let place = self.name_of_place(&held.path);
        let observations = held.way().map(|way| self.consider(way, &place, at)).unwrap_or_default();
        called(observations, &held.path)
    }

    /// What stands there, where it was looked into and is nothing of interest; from now on it may be looked into again.
    pub(super) fn rejected_at(&mut self, path: &Path) -> Option<FileIdentity> {
        let identity = fs_err::metadata(path).ok().map(|metadata| FileIdentity::of(&metadata))?;
        self.rejected.remove(&identity).map(|_| identity)
    }

    pub(super) fn consider(&mut self, path: &Path, place: &str, at: Timestamp) -> Vec<Observation> {
        self.consider_by(path, place, |files, identity| {
            files.recognise(Candidate { path, place, least: files.config.minimum_size }, identity, at)
        })
    }

    /// `recognise` says what it is, unless that is known.
    pub(super) fn consider_by(
        &mut self,
        path: &Path,
        place: &str,
        recognise: impl FnOnce(&mut Self, FileIdentity) -> Option<Box<SeenFile>>,
    ) -> Vec<Observation> {
        // Known files are not opened again: that would wake us.
        let Ok(metadata) = fs_err::metadata(path) else { return Vec::new() };
        let (key, identity) = (FileKey::of(&metadata), FileIdentity::of(&metadata));
        if self.rejected.contains_key(&identity) {
            self.reject(Some(identity));
            return Vec::new();
        }
        let before = match self.known.get(&key) {
            Some(known) if known.is(identity) && (known.path == path || leads(&known.path, key)) => return Vec::new(),
            Some(_) => self.forget(key),
            None => None,
        };
        if before.is_none() && !self.has_room() {
            return Vec::new();
        }
        let seen = recognise(self, identity).filter(|seen| seen.identity == identity);
        if let Some(seen) = &seen {
            let underway = |arrival| arrival == Arrival::Underway;
            let was = before.as_ref().filter(|was| underway(was.arrival) && underway(seen.arrival) && was.path == path);
            // What is on its way keeps the identity that was told of until it is there.
            let (told, identity) = (was.is_some(), was.map_or(identity, |was| was.identity));
            let watch = self.watch_file(path, key);
            let (path, place, arrival) = (path.to_owned(), place.to_owned(), seen.arrival);
            self.known.insert(key, Known { identity, path, place, arrival, watch });
            if told {
                return Vec::new();
            }
        }
        // The same bytes under another name, or more of them, are told of as themselves, not as gone and come.
        let is_the_same = |old: &Known| {
            seen.is_some() && (old.identity.differs_in_entry_at_most(&identity) || old.arrival == Arrival::Underway)
        };
        let gone = before.filter(|old| !is_the_same(old)).map(|old| Observation::Gone { identity: old.identity });
        gone.into_iter().chain(seen.map(Observation::Seen)).collect()
    }

    /// For one more.
    pub(super) fn has_room(&mut self) -> bool {
        let room = self.known.len() < MOST_KNOWN;
        self.blind.extend((!room).then_some(BlindSpot::TooManyFiles));
        room
    }

    /// By content. What is only a beginning counts from when it is seen to grow.
    fn recognise(&mut self, candidate: Candidate<'_>, identity: FileIdentity, at: Timestamp) -> Option<Box<SeenFile>> {
        if (self.config.known)(&identity) == Earlier::NoWeights {
            self.reject(Some(identity));
            return None;
        }
        let path = candidate.path;
        let now = self.clock.monotonic();
        let mut grows = |seen: &SeenFile| {
            let state = (seen.identity.size, seen.identity.modified_ns);
            self.growing.has_grown(path, state, now)
        };
        match recognise::look(candidate, at) {
            Recognised::Weights(seen) if seen.arrival == Arrival::Underway => {
                grows(&seen);
                Some(seen)
            }
            Recognised::Weights(seen) => {
                self.growing.over(path);
                Some(seen)
            }
            Recognised::Beginning(seen) => grows(&seen).then_some(seen),
            Recognised::No(looked) => {
                self.reject(looked);
                None
            }
        }
    }

    pub(super) fn reject(&mut self, looked: Option<FileIdentity>) {
        if self.rejected.len() >= MOST_REJECTED && looked.is_some_and(|looked| !self.rejected.contains_key(&looked)) {
            self.rejected.clear();
        }
        let new = looked.filter(|looked| self.rejected.insert(*looked, true) != Some(true));
        self.no_weights.extend(new);
    }

    /// Weights of which nothing new can be said, from now on watched.
    pub(super) fn know(&mut self, path: &Path, place: String, identity: FileIdentity) {
        let key = FileKey { device: identity.device, inode: identity.inode };
        let watch = self.watch_file(path, key);
        self.known.insert(key, Known { identity, path: path.to_owned(), place, arrival: Arrival::Whole, watch });
    }

    /// Only after it was read: our own reading must not wake us.
    fn watch_file(&mut self, path: &Path, key: FileKey) -> Option<WatchDescriptor> {
        let mask = WatchMask::OPEN
            | WatchMask::CLOSE_NOWRITE
            | WatchMask::CLOSE_WRITE
            | WatchMask::MOVE_SELF
            | WatchMask::DELETE_SELF
            | WatchMask::ATTRIB;
        match self.watches.add(path, mask) {
            Ok(watch) => {
                self.files.insert(watch.clone(), key);
                Some(watch)
            }
            Err(error) => {
                self.blind.extend(is_limit(&error).then_some(BlindSpot::TooFewWatches));
                None
            }
        }
    }

    /// Has the digest of a file taken where it is wanted. Only once the file itself was told of: a digest of something that nobody
    /// has heard of is lost.
    pub(super) fn take_digest(&self, identity: FileIdentity) {
        let key = FileKey { device: identity.device, inode: identity.inode };
        if let Some(known) = self.known.get(&key).filter(|known| known.identity == identity && known.arrival == Arrival::Whole)
            && (self.config.needs_digest)(&identity)
        {
            self.digests.take(identity, &known.path);
        }
    }

    /// Something happened to a known file: gone, when it no longer stands where it stood; another one, when it changed there.
    /// While somebody holds it, one without a name is still there.
    pub(super) fn touched(&mut self, key: FileKey, held: bool, at: Timestamp) -> Vec<Observation> {
        let Some(known) = self.known.get(&key) else { return Vec::new() };
        if leads(&known.path, key) {
            let (path, place) = (known.path.clone(), known.place.clone());
            return self.consider(&path, &place, at);
        }
        if held {
            return Vec::new();
        }
        self.forget(key).map(|known| Observation::Gone { identity: known.identity }).into_iter().collect()
    }

    fn forget(&mut self, key: FileKey) -> Option<Known> {
        let mut known = self.known.remove(&key)?;
        if let Some(watch) = known.watch.take() {
            self.files.remove(&watch);
            // A watch on a file that is gone has gone with it.
            drop(self.watches.remove(watch));
        }
        Some(known)
    }
}

/// These, with the file called as its holder does.
pub(super) fn called(mut observations: Vec<Observation>, path: &Path) -> Vec<Observation> {
    for observation in &mut observations {
        if let Observation::Seen(file) = observation {
            file.path = named(path);
        }
    }
    observations
}

/// Whether this file stands at `path`.
fn leads(path: &Path, key: FileKey) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| FileKey::of(&metadata) == key)
}

/// The kernel says so behind the path of what has lost its name.
fn named(path: &Path) -> PathBuf {
    let bare = path.as_os_str().as_bytes().strip_suffix(b" (deleted)").filter(|_| !path.exists());
    bare.map_or_else(|| path.to_owned(), |bare| PathBuf::from(OsStr::from_bytes(bare)))
}

/// `ENOSPC`: the number of watches of this user is used up.
pub(super) fn is_limit(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOSPC.raw_os_error())
}
