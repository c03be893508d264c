//! macOS: one Seatbelt profile that denies everything, and resource limits.
//!
//! `sandbox_init` is marked deprecated since 10.8 and is what browsers lock their children in with to this day. A violation
//! is `EPERM` and a line in the system log, not an exit: there is no black box here. In the report the profile stands for both
//! walls, the paths and the system calls.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

use canteen_types::SandboxReport;

use crate::{LockIn, SandboxError, unix};

/// Reading machine facts such as the cache size is all that the engine's libraries ask for after the start.
const PROFILE: &CStr = c"(version 1)(deny default)(allow sysctl-read)";

#[expect(unsafe_code, reason = "libSystem's sandbox has no binding in std or libc")]
unsafe extern "C" {
    fn sandbox_init(profile: *const c_char, flags: u64, error: *mut *mut c_char) -> c_int;
}

pub(crate) fn lock_in(request: LockIn) -> Result<SandboxReport, SandboxError> {
    // There is no signal for the end of the parent here: the engine ends when its channel does.
    unix::check_parent(request.parent)?;
    let limits = request.layers.limits && unix::set_limits(request.memory_limit).is_ok();
    let profile = request.layers.seccomp && request.layers.landlock_at_most > 0 && apply(PROFILE);
    Ok(SandboxReport {
        seccomp: profile,
        landlock_abi: u32::from(profile),
        no_new_privs: profile,
        limits,
        memory_limit: request.memory_limit,
    })
}

#[expect(unsafe_code, reason = "a system call")]
fn apply(profile: &CStr) -> bool {
    let mut error = ptr::null_mut();
    // SAFETY: `profile` is a C string and `error` a place for a pointer. The text behind it is not read; this one small leak
    // is cheaper than another foreign function to free it.
    unsafe { sandbox_init(profile.as_ptr(), 0, &raw mut error) == 0 }
}
