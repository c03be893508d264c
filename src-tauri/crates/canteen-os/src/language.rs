use crate::Environment;

#[cfg(target_os = "linux")]
#[path = "language/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "language/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "language/windows.rs"]
mod system;

/// The language that the person set for this computer, e.g. `de-AT` or `de_AT.UTF-8`; `None` where none is set.
#[must_use]
pub fn system_language(environment: &Environment) -> Option<String> {
    system::language(environment)
}
