//! A value of the user's `Run` key. The task manager's switch lies beside it, in `StartupApproved`: its first byte is even when
//! the entry may start.

use std::io;
use std::path::Path;

use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_MORE_DATA, ERROR_SUCCESS, WIN32_ERROR};
use windows_sys::Win32::System::Registry::{
    HKEY_CURRENT_USER, REG_SZ, RRF_RT_ANY, RRF_RT_REG_BINARY, RRF_RT_REG_SZ, RegDeleteKeyValueW, RegGetValueW, RegSetKeyValueW,
};

use super::{DOING, entry_name};
use crate::{Dirs, Environment, OsError};

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn value(environment: &Environment) -> Vec<u16> {
    wide(&entry_name("Canteen", environment))
}

fn checked(code: WIN32_ERROR) -> Result<(), OsError> {
    match code {
        ERROR_SUCCESS | ERROR_FILE_NOT_FOUND => Ok(()),
        other => Err(OsError::file(DOING, io::Error::from_raw_os_error(other.cast_signed()))),
    }
}

#[expect(unsafe_code, reason = "the registry has no safe interface")]
fn read(key: &str, value: &[u16], kinds: u32, into: &mut [u8]) -> WIN32_ERROR {
    let mut size = u32::try_from(into.len()).unwrap_or(u32::MAX);
    let key = wide(key);
    // SAFETY: both texts end with a zero, `into` has the bytes that `size` says, and all of them outlive the call.
    unsafe {
        RegGetValueW(
            HKEY_CURRENT_USER,
            key.as_ptr(),
            value.as_ptr(),
            kinds & RRF_RT_ANY,
            std::ptr::null_mut(),
            into.as_mut_ptr().cast(),
            &raw mut size,
        )
    }
}

fn has(value: &[u16]) -> Result<bool, OsError> {
    match read(RUN, value, RRF_RT_REG_SZ, &mut [0; 2]) {
        ERROR_FILE_NOT_FOUND => Ok(false),
        // Only whether it is there is asked; it is longer than this.
        ERROR_MORE_DATA => Ok(true),
        other => checked(other).map(|()| true),
    }
}

pub(super) fn is_there(environment: &Environment, _dirs: &Dirs) -> Result<bool, OsError> {
    has(&value(environment))
}

pub(super) fn is_on(environment: &Environment, _dirs: &Dirs) -> Result<bool, OsError> {
    let value = value(environment);
    if !has(&value)? {
        return Ok(false);
    }
    let mut approved = [0; 12];
    let said = read(APPROVED, &value, RRF_RT_REG_BINARY, &mut approved);
    Ok(said != ERROR_SUCCESS || approved.first().is_none_or(|first| first % 2 == 0))
}

#[expect(unsafe_code, reason = "the registry has no safe interface")]
pub(super) fn write(environment: &Environment, _dirs: &Dirs, program: &Path) -> Result<(), OsError> {
    if environment.canteen_home.is_some() {
        return Err(OsError::Unsupported {
            what: "start with the computer from a folder of its own",
            because: "an entry of Windows cannot carry the variable CANTEEN_HOME",
        });
    }
    remove_from(APPROVED, environment)?;
    let (key, value) = (wide(RUN), value(environment));
    let command = wide(&format!("\"{}\" --hidden", program.display()));
    let bytes = u32::try_from(command.len() * 2).unwrap_or(u32::MAX);
    // SAFETY: the texts end with a zero, `command` has the bytes that are named, and all of them outlive the call.
    checked(unsafe { RegSetKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr(), REG_SZ, command.as_ptr().cast(), bytes) })
}

pub(super) fn remove(environment: &Environment, _dirs: &Dirs) -> Result<(), OsError> {
    remove_from(RUN, environment)?;
    remove_from(APPROVED, environment)
}

#[expect(unsafe_code, reason = "the registry has no safe interface")]
fn remove_from(key: &str, environment: &Environment) -> Result<(), OsError> {
    let (key, value) = (wide(key), value(environment));
    // SAFETY: both texts end with a zero and outlive the call.
    checked(unsafe { RegDeleteKeyValueW(HKEY_CURRENT_USER, key.as_ptr(), value.as_ptr()) })
}
