//! Where the models lie, and moving them: brought over and checked, switched in one step, then the old ones go. A kill at any moment
//! leaves one of the two folders whole, and what is to be done next is in the store.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use canteen_audit::Event;
use canteen_library::{FetchLimits, Library, LibraryError, Progress, RateMeter};
use canteen_store::Store;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::fault::{AppError, fault};
use crate::wire::{Fault, ModelsFolder, MoveModels, MovingModels, MovingState, Topic};

const KEY: &str = "models.folder";
/// As the log names the setting.
const SETTING: &str = "models_folder";

/// Faces read everything about the settings anew at each step, so steps are few.
const SAY_AGAIN: Duration = Duration::from_millis(500);

/// What the store knows: one value, so that a switch is one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// Chosen; absent for the usual one.
    folder: Option<PathBuf>,
    /// A move was begun to there.
    moving: Option<PathBuf>,
    /// A move is through, and what lies there is still to go.
    leftover: Option<PathBuf>,
}

/// The move that is under way in this host.
#[derive(Debug, Default)]
pub(crate) struct Moving(Mutex<Current>);

#[derive(Debug, Default)]
struct Current {
    job: Option<Job>,
    /// Why the last one ended early.
    fault: Option<Fault>,
}

#[derive(Debug)]
struct Job {
    to: PathBuf,
    token: CancellationToken,
    give_up: bool,
    state: MovingState,
}

impl Moving {
    fn with<T>(&self, act: impl FnOnce(&mut Current) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.with(|current| current.job.is_some())
    }

    /// On the way out: what was brought stays, and the move can go on after the next start.
    pub(crate) fn rest(&self) {
        self.with(|current| current.job.iter().for_each(|job| job.token.cancel()));
    }
}

/// The library of this computer. A chosen folder is never made: were its disk away, an empty one would hide the models.
pub(crate) fn open(store: &Store, usual: &Path) -> Result<Library, AppError> {
    let kept = store.settings().get::<Kept>(KEY)?.unwrap_or_default();
    match kept.folder {
        Some(folder) => Ok(Library::attach(&folder, FetchLimits::default())),
        None => Ok(Library::open(usual)?),
    }
}

impl App {
    /// Where the models lie and how much room there is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get_models_folder(&self) -> Result<ModelsFolder, Fault> {
        let result = self.blocking(Self::models_folder).await;
        self.told(result)
    }

    /// Begins to move all models, or goes on with that. Returns once the work is under way; [`Topic::Settings`] says when there is
    /// news.
    ///
    /// # Errors
    /// When the folder cannot take them, or something runs or is being installed.
    pub async fn move_models(&self, request: MoveModels) -> Result<(), Fault> {
        let result = self.blocking(move |app| app.try_move(request)).await;
        self.told(result)
    }

    /// Gives a move up; what was brought over is removed there.
    ///
    /// # Errors
    /// When the disk or the store refuses.
    pub async fn cancel_move(&self) -> Result<(), Fault> {
        let stopped = self.moving.with(|current| {
            current.job.as_mut().map(|job| {
                job.give_up = true;
                job.token.cancel();
            })
        });
        if stopped.is_some() {
            return Ok(());
        }
        let result = self.blocking(Self::forget_move).await;
        self.told(result)
    }

    fn usual_folder(&self) -> PathBuf {
        self.data.join("models")
    }

    fn kept_folder(&self) -> Result<Kept, AppError> {
        Ok(self.store.settings().get(KEY)?.unwrap_or_default())
    }

    pub(crate) fn models_folder(&self) -> Result<ModelsFolder, AppError> {
        let kept = self.kept_folder()?;
        let there = self.library.is_there();
        let moving = self.moving.with(|current| match (&current.job, kept.moving) {
            (Some(job), _) => Some((job.to.clone(), job.state.clone())),
            (None, Some(to)) => Some((to, MovingState::Stopped { fault: current.fault.clone() })),
            (None, None) => None,
        });
        Ok(ModelsFolder {
            path: self.library.folder().display().to_string(),
            usual_path: self.usual_folder().display().to_string(),
            there,
            used: if there { self.library.used()?.bytes() } else { 0 },
            free: self.library.free_space().ok().map(canteen_types::ByteSize::bytes),
            moving: moving.map(|(to, state)| MovingModels { to: to.display().to_string(), state }),
        })
    }

    /// The watch leaves our own models out, also those that are just being brought over.
    pub(crate) fn is_own_folder(&self, path: &Path) -> bool {
        path.starts_with(self.library.folder())
            || self.moving.with(|current| current.job.as_ref().is_some_and(|job| path.starts_with(&job.to)))
    }

    /// While models are moved none is installed, started or removed.
    pub(crate) fn not_moving(&self) -> Result<(), AppError> {
        if self.moving.is_busy() { Err(AppError::Moving) } else { Ok(()) }
    }

    fn try_move(&self, request: MoveModels) -> Result<(), AppError> {
        let kept = self.kept_folder()?;
        let asked = request.to.map(PathBuf::from);
        if asked.is_some() && kept.moving.is_some() && asked != kept.moving {
            return Err(AppError::MoveBegun);
        }
        let to = asked.or_else(|| kept.moving.clone()).ok_or(AppError::Unknown { kind: "move", id: String::new() })?;
        let token = CancellationToken::new();
        let state = MovingState::Copying { done: 0, total: 0, left_ms: None };
        let begun = self.moving.with(|current| {
            if current.job.is_some() {
                return false;
            }
            *current = Current { job: Some(Job { to: to.clone(), token: token.clone(), give_up: false, state }), fault: None };
            true
        });
        if !begun {
            return Err(AppError::Moving);
        }
        // From here on nothing new starts: now look whether something is at work already.
        if let Err(error) = self.begin_move(&kept, &to) {
            self.moving.with(|current| current.job = None);
            return Err(error);
        }
        let app = self.handle();
        self.tasks.spawn(async move {
            let work = Arc::clone(&app);
            let ended = work.blocking(move |app| app.carry_out(&to, &token)).await;
            if let Err(error) = ended {
                tracing::error!(%error, "the end of a move could not be written down");
            }
            app.events.changed(&[Topic::Settings, Topic::Models, Topic::Log]);
        });
        self.events.changed(&[Topic::Settings]);
        Ok(())
    }

    fn begin_move(&self, kept: &Kept, to: &Path) -> Result<(), AppError> {
        if !self.runs.all().is_empty() || !self.installs.is_empty() {
            return Err(AppError::InUse);
        }
        if kept.leftover.is_some() {
            self.clear_kept_leftover()?;
        }
        self.library.check_move(to)?;
        Ok(self.store.settings().put(KEY, &Kept { moving: Some(to.to_owned()), leftover: None, ..kept.clone() }, None)?)
    }

    fn carry_out(&self, to: &Path, token: &CancellationToken) -> Result<(), AppError> {
        let meter = Mutex::new((RateMeter::default(), None));
        let report = |progress: Progress| {
            let (done, total) = (progress.done.bytes(), progress.total.bytes());
            let now = self.clock.monotonic();
            let (meter, said) = &mut *meter.lock().unwrap_or_else(PoisonError::into_inner);
            meter.record(now, done);
            let left_ms = meter.left(total).map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
            self.moving.with(|current| {
                if let Some(job) = &mut current.job {
                    job.state = MovingState::Copying { done, total, left_ms };
                }
            });
            if said.is_none_or(|said| now.saturating_sub(said) >= SAY_AGAIN) {
                *said = Some(now);
                self.events.changed(&[Topic::Settings]);
            }
        };
        let copied = self.library.copy_to(to, report, token).map_err(AppError::from);
        let result = copied.and_then(|()| self.switch(to));
        let give_up = self.moving.with(|current| current.job.as_ref().is_some_and(|job| job.give_up));
        match result {
            Ok(()) => {
                self.moving.with(|current| current.job = None);
                self.clear_kept_leftover()
            }
            Err(AppError::Library(LibraryError::Cancelled)) if give_up => {
                let forgotten = self.forget_move();
                self.moving.with(|current| current.job = None);
                forgotten
            }
            Err(AppError::Library(LibraryError::Cancelled)) => {
                self.moving.with(|current| current.job = None);
                Ok(())
            }
            Err(error) => {
                let fault = fault(&error, self.now());
                self.moving.with(|current| *current = Current { job: None, fault: Some(fault) });
                Ok(())
            }
        }
    }

    /// The one step: before it the old folder counts, after it the new one.
    fn switch(&self, to: &Path) -> Result<(), AppError> {
        let old = self.library.folder();
        let folder = (to != self.usual_folder()).then(|| to.to_owned());
        let kept = Kept { folder, moving: None, leftover: Some(old) };
        self.store.settings().put(KEY, &kept, Some(Event::SettingsChanged { what: SETTING.to_owned() }))?;
        self.library.switch_to(to);
        Ok(Library::end_move(to)?)
    }

    fn clear_kept_leftover(&self) -> Result<(), AppError> {
        let kept = self.kept_folder()?;
        let Some(leftover) = kept.leftover.clone() else { return Ok(()) };
        if leftover == self.library.folder() {
            return Ok(());
        }
        if leftover.is_dir() {
            Library::clear(&leftover)?;
        } else if leftover.parent().is_some_and(|disk| !disk.is_dir()) {
            // Its disk is away: the files are removed when it is here again.
            return Ok(());
        }
        if self.library.is_there() {
            Library::end_move(&self.library.folder())?;
        }
        Ok(self.store.settings().put(KEY, &Kept { leftover: None, ..kept }, None)?)
    }

    /// At the start: a move that was through all but for the old files.
    pub(crate) async fn clear_leftover(self: Arc<Self>) {
        if let Err(error) = self.blocking(Self::clear_kept_leftover).await {
            tracing::warn!(%error, "the files of the old models folder could not be removed; the next start tries again");
        }
    }

    fn forget_move(&self) -> Result<(), AppError> {
        let kept = self.kept_folder()?;
        if let Some(to) = kept.moving.clone().filter(|to| *to != self.library.folder()) {
            Library::clear(&to)?;
        }
        self.store.settings().put(KEY, &Kept { moving: None, ..kept }, None)?;
        self.moving.with(|current| current.fault = None);
        self.events.changed(&[Topic::Settings]);
        Ok(())
    }
}
