//! The files that are known to be weights, and the folders that are watched for more.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use canteen_types::Timestamp;
use inotify::{Event, EventMask, Inotify, WatchDescriptor, WatchMask, Watches};

use super::proc::FileKey;
use crate::file::inspect;
use crate::hasher::Queue;
use crate::observation::Observation;
use crate::sweep::{self, Found};
use crate::{FileIdentity, Place, WatchConfig};

/// What one event means.
#[derive(Debug)]
pub(super) enum Noticed {
    /// Somebody opened known weights.
    Opened(FileKey),
    /// Somebody closed them, or their last mapping went.
    Closed(FileKey),
    /// Something at this path is new or was written.
    Changed(PathBuf),
    /// Known weights were removed or moved.
    Vanished(FileKey),
    /// Events were lost.
    Overflow,
}

struct Known {
    identity: FileIdentity,
    path: PathBuf,
    watch: Option<WatchDescriptor>,
}

pub(super) struct Files {
    config: WatchConfig,
    digests: Queue,
    watches: Watches,
    known: HashMap<FileKey, Known>,
    files: HashMap<WatchDescriptor, FileKey>,
    folders: HashMap<WatchDescriptor, PathBuf>,
}

impl Files {
    pub(super) fn new(inotify: &Inotify, config: WatchConfig, digests: Queue) -> Self {
        let watches = inotify.watches();
        Self { config, digests, watches, known: HashMap::new(), files: HashMap::new(), folders: HashMap::new() }
    }

    pub(super) fn identity(&self, key: FileKey) -> Option<FileIdentity> {
        self.known.get(&key).map(|known| known.identity)
    }

    /// Looks through every place: observations, files considered, whether a bound was reached.
    pub(super) fn sweep(&mut self, at: Timestamp) -> (Vec<Observation>, u64, bool) {
        let mut found = Found::default();
        for place in self.config.places.clone() {
            self.await_place(&place);
            sweep::walk(&place, &self.config, &mut found);
        }
        let (considered, cut) = (found.considered, found.cut);
        let mut observations: Vec<Observation> = Vec::new();
        for key in self.known.keys().copied().collect::<Vec<_>>() {
            observations.extend(self.vanished(key));
        }
        observations.extend(self.take(found, at));
        (observations, considered, cut)
    }

    fn take(&mut self, found: Found, at: Timestamp) -> Vec<Observation> {
        for folder in &found.folders {
            self.watch_folder(folder);
        }
        found.files.into_iter().flat_map(|(path, place)| self.consider(&path, &place, at)).collect()
    }

    fn watch_folder(&mut self, folder: &Path) {
        let mask = WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::CLOSE_WRITE | WatchMask::ONLYDIR;
        if let Ok(watch) = self.watches.add(folder, mask) {
            self.folders.insert(watch, folder.to_owned());
        }
    }

    /// A place that is not there yet: its nearest folder is watched until it comes.
    fn await_place(&mut self, place: &Place) {
        if place.path.is_dir() {
            return;
        }
        let nearest = place.path.ancestors().skip(1).find(|folder| folder.is_dir());
        if let Some(folder) = nearest
            && let Ok(watch) =
                self.watches.add(folder, WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::ONLYDIR | WatchMask::MASK_ADD)
        {
            self.folders.entry(watch).or_insert_with(|| folder.to_owned());
        }
    }

    pub(super) fn understand(&self, event: &Event<&std::ffi::OsStr>) -> Option<Noticed> {
        if event.mask.contains(EventMask::Q_OVERFLOW) {
            return Some(Noticed::Overflow);
        }
        if let Some(key) = self.files.get(&event.wd) {
            return Some(
                if event
                    .mask
                    .intersects(EventMask::DELETE_SELF | EventMask::MOVE_SELF | EventMask::ATTRIB | EventMask::CLOSE_WRITE)
                {
                    Noticed::Vanished(*key)
                } else if event.mask.contains(EventMask::OPEN) {
                    Noticed::Opened(*key)
                } else if event.mask.contains(EventMask::CLOSE_NOWRITE) {
                    Noticed::Closed(*key)
                } else {
                    return None;
                },
            );
        }
        let folder = self.folders.get(&event.wd)?;
        // A file that was only created is written to; its closing counts.
        let begun = event.mask.contains(EventMask::CREATE) && !event.mask.contains(EventMask::ISDIR);
        let link = || event.name.is_some_and(|name| folder.join(name).is_symlink());
        if begun && !link() { None } else { event.name.map(|name| Noticed::Changed(folder.join(name))) }
    }

    /// Something new: a folder is looked through, a file is looked at.
    pub(super) fn consider_path(&mut self, path: &Path, at: Timestamp) -> Vec<Observation> {
        if path.is_dir() && !path.is_symlink() {
            let mut found = Found::default();
            for place in self.config.places.clone() {
                if place.path.starts_with(path) {
                    self.await_place(&place);
                    sweep::walk(&place, &self.config, &mut found);
                } else if place.recursive && path.starts_with(&place.path) {
                    sweep::walk(&Place { path: path.to_owned(), ..place }, &self.config, &mut found);
                }
            }
            return self.take(found, at);
        }
        let place = self.config.places.iter().find(|place| path.starts_with(&place.path)).map(|place| place.name.clone());
        match place {
            Some(place) if sweep::large_enough(path, &self.config) => self.consider(path, &place, at),
            _ => Vec::new(),
        }
    }

    /// A file that a process holds, wherever it lies. The path may be one of another namespace: the file found must be the one held.
    pub(super) fn consider_held(&mut self, pid: u32, key: FileKey, path: &Path, at: Timestamp) -> Vec<Observation> {
        let inside = PathBuf::from(format!("/proc/{pid}/root")).join(path.strip_prefix("/").unwrap_or(path));
        for candidate in [path.to_owned(), inside] {
            let same = fs_err::metadata(&candidate)
                .is_ok_and(|metadata| FileKey { device: metadata.dev(), inode: metadata.ino() } == key);
            if same && !candidate.starts_with(&self.config.own_library) {
                let folder = path
                    .parent()
                    .and_then(Path::file_name)
                    .map_or_else(|| "/".into(), |name| name.to_string_lossy().into_owned());
                return self.consider(&candidate, &folder, at);
            }
        }
        Vec::new()
    }

    fn consider(&mut self, path: &Path, place: &str, at: Timestamp) -> Vec<Observation> {
        let Some(seen) = inspect(path, place, at) else { return Vec::new() };
        let key = FileKey { device: seen.identity.device, inode: seen.identity.inode };
        let mut observations = Vec::new();
        match self.known.get(&key) {
            Some(known) if known.identity == seen.identity => return observations,
            Some(_) => observations.extend(self.forget(key)),
            None => {}
        }
        // Watched only after it was read: our own reading must not wake us.
        let mask = WatchMask::OPEN
            | WatchMask::CLOSE_NOWRITE
            | WatchMask::CLOSE_WRITE
            | WatchMask::MOVE_SELF
            | WatchMask::DELETE_SELF
            | WatchMask::ATTRIB;
        let watch = self.watches.add(path, mask).ok();
        if let Some(watch) = &watch {
            self.files.insert(watch.clone(), key);
        }
        self.known.insert(key, Known { identity: seen.identity, path: path.to_owned(), watch });
        observations.push(Observation::Seen(Box::new(seen)));
        observations
    }

    /// Has the digest of a file taken where it is wanted. Only once the file itself was told of: a digest of something that nobody
    /// has heard of is lost.
    pub(super) fn take_digest(&self, identity: FileIdentity) {
        let key = FileKey { device: identity.device, inode: identity.inode };
        if let Some(known) = self.known.get(&key).filter(|known| known.identity == identity)
            && (self.config.needs_digest)(&identity)
        {
            // The worker ends with the watch.
            drop(self.digests.send((identity, known.path.clone())));
        }
    }

    /// Something happened to a known file: gone, when it no longer stands where it stood as it was.
    pub(super) fn vanished(&mut self, key: FileKey) -> Option<Observation> {
        let known = self.known.get(&key)?;
        let still = fs_err::metadata(&known.path).is_ok_and(|metadata| FileIdentity::of(&metadata) == known.identity);
        if still { None } else { self.forget(key) }
    }

    fn forget(&mut self, key: FileKey) -> Option<Observation> {
        let known = self.known.remove(&key)?;
        if let Some(watch) = known.watch {
            self.files.remove(&watch);
            // A watch on a file that is gone has gone with it.
            drop(self.watches.remove(watch));
        }
        Some(Observation::Gone { identity: known.identity })
    }
}
