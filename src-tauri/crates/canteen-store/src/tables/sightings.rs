use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use canteen_audit::Event;
use canteen_types::{ByteSize, Digest, EntryId, EvidenceSource, Grade, SightingId, Signal, Task, Timestamp, Verdict};
use rusqlite::Row;

use super::audit::append;
use crate::column::{NAME, TEXT, cut};
use crate::column::{count, maybe_digest, maybe_json, maybe_parsed, maybe_worded, signed, time, word, worded};
use crate::{Store, StoreError};

/// Evidence that is kept per sighting; the oldest goes.
const MOST_EVIDENCE: u32 = 50;
/// Disputed ones in the list.
const MOST_DISPUTED: u32 = 200;
/// Words of what the person disputed; the first is that of versions that did not ask why.
pub const DISPUTED: [&str; 3] = ["disputed", "not_a_model", "not_me"];
/// The same, for SQL.
pub(super) const IS_DISPUTED: &str = "IN ('disputed', 'not_a_model', 'not_me')";
/// Candidates for an import.
const MOST_CANDIDATES: u32 = 16;

/// Tells whether a file is still the one that was read: no byte of it can have changed while all five stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    /// Device.
    pub device: u64,
    /// Inode, or the file index.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Last change of its bytes, in nanoseconds since 1970 UTC.
    pub modified_ns: i64,
    /// Last change of its entry, in nanoseconds since 1970 UTC.
    pub changed_ns: i64,
}

/// One model seen on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingRow {
    /// Id.
    pub id: SightingId,
    /// Which file.
    pub identity: FileIdentity,
    /// SHA-256, once taken.
    pub digest: Option<Digest>,
    /// Where it lies.
    pub path: PathBuf,
    /// The same, as the person reads it.
    pub shown_path: String,
    /// What it calls itself.
    pub name: String,
    /// Format, architecture, quantisation, size.
    pub about: String,
    /// In which store or folder.
    pub found_in: String,
    /// How far its use has got.
    pub grade: Grade,
    /// Compared with the catalogue.
    pub verdict: Option<Verdict>,
    /// The entry with the same bytes.
    pub entry: Option<EntryId>,
    /// Of a kind that is listed and never nudged about.
    pub inventory: bool,
    /// The program that holds it.
    pub holder: Option<String>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Why it is of no more interest: gone, approved, granted; what the person disputed: [`DISPUTED`].
    pub resolved: Option<String>,
    /// Codes of what is wrong with the file, the worst first.
    pub hazards: Vec<String>,
    /// What it is probably used for, best guess first; empty where that is nothing that a model in the catalogue does.
    pub tasks: Vec<Task>,
}

/// One observation behind a sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Behind which sighting.
    pub sighting: SightingId,
    /// What it was read from.
    pub source: EvidenceSource,
    /// Which signal it counts as.
    pub signal: Option<Signal>,
    /// Which sentence it is, for faces with texts of their own; absent in older rows.
    pub code: Option<String>,
    /// What belongs into that sentence.
    pub fields: BTreeMap<String, String>,
    /// In plain words, in English.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// Models seen on this computer.
#[derive(Clone, Copy, Debug)]
pub struct Sightings<'a>(pub(crate) &'a Store);

const COLUMNS: &str =
    "SELECT id, device, inode, size_bytes, modified_ns, changed_ns, digest, path, shown_path, name, about, found_in,
    grade, verdict, entry, inventory, holder, first_seen_utc, last_seen_utc, resolved, hazards_json, tasks_json FROM sightings";

impl Sightings<'_> {
    /// Keeps or replaces one, with its event.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn put(&self, row: &SightingRow, event: Option<Event>) -> Result<(), StoreError> {
        let (row, now) = (row.clone(), self.0.now());
        let hazards = (!row.hazards.is_empty()).then(|| serde_json::to_string(&row.hazards)).transpose();
        let hazards = hazards.map_err(|error| StoreError::Io(error.into()))?;
        let tasks = serde_json::to_string(&row.tasks).map_err(|error| StoreError::Io(error.into()))?;
        self.0.write(move |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO sightings (id, device, inode, size_bytes, modified_ns, changed_ns, digest, path, shown_path, name, about,
                       found_in, grade, verdict, entry, inventory, holder, first_seen_utc, last_seen_utc, resolved, hazards_json, tasks_json)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
                     ON CONFLICT (id) DO UPDATE SET device = ?2, inode = ?3, size_bytes = ?4, modified_ns = ?5, changed_ns = ?6, digest = ?7, path = ?8, shown_path = ?9, name = ?10, about = ?11, found_in = ?12,
                       grade = ?13, verdict = ?14, entry = ?15, inventory = ?16, holder = ?17, last_seen_utc = ?19, resolved = ?20, hazards_json = ?21, tasks_json = ?22",
                )?
                .execute(rusqlite::params![
                    row.id.as_bytes(),
                    signed(row.identity.device),
                    signed(row.identity.inode),
                    signed(row.identity.size),
                    row.identity.modified_ns,
                    row.identity.changed_ns,
                    row.digest.as_ref().map(Digest::as_bytes),
                    row.path.as_os_str().as_encoded_bytes(),
                    cut(&row.shown_path, TEXT),
                    cut(&row.name, NAME),
                    cut(&row.about, NAME),
                    cut(&row.found_in, NAME),
                    word(&row.grade),
                    row.verdict.as_ref().map(word),
                    row.entry.as_ref().map(EntryId::as_str),
                    row.inventory,
                    row.holder.as_deref().map(|holder| cut(holder, NAME)),
                    row.first_seen.as_millis(),
                    row.last_seen.as_millis(),
                    row.resolved,
                    hazards,
                    tasks,
                ])?;
            append(transaction, event, now)
        })
    }

    /// One by id.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn get(&self, id: SightingId) -> Result<Option<SightingRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE id = ?1");
        self.0.read(|connection| super::row(connection, "sightings", &sql, [id.as_bytes()], read))
    }

    /// The sighting of exactly this file; its digest needs not be taken again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn by_identity(&self, file: &FileIdentity) -> Result<Option<SightingRow>, StoreError> {
        let sql =
            format!("{COLUMNS} WHERE device = ?1 AND inode = ?2 AND size_bytes = ?3 AND modified_ns = ?4 AND changed_ns = ?5");
        let params = (signed(file.device), signed(file.inode), signed(file.size), file.modified_ns, file.changed_ns);
        self.0.read(|connection| super::row(connection, "sightings", &sql, params, read))
    }

    /// The open or disputed sighting of what is most likely the same file under another name or with other rights: only the last change of
    /// its entry differs. Its digest has to be taken again, as whoever sets the time of modification back looks the same.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn by_file(&self, file: &FileIdentity) -> Result<Option<SightingRow>, StoreError> {
        let sql = format!(
            "{COLUMNS} WHERE (resolved IS NULL OR resolved {IS_DISPUTED}) AND device = ?1 AND inode = ?2 AND size_bytes = ?3 AND modified_ns = ?4
               ORDER BY last_seen_utc DESC LIMIT 1"
        );
        let params = (signed(file.device), signed(file.inode), signed(file.size), file.modified_ns);
        self.0.read(|connection| super::row(connection, "sightings", &sql, params, read))
    }

    /// The open sighting of this file while it was being written: it has grown since.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn arriving(&self, file: &FileIdentity) -> Result<Option<SightingRow>, StoreError> {
        let sql = format!(
            "{COLUMNS} WHERE resolved IS NULL AND grade = 'arriving' AND device = ?1 AND inode = ?2 ORDER BY last_seen_utc DESC LIMIT 1"
        );
        let params = (signed(file.device), signed(file.inode));
        self.0.read(|connection| super::row(connection, "sightings", &sql, params, read))
    }

    /// Those that the person said are no model, or not theirs, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn disputed(&self) -> Result<Vec<SightingRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE resolved {IS_DISPUTED} ORDER BY last_seen_utc DESC, id LIMIT ?1");
        self.0.read(|connection| super::rows(connection, "sightings", &sql, [MOST_DISPUTED], read))
    }

    /// Those of interest.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(&self) -> Result<Vec<SightingRow>, StoreError> {
        let sql = format!("{COLUMNS} WHERE resolved IS NULL ORDER BY first_seen_utc, id");
        self.0.read(|connection| super::rows(connection, "sightings", &sql, [], read))
    }

    /// Files that may hold exactly these bytes: same size, and the same digest or none yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn candidates(&self, size: ByteSize, digest: Digest) -> Result<Vec<PathBuf>, StoreError> {
        let sql = format!("{COLUMNS} WHERE resolved IS NULL AND size_bytes = ?1 AND (digest IS NULL OR digest = ?2) LIMIT ?3");
        let params = (signed(size.bytes()), digest.as_bytes(), MOST_CANDIDATES);
        let rows = self.0.read(|connection| super::rows(connection, "sightings", &sql, params, read))?;
        Ok(rows.into_iter().map(|row| row.path).collect())
    }

    /// Adds evidence; beyond fifty the oldest goes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn note(&self, evidence: &EvidenceRow) -> Result<(), StoreError> {
        let new = evidence.clone();
        let fields: BTreeMap<&str, &str> = new.fields.iter().map(|(name, value)| (cut(name, NAME), cut(value, NAME))).collect();
        let fields = serde_json::to_string(&fields).map_err(|error| StoreError::Io(error.into()))?;
        self.0.write(move |transaction| {
            transaction.execute(
                "INSERT INTO evidence (sighting, source, signal, body, at_utc, code, fields_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (
                    new.sighting.as_bytes(),
                    word(&new.source),
                    new.signal.as_ref().map(word),
                    cut(&new.text, TEXT),
                    new.at.as_millis(),
                    &new.code,
                    &fields,
                ),
            )?;
            transaction.execute(
                "DELETE FROM evidence WHERE sighting = ?1 AND rowid NOT IN
                   (SELECT rowid FROM evidence WHERE sighting = ?1 ORDER BY at_utc DESC, rowid DESC LIMIT ?2)",
                (new.sighting.as_bytes(), MOST_EVIDENCE),
            )?;
            Ok(())
        })
    }

    /// What stands behind one sighting, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn evidence(&self, id: SightingId) -> Result<Vec<EvidenceRow>, StoreError> {
        let sql = "SELECT source, signal, body, at_utc, code, fields_json FROM evidence WHERE sighting = ?1 ORDER BY at_utc DESC, rowid DESC";
        self.0.read(|connection| {
            super::rows(connection, "evidence", sql, [id.as_bytes()], |row| {
                Ok(EvidenceRow {
                    sighting: id,
                    source: worded(row, 0)?,
                    signal: maybe_worded(row, 1)?,
                    text: row.get(2)?,
                    at: time(row, 3)?,
                    code: row.get(4)?,
                    fields: maybe_json(row, 5)?.unwrap_or_default(),
                })
            })
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<SightingRow> {
    Ok(SightingRow {
        id: SightingId::from_bytes(row.get(0)?),
        identity: FileIdentity {
            device: count(row, 1)?,
            inode: count(row, 2)?,
            size: count(row, 3)?,
            modified_ns: row.get(4)?,
            changed_ns: row.get(5)?,
        },
        digest: maybe_digest(row, 6)?,
        path: path(row.get(7)?),
        shown_path: row.get(8)?,
        name: row.get(9)?,
        about: row.get(10)?,
        found_in: row.get(11)?,
        grade: worded(row, 12)?,
        verdict: maybe_worded(row, 13)?,
        entry: maybe_parsed(row, 14)?,
        inventory: row.get(15)?,
        holder: row.get(16)?,
        first_seen: time(row, 17)?,
        last_seen: time(row, 18)?,
        resolved: row.get(19)?,
        hazards: maybe_json(row, 20)?.unwrap_or_default(),
        tasks: maybe_json(row, 21)?.unwrap_or_else(|| vec![Task::Chat]),
    })
}

#[cfg(unix)]
pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    Path::new(&std::ffi::OsString::from_vec(bytes)).to_owned()
}

/// Written from the same encoding; a path with lone surrogates is shown with stand-ins and not opened again.
#[cfg(not(unix))]
pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    Path::new(&String::from_utf8_lossy(&bytes).into_owned()).to_owned()
}
