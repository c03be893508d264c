//! The thread that writes. Network and disk wait for each other only through a short queue, and no runtime thread ever hashes.

use canteen_types::Artifact;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::library::Claim;
use crate::partial::{Finished, Kind, Partial};
use crate::{Library, LibraryError};

/// Pieces between network and disk; a piece is 16 to 400 KiB.
const QUEUE: usize = 32;

enum ToDisk {
    Bytes(Bytes),
    Restart,
    Finish(oneshot::Sender<Finished>),
    Discard,
}

/// The writing side of one fetch. Dropped in the middle, it keeps what it has, as after [`Disk::keep`].
#[derive(Debug)]
pub(crate) struct Disk {
    to: mpsc::Sender<ToDisk>,
    thread: JoinHandle<Result<(), LibraryError>>,
}

/// The writing thread has ended; [`Disk::keep`] says why.
#[derive(Debug)]
pub(crate) struct Ended;

impl Disk {
    /// Opens the partial file and says how many bytes are there.
    pub(crate) async fn open(
        library: &Library,
        artifact: &Artifact,
        cancel: &CancellationToken,
        claim: Claim,
    ) -> Result<(Self, u64), LibraryError> {
        let (library, artifact, cancel) = (library.clone(), artifact.clone(), cancel.clone());
        // The claim rides along: a dropped fetch is not over before its threads are.
        let open = move || Partial::open(&library, &artifact, Kind::Fetch, &cancel).map(|partial| (partial, claim));
        let (partial, claim) = blocking(open).await?;
        let done = partial.done();
        let (to, inbox) = mpsc::channel(QUEUE);
        let thread = tokio::task::spawn_blocking(move || {
            let _claim = claim;
            write_out(partial, inbox)
        });
        Ok((Self { to, thread }, done))
    }

    pub(crate) async fn write(&self, bytes: Bytes) -> Result<(), Ended> {
        self.to.send(ToDisk::Bytes(bytes)).await.map_err(|_| Ended)
    }

    pub(crate) async fn restart(&self) -> Result<(), Ended> {
        self.to.send(ToDisk::Restart).await.map_err(|_| Ended)
    }

    pub(crate) async fn finish(&self) -> Result<Finished, Ended> {
        let (reply, answer) = oneshot::channel();
        self.to.send(ToDisk::Finish(reply)).await.map_err(|_| Ended)?;
        answer.await.map_err(|_| Ended)
    }

    /// Puts everything on record and ends; also tells what ended the thread.
    pub(crate) async fn keep(self) -> Result<(), LibraryError> {
        drop(self.to);
        joined(self.thread).await
    }

    /// Removes everything and ends.
    pub(crate) async fn discard(self) -> Result<(), LibraryError> {
        drop(self.to.send(ToDisk::Discard).await);
        drop(self.to);
        joined(self.thread).await
    }
}

fn write_out(mut partial: Partial, mut inbox: mpsc::Receiver<ToDisk>) -> Result<(), LibraryError> {
    while let Some(message) = inbox.blocking_recv() {
        match message {
            ToDisk::Bytes(bytes) => partial.append(&bytes)?,
            ToDisk::Restart => partial.restart()?,
            ToDisk::Finish(reply) => {
                let finished = partial.finish()?;
                let stored = matches!(finished, Finished::Stored(_));
                drop(reply.send(finished));
                if stored {
                    return Ok(());
                }
            }
            ToDisk::Discard => return partial.discard(),
        }
    }
    partial.keep()
}

/// Runs `work` where blocking is allowed.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LibraryError> + Send + 'static,
) -> Result<T, LibraryError> {
    joined(tokio::task::spawn_blocking(work)).await
}

async fn joined<T>(thread: JoinHandle<Result<T, LibraryError>>) -> Result<T, LibraryError> {
    thread.await.unwrap_or_else(|ended| Err(LibraryError::Io { what: "finish its work", cause: std::io::Error::other(ended) }))
}
