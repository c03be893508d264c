use std::path::{Path, PathBuf};

use super::{Dirs, absolute};
use crate::{Environment, OsError};

pub(crate) const HOME_VARIABLE: &str = "USERPROFILE";
pub(crate) const ALWAYS_HAS_DISPLAY: bool = true;

/// Below `LOCALAPPDATA`, which does not roam: models are large, and a key belongs to one computer.
pub(super) fn of(environment: &Environment, home: PathBuf) -> Result<Dirs, OsError> {
    let local =
        absolute(environment.local_app_data.as_ref()).map_or_else(|| home.join("AppData").join("Local"), Path::to_path_buf);
    let root = local.join("Canteen");
    Ok(Dirs {
        data: root.join("data"),
        config: root.join("config"),
        cache: root.join("cache"),
        state: root.join("state"),
        runtime: root.join("run"),
        downloads: downloads(environment, &home),
        managed_policies: managed_policies(environment),
        home,
    })
}

pub(super) fn managed_policies(environment: &Environment) -> PathBuf {
    let common = absolute(environment.program_data.as_ref()).map_or_else(|| PathBuf::from(r"C:\ProgramData"), Path::to_path_buf);
    common.join("Canteen").join("Policies").join("managed")
}

pub(super) fn downloads(_environment: &Environment, home: &Path) -> PathBuf {
    home.join("Downloads")
}
