//! The home folder, looked through slowly: once in a session and once a day, by size and content and never by name.
//!
//! A thread of its own at the lowest priority goes through it after the known places, as long as it may; whom the person waits for
//! works at the ordinary one. What it finds goes to the thread that watches, which then watches those files as any other. How far it
//! has got is told, so that whoever keeps that can have the next one go on there.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;
mod walk;
mod work;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use canteen_types::Clock;

use crate::{FileIdentity, Observation, SeenFile, WatchConfig};
use work::Work;

/// From the end of one to the next.
const BETWEEN: Duration = Duration::from_secs(24 * 60 * 60);
/// What was found and not yet taken holds it up beyond that.
const WAITING: usize = 64;
/// Files that are no weights, in one word.
const MOST_TOLD: usize = 1024;

/// Why it is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// It was time.
    Due,
    /// The person asks, and waits.
    Asked,
}

/// What comes of it, in order.
#[derive(Debug)]
pub(crate) enum Found {
    /// Weights.
    Weights(Box<SeenFile>),
    /// Weights that an earlier look found; not a byte of them was read.
    Again(PathBuf, FileIdentity),
    /// Something that is perhaps on its way, which is for whoever sees it grow.
    Perhaps(PathBuf),
    /// To be told as it is.
    Said(Observation),
}

/// Files that are no weights, as they are told.
pub(crate) fn no_weights(files: &[FileIdentity]) -> impl Iterator<Item = Observation> {
    files.chunks(MOST_TOLD).map(|files| Observation::NoWeights { files: files.to_vec() })
}

struct Running {
    cancelled: Arc<AtomicBool>,
    /// Nothing more comes of it.
    over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Running {
    /// A thread that says so wakes whoever waits before it has quite ended.
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed) || self.thread.is_finished()
    }
}

/// Whether this is one of these folders, or lies below one.
pub(crate) fn is_excluded(path: &Path, folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| {
        let mut names = path.components();
        folder.components().all(|part| names.next().is_some_and(|name| system::is_same_name(name.as_os_str(), part.as_os_str())))
    })
}

/// Leads the look through the home folder; for the thread that watches.
pub(crate) struct Home {
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    wake: Arc<dyn Fn() + Send + Sync>,
    sender: SyncSender<Found>,
    found: Receiver<Found>,
    running: Option<Running>,
    wanted: Option<Why>,
    /// Where an earlier one was cut off.
    from: Option<PathBuf>,
    due: Option<Duration>,
}

impl Home {
    /// `wake` is called when there is something to take.
    pub(crate) fn new(config: WatchConfig, clock: Arc<dyn Clock>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, found) = sync_channel(WAITING);
        let from = config.home.as_ref().and_then(|home| home.from.clone());
        Self { config, clock, wake, sender, found, running: None, wanted: None, from, due: None }
    }

    /// Weights that earlier sessions found there.
    pub(crate) fn known_weights(&mut self) -> Vec<(PathBuf, FileIdentity)> {
        self.config.home.as_mut().map(|home| std::mem::take(&mut home.weights)).unwrap_or_default()
    }

    /// Has it looked through as soon as can be. Who asks wants everything looked at again, so what is under way ends.
    pub(crate) fn want(&mut self, why: Why) {
        if why == Why::Due && self.running.is_some() {
            return;
        }
        self.wanted = self.wanted.max(Some(why));
        if why == Why::Asked {
            self.from = None;
            self.cancel();
        }
    }

    /// What has come of it since the last time. Begins what is wanted once the one before has ended.
    pub(crate) fn take(&mut self) -> Vec<Found> {
        let found = self.found.try_iter().take(WAITING).collect();
        if self.running.as_ref().is_some_and(Running::is_over) {
            self.running = None;
            self.due = Some(self.clock.monotonic() + BETWEEN);
        }
        if self.running.is_none()
            && let Some(why) = self.wanted.take()
        {
            self.begin(why);
        }
        found
    }

    /// Whether a day has gone by since the last one.
    pub(crate) fn is_due(&self, now: Duration) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// Time until it is due, for a watch that sleeps as long as nothing is.
    #[cfg(target_os = "linux")]
    pub(crate) fn wait(&self, now: Duration) -> Option<Duration> {
        self.due.map(|due| due.saturating_sub(now))
    }

    fn begin(&mut self, why: Why) {
        let Some(home) = self.config.home.clone() else { return };
        self.due = None;
        let cancelled = Arc::new(AtomicBool::new(false));
        let work = Work {
            home,
            config: self.config.clone(),
            clock: Arc::clone(&self.clock),
            why,
            cancelled: Arc::clone(&cancelled),
            sink: self.sender.clone(),
            wake: Arc::clone(&self.wake),
        };
        let over = Arc::new(AtomicBool::new(false));
        let (from, wake, is_over) = (self.from.take(), Arc::clone(&self.wake), Arc::clone(&over));
        let thread = std::thread::Builder::new().name("home".into()).spawn(move || {
            if work.run(from).is_none() {
                tracing::debug!("the look through the home folder was ended");
            }
            is_over.store(true, Ordering::Relaxed);
            wake();
        });
        match thread {
            Ok(thread) => self.running = Some(Running { cancelled, over, thread }),
            Err(error) => {
                tracing::warn!(%error, "the home folder cannot be looked through now");
                self.due = Some(self.clock.monotonic() + BETWEEN);
            }
        }
    }

    fn cancel(&self) {
        if let Some(running) = &self.running {
            running.cancelled.store(true, Ordering::Relaxed);
            running.thread.thread().unpark();
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.cancel();
    }
}
