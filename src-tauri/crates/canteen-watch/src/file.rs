use std::io;
use std::path::{Path, PathBuf};

use canteen_modelfile::HazardCode;
use canteen_types::{ByteSize, Digest, Timestamp};

use crate::About;
#[cfg(any(test, not(target_os = "linux")))]
use crate::process::FileKey;

/// Tells whether a file is still the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentity {
    /// Device; on Windows the serial number of the volume.
    pub device: u64,
    /// Inode; on Windows the file's index in its volume.
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

    /// Stands for weights that no file of this account is known of, only their digest. No real file lies on device 0.
    #[must_use]
    pub fn by_digest(digest: Digest, size: u64) -> Self {
        let inode = digest.as_bytes().first_chunk().copied().map_or(0, u64::from_be_bytes) >> 1;
        Self { device: 0, inode, size, modified_ns: 0, changed_ns: 0 }
    }

    /// Of the file at this path; links are followed, and nothing of it is read.
    ///
    /// # Errors
    /// Those of the system: no such file, or not for this account.
    pub fn at(path: &Path) -> io::Result<Self> {
        #[cfg(unix)]
        return fs_err::metadata(path).map(|metadata| Self::of(&metadata));
        #[cfg(windows)]
        return Self::of_open(&crate::opener::unread(path)?);
    }

    /// Of an open file.
    ///
    /// # Errors
    /// Those of the system.
    pub fn of_open(file: &fs_err::File) -> io::Result<Self> {
        #[cfg(unix)]
        return file.metadata().map(|metadata| Self::of(&metadata));
        #[cfg(windows)]
        return crate::system::identity(file.file());
    }

    /// From what the system says about an open file or a path.
    #[cfg(unix)]
    #[must_use]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
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

    #[cfg(any(test, not(target_os = "linux")))]
    pub(crate) const fn key(&self) -> FileKey {
        FileKey { device: self.device, inode: self.inode }
    }
}

/// How much of the weights is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// All, as far as the header says.
    Whole,
    /// They are being downloaded, copied or unpacked.
    Underway,
}

/// What holds the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// The file itself.
    File,
    /// A program that carries them behind its code.
    Program,
    /// Several files that were cut from one; this is the first.
    Parts {
        /// How many.
        count: u32,
    },
}

/// Weights that were recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFile {
    /// Which file.
    pub identity: FileIdentity,
    /// Where it lies; as its holder calls it, where that is the only name known.
    pub path: PathBuf,
    /// By which this account reads it: another path than that where its holder sees other mounts, or it has lost its name.
    pub way: PathBuf,
    /// In which store or folder, as people call it.
    pub place: String,
    /// Its size.
    pub size: ByteSize,
    /// What it says of itself.
    pub about: About,
    /// What is wrong with it, the worst first; bounded.
    pub hazards: Vec<&'static HazardCode>,
    /// Whether they are all there.
    pub arrival: Arrival,
    /// In what.
    pub container: Container,
    /// When it was seen.
    pub at: Timestamp,
}
