//! What helps IT to help: a text that the person reads in the window before it is written anywhere.

mod bundle;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use canteen_os::{Computer, OsVersion};
use canteen_store::Kept;
use canteen_types::Timestamp;

use crate::App;
use crate::fault::AppError;
use crate::wire::{Diagnostics, Fault, SavedFile};
use bundle::FaultLine;

/// Faults that are remembered until Canteen ends.
const FAULTS: usize = 20;
/// Ended runs that are listed.
const RUNS: u32 = 10;

/// The last faults that faces were told.
#[derive(Debug, Default)]
pub(crate) struct LastFaults(Mutex<VecDeque<FaultLine>>);

impl LastFaults {
    pub(crate) fn add(&self, at: Timestamp, fault: &Fault) {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.truncate(FAULTS - 1);
        faults.push_front(FaultLine { at, code: fault.code.clone(), incident: fault.incident.to_string() });
    }

    fn all(&self) -> Vec<FaultLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl App {
    /// The text, as it would be saved.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get_diagnostics(&self) -> Result<Diagnostics, Fault> {
        let result = self
            .blocking(|app| {
                let text = bundle::text(&app.facts()?);
                *app.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.clone());
                Ok(Diagnostics { text })
            })
            .await;
        self.told(result)
    }

    /// Writes the text that was shown last into the person's folder for downloads.
    ///
    /// # Errors
    /// When none was shown yet, or the disk refuses.
    pub async fn save_diagnostics(&self) -> Result<SavedFile, Fault> {
        let result = self
            .blocking(|app| {
                let text = app.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let text = text.ok_or(AppError::Form("Read the diagnostics before they are saved."))?;
                let name = format!("canteen-diagnostics-{}.json", file_time(app.now()));
                app.saved(app.new_download(&name, &text)?)
            })
            .await;
        self.told(result)
    }

    fn facts(&self) -> Result<bundle::Facts, AppError> {
        let status = self.status()?;
        let system = OsVersion::probe();
        let computer = Computer::probe()?;
        let log = self.store.audit().verify()?;
        let folder = self.models_folder()?;
        let page = self.settings_page()?;
        let seen = self.computer()?;
        let rows = self.installations()?;
        Ok(bundle::Facts {
            taken: self.now(),
            canteen: bundle::Canteen {
                version: env!("CARGO_PKG_VERSION"),
                build: if cfg!(debug_assertions) { "debug" } else { "release" },
                host: self.kind.word(),
            },
            system: bundle::System { name: system.name, kernel: system.kernel, architecture: system.architecture },
            hardware: bundle::Hardware {
                processor: computer.processor,
                physical_cores: computer.physical_cores,
                logical_cores: computer.logical_cores,
                memory_bytes: computer.memory.bytes(),
                memory_available_bytes: computer.memory_available.bytes(),
                instruction_sets: computer.instruction_sets,
                graphics: computer.gpus.map(|gpus| gpus.into_iter().map(|gpu| gpu.name).collect()),
            },
            sandbox: status.sandbox,
            store: bundle::StoreHealth { key_place: status.key_place, log_rows: log.rows, log_unbroken: log.broken_at.is_none() },
            catalogue: bundle::Catalogue {
                state: status.catalogue.state,
                set_by: self.connection()?.set_by,
                version: status.catalogue.version,
                entries: status.catalogue.entries,
                checked: status.catalogue.checked,
                expires: status.catalogue.expires,
                refused: status.catalogue.refused.map(|refused| refused.code),
            },
            models_folder: bundle::Folder {
                usual: folder.path == folder.usual_path,
                there: folder.there,
                used_bytes: folder.used,
                free_bytes: folder.free,
                moving: folder.moving.is_some(),
            },
            models: rows
                .into_values()
                .map(|row| bundle::ModelLine {
                    entry: row.key.id.to_string(),
                    version: row.key.version,
                    state: match row.state {
                        Kept::Fetching => "fetching".to_owned(),
                        Kept::Paused { .. } => "paused".to_owned(),
                        Kept::Installed => "installed".to_owned(),
                        Kept::Failed { code, .. } => code,
                    },
                })
                .collect(),
            runs: self.store.runs().newest(RUNS)?.into_iter().map(run_line).collect(),
            settings: bundle::SettingsLine {
                language: page.settings.language,
                appearance: page.settings.appearance,
                text_size: page.settings.text_size,
                autostart: page.settings.autostart,
                idle_minutes: page.settings.idle_minutes,
                threads: page.settings.threads,
                managed: page.managed.fields,
                managed_fault: page.managed.fault.map(|fault| fault.code),
            },
            watch: bundle::Watch {
                places: seen.watched.len(),
                runners: seen.runners,
                asking_servers: seen.asking,
                last_look: seen.last_look,
                open_sightings: seen.sightings.len(),
                notifications: status.notifications,
            },
            faults: self.faults.all(),
        })
    }
}

fn run_line(row: canteen_store::RunRow) -> bundle::RunLine {
    bundle::RunLine { entry: row.key.id.to_string(), started: row.started, ended: row.ended_at, why: row.reason }
}

/// As a part of a file name that every system takes.
fn file_time(now: Timestamp) -> String {
    now.to_string().chars().filter(char::is_ascii_alphanumeric).take(15).collect()
}
