//! Linux: resource limits, no way back to privileges, Landlock without any path, and three system-call filters.

mod filter;
pub(crate) mod oom;
mod paths;
mod trap;

use std::io;

use canteen_types::SandboxReport;
use rustix::process::{DumpableBehavior, Signal, set_dumpable_behavior, set_parent_process_death_signal};

use crate::{LockIn, SandboxError, unix};

pub(crate) fn lock_in(request: LockIn) -> Result<SandboxReport, SandboxError> {
    one_thread()?;
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(to_error("tie it to its parent"))?;
    // The parent may have gone before the line above.
    unix::check_parent(request.parent)?;
    let limits = request.layers.limits && unix::set_limits(request.memory_limit).is_ok();
    // No core file and no ptrace from other processes of the same user.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(to_error("hide its memory"))?;
    let kept = no_new_privileges();
    let landlock_abi = paths::forbid_all(request.layers.landlock_at_most);
    // Last: it forbids the calls that the walls above were built with.
    let seccomp = request.layers.seccomp && trap::install().is_ok() && filter::apply().is_ok();
    Ok(SandboxReport { seccomp, landlock_abi, no_new_privs: kept, limits, memory_limit: request.memory_limit })
}

/// Landlock does not reach threads that already run.
fn one_thread() -> Result<(), SandboxError> {
    let threads = std::fs::read_dir("/proc/self/task").map_err(SandboxError::start("count its threads"))?.count();
    if threads == 1 { Ok(()) } else { Err(SandboxError::TooLate { threads }) }
}

fn to_error(what: &'static str) -> impl FnOnce(rustix::io::Errno) -> SandboxError {
    move |errno| SandboxError::Start { what, cause: io::Error::from(errno) }
}

/// Programs that it might start would gain nothing from their setuid bit; Landlock and the filters demand it.
#[expect(unsafe_code, reason = "a system call")]
fn no_new_privileges() -> bool {
    // SAFETY: both calls take and give plain numbers.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && libc::prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 }
}
