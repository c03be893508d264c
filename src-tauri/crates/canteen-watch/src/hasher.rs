//! Digests in the background, one file at a time, at the lowest priority.

use std::collections::VecDeque;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use canteen_types::{ByteSize, Digest};
use sha2::{Digest as _, Sha256};

use crate::opener;
use crate::{FileIdentity, Observation};

const BUFFER: usize = 1 << 20;

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
    lowest_priority();
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
    let (mut file, metadata) = opener::candidate(path, ByteSize::new(identity.size)).ok()?;
    if FileIdentity::of(&metadata) != identity {
        return None;
    }
    let digest = digest_of(&mut file, stop, |_| ()).ok()??;
    (FileIdentity::of(&file.metadata().ok()?) == identity).then_some(digest)
}

/// Reads to the end; `None` when `stop` came first. `on_read` hears the bytes so far.
pub(crate) fn digest_of(
    file: &mut fs_err::File,
    stop: &AtomicBool,
    mut on_read: impl FnMut(u64),
) -> std::io::Result<Option<Digest>> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut done = 0_u64;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some(Digest::new(hash.finalize().into()))),
            Ok(read) => {
                hash.update(buffer.get(..read).unwrap_or_default());
                done = done.saturating_add(read as u64);
                on_read(done);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(target_os = "linux")]
pub(crate) fn lowest_priority() {
    // On Linux the call changes this thread alone. Failing leaves the ordinary priority.
    if let Err(error) = rustix::process::nice(19) {
        tracing::debug!(%error, "digests are taken at ordinary priority");
    }
}

/// No call without further bindings; one file at a time is gentle enough.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn lowest_priority() {}

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
