use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use fs_err::File;

use crate::folder::sync_folder;
use crate::{OsError, entropy};

const DOING: &str = "write what you asked for";
/// Names that are tried: `log.csv`, `log (2).csv`, …
const MOST_NAMES: u32 = 1000;

/// A file for the person that stands under its name only when it is whole, and never takes the place of another one. Written
/// for this user alone (0600). Dropped unfinished, nothing of it stays.
#[derive(Debug)]
pub struct NewFile {
    folder: PathBuf,
    name: String,
    beside: Beside,
    file: BufWriter<File>,
}

impl NewFile {
    /// Begins one in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// `os.disk_full`, `os.file_failed`.
    pub fn begin(folder: &Path, name: &str) -> Result<Self, OsError> {
        let beside = Beside::in_folder(folder, name)?;
        let file = create(&beside.path).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), name: name.to_owned(), beside, file: BufWriter::new(file) })
    }

    /// Gives it the first name that is free, and says which.
    ///
    /// # Errors
    /// `os.disk_full`, `os.file_failed`; nothing of it stays then.
    pub fn finish(self) -> Result<PathBuf, OsError> {
        let Self { folder, name, mut beside, file } = self;
        file.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
        for path in names(&folder, &name) {
            // An empty file of our own holds the name: renaming alone would replace somebody else's.
            match create(&path) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(failed(error)),
            }
            if let Err(error) = fs_err::rename(&beside.path, &path) {
                drop(fs_err::remove_file(&path));
                return Err(failed(error));
            }
            beside.done = true;
            sync_folder(&folder).map_err(failed)?;
            return Ok(path);
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A folder for the person, on the same terms as [`NewFile`].
#[derive(Debug)]
pub struct NewFolder {
    folder: PathBuf,
    name: String,
    beside: Beside,
}

impl NewFolder {
    /// Begins one in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// `os.disk_full`, `os.file_failed`.
    pub fn begin(folder: &Path, name: &str) -> Result<Self, OsError> {
        let beside = Beside::in_folder(folder, name)?;
        create_folder(&beside.path).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), name: name.to_owned(), beside })
    }

    /// A new file in it.
    ///
    /// # Errors
    /// `os.disk_full`, `os.file_failed`.
    pub fn file(&self, name: &str) -> Result<BufWriter<File>, OsError> {
        create(&self.beside.path.join(name)).map(BufWriter::new).map_err(failed)
    }

    /// Gives it the first name that is free, and says which. The caller has flushed its files.
    ///
    /// # Errors
    /// `os.disk_full`, `os.file_failed`; nothing of it stays then.
    pub fn finish(mut self) -> Result<PathBuf, OsError> {
        for entry in fs_err::read_dir(&self.beside.path).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            // Windows syncs only what was opened for writing.
            fs_err::OpenOptions::new().write(true).open(path).and_then(|file| file.sync_all()).map_err(failed)?;
        }
        sync_folder(&self.beside.path).map_err(failed)?;
        for path in names(&self.folder, &self.name) {
            // A folder that is renamed never replaces a file, nor a folder with something in it.
            if path.symlink_metadata().is_ok() {
                continue;
            }
            fs_err::rename(&self.beside.path, &path).map_err(failed)?;
            self.beside.done = true;
            sync_folder(&self.folder).map_err(failed)?;
            return Ok(path);
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }
}

/// Where it is written until it is whole.
#[derive(Debug)]
struct Beside {
    path: PathBuf,
    done: bool,
}

impl Beside {
    fn in_folder(folder: &Path, name: &str) -> Result<Self, OsError> {
        fs_err::create_dir_all(folder).map_err(failed)?;
        Ok(Self { path: folder.join(format!(".{name}.{}.part", hex::encode(entropy::<6>()?))), done: false })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let gone = if self.path.is_dir() { fs_err::remove_dir_all(&self.path) } else { fs_err::remove_file(&self.path) };
        if let Err(left) = gone
            && left.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%left, "an unfinished file stays behind");
        }
    }
}

fn names(folder: &Path, name: &str) -> impl Iterator<Item = PathBuf> {
    let (stem, rest) = name.find('.').map_or((name, ""), |at| name.split_at(at));
    (1..=MOST_NAMES).map(move |n| if n == 1 { folder.join(name) } else { folder.join(format!("{stem} ({n}){rest}")) })
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = fs_err::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn create_folder(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn failed(error: io::Error) -> OsError {
    OsError::file(DOING, error)
}

impl OsError {
    /// What was written to a [`NewFile`], or to a file of a [`NewFolder`], did not get there.
    #[must_use]
    pub fn not_written(error: io::Error) -> Self {
        failed(error)
    }
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a helper of tests")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_there_is_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("Downloads");
        for text in ["first", "second", "third"] {
            let mut file = NewFile::begin(&folder, "log.csv").unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let path = file.finish().unwrap();
            assert_eq!(fs_err::read_to_string(&path).unwrap(), text);
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(names_in(&folder), ["log (2).csv", "log (3).csv", "log.csv"]);
        assert_eq!(fs_err::read_to_string(folder.join("log.csv")).unwrap(), "first");
        // Not even a link that leads nowhere.
        std::os::unix::fs::symlink(home.path().join("elsewhere"), folder.join("new.csv")).unwrap();
        NewFile::begin(&folder, "new.csv").unwrap().finish().unwrap();
        assert!(!home.path().join("elsewhere").exists());
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let mut file = NewFile::begin(home.path(), "log.csv").unwrap();
        file.write_all(b"half").unwrap();
        assert_eq!(names_in(home.path()).len(), 1, "beside its name");
        drop(file);
        let folder = NewFolder::begin(home.path(), "data").unwrap();
        folder.file("a.json").unwrap().write_all(b"half").unwrap();
        drop(folder);
        assert_eq!(names_in(home.path()), Vec::<String>::new());
    }

    #[test]
    fn a_folder_comes_whole_under_a_free_name() {
        let home = tempfile::tempdir().unwrap();
        fs_err::write(home.path().join("data"), "somebody else's").unwrap();
        fs_err::create_dir(home.path().join("data (2)")).unwrap();
        let folder = NewFolder::begin(home.path(), "data").unwrap();
        folder.file("a.json").unwrap().write_all(b"[]").unwrap();
        let path = folder.finish().unwrap();
        assert_eq!(path, home.path().join("data (3)"));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(names_in(home.path()), ["data", "data (2)", "data (3)"]);
        assert_eq!(names_in(&path), ["a.json"]);
    }
}
