use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something that was written into the person's folder for downloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
    /// The whole path.
    pub path: String,
    /// For people: relative to the home folder.
    pub shown: String,
}
