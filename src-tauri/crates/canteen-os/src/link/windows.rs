use std::io;
use std::ptr;

use windows_sys::Win32::UI::Shell::ShellExecuteW;
use windows_sys::Win32::UI::WindowsAndMessaging::SW_SHOWNORMAL;

use super::Link;
use crate::OsError;

/// Success is more than this (Win32, `ShellExecuteW`, return value).
const LAST_ERROR: isize = 32;

/// The shell looks up the program for the link's kind; no command line is made of it.
#[expect(unsafe_code, reason = "foreign function")]
pub(super) fn open(link: &Link) -> Result<(), OsError> {
    let wide = |text: &str| text.encode_utf16().chain([0]).collect::<Vec<u16>>();
    let (verb, link) = (wide("open"), wide(link.as_str()));
    // SAFETY: both texts end in a zero and live during the call; the others may be null.
    let result = unsafe { ShellExecuteW(ptr::null_mut(), verb.as_ptr(), link.as_ptr(), ptr::null(), ptr::null(), SW_SHOWNORMAL) };
    if result as isize > LAST_ERROR {
        return Ok(());
    }
    Err(OsError::NotStarted { program: "the browser".into(), source: io::Error::last_os_error() })
}
