//! *That is no model*, or *not mine*: what the person says about a sighting. It stays known and listed, and is not nudged about
//! until there is new evidence: other bytes, or a program that begins to use it.

use canteen_audit::Event;
use canteen_types::SightingId;

use crate::App;
use crate::fault::AppError;
use crate::wire::{Fault, Topic};

/// The word in the table.
pub(crate) const DISPUTED: &str = "disputed";

impl App {
    /// The person says that this is no model, or not theirs.
    ///
    /// # Errors
    /// When there is no such open sighting.
    pub async fn dispute_sighting(&self, id: SightingId) -> Result<(), Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "sighting", id: id.to_string() };
                let mut row = app.store.sightings().get(id)?.filter(|row| row.resolved.is_none()).ok_or_else(unknown)?;
                row.resolved = Some(DISPUTED.to_owned());
                let event = Event::SightingResolved { sighting: id, why: DISPUTED.to_owned() };
                app.store.sightings().put(&row, Some(event))?;
                app.events.changed(&[Topic::Sightings, Topic::Log]);
                app.consider()
            })
            .await;
        self.told(result)
    }

    /// The person takes that back.
    ///
    /// # Errors
    /// When there is no such disputed sighting.
    pub async fn reopen_sighting(&self, id: SightingId) -> Result<(), Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "sighting", id: id.to_string() };
                let disputed = |row: &canteen_store::SightingRow| row.resolved.as_deref() == Some(DISPUTED);
                let row = app.store.sightings().get(id)?.filter(disputed).ok_or_else(unknown)?;
                app.reopen(row)
            })
            .await;
        self.told(result)
    }

    pub(crate) fn reopen(&self, mut row: canteen_store::SightingRow) -> Result<(), AppError> {
        row.resolved = None;
        // The catalogue may have changed while nobody asked.
        self.judge_row(&mut row);
        let (sighting, name, found_in) = (row.id, row.name.clone(), row.found_in.clone());
        self.store.sightings().put(&row, Some(Event::SightingOpened { sighting, name, found_in }))?;
        self.events.changed(&[Topic::Sightings, Topic::Log]);
        self.consider()
    }
}
