//! What is known about programs that run models, as Canteen goes by it: its own document and the organisation's, which comes with
//! the catalogue and counts at once.

use canteen_audit::Event;
use canteen_signatures::Signatures;
use canteen_watch::Place;

use crate::App;
use crate::fault::AppError;
use crate::wire::{KnownRunners, Topic};

impl App {
    /// Where the watch looks for weights.
    pub(crate) fn places(&self) -> Vec<Place> {
        let folders = (self.home.as_path(), self.downloads.as_path());
        let places = canteen_watch::known_places(&self.shelf.runners(), folders, self.moved_stores());
        self.watched.places(places.iter().map(|place| place.name.clone()).collect());
        places
    }

    pub(crate) fn known_runners(&self) -> KnownRunners {
        KnownRunners { built_in: Signatures::built_in().version(), organisation: self.shelf.runners_version() }
    }

    /// The organisation's document is another one: the running watch looks at its places, too, and what is only listed by now is
    /// pointed out no longer.
    pub(crate) fn runners_changed(&self) -> Result<(), AppError> {
        if let Some(version) = self.shelf.runners_version() {
            self.store.audit().append(Event::SignaturesAccepted { version })?;
        }
        let runners = self.shelf.runners();
        for mut row in self.store.sightings().open()? {
            if !row.inventory && runners.class_of(&row.path, &self.home, None).is_some() {
                row.inventory = true;
                let kin = self.judge_row(&mut row);
                self.store.sightings().put(&row, None)?;
                self.note_kin(&row, kin)?;
            }
        }
        self.rescan();
        self.events.changed(&[Topic::Sightings, Topic::Log]);
        Ok(())
    }
}
