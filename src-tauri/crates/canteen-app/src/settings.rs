//! What the person chose and what the organisation has set.

mod layers;

use canteen_audit::Event;
use serde_json::{Map, Value};

use crate::App;
use crate::fault::{AppError, fault};
use crate::wire::{Fault, ManagedSettings, Settings, SettingsChange, SettingsPage, Topic};
use layers::{Managed, OutOfBounds};

/// What the person chose, as one value: it changes in one step.
const CHOSEN: &str = "settings.chosen";
/// What the organisation's file said when it was last good.
const LAST_MANAGED: &str = "settings.managed";
/// The organisation's file, in the folder that only an administrator can write.
const FILE: &str = "settings.json";
/// Longest such file, in bytes.
const LONGEST: u64 = 64 << 10;

impl App {
    /// The settings in force.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn settings(&self) -> Result<Settings, AppError> {
        let (managed, _) = self.managed_settings()?;
        self.in_force(&managed)
    }

    /// The settings in force, and what of them the organisation has set.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get_settings(&self) -> Result<SettingsPage, Fault> {
        let result = self.blocking(Self::settings_page).await;
        self.told(result)
    }

    /// Takes new values over. What the organisation has set cannot be changed.
    ///
    /// # Errors
    /// A managed setting, a value that is out of bounds, or a store that refuses.
    pub async fn change_settings(&self, change: SettingsChange) -> Result<SettingsPage, Fault> {
        let result = self.blocking(move |app| app.try_change(change)).await;
        self.told(result)
    }

    pub(crate) fn settings_page(&self) -> Result<SettingsPage, AppError> {
        let (managed, broken) = self.managed_settings()?;
        Ok(SettingsPage {
            settings: self.in_force(&managed)?,
            managed: ManagedSettings {
                fields: managed.settings.names().into_iter().map(str::to_owned).collect(),
                by: managed.set_by,
                fault: broken.map(|error| fault(&error, self.now())),
            },
            cores: self.cores,
            automatic_threads: self.threads,
        })
    }

    fn try_change(&self, change: SettingsChange) -> Result<SettingsPage, AppError> {
        let _one = self.deciding.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (managed, _) = self.managed_settings()?;
        let mut chosen = self.chosen()?;
        let change = change.news(&self.in_force(&managed)?);
        let fixed = managed.settings.names();
        if let Some(name) = change.names().into_iter().find(|name| fixed.contains(name)) {
            return Err(AppError::ManagedSetting { name });
        }
        change.check(self.cores).map_err(|OutOfBounds { name, least, most }| AppError::OutOfBounds { name, least, most })?;
        let names = change.names();
        if !names.is_empty() {
            if let Some(on) = change.autostart {
                self.start_by_itself(on)?;
            }
            chosen.take(change);
            let event = Event::SettingsChanged { what: names.join(", ") };
            self.store.settings().put(CHOSEN, &chosen, Some(event))?;
            self.events.changed(&[Topic::Settings, Topic::Status, Topic::Log]);
        }
        self.settings_page()
    }

    fn in_force(&self, managed: &Managed) -> Result<Settings, AppError> {
        let mut settings = layers::merged(&self.chosen()?, &managed.settings);
        match self.starts_by_itself() {
            Ok(on) => settings.autostart = on,
            Err(error) => tracing::warn!(%error, "whether Canteen starts with the computer cannot be told"),
        }
        Ok(settings)
    }

    /// What the organisation has set about starting with the computer is done at each start of the desktop app. What the person
    /// has switched off, here or in the desktop's settings, is left alone.
    pub(crate) fn obey_managed_autostart(&self) -> Result<(), AppError> {
        let (managed, _) = self.managed_settings()?;
        match managed.settings.autostart {
            Some(on) if self.starts_by_itself()? != on => self.start_by_itself(on),
            Some(_) | None => Ok(()),
        }
    }

    fn chosen(&self) -> Result<SettingsChange, AppError> {
        Ok(layers::kept(self.store.settings().get::<Map<String, Value>>(CHOSEN)?.unwrap_or_default()))
    }

    /// What the organisation's file says. When it cannot be used, what it said last stays in force, with the reason.
    fn managed_settings(&self) -> Result<(Managed, Option<AppError>), AppError> {
        let last = self.store.settings().get::<Managed>(LAST_MANAGED)?;
        let read = match canteen_os::read_managed(&self.managed.join(FILE), LONGEST) {
            Ok(None) => Ok(Managed::default()),
            Ok(Some(bytes)) => {
                Managed::parse(&bytes, self.cores).map_err(|because| AppError::ManagedBroken { file: FILE, because })
            }
            Err(error) => Err(AppError::Os(error)),
        };
        match read {
            Ok(managed) => {
                if last.as_ref().unwrap_or(&Managed::default()) != &managed {
                    let event = Event::SettingsChanged { what: "managed by your organisation".to_owned() };
                    self.store.settings().put(LAST_MANAGED, &managed, Some(event))?;
                }
                Ok((managed, None))
            }
            Err(error) => Ok((last.unwrap_or_default(), Some(error))),
        }
    }
}
