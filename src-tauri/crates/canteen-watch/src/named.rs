//! A file that the person names, to ask about it. It need not be a model: IT is asked about bytes, whatever they are.
//!
//! The path comes from a person and may be anything. It is opened once and everything is read from that handle; links are
//! followed, because the person may have named one, and what is no regular file is refused before a byte of it is read.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use canteen_modelfile::lineage::{self, Fingerprint};
use canteen_modelfile::{Hands, HazardCode, Limits};
use canteen_types::{ByteSize, Coded, Digest, Remedy};

use crate::contents;
use crate::hasher::digest_of;
use crate::opener;
use crate::{About, FileIdentity};

/// Larger files are no model of today (the largest open weights have some 1.5 TB, in many files); reading one would take hours.
const LARGEST: ByteSize = ByteSize::new(2_000_000_000_000);

/// Why a file that was named is not asked about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NamedFileError {
    /// A relative path would mean something else to the host than to the person.
    #[error("“{given}” does not say where the file lies. Give its whole path, beginning with / or ~/.")]
    NotAbsolute {
        /// As it was given.
        given: String,
    },
    /// Nothing there.
    #[error("There is no file {path}. Check the path, then try again.")]
    NotThere {
        /// As it was given.
        path: String,
    },
    /// A folder, a device, a pipe.
    #[error("{path} is not a file. Name the model file itself.")]
    NoFile {
        /// As it was given.
        path: String,
    },
    /// The account may not, or the disk fails.
    #[error("{path} cannot be read: {cause}. Check that you may open it, then try again.")]
    Unreadable {
        /// As it was given.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Nothing in it.
    #[error("{path} is empty. Wait until it is whole, or name another file.")]
    Empty {
        /// As it was given.
        path: String,
    },
    /// Beyond the limit.
    #[error("{path} is larger than any model ({}), so it is not read. Name the model file itself.", .size.as_file())]
    TooLarge {
        /// As it was given.
        path: String,
        /// Its size.
        size: ByteSize,
    },
    /// Somebody writes it.
    #[error("{path} changed while it was read. Wait until it is whole, then try again.")]
    Changed {
        /// As it was given.
        path: String,
    },
}

impl Coded for NamedFileError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAbsolute { .. } => "watch.not_absolute",
            Self::NotThere { .. } => "watch.not_there",
            Self::NoFile { .. } => "watch.no_file",
            Self::Unreadable { .. } => "watch.unreadable",
            Self::Empty { .. } => "watch.empty",
            Self::TooLarge { .. } => "watch.too_large",
            Self::Changed { .. } => "watch.changed",
        }
    }

    fn remedy(&self) -> Remedy {
        match self {
            Self::Unreadable { .. } | Self::Changed { .. } => Remedy::Retry,
            Self::NotAbsolute { .. }
            | Self::NotThere { .. }
            | Self::NoFile { .. }
            | Self::Empty { .. }
            | Self::TooLarge { .. } => Remedy::None,
        }
    }

    fn subject(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotAbsolute { given } => vec![("given", given.clone())],
            Self::TooLarge { path, size } => vec![("path", path.clone()), ("bytes", size.bytes().to_string())],
            Self::NotThere { path }
            | Self::NoFile { path }
            | Self::Unreadable { path, .. }
            | Self::Empty { path }
            | Self::Changed { path } => vec![("path", path.clone())],
        }
    }
}

/// What was found out about a named file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// SHA-256 of the whole file.
    pub digest: Digest,
    /// What it says of itself, where it is a model that this version reads.
    pub about: Option<About>,
    /// What is wrong with it, the worst first.
    pub hazards: Vec<&'static HazardCode>,
    /// Of its weights.
    pub fingerprint: Option<Fingerprint>,
}

/// An open file that was named, before its bytes are read.
#[derive(Debug)]
pub struct Opened {
    file: fs_err::File,
    identity: FileIdentity,
    path: PathBuf,
}

impl Opened {
    /// Opens what the person named; `~/` is `home`. Quotation marks around it, as terminals and file managers copy them, do no
    /// harm.
    ///
    /// # Errors
    /// [`NamedFileError`] for everything that is no regular file of a sensible size.
    pub fn named(given: &str, home: &Path) -> Result<Self, NamedFileError> {
        let path = whole(given, home)?;
        let shown = || path.display().to_string();
        // Windows refuses to open a folder, as if it were somebody else's file.
        let refused = |cause| if path.is_dir() { NamedFileError::NoFile { path: shown() } } else { refusal(cause, shown()) };
        let file = opener::named(&path).map_err(refused)?;
        let metadata = file.metadata().map_err(|cause| NamedFileError::Unreadable { path: shown(), cause })?;
        if !metadata.is_file() {
            return Err(NamedFileError::NoFile { path: shown() });
        }
        let size = ByteSize::new(metadata.len());
        match size.bytes() {
            0 => Err(NamedFileError::Empty { path: shown() }),
            _ if size > LARGEST => Err(NamedFileError::TooLarge { path: shown(), size }),
            _ => {
                let identity =
                    FileIdentity::of_open(&file).map_err(|cause| NamedFileError::Unreadable { path: shown(), cause })?;
                Ok(Self { file, identity, path })
            }
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Which file it is.
    #[must_use]
    pub const fn identity(&self) -> FileIdentity {
        self.identity
    }

    /// How much there is to read.
    #[must_use]
    pub const fn size(&self) -> ByteSize {
        ByteSize::new(self.identity.size)
    }

    /// The lineage fingerprint, from the header and some kilobytes behind it; `None` where it is no model that this version reads.
    pub fn fingerprint(&mut self) -> Option<Fingerprint> {
        let index = lineage::index(&mut self.file, self.identity.size, &Limits::default()).ok()?;
        lineage::fingerprint(&mut self.file, &index).ok()
    }

    /// Reads all of it; `None` when `stop` came first. `on_read` hears the bytes so far. The person waits for it.
    ///
    /// # Errors
    /// [`NamedFileError::Unreadable`], [`NamedFileError::Changed`].
    pub fn read(mut self, stop: &AtomicBool, on_read: impl FnMut(u64)) -> Result<Option<NamedFile>, NamedFileError> {
        let path = self.path.display().to_string();
        let failed = |cause| NamedFileError::Unreadable { path: path.clone(), cause };
        let Some(digest) = digest_of(&self.file, Hands::Many, stop, on_read).map_err(failed)? else { return Ok(None) };
        if FileIdentity::of_open(&self.file).map_err(failed)? != self.identity {
            return Err(NamedFileError::Changed { path });
        }
        let fingerprint = self.fingerprint();
        let (about, hazards) = contents::named(&self.file, self.identity.size).unzip();
        Ok(Some(NamedFile { digest, about, hazards: hazards.unwrap_or_default(), fingerprint }))
    }
}

fn whole(given: &str, home: &Path) -> Result<PathBuf, NamedFileError> {
    let given = given.trim();
    let bare = ['"', '\''].into_iter().find_map(|mark| given.strip_prefix(mark)?.strip_suffix(mark)).unwrap_or(given);
    let path = match bare.strip_prefix("~/") {
        Some(below) => home.join(below),
        None => PathBuf::from(bare),
    };
    if path.is_absolute() { Ok(path) } else { Err(NamedFileError::NotAbsolute { given: given.to_owned() }) }
}

fn refusal(cause: std::io::Error, path: String) -> NamedFileError {
    let kind = cause.kind();
    if matches!(kind, std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) {
        NamedFileError::NotThere { path }
    } else if kind == std::io::ErrorKind::IsADirectory {
        NamedFileError::NoFile { path }
    } else {
        NamedFileError::Unreadable { path, cause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(given: &str, home: &Path) -> &'static str {
        Opened::named(given, home).unwrap_err().code()
    }

    #[cfg(unix)]
    #[test]
    fn a_path_means_one_file() {
        let home = Path::new("/home/ada");
        for (given, expected) in [
            (" /models/a.gguf\n", "/models/a.gguf"),
            ("'/models/my model.gguf'", "/models/my model.gguf"),
            ("\"~/a\"", "/home/ada/a"),
            ("~/Downloads/a", "/home/ada/Downloads/a"),
        ] {
            assert_eq!(whole(given, home).unwrap(), Path::new(expected), "{given}");
        }
        for given in ["", "a.gguf", "./a", "~", "~bob/a", "file:///a", "https://hub.example/a"] {
            assert_eq!(code(given, home), "watch.not_absolute", "{given}");
        }
    }

    #[test]
    fn only_a_whole_regular_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        fs_err::write(home.join("empty"), b"").unwrap();
        assert_eq!(code("~/missing", home), "watch.not_there");
        assert_eq!(code("~/empty/below", home), "watch.not_there");
        assert_eq!(code("~/empty", home), "watch.empty");
        assert_eq!(code(&home.display().to_string(), home), "watch.no_file");
        #[cfg(unix)]
        assert_eq!(code("/dev/zero", home), "watch.no_file");
        let large = fs_err::File::create(home.join("large")).unwrap();
        // Where the disk's file system allows a file with holes that large.
        if large.set_len(LARGEST.bytes() + 1).is_ok() {
            assert_eq!(code("~/large", home), "watch.too_large");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_does_not_hold_the_host_up() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert_eq!(code("~/pipe", folder.path()), "watch.no_file");
    }

    #[test]
    fn the_digest_is_that_of_the_bytes_and_the_way_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = vec![7; 3 << 20];
        fs_err::write(folder.path().join("a"), &bytes).unwrap();
        let opened = Opened::named("~/a", folder.path()).unwrap();
        assert_eq!(opened.size(), ByteSize::new(3 << 20));
        let mut steps = Vec::new();
        let file = opened.read(&AtomicBool::new(false), |done| steps.push(done)).unwrap().unwrap();
        assert_eq!((file.digest, file.about), (Digest::of(&bytes), None));
        assert_eq!((steps.last(), steps.is_sorted()), (Some(&(3 << 20)), true));
        let again = Opened::named("~/a", folder.path()).unwrap();
        assert_eq!(again.read(&AtomicBool::new(true), |_| ()).unwrap(), None, "it can be ended");
    }

    #[test]
    fn a_file_that_grows_meanwhile_has_no_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs_err::write(&path, b"half").unwrap();
        let opened = Opened::named("~/a", folder.path()).unwrap();
        let mut grown = false;
        let read = opened.read(&AtomicBool::new(false), |_| {
            if !std::mem::replace(&mut grown, true) {
                fs_err::write(&path, b"half and more").unwrap();
            }
        });
        assert_eq!(read.unwrap_err().code(), "watch.changed");
    }
}
