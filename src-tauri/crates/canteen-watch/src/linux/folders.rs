//! The folders that are watched for weights, and what their events mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use canteen_types::Timestamp;
use inotify::{Event, EventMask, WatchMask};

use super::files::{Files, is_limit};
use super::proc::FileKey;
use crate::observation::{BlindSpot, Observation};
use crate::sweep::{self, Bounds, Found};
use crate::{Place, home};

/// Something that was mounted is looked through for so long at most.
const MOUNTED: Duration = Duration::from_secs(2);
/// Places, with those that were mounted.
pub(super) const MOST_PLACES: usize = 1024;

/// What one event means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    /// Somebody opened known weights.
    Opened(FileKey),
    /// Somebody closed known weights, or their last mapping went.
    Closed(FileKey),
    /// Something is to be looked at.
    Changed(Change),
    /// A file was made in a watched folder; its bytes are to come.
    Begun(PathBuf),
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

impl Files {
    /// Looks through every place: observations, and files considered. `on_step` hears which place comes next.
    pub(super) fn sweep(&mut self, at: Timestamp, mut on_step: impl FnMut(Observation)) -> (Vec<Observation>, u64) {
        self.take_more_places();
        self.count_no_weights();
        let mut found = Found::default();
        let places = self.config.places.clone();
        for (done, place) in places.iter().enumerate() {
            on_step(sweep::step(&places, done));
            self.await_place(place);
            self.walk(place, (Bounds::PLACES, &mut found));
        }
        on_step(sweep::step(&places, places.len()));
        let considered = found.considered;
        (self.take(found, at), considered)
    }

    fn take_more_places(&mut self) {
        for place in (self.config.more_places)() {
            if self.config.places.len() < MOST_PLACES && !self.config.places.contains(&place) {
                self.lasting.insert(place.path.clone());
                self.config.places.push(place);
            }
        }
    }

    pub(super) fn watch_folder(&mut self, folder: &Path) {
        let Self { watches, folders, blind, .. } = self;
        let mask = WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::CLOSE_WRITE | WatchMask::DELETE_SELF | WatchMask::ONLYDIR;
        match watches.add(folder, mask) {
            Ok(watch) => {
                folders.insert(watch, folder.to_owned());
            }
            Err(error) => blind.extend(is_limit(&error).then_some(BlindSpot::TooFewWatches)),
        }
    }

    fn walk(&mut self, place: &Place, within: (Bounds<'_>, &mut Found)) {
        let config = self.config.clone();
        sweep::walk(place, &config, within, |folder| self.watch_folder(folder));
    }

    /// Something was mounted: a place from now on, looked through within a bound.
    pub(super) fn mounted(&mut self, point: &Path, at: Timestamp) -> Vec<Observation> {
        let name = point.file_name().map_or_else(|| "/".into(), |name| name.to_string_lossy().into_owned());
        let place = Place { name, path: point.to_owned(), recursive: true };
        let (until, clock) = (self.clock.monotonic() + MOUNTED, Arc::clone(&self.clock));
        let is_over = || clock.monotonic() > until;
        let mut found = Found::default();
        self.walk(&place, (Bounds::mounted(&is_over), &mut found));
        let mut observations = Vec::new();
        for (path, place) in std::mem::take(&mut found.files) {
            if is_over() {
                found.cut = true;
                break;
            }
            observations.extend(self.consider(&path, &place, at));
        }
        // What follows is looked through by its bounds alone, so a place that was cut short is none.
        if !found.cut && self.config.places.len() < MOST_PLACES && !self.config.places.contains(&place) {
            self.config.places.push(place);
        }
        observations.extend(self.take(found, at));
        observations
    }

    /// Something is mounted no more. The file system told of each file.
    pub(super) fn unmounted(&mut self, point: &Path) {
        self.config.places.retain(|place| place.path != point || self.lasting.contains(&place.path));
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
            let is = |mask| event.mask.intersects(mask);
            return Some(match key {
                key if is(EventMask::OPEN) => Noticed::Opened(*key),
                key if is(EventMask::CLOSE_NOWRITE | EventMask::CLOSE_WRITE) => Noticed::Closed(*key),
                key => Noticed::Changed(Change::Of(*key)),
            });
        }
        let path = self.folders.get(&event.wd)?.join(event.name?);
        if !self.config.places.iter().any(|place| path.starts_with(&place.path) || place.path.starts_with(&path)) {
            return None;
        }
        // A file that was only created is written to; its closing counts, and what it has become until then. Links are never
        // written to.
        let begun = event.mask.contains(EventMask::CREATE) && !event.mask.contains(EventMask::ISDIR) && !path.is_symlink();
        Some(if begun { Noticed::Begun(path) } else { Noticed::Changed(Change::At(path)) })
    }

    /// Something new: a folder is looked through, a file is looked at.
    pub(super) fn consider_path(&mut self, path: &Path, at: Timestamp) -> Vec<Observation> {
        if (self.config.is_own)(path) || home::is_excluded(path, &(self.config.excluded)()) {
            return Vec::new();
        }
        if path.is_dir() && !path.is_symlink() {
            let mut found = Found::default();
            for place in self.config.places.clone() {
                if place.path.starts_with(path) {
                    self.await_place(&place);
                    self.walk(&place, (Bounds::PLACES, &mut found));
                } else if place.recursive && path.starts_with(&place.path) {
                    self.walk(&Place { path: path.to_owned(), ..place }, (Bounds::PLACES, &mut found));
                }
            }
            return self.take(found, at);
        }
        match self.place_of(path) {
            Some(place) if (place.recursive || !path.is_symlink()) && sweep::large_enough(path, &self.config) => {
                let place = place.name.clone();
                self.consider(path, &place, at)
            }
            _ => Vec::new(),
        }
    }
}
