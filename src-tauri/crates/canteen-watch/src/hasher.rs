//! Digests in the background, one file at a time, at the lowest priority.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};

use canteen_types::Digest;
use sha2::{Digest as _, Sha256};

use crate::{FileIdentity, Observation};

const BUFFER: usize = 1 << 20;

/// The worker's end that takes files. Bounded by the number of known files: each waits at most once.
pub(crate) type Queue = Sender<(FileIdentity, PathBuf)>;

pub(crate) fn start(sink: SyncSender<Observation>, stop: Arc<AtomicBool>) -> std::io::Result<Queue> {
    let (queue, files) = channel();
    std::thread::Builder::new().name("digests".into()).spawn(move || work(&files, &sink, &stop))?;
    Ok(queue)
}

fn work(files: &Receiver<(FileIdentity, PathBuf)>, sink: &SyncSender<Observation>, stop: &AtomicBool) {
    lowest_priority();
    while let Ok((identity, path)) = files.recv() {
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
fn hash(identity: FileIdentity, path: &PathBuf, stop: &AtomicBool) -> Option<Digest> {
    let mut file = fs_err::File::open(path).ok()?;
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
