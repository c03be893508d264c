//! The one thread that writes. What waits for it is bounded, and a fault in one write does not take the others with it.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::StoreError;

/// Writes that may wait; a caller beyond that waits, too.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

pub(crate) struct Writer(Mutex<Option<(SyncSender<Job>, JoinHandle<()>)>>);

impl Writer {
    pub(crate) fn start(connection: Connection, file: PathBuf) -> Result<Self, StoreError> {
        let (jobs, queue) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || write_all(connection, &queue, &file))?;
        Ok(Self(Mutex::new(Some((jobs, thread)))))
    }

    /// All of `work` or nothing of it is on the disk when this returns.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.act(|connection| transact(connection, work))
    }

    /// Something that is no transaction, in its turn.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = sync_channel(1);
        let job: Job = Box::new(move |connection| {
            let done = work(connection);
            // Nobody waits when the caller's thread is gone.
            drop(reply.send(done));
        });
        let queue = match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((jobs, _)) => jobs.clone(),
            None => return Err(StoreError::Closed),
        };
        queue.send(job).map_err(|_| StoreError::Closed)?;
        drop(queue);
        // The reply is dropped unsent when the write panicked.
        answer.recv().map_err(|_| StoreError::Closed)?
    }

    /// Waits for what is under way and moves it into the main file.
    pub(crate) fn shut(&self) {
        let Some((jobs, thread)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        drop(jobs);
        if thread.join().is_err() {
            tracing::error!("the store's writer had ended before");
        }
    }
}

pub(crate) fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // IMMEDIATE: a transaction that reads first and writes later can fail at once and for ever (BUSY_SNAPSHOT).
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

fn write_all(mut connection: Connection, queue: &Receiver<Job>, file: &std::path::Path) {
    while let Ok(job) = queue.recv() {
        // Its transaction rolls back, its caller hears "closed".
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&mut connection)));
        if done.is_err() {
            tracing::error!("internal.panic: a write to the store failed");
        }
    }
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::info!(%error, file = %file.display(), "the log was not merged; the next start does it");
    }
}
