//! What the catalogue offers, seen from this computer.

use std::collections::{BTreeMap, BTreeSet};

use canteen_catalogue::{Snapshot, Verified};
use canteen_policy::{Checked, Measured, Refusal, Speed, Suits, room_for, suits};
use canteen_store::{InstallationRow, Kept};
use canteen_types::{Digest, Entry, EntryId, IncidentId, LicenceText, PauseReason, Source};

use crate::App;
use crate::fault::AppError;
use crate::wire::{
    AcceptedHazards, Base, Fault, Fit, Installation, InstalledVersion, Model, ModelPage, SignedFile, SignedKey, SourcePlace,
};

/// What the store remembers about installations, by entry.
pub(crate) type Installations = BTreeMap<EntryId, InstallationRow>;

/// What the store knows about models.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) installations: Installations,
    accepted: BTreeMap<EntryId, Digest>,
    pub(crate) speeds: BTreeMap<EntryId, u64>,
    pub(crate) measured: Vec<Measured>,
}

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
        let result = self.blocking(move |app| app.page(&app.listed_or_kept(&id)?)).await;
        self.told(result)
    }

    /// The approved entry. One that the catalogue no longer lists, but that is still here, is refused as withdrawn.
    pub(crate) fn entry(&self, id: &EntryId) -> Result<Verified<Entry>, AppError> {
        match self.shelf.entry(id) {
            Some(entry) => Ok(entry),
            None => {
                self.kept(id)?;
                Err(self.refused(vec![Refusal::Withdrawn]))
            }
        }
    }

    pub(crate) fn listed_or_kept(&self, id: &EntryId) -> Result<Entry, AppError> {
        self.shelf.entry(id).map_or_else(|| self.kept(id), |entry| Ok(Entry::clone(&entry)))
    }

    /// The entry as it was when it was installed. A memory, never a licence to start it.
    fn kept(&self, id: &EntryId) -> Result<Entry, AppError> {
        let kept = self.installations()?.get(id).filter(|row| row.state == Kept::Installed).and_then(kept_entry);
        kept.ok_or_else(|| AppError::Unknown { kind: "model", id: id.to_string() })
    }

    fn models(&self) -> Result<Vec<Model>, AppError> {
        let known = self.known()?;
        let listed = self.shelf.entries();
        let mut models: Vec<Model> = listed.iter().map(|entry| self.model(entry, &known)).collect();
        let ids: BTreeSet<&EntryId> = listed.iter().map(|entry| &entry.key.id).collect();
        let gone = known.installations.values().filter(|row| row.state == Kept::Installed && !ids.contains(&row.key.id));
        models.extend(gone.filter_map(kept_entry).map(|entry| self.model(&entry, &known)));
        models.sort_by_cached_key(|model| (model.installation != Installation::Installed, model.name.to_lowercase()));
        Ok(models)
    }

    pub(crate) fn installations(&self) -> Result<Installations, AppError> {
        let rows = self.store.installations().all()?;
        Ok(rows.into_iter().map(|row| (row.key.id.clone(), row)).collect())
    }

    /// What the store knows about models, read once for all of them.
    pub(crate) fn known(&self) -> Result<Known, AppError> {
        let installations = self.installations()?;
        let speeds = self.store.runs().last_speeds_milli()?;
        let size = |id: &EntryId| {
            let listed = self.shelf.entry(id).map(|entry| entry.artifact.size);
            listed.or_else(|| installations.get(id).map(|row| row.size))
        };
        let measured = crate::hardware::measured(speeds.iter(), size);
        Ok(Known { installations, accepted: self.store.licences().all()?, speeds, measured })
    }

    pub(crate) fn model(&self, entry: &Entry, known: &Known) -> Model {
        let id = &entry.key.id;
        let accepted = known.accepted.get(id).copied();
        let speed = known.speed(entry);
        Model {
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
            fit: match suits(room_for(entry.memory_minimum, self.memory), runnable(entry, speed)) {
                Suits::Well => Fit::Well,
                Suits::Slowly => Fit::Slow,
                Suits::Tightly => Fit::Tight,
                Suits::Not => Fit::TooLarge,
            },
            measured_speed: known.speeds.get(id).copied().map(crate::runs::milli),
            expected_speed: match runnable(entry, speed) {
                Speed::Expected(speed) => Some(crate::runs::milli(speed)),
                Speed::Measured(_) | Speed::Unknown => None,
            },
            data_approved: entry.data_approved.clone(),
            data_not_approved: entry.data_not_approved.clone(),
            runs_in_engine: entry.runs_in_engine(),
            approved_on: entry.approval.approved_on,
            review_overdue: entry.approval.review_due <= self.now(),
            installation: self.installation(entry, &known.installations),
            run: self.runs.of_model(id),
        }
    }

    /// Live work first, then what the store remembers.
    pub(crate) fn installation(&self, entry: &Entry, rows: &Installations) -> Installation {
        let id = &entry.key.id;
        if let Some(live) = self.installs.state(id) {
            return live;
        }
        let row = rows.get(id);
        if !self.shelf.is_for_me(entry) && self.shelf.entry(id).is_some() {
            let here = row.is_some_and(|row| row.state == Kept::Installed && self.library.has(&row.digest));
            return Installation::NotForGroup { here };
        }
        match row {
            None => Installation::Absent,
            Some(row) if row.state == Kept::Fetching => {
                // Its work ended after `rows` were read. The end is written down before the work is forgotten: look again.
                let now = self.installations().unwrap_or_default();
                now.get(id).map_or(Installation::Absent, |row| self.remembered(entry, row))
            }
            Some(row) => self.remembered(entry, row),
        }
    }

    fn remembered(&self, entry: &Entry, row: &InstallationRow) -> Installation {
        let total = entry.artifact.size.bytes();
        let same_bytes = row.digest == entry.artifact.digest;
        match &row.state {
            Kept::Installed if !self.library.has(&row.digest) => Installation::Absent,
            Kept::Installed if self.shelf.entry(&row.key.id).is_none() => Installation::Withdrawn,
            Kept::Installed if same_bytes => Installation::Installed,
            Kept::Installed => Installation::UpdateAvailable { installed_version: row.key.version },
            // Begun for bytes that are no longer the approved ones: whoever installs begins anew.
            Kept::Paused { .. } | Kept::Fetching | Kept::Failed { .. } if !same_bytes => Installation::Absent,
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
        let known = self.known()?;
        let model = self.model(entry, &known);
        let (snapshot, fingerprints) = (self.shelf.snapshot(), self.shelf.fingerprints());
        let path = || self.library.path_of(&entry.artifact.digest).display().to_string();
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
                .map(|base| Base {
                    name: base.name.clone(),
                    publisher: base.publisher.clone(),
                    entry: base.entry.clone(),
                    measured: base.entry.as_ref().and_then(|base| fingerprints.relation(base, &entry.key.id)),
                })
                .collect(),
            kin: fingerprints.kin_of(&entry.key.id).into_iter().map(Into::into).collect(),
            uses_approved: entry.uses_approved.iter().map(ToString::to_string).collect(),
            uses_not_approved: entry.uses_not_approved.iter().map(ToString::to_string).collect(),
            groups: entry.groups.iter().map(ToString::to_string).collect(),
            approver: entry.approval.approver.clone(),
            approver_role: entry.approval.role.clone(),
            accepted_hazards: entry
                .approval
                .accepted_hazards
                .as_ref()
                .map(|accepted| AcceptedHazards { codes: accepted.codes.clone(), reason: accepted.reason.clone() }),
            review_due: entry.approval.review_due,
            installed_path: (model.installation == Installation::Installed).then(path),
            listed: snapshot.as_ref().is_some_and(|snapshot| snapshot.catalogue.entry(&entry.key.id).is_some()),
            installed: known.installations.get(&entry.key.id).and_then(|row| installed(row, entry)),
            signatures: snapshot.iter().flat_map(|snapshot| signed_files(snapshot, entry)).collect(),
            department: snapshot.and_then(|snapshot| snapshot.departments.get(&entry.key.id).cloned()),
            model,
        })
    }

    pub(crate) fn checked<'a>(&self, entry: &'a Entry) -> Result<Checked<'a>, AppError> {
        Ok(Checked {
            entry,
            accepted: self.store.licences().accepted(&entry.key.id)?,
            for_group: self.shelf.is_for_me(entry),
            catalogue: self.shelf.state(self.now()),
        })
    }

    /// What people call an entry; its id when the catalogue no longer has it.
    pub(crate) fn model_name(&self, id: &EntryId) -> String {
        self.shelf.entry(id).map_or_else(|| id.to_string(), |entry| entry.display_name.clone())
    }
}

fn kept_entry(row: &InstallationRow) -> Option<Entry> {
    canteen_catalogue::document::entry_from_text(row.document.as_deref()?)
}

/// A speed is one of writing: what the engine does not run has none.
fn runnable(entry: &Entry, speed: Speed) -> Speed {
    if entry.runs_in_engine() { speed } else { Speed::Unknown }
}

/// A host or a share, without the path: enough to know where bytes come from.
fn place(source: &Source) -> SourcePlace {
    match source {
        Source::Https(url) => {
            let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
            SourcePlace::Mirror { host: host.unwrap_or_default().to_owned() }
        }
        Source::File(_) => SourcePlace::Folder,
    }
}

fn installed(row: &InstallationRow, now: &Entry) -> Option<InstalledVersion> {
    let then = (row.state == Kept::Installed).then(|| kept_entry(row))?;
    Some(InstalledVersion {
        version: row.key.version,
        same_bytes: row.digest == now.artifact.digest,
        digest: row.digest,
        installed: row.updated,
        approved_on: then.as_ref().map(|then| then.approval.approved_on),
        approver: then.map(|then| then.approval.approver),
    })
}

fn signed_files(snapshot: &Snapshot, entry: &Entry) -> Vec<SignedFile> {
    if snapshot.catalogue.entry(&entry.key.id).is_none() {
        return Vec::new();
    }
    let signed = |key: &canteen_catalogue::RoleKey| SignedKey { id: key.id.clone(), signed: key.signed };
    let file = |role: &canteen_catalogue::SignedRole| SignedFile {
        role: role.role.clone(),
        version: role.version,
        expires: role.expires,
        needed: role.needed,
        keys: role.keys.iter().map(signed).collect(),
    };
    snapshot.signatures_of(&entry.key.id).into_iter().map(file).collect()
}
