//! Digests in the background, one file at a time, at the lowest priority.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use canteen_types::Digest;
use sha2::{Digest as _, Sha256};

use crate::file::open;
use crate::{FileIdentity, Observation};

const BUFFER: usize = 1 << 20;

/// The end that gives files to the worker. Bounded by the number of known files: each waits at most once.
pub(crate) struct Queue {
    files: Sender<(FileIdentity, PathBuf)>,
    opening: Arc<Mutex<Option<FileIdentity>>>,
}

impl Queue {
    pub(crate) fn take(&self, identity: FileIdentity, path: &Path) {
        // The worker ends with the watch.
        drop(self.files.send((identity, path.to_owned())));
    }

    /// Whether an open of this file that was just noticed is the worker's own. True once per file: the next one is a stranger's.
    pub(crate) fn is_own_open(&self, identity: FileIdentity) -> bool {
        let mut opening = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let own = *opening == Some(identity);
        if own {
            *opening = None;
        }
        own
    }
}

pub(crate) fn start(sink: SyncSender<Observation>, stop: Arc<AtomicBool>) -> std::io::Result<Queue> {
    let (sender, files) = channel();
    let opening = Arc::new(Mutex::new(None));
    let current = Arc::clone(&opening);
    std::thread::Builder::new().name("digests".into()).spawn(move || work(&files, &current, &sink, &stop))?;
    Ok(Queue { files: sender, opening })
}

fn work(
    files: &Receiver<(FileIdentity, PathBuf)>,
    opening: &Mutex<Option<FileIdentity>>,
    sink: &SyncSender<Observation>,
    stop: &AtomicBool,
) {
    lowest_priority();
    let now = |file| *opening.lock().unwrap_or_else(PoisonError::into_inner) = file;
    while let Ok((identity, path)) = files.recv() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        now(Some(identity));
        let digest = hash(identity, &path, stop);
        now(None);
        if let Some(digest) = digest
            && sink.send(Observation::Digest { identity, digest }).is_err()
        {
            return;
        }
    }
}

/// `None` when the file is another one by now, or changes while it is read.
fn hash(identity: FileIdentity, path: &Path, stop: &AtomicBool) -> Option<Digest> {
    let mut file = open(path).ok()?;
    if FileIdentity::of(&file.metadata().ok()?) != identity {
        return None;
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hash.update(buffer.get(..read)?),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    (FileIdentity::of(&file.metadata().ok()?) == identity).then(|| Digest::new(hash.finalize().into()))
}

#[cfg(target_os = "linux")]
fn lowest_priority() {
    // On Linux the call changes this thread alone. Failing leaves the ordinary priority.
    if let Err(error) = rustix::process::nice(19) {
        tracing::debug!(%error, "digests are taken at ordinary priority");
    }
}

/// No call without further bindings; one file at a time is gentle enough.
#[cfg(not(target_os = "linux"))]
const fn lowest_priority() {}
