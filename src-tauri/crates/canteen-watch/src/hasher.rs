//! Digests in the background, one file at a time, at the pace of what nobody waits for.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use canteen_files::{Gentle, Pace};
use canteen_modelfile::{Hands, digest};
use canteen_types::{ByteSize, Digest};

use crate::opener;
use crate::{FileIdentity, Observation};

/// The end that gives files to the worker; dropping it ends the worker. Each known file waits at most once.
pub(crate) struct Queue(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(FileIdentity, PathBuf)>,
    /// The worker is about to open it, or has just done so.
    opening: Option<FileIdentity>,
    over: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next file; `None` when no more will come.
    fn next(&self) -> Option<(FileIdentity, PathBuf)> {
        let mut state = self.state();
        state.opening = None;
        loop {
            if state.over {
                return None;
            }
            if let Some((identity, path)) = state.waiting.pop_front() {
                state.opening = Some(identity);
                return Some((identity, path));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Queue {
    /// Has a digest taken. What waits for an earlier state of the same file is not worth reading any more.
    pub(crate) fn take(&self, identity: FileIdentity, path: &Path) {
        let mut state = self.0.state();
        state.waiting.retain(|(other, _)| (other.device, other.inode) != (identity.device, identity.inode));
        state.waiting.push_back((identity, path.to_owned()));
        self.0.changed.notify_one();
    }

    /// Whether an open of this file that was just noticed is the worker's own. True once per file: the next one is a stranger's.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_own_open(&self, identity: FileIdentity) -> bool {
        self.0.state().opening.take_if(|opening| *opening == identity).is_some()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.0.state().over = true;
        self.0.changed.notify_one();
    }
}

pub(crate) fn start(sink: SyncSender<Observation>, stop: Arc<AtomicBool>) -> std::io::Result<Queue> {
    let shared = Arc::new(Shared::default());
    let queue = Queue(Arc::clone(&shared));
    std::thread::Builder::new().name("digests".into()).spawn(move || work(&shared, &sink, &stop))?;
    Ok(queue)
}

fn work(shared: &Shared, sink: &SyncSender<Observation>, stop: &AtomicBool) {
    if let Err(error) = Pace::Idle.keep() {
        tracing::debug!(%error, "digests are taken at ordinary priority");
    }
    while let Some((identity, path)) = shared.next() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if let Some(digest) = hash(identity, &path, stop)
            && sink.send(Observation::Digest { identity, digest }).is_err()
        {
            return;
        }
    }
}

/// `None` when the file is another one by now, or changes while it is read.
fn hash(identity: FileIdentity, path: &Path, stop: &AtomicBool) -> Option<Digest> {
    let file = opener::candidate(path, ByteSize::new(identity.size)).ok()?;
    if FileIdentity::of_open(&file).ok()? != identity {
        return None;
    }
    let digest = digest_of(&file, Hands::One, stop, |_| ()).ok()??;
    (FileIdentity::of_open(&file).ok()? == identity).then_some(digest)
}

/// Reads to the end, and leaves the file cache as it was; `None` when `stop` came first. `on_read` hears the bytes so far.
pub(crate) fn digest_of(
    file: &fs_err::File,
    hands: Hands,
    stop: &AtomicBool,
    mut on_read: impl FnMut(u64),
) -> std::io::Result<Option<Digest>> {
    let mut file = Gentle::new(file.try_clone()?);
    let go_on = &mut |read| {
        on_read(read);
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    Ok(digest(&mut file, u64::MAX, hands, go_on)?.map(|(digest, _)| digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn file(inode: u64, changed_ns: i64) -> FileIdentity {
        FileIdentity { device: 1, inode, size: 3, modified_ns: 4, changed_ns }
    }

    #[test]
    fn a_file_that_changes_while_it_waits_waits_once() {
        let queue = Queue(Arc::new(Shared::default()));
        for changed in 0..1000 {
            queue.take(file(1, changed), Path::new("/a"));
            queue.take(file(2, 0), Path::new("/b"));
        }
        let waiting: Vec<FileIdentity> =
            std::iter::from_fn(|| queue.0.state().waiting.pop_front()).map(|(file, _)| file).collect();
        assert_eq!(waiting, [file(1, 999), file(2, 0)]);
    }

    #[test]
    fn the_worker_ends_when_nobody_can_give_it_files() {
        let shared = Arc::new(Shared::default());
        let queue = Queue(Arc::clone(&shared));
        queue.take(file(1, 0), Path::new("/a"));
        assert_eq!(shared.next().map(|(file, _)| file), Some(file(1, 0)));
        drop(queue);
        assert_eq!(shared.next(), None);
    }
}
