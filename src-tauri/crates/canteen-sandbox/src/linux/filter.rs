//! The system-call filters. The list is what llama.cpp and Rust's std were seen to need, and what a new version of libc may try.
//!
//! A filter has one answer for its matches, so there are three; the kernel takes the strictest answer of all.
//! 1. `clone3` does not exist (`ENOSYS`): its flags lie behind a pointer where no filter can look, and libc falls back to `clone`.
//! 2. Calls with which libraries try their luck and go on are refused (`EACCES`).
//! 3. What is on the list is allowed, with conditions on its arguments; all else traps.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
    apply_filter,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: TargetArch = TargetArch::x86_64;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: TargetArch = TargetArch::aarch64;

/// Puts all three in force, for this thread and all that it starts.
pub(super) fn apply() -> Result<()> {
    let missing =
        SeccompFilter::new([(libc::SYS_clone3, vec![])].into(), SeccompAction::Allow, errno(libc::ENOSYS), ARCHITECTURE)?;
    let refused = SeccompFilter::new(refused(), SeccompAction::Allow, errno(libc::EACCES), ARCHITECTURE)?;
    let allowed = SeccompFilter::new(allowed()?, SeccompAction::Trap, SeccompAction::Allow, ARCHITECTURE)?;
    // The list comes last: it forbids the call that puts filters in force.
    for filter in [missing, refused, allowed] {
        apply_filter(&BpfProgram::try_from(filter)?)?;
    }
    Ok(())
}

const fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

/// Paths by name, devices, scheduling: libraries ask and go on without. Looking at a descriptor through `newfstatat` is here
/// too, because the same call looks at a path, and no condition can tell them apart.
const REFUSED: &[c_long] = &[
    libc::SYS_openat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_ioctl,
    libc::SYS_sched_setaffinity,
    libc::SYS_getcwd,
    libc::SYS_uname,
    libc::SYS_mbind,
    libc::SYS_set_mempolicy,
    libc::SYS_get_mempolicy,
];
#[cfg(target_arch = "x86_64")]
const REFUSED_OLD: &[c_long] = &[libc::SYS_open, libc::SYS_stat, libc::SYS_lstat, libc::SYS_access, libc::SYS_readlink];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_OLD: &[c_long] = &[];

fn refused() -> Rules {
    REFUSED.iter().chain(REFUSED_OLD).map(|call| (*call, vec![])).collect()
}

/// Allowed with any argument: computing, memory, waiting, and reading and writing what is open.
const ALLOWED: &[c_long] = &[
    libc::SYS_futex,
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_fadvise64,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_mlock,
    libc::SYS_munlock,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_rseq,
    libc::SYS_set_robust_list,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getrusage,
    libc::SYS_getcpu,
    libc::SYS_sysinfo,
    libc::SYS_ppoll,
    libc::SYS_restart_syscall,
    libc::SYS_recvfrom,
    libc::SYS_shutdown,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
#[cfg(target_arch = "x86_64")]
const ALLOWED_OLD: &[c_long] = &[libc::SYS_poll];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_OLD: &[c_long] = &[];

/// What a thread shares with its process; a process of its own would lack at least one.
const THREAD: i32 =
    libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD | libc::CLONE_SYSVSEM;
/// Namespaces, tracing, and what only a new process needs.
const NO_THREAD: i32 = libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_PTRACE
    | libc::CLONE_UNTRACED
    | libc::CLONE_VFORK
    | libc::CLONE_PIDFD;

fn allowed() -> Result<Rules> {
    let mut rules: Rules = ALLOWED.iter().chain(ALLOWED_OLD).map(|call| (*call, vec![])).collect();
    // A soft refusal must pass here, or the trap would win.
    rules.extend(refused());
    rules.insert(libc::SYS_clone3, vec![]);

    rules.insert(libc::SYS_clone, any_of([vec![masked(0, THREAD | NO_THREAD, THREAD)?]])?);
    // All code is mapped before the filter.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, any_of([vec![masked(2, libc::PROT_EXEC, 0)?]])?);
    }
    // What std's sockets write with. Without an address it reaches the other end of the pair only.
    rules.insert(libc::SYS_sendto, any_of([vec![null(4)?]])?);
    // `abort` signals itself.
    let own = i32::try_from(std::process::id())?;
    for call in [libc::SYS_tgkill, libc::SYS_kill] {
        rules.insert(call, any_of([vec![int(0, own)?]])?);
    }
    let commands = [libc::F_GETFL, libc::F_GETFD, libc::F_SETFD, libc::F_SETFL, libc::F_DUPFD_CLOEXEC];
    rules.insert(libc::SYS_fcntl, one_of(1, commands)?);
    // Names of threads and of memory areas.
    rules.insert(libc::SYS_prctl, one_of(0, [libc::PR_SET_NAME, libc::PR_SET_VMA])?);
    // Its own limits, read only.
    rules.insert(libc::SYS_prlimit64, any_of([vec![int(0, 0)?, null(2)?]])?);
    rules.insert(libc::SYS_rt_sigaction, any_of([vec![condition(0, SeccompCmpOp::Ne, libc::SIGSYS)?]])?);
    Ok(rules)
}

fn any_of<const N: usize>(rules: [Vec<SeccompCondition>; N]) -> Result<Vec<SeccompRule>> {
    rules.into_iter().map(|conditions| Ok(SeccompRule::new(conditions)?)).collect()
}

fn one_of<const N: usize>(argument: u8, values: [i32; N]) -> Result<Vec<SeccompRule>> {
    values.into_iter().map(|value| Ok(SeccompRule::new(vec![int(argument, value)?])?)).collect()
}

/// The kernel reads 32 bits of an int argument. Comparing 64 would break legal calls whose upper half is rubbish.
fn condition(argument: u8, operator: SeccompCmpOp, value: i32) -> Result<SeccompCondition> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, u64::from(value.cast_unsigned()))?)
}

fn int(argument: u8, value: i32) -> Result<SeccompCondition> {
    condition(argument, SeccompCmpOp::Eq, value)
}

fn masked(argument: u8, mask: i32, value: i32) -> Result<SeccompCondition> {
    condition(argument, SeccompCmpOp::MaskedEq(u64::from(mask.cast_unsigned())), value)
}

/// A pointer, so all 64 bits count.
fn null(argument: u8) -> Result<SeccompCondition> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?)
}
