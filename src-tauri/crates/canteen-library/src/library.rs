use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use canteen_types::{Artifact, ByteSize, Digest};

use crate::partial::Partial;
use crate::{FetchLimits, LibraryError, platform};

pub(crate) const BLOBS: &str = "blobs";
pub(crate) const PARTIAL: &str = "partial";

/// The folder with the model files of this computer. Cheap to clone; clones know of each other's work.
///
/// `blobs/sha256-<hex>` are whole, read-only files; `partial/` holds what is under way. Folders are open to this user only.
#[derive(Clone, Debug)]
pub struct Library {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: RwLock<PathBuf>,
    limits: FetchLimits,
    busy: Mutex<HashSet<Digest>>,
}

/// Bytes that are now in the library, whole and right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Their digest, taken while they came in.
    pub digest: Digest,
    /// Their size.
    pub size: ByteSize,
    /// Where they lie.
    pub path: PathBuf,
    /// Where they came from.
    pub origin: Origin,
}

/// Where stored bytes came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// They were in the library already; their digest was taken again.
    Library,
    /// The last bytes came from this source, by host or folder.
    Source(String),
    /// They were on this computer already, in another program's store.
    Computer,
}

impl Library {
    /// Opens the library in `folder` and makes it when there is none.
    ///
    /// # Errors
    /// [`LibraryError::Io`] when the folders cannot be made or cannot be closed to other users.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        Self::open_with(folder, FetchLimits::default())
    }

    /// As [`Library::open`], with limits of one's own.
    ///
    /// # Errors
    /// As [`Library::open`].
    pub fn open_with(folder: &Path, limits: FetchLimits) -> Result<Self, LibraryError> {
        let library = Self::attach(folder, limits);
        fs_err::create_dir_all(folder).map_err(LibraryError::io("make its folder"))?;
        for folder in [folder, &library.blobs(), &library.partials()] {
            platform::private_folder(folder).map_err(LibraryError::io("make its folder"))?;
        }
        crate::partial::sweep_imports(&library.partials());
        Ok(library)
    }

    /// The library in `folder` as it is: nothing is made. For a folder that may be away, e.g. on a disk that is not connected; a
    /// new one in its place would hide the models from the person.
    #[must_use]
    pub fn attach(folder: &Path, limits: FetchLimits) -> Self {
        let inner = Inner { folder: RwLock::new(folder.to_owned()), limits, busy: Mutex::new(HashSet::new()) };
        Self { inner: Arc::new(inner) }
    }

    /// Its folder is there.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.blobs().is_dir() && self.partials().is_dir()
    }

    /// Where the bytes with this digest lie or would lie. Says nothing about whether they are there.
    #[must_use]
    pub fn path_of(&self, digest: &Digest) -> PathBuf {
        self.blobs().join(format!("sha256-{}", digest.hex()))
    }

    /// A file stands under this digest. Its bytes are only proven by [`Library::open_verified`].
    #[must_use]
    pub fn has(&self, digest: &Digest) -> bool {
        self.path_of(digest).symlink_metadata().is_ok_and(|found| found.is_file())
    }

    /// Everything that is whole, by digest, with its size. Files that do not belong here are left out.
    ///
    /// # Errors
    /// [`LibraryError::Io`] when the folder cannot be read.
    pub fn list(&self) -> Result<Vec<(Digest, ByteSize)>, LibraryError> {
        let mut list = Vec::new();
        for file in fs_err::read_dir(self.blobs()).map_err(LibraryError::io("list its files"))? {
            let file = file.map_err(LibraryError::io("list its files"))?;
            let name = file.file_name();
            let digest = name.to_str().and_then(|name| name.strip_prefix("sha256-")).map(Digest::from_hex);
            if let (Some(Ok(digest)), Ok(found)) = (digest, file.metadata()) {
                list.push((digest, ByteSize::new(found.len())));
            }
        }
        list.sort_unstable();
        Ok(list)
    }

    /// Bytes that whole files take.
    ///
    /// # Errors
    /// As [`Library::list`].
    pub fn used(&self) -> Result<ByteSize, LibraryError> {
        let total = self.list()?.into_iter().fold(0u64, |sum, (_, size)| sum.saturating_add(size.bytes()));
        Ok(ByteSize::new(total))
    }

    /// Bytes that this user may still write on the library's disk.
    ///
    /// # Errors
    /// [`LibraryError::Io`] when the system does not say.
    pub fn free_space(&self) -> Result<ByteSize, LibraryError> {
        platform::free_space(&self.folder()).map(ByteSize::new).map_err(LibraryError::io("ask for free space"))
    }

    /// Takes the bytes away. An engine that has them open keeps them until it ends.
    ///
    /// # Errors
    /// [`LibraryError::Missing`], [`LibraryError::Busy`], [`LibraryError::Io`].
    pub fn remove(&self, digest: &Digest) -> Result<(), LibraryError> {
        let _claim = self.claim(*digest)?;
        match platform::remove(&self.path_of(digest)) {
            Ok(()) => platform::sync_folder(&self.blobs()).map_err(LibraryError::io("write its folder")),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(LibraryError::Missing { digest: *digest }),
            Err(cause) => Err(LibraryError::Io { what: "remove the model", cause }),
        }
    }

    /// Bytes that an earlier fetch left behind and the next one goes on from; 0 when there are none.
    #[must_use]
    pub fn partial(&self, artifact: &Artifact) -> ByteSize {
        ByteSize::new(Partial::kept(&self.partials(), artifact))
    }

    /// Forgets what an earlier fetch left behind. Nothing there is fine.
    ///
    /// # Errors
    /// [`LibraryError::Busy`] while it is being fetched: cancel first; [`LibraryError::Io`].
    pub fn discard_partial(&self, artifact: &Artifact) -> Result<(), LibraryError> {
        let _claim = self.claim(artifact.digest)?;
        Partial::remove(&self.partials(), &artifact.digest).map_err(LibraryError::io("remove what was fetched"))
    }

    pub(crate) fn limits(&self) -> &FetchLimits {
        &self.inner.limits
    }

    /// Where it lies now.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.inner.folder.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on this and all its clones lie in `folder`, which [`Library::copy_to`] has filled.
    pub fn switch_to(&self, folder: &Path) {
        folder.clone_into(&mut self.inner.folder.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.folder().join(BLOBS)
    }

    pub(crate) fn partials(&self) -> PathBuf {
        self.folder().join(PARTIAL)
    }

    /// Refuses when `needs` more bytes and the reserve do not fit.
    pub(crate) fn check_space(&self, needs: u64) -> Result<(), LibraryError> {
        if !self.is_there() {
            return Err(LibraryError::Away);
        }
        let needs = ByteSize::new(needs.saturating_add(self.limits().reserve.bytes()));
        let free = self.free_space()?;
        if free < needs { Err(LibraryError::DiskFull { needs, free }) } else { Ok(()) }
    }

    /// Only one piece of work per digest at a time.
    pub(crate) fn claim(&self, digest: Digest) -> Result<Claim, LibraryError> {
        let mut busy = self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(digest) {
            Ok(Claim { inner: Arc::clone(&self.inner), digest })
        } else {
            Err(LibraryError::Busy { digest })
        }
    }
}

/// Ends the claim when dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    inner: Arc<Inner>,
    digest: Digest,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.digest);
    }
}
