use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Let the person point at something, in the system's own window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct PickPath {
    /// What it is.
    pub what: PickWhat,
    /// Title of the system's window, in the language of ours.
    pub title: String,
}

/// What a person can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PickWhat {
    /// A file.
    File,
    /// A folder.
    Folder,
}
