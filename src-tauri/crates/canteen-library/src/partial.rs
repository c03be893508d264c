use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use canteen_types::{Artifact, Digest};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::verify::hash;
use crate::{Library, LibraryError, platform};

/// What a half-finished file is for; the two never share bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// From a source; kept when it is interrupted.
    Fetch,
    /// A copy of a file on this computer; begun anew each time.
    Import,
}

/// A file that grows to be an artifact: `<hex>.part`, with `<hex>.synced` beside it.
///
/// The second file says how many bytes were on the disk for certain at its last writing, and their SHA-256. After a kill or a
/// power cut the first must begin with exactly these; if it does not, nothing of it is used.
#[derive(Debug)]
pub(crate) struct Partial {
    file: File,
    record: File,
    library: Library,
    kind: Kind,
    digest: Digest,
    size: u64,
    hasher: Sha256,
    done: u64,
    synced: u64,
    synced_at: Instant,
}

/// How a complete file turned out.
#[derive(Debug)]
pub(crate) enum Finished {
    /// It is whole, right, on the disk and under its name.
    Stored(PathBuf),
    /// Its digest is this one. Nothing of it is left.
    Wrong(Digest),
}

impl Partial {
    /// Also after this long the bytes so far are put on record, so that a slow line loses seconds and not its 16 MiB.
    const SYNC_AFTER: Duration = Duration::from_secs(2);

    /// Bytes that can be gone on from, as the record says.
    pub(crate) fn kept(folder: &Path, artifact: &Artifact) -> u64 {
        let (file, record) = names(folder, &artifact.digest, Kind::Fetch);
        let there = file.symlink_metadata().map_or(0, |found| found.len());
        let recorded = platform::open_no_follow(&record).ok().flatten().and_then(|mut record| read_record(&mut record));
        recorded.map_or(0, |(bytes, _)| bytes).min(there).min(artifact.size.bytes())
    }

    /// Removes both files; nothing there is fine.
    pub(crate) fn remove(folder: &Path, digest: &Digest) -> io::Result<()> {
        let (file, record) = names(folder, digest, Kind::Fetch);
        remove_if_there(&file)?;
        remove_if_there(&record)
    }

    /// Opens what is there and hashes it again, or begins anew. Space for the rest is checked here.
    pub(crate) fn open(
        library: &Library,
        artifact: &Artifact,
        kind: Kind,
        cancel: &CancellationToken,
    ) -> Result<Self, LibraryError> {
        let folder = library.partials();
        let size = artifact.size.bytes();
        let fresh = kind == Kind::Import;
        library.check_space(if fresh { size } else { size.saturating_sub(Self::kept(&folder, artifact)) })?;
        let (path, record) = names(&folder, &artifact.digest, kind);
        let open = |path: &Path| platform::open_private(path, fresh).map_err(LibraryError::write("begin a file", size, &folder));
        let mut partial = Self {
            file: open(&path)?,
            record: open(&record)?,
            library: library.clone(),
            kind,
            digest: artifact.digest,
            size,
            hasher: Sha256::new(),
            done: 0,
            synced: 0,
            synced_at: Instant::now(),
        };
        partial.resume(cancel)?;
        platform::sync_folder(&folder).map_err(LibraryError::io("write its folder"))?;
        Ok(partial)
    }

    fn resume(&mut self, cancel: &CancellationToken) -> Result<(), LibraryError> {
        let there = self.file.metadata().map_err(LibraryError::io("look at what was fetched"))?.len();
        let recorded = read_record(&mut self.record).filter(|(bytes, _)| *bytes <= there && *bytes <= self.size);
        if let Some((bytes, digest)) = recorded.filter(|(bytes, _)| *bytes > 0) {
            let hasher = hash(&mut self.file, bytes, cancel)?;
            if Digest::new(hasher.clone().finalize().into()) == digest {
                (self.hasher, self.done, self.synced) = (hasher, bytes, bytes);
                let cut = self.file.set_len(bytes).and_then(|()| self.file.seek(SeekFrom::Start(bytes)));
                return cut.map(drop).map_err(LibraryError::io("go on with what was fetched"));
            }
            tracing::warn!(bytes, "what was fetched earlier is damaged; beginning anew");
        }
        self.restart()
    }

    /// Bytes in the file.
    pub(crate) const fn done(&self) -> u64 {
        self.done
    }

    /// Writes and hashes `bytes` at the end.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<(), LibraryError> {
        if let Err(cause) = self.write(bytes) {
            let rest = self.size.saturating_sub(self.done).saturating_add(self.library.limits().reserve.bytes());
            let error = LibraryError::write("write the model", rest, &self.library.partials())(cause);
            if let Err(error) = self.keep() {
                tracing::warn!(%error, "the last bytes could not be put on record; an earlier record stands");
            }
            return Err(error);
        }
        let due = self.done.saturating_sub(self.synced) >= self.library.limits().sync_every
            || self.synced_at.elapsed() >= Self::SYNC_AFTER;
        if due && self.kind == Kind::Fetch { self.keep() } else { Ok(()) }
    }

    fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.file.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    let (now, rest) = bytes.split_at_checked(written).ok_or(io::ErrorKind::InvalidData)?;
                    self.hasher.update(now);
                    self.done = self.done.saturating_add(written as u64);
                    bytes = rest;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Puts all bytes so far on the disk and on record.
    pub(crate) fn keep(&mut self) -> Result<(), LibraryError> {
        self.synced_at = Instant::now();
        if self.done == self.synced || self.kind == Kind::Import {
            return Ok(());
        }
        let digest = Digest::new(self.hasher.clone().finalize().into());
        let kept = self.file.sync_data().and_then(|()| write_record(&mut self.record, self.done, &digest));
        kept.map_err(LibraryError::write("put the model on the disk", self.size - self.done, &self.library.partials()))?;
        self.synced = self.done;
        Ok(())
    }

    /// Forgets all bytes and begins anew.
    pub(crate) fn restart(&mut self) -> Result<(), LibraryError> {
        (self.hasher, self.done, self.synced) = (Sha256::new(), 0, 0);
        write_record(&mut self.record, 0, &Digest::of(b""))
            .and_then(|()| self.file.set_len(0))
            .and_then(|()| self.file.rewind())
            .map_err(LibraryError::write("begin a file anew", self.size, &self.library.partials()))
    }

    /// Compares the digest. Right: read-only, synced, under its name in one step. Wrong: nothing is left.
    pub(crate) fn finish(&mut self) -> Result<Finished, LibraryError> {
        let found = Digest::new(self.hasher.clone().finalize().into());
        if self.done != self.size || found != self.digest {
            self.restart()?;
            return Ok(Finished::Wrong(found));
        }
        let (from, record) = names(&self.library.partials(), &self.digest, self.kind);
        let goal = self.library.path_of(&self.digest);
        platform::make_read_only(&self.file)
            .and_then(|()| self.file.sync_all())
            .and_then(|()| fs_err::rename(&from, &goal))
            .and_then(|()| platform::sync_folder(&self.library.blobs()))
            .map_err(LibraryError::write("put the model in its place", 0, &self.library.partials()))?;
        // A record without its file counts for nothing, so a failure here is no failure of the installation.
        if let Err(error) = remove_if_there(&record) {
            tracing::warn!(%error, "a record of fetched bytes stays behind");
        }
        Ok(Finished::Stored(goal))
    }

    /// Removes it from the disk.
    pub(crate) fn discard(self) -> Result<(), LibraryError> {
        let (file, record) = names(&self.library.partials(), &self.digest, self.kind);
        remove_if_there(&file).and_then(|()| remove_if_there(&record)).map_err(LibraryError::io("remove what was fetched"))
    }
}

/// Removes copies that a kill left behind.
pub(crate) fn sweep_imports(folder: &Path) {
    let Ok(files) = fs_err::read_dir(folder) else { return };
    for path in files.flatten().map(|file| file.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_import = name.ends_with(".import.part") || name.ends_with(".import.synced");
        if is_import && let Err(error) = platform::remove(&path) {
            tracing::warn!(%error, "a half-finished copy stays behind");
        }
    }
}

fn names(folder: &Path, digest: &Digest, kind: Kind) -> (PathBuf, PathBuf) {
    let stem = match kind {
        Kind::Fetch => digest.hex(),
        Kind::Import => format!("{}.import", digest.hex()),
    };
    (folder.join(format!("{stem}.part")), folder.join(format!("{stem}.synced")))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match platform::remove(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        Ok(()) | Err(_) => Ok(()),
    }
}

const RECORD: &str = "canteen-partial 1";
/// Word, space, 20 digits, space, 64 hex digits, new line. Always as long: it is written in place, which needs no new block on
/// a full disk; a torn writing fails the comparison of the digest.
const RECORD_LENGTH: u64 = 17 + 1 + 20 + 1 + 64 + 1;

fn write_record(record: &mut File, bytes: u64, digest: &Digest) -> io::Result<()> {
    record.rewind()?;
    record.write_all(format!("{RECORD} {bytes:020} {}\n", digest.hex()).as_bytes())?;
    record.sync_data()
}

fn read_record(record: &mut File) -> Option<(u64, Digest)> {
    let mut text = String::new();
    record.rewind().ok()?;
    record.take(RECORD_LENGTH).read_to_string(&mut text).ok()?;
    parse_record(&text)
}

fn parse_record(text: &str) -> Option<(u64, Digest)> {
    let (bytes, digest) = text.strip_prefix(RECORD)?.strip_prefix(' ')?.strip_suffix('\n')?.split_once(' ')?;
    if bytes.len() != 20 || !bytes.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((bytes.parse().ok()?, Digest::from_hex(digest).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_has_one_form() {
        let mut file = tempfile::tempfile().unwrap();
        write_record(&mut file, 7, &Digest::of(b"weights")).unwrap();
        assert_eq!(file.metadata().unwrap().len(), RECORD_LENGTH);
        assert_eq!(read_record(&mut file), Some((7, Digest::of(b"weights"))));
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String) {
            let _ = parse_record(&text);
        }

        #[test]
        fn a_cut_record_is_none(cut in 0usize..103) {
            let whole = format!("{RECORD} {:020} {}\n", 9, Digest::of(b"").hex());
            prop_assert_eq!(parse_record(whole.get(..cut).unwrap()), None);
        }
    }
}
