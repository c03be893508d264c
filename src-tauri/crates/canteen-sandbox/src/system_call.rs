use std::fmt;

/// A system call of this machine by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemCall(u32);

impl SystemCall {
    /// Wraps the number. It comes from the child: any number is possible.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Its name, for those that an attacker would try.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        names().iter().find(|(number, _)| i64::from(self.0) == *number).map(|(_, name)| *name)
    }
}

impl fmt::Display for SystemCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

#[cfg(not(target_os = "linux"))]
const fn names() -> &'static [(i64, &'static str)] {
    &[]
}

#[cfg(target_os = "linux")]
const fn names() -> &'static [(i64, &'static str)] {
    macro_rules! calls {
        ($($number:ident $name:literal),+ $(,)?) => { &[$((libc::$number, $name)),+] };
    }
    const COMMON: &[(i64, &str)] = calls! {
        SYS_accept "accept", SYS_accept4 "accept4", SYS_add_key "add_key", SYS_bind "bind", SYS_bpf "bpf", SYS_capset "capset",
        SYS_chdir "chdir", SYS_chroot "chroot", SYS_clone "clone", SYS_connect "connect", SYS_dup "dup", SYS_dup3 "dup3",
        SYS_epoll_create1 "epoll_create1", SYS_eventfd2 "eventfd2", SYS_execve "execve", SYS_execveat "execveat",
        SYS_fchmod "fchmod", SYS_fchmodat "fchmodat", SYS_fchown "fchown", SYS_fcntl "fcntl", SYS_fsync "fsync",
        SYS_ftruncate "ftruncate", SYS_getdents64 "getdents64", SYS_inotify_init1 "inotify_init1",
        SYS_io_uring_setup "io_uring_setup", SYS_keyctl "keyctl", SYS_kill "kill", SYS_landlock_restrict_self "landlock_restrict_self",
        SYS_linkat "linkat", SYS_listen "listen", SYS_memfd_create "memfd_create", SYS_mkdirat "mkdirat", SYS_mmap "mmap",
        SYS_mount "mount", SYS_mprotect "mprotect", SYS_mq_open "mq_open", SYS_openat2 "openat2",
        SYS_perf_event_open "perf_event_open", SYS_personality "personality", SYS_pidfd_getfd "pidfd_getfd",
        SYS_pidfd_open "pidfd_open", SYS_pidfd_send_signal "pidfd_send_signal", SYS_pipe2 "pipe2", SYS_pivot_root "pivot_root",
        SYS_prctl "prctl", SYS_prlimit64 "prlimit64", SYS_process_vm_readv "process_vm_readv",
        SYS_process_vm_writev "process_vm_writev", SYS_ptrace "ptrace", SYS_reboot "reboot", SYS_recvmsg "recvmsg",
        SYS_renameat2 "renameat2", SYS_rt_sigaction "rt_sigaction", SYS_seccomp "seccomp", SYS_sendmsg "sendmsg",
        SYS_sendto "sendto", SYS_setns "setns", SYS_setpriority "setpriority", SYS_setsockopt "setsockopt", SYS_setuid "setuid",
        SYS_shmget "shmget", SYS_socket "socket", SYS_socketpair "socketpair", SYS_splice "splice", SYS_swapon "swapon",
        SYS_symlinkat "symlinkat", SYS_syslog "syslog", SYS_tgkill "tgkill", SYS_timer_create "timer_create", SYS_tkill "tkill",
        SYS_truncate "truncate", SYS_umount2 "umount2", SYS_unlinkat "unlinkat", SYS_unshare "unshare",
        SYS_userfaultfd "userfaultfd", SYS_utimensat "utimensat", SYS_wait4 "wait4",
    };
    COMMON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn a_call_is_shown_by_name_and_number() {
        assert_eq!(SystemCall::new(41).to_string(), "socket (41)");
        assert_eq!(SystemCall::new(59).to_string(), "execve (59)");
        assert_eq!(SystemCall::new(u32::MAX).to_string(), "4294967295");
    }
}
