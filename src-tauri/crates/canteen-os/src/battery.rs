#[cfg(target_os = "linux")]
#[path = "battery/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "battery/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "battery/windows.rs"]
mod system;

/// Whether the computer runs on its battery now; `None` where the system does not tell.
#[must_use]
pub fn runs_on_battery() -> Option<bool> {
    system::runs_on_battery()
}
