//! Whether Canteen starts with the person's session: one entry of this user alone. What is off stays off: nothing here, and
//! nothing at a start of Canteen, puts the entry back.

use std::path::Path;

use crate::{Dirs, Environment, OsError, StoreId};

#[cfg(target_os = "linux")]
#[path = "autostart/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "autostart/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "autostart/windows.rs"]
mod system;

const DOING: &str = "change what starts with the computer";

/// One entry per `CANTEEN_HOME`, so that trying Canteen out in a folder of its own does not touch the real one.
fn entry_name(usual: &str, environment: &Environment) -> String {
    match &environment.canteen_home {
        None => usual.to_owned(),
        Some(home) => format!("{usual}-{}", StoreId::of_folder(home)),
    }
}

/// Whether it starts with the session. A desktop's own settings may have switched it off.
///
/// # Errors
/// `os.no_home`; `os.file_failed` when the entry is there and cannot be read.
pub fn is_on(environment: &Environment) -> Result<bool, OsError> {
    system::is_on(environment, &Dirs::of(environment)?)
}

/// Whether there is an entry at all, on or off.
///
/// # Errors
/// As [`is_on`].
pub fn is_there(environment: &Environment) -> Result<bool, OsError> {
    system::is_there(environment, &Dirs::of(environment)?)
}

/// Takes the entry away. The same as off.
///
/// # Errors
/// `os.no_home`; `os.file_failed`.
pub fn remove(environment: &Environment) -> Result<(), OsError> {
    system::remove(environment, &Dirs::of(environment)?)
}

/// Switches it on, for this `program`, or off, which removes the entry.
///
/// # Errors
/// `os.no_home`; `os.file_failed`, `os.disk_full`.
pub fn set(environment: &Environment, program: &Path, on: bool) -> Result<(), OsError> {
    if on { system::write(environment, &Dirs::of(environment)?, program) } else { remove(environment) }
}
