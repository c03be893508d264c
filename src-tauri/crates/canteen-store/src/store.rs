use std::fmt;
use std::path::Path;
use std::sync::Arc;

use canteen_types::{Clock, FoundStore, Secret, Timestamp};
use rusqlite::{Connection, Transaction};

use crate::ballast::Ballast;
use crate::connection::{Access, forbid_rewriting, open};
use crate::first::{self, FILE};
use crate::meta::{self, KeyPlace, META, Meta};
use crate::readers::Readers;
use crate::writer::{Writer, transact};
use crate::{StoreError, migrate};

const READERS: usize = 2;
/// Counts the starts; written and read back at each.
const CANARY: &str = "store.canary";

/// The open store. Cheap to clone; closed with [`Store::close`] or when the last clone goes.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writer: Writer,
    readers: Readers,
    clock: Arc<dyn Clock>,
    ballast: Ballast,
}

impl Inner {
    fn shut(&self) {
        // Readers go first, or the checkpoint would stop at their snapshots.
        self.readers.shut();
        self.writer.shut();
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

    /// What is in `folder`.
    #[must_use]
    pub fn found(folder: &Path) -> FoundStore {
        if folder.join(FILE).exists() {
            FoundStore::There
        } else if first::begun(folder) {
            FoundStore::Begun
        } else {
            FoundStore::Absent
        }
    }

    /// Marks that a first start is under way. To be called before a key is made: a key without a store is then told from a store
    /// that was lost. What a first start that was cut off has left is cleared away.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a store, or a note without a mark; [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn begin(folder: &Path) -> Result<(), StoreError> {
        match Self::found(folder) {
            FoundStore::There => Err(StoreError::Exists),
            FoundStore::Absent if meta::read(folder)?.is_some() => Err(StoreError::Exists),
            FoundStore::Absent | FoundStore::Begun => {
                first::begin(folder)?;
                meta::remove(folder)
            }
        }
    }

    /// For a first start: writes the note, so that the next [`Store::open`] makes the store.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a note or a store; [`StoreError::DiskFull`], [`StoreError::Io`].
    pub fn prepare(folder: &Path, key_place: KeyPlace, key: &Secret, now: Timestamp) -> Result<(), StoreError> {
        if meta::read(folder)?.is_some() || folder.join(FILE).exists() {
            return Err(StoreError::Exists);
        }
        first::begin(folder)?;
        meta::write(folder, &Meta { format: meta::FORMAT, key_id: meta::key_id(key), key_place, created: now })
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
        first::finish(folder, key, clock.now())?;
        let file = folder.join(FILE);
        match fs_err::metadata(&file) {
            // SQLite takes nothing for a new store, throws its log away and begins anew.
            Ok(found) if found.len() == 0 => return Err(StoreError::Damaged(None)),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(StoreError::Missing { name: FILE }),
            Err(error) => return Err(error.into()),
        }
        let ballast = Ballast::in_folder(folder);
        let (mut connection, canary) = ready(&file, key, clock.now()).or_else(|error| {
            // A full disk must not keep the person out of what is already there.
            if !matches!(error, StoreError::DiskFull) || !ballast.drop_it() {
                return Err(error);
            }
            ready(&file, key, clock.now())
        })?;
        forbid_rewriting(&mut connection)?;
        let readers = (0..READERS).map(|_| open(&file, key, Access::Read)).collect::<Result<Vec<_>, _>>()?;
        ballast.load();
        let inner = Inner { writer: Writer::start(connection, file)?, readers: Readers::new(readers), clock, ballast };
        let store = Self(Arc::new(inner));
        // Through a connection that did not write it: out of the file, not out of the writer's memory.
        if store.settings().get::<u64>(CANARY)?.is_none_or(|read| read < canary) {
            return Err(StoreError::Damaged(None));
        }
        Ok(store)
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
        let done = self.0.writer.write(work);
        if matches!(done, Err(StoreError::DiskFull)) && self.0.ballast.drop_it() {
            tracing::warn!("the disk is full; the reserve was given back so that things can be removed");
        }
        done
    }

    /// Moves what was committed into the main file and empties the log of transactions.
    pub(crate) fn merge(&self) -> Result<(), StoreError> {
        self.0.writer.act(|connection| {
            let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy {
                tracing::info!("the log of transactions is being read and is emptied later");
            }
            Ok(())
        })
    }

    /// One look at what is committed.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        look(self.0.readers.lend()?.connection()?)
    }
}

/// The writer's connection after migrations and the canary: the number of this start, written.
fn ready(file: &Path, key: &Secret, now: Timestamp) -> Result<(Connection, u64), StoreError> {
    let mut connection = open(file, key, Access::Write { create: false })?;
    if migrate::version(&connection)? == 0 {
        return Err(StoreError::Damaged(None));
    }
    migrate::run(&mut connection, now)?;
    let canary = transact(&mut connection, |transaction| {
        Ok(transaction.query_row(
            "INSERT INTO settings (key, value_json) VALUES (?1, '1')
             ON CONFLICT (key) DO UPDATE SET value_json = CAST(CAST(value_json AS INTEGER) + 1 AS TEXT)
             RETURNING CAST(value_json AS INTEGER)",
            [CANARY],
            |row| crate::column::count(row, 0),
        )?)
    })?;
    Ok((connection, canary))
}

#[cfg(test)]
mod tests {
    use canteen_audit::Event;
    use canteen_types::{Coded as _, TestClock};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn key() -> Secret {
        Secret::new([7; 32])
    }

    fn again(folder: &Path) -> Result<Store, StoreError> {
        Store::open(folder, &key(), Arc::new(TestClock::at(NOW)))
    }

    fn new() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
        let store = again(folder.path()).unwrap();
        (folder, store)
    }

    /// The file itself, by the key, past everything that guards it.
    fn past_the_guards(folder: &Path, sql: &str) {
        open(&folder.join(FILE), &key(), Access::Write { create: false }).unwrap().execute_batch(sql).unwrap();
    }

    fn pages(store: &Store, pragma: &'static str) {
        store.write(move |transaction| Ok(transaction.query_row(pragma, [], |_| Ok(()))?)).unwrap();
    }

    #[test]
    fn a_full_store_says_so_keeps_what_it_has_and_can_still_be_emptied() {
        let (folder, store) = new();
        store.settings().put("big", &"y".repeat(200_000), None).unwrap();
        pages(&store, "PRAGMA max_page_count = 120");
        let mut saved = 0;
        let refused = loop {
            match store.audit().append(Event::SettingsChanged { what: "x".repeat(4000) }) {
                Ok(seq) => saved = seq,
                Err(error) => break error,
            }
        };
        assert_eq!(refused.code(), "store.disk_full");
        assert!(saved > 2);
        assert!(!folder.path().join("ballast").exists(), "the reserve was given back");
        assert_eq!(store.audit().rows().unwrap(), saved, "reading goes on");
        store.settings().put("big", &1, None).unwrap();
        assert_eq!(store.audit().append(Event::HostStopped).unwrap(), saved + 1, "there is room again");
        store.close().unwrap();
        let check = again(folder.path()).unwrap().audit().verify().unwrap();
        assert_eq!((check.rows, check.broken_at), (saved + 1, None));
    }

    #[test]
    fn a_store_of_a_newer_program_is_left_alone() {
        let (folder, store) = new();
        store.close().unwrap();
        past_the_guards(folder.path(), "PRAGMA user_version = 99");
        let refused = again(folder.path()).unwrap_err();
        assert!(matches!(refused, StoreError::NewerVersion { found: 99, .. }), "{refused}");
    }

    #[test]
    fn a_store_whose_steps_were_others_is_not_opened() {
        let (folder, store) = new();
        store.close().unwrap();
        past_the_guards(folder.path(), "UPDATE schema_history SET digest = zeroblob(32) WHERE version = 1");
        let refused = again(folder.path()).unwrap_err();
        assert!(matches!(refused, StoreError::MigrationChanged { version: 1 }), "{refused}");
    }

    #[test]
    fn an_altered_row_is_found_by_the_check_of_the_log() {
        let (folder, store) = new();
        for _ in 0..5 {
            store.audit().append(Event::HostStopped).unwrap();
        }
        store.close().unwrap();
        past_the_guards(
            folder.path(),
            "DROP TRIGGER audit_no_change; UPDATE audit SET body = CAST(replace(body, 'stopped', 'started') AS BLOB) WHERE seq = 3",
        );
        let check = again(folder.path()).unwrap().audit().verify().unwrap();
        assert_eq!((check.rows, check.broken_at), (5, Some(3)));
    }

    #[test]
    fn a_plain_database_in_its_place_is_damage() {
        let (folder, store) = new();
        store.close().unwrap();
        let file = folder.path().join(FILE);
        fs_err::remove_file(&file).unwrap();
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE settings (key TEXT, value_json TEXT)").unwrap();
        assert_eq!(again(folder.path()).unwrap_err().code(), "store.damaged");
    }

    #[test]
    fn a_file_of_the_same_key_without_our_tables_is_damage_and_not_filled() {
        let (folder, store) = new();
        store.close().unwrap();
        let file = folder.path().join(FILE);
        fs_err::remove_file(&file).unwrap();
        open(&file, &key(), Access::Write { create: true }).unwrap().execute_batch("CREATE TABLE other (x INTEGER)").unwrap();
        assert_eq!(again(folder.path()).unwrap_err().code(), "store.damaged");
    }

    #[test]
    fn a_fault_in_one_write_or_look_leaves_the_store_working() {
        let (_folder, store) = new();
        let broken = store.write::<()>(|transaction| {
            transaction.execute("INSERT INTO settings (key, value_json) VALUES ('half', '1')", [])?;
            panic!("a fault in a write");
        });
        assert_eq!(broken.unwrap_err().code(), "store.closed");
        assert_eq!(store.settings().get::<u32>("half").unwrap(), None, "rolled back");
        for _ in 0..READERS + 1 {
            let look = std::panic::AssertUnwindSafe(|| store.read::<()>(|_| panic!("a fault in a look")));
            assert!(std::panic::catch_unwind(look).is_err());
        }
        assert_eq!(store.audit().append(Event::HostStopped).unwrap(), 1);
        assert_eq!(store.audit().rows().unwrap(), 1);
    }

    #[test]
    fn each_start_counts_in_the_canary() {
        let (folder, store) = new();
        assert_eq!(store.settings().get::<u64>(CANARY).unwrap(), Some(1));
        drop(store);
        assert_eq!(again(folder.path()).unwrap().settings().get::<u64>(CANARY).unwrap(), Some(2));
    }
}
