use std::path::{Path, PathBuf};

use super::Dirs;
use crate::{Environment, OsError};

pub(crate) const HOME_VARIABLE: &str = "HOME";
pub(crate) const ALWAYS_HAS_DISPLAY: bool = true;

/// Apple's File System Programming Guide. There is no runtime folder; a socket path may have 103 bytes only, so it stands near
/// the top.
pub(super) fn of(environment: &Environment, home: PathBuf) -> Result<Dirs, OsError> {
    let support = home.join("Library/Application Support/Canteen");
    Ok(Dirs {
        data: support.join("data"),
        config: support.join("config"),
        cache: home.join("Library/Caches/Canteen"),
        state: home.join("Library/Logs/Canteen"),
        runtime: support.join("run"),
        downloads: downloads(environment, &home),
        managed_policies: managed_policies(environment),
        home,
    })
}

pub(super) fn managed_policies(_environment: &Environment) -> PathBuf {
    PathBuf::from("/Library/Application Support/Canteen/Policies/managed")
}

pub(super) fn downloads(_environment: &Environment, home: &Path) -> PathBuf {
    home.join("Downloads")
}
