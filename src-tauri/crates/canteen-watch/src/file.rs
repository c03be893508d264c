use std::fs::Metadata;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use canteen_modelfile::{Facts, Limits, read_header, recognise};
use canteen_types::{ByteSize, Timestamp};

/// Tells whether a file is still the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    /// Device.
    pub device: u64,
    /// Inode, or a stand-in where the system has none.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Last change of its bytes, in nanoseconds since 1970 UTC.
    pub modified_ns: i64,
    /// Last change of its entry, in nanoseconds since 1970 UTC.
    pub changed_ns: i64,
}

impl FileIdentity {
    /// Whether `other` differs in the last change of its entry at most. A new name or other rights do that, and leave the bytes as
    /// they were; so does whoever sets the time of modification back, so the digest has to be taken again all the same.
    #[must_use]
    pub fn differs_in_entry_at_most(&self, other: &Self) -> bool {
        Self { changed_ns: other.changed_ns, ..*self } == *other
    }

    /// From what the system says about an open file or a path.
    #[cfg(unix)]
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let nanos = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified_ns: nanos(metadata.mtime(), metadata.mtime_nsec()),
            // A change of bytes can be hidden from the time of modification, never from this one.
            changed_ns: nanos(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Windows gives no stable file index without opening; creation time and size stand in.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let nanos = |time: std::io::Result<std::time::SystemTime>| {
            time.ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|since| i64::try_from(since.as_nanos()).ok())
                .unwrap_or(0)
        };
        let created = nanos(metadata.created());
        Self {
            device: 0,
            inode: created.unsigned_abs(),
            size: metadata.len(),
            modified_ns: nanos(metadata.modified()),
            changed_ns: 0,
        }
    }
}

/// Weights that were recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFile {
    /// Which file.
    pub identity: FileIdentity,
    /// Where it lies.
    pub path: PathBuf,
    /// In which store or folder, as people call it.
    pub place: String,
    /// Its size.
    pub size: ByteSize,
    /// What its header says.
    pub facts: Facts,
    /// When it was seen.
    pub at: Timestamp,
}

/// Opens `path` and reads its header. `None` when it is no model, or not whole.
pub(crate) fn inspect(path: &Path, place: &str, at: Timestamp) -> Option<SeenFile> {
    let mut file = open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() {
        return None;
    }
    let mut first = [0; 16];
    file.read_exact(&mut first).ok()?;
    recognise(&first)?;
    file.seek(SeekFrom::Start(0)).ok()?;
    let facts = read_header(file, metadata.len(), &Limits::default()).ok()?;
    let identity = FileIdentity::of(&metadata);
    Some(SeenFile { identity, path: path.to_owned(), place: place.to_owned(), size: ByteSize::new(metadata.len()), facts, at })
}

/// For reading, and without waiting: a pipe may have taken a file's place since it was looked at.
#[cfg(target_os = "linux")]
pub(crate) fn open(path: &Path) -> std::io::Result<fs_err::File> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    fs_err::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// For reading.
#[cfg(not(target_os = "linux"))]
pub(crate) fn open(path: &Path) -> std::io::Result<fs_err::File> {
    fs_err::File::open(path)
}
