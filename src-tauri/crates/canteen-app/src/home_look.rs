//! The slow look through the home folder: what the watch is told before it begins, and what becomes of what it says.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use canteen_policy::ExcludedFolder;
use canteen_store::{FileIdentity, HomeStep};
use canteen_types::{Grade, Signal, Timestamp};
use canteen_watch::{Earlier, HomeLook, HomeState, READER};

use crate::App;
use crate::computer::convert;
use crate::dispute::is_dispute;
use crate::fault::AppError;
use crate::wire::{self, Topic};

impl App {
    /// Goes on where an earlier one was cut off. What cannot be read of the store begins anew.
    pub(crate) fn home_look(self: &Arc<Self>) -> HomeLook {
        let from = self.store.home_sweep().position().unwrap_or_else(|error| {
            tracing::warn!(%error, "where the look through the home folder was left is not known");
            None
        });
        let weights = self.weights_seen_before().unwrap_or_else(|error| {
            tracing::warn!(%error, "weights that were seen before are looked into again");
            Vec::new()
        });
        let may_go_on = Arc::new(|| canteen_os::runs_on_battery() != Some(true));
        HomeLook { root: self.home.clone(), from, weights, may_go_on }
    }

    fn weights_seen_before(&self) -> Result<Vec<(PathBuf, canteen_watch::FileIdentity)>, AppError> {
        let sightings = self.store.sightings();
        let rows = sightings.open()?.into_iter().chain(sightings.disputed()?);
        // What only a program of another user names is no file of this account, and lies on no device.
        let files = rows.filter(|row| row.grade != Grade::Arriving && row.identity.device != 0);
        Ok(files.map(|row| (row.path, as_watched(row.identity))).collect())
    }

    /// What an earlier look found in exactly this file. What the store does not tell is looked into again.
    pub(crate) fn earlier(&self, identity: canteen_watch::FileIdentity) -> Earlier {
        let file = convert(identity);
        match self.store.sightings().by_identity(&file) {
            Ok(Some(row)) if row.grade != Grade::Arriving => Earlier::Weights,
            Ok(None) if self.store.home_sweep().is_looked_into(&file, READER).unwrap_or(false) => Earlier::NoWeights,
            Ok(_) | Err(_) => Earlier::Unknown,
        }
    }

    /// Folders that are not looked through: those that the organisation names, and what Canteen keeps. To open and close the store
    /// beside SQLite would undo its locks.
    pub(crate) fn excluded_folders(&self) -> Vec<PathBuf> {
        let folders = self.shelf.policy().excluded_folders.into_iter().map(|folder| match folder {
            ExcludedFolder::Home(names) => names.into_iter().fold(self.home.clone(), |path, name| path.join(name)),
            ExcludedFolder::Absolute(path) => PathBuf::from(path),
        });
        folders.chain([self.data.clone()]).collect()
    }

    /// Weights that an earlier session looked into lie there as before.
    pub(crate) fn saw_again(&self, identity: &FileIdentity, path: &Path, at: Timestamp) -> Result<(), AppError> {
        let Some(mut row) = self.store.sightings().by_identity(identity)? else { return Ok(()) };
        let held = self.watched.with(|memory| {
            let present = memory.present.entry(row.id).or_default();
            present.signals.insert(Signal::Content);
            !present.holders.is_empty()
        });
        if !held {
            (row.grade, row.holder) = (Grade::Present, None);
        }
        (row.path, row.shown_path) = (path.to_owned(), self.relative(path));
        row.last_seen = at;
        row.resolved = row.resolved.filter(|why| is_dispute(why));
        self.judge_row(&mut row);
        self.store.sightings().put(&row, None)?;
        self.events.changed(&[Topic::Sightings]);
        if held { self.consider() } else { Ok(()) }
    }

    pub(crate) fn no_weights(&self, files: Vec<canteen_watch::FileIdentity>) -> Result<(), AppError> {
        let looked_into = files.into_iter().map(convert).collect();
        Ok(self.store.home_sweep().step(&HomeStep { position: None, over: None, looked_into, reader: READER })?)
    }

    pub(crate) fn home_step(&self, step: canteen_watch::HomeStep) -> Result<(), AppError> {
        let (state, over) = match step.state {
            HomeState::Underway => (wire::HomeLookState::Underway, None),
            HomeState::Resting => (wire::HomeLookState::Resting, None),
            HomeState::Impossible => (wire::HomeLookState::Impossible, None),
            HomeState::Through { device } => (wire::HomeLookState::Through, Some(device)),
        };
        let looks = wire::HomeLook { state, percent: step.percent, files: step.files };
        self.watched.with(|memory| memory.home = Some(looks));
        self.events.changed(&[Topic::Sightings]);
        let kept = if step.position.is_some() || over.is_some() {
            let (position, looked_into) = (step.position, Vec::new());
            self.store.home_sweep().step(&HomeStep { position, over, looked_into, reader: READER })
        } else {
            Ok(())
        };
        if matches!(step.state, HomeState::Through { .. } | HomeState::Impossible) {
            self.home_looks.send_modify(|looks| *looks += 1);
        }
        Ok(kept?)
    }
}

/// For whoever asks while the app is closing: nothing is known, nothing is left out.
pub(crate) fn ask<T>(app: &Weak<App>, answer: impl FnOnce(&App) -> T, otherwise: T) -> T {
    app.upgrade().map_or(otherwise, |app| answer(&app))
}

const fn as_watched(identity: FileIdentity) -> canteen_watch::FileIdentity {
    canteen_watch::FileIdentity {
        device: identity.device,
        inode: identity.inode,
        size: identity.size,
        modified_ns: identity.modified_ns,
        changed_ns: identity.changed_ns,
    }
}
