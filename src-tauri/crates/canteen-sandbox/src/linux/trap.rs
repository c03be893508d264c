//! A forbidden call raises SIGSYS. The handler writes its number to the black box and ends the process: that refuses just as
//! hard as the kernel's own kill, and support learns *which* call it was. Blocking or replacing the handler does not help: the
//! kernel then kills, and the filter forbids `rt_sigaction` for SIGSYS.

use std::io;
use std::ptr;

use crate::EXIT_FORBIDDEN_CALL;
use crate::unix::BLACK_BOX;

/// `si_syscall` in `siginfo_t` on 64-bit Linux (`_sigsys` in `asm-generic/siginfo.h`: after three ints, padding and a pointer).
const SI_SYSCALL: usize = 24;

#[expect(unsafe_code, reason = "a signal handler")]
extern "C" fn on_forbidden(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel hands a whole siginfo_t of 128 bytes; only async-signal-safe calls follow.
    unsafe {
        let number: *const i32 = info.cast::<u8>().add(SI_SYSCALL).cast();
        libc::write(BLACK_BOX, number.cast(), size_of::<i32>());
        libc::_exit(EXIT_FORBIDDEN_CALL);
    }
}

#[expect(unsafe_code, reason = "a signal handler")]
pub(super) fn install() -> io::Result<()> {
    let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) = on_forbidden;
    // SAFETY: a zeroed sigaction is valid, and the handler has the signature that SA_SIGINFO demands.
    let done = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as libc::sighandler_t;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSYS, &raw const action, ptr::null_mut())
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
