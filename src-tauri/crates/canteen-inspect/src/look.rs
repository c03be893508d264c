//! Looks at the files below a path, several at once.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use canteen_files::Pace;
use canteen_modelfile::{Bounds, Examination, Progress, Reach, Seen, look_at, survey};

use crate::Disk;

/// Told what is being read, by whichever thread reads; whether to go on.
pub type Go<'a> = dyn FnMut(Progress<'_>) -> ControlFlow<()> + Send + 'a;

/// The one that asked, and whether it has had enough: that holds for all threads.
pub(crate) struct Asker<'a> {
    go_on: Mutex<&'a mut Go<'a>>,
    enough: AtomicBool,
}

impl<'a> Asker<'a> {
    pub(crate) fn new(go_on: &'a mut Go<'a>) -> Self {
        Self { go_on: Mutex::new(go_on), enough: AtomicBool::new(false) }
    }

    pub(crate) fn go_on(&self, progress: Progress<'_>) -> ControlFlow<()> {
        if self.enough.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        let answer = self.go_on.lock().unwrap_or_else(PoisonError::into_inner)(progress);
        self.enough.fetch_or(answer.is_break(), Ordering::Relaxed);
        answer
    }
}

/// Every file below a path. Somebody waits for it, so every core has one.
pub(crate) fn below(disk: &Disk, reach: Reach, asker: &Asker<'_>) -> Examination {
    let bounds = Bounds::default();
    let found = survey(&mut disk.clone(), &bounds);
    let (files, next, done) = (found.files(), AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let (mut disk, mut seen) = (disk.clone(), Vec::new());
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let go_on = &mut |read, size| {
                asker.go_on(Progress { path, read, size, done: done.load(Ordering::Relaxed), total: files.len() })
            };
            let Some(file) = look_at(&mut disk, path, &bounds, reach, go_on) else { break };
            seen.push(file);
            done.fetch_add(1, Ordering::Relaxed);
        }
        seen
    };
    let threads = Pace::AllCores.threads().get().min(files.len());
    let seen: Vec<Seen> = thread::scope(|scope| {
        // Where the system gives no more threads, fewer do it.
        let others: Vec<_> = (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let mut seen = work();
        for other in others {
            seen.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        seen
    });
    let total = files.len();
    let go_on = &mut || asker.go_on(Progress { path: Path::new(""), read: 0, size: 0, done: total, total });
    found.judge(&mut disk.clone(), &bounds, seen, go_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: u8) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for number in 0..files {
            fs_err::write(root.path().join(format!("{number:03}.bin")), vec![number; 100_000]).unwrap();
        }
        root
    }

    fn examined(root: &Path, reach: Reach, go_on: &mut Go<'_>) -> Examination {
        below(&Disk::at(root).unwrap(), reach, &Asker::new(go_on))
    }

    #[test]
    fn several_threads_find_what_one_finds() {
        let root = folder(60);
        let mut done = Vec::new();
        let together = examined(root.path(), Reach::Headers, &mut |progress| {
            done.push((progress.done, progress.total));
            ControlFlow::Continue(())
        });
        let mut disk = Disk::at(root.path()).unwrap();
        let alone = canteen_modelfile::examine(&mut disk, &Bounds::default(), &mut |_| ControlFlow::Continue(()));
        assert_eq!(together, alone);
        assert!(together.files.len() == 60 && done.iter().all(|(done, total)| done < total && *total == 60));
    }

    #[test]
    fn all_threads_stop_when_one_is_told_to() {
        let root = folder(60);
        let mut asked = 0;
        let found = examined(root.path(), Reach::Headers, &mut |_| {
            asked += 1;
            // Said once: nobody asks again.
            if asked == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(found.cancelled && found.files.len() < 10, "{}", found.files.len());
    }
}
