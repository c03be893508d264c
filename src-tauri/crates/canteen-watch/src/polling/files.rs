//! The files that are known to be weights.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use canteen_types::Timestamp;

use crate::hasher::Queue;
use crate::observation::{BlindSpot, Observation};
use crate::process::FileKey;
use crate::recognise::{Candidate, Recognised, look};
use crate::{Arrival, Earlier, FileIdentity, SeenFile, WatchConfig, sweep};

/// More weights than any computer has.
const MOST_KNOWN: usize = 10_000;
/// Others that are remembered, so that not a byte of them is read again; each takes 40 bytes.
const MOST_OTHERS: usize = 50_000;
/// Beginnings of weights that may grow.
const MOST_BEGINNINGS: usize = 256;

struct Known {
    identity: FileIdentity,
    path: PathBuf,
    arrival: Arrival,
}

pub(super) struct Files {
    config: WatchConfig,
    digests: Queue,
    known: HashMap<FileKey, Known>,
    /// Files that are nothing of interest, and whether they were told of since that was last begun anew.
    others: HashMap<FileIdentity, bool>,
    no_weights: Vec<FileIdentity>,
    /// Sizes of files that begin like weights and are not whole.
    beginnings: HashMap<FileKey, u64>,
    /// What cannot be seen, found out since it was last asked for.
    blind: BTreeSet<BlindSpot>,
}

impl Files {
    pub(super) fn new(config: WatchConfig, digests: Queue) -> Self {
        let (known, others, beginnings) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { config, digests, known, others, no_weights: Vec::new(), beginnings, blind: BTreeSet::new() }
    }

    pub(super) fn identity(&self, key: FileKey) -> Option<FileIdentity> {
        self.known.get(&key).map(|known| known.identity)
    }

    /// There is nothing to hold yet: whoever has it open writes it.
    pub(super) fn is_underway(&self, key: FileKey) -> bool {
        self.known.get(&key).is_some_and(|known| known.arrival == Arrival::Underway)
    }

    /// Whole ones, with where they lie.
    pub(super) fn whole(&self) -> impl Iterator<Item = (FileKey, &Path)> {
        let whole = self.known.iter().filter(|(_, known)| known.arrival == Arrival::Whole);
        whole.map(|(key, known)| (*key, known.path.as_path()))
    }

    pub(super) fn path(&self, key: FileKey) -> Option<&Path> {
        self.known.get(&key).map(|known| known.path.as_path())
    }

    pub(super) fn take_blind(&mut self) -> BTreeSet<BlindSpot> {
        std::mem::take(&mut self.blind)
    }

    pub(super) fn take_digest(&self, identity: FileIdentity) {
        if let Some(known) = self.known.get(&identity.key()).filter(|known| known.arrival == Arrival::Whole)
            && (self.config.needs_digest)(&identity)
        {
            self.digests.take(identity, &known.path);
        }
    }

    /// Looks through every place; `step` is told how far that is. How many files were considered comes second.
    pub(super) fn sweep(&mut self, at: Timestamp, mut step: impl FnMut(Observation)) -> (Vec<Observation>, u64) {
        for place in (self.config.more_places)() {
            if !self.config.places.contains(&place) {
                self.config.places.push(place);
            }
        }
        let places = self.config.places.clone();
        let mut found = sweep::Found::default();
        for (done, place) in places.iter().enumerate() {
            step(sweep::step(&places, done));
            sweep::walk(place, &self.config, (sweep::Bounds::PLACES, &mut found), |_| ());
        }
        step(sweep::step(&places, places.len()));
        if found.cut {
            self.blind.insert(BlindSpot::TooManyFiles);
        }
        if found.refused {
            self.blind.insert(BlindSpot::FolderRefused);
        }
        let mut observations = Vec::new();
        for (path, place) in &found.files {
            observations.extend(self.consider(path, place, at));
        }
        (observations, found.considered)
    }

    /// A file that a process holds, wherever it lies.
    pub(super) fn consider_held(&mut self, path: &Path, at: Timestamp) -> Vec<Observation> {
        if (self.config.is_own)(path) {
            return Vec::new();
        }
        let place = self.config.places.iter().find(|place| path.starts_with(&place.path)).map(|place| place.name.clone());
        let folder = || path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let place = place.or_else(folder).unwrap_or_else(|| "/".to_owned());
        self.consider(path, &place, at)
    }

    pub(super) fn consider(&mut self, path: &Path, place: &str, at: Timestamp) -> Vec<Observation> {
        let Ok(identity) = FileIdentity::at(path) else { return Vec::new() };
        if self.others.contains_key(&identity) || (self.config.known)(&identity) == Earlier::NoWeights {
            self.reject(identity);
            return Vec::new();
        }
        let (key, full) = (identity.key(), self.known.len() >= MOST_KNOWN);
        match self.known.get_mut(&key) {
            Some(known) if known.identity == identity && known.arrival == Arrival::Whole => {
                // A file of many names keeps the one that it was found by.
                if FileIdentity::at(&known.path).is_ok_and(|there| there == identity) {
                    return Vec::new();
                }
                path.clone_into(&mut known.path);
            }
            None if full => {
                self.blind.insert(BlindSpot::TooManyFiles);
                return Vec::new();
            }
            Some(_) | None => {}
        }
        let seen = self.recognise(path, place, at).filter(|seen| seen.identity.key() == key);
        self.replace(key, seen)
    }

    fn recognise(&mut self, path: &Path, place: &str, at: Timestamp) -> Option<Box<SeenFile>> {
        match look(Candidate { path, place, least: self.config.minimum_size }, at) {
            Recognised::Weights(seen) => Some(seen),
            Recognised::Beginning(seen) => {
                let (key, size) = (seen.identity.key(), seen.identity.size);
                if self.beginnings.len() >= MOST_BEGINNINGS {
                    self.beginnings.clear();
                }
                // On their way if they have grown since.
                self.beginnings.insert(key, size).is_some_and(|before| before < size).then_some(seen)
            }
            Recognised::No(other) => {
                if let Some(other) = other {
                    self.reject(other);
                }
                None
            }
        }
    }

    fn reject(&mut self, other: FileIdentity) {
        if self.others.len() >= MOST_OTHERS && !self.others.contains_key(&other) {
            self.others.clear();
        }
        if self.others.insert(other, true) != Some(true) {
            self.no_weights.push(other);
        }
    }

    /// From now on those that are nothing of interest are told of again.
    pub(super) fn count_no_weights(&mut self) {
        self.others.values_mut().for_each(|told| *told = false);
    }

    pub(super) fn take_no_weights(&mut self) -> Vec<FileIdentity> {
        std::mem::take(&mut self.no_weights)
    }

    /// Weights that were looked into elsewhere.
    pub(super) fn adopt(&mut self, seen: Box<SeenFile>) -> Vec<Observation> {
        let key = seen.identity.key();
        if self.known.contains_key(&key) || !self.has_room() {
            return Vec::new();
        }
        self.replace(key, Some(seen))
    }

    /// Weights that an earlier session looked into, where they stand as they were.
    pub(super) fn again(&mut self, path: &Path, identity: FileIdentity, at: Timestamp) -> Vec<Observation> {
        let is_same = FileIdentity::at(path).is_ok_and(|there| there == identity);
        if self.known.contains_key(&identity.key()) || (self.config.is_own)(path) || !is_same || !self.has_room() {
            return Vec::new();
        }
        self.known.insert(identity.key(), Known { identity, path: path.to_owned(), arrival: Arrival::Whole });
        vec![Observation::Again { identity, path: path.to_owned(), at }]
    }

    fn has_room(&mut self) -> bool {
        let room = self.known.len() < MOST_KNOWN;
        self.blind.extend((!room).then_some(BlindSpot::TooManyFiles));
        room
    }

    /// What is to be said when `key` turned out to be this, or nothing of interest.
    fn replace(&mut self, key: FileKey, seen: Option<Box<SeenFile>>) -> Vec<Observation> {
        let before = self.known.remove(&key);
        let mut observations = Vec::new();
        if let Some(before) = &before
            && !seen.as_ref().is_some_and(|seen| before.identity.differs_in_entry_at_most(&seen.identity))
        {
            observations.push(Observation::Gone { identity: before.identity });
        }
        if let Some(seen) = seen {
            let (identity, path, arrival) = (seen.identity, seen.path.clone(), seen.arrival);
            let is_news = before.is_none_or(|before| before.identity != identity || before.arrival != arrival);
            self.known.insert(key, Known { identity, path, arrival });
            if is_news {
                self.beginnings.remove(&key);
                observations.push(Observation::Seen(seen));
            }
        }
        observations
    }

    /// Files that are no longer where they were; those that are held keep their place in memory, without a name.
    pub(super) fn clear_away(&mut self, is_held: impl Fn(FileKey) -> bool) -> Vec<Observation> {
        let gone = |key: &FileKey, known: &Known| {
            !FileIdentity::at(&known.path).is_ok_and(|there| there == known.identity) && !is_held(*key)
        };
        self.known
            .extract_if(|key, known| gone(key, known))
            .map(|(_, known)| Observation::Gone { identity: known.identity })
            .collect()
    }
}
