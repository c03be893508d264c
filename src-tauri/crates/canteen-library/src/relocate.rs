//! Moving the library to another folder: copy with the digest taken again, then one switch, then the old one goes. Whatever happens
//! in between, one of the two folders is whole.

use std::io;
use std::path::{Path, PathBuf};

use canteen_types::{Artifact, ByteSize, Digest, WeightFormat};
use tokio_util::sync::CancellationToken;

use crate::library::{BLOBS, PARTIAL};
use crate::progress::Reporter;
use crate::{FolderFault, Library, LibraryError, Progress, platform};

/// Lies in a folder that is being filled: such a folder is ours, and a move that was cut off goes on there.
const MARK: &str = ".canteen-moving";
const PREPARE: &str = "prepare the new folder";

impl Library {
    /// Whether `to` can take everything that is here. Makes nothing but, where it is missing, the folder itself, which is the only
    /// way to know that it can be written.
    ///
    /// # Errors
    /// [`LibraryError::Folder`] with the reason, [`LibraryError::FolderTooSmall`], [`LibraryError::Io`].
    pub fn check_move(&self, to: &Path) -> Result<(), LibraryError> {
        let refuse = |fault| Err(LibraryError::Folder(fault));
        if !to.is_absolute() || to.components().any(|part| part.as_os_str() == "..") {
            return refuse(FolderFault::Relative);
        }
        let (goal, own) = (real(to), real(&self.folder()));
        if goal.starts_with(&own) || own.starts_with(&goal) {
            return refuse(FolderFault::Nested);
        }
        match to.symlink_metadata() {
            Ok(found) if !found.is_dir() => return refuse(FolderFault::NoFolder),
            Ok(_) => {}
            Err(_) => denied(fs_err::create_dir_all(to))?,
        }
        if !to.join(MARK).is_file() && denied(fs_err::read_dir(to))?.next().is_some() {
            return refuse(FolderFault::NotEmpty);
        }
        if platform::on_network(to).map_err(LibraryError::io("look at the new folder"))? {
            return refuse(FolderFault::Network);
        }
        self.check_room(to)
    }

    fn check_room(&self, to: &Path) -> Result<(), LibraryError> {
        if !self.is_there() || platform::same_disk(&self.folder(), to) {
            return Ok(());
        }
        let there = Self::attach(to, *self.limits());
        let missing = self.list()?.into_iter().filter(|(digest, _)| !there.has(digest));
        let needs = missing.fold(0u64, |sum, (_, size)| sum.saturating_add(size.bytes()));
        let needs = ByteSize::new(needs.saturating_add(self.limits().reserve.bytes()));
        let free = there.free_space()?;
        if free < needs { Err(LibraryError::FolderTooSmall { needs, free }) } else { Ok(()) }
    }

    /// Fills `to` with everything that is here. What an earlier try has brought there already is checked and kept. Blocks.
    ///
    /// Nothing is taken away here: call [`Library::switch_to`] when it went well, then [`Library::clear`] for the old folder.
    ///
    /// # Errors
    /// As [`Library::check_move`]; [`LibraryError::Altered`] when a file here is not what its name says; [`LibraryError::Cancelled`].
    pub fn copy_to(&self, to: &Path, progress: impl Fn(Progress), cancel: &CancellationToken) -> Result<(), LibraryError> {
        self.check_move(to)?;
        denied(fs_err::write(to.join(MARK), ""))?;
        let new = Self::open_with(to, *self.limits())?;
        if !self.is_there() {
            return Ok(());
        }
        let files = self.list()?;
        let total = files.iter().fold(0u64, |sum, (_, size)| sum.saturating_add(size.bytes()));
        let mut reporter = Reporter::new(ByteSize::new(total), progress);
        reporter.say(0);
        let mut done = 0u64;
        for (digest, size) in files {
            self.bring(&new, &artifact(digest, size), cancel, |step| reporter.at(done.saturating_add(step)))?;
            done = done.saturating_add(size.bytes());
            reporter.say(done);
        }
        self.bring_partials(&new, cancel)?;
        reporter.say(total);
        platform::sync_folder(to).map_err(LibraryError::io(PREPARE))
    }

    /// One file: a second name where both folders lie on one disk, else a copy. Its digest is taken in the new place either way.
    fn bring(
        &self,
        new: &Self,
        artifact: &Artifact,
        cancel: &CancellationToken,
        mut step: impl FnMut(u64),
    ) -> Result<(), LibraryError> {
        let digest = artifact.digest;
        let (from, goal) = (self.path_of(&digest), new.path_of(&digest));
        if !new.has(&digest) && platform::same_disk(&self.blobs(), &new.blobs()) {
            // Where the file system has no second names, the copy below does.
            drop(fs_err::hard_link(&from, &goal));
        }
        if new.has(&digest) {
            match new.open_verified(artifact, cancel) {
                Ok(_) => return Ok(()),
                Err(LibraryError::Cancelled) => return Err(LibraryError::Cancelled),
                // Left behind by a try that was cut off; or the file here is not what it should be, which the copy says.
                Err(_) => platform::remove(&goal).map_err(LibraryError::io(PREPARE))?,
            }
        }
        let step = std::cell::RefCell::new(&mut step);
        let copied = new.import(artifact, &from, |progress| (step.borrow_mut())(progress.done.bytes()), cancel);
        match copied {
            Ok(_) => Ok(()),
            Err(LibraryError::WrongDigest { .. } | LibraryError::TooLarge { .. } | LibraryError::Truncated { .. }) => {
                Err(LibraryError::Altered { digest })
            }
            Err(error) => Err(error),
        }
    }

    /// What was fetched in part goes along; whoever goes on with it takes its digest again anyway.
    fn bring_partials(&self, new: &Self, cancel: &CancellationToken) -> Result<(), LibraryError> {
        for name in ours(&self.partials())? {
            if cancel.is_cancelled() {
                return Err(LibraryError::Cancelled);
            }
            let goal = new.partials().join(&name);
            let needs = fs_err::metadata(self.partials().join(&name)).map_or(0, |found| found.len());
            fs_err::copy(self.partials().join(&name), &goal)
                .and_then(|_| fs_err::File::open(&goal)?.sync_all())
                .map_err(LibraryError::write("copy what was fetched", needs, &new.partials()))?;
        }
        Ok(())
    }

    /// The folder that was filled is a library like any other from now on.
    ///
    /// # Errors
    /// [`LibraryError::Io`].
    pub fn end_move(folder: &Path) -> Result<(), LibraryError> {
        gone(fs_err::remove_file(folder.join(MARK)))
    }

    /// Takes away what a library has in `folder`, and the folder when nothing else is in it. Nothing there is fine; what is not
    /// ours stays.
    ///
    /// # Errors
    /// [`LibraryError::Io`].
    pub fn clear(folder: &Path) -> Result<(), LibraryError> {
        for below in [BLOBS, PARTIAL] {
            let below = folder.join(below);
            if !below.is_dir() {
                continue;
            }
            for name in ours(&below)? {
                gone(platform::remove(&below.join(name)))?;
            }
            leave(&below);
        }
        Self::end_move(folder)?;
        leave(folder);
        Ok(())
    }
}

/// With the links on the way seen through, as far as it is there.
fn real(path: &Path) -> PathBuf {
    for there in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (there.canonicalize(), path.strip_prefix(there)) {
            return real.join(rest);
        }
    }
    path.to_owned()
}

fn artifact(digest: Digest, size: ByteSize) -> Artifact {
    // Only digest and size are looked at.
    Artifact { digest, size, format: WeightFormat::Gguf, sources: Vec::new() }
}

/// Names that a library gives to its files.
fn ours(folder: &Path) -> Result<Vec<String>, LibraryError> {
    let mut names = Vec::new();
    for file in fs_err::read_dir(folder).map_err(LibraryError::io("list its files"))? {
        let file = file.map_err(LibraryError::io("list its files"))?;
        let name = file.file_name().to_string_lossy().into_owned();
        let stem = name.strip_prefix("sha256-").or_else(|| name.split('.').next()).unwrap_or_default();
        if Digest::from_hex(stem).is_ok() {
            names.push(name);
        }
    }
    Ok(names)
}

fn denied<T>(result: io::Result<T>) -> Result<T, LibraryError> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list of kinds is open")]
    result.map_err(|cause| match cause.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => LibraryError::Folder(FolderFault::Denied),
        io::ErrorKind::NotADirectory => LibraryError::Folder(FolderFault::NoFolder),
        _ => LibraryError::Io { what: PREPARE, cause },
    })
}

fn gone(result: io::Result<()>) -> Result<(), LibraryError> {
    match result {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(LibraryError::Io { what: "remove its old files", cause }),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Goes only when it is empty; it may hold something of the person's, or be a place where a disk is mounted.
fn leave(folder: &Path) {
    if let Err(error) = fs_err::remove_dir(folder) {
        tracing::info!(%error, "an old folder stays");
    }
}
