//! macOS: one Seatbelt profile that denies everything, and resource limits.
//!
//! **Type-checked on Linux, never run on macOS.** A call that fails is a wall that is missing in the report, and the parent
//! starts no model without it.
//!
//! `sandbox_init` is marked deprecated since 10.8 and is what browsers lock their children in with to this day. A violation
//! is `EPERM` and a line in the system log, not an exit: there is no black box here. In the report the profile stands for both
//! walls, the paths and the system calls, and for no new privileges, because it forbids to start a program.

use std::ffi::{CStr, c_char, c_int};
use std::io;
use std::os::fd::BorrowedFd;
use std::ptr;

use canteen_types::{ByteSize, SandboxReport};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{LockIn, SandboxError, unix};

/// Reading machine facts such as the cache size is all that the engine's libraries ask for after the start. A signal to itself
/// is how an assertion ends it.
const PROFILE: &CStr = c"(version 1)(deny default)(allow sysctl-read)(allow signal (target self))";

/// No address of a process lies above.
const HIGHEST: u64 = 1 << 47;
const PAGE: u64 = 16 << 10;

#[expect(unsafe_code, reason = "libSystem's sandbox has no binding in std or libc")]
unsafe extern "C" {
    fn sandbox_init(profile: *const c_char, flags: u64, error: *mut *mut c_char) -> c_int;
}

pub(crate) fn lock_in(request: LockIn) -> Result<SandboxReport, SandboxError> {
    // There is no signal for the end of the parent here: the engine ends when its channel does.
    unix::check_parent(request.parent)?;
    deny_attaching().map_err(SandboxError::start("hide its memory"))?;
    let limits = request.layers.limits && data_limit(request.memory_limit).is_some_and(|limit| unix::set_limits(limit).is_ok());
    let profile = request.layers.seccomp && request.layers.landlock_at_most > 0 && apply(PROFILE);
    Ok(SandboxReport {
        seccomp: profile,
        landlock_abi: u32::from(profile),
        no_new_privs: profile,
        limits,
        memory_limit: request.memory_limit,
    })
}

/// No debugger, and no reading of its memory by another process of the same user.
#[expect(unsafe_code, reason = "a system call")]
fn deny_attaching() -> io::Result<()> {
    // SAFETY: this request takes no process and no address.
    let done = unsafe { libc::ptrace(libc::PT_DENY_ATTACH, 0, ptr::null_mut(), 0) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What `RLIMIT_DATA` must be so that the child can take `memory` more. This kernel counts all that is mapped, with the
/// system's libraries, reserved addresses and, later, the model. `None` where it counts nothing: before macOS 12.
fn data_limit(memory: ByteSize) -> Option<ByteSize> {
    let total = mapped()?.checked_add(model_length())?.checked_add(memory.bytes())?;
    Some(ByteSize::new(total))
}

/// What is mapped now, to a page. The kernel tells nobody the figure that it compares with, but it refuses a smaller limit.
fn mapped() -> Option<u64> {
    let hard = getrlimit(Resource::Data).maximum;
    let is_enough = |limit| setrlimit(Resource::Data, Rlimit { current: Some(limit), maximum: hard }).is_ok();
    if is_enough(0) {
        return None;
    }
    let (mut too_small, mut enough) = (0, hard.unwrap_or(HIGHEST));
    while enough.saturating_sub(too_small) > PAGE {
        let middle = too_small.midpoint(enough);
        if is_enough(middle) { enough = middle } else { too_small = middle }
    }
    Some(enough)
}

/// Zero when there is none, which is said later.
#[expect(unsafe_code, reason = "the descriptor comes as a bare number")]
fn model_length() -> u64 {
    // SAFETY: borrowed for this call only. A number that is not open is an error of `fstat`.
    let model = unsafe { BorrowedFd::borrow_raw(unix::MODEL) };
    rustix::fs::fstat(model).ok().and_then(|stat| u64::try_from(stat.st_size).ok()).unwrap_or(0)
}

#[expect(unsafe_code, reason = "a system call")]
fn apply(profile: &CStr) -> bool {
    let mut error = ptr::null_mut();
    // SAFETY: `profile` is a C string and `error` a place for a pointer. The text behind it is not read; this one small leak
    // is cheaper than another foreign function to free it.
    unsafe { sandbox_init(profile.as_ptr(), 0, &raw mut error) == 0 }
}
