use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use canteen_library::Library;
use canteen_os::{Environment, Notifier, OsError};
use canteen_policy::Refusal;
use canteen_store::Store;
use canteen_types::{ByteSize, Clock, EndReason, Group, Timestamp};
use canteen_watch::WatchHandle;
use tokio::sync::watch;

use crate::asking::Asking;
use crate::catalogue::{Joined, Shelf};
use crate::chat::Answering;
use crate::computer::Watched;
use crate::diagnostics::LastFaults;
use crate::events::Events;
use crate::fault::{AppError, fault};
use crate::host::HostKind;
use crate::installs::Installs;
use crate::models_folder::Moving;
use crate::named_file::Checking;
use crate::presence::Sensed;
use crate::runs::Runs;
use crate::tasks::Tasks;
use crate::wire::Fault;

/// Everything that the app is made of, built in one place and handed in.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) kind: HostKind,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) library: Library,
    pub(crate) notifier: Notifier,
    pub(crate) events: Events,
    pub(crate) key_place: String,
    pub(crate) engine: PathBuf,
    pub(crate) threads: u32,
    pub(crate) cores: u32,
    pub(crate) memory: ByteSize,
    pub(crate) home: PathBuf,
    pub(crate) environment: Environment,
    pub(crate) managed: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) downloads: PathBuf,
}

/// Every use case, over an open store.
#[derive(Debug)]
pub struct App {
    own: Weak<App>,
    pub(crate) kind: HostKind,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) library: Library,
    pub(crate) notifier: Notifier,
    pub(crate) events: Events,
    pub(crate) key_place: String,
    pub(crate) engine: PathBuf,
    pub(crate) threads: u32,
    pub(crate) cores: u32,
    pub(crate) memory: ByteSize,
    pub(crate) home: PathBuf,
    environment: Environment,
    pub(crate) managed: PathBuf,
    config: PathBuf,
    pub(crate) downloads: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) moving: Moving,
    pub(crate) faults: LastFaults,
    /// The diagnostics that the person was shown last: what is saved is what was read.
    pub(crate) read: Mutex<Option<String>>,
    pub(crate) shelf: Shelf,
    pub(crate) installs: Installs,
    pub(crate) runs: Runs,
    pub(crate) answering: Answering,
    pub(crate) watched: Watched,
    pub(crate) asking: Asking,
    pub(crate) checking: Checking,
    pub(crate) swept: watch::Sender<u64>,
    /// Looks through the home folder that have ended.
    pub(crate) home_looks: watch::Sender<u64>,
    pub(crate) tasks: Tasks,
    pub(crate) deciding: Mutex<()>,
    /// When nudges must be decided about again.
    pub(crate) next_look: watch::Sender<Option<Timestamp>>,
    pub(crate) sensed: Sensed,
    /// A notification daemon answered when it was last needed.
    pub(crate) has_daemon: AtomicBool,
    watch: std::sync::OnceLock<WatchHandle>,
}

impl App {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        Arc::new_cyclic(|own| Self {
            own: own.clone(),
            kind: parts.kind,
            clock: parts.clock,
            store: parts.store,
            library: parts.library,
            notifier: parts.notifier,
            events: parts.events,
            key_place: parts.key_place,
            engine: parts.engine,
            threads: parts.threads,
            cores: parts.cores,
            memory: parts.memory,
            home: parts.home,
            sensed: Sensed::of(&parts.environment),
            environment: parts.environment,
            managed: parts.managed,
            config: parts.config,
            downloads: parts.downloads,
            data: parts.data,
            moving: Moving::default(),
            faults: LastFaults::default(),
            read: Mutex::default(),
            shelf: Shelf::default(),
            installs: Installs::default(),
            runs: Runs::default(),
            answering: Answering::default(),
            watched: Watched::default(),
            asking: Asking::default(),
            checking: Checking::default(),
            swept: watch::Sender::new(0),
            home_looks: watch::Sender::new(0),
            tasks: Tasks::default(),
            deciding: Mutex::default(),
            next_look: watch::Sender::new(None),
            has_daemon: AtomicBool::new(false),
            watch: std::sync::OnceLock::new(),
        })
    }

    /// The time by the host's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// For work that outlives the call.
    pub(crate) fn handle(&self) -> Arc<Self> {
        self.own.upgrade().unwrap_or_else(|| unreachable!("an app is only ever made inside its Arc"))
    }

    /// Store, disk and digests are waited for on the blocking pool, never on a runtime thread.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let app = self.handle();
        match tokio::task::spawn_blocking(move || work(&app)).await {
            Ok(result) => result,
            Err(error) => Err(AppError::Internal(error.into())),
        }
    }

    /// From a cause to the shape that faces know.
    pub(crate) fn told<T>(&self, result: Result<T, AppError>) -> Result<T, Fault> {
        result.map_err(|error| {
            let fault = fault(&error, self.now());
            self.faults.add(self.now(), &fault);
            fault
        })
    }

    /// Policy said no: recorded, then told.
    pub(crate) fn refused(&self, reasons: Vec<Refusal>) -> AppError {
        let codes = reasons.iter().map(|reason| reason.code().to_owned()).collect();
        if let Err(error) = self.store.audit().append(canteen_audit::Event::PolicyRefused { reasons: codes }) {
            tracing::error!(%error, "a refusal could not be recorded");
        }
        AppError::Refused(reasons)
    }

    /// A catalogue that the organisation has set for this computer wins over what the person joined.
    pub(crate) fn managed_catalogue(&self) -> Result<Option<Joined>, AppError> {
        crate::opening::managed_catalogue(&self.managed)
    }

    /// The groups that the organisation says this computer belongs to.
    pub(crate) fn managed_groups(&self) -> Result<BTreeSet<Group>, AppError> {
        crate::opening::managed_groups(&self.managed)
    }

    /// What a set-up script left for this person; what the person joined since then wins.
    pub(crate) fn preset_catalogue(&self) -> Result<Option<Joined>, AppError> {
        crate::opening::preset_catalogue(&self.config)
    }

    /// Where other tools were told to keep models, by the variable that says so.
    pub(crate) const fn moved_stores(&self) -> &std::collections::BTreeMap<String, PathBuf> {
        &self.environment.watched
    }

    /// The system's language, e.g. `de_AT.UTF-8`.
    pub(crate) fn system_language(&self) -> Option<String> {
        canteen_os::system_language(&self.environment)
    }

    /// Whether Canteen starts with the computer: what the system says, for a desktop's own settings may have changed it.
    pub(crate) fn starts_by_itself(&self) -> Result<bool, OsError> {
        canteen_os::autostart::is_on(&self.environment)
    }

    /// The desktop app starts with the computer, or does not any more.
    pub(crate) fn start_by_itself(&self, on: bool) -> Result<(), AppError> {
        let own = std::env::current_exe().map_err(|error| AppError::Internal(error.into()))?;
        let desktop = own.with_file_name(format!("canteen-desktop{}", std::env::consts::EXE_SUFFIX));
        Ok(canteen_os::autostart::set(&self.environment, &desktop, on)?)
    }

    pub(crate) fn keep_watch(&self, handle: WatchHandle) {
        // There is one watch per app; a second would be a bug and is dropped, which stops it.
        drop(self.watch.set(handle));
    }

    pub(crate) fn rescan(&self) {
        if let Some(watch) = self.watch.get() {
            watch.rescan();
        }
    }

    /// Rests what is at work, stops the engines, waits with a limit, closes the store.
    pub(crate) async fn close(&self) {
        self.installs.pause_all();
        self.cancel_check();
        self.moving.rest();
        for slot in self.runs.all() {
            slot.handle.stop(EndReason::Quit);
        }
        if let Some(watch) = self.watch.get() {
            watch.stop();
        }
        self.tasks.close(Duration::from_secs(5)).await;
        let closed = self.blocking(|app| {
            if let Err(error) = app.is_alive(true) {
                tracing::warn!(%error, "it could not be noted when Canteen ended");
            }
            let recorded = app.store.audit().append(canteen_audit::Event::HostStopped);
            app.store.close()?;
            Ok(recorded.map(drop)?)
        });
        let closed = closed.await;
        if let Err(error) = closed {
            tracing::error!(%error, "the store did not close cleanly; it repairs itself at the next start");
        }
    }

    /// Nothing is running and nothing is being installed.
    pub(crate) fn is_idle(&self) -> bool {
        self.runs.all().is_empty() && self.installs.is_empty() && !self.moving.is_busy()
    }
}
