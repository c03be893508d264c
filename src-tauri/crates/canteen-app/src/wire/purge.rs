use serde::{Deserialize, Serialize};

/// What `canteen purge` would remove.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgePlan {
    /// Files and folders of Canteen.
    pub paths: Vec<PurgePath>,
    /// The store's key is in the keyring.
    pub key: bool,
    /// Canteen starts with the computer, or an entry for that is there.
    pub autostart: bool,
    /// Folders that the person chose for models: what Canteen put there goes, they stay.
    pub models_elsewhere: Vec<String>,
    /// A host runs and will be ended.
    pub host: bool,
}

impl PurgePlan {
    /// There is nothing to remove.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.paths.is_empty() && !self.key && !self.autostart && !self.host
    }
}

/// One file or folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurgePath {
    /// Where.
    pub path: String,
    /// All that lies in it.
    pub bytes: u64,
}

/// What `canteen purge` did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Files and folders that are gone.
    pub removed: Vec<String>,
    /// The key is gone from the keyring.
    pub key: bool,
    /// The entry that starts Canteen with the computer is gone.
    pub autostart: bool,
    /// What was not removed.
    pub left: Vec<Left>,
}

/// Something that was not removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Where; the key has no path.
    pub path: Option<String>,
    /// Why.
    pub why: LeftBecause,
}

/// Why something was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBecause {
    /// Canteen makes nothing of this name there, or somebody else owns it.
    Foreign,
    /// The system refused.
    Failed,
    /// No keyring answered, so the key stays there.
    NoKeyring,
}
