//! What the catalogue offers, seen from this computer.

use std::collections::BTreeMap;

use canteen_policy::{Checked, Room, room_for};
use canteen_store::{InstallationRow, Kept};
use canteen_types::{Entry, EntryId, IncidentId, LicenceText, PauseReason, Source};

use crate::App;
use crate::fault::AppError;
use crate::wire::{Base, Fault, Fit, Installation, Model, ModelPage};

impl App {
    /// All entries, those that can be used at once first, then by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_models(&self) -> Result<Vec<Model>, Fault> {
        let result = self.blocking(Self::models).await;
        self.told(result)
    }

    /// Everything that one entry says.
    ///
    /// # Errors
    /// When there is no such entry.
    pub async fn get_model(&self, id: EntryId) -> Result<ModelPage, Fault> {
        let result = self.blocking(move |app| app.page(&app.entry(&id)?)).await;
        self.told(result)
    }

    pub(crate) fn entry(&self, id: &EntryId) -> Result<Entry, AppError> {
        let entry = self.shelf.entry(id);
        entry.map(|entry| Entry::clone(&entry)).ok_or_else(|| AppError::Unknown { kind: "model", id: id.to_string() })
    }

    fn models(&self) -> Result<Vec<Model>, AppError> {
        let rows = self.store.installations().all()?;
        let mut models: Vec<Model> =
            self.shelf.entries().iter().map(|entry| self.model(entry, &rows)).collect::<Result<_, _>>()?;
        models.sort_by_key(|model| (model.installation != Installation::Installed, model.name.to_lowercase()));
        Ok(models)
    }

    pub(crate) fn model(&self, entry: &Entry, rows: &[InstallationRow]) -> Result<Model, AppError> {
        let id = &entry.key.id;
        let accepted = self.store.licences().accepted(id)?;
        let live = self.runs.of_model(id);
        Ok(Model {
            id: id.clone(),
            version: entry.key.version,
            name: entry.display_name.clone(),
            summary: entry.summary.clone(),
            publisher: entry.publisher.clone(),
            licence: entry.licence.name().to_owned(),
            licence_to_accept: entry.licence.must_accept && accepted != Some(entry.licence.digest()),
            tasks: entry.tasks.clone(),
            languages: entry.languages.clone(),
            parameters: entry.parameters,
            quantisation: entry.quantisation.to_string(),
            size: entry.artifact.size.bytes(),
            memory_minimum: entry.memory_minimum.bytes(),
            fit: match room_for(entry.memory_minimum, self.memory) {
                Room::Plenty => Fit::Well,
                Room::Tight => Fit::Tight,
                Room::TooLittle => Fit::TooLarge,
            },
            measured_speed: self.store.runs().last_speed_milli(id)?.map(crate::runs::milli),
            data_approved: entry.data_approved.clone(),
            data_not_approved: entry.data_not_approved.clone(),
            runs_in_engine: entry.runs_in_engine(),
            installation: self.installation(entry, rows),
            run: live,
        })
    }

    /// Live work first, then what the store remembers.
    pub(crate) fn installation(&self, entry: &Entry, rows: &[InstallationRow]) -> Installation {
        if let Some(live) = self.installs.state(&entry.key.id) {
            return live;
        }
        let Some(row) = rows.iter().find(|row| row.key.id == entry.key.id && row.digest == entry.artifact.digest) else {
            return Installation::Absent;
        };
        if row.state == Kept::Fetching {
            // Its work ended after `rows` were read. The end is written down before the work is forgotten: look again.
            let now = self.store.installations().all().unwrap_or_default();
            return match now.iter().find(|row| row.key.id == entry.key.id && row.digest == entry.artifact.digest) {
                Some(row) => self.remembered(entry, row),
                None => Installation::Absent,
            };
        }
        self.remembered(entry, row)
    }

    fn remembered(&self, entry: &Entry, row: &InstallationRow) -> Installation {
        let total = entry.artifact.size.bytes();
        match &row.state {
            Kept::Installed if self.library.has(&row.digest) => Installation::Installed,
            Kept::Installed => Installation::Absent,
            Kept::Paused { reason } => {
                Installation::Paused { reason: *reason, done: self.library.partial(&entry.artifact).bytes(), total }
            }
            Kept::Fetching => {
                Installation::Paused { reason: PauseReason::Quit, done: self.library.partial(&entry.artifact).bytes(), total }
            }
            Kept::Failed { code, message, remedy } => Installation::Failed {
                fault: Fault {
                    code: code.clone(),
                    message: message.clone(),
                    remedy: *remedy,
                    subject: BTreeMap::new(),
                    // The log has the cause under the incident of that day; here the time tells them apart.
                    incident: IncidentId::new(row.updated, [0; 10]),
                },
            },
        }
    }

    fn page(&self, entry: &Entry) -> Result<ModelPage, AppError> {
        let rows = self.store.installations().all()?;
        let model = self.model(entry, &rows)?;
        let installed = model.installation == Installation::Installed;
        Ok(ModelPage {
            licence_text: match &entry.licence.text {
                LicenceText::Spdx(_) => None,
                LicenceText::Own { text, .. } => Some(text.clone()),
            },
            licence_digest: entry.licence.digest(),
            context_length: entry.context_length,
            context_tokens: entry.engine.context_tokens.min(entry.context_length),
            format: entry.artifact.format,
            digest: entry.artifact.digest,
            sources: entry.artifact.sources.iter().map(place).collect(),
            chat_template: entry.chat_template,
            base_chain: entry
                .base_chain
                .iter()
                .map(|base| Base { name: base.name.clone(), publisher: base.publisher.clone(), entry: base.entry.clone() })
                .collect(),
            uses_approved: entry.uses_approved.iter().map(ToString::to_string).collect(),
            uses_not_approved: entry.uses_not_approved.iter().map(ToString::to_string).collect(),
            approver: entry.approval.approver.clone(),
            approver_role: entry.approval.role.clone(),
            approved_on: entry.approval.approved_on,
            review_due: entry.approval.review_due,
            review_overdue: entry.approval.review_due <= self.now(),
            installed_path: installed.then(|| self.library.path_of(&entry.artifact.digest).display().to_string()),
            model,
        })
    }

    pub(crate) fn checked<'a>(&self, entry: &'a Entry) -> Result<Checked<'a>, AppError> {
        Ok(Checked { entry, accepted: self.store.licences().accepted(&entry.key.id)?, catalogue: self.shelf.state(self.now()) })
    }

    /// What people call an entry; its id when the catalogue no longer has it.
    pub(crate) fn model_name(&self, id: &EntryId) -> String {
        self.shelf.entry(id).map_or_else(|| id.to_string(), |entry| entry.display_name.clone())
    }
}

/// A host or a share, without the path: enough to know where bytes come from.
fn place(source: &Source) -> String {
    match source {
        Source::Https(url) => url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or("a mirror").to_owned(),
        Source::File(_) => "a folder or share of your organisation".to_owned(),
    }
}
