//! The registry: the colour of the taskbar is a value of its own beside that of programs.

use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, KEY_NOTIFY, REG_NOTIFY_CHANGE_LAST_SET, RRF_RT_REG_DWORD, RegCloseKey, RegGetValueW,
    RegNotifyChangeKeyValue, RegOpenKeyExW,
};
use windows_sys::w;

use super::{Appearance, ColourScheme};

/// The taskbar shows an icon as it is.
pub const TRAY_ICON_IS_TEMPLATE: bool = false;

const THEME: windows_sys::core::PCWSTR = w!(r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize");

pub(super) async fn follow(tell: impl Fn(Appearance) + Send + Sync + 'static) {
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own: the wait for the registry blocks for as long as the program runs.
    let started = std::thread::Builder::new().name("canteen-appearance".into()).spawn(move || {
        let mut last = None;
        loop {
            let now = look();
            if last != Some(now) {
                last = Some(now);
                tell(now);
            }
            if !wait_for_change() {
                break;
            }
        }
        drop(ended);
    });
    match started {
        Ok(_) => drop(end.await),
        Err(error) => tracing::info!(%error, "the colour of the taskbar cannot be followed"),
    }
}

#[expect(unsafe_code, reason = "the registry has no safe interface")]
fn look() -> Appearance {
    let (mut value, mut size) = (0_u32, 4_u32);
    // SAFETY: both texts end with a zero, `value` has the four bytes that `size` says, and both outlive the call.
    let found = unsafe {
        RegGetValueW(
            HKEY_CURRENT_USER,
            THEME,
            w!("SystemUsesLightTheme"),
            RRF_RT_REG_DWORD,
            std::ptr::null_mut(),
            (&raw mut value).cast(),
            &raw mut size,
        )
    };
    let scheme = match (found, value) {
        (ERROR_SUCCESS, 0) => ColourScheme::Dark,
        (ERROR_SUCCESS, _) => ColourScheme::Light,
        _ => ColourScheme::Unknown,
    };
    Appearance { scheme, high_contrast: false }
}

/// Blocks until something in the key was written; `false` when that cannot be waited for.
#[expect(unsafe_code, reason = "the registry has no safe interface")]
fn wait_for_change() -> bool {
    let mut key: HKEY = std::ptr::null_mut();
    // SAFETY: the text ends with a zero, and `key` outlives the call.
    if unsafe { RegOpenKeyExW(HKEY_CURRENT_USER, THEME, 0, KEY_NOTIFY, &raw mut key) } != ERROR_SUCCESS {
        return false;
    }
    // SAFETY: `key` was just opened; without an event handle the call blocks until the change.
    let waited = unsafe { RegNotifyChangeKeyValue(key, 0, REG_NOTIFY_CHANGE_LAST_SET, std::ptr::null_mut(), 0) };
    // SAFETY: opened above and not used after this.
    let closed = unsafe { RegCloseKey(key) };
    waited == ERROR_SUCCESS && closed == ERROR_SUCCESS
}
