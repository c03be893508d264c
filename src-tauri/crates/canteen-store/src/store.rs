use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use canteen_types::{Clock, Secret, Timestamp};
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::ballast::Ballast;
use crate::connection::{Access, forbid_rewriting, open};
use crate::meta::{self, KeyPlace, META, Meta};
use crate::tables::{
    Audit, CatalogueFiles, Conversations, Installations, Licences, Messages, Nudges, Requests, Runs, Settings, Sightings,
};
use crate::{StoreError, migrate};

const FILE: &str = "store.sqlite";
/// Writes that may wait; a caller beyond that waits, too.
const QUEUE: usize = 64;
const READERS: usize = 2;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The open store. Cheap to clone; closed with [`Store::close`] or when the last clone goes.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writer: Mutex<Option<(SyncSender<Job>, JoinHandle<()>)>>,
    readers: Mutex<Vec<Connection>>,
    returned: Condvar,
    clock: Arc<dyn Clock>,
    ballast: Ballast,
}

impl Inner {
    fn shut(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((jobs, thread)) = writer else { return };
        // Readers go first, or the checkpoint would stop at their snapshots.
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.returned.notify_all();
        drop(jobs);
        if thread.join().is_err() {
            tracing::error!("the store's writer had ended before");
        }
    }
}

impl Drop for Inner {
    /// Waits for the writer: the cipher's library must not be torn down by the end of the process while it still writes.
    fn drop(&mut self) {
        self.shut();
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// The note beside the store; `None` before the first start.
    ///
    /// # Errors
    /// [`StoreError::BadMeta`], [`StoreError::NewerVersion`], [`StoreError::Io`].
    pub fn meta(folder: &Path) -> Result<Option<Meta>, StoreError> {
        meta::read(folder)
    }

    /// There is a store in `folder`.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// For a first start: writes the note, so that the next [`Store::open`] makes the store.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a note or a store; [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn prepare(folder: &Path, key_place: KeyPlace, key: &Secret, now: Timestamp) -> Result<(), StoreError> {
        if meta::read(folder)?.is_some() || Self::exists(folder) {
            return Err(StoreError::Exists);
        }
        meta::write(folder, &Meta { format: 1, key_id: meta::key_id(key), key_place, created: now })?;
        drop(open(&folder.join(FILE), key, Access::Write { create: true })?);
        Ok(())
    }

    /// Opens the store of `folder`, brings it up to date, and proves with a row written and read back that it works.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::Damaged`], [`StoreError::NewerVersion`], [`StoreError::MigrationChanged`],
    /// [`StoreError::Missing`], [`StoreError::DiskFull`], [`StoreError::Busy`].
    pub fn open(folder: &Path, key: &Secret, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let meta = meta::read(folder)?.ok_or(StoreError::Missing { name: META })?;
        if meta.key_id != meta::key_id(key) {
            return Err(StoreError::WrongKey);
        }
        let file = folder.join(FILE);
        if !file.exists() {
            return Err(StoreError::Missing { name: FILE });
        }
        let ballast = Ballast::in_folder(folder);
        let mut connection = open(&file, key, Access::Write { create: false })?;
        if let Err(error) = ready(&mut connection, clock.now()) {
            // A full disk must not keep the person out of what is already there.
            if !matches!(error, StoreError::DiskFull) || !ballast.drop_it() {
                return Err(error);
            }
            ready(&mut connection, clock.now())?;
        }
        forbid_rewriting(&mut connection)?;
        let readers = (0..READERS).map(|_| open(&file, key, Access::Read)).collect::<Result<Vec<_>, _>>()?;
        ballast.load();
        let writer = start_writer(connection, file)?;
        Ok(Self(Arc::new(Inner { writer: Mutex::new(Some(writer)), readers: Mutex::new(readers), returned: Condvar::new(), clock, ballast })))
    }

    /// Waits for what is under way and moves it into the main file. Later calls say [`StoreError::Closed`].
    ///
    /// # Errors
    /// None at present; what could not be checkpointed is taken over at the next start.
    pub fn close(&self) -> Result<(), StoreError> {
        self.0.shut();
        Ok(())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// One write: all of `work` or nothing of it is on the disk when this returns.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = sync_channel(1);
        let job: Job = Box::new(move |connection| {
            let done = transact(connection, work);
            // Nobody waits when the caller's thread is gone.
            drop(reply.send(done));
        });
        let queue = match &*self.0.writer.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((jobs, _)) => jobs.clone(),
            None => return Err(StoreError::Closed),
        };
        queue.send(job).map_err(|_| StoreError::Closed)?;
        drop(queue);
        let done = answer.recv().map_err(|_| StoreError::Closed)?;
        if matches!(done, Err(StoreError::DiskFull)) && self.0.ballast.drop_it() {
            tracing::warn!("the disk is full; the reserve was given back so that things can be removed");
        }
        done
    }

    /// One look at what is committed.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = loop {
            if self.0.writer.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
                return Err(StoreError::Closed);
            }
            match readers.pop() {
                Some(connection) => break connection,
                None => readers = self.0.returned.wait(readers).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(readers);
        let result = look(&connection);
        self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        self.0.returned.notify_one();
        result
    }

    /// What is installed and being installed.
    #[must_use]
    pub const fn installations(&self) -> Installations<'_> {
        Installations(self)
    }

    /// Licences that the person accepted.
    #[must_use]
    pub const fn licences(&self) -> Licences<'_> {
        Licences(self)
    }

    /// Conversations.
    #[must_use]
    pub const fn conversations(&self) -> Conversations<'_> {
        Conversations(self)
    }

    /// Their messages.
    #[must_use]
    pub const fn messages(&self) -> Messages<'_> {
        Messages(self)
    }

    /// Engine processes, live and ended.
    #[must_use]
    pub const fn runs(&self) -> Runs<'_> {
        Runs(self)
    }

    /// Models seen on this computer.
    #[must_use]
    pub const fn sightings(&self) -> Sightings<'_> {
        Sightings(self)
    }

    /// What the person was told.
    #[must_use]
    pub const fn nudges(&self) -> Nudges<'_> {
        Nudges(self)
    }

    /// What the person asked IT.
    #[must_use]
    pub const fn requests(&self) -> Requests<'_> {
        Requests(self)
    }

    /// The audit log.
    #[must_use]
    pub const fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// The catalogue client's memory.
    #[must_use]
    pub const fn catalogue_files(&self) -> CatalogueFiles<'_> {
        CatalogueFiles(self)
    }

    /// Small values by name.
    #[must_use]
    pub const fn settings(&self) -> Settings<'_> {
        Settings(self)
    }
}

fn transact<T>(connection: &mut Connection, work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
    // IMMEDIATE: a transaction that reads first and writes later can fail at once and for ever (BUSY_SNAPSHOT).
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

/// Migrations, then a canary: written, committed, read back.
fn ready(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    migrate::run(connection, now)?;
    let canary = format!("{}", now.as_millis());
    transact(connection, |transaction| {
        transaction.execute("INSERT OR REPLACE INTO settings (key, value_json) VALUES ('store.canary', ?1)", [&canary])?;
        Ok(())
    })?;
    let read: String = connection.query_row("SELECT value_json FROM settings WHERE key = 'store.canary'", [], |row| row.get(0))?;
    if read == canary { Ok(()) } else { Err(StoreError::Damaged(None)) }
}

fn start_writer(connection: Connection, file: PathBuf) -> Result<(SyncSender<Job>, JoinHandle<()>), StoreError> {
    let (jobs, queue) = sync_channel(QUEUE);
    let thread = std::thread::Builder::new().name("store".into()).spawn(move || write_all(connection, &queue, &file))?;
    Ok((jobs, thread))
}

fn write_all(mut connection: Connection, queue: &Receiver<Job>, file: &Path) {
    while let Ok(job) = queue.recv() {
        // A fault in one write must not take the others with it: its transaction rolls back, its caller hears "closed".
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&mut connection)));
        if done.is_err() {
            tracing::error!("internal.panic: a write to the store failed");
        }
    }
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::info!(%error, file = %file.display(), "the log was not merged; the next start does it");
    }
}
