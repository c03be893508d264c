//! Files for the person, in their folder for downloads: beside what is there, never in its place.

use std::io::Write as _;
use std::path::Path;

use canteen_os::{NewFile, OsError};

use crate::App;
use crate::fault::AppError;
use crate::text;
use crate::wire::SavedFile;

impl App {
    /// A file with this text that does not stand yet: what must be recorded about it is recorded first, and dropped it is gone.
    pub(crate) fn new_download(&self, name: &str, text: &str) -> Result<NewFile, AppError> {
        let mut file = NewFile::begin(&self.downloads, name)?;
        file.write_all(text.as_bytes()).map_err(OsError::not_written)?;
        Ok(file)
    }

    /// Lets it stand, and says where.
    pub(crate) fn saved(&self, file: NewFile) -> Result<SavedFile, AppError> {
        let path = file.finish()?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(SavedFile { name, path: path.display().to_string(), shown: self.relative(&path) })
    }

    /// A path as the person knows it.
    pub(crate) fn relative(&self, path: &Path) -> String {
        let home = path.strip_prefix(&self.home).map(|below| Path::new("~").join(below));
        text::shown(&home.as_deref().unwrap_or(path).to_string_lossy())
    }
}
