//! Installing: from the catalogue's word to verified bytes in the library, with pause, cancel and going on after a kill.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use canteen_audit::Event;
use canteen_inspect::Reader;
use canteen_library::{LibraryError, Progress, RateMeter};
use canteen_store::{Approved, Kept};
use canteen_types::{Coded as _, Digest, Entry, EntryId, EntryKey, PauseReason};
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::fault::{AppError, fault};
use crate::models::Installations;
use crate::wire::{AppEvent, Fault, InstallModel, Installation, Topic};

/// Why a job's token was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    GoOn,
    Pause(PauseReason),
    Cancel,
}

#[derive(Debug)]
struct Job {
    token: CancellationToken,
    wish: Wish,
    state: Installation,
}

/// The installations that are at work.
#[derive(Debug, Default)]
pub(crate) struct Installs(Mutex<HashMap<EntryId, Job>>);

impl Installs {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<EntryId, Job>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn state(&self, id: &EntryId) -> Option<Installation> {
        self.with(|jobs| jobs.get(id).map(|job| job.state.clone()))
    }

    /// `None` when this entry is being installed already.
    fn begin(&self, id: &EntryId, state: Installation) -> Option<CancellationToken> {
        self.with(|jobs| {
            if jobs.contains_key(id) {
                return None;
            }
            let token = CancellationToken::new();
            jobs.insert(id.clone(), Job { token: token.clone(), wish: Wish::GoOn, state });
            Some(token)
        })
    }

    fn set(&self, id: &EntryId, state: Installation) {
        self.with(|jobs| {
            if let Some(job) = jobs.get_mut(id) {
                job.state = state;
            }
        });
    }

    /// Tells a job to stop; `false` when none is at work.
    fn stop(&self, id: &EntryId, wish: Wish) -> bool {
        self.with(|jobs| match jobs.get_mut(id) {
            Some(job) => {
                job.wish = wish;
                job.token.cancel();
                true
            }
            None => false,
        })
    }

    fn wish(&self, id: &EntryId) -> Wish {
        self.with(|jobs| jobs.get(id).map_or(Wish::GoOn, |job| job.wish))
    }

    fn end(&self, id: &EntryId) {
        self.with(|jobs| jobs.remove(id));
    }

    /// On the way out: what is at work rests and goes on at the next start.
    pub(crate) fn pause_all(&self) {
        self.with(|jobs| {
            for job in jobs.values_mut() {
                job.wish = Wish::Pause(PauseReason::Quit);
                job.token.cancel();
            }
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.with(|jobs| jobs.len())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.with(|jobs| jobs.is_empty())
    }
}

impl App {
    /// Begins or goes on. Returns once the work is under way; progress comes as events.
    ///
    /// # Errors
    /// When policy refuses, e.g. because the licence was not accepted.
    pub async fn install_model(&self, request: InstallModel) -> Result<(), Fault> {
        let result = self.try_install(request).await;
        self.told(result)
    }

    async fn try_install(&self, request: InstallModel) -> Result<(), AppError> {
        let entry = self.entry(&request.id)?;
        let accepted = request.accepted_licence;
        self.blocking(move |app| {
            if accepted.is_some_and(|accepted| accepted == entry.licence.digest()) && entry.licence.must_accept {
                let event = Event::LicenceAccepted { entry: entry.key.id.clone(), licence: entry.licence.name().to_owned() };
                app.store.licences().accept(&entry.key.id, entry.licence.digest(), event)?;
            }
            canteen_policy::may_install(&app.shelf.policy(), app.checked(&entry)?).map_err(|reasons| app.refused(reasons))?;
            if app.library.has(&entry.artifact.digest) {
                app.harmless(&entry)?;
                return app.keep_installed(&entry, "was here already");
            }
            app.spawn_install(Entry::clone(&entry))
        })
        .await
    }

    /// Goes on with what an ended host left behind; what the person paused stays paused.
    pub(crate) fn resume_installs(&self) -> Result<(), AppError> {
        for row in self.store.installations().all()? {
            let left = matches!(row.state, Kept::Fetching | Kept::Paused { reason: PauseReason::Quit });
            let Some(entry) = left.then(|| self.entry(&row.key.id).ok()).flatten() else { continue };
            let allowed = canteen_policy::may_install(&self.shelf.policy(), self.checked(&entry)?).is_ok();
            if allowed && entry.artifact.digest == row.digest {
                self.spawn_install(Entry::clone(&entry))?;
            }
        }
        Ok(())
    }

    /// Gives up what is being fetched, or waits for it, and is no longer for this person.
    pub(crate) fn cancel_disallowed(&self) -> Result<(), AppError> {
        for row in self.store.installations().all()? {
            let Some(entry) = self.shelf.entry(&row.key.id).filter(|entry| !self.shelf.is_for_me(entry)) else { continue };
            if !self.installs.stop(&row.key.id, Wish::Cancel) && row.state != Kept::Installed {
                self.forget_install(&entry)?;
            }
        }
        Ok(())
    }

    fn spawn_install(&self, entry: Entry) -> Result<(), AppError> {
        let total = entry.artifact.size.bytes();
        let done = self.library.partial(&entry.artifact).bytes();
        let state = Installation::Fetching { done, total, rate: 0, left_ms: None };
        let Some(token) = self.installs.begin(&entry.key.id, state) else { return Ok(()) };
        // Looked at after the work is known: a move that begins now sees it.
        if let Err(error) = self.not_moving().and_then(|()| self.begin_row(&entry)) {
            // Nothing is at work: or it could not be tried again before the next start.
            self.installs.end(&entry.key.id);
            return Err(error);
        }
        self.events.changed(&[Topic::Models]);
        let app = self.handle();
        self.tasks.spawn(async move {
            let result = app.bring(&entry, &token).await;
            let ended = app.blocking(move |app| app.end_install(&entry, result)).await;
            if let Err(error) = ended {
                tracing::error!(%error, "the end of an installation could not be recorded");
            }
        });
        Ok(())
    }

    /// Older bytes of this entry go first: they are no longer the approved ones, and their room is needed.
    fn begin_row(&self, entry: &Entry) -> Result<(), AppError> {
        let rows = self.installations()?;
        let older = rows.get(&entry.key.id).filter(|row| row.state == Kept::Installed && row.digest != entry.artifact.digest);
        if let Some(row) = older {
            self.remove_bytes(&row.key.id, &row.digest, &rows)?;
        }
        let event = older.map(|row| Event::ModelRemoved { entry: entry.key.id.clone(), digest: row.digest });
        self.remember(entry, Kept::Fetching, event)
    }

    /// Removes the file of an entry, unless another installation is of the same bytes.
    fn remove_bytes(&self, id: &EntryId, digest: &Digest, rows: &Installations) -> Result<(), AppError> {
        let shared = rows.values().any(|row| row.digest == *digest && row.key.id != *id);
        if shared { Ok(()) } else { Ok(self.library.remove(digest)?) }
    }

    fn remember(&self, entry: &Entry, state: Kept, event: Option<Event>) -> Result<(), AppError> {
        let document = canteen_catalogue::document::entry_text(entry);
        let approved = Approved { key: &entry.key, artifact: &entry.artifact, document };
        Ok(self.store.installations().set(approved, state, event)?)
    }

    /// The same bytes already on this disk are imported; else they are fetched.
    async fn bring(&self, entry: &Entry, token: &CancellationToken) -> Result<&'static str, LibraryError> {
        for candidate in self.same_size_nearby(entry) {
            self.show_progress(&entry.key, Installation::Verifying);
            let (library, artifact, token) = (self.library.clone(), entry.artifact.clone(), token.clone());
            let imported = tokio::task::spawn_blocking(move || library.import(&artifact, &candidate, |_| {}, &token)).await;
            match imported {
                Ok(Ok(_)) => return Ok("was on this disk already"),
                Ok(Err(LibraryError::Cancelled)) => return Err(LibraryError::Cancelled),
                // Not the same bytes after all, or they went away: fetch.
                Ok(Err(_)) | Err(_) => {}
            }
        }
        let total = entry.artifact.size.bytes();
        let meter = Mutex::new(RateMeter::default());
        let report = |progress: Progress| {
            let done = progress.done.bytes();
            let mut meter = meter.lock().unwrap_or_else(PoisonError::into_inner);
            meter.record(self.clock.monotonic(), done);
            let rate = meter.rate().unwrap_or(0);
            let left_ms = meter.left(total).map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
            self.show_progress(&entry.key, Installation::Fetching { done, total, rate, left_ms });
        };
        self.library.fetch(&entry.artifact, token.clone(), report).await?;
        Ok("was fetched")
    }

    fn show_progress(&self, key: &EntryKey, installation: Installation) {
        self.installs.set(&key.id, installation.clone());
        self.events.send(AppEvent::Progress { model: key.id.clone(), installation });
    }

    fn same_size_nearby(&self, entry: &Entry) -> Vec<PathBuf> {
        let found = self.store.sightings().candidates(entry.artifact.size, entry.artifact.digest);
        found.unwrap_or_default()
    }

    fn end_install(&self, entry: &Entry, result: Result<&'static str, LibraryError>) -> Result<(), AppError> {
        let id = &entry.key.id;
        let wish = self.installs.wish(id);
        let kept = match (result, wish) {
            (Ok(how), _) => match self.harmless(entry) {
                Ok(()) => self.keep_installed(entry, how),
                Err(error @ AppError::Hazardous { .. }) => self.drop_hazardous(entry, &error),
                Err(error) => self.keep_failed(entry, &error),
            },
            (Err(LibraryError::Cancelled), Wish::Cancel) => self.forget_install(entry),
            (Err(LibraryError::Cancelled), Wish::Pause(reason)) => {
                let state = Kept::Paused { reason };
                self.remember(entry, state, None)
            }
            (Err(error), _) => self.keep_failed(entry, &AppError::from(error)),
        };
        self.installs.end(id);
        let installation = self.installation(entry, &self.installations()?);
        self.events.send(AppEvent::Progress { model: id.clone(), installation });
        self.events.changed(&[Topic::Models, Topic::Log]);
        kept
    }

    /// Approved bytes are looked into once more: this Canteen may know of hazards that nobody knew of at the approval.
    fn harmless(&self, entry: &Entry) -> Result<(), AppError> {
        let path = self.library.path_of(&entry.artifact.digest);
        let report = canteen_inspect::inspect(&[path], Reader::Employee, &mut |_| ControlFlow::Continue(()));
        let accepted = entry.approval.accepted_hazards.as_ref().map_or(&[][..], |accepted| &accepted.codes);
        let codes: BTreeSet<&str> =
            report.files.iter().flat_map(|file| file.objections(accepted)).map(|hazard| hazard.code).collect();
        if let Some(because) = report.files.iter().find_map(|file| file.unreadable.clone()) {
            // Not looked into is not harmless.
            return Err(AppError::Internal(because.into()));
        }
        if codes.is_empty() {
            return Ok(());
        }
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        Err(AppError::Hazardous { name: entry.display_name.clone(), codes })
    }

    /// Nobody must load it by another way either. Unless it is installed under another entry, the bytes go.
    fn drop_hazardous(&self, entry: &Entry, error: &AppError) -> Result<(), AppError> {
        self.remove_bytes(&entry.key.id, &entry.artifact.digest, &self.installations()?)?;
        self.keep_failed(entry, error)
    }

    fn keep_installed(&self, entry: &Entry, how: &str) -> Result<(), AppError> {
        let event = Event::ModelInstalled {
            entry: entry.key.id.clone(),
            version: entry.key.version,
            digest: entry.artifact.digest,
            how: how.to_owned(),
        };
        self.remember(entry, Kept::Installed, Some(event))?;
        self.events.changed(&[Topic::Models, Topic::Log]);
        Ok(())
    }

    fn keep_failed(&self, entry: &Entry, error: &AppError) -> Result<(), AppError> {
        let shown = fault(error, self.now());
        let event = Event::ModelInstallFailed { entry: entry.key.id.clone(), code: shown.code.clone() };
        let state = Kept::Failed { code: shown.code, message: shown.message, remedy: error.remedy() };
        self.remember(entry, state, Some(event))
    }

    fn forget_install(&self, entry: &Entry) -> Result<(), AppError> {
        self.library.discard_partial(&entry.artifact)?;
        Ok(self.store.installations().remove(&entry.key.id, None)?)
    }

    /// Rests; the bytes that are here stay.
    ///
    /// # Errors
    /// When nothing is being installed under this id.
    pub fn pause_install(&self, id: EntryId) -> Result<(), Fault> {
        let stopped = self.installs.stop(&id, Wish::Pause(PauseReason::Person));
        let result = if stopped { Ok(()) } else { Err(AppError::Unknown { kind: "running installation", id: id.to_string() }) };
        self.told(result)
    }

    /// Gives up; the bytes that are here are removed.
    ///
    /// # Errors
    /// When the store or the disk refuses.
    pub async fn cancel_install(&self, id: EntryId) -> Result<(), Fault> {
        if self.installs.stop(&id, Wish::Cancel) {
            return Ok(());
        }
        let result = self
            .blocking(move |app| {
                let entry = app.entry(&id)?;
                app.forget_install(&entry)?;
                app.events.changed(&[Topic::Models]);
                Ok(())
            })
            .await;
        self.told(result)
    }

    /// Removes the file. A run of it is stopped first.
    ///
    /// # Errors
    /// When it is not installed, or the disk refuses.
    pub async fn remove_model(&self, id: EntryId) -> Result<(), Fault> {
        let result = self.try_remove(id).await;
        self.told(result)
    }

    async fn try_remove(&self, id: EntryId) -> Result<(), AppError> {
        self.not_moving()?;
        if let Some(run) = self.runs.of_model(&id) {
            self.try_stop_run(run).await?;
        }
        self.blocking(move |app| {
            let rows = app.installations()?;
            let row = rows.get(&id).filter(|row| row.state == Kept::Installed);
            let row = row.ok_or_else(|| AppError::NotInstalled { name: id.to_string() })?;
            app.remove_bytes(&id, &row.digest, &rows)?;
            app.store.installations().remove(&id, Some(Event::ModelRemoved { entry: id.clone(), digest: row.digest }))?;
            app.events.changed(&[Topic::Models, Topic::Log]);
            Ok(())
        })
        .await
    }
}
