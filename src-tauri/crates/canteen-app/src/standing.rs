//! What the tray shows, read in one go.

use canteen_store::Kept;
use canteen_types::{EntryId, NudgeId, NudgeReason};

use crate::App;
use crate::fault::AppError;
use crate::nudges::STANDING;
use crate::text::{Tongue, name};
use crate::wire::{Fault, Installation, Settings, Status};

/// Where things stand, as the tray needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// As every face gets it.
    pub status: Status,
    /// Installed, approved, not running, by name.
    pub startable: Vec<Startable>,
    /// Installations at work.
    pub fetching: usize,
    /// What waits for an answer, newest first.
    pub attention: Vec<Pointed>,
    /// The language to say it in.
    pub tongue: Tongue,
    /// Size of the window's text, in percent; absent where the settings cannot be read.
    pub text_size: Option<u32>,
}

/// A model that could be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Startable {
    /// Its entry.
    pub id: EntryId,
    /// Its name, one line.
    pub name: String,
}

/// A nudge that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// Which.
    pub id: NudgeId,
    /// What it is, one line, in the person's language.
    pub title: String,
}

impl App {
    /// Where things stand, for the tray.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn standing(&self) -> Result<Standing, Fault> {
        let status = self.get_status().await?;
        let result = self.blocking(|app| {
            let settings = app.settings().ok();
            Ok(Standing {
                startable: app.startable()?,
                fetching: app.installs.len(),
                attention: app.pointed()?,
                tongue: app.tongue_of(settings.as_ref()),
                text_size: settings.map(|settings| settings.text_size),
                status,
            })
        });
        let result = result.await;
        self.told(result)
    }

    fn startable(&self) -> Result<Vec<Startable>, AppError> {
        let rows = self.installations()?;
        let mut all = Vec::new();
        for row in rows.values().filter(|row| row.state == Kept::Installed) {
            let Some(entry) = self.shelf.entry(&row.key.id) else { continue };
            let ready = entry.runs_in_engine() && self.installation(&entry, &rows) == Installation::Installed;
            if ready && self.runs.of_model(&entry.key.id).is_none() {
                all.push(Startable { id: entry.key.id.clone(), name: name(&entry.display_name) });
            }
        }
        all.sort_by_cached_key(|model| model.name.to_lowercase());
        Ok(all)
    }

    fn pointed(&self) -> Result<Vec<Pointed>, AppError> {
        let mut all = Vec::new();
        for nudge in self.store.nudges().shown(STANDING)? {
            let sighting = self.store.sightings().get(nudge.sighting)?;
            let reason = nudge.reason.parse().unwrap_or(NudgeReason::Unapproved);
            let title = sighting.map_or_else(|| name(&nudge.title), |row| self.headline(&row, reason));
            all.push(Pointed { id: nudge.id, title });
        }
        Ok(all)
    }

    /// The language of tray and notifications.
    pub(crate) fn tongue(&self) -> Tongue {
        self.tongue_of(self.settings().ok().as_ref())
    }

    fn tongue_of(&self, settings: Option<&Settings>) -> Tongue {
        let chosen = settings.map(|settings| settings.language).unwrap_or_default();
        Tongue::of(chosen, self.system_language().as_deref())
    }
}
