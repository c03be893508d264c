//! The files that are known to be weights, and the folders that are watched for more.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use canteen_types::Timestamp;
use inotify::{Event, EventMask, Inotify, WatchDescriptor, WatchMask, Watches};

use super::proc::FileKey;
use crate::file::inspect;
use crate::hasher::Queue;
use crate::observation::{BlindSpot, Observation};
use crate::sweep::{self, Found};
use crate::{FileIdentity, Place, WatchConfig};

/// More weights than any computer has; each costs a watch and some hundred bytes.
const MOST_KNOWN: usize = 10_000;

/// What one event means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    /// Somebody opened known weights.
    Opened(FileKey),
    /// Something is to be looked at.
    Changed(Change),
    /// A watched folder is gone.
    FolderGone,
    /// Events were lost.
    Overflow,
}

/// In the order in which several are looked at: a file that was moved is found at its new place before it is missed at the old.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Change {
    /// Something at this path is new or was written.
    At(PathBuf),
    /// Known weights were closed, or their last mapping went; or they were removed, moved or changed.
    Of(FileKey),
}

struct Known {
    identity: FileIdentity,
    path: PathBuf,
    place: String,
    watch: Option<WatchDescriptor>,
}

pub(super) struct Files {
    config: WatchConfig,
    digests: Queue,
    watches: Watches,
    known: HashMap<FileKey, Known>,
    files: HashMap<WatchDescriptor, FileKey>,
    folders: HashMap<WatchDescriptor, PathBuf>,
    /// What cannot be seen, found out since it was last asked for.
    blind: BTreeSet<BlindSpot>,
}

impl Files {
    pub(super) fn new(inotify: &Inotify, config: WatchConfig, digests: Queue) -> Self {
        let (known, files, folders) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { config, digests, watches: inotify.watches(), known, files, folders, blind: BTreeSet::new() }
    }

    pub(super) fn identity(&self, key: FileKey) -> Option<FileIdentity> {
        self.known.get(&key).map(|known| known.identity)
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

    /// Looks through every place: observations, and files considered. `on_step` hears which place comes next.
    pub(super) fn sweep(&mut self, at: Timestamp, mut on_step: impl FnMut(Observation)) -> (Vec<Observation>, u64) {
        let mut found = Found::default();
        let places = self.config.places.clone();
        for (done, place) in places.iter().enumerate() {
            on_step(sweep::step(&places, done));
            self.await_place(place);
            self.walk(place, &mut found);
        }
        on_step(sweep::step(&places, places.len()));
        let considered = found.considered;
        (self.take(found, at), considered)
    }

    fn walk(&mut self, place: &Place, found: &mut Found) {
        let Self { config, watches, folders, blind, .. } = self;
        sweep::walk(place, config, found, |folder| {
            let mask =
                WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::CLOSE_WRITE | WatchMask::DELETE_SELF | WatchMask::ONLYDIR;
            match watches.add(folder, mask) {
                Ok(watch) => {
                    folders.insert(watch, folder.to_owned());
                }
                Err(error) => blind.extend(is_limit(&error).then_some(BlindSpot::TooFewWatches)),
            }
        });
    }

    fn take(&mut self, found: Found, at: Timestamp) -> Vec<Observation> {
        self.blind.extend(found.cut.then_some(BlindSpot::TooManyFiles));
        self.blind.extend(found.refused.then_some(BlindSpot::FolderRefused));
        found.files.into_iter().flat_map(|(path, place)| self.consider(&path, &place, at)).collect()
    }

    /// A place that is not there yet: its nearest folder is watched until it comes.
    fn await_place(&mut self, place: &Place) {
        let nearest = || place.path.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned);
        let mut watched = None;
        // What was made between looking and watching is nearer: then look again. Each round goes deeper or ends.
        while let Some(folder) = nearest().filter(|folder| *folder != place.path && watched.as_ref() != Some(folder)) {
            let mask =
                WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::DELETE_SELF | WatchMask::ONLYDIR | WatchMask::MASK_ADD;
            match self.watches.add(&folder, mask) {
                Ok(watch) => {
                    self.folders.entry(watch).or_insert_with(|| folder.clone());
                }
                Err(_) => return,
            }
            watched = Some(folder);
        }
    }

    pub(super) fn await_places(&mut self) {
        for place in self.config.places.clone() {
            self.await_place(&place);
        }
    }

    pub(super) fn understand(&mut self, event: &Event<&std::ffi::OsStr>) -> Option<Noticed> {
        if event.mask.contains(EventMask::Q_OVERFLOW) {
            return Some(Noticed::Overflow);
        }
        if event.mask.contains(EventMask::IGNORED) {
            if let Some(key) = self.files.remove(&event.wd) {
                return Some(Noticed::Changed(Change::Of(key)));
            }
            return self.folders.remove(&event.wd).map(|_| Noticed::FolderGone);
        }
        if let Some(key) = self.files.get(&event.wd) {
            let opened = event.mask.contains(EventMask::OPEN);
            return Some(if opened { Noticed::Opened(*key) } else { Noticed::Changed(Change::Of(*key)) });
        }
        let path = self.folders.get(&event.wd)?.join(event.name?);
        // A file that was only created is written to; its closing counts. Links are never written to.
        let begun = event.mask.contains(EventMask::CREATE) && !event.mask.contains(EventMask::ISDIR);
        let of_interest = self.config.places.iter().any(|place| path.starts_with(&place.path) || place.path.starts_with(&path));
        (of_interest && (!begun || path.is_symlink())).then_some(Noticed::Changed(Change::At(path)))
    }

    /// Something new: a folder is looked through, a file is looked at.
    pub(super) fn consider_path(&mut self, path: &Path, at: Timestamp) -> Vec<Observation> {
        if (self.config.is_own)(path) {
            return Vec::new();
        }
        if path.is_dir() && !path.is_symlink() {
            let mut found = Found::default();
            for place in self.config.places.clone() {
                if place.path.starts_with(path) {
                    self.await_place(&place);
                    self.walk(&place, &mut found);
                } else if place.recursive && path.starts_with(&place.path) {
                    self.walk(&Place { path: path.to_owned(), ..place }, &mut found);
                }
            }
            return self.take(found, at);
        }
        match self.place_of(path) {
            Some(place) if sweep::large_enough(path, &self.config) => self.consider(path, &place, at),
            _ => Vec::new(),
        }
    }

    fn place_of(&self, path: &Path) -> Option<String> {
        self.config.places.iter().find(|place| path.starts_with(&place.path)).map(|place| place.name.clone())
    }

    /// A file that a process holds, wherever it lies: the first of `ways` that leads to it, which may be in another namespace or
    /// without a name by now. `path` is what the holder calls it.
    pub(super) fn consider_held(&mut self, key: FileKey, path: &Path, ways: &[PathBuf], at: Timestamp) -> Vec<Observation> {
        if (self.config.is_own)(path) {
            return Vec::new();
        }
        let place = self.place_of(path).unwrap_or_else(|| {
            path.parent().and_then(Path::file_name).map_or_else(|| "/".into(), |name| name.to_string_lossy().into_owned())
        });
        let way = ways.iter().find(|way| leads(way, key));
        let mut observations = way.map(|way| self.consider(way, &place, at)).unwrap_or_default();
        for observation in &mut observations {
            if let Observation::Seen(file) = observation {
                path.clone_into(&mut file.path);
            }
        }
        observations
    }

    fn consider(&mut self, path: &Path, place: &str, at: Timestamp) -> Vec<Observation> {
        // Known files are not opened again: that would wake us.
        let Ok(metadata) = fs_err::metadata(path) else { return Vec::new() };
        let (key, identity) = (FileKey::of(&metadata), FileIdentity::of(&metadata));
        let before = match self.known.get(&key) {
            Some(known) if known.identity == identity && (known.path == path || leads(&known.path, key)) => return Vec::new(),
            Some(_) => self.forget(key),
            None if self.known.len() >= MOST_KNOWN => {
                self.blind.insert(BlindSpot::TooManyFiles);
                return Vec::new();
            }
            None => None,
        };
        let seen = inspect(path, place, at).filter(|seen| seen.identity == identity).map(|seen| {
            let watch = self.watch_file(path, key);
            self.known.insert(key, Known { identity, path: path.to_owned(), place: place.to_owned(), watch });
            Observation::Seen(Box::new(seen))
        });
        // The same bytes under another name are told of as themselves, not as gone and come.
        let is_the_same = |old: &FileIdentity| seen.is_some() && old.differs_in_entry_at_most(&identity);
        let gone = before.filter(|old| !is_the_same(old)).map(|identity| Observation::Gone { identity });
        gone.into_iter().chain(seen).collect()
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
        if let Some(known) = self.known.get(&key).filter(|known| known.identity == identity)
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
        self.forget(key).map(|identity| Observation::Gone { identity }).into_iter().collect()
    }

    fn forget(&mut self, key: FileKey) -> Option<FileIdentity> {
        let known = self.known.remove(&key)?;
        if let Some(watch) = known.watch {
            self.files.remove(&watch);
            // A watch on a file that is gone has gone with it.
            drop(self.watches.remove(watch));
        }
        Some(known.identity)
    }
}

/// Whether this file stands at `path`.
fn leads(path: &Path, key: FileKey) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| FileKey::of(&metadata) == key)
}

/// `ENOSPC`: the number of watches of this user is used up.
fn is_limit(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOSPC.raw_os_error())
}
