//! The rows: what is tried, what comes of it without a sandbox, and what comes of it in one.

use std::io;

use crate::child::Ground;
use crate::probes as p;

/// What comes of it in a child that is not locked in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Free {
    Works,
    /// This error, always.
    Errno(i32),
    /// Depends on the kernel's build, on other security modules, or on being root.
    Depends,
    /// It would harm this computer.
    NotRun,
}

/// What comes of it in one that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Locked {
    Works,
    Errno(i32),
    /// Ends with exit 86 and this call in the black box.
    Trap(i64),
    /// The kernel kills with SIGSYS.
    Kill,
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) attempt: fn(&Ground) -> io::Result<()>,
    pub(crate) free: Free,
    pub(crate) locked: Locked,
    /// What comes of it with Landlock alone, for the rows that Landlock carries too.
    pub(crate) landlock: Option<i32>,
}

macro_rules! rows {
    ($($name:literal $attempt:expr, $free:expr => $locked:expr $(, landlock $errno:expr)?;)+) => {
        vec![$(Row { name: $name, attempt: $attempt, free: $free, locked: $locked, landlock: rows!(@ $($errno)?) }),+]
    };
    (@ $errno:expr) => { Some($errno) };
    (@) => { None };
}

pub(crate) fn rows() -> Vec<Row> {
    use Free::{Depends, NotRun, Works};
    use Locked::{Kill, Trap};
    use libc::*;
    const DENIED: Locked = Locked::Errno(EACCES);
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "old calls and other modes exist on x86-64 only"))]
    let mut rows = rows! {
        // Files.
        "openat" p::openat, Works => DENIED, landlock EACCES;
        "openat2" p::openat2, Works => Trap(SYS_openat2), landlock EACCES;
        "reopen the model for writing" p::reopen_model, Works => DENIED, landlock EACCES;
        "own memory" p::own_memory, Works => DENIED, landlock EACCES;
        "create" p::create, Works => DENIED, landlock EACCES;
        "unlink" p::unlink, Works => Trap(SYS_unlinkat), landlock EACCES;
        "mkdir" p::mkdir, Works => Trap(SYS_mkdirat), landlock EACCES;
        "rename" p::rename, Works => Trap(SYS_renameat2), landlock EACCES;
        "symlink" p::symlink, Works => Trap(SYS_symlinkat), landlock EACCES;
        "stat" p::stat, Works => DENIED;
        "stat with an empty-path flag" p::stat_empty, Works => DENIED;
        "statx" p::statx, Works => DENIED;
        "access" p::access, Works => DENIED;
        "chmod" p::chmod, Works => Trap(SYS_fchmodat);
        "utime" p::utime, Works => Trap(SYS_utimensat);
        "chdir" p::chdir, Works => Trap(SYS_chdir);
        "readlink" p::readlink, Works => DENIED;
        "truncate" p::truncate, Works => Trap(SYS_truncate);
        "write to the model" p::write_model, Free::Errno(EBADF) => Locked::Errno(EBADF);
        "truncate the model" p::ftruncate_model, Depends => Trap(SYS_ftruncate);
        "chmod the model" p::fchmod_model, Works => Trap(SYS_fchmod);
        "read the model" p::read_model, Works => Locked::Works;
        "getcwd" p::getcwd, Works => DENIED;
        "umask" p::umask, Works => Trap(SYS_umask);
        "open by handle" p::open_by_handle, Depends => Trap(SYS_open_by_handle_at);
        "inotify" p::inotify, Works => Trap(SYS_inotify_init1);
        "fanotify" p::fanotify, Depends => Trap(SYS_fanotify_init);
        // Network and other programs' sockets.
        "tcp connect" p::tcp_connect, Works => Trap(SYS_socket), landlock EACCES;
        "tcp listen" p::tcp_listen, Works => Trap(SYS_socket);
        "udp send" p::udp_send, Works => Trap(SYS_socket);
        "unix socket with a path" p::unix_connect, Works => Trap(SYS_socket);
        "netlink" p::netlink, Works => Trap(SYS_socket);
        "vsock" p::vsock, Depends => Trap(SYS_socket);
        "socketpair" p::socketpair, Works => Trap(SYS_socketpair);
        "connect the channel elsewhere" p::connect_channel, Depends => Trap(SYS_connect);
        "bind the channel" p::bind_channel, Depends => Trap(SYS_bind);
        "accept on the channel" p::accept_channel, Depends => Trap(SYS_accept4);
        "send to an address" p::send_to_address, Depends => Trap(SYS_sendto);
        "send without an address" p::send_plain, Works => Locked::Works;
        "sendmsg" p::sendmsg, Works => Trap(SYS_sendmsg);
        "recvmsg" p::recvmsg, Depends => Trap(SYS_recvmsg);
        "setsockopt" p::setsockopt, Works => Trap(SYS_setsockopt);
        // Programs and processes.
        "exec" p::exec, Works => Trap(SYS_execve), landlock EACCES;
        "exec from memory" p::exec_memory, Depends => Trap(SYS_memfd_create);
        "execveat" p::execveat, Depends => Trap(SYS_execveat);
        "memfd" p::memfd, Works => Trap(SYS_memfd_create);
        "fork" p::fork, Works => Trap(SYS_clone);
        "clone3" p::clone3, Depends => Locked::Errno(ENOSYS);
        "a thread" p::thread, Works => Locked::Works;
        "many threads" p::many_threads, Works => Locked::Works;
        "trace the parent" p::ptrace_parent, Depends => Trap(SYS_ptrace);
        "read the parent's memory" p::vm_read_parent, Depends => Trap(SYS_process_vm_readv);
        "write the parent's memory" p::vm_write_parent, Depends => Trap(SYS_process_vm_writev);
        "open the parent" p::pidfd_open, Works => Trap(SYS_pidfd_open);
        "take the parent's descriptors" p::pidfd_getfd, Depends => Trap(SYS_pidfd_getfd);
        "signal the parent" p::kill_parent, Works => Trap(SYS_kill);
        "signal a thread of the parent" p::tgkill_parent, Works => Trap(SYS_tgkill);
        "tkill the parent" p::tkill_parent, Works => Trap(SYS_tkill);
        "signal through a descriptor" p::pidfd_signal, Depends => Trap(SYS_pidfd_send_signal);
        "signal itself" p::kill_self, Works => Locked::Works;
        "own process group" p::setsid, Depends => Trap(SYS_setsid);
        "the parent's priority" p::priority_parent, Depends => Trap(SYS_setpriority);
        "the parent's limits" p::limits_parent, Works => Trap(SYS_prlimit64);
        "the parent's processors" p::affinity_parent, Works => DENIED;
        "wait" p::wait, Depends => Trap(SYS_wait4);
        // Privileges and namespaces.
        "user namespace" p::unshare_user, Depends => Trap(SYS_unshare);
        "unshare" p::unshare_files, Works => Trap(SYS_unshare);
        "setns" p::setns, Depends => Trap(SYS_setns);
        "mount" p::mount, Depends => Trap(SYS_mount);
        "unmount" p::unmount, NotRun => Trap(SYS_umount2);
        "chroot" p::chroot, Depends => Trap(SYS_chroot);
        "pivot root" p::pivot_root, NotRun => Trap(SYS_pivot_root);
        "setuid" p::setuid, Depends => Trap(SYS_setuid);
        "capset" p::capset, Depends => Trap(SYS_capset);
        "reboot" p::reboot, NotRun => Trap(SYS_reboot);
        "swapon" p::swapon, NotRun => Trap(SYS_swapon);
        "kernel module" p::module, NotRun => Trap(SYS_finit_module);
        "kernel log" p::syslog, Depends => Trap(SYS_syslog);
        // Kernel interfaces with a history of holes.
        "io_uring" p::io_uring, Depends => Trap(SYS_io_uring_setup);
        "bpf" p::bpf, Depends => Trap(SYS_bpf);
        "userfaultfd" p::userfaultfd, Depends => Trap(SYS_userfaultfd);
        "keyctl" p::keyctl, Depends => Trap(SYS_keyctl);
        "add_key" p::add_key, Depends => Trap(SYS_add_key);
        "perf events" p::perf, Depends => Trap(SYS_perf_event_open);
        "shared memory" p::shmget, Works => Trap(SYS_shmget);
        "message queue" p::mq_open, Depends => Trap(SYS_mq_open);
        "ioctl" p::ioctl, Works => DENIED;
        "type on the terminal" p::tiocsti, Depends => DENIED;
        "personality" p::personality, Works => Trap(SYS_personality);
        "timer" p::timer, Works => Trap(SYS_timer_create);
        "splice" p::splice, Depends => Trap(SYS_splice);
        // Its own walls.
        "dumpable again" p::dumpable, Works => Trap(SYS_prctl);
        "name a thread" p::set_name, Works => Locked::Works;
        "another filter" p::another_filter, Depends => Trap(SYS_seccomp);
        "another Landlock domain" p::another_domain, Works => Trap(SYS_landlock_create_ruleset);
        "take over SIGSYS" p::take_sigsys, Works => Trap(SYS_rt_sigaction);
        "another handler" p::other_handler, Works => Locked::Works;
        "block SIGSYS, then a socket" p::blocked_sigsys, Works => Kill;
        "raise own limits" p::raise_limits, Works => Trap(SYS_prlimit64);
        "read own limits" p::read_limits, Works => Locked::Works;
        "many descriptors" p::many_descriptors, Works => Locked::Errno(EMFILE);
        "owner of the channel" p::set_owner, Works => Trap(SYS_fcntl);
        "dup" p::dup, Works => Trap(SYS_dup);
        "pipe" p::pipe, Works => Trap(SYS_pipe2);
        "eventfd" p::eventfd, Works => Trap(SYS_eventfd2);
        "epoll" p::epoll, Works => Trap(SYS_epoll_create1);
        // Memory.
        "map memory" p::map, Works => Locked::Works;
        "map code" p::map_code, Works => Trap(SYS_mmap);
        "turn data into code" p::protect_code, Works => Trap(SYS_mprotect);
        "more memory than allowed" p::too_much, Works => Locked::Errno(ENOMEM);
    };
    #[cfg(target_arch = "x86_64")]
    rows.extend(rows! {
        "open" p::open, Works => DENIED, landlock EACCES;
        "old fork" p::old_fork, Works => Trap(SYS_fork);
        "vfork" p::vfork, NotRun => Trap(SYS_vfork);
        "modify_ldt" p::modify_ldt, Depends => Trap(SYS_modify_ldt);
        "port access" p::iopl, NotRun => Trap(SYS_iopl);
        "32-bit call" p::int80, Depends => Kill;
        "x32 call" p::x32, Depends => Trap(0x4000_0027);
    });
    rows
}
