//! What the shell says about the screen, and what the settings page *Privacy* says about cameras and microphones: which program
//! used them last, from when until when. Windows tells no program of *Focus*, nor who looks at the screen.

use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, S_OK};
use windows_sys::Win32::System::Registry::{
    HKEY, HKEY_CURRENT_USER, KEY_READ, RRF_RT_REG_QWORD, RegCloseKey, RegEnumKeyExW, RegGetValueW, RegOpenKeyExW,
};
use windows_sys::Win32::UI::Shell::{
    QUNS_ACCEPTS_NOTIFICATIONS, QUNS_APP, QUNS_BUSY, QUNS_PRESENTATION_MODE, QUNS_QUIET_TIME, QUNS_RUNNING_D3D_FULL_SCREEN,
    SHQueryUserNotificationState,
};
use windows_sys::core::PCWSTR;
use windows_sys::w;

use super::Presence;
use crate::{Environment, OsError};

const CAMERA: PCWSTR = w!(r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam");
const MICROPHONE: PCWSTR = w!(r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone");
/// Programs that did not come from the store have a key each below this one.
const OTHERS: PCWSTR = w!("NonPackaged");
/// Programs that are looked at.
const MOST: u32 = 4096;
/// Longest name of a key, with its zero (*Registry element size limits*).
const NAME: usize = 256;

/// Nothing is needed to look.
#[derive(Clone, Debug)]
pub(super) struct Sources;

impl Sources {
    pub(super) const fn of(_: &Environment) -> Self {
        Self
    }
}

pub(super) fn look(_: &Sources) -> Presence {
    let (do_not_disturb, full_screen) = screen();
    Presence { do_not_disturb, full_screen, screen_shared: None, camera: in_use(CAMERA), microphone: in_use(MICROPHONE) }
}

/// Nothing tells of changes to all of it: whoever waits looks again.
pub(super) async fn follow(_: &(impl Fn() + Send + Sync)) -> Result<(), OsError> {
    std::future::ready(Ok(())).await
}

/// Whoever waits for a time compares the clock, which goes on in a suspend.
pub(super) async fn follow_wake(_: &(impl Fn() + Send + Sync)) -> Result<(), OsError> {
    std::future::ready(Ok(())).await
}

/// Whether Windows keeps notifications back, and whether a program fills the screen. Only the first hour after an upgrade is told
/// as quiet time; without it, *Do Not Disturb* is not known.
#[expect(unsafe_code, reason = "foreign function")]
fn screen() -> (Option<bool>, Option<bool>) {
    let mut state = 0;
    // SAFETY: `state` outlives the call.
    let asked = unsafe { SHQueryUserNotificationState(&raw mut state) };
    match state {
        _ if asked != S_OK => (None, None),
        QUNS_BUSY | QUNS_RUNNING_D3D_FULL_SCREEN | QUNS_PRESENTATION_MODE | QUNS_APP => (None, Some(true)),
        QUNS_QUIET_TIME => (Some(true), Some(false)),
        QUNS_ACCEPTS_NOTIFICATIONS => (None, Some(false)),
        _ => (None, None),
    }
}

fn in_use(capability: PCWSTR) -> Option<bool> {
    let all = Key::open(HKEY_CURRENT_USER, capability)?;
    let others = Key::open(all.0, OTHERS);
    Some(all.is_used_below() || others.is_some_and(|others| others.is_used_below()))
}

struct Key(HKEY);

impl Key {
    #[expect(unsafe_code, reason = "the registry has no safe interface")]
    fn open(above: HKEY, path: PCWSTR) -> Option<Self> {
        let mut key: HKEY = null_mut();
        // SAFETY: `path` ends with a zero, and `key` outlives the call.
        let opened = unsafe { RegOpenKeyExW(above, path, 0, KEY_READ, &raw mut key) };
        (opened == ERROR_SUCCESS).then_some(Self(key))
    }

    /// Whether a program with a key below this one has begun and not ended.
    fn is_used_below(&self) -> bool {
        (0..MOST).map_while(|number| self.name(number)).any(|name| {
            let time = |value| self.time(&name, value);
            time(w!("LastUsedTimeStart")).is_some_and(|begun| begun > 0) && time(w!("LastUsedTimeStop")) == Some(0)
        })
    }

    /// Of the key with this number below this one, with its zero.
    #[expect(unsafe_code, reason = "the registry has no safe interface")]
    fn name(&self, number: u32) -> Option<[u16; NAME]> {
        let mut name = [0_u16; NAME];
        let mut length = u32::try_from(NAME).ok()?;
        let (reserved, class, class_length, written) = (null(), null_mut(), null_mut(), null_mut());
        // SAFETY: `name` has the characters that `length` says, and what is not asked for is null.
        let found = unsafe {
            let (name, length) = (name.as_mut_ptr(), &raw mut length);
            RegEnumKeyExW(self.0, number, name, length, reserved, class, class_length, written)
        };
        (found == ERROR_SUCCESS).then_some(name)
    }

    /// A moment as Windows counts; 0 when it has not come.
    #[expect(unsafe_code, reason = "the registry has no safe interface")]
    fn time(&self, program: &[u16; NAME], value: PCWSTR) -> Option<u64> {
        let (mut time, mut size) = (0_u64, 8_u32);
        // SAFETY: both texts end with a zero, `time` has the eight bytes that `size` says, and all outlive the call.
        let found = unsafe {
            RegGetValueW(self.0, program.as_ptr(), value, RRF_RT_REG_QWORD, null_mut(), (&raw mut time).cast(), &raw mut size)
        };
        (found == ERROR_SUCCESS).then_some(time)
    }
}

impl Drop for Key {
    #[expect(unsafe_code, reason = "the registry has no safe interface")]
    fn drop(&mut self) {
        // SAFETY: opened by `open` and not used after this.
        let closed = unsafe { RegCloseKey(self.0) };
        debug_assert_eq!(closed, ERROR_SUCCESS, "a key that is open can be closed");
    }
}
