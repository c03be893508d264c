use windows_sys::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};

/// `ACLineStatus`: 0 is without mains, 1 with, 255 is not known.
#[expect(unsafe_code, reason = "std does not tell")]
pub(super) fn runs_on_battery() -> Option<bool> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: the call fills the structure, which outlives it.
    let done = unsafe { GetSystemPowerStatus(&raw mut status) };
    match (done, status.ACLineStatus) {
        (0, _) | (_, 255) => None,
        (_, line) => Some(line == 0),
    }
}
