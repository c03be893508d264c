//! The child's side: looks up what the parent has built around it.

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use canteen_types::SandboxReport;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::{
    GetTokenInformation, TOKEN_INFORMATION_CLASS, TOKEN_QUERY, TokenCapabilities, TokenIsAppContainer,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, GetProcessMitigationPolicy, OpenProcessToken, PROCESS_MITIGATION_POLICY, ProcessChildProcessPolicy,
    ProcessDynamicCodePolicy, ProcessSystemCallDisablePolicy,
};

use super::job;
use crate::{LockIn, SandboxError};

/// The first bit of each of the three policies: win32k is forbidden, code cannot be made, no process can be started.
const FORBIDDEN: u32 = 1;
/// Of the policy on dynamic code: a thread may opt out.
const OPT_OUT: u32 = 2;

/// Builds nothing: all walls stood before the first instruction. In the report the container counts as Landlock's first ABI,
/// the mitigations as the filter of system calls. The job, not this process, ties it to its parent.
#[expect(clippy::unnecessary_wraps, reason = "fails on other systems")]
pub(crate) fn lock_in(request: LockIn) -> Result<SandboxReport, SandboxError> {
    let calls = policy(ProcessSystemCallDisablePolicy).is_some_and(|flags| flags & FORBIDDEN != 0)
        && policy(ProcessDynamicCodePolicy).is_some_and(|flags| flags & (FORBIDDEN | OPT_OUT) == FORBIDDEN);
    let childless = policy(ProcessChildProcessPolicy).is_some_and(|flags| flags & FORBIDDEN != 0);
    let contained = is_in_empty_container().unwrap_or(false);
    Ok(SandboxReport {
        seccomp: request.layers.seccomp && calls,
        landlock_abi: u32::from(request.layers.landlock_at_most > 0 && contained),
        no_new_privs: childless && contained,
        limits: request.layers.limits && job::limits_hold(request.memory_limit),
        memory_limit: request.memory_limit,
    })
}

/// The flags of a policy of this process; each of those asked for is one number.
#[expect(unsafe_code, reason = "Win32")]
fn policy(which: PROCESS_MITIGATION_POLICY) -> Option<u32> {
    let mut flags = 0_u32;
    // SAFETY: the own process needs no closing; `flags` has the size that is handed over.
    let done = unsafe {
        let place = ptr::from_mut(&mut flags).cast::<c_void>();
        GetProcessMitigationPolicy(GetCurrentProcess(), which, place, size_of::<u32>())
    };
    (done != 0).then_some(flags)
}

/// In a container, and with no capability.
#[expect(unsafe_code, reason = "Win32")]
fn is_in_empty_container() -> io::Result<bool> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the own process needs no closing; `token` is a place for one handle, which `OwnedHandle` closes.
    let token = unsafe {
        if OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) == 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedHandle::from_raw_handle(token)
    };
    // The list of capabilities begins with their number. One that has some may not fit, which is an error and as good as some.
    Ok(first_number(&token, TokenIsAppContainer)? != 0 && first_number(&token, TokenCapabilities)? == 0)
}

/// The number at the beginning of what the token says.
#[expect(unsafe_code, reason = "Win32")]
fn first_number(token: &OwnedHandle, class: TOKEN_INFORMATION_CLASS) -> io::Result<u32> {
    // Aligned for every structure, and long enough for one number or an empty list with its padding.
    let mut space = [0_u64; 4];
    let length = u32::try_from(size_of_val(&space)).map_err(io::Error::other)?;
    let mut used = 0;
    // SAFETY: `space` has `length` bytes and `used` is a place for one number.
    let done =
        unsafe { GetTokenInformation(token.as_raw_handle(), class, space.as_mut_ptr().cast::<c_void>(), length, &raw mut used) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `space` is longer than one number, aligned, and initialised.
    Ok(unsafe { space.as_ptr().cast::<u32>().read() })
}
