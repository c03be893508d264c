//! A file that the person names, so that IT can be asked about exactly its bytes. One at a time; its digest is taken in a thread of
//! its own, and what was seen here before is not read again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use canteen_modelfile::Severity;
use canteen_modelfile::lineage::Fingerprint;
use canteen_types::Digest;
use canteen_watch::Opened;

use crate::App;
use crate::computer::convert;
use crate::evidence::about;
use crate::fault::{AppError, fault};
use crate::verdicts::{Judged, Looked};
use crate::wire::{CheckFile, Fault, FileCheck, FileCheckState, Topic};

/// Faces are told no more often.
const TOLD: Duration = Duration::from_millis(250);
/// Longer is no path of any system that Canteen runs on.
const LONGEST_PATH: usize = 4096;

/// The file that is being read, or was read last.
#[derive(Debug, Default)]
pub(crate) struct Checking(Mutex<Option<Job>>);

#[derive(Debug)]
struct Job {
    check: FileCheck,
    /// Ends the reading; also tells one job from the next.
    stop: Arc<AtomicBool>,
}

impl Checking {
    fn with<T>(&self, act: impl FnOnce(&mut Option<Job>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn now(&self) -> Option<FileCheck> {
        self.with(|job| job.as_ref().map(|job| job.check.clone()))
    }

    /// The one before is ended.
    fn begin(&self, check: FileCheck) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        let before = self.with(|job| job.replace(Job { check, stop: Arc::clone(&stop) }));
        if let Some(before) = before {
            before.stop.store(true, Ordering::Relaxed);
        }
        stop
    }

    fn end(&self) {
        if let Some(job) = self.with(Option::take) {
            job.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Only while this job is the one: a late word of an earlier one says nothing.
    fn change(&self, stop: &Arc<AtomicBool>, act: impl FnOnce(&mut FileCheck)) {
        self.with(|job| {
            if let Some(job) = job.as_mut().filter(|job| Arc::ptr_eq(&job.stop, stop)) {
                act(&mut job.check);
            }
        });
    }

    /// Name of the file that was read and has this digest.
    pub(crate) fn name_of(&self, wanted: Digest) -> Option<String> {
        let check = self.now()?;
        matches!(check.state, FileCheckState::Read { digest, .. } if digest == wanted).then_some(check.name)
    }
}

impl App {
    /// Begins to take the digest of a file that the person names. Topic [`Topic::FileCheck`] tells how far it has got.
    ///
    /// # Errors
    /// When that is no regular file of a sensible size that this account may read.
    pub async fn check_file(&self, request: CheckFile) -> Result<FileCheck, Fault> {
        let result = self.blocking(move |app| app.begin_check(&request.path)).await;
        self.told(result)
    }

    fn begin_check(&self, given: &str) -> Result<FileCheck, AppError> {
        if given.len() > LONGEST_PATH {
            return Err(AppError::Form("This path is too long to be one."));
        }
        let mut opened = Opened::named(given, &self.home)?;
        let file_name = opened.path().file_name().map(|name| name.to_string_lossy().into_owned());
        let mut check = FileCheck {
            path: self.relative(opened.path()),
            name: file_name.unwrap_or_else(|| "file".to_owned()),
            size: opened.size().bytes(),
            state: FileCheckState::Reading { done: 0 },
        };
        let known = self.store.sightings().by_identity(&convert(opened.identity()))?;
        if let Some((row, digest)) = known.and_then(|row| row.digest.map(|digest| (row, digest))) {
            let found = (Some(row.about.clone()), Looked { inventory: false, ..Looked::of(&row) });
            check.state = self.read_state(digest, found, || opened.fingerprint().map(Arc::new))?;
            check.name = row.name;
            self.checking.begin(check.clone());
            self.events.changed(&[Topic::FileCheck]);
            return Ok(check);
        }
        let stop = self.checking.begin(check.clone());
        self.events.changed(&[Topic::FileCheck]);
        let app = Arc::downgrade(&self.handle());
        let reading = std::thread::Builder::new().name("named-file".into()).spawn(move || read(&app, opened, &stop));
        match reading {
            Ok(_) => Ok(check),
            Err(error) => {
                self.checking.end();
                Err(AppError::Internal(error.into()))
            }
        }
    }

    fn read_state(
        &self,
        digest: Digest,
        (about, looked): (Option<String>, Looked),
        fingerprint: impl FnOnce() -> Option<Arc<Fingerprint>>,
    ) -> Result<FileCheckState, AppError> {
        let request = self.store.requests().open_for(digest)?.map(|request| request.id);
        let Judged { verdict, entry, kin } = self.judge(digest, looked, fingerprint);
        Ok(FileCheckState::Read { digest, about, verdict, entry, kin: kin.map(Into::into), request })
    }

    /// The file that is being read, or was read last.
    ///
    /// # Errors
    /// None at present; the shape is that of every call.
    pub fn get_file_check(&self) -> Result<Option<FileCheck>, Fault> {
        Ok(self.checking.now())
    }

    /// Ends the reading and forgets the file. Nothing to end is fine.
    ///
    /// # Errors
    /// None at present; the shape is that of every call.
    pub fn cancel_file_check(&self) -> Result<(), Fault> {
        self.cancel_check();
        Ok(())
    }

    pub(crate) fn cancel_check(&self) {
        self.checking.end();
        self.events.changed(&[Topic::FileCheck]);
    }
}

/// The thread: it holds the app only for as long as it tells it something.
fn read(app: &Weak<App>, opened: Opened, stop: &Arc<AtomicBool>) {
    let mut told = Duration::ZERO;
    let result = opened.read(stop, |done| {
        let Some(app) = app.upgrade() else {
            stop.store(true, Ordering::Relaxed);
            return;
        };
        app.checking.change(stop, |check| check.state = FileCheckState::Reading { done });
        let now = app.clock.monotonic();
        if now.saturating_sub(told) >= TOLD {
            told = now;
            app.events.changed(&[Topic::FileCheck]);
        }
    });
    let Some(app) = app.upgrade() else { return };
    let (name, state) = match result {
        Ok(None) => return,
        Ok(Some(file)) => {
            let name = file.about.as_ref().and_then(|about| about.name.clone());
            let dangerous = file.hazards.iter().any(|code| code.severity == Severity::Dangerous);
            let found = (file.about.as_ref().map(about), Looked { inventory: false, dangerous });
            (name, app.read_state(file.digest, found, || file.fingerprint.map(Arc::new)))
        }
        Err(error) => (None, Err(error.into())),
    };
    let state = state.unwrap_or_else(|error| FileCheckState::Failed { fault: fault(&error, app.now()) });
    app.checking.change(stop, |check| {
        check.name = name.unwrap_or_else(|| check.name.clone());
        check.state = state;
    });
    app.events.changed(&[Topic::FileCheck]);
}

#[cfg(test)]
mod tests {
    use canteen_types::Verdict;

    use super::*;

    fn check(name: &str) -> FileCheck {
        FileCheck { path: name.into(), name: name.into(), size: 3, state: FileCheckState::Reading { done: 0 } }
    }

    fn read(digest: Digest) -> FileCheckState {
        FileCheckState::Read { digest, about: None, verdict: Verdict::Unapproved, entry: None, kin: None, request: None }
    }

    #[test]
    fn the_next_file_ends_the_one_before_and_late_words_of_it_say_nothing() {
        let checking = Checking::default();
        let first = checking.begin(check("a"));
        let second = checking.begin(check("b"));
        assert!(first.load(Ordering::Relaxed) && !second.load(Ordering::Relaxed));
        let digest = Digest::of(b"a");
        checking.change(&first, |check| check.state = read(digest));
        assert_eq!((checking.now(), checking.name_of(digest)), (Some(check("b")), None));
        checking.change(&second, |check| check.state = read(digest));
        assert_eq!(checking.name_of(digest).as_deref(), Some("b"));
        assert_eq!(checking.name_of(Digest::of(b"b")), None, "only what was read here can be asked for");
        checking.end();
        assert_eq!((checking.now(), second.load(Ordering::Relaxed)), (None, true));
    }
}
