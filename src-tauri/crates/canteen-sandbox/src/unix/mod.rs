//! What Linux and macOS share: descriptors, the child's handle, resource limits.

mod child;
mod spawner;

use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread;

use canteen_types::ByteSize;
use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Resource, Rlimit, setrlimit};

pub use child::Child;

use crate::{Channel, SandboxError, Spec, arguments, stderr_tail};

pub(crate) const CHANNEL: RawFd = 3;
pub(crate) const MODEL: RawFd = 4;
pub(crate) const BLACK_BOX: RawFd = 5;
/// Everything from here on is closed when the child's program starts.
const FIRST_STRAY: RawFd = 6;

/// Starts the child. It is not locked in yet: it does that itself and says so in its first message.
///
/// The child's environment holds two settings and nothing else; it inherits six descriptors and stands in the root folder.
///
/// # Errors
/// [`SandboxError::NoProgram`], [`SandboxError::Start`].
pub fn spawn(spec: Spec) -> Result<Child, SandboxError> {
    let (ours, theirs) = UnixStream::pair().map_err(SandboxError::start("make its channel"))?;
    let (black_box, theirs_black_box) = io::pipe().map_err(SandboxError::start("make its black box"))?;
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.arguments)
        .args(arguments::write(spec.memory_limit, std::process::id()))
        .env_clear()
        // ggml synchronises threads hundreds of times a token: on a busy machine spinning is 20 to 40 times slower.
        .env("OMP_WAIT_POLICY", "passive")
        // On an assertion ggml would start a debugger on itself.
        .env("GGML_NO_BACKTRACE", "1")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
        .fd_mappings(vec![
            FdMapping { parent_fd: theirs.into(), child_fd: CHANNEL },
            FdMapping { parent_fd: spec.model.into(), child_fd: MODEL },
            FdMapping { parent_fd: theirs_black_box.into(), child_fd: BLACK_BOX },
        ])
        .map_err(|collision| SandboxError::Start { what: "hand over its descriptors", cause: io::Error::other(collision) })?;
    close_strays(&mut command);
    let mut process = spawner::spawn(command).map_err(|cause| {
        let missing = cause.kind() == io::ErrorKind::NotFound;
        if missing { SandboxError::NoProgram } else { SandboxError::Start { what: "start its program", cause } }
    })?;
    let stderr = process.stderr.take();
    let tail = stderr
        .and_then(|stderr| thread::Builder::new().name("engine-stderr".into()).spawn(move || stderr_tail::read(stderr)).ok());
    Ok(Child::new(process, Channel::new(ours), black_box, tail))
}

/// After the mappings, and marked rather than closed: std's own pipe for errors of exec must live until exec.
#[expect(unsafe_code, reason = "between fork and exec")]
fn close_strays(command: &mut Command) {
    // SAFETY: the closure makes system calls only, and allocates nothing.
    unsafe { command.pre_exec(mark_strays) };
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "libc has the call, std does not")]
fn mark_strays() -> io::Result<()> {
    // SAFETY: plain numbers; the call touches no memory of ours.
    let done = unsafe { libc::syscall(libc::SYS_close_range, FIRST_STRAY, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(not(target_os = "linux"))]
#[expect(unsafe_code, reason = "libc has the call, std does not")]
fn mark_strays() -> io::Result<()> {
    // SAFETY: plain numbers; closed descriptors answer with an error that does not matter.
    unsafe {
        for descriptor in FIRST_STRAY..libc::getdtablesize().min(65_536) {
            libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
    Ok(())
}

pub(crate) fn inherited_channel() -> Result<Channel, SandboxError> {
    Ok(Channel::new(UnixStream::from(inherited(CHANNEL)?)))
}

pub(crate) fn inherited_model() -> Result<File, SandboxError> {
    Ok(File::from(inherited(MODEL)?))
}

#[expect(unsafe_code, reason = "the parent's descriptors come as bare numbers")]
fn inherited(descriptor: RawFd) -> Result<OwnedFd, SandboxError> {
    // SAFETY: F_GETFD only asks whether the number is open.
    if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 {
        return Err(SandboxError::NotAChild);
    }
    // SAFETY: the descriptor is open, `spawn` put it there for us, and callers take each one once, as the docs demand.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Ends when the parent is not, or no longer, who it says.
pub(crate) fn check_parent(expected: u32) -> Result<(), SandboxError> {
    let parent = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
    if parent.is_some_and(|pid| u32::try_from(pid) == Ok(expected)) { Ok(()) } else { Err(SandboxError::ParentGone) }
}

/// Default stack of a main thread; threads take theirs from it.
const STACK: u64 = 8 << 20;
/// Six are open; libraries get a few.
const DESCRIPTORS: u64 = 16;

/// No core file, no growing file, few descriptors, bounded memory. The number of processes is not limited here: that limit
/// counts all threads of the user, and the filter stops `fork`.
pub(crate) fn set_limits(memory: ByteSize) -> io::Result<()> {
    let both = |value| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::Core, both(0))?;
    setrlimit(Resource::Fsize, both(0))?;
    setrlimit(Resource::Nofile, both(DESCRIPTORS))?;
    setrlimit(Resource::Memlock, both(0))?;
    setrlimit(Resource::Stack, both(STACK))?;
    // Not RLIMIT_AS: that would count the mapped model and the reservations of malloc.
    setrlimit(Resource::Data, both(memory.bytes()))?;
    Ok(())
}
