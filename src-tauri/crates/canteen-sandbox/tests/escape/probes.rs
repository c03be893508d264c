//! One attempt per function, as bare system calls.

#![expect(unsafe_code, reason = "the attempts are system calls that std would not make")]

use std::ffi::CString;
use std::io;
use std::ptr::{null, null_mut};

use libc::{AT_FDCWD, c_long};

use crate::child::Ground;

const CHANNEL: i32 = 3;
const MODEL: i32 = 4;

fn done(result: c_long) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A bare system call.
macro_rules! call {
    ($number:ident $(, $argument:expr)* $(,)?) => {
        // SAFETY: every pointer among the arguments lives until the end of the statement, and the kernel checks it.
        done(unsafe { libc::syscall(libc::$number $(, $argument)*) })
    };
}

fn text(text: &str) -> CString {
    CString::new(text).expect("no zero byte")
}

fn file(ground: &Ground) -> CString {
    text(&format!("{}/file", ground.folder))
}

fn fresh(ground: &Ground, name: &str) -> CString {
    text(&format!("{}/{name}-{}", ground.folder, std::process::id()))
}

pub(crate) fn openat(_: &Ground) -> io::Result<()> {
    call!(SYS_openat, AT_FDCWD, c"/etc/passwd".as_ptr(), libc::O_RDONLY)
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn open(_: &Ground) -> io::Result<()> {
    call!(SYS_open, c"/etc/passwd".as_ptr(), libc::O_RDONLY)
}

pub(crate) fn openat2(_: &Ground) -> io::Result<()> {
    let how = [0u64; 3];
    call!(SYS_openat2, AT_FDCWD, c"/etc/passwd".as_ptr(), how.as_ptr(), size_of_val(&how))
}

pub(crate) fn reopen_model(_: &Ground) -> io::Result<()> {
    call!(SYS_openat, AT_FDCWD, c"/proc/self/fd/4".as_ptr(), libc::O_RDWR)
}

pub(crate) fn own_memory(_: &Ground) -> io::Result<()> {
    call!(SYS_openat, AT_FDCWD, c"/proc/self/mem".as_ptr(), libc::O_RDWR)
}

pub(crate) fn create(ground: &Ground) -> io::Result<()> {
    call!(SYS_openat, AT_FDCWD, fresh(ground, "created").as_ptr(), libc::O_CREAT | libc::O_WRONLY, 0o600)
}

pub(crate) fn unlink(ground: &Ground) -> io::Result<()> {
    call!(SYS_unlinkat, AT_FDCWD, text(&format!("{}/victim", ground.folder)).as_ptr(), 0)
}

pub(crate) fn mkdir(ground: &Ground) -> io::Result<()> {
    call!(SYS_mkdirat, AT_FDCWD, fresh(ground, "folder").as_ptr(), 0o700)
}

pub(crate) fn rename(ground: &Ground) -> io::Result<()> {
    let from = text(&format!("{}/moving", ground.folder));
    call!(SYS_renameat2, AT_FDCWD, from.as_ptr(), AT_FDCWD, fresh(ground, "moved").as_ptr(), 0)
}

pub(crate) fn symlink(ground: &Ground) -> io::Result<()> {
    call!(SYS_symlinkat, c"/etc/passwd".as_ptr(), AT_FDCWD, fresh(ground, "link").as_ptr())
}

fn stat_with(path: &CString, flags: i32) -> io::Result<()> {
    let mut room = [0u8; 256];
    call!(SYS_newfstatat, AT_FDCWD, path.as_ptr(), room.as_mut_ptr(), flags)
}

pub(crate) fn stat(ground: &Ground) -> io::Result<()> {
    stat_with(&file(ground), 0)
}

pub(crate) fn stat_empty(ground: &Ground) -> io::Result<()> {
    stat_with(&file(ground), libc::AT_EMPTY_PATH)
}

pub(crate) fn statx(ground: &Ground) -> io::Result<()> {
    let mut room = [0u8; 256];
    call!(SYS_statx, AT_FDCWD, file(ground).as_ptr(), 0, libc::STATX_SIZE, room.as_mut_ptr())
}

pub(crate) fn access(ground: &Ground) -> io::Result<()> {
    call!(SYS_faccessat, AT_FDCWD, file(ground).as_ptr(), libc::F_OK)
}

pub(crate) fn chmod(ground: &Ground) -> io::Result<()> {
    call!(SYS_fchmodat, AT_FDCWD, file(ground).as_ptr(), 0o600)
}

pub(crate) fn utime(ground: &Ground) -> io::Result<()> {
    call!(SYS_utimensat, AT_FDCWD, file(ground).as_ptr(), null::<u8>(), 0)
}

pub(crate) fn chdir(_: &Ground) -> io::Result<()> {
    call!(SYS_chdir, c"/".as_ptr())
}

pub(crate) fn readlink(_: &Ground) -> io::Result<()> {
    let mut room = [0u8; 256];
    call!(SYS_readlinkat, AT_FDCWD, c"/proc/self/exe".as_ptr(), room.as_mut_ptr(), room.len())
}

pub(crate) fn truncate(ground: &Ground) -> io::Result<()> {
    call!(SYS_truncate, file(ground).as_ptr(), 1)
}

pub(crate) fn write_model(_: &Ground) -> io::Result<()> {
    call!(SYS_write, MODEL, c"x".as_ptr(), 1)
}

pub(crate) fn ftruncate_model(_: &Ground) -> io::Result<()> {
    call!(SYS_ftruncate, MODEL, 0)
}

pub(crate) fn fchmod_model(_: &Ground) -> io::Result<()> {
    call!(SYS_fchmod, MODEL, 0o600)
}

pub(crate) fn read_model(_: &Ground) -> io::Result<()> {
    let mut room = [0u8; 4];
    call!(SYS_pread64, MODEL, room.as_mut_ptr(), room.len(), 0)?;
    if &room == b"GGUF" { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

pub(crate) fn getcwd(_: &Ground) -> io::Result<()> {
    let mut room = [0u8; 256];
    call!(SYS_getcwd, room.as_mut_ptr(), room.len())
}

pub(crate) fn umask(_: &Ground) -> io::Result<()> {
    call!(SYS_umask, 0o077)
}

pub(crate) fn open_by_handle(_: &Ground) -> io::Result<()> {
    let handle = [0u32; 8];
    call!(SYS_open_by_handle_at, AT_FDCWD, handle.as_ptr(), libc::O_RDONLY)
}

pub(crate) fn inotify(_: &Ground) -> io::Result<()> {
    call!(SYS_inotify_init1, 0)
}

pub(crate) fn fanotify(_: &Ground) -> io::Result<()> {
    call!(SYS_fanotify_init, 0, libc::O_RDONLY)
}

fn socket(family: i32, kind: i32) -> io::Result<i32> {
    // SAFETY: plain numbers.
    let socket = unsafe { libc::socket(family, kind, 0) };
    done(socket.into()).map(|()| socket)
}

/// An IPv4 address on this computer, as the kernel lays it out.
fn here(port: u16) -> [u8; 16] {
    let mut address = [0; 16];
    address[..2].copy_from_slice(&u16::try_from(libc::AF_INET).expect("2").to_ne_bytes());
    address[2..4].copy_from_slice(&port.to_be_bytes());
    address[4..8].copy_from_slice(&[127, 0, 0, 1]);
    address
}

pub(crate) fn tcp_connect(ground: &Ground) -> io::Result<()> {
    let (socket, to) = (socket(libc::AF_INET, libc::SOCK_STREAM)?, here(ground.port));
    call!(SYS_connect, socket, to.as_ptr(), to.len())
}

pub(crate) fn tcp_listen(_: &Ground) -> io::Result<()> {
    let socket = socket(libc::AF_INET, libc::SOCK_STREAM)?;
    call!(SYS_listen, socket, 1)
}

pub(crate) fn udp_send(ground: &Ground) -> io::Result<()> {
    let (socket, to) = (socket(libc::AF_INET, libc::SOCK_DGRAM)?, here(ground.port));
    call!(SYS_sendto, socket, c"x".as_ptr(), 1, 0, to.as_ptr(), to.len())
}

fn unix_address(path: &str) -> Vec<u8> {
    let mut address = u16::try_from(libc::AF_UNIX).expect("1").to_ne_bytes().to_vec();
    address.extend(path.as_bytes());
    address.push(0);
    address
}

pub(crate) fn unix_connect(ground: &Ground) -> io::Result<()> {
    let (socket, to) = (socket(libc::AF_UNIX, libc::SOCK_STREAM)?, unix_address(&format!("{}/socket", ground.folder)));
    call!(SYS_connect, socket, to.as_ptr(), to.len())
}

pub(crate) fn netlink(_: &Ground) -> io::Result<()> {
    socket(libc::AF_NETLINK, libc::SOCK_RAW).map(drop)
}

pub(crate) fn vsock(_: &Ground) -> io::Result<()> {
    socket(libc::AF_VSOCK, libc::SOCK_STREAM).map(drop)
}

pub(crate) fn socketpair(_: &Ground) -> io::Result<()> {
    let mut pair = [0i32; 2];
    call!(SYS_socketpair, libc::AF_UNIX, libc::SOCK_STREAM, 0, pair.as_mut_ptr())
}

pub(crate) fn connect_channel(ground: &Ground) -> io::Result<()> {
    let to = unix_address(&format!("{}/socket", ground.folder));
    call!(SYS_connect, CHANNEL, to.as_ptr(), to.len())
}

pub(crate) fn bind_channel(ground: &Ground) -> io::Result<()> {
    let to = unix_address(&format!("{}/bound-{}", ground.folder, std::process::id()));
    call!(SYS_bind, CHANNEL, to.as_ptr(), to.len())
}

pub(crate) fn accept_channel(_: &Ground) -> io::Result<()> {
    call!(SYS_accept4, CHANNEL, null::<u8>(), null::<u8>(), 0)
}

pub(crate) fn send_to_address(ground: &Ground) -> io::Result<()> {
    let to = unix_address(&format!("{}/socket", ground.folder));
    call!(SYS_sendto, CHANNEL, c"x".as_ptr(), 0, 0, to.as_ptr(), to.len())
}

pub(crate) fn send_plain(_: &Ground) -> io::Result<()> {
    call!(SYS_sendto, CHANNEL, c"x".as_ptr(), 0, libc::MSG_NOSIGNAL, null::<u8>(), 0)
}

pub(crate) fn sendmsg(_: &Ground) -> io::Result<()> {
    let message = [0u8; size_of::<libc::msghdr>()];
    call!(SYS_sendmsg, CHANNEL, message.as_ptr(), libc::MSG_NOSIGNAL)
}

pub(crate) fn recvmsg(_: &Ground) -> io::Result<()> {
    let mut message = [0u8; size_of::<libc::msghdr>()];
    call!(SYS_recvmsg, CHANNEL, message.as_mut_ptr(), libc::MSG_DONTWAIT)
}

pub(crate) fn setsockopt(_: &Ground) -> io::Result<()> {
    let size = 4096i32;
    call!(SYS_setsockopt, CHANNEL, libc::SOL_SOCKET, libc::SO_SNDBUF, &raw const size, size_of::<i32>())
}

pub(crate) fn exec(_: &Ground) -> io::Result<()> {
    let arguments = [c"/bin/true".as_ptr(), null()];
    call!(SYS_execve, c"/bin/true".as_ptr(), arguments.as_ptr(), null::<u8>())
}

pub(crate) fn memfd(_: &Ground) -> io::Result<()> {
    call!(SYS_memfd_create, c"code".as_ptr(), 0)
}

pub(crate) fn exec_memory(_: &Ground) -> io::Result<()> {
    // SAFETY: plain numbers and a constant text.
    let memory = unsafe { libc::syscall(libc::SYS_memfd_create, c"code".as_ptr(), 0) };
    done(memory)?;
    let arguments: [*const libc::c_char; 1] = [null()];
    call!(SYS_execveat, memory, c"".as_ptr(), arguments.as_ptr(), null::<u8>(), libc::AT_EMPTY_PATH)
}

pub(crate) fn execveat(_: &Ground) -> io::Result<()> {
    let arguments: [*const libc::c_char; 1] = [null()];
    call!(SYS_execveat, MODEL, c"".as_ptr(), arguments.as_ptr(), null::<u8>(), libc::AT_EMPTY_PATH)
}

/// The new process, where there is one, leaves at once.
fn forked(process: c_long) -> io::Result<()> {
    if process == 0 {
        // SAFETY: nothing is unwound or flushed.
        unsafe { libc::_exit(0) }
    }
    done(process)
}

pub(crate) fn fork(_: &Ground) -> io::Result<()> {
    // SAFETY: the new process makes one system call.
    forked(unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) })
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn old_fork(_: &Ground) -> io::Result<()> {
    // SAFETY: the new process makes one system call.
    forked(unsafe { libc::syscall(libc::SYS_fork) })
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn vfork(_: &Ground) -> io::Result<()> {
    call!(SYS_vfork)
}

pub(crate) fn clone3(_: &Ground) -> io::Result<()> {
    call!(SYS_clone3, null::<u8>(), 0)
}

pub(crate) fn thread(_: &Ground) -> io::Result<()> {
    let thread = std::thread::Builder::new().name("works".into()).spawn(|| 41 + 1)?;
    if thread.join().ok() == Some(42) { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
}

pub(crate) fn many_threads(_: &Ground) -> io::Result<()> {
    let (sender, receiver) = std::sync::mpsc::channel();
    for number in 0..16 {
        let sender = sender.clone();
        std::thread::Builder::new().spawn(move || sender.send(number))?;
    }
    drop(sender);
    if receiver.iter().sum::<i32>() == 120 { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
}

pub(crate) fn ptrace_parent(ground: &Ground) -> io::Result<()> {
    call!(SYS_ptrace, libc::PTRACE_SEIZE, ground.parent, 0, 0)
}

fn own_vector(room: &mut [u8; 8]) -> libc::iovec {
    libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() }
}

pub(crate) fn vm_read_parent(ground: &Ground) -> io::Result<()> {
    let mut room = [0u8; 8];
    let (own, theirs) = (own_vector(&mut room), own_vector(&mut room));
    call!(SYS_process_vm_readv, ground.parent, &raw const own, 1, &raw const theirs, 1, 0)
}

pub(crate) fn vm_write_parent(ground: &Ground) -> io::Result<()> {
    let mut room = [0u8; 8];
    let own = own_vector(&mut room);
    // No remote vector: without a sandbox this writes nothing.
    call!(SYS_process_vm_writev, ground.parent, &raw const own, 1, null::<u8>(), 0, 0)
}

pub(crate) fn pidfd_open(ground: &Ground) -> io::Result<()> {
    call!(SYS_pidfd_open, ground.parent, 0)
}

pub(crate) fn pidfd_getfd(_: &Ground) -> io::Result<()> {
    call!(SYS_pidfd_getfd, CHANNEL, 0, 0)
}

pub(crate) fn kill_parent(ground: &Ground) -> io::Result<()> {
    call!(SYS_kill, ground.parent, 0)
}

pub(crate) fn tgkill_parent(ground: &Ground) -> io::Result<()> {
    call!(SYS_tgkill, ground.parent, ground.parent, 0)
}

pub(crate) fn tkill_parent(ground: &Ground) -> io::Result<()> {
    call!(SYS_tkill, ground.parent, 0)
}

pub(crate) fn pidfd_signal(_: &Ground) -> io::Result<()> {
    call!(SYS_pidfd_send_signal, CHANNEL, 0, null::<u8>(), 0)
}

pub(crate) fn kill_self(_: &Ground) -> io::Result<()> {
    call!(SYS_kill, std::process::id(), 0)
}

pub(crate) fn setsid(_: &Ground) -> io::Result<()> {
    call!(SYS_setsid)
}

pub(crate) fn priority_parent(ground: &Ground) -> io::Result<()> {
    call!(SYS_setpriority, libc::PRIO_PROCESS, ground.parent, 0)
}

pub(crate) fn limits_parent(ground: &Ground) -> io::Result<()> {
    let mut room = [0u64; 2];
    call!(SYS_prlimit64, ground.parent, libc::RLIMIT_NOFILE, null::<u8>(), room.as_mut_ptr())
}

pub(crate) fn affinity_parent(ground: &Ground) -> io::Result<()> {
    let mut room = [0u64; 128];
    call!(SYS_sched_getaffinity, ground.parent, size_of_val(&room), room.as_mut_ptr())?;
    call!(SYS_sched_setaffinity, ground.parent, size_of_val(&room), room.as_ptr())
}

pub(crate) fn wait(_: &Ground) -> io::Result<()> {
    call!(SYS_wait4, -1, null::<u8>(), libc::WNOHANG, null::<u8>())
}

pub(crate) fn unshare_user(_: &Ground) -> io::Result<()> {
    call!(SYS_unshare, libc::CLONE_NEWUSER)
}

pub(crate) fn unshare_files(_: &Ground) -> io::Result<()> {
    call!(SYS_unshare, libc::CLONE_FILES)
}

pub(crate) fn setns(_: &Ground) -> io::Result<()> {
    call!(SYS_setns, CHANNEL, 0)
}

pub(crate) fn mount(ground: &Ground) -> io::Result<()> {
    // A source that does not exist: harmless where it is allowed.
    call!(SYS_mount, c"/nowhere".as_ptr(), file(ground).as_ptr(), null::<u8>(), libc::MS_BIND, null::<u8>())
}

pub(crate) fn unmount(_: &Ground) -> io::Result<()> {
    call!(SYS_umount2, c"/proc".as_ptr(), 0)
}

pub(crate) fn chroot(_: &Ground) -> io::Result<()> {
    call!(SYS_chroot, c"/".as_ptr())
}

pub(crate) fn pivot_root(_: &Ground) -> io::Result<()> {
    call!(SYS_pivot_root, c"/".as_ptr(), c"/".as_ptr())
}

pub(crate) fn setuid(_: &Ground) -> io::Result<()> {
    call!(SYS_setuid, 0)
}

pub(crate) fn capset(_: &Ground) -> io::Result<()> {
    call!(SYS_capset, null::<u8>(), null::<u8>())
}

pub(crate) fn reboot(_: &Ground) -> io::Result<()> {
    call!(SYS_reboot, 0, 0, 0)
}

pub(crate) fn swapon(_: &Ground) -> io::Result<()> {
    call!(SYS_swapon, c"/nowhere".as_ptr(), 0)
}

pub(crate) fn module(_: &Ground) -> io::Result<()> {
    call!(SYS_finit_module, CHANNEL, c"".as_ptr(), 0)
}

pub(crate) fn syslog(_: &Ground) -> io::Result<()> {
    call!(SYS_syslog, 10, null::<u8>(), 0)
}

pub(crate) fn io_uring(_: &Ground) -> io::Result<()> {
    let mut parameters = [0u8; 120];
    call!(SYS_io_uring_setup, 1, parameters.as_mut_ptr())
}

pub(crate) fn bpf(_: &Ground) -> io::Result<()> {
    let attributes = [0u8; 128];
    call!(SYS_bpf, 0, attributes.as_ptr(), attributes.len())
}

pub(crate) fn userfaultfd(_: &Ground) -> io::Result<()> {
    call!(SYS_userfaultfd, 1)
}

pub(crate) fn keyctl(_: &Ground) -> io::Result<()> {
    call!(SYS_keyctl, 0, -3, 0)
}

pub(crate) fn add_key(_: &Ground) -> io::Result<()> {
    call!(SYS_add_key, c"user".as_ptr(), c"canteen-test".as_ptr(), c"x".as_ptr(), 1, -3)
}

pub(crate) fn perf(_: &Ground) -> io::Result<()> {
    let attributes = [0u8; 128];
    call!(SYS_perf_event_open, attributes.as_ptr(), 0, -1, -1, 0)
}

pub(crate) fn shmget(_: &Ground) -> io::Result<()> {
    // SAFETY: plain numbers.
    let segment = unsafe { libc::syscall(libc::SYS_shmget, libc::IPC_PRIVATE, 4096, 0o600) };
    done(segment)?;
    call!(SYS_shmctl, segment, libc::IPC_RMID, null::<u8>())
}

pub(crate) fn mq_open(_: &Ground) -> io::Result<()> {
    call!(SYS_mq_open, c"nothing".as_ptr(), libc::O_RDONLY, 0, null::<u8>())
}

pub(crate) fn ioctl(_: &Ground) -> io::Result<()> {
    let mut waiting = 0i32;
    call!(SYS_ioctl, CHANNEL, libc::FIONREAD, &raw mut waiting)
}

pub(crate) fn tiocsti(_: &Ground) -> io::Result<()> {
    call!(SYS_ioctl, 0, libc::TIOCSTI, c"x".as_ptr())
}

pub(crate) fn personality(_: &Ground) -> io::Result<()> {
    call!(SYS_personality, 0xffff_ffff_u32)
}

pub(crate) fn timer(_: &Ground) -> io::Result<()> {
    let mut timer = 0i32;
    call!(SYS_timer_create, libc::CLOCK_MONOTONIC, null::<u8>(), &raw mut timer)
}

pub(crate) fn splice(_: &Ground) -> io::Result<()> {
    call!(SYS_splice, MODEL, null::<u8>(), CHANNEL, null::<u8>(), 0, 0)
}

pub(crate) fn dumpable(_: &Ground) -> io::Result<()> {
    call!(SYS_prctl, libc::PR_SET_DUMPABLE, 1, 0, 0, 0)
}

pub(crate) fn set_name(_: &Ground) -> io::Result<()> {
    call!(SYS_prctl, libc::PR_SET_NAME, c"works".as_ptr(), 0, 0, 0)
}

pub(crate) fn another_filter(_: &Ground) -> io::Result<()> {
    call!(SYS_seccomp, 1, 0, null::<u8>())
}

pub(crate) fn another_domain(_: &Ground) -> io::Result<()> {
    call!(SYS_landlock_create_ruleset, null::<u8>(), 0, 1)
}

extern "C" fn ignore(_: libc::c_int) {}

fn handle(signal: i32) -> io::Result<()> {
    let handler: extern "C" fn(libc::c_int) = ignore;
    // SAFETY: a zeroed sigaction is valid, and the handler does nothing.
    let result = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as libc::sighandler_t;
        libc::sigaction(signal, &raw const action, null_mut())
    };
    done(result.into())
}

pub(crate) fn take_sigsys(_: &Ground) -> io::Result<()> {
    handle(libc::SIGSYS)
}

pub(crate) fn other_handler(_: &Ground) -> io::Result<()> {
    handle(libc::SIGUSR1)
}

pub(crate) fn blocked_sigsys(_: &Ground) -> io::Result<()> {
    let all = [u64::MAX; 1];
    call!(SYS_rt_sigprocmask, libc::SIG_BLOCK, all.as_ptr(), null::<u8>(), 8)?;
    socket(libc::AF_UNIX, libc::SOCK_STREAM).map(drop)
}

pub(crate) fn raise_limits(_: &Ground) -> io::Result<()> {
    let mut now = [0u64; 2];
    call!(SYS_prlimit64, 0, libc::RLIMIT_NOFILE, null::<u8>(), now.as_mut_ptr())?;
    now[0] = now[1];
    call!(SYS_prlimit64, 0, libc::RLIMIT_NOFILE, now.as_ptr(), null::<u8>())
}

pub(crate) fn read_limits(_: &Ground) -> io::Result<()> {
    let mut room = [0u64; 2];
    call!(SYS_prlimit64, 0, libc::RLIMIT_DATA, null::<u8>(), room.as_mut_ptr())
}

pub(crate) fn many_descriptors(_: &Ground) -> io::Result<()> {
    (0..32).try_for_each(|_| call!(SYS_fcntl, MODEL, libc::F_DUPFD_CLOEXEC, 0))
}

pub(crate) fn set_owner(_: &Ground) -> io::Result<()> {
    call!(SYS_fcntl, CHANNEL, libc::F_SETOWN, std::process::id())
}

pub(crate) fn dup(_: &Ground) -> io::Result<()> {
    call!(SYS_dup, MODEL)
}

pub(crate) fn pipe(_: &Ground) -> io::Result<()> {
    let mut ends = [0i32; 2];
    call!(SYS_pipe2, ends.as_mut_ptr(), 0)
}

pub(crate) fn eventfd(_: &Ground) -> io::Result<()> {
    call!(SYS_eventfd2, 0, 0)
}

pub(crate) fn epoll(_: &Ground) -> io::Result<()> {
    call!(SYS_epoll_create1, 0)
}

const PAGE: usize = 1 << 16;

fn map_with(length: usize, protection: i32) -> io::Result<c_long> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping at no fixed place.
    let at = unsafe { libc::syscall(libc::SYS_mmap, null::<u8>(), length, protection, flags, -1, 0) };
    done(at).map(|()| at)
}

pub(crate) fn map(_: &Ground) -> io::Result<()> {
    map_with(PAGE, libc::PROT_READ | libc::PROT_WRITE).map(drop)
}

pub(crate) fn map_code(_: &Ground) -> io::Result<()> {
    map_with(PAGE, libc::PROT_READ | libc::PROT_EXEC).map(drop)
}

pub(crate) fn protect_code(_: &Ground) -> io::Result<()> {
    let at = map_with(PAGE, libc::PROT_READ | libc::PROT_WRITE)?;
    call!(SYS_mprotect, at, PAGE, libc::PROT_READ | libc::PROT_EXEC)
}

/// More than the limit that the parent sets.
pub(crate) fn too_much(_: &Ground) -> io::Result<()> {
    map_with(1 << 30, libc::PROT_READ | libc::PROT_WRITE).map(drop)
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn modify_ldt(_: &Ground) -> io::Result<()> {
    call!(SYS_modify_ldt, 0, null::<u8>(), 0)
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn iopl(_: &Ground) -> io::Result<()> {
    call!(SYS_iopl, 3)
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn int80(_: &Ground) -> io::Result<()> {
    let process: i32;
    // SAFETY: 20 is getpid on 32-bit Linux; it touches no memory.
    unsafe { std::arch::asm!("int 0x80", inlateout("eax") 20 => process, out("r8") _, out("r9") _, out("r10") _, out("r11") _) };
    if process > 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(-process)) }
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn x32(_: &Ground) -> io::Result<()> {
    // SAFETY: getpid in the x32 numbering.
    done(unsafe { libc::syscall(0x4000_0000 | libc::SYS_getpid) })
}
