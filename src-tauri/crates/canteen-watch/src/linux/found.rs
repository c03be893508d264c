//! What the look through the home folder found, watched from now on as if it lay in a place.

use std::path::Path;

use canteen_types::Timestamp;

use super::files::{Files, HeldFile, called};
use super::folders::MOST_PLACES;
use super::watch::Watch;
use crate::config::place_name;
use crate::home::{Found, no_weights};
use crate::observation::{BlindSpot, Observation};
use crate::recognise::{self, Candidate};
use crate::{FileIdentity, Place, SeenFile};

impl Watch {
    pub(super) fn take_home(&mut self) -> Option<()> {
        for found in self.home.take() {
            let at = self.clock.now();
            let observations = match found {
                Found::Weights(seen) => self.files.adopt(seen),
                Found::Again(path, identity) => self.files.again(&path, identity, at),
                Found::Perhaps(path) => self.files.look_closer(&path, at),
                Found::Said(observation) => vec![observation],
            };
            self.tell(observations)?;
        }
        self.tell_no_weights()
    }

    /// What earlier sessions found in the home folder, the first time: it is watched from then on.
    pub(super) fn tell_known_weights(&mut self) -> Option<()> {
        for (path, identity) in self.home.known_weights() {
            let observations = self.files.again(&path, identity, self.clock.now());
            self.tell(observations)?;
        }
        Some(())
    }

    pub(super) fn tell_no_weights(&mut self) -> Option<()> {
        let files = self.files.take_no_weights();
        no_weights(&files).try_for_each(|told| self.say(told))
    }
}

impl Files {
    /// A file that is something else, and of which a process has mapped a part: weights may begin there.
    pub(super) fn consider_inside(&mut self, held: &HeldFile, at: Timestamp) -> Vec<Observation> {
        let Some(way) = held.way() else { return Vec::new() };
        let place = self.name_of_place(&held.path);
        // As a whole it is nothing of interest.
        let Some(whole) = self.rejected_at(way) else { return Vec::new() };
        let observations = self.consider_by(way, &place, |files, _| {
            let candidate = Candidate { path: way, place: &place, least: files.config.minimum_size };
            held.offsets.iter().find_map(|offset| recognise::look_inside(candidate, *offset, at))
        });
        if observations.is_empty() {
            self.reject(Some(whole));
        }
        called(observations, &held.path)
    }

    /// Weights that were looked into elsewhere, unless they have changed since.
    fn adopt(&mut self, seen: Box<SeenFile>) -> Vec<Observation> {
        let (path, place) = (seen.path.clone(), seen.place.clone());
        let observations = self.consider_by(&path, &place, |_, _| Some(seen));
        self.notice_later_ones(&path);
        observations
    }

    /// Weights that may be on their way, which shows in a folder that is watched.
    fn look_closer(&mut self, path: &Path, at: Timestamp) -> Vec<Observation> {
        self.notice_later_ones(path);
        self.consider(path, &place_name(path), at)
    }

    /// Weights that an earlier session looked into, where they stand as they were.
    fn again(&mut self, path: &Path, identity: FileIdentity, at: Timestamp) -> Vec<Observation> {
        let is_same = || fs_err::symlink_metadata(path).is_ok_and(|metadata| FileIdentity::of(&metadata) == identity);
        if self.is_known(identity) || (self.config.is_own)(path) || !is_same() || !self.has_room() {
            return Vec::new();
        }
        self.know(path, self.name_of_place(path), identity);
        self.notice_later_ones(path);
        vec![Observation::Again { identity, path: path.to_owned(), at }]
    }

    /// More weights are likely to come to where some lie.
    fn notice_later_ones(&mut self, path: &Path) {
        let Some(folder) = path.parent().filter(|folder| !self.is_place(folder)) else { return };
        if self.config.places.len() >= MOST_PLACES {
            self.blind.insert(BlindSpot::TooManyFiles);
            return;
        }
        self.config.places.push(Place { name: place_name(path), path: folder.to_owned(), recursive: false });
        self.watch_folder(folder);
    }

    fn is_place(&self, folder: &Path) -> bool {
        let around = |place: &Place| place.path == folder || (place.recursive && folder.starts_with(&place.path));
        self.config.places.iter().any(around)
    }
}
