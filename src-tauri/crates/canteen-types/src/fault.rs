use serde::{Deserialize, Serialize};

/// What the person can do about an error. Closed: each has a button or a sentence in every face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Check for a newer catalogue.
    SyncNow,
    /// Make room on the disk.
    FreeSpace,
    /// Ask IT, with the code.
    AskIt,
    /// Do the same again.
    Retry,
    /// Start Canteen again.
    Restart,
    /// Unlock the keyring, then try again.
    Unlock,
    /// Install the model first.
    Install,
    /// Read and accept the licence first.
    AcceptLicence,
    /// Nothing helps.
    None,
}

/// An error that the UI can branch on. Codes are `crate.cause` and are for ever.
pub trait Coded: std::error::Error {
    /// Stable code, e.g. `library.disk_full`.
    fn code(&self) -> &'static str;
    /// What to do next.
    fn remedy(&self) -> Remedy;
    /// Figures and names that belong to the message, e.g. `[("needs_bytes", "4920000000")]`. Never a prompt, never a path
    /// from another layer.
    fn subject(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
