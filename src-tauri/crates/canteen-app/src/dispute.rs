//! *This is not a model*, or *this is not me*: what the person says about a sighting. It stays known and listed, and is not nudged about
//! until there is new evidence: other bytes, or a program that begins to use it.

use canteen_audit::Event;
use canteen_store::DISPUTED;
use canteen_types::SightingId;

use crate::App;
use crate::fault::AppError;
use crate::wire::{DisputeSighting, Fault, Topic};

/// Whether a sighting is resolved because the person disputes it.
pub(crate) fn is_dispute(resolved: &str) -> bool {
    DISPUTED.contains(&resolved)
}

impl App {
    /// The person says that this is no model, or that it is not them who uses it.
    ///
    /// # Errors
    /// When there is no such open sighting.
    pub async fn dispute_sighting(&self, DisputeSighting { id, why }: DisputeSighting) -> Result<(), Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "sighting", id: id.to_string() };
                let mut row = app.store.sightings().get(id)?.filter(|row| row.resolved.is_none()).ok_or_else(unknown)?;
                row.resolved = Some(why.word().to_owned());
                let event = Event::SightingResolved { sighting: id, why: why.word().to_owned() };
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
                let disputed = |row: &canteen_store::SightingRow| row.resolved.as_deref().is_some_and(is_dispute);
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
