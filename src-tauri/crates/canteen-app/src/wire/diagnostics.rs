use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What helps IT, as one text that the person reads before giving it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Diagnostics {
    /// JSON, laid out for reading.
    pub text: String,
}

/// Something that was written into the person's folder for downloads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedFile {
    /// Its name.
    pub name: String,
}
