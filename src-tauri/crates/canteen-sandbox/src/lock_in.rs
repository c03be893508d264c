use std::fs::File;

use canteen_types::{ByteSize, SandboxReport};

use crate::{SandboxError, arguments};

/// What the child locks itself in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockIn {
    /// Hard limit for its own memory, in bytes.
    pub memory_limit: ByteSize,
    /// Process id of the parent; the child ends when it is not, or no longer, its parent.
    pub parent: u32,
    /// [`Layers::ALL`], but in tests.
    pub layers: Layers,
}

/// Which walls are built. A child with fewer says so in its report, and the parent refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layers {
    /// Resource limits.
    pub limits: bool,
    /// Highest Landlock ABI to use; 0 builds none, like a kernel without it.
    pub landlock_at_most: u32,
    /// The system-call filter.
    pub seccomp: bool,
}

impl Layers {
    /// All that the kernel has.
    pub const ALL: Self = Self { limits: true, landlock_at_most: u32::MAX, seccomp: true };
    /// None, like an ordinary process.
    pub const NONE: Self = Self { limits: false, landlock_at_most: 0, seccomp: false };
}

impl LockIn {
    /// Reads what [`spawn`](crate::spawn) put at the end of the arguments.
    ///
    /// # Errors
    /// [`SandboxError::NotAChild`] when it is not there: somebody started the program by hand.
    pub fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, SandboxError> {
        arguments::read(arguments).ok_or(SandboxError::NotAChild)
    }
}

/// Locks this process in, for ever. Call it before the first thread and before the first byte of anything hostile.
///
/// A wall that the kernel does not have is no error: the report says so, and the parent decides. Afterwards this works:
/// computing, memory up to the limit, threads, clocks, blocking reads and writes on what is open. All else ends the process
/// with [`EXIT_FORBIDDEN_CALL`](crate::EXIT_FORBIDDEN_CALL), or fails with `EACCES` where libraries only try their luck.
///
/// # Errors
/// [`SandboxError::TooLate`], [`SandboxError::ParentGone`], and [`SandboxError::Unsupported`] where this system has none.
pub fn lock_in(request: LockIn) -> Result<SandboxReport, SandboxError> {
    #[cfg(target_os = "linux")]
    return crate::linux::lock_in(request);
    #[cfg(target_os = "macos")]
    return crate::macos::lock_in(request);
    #[cfg(windows)]
    return crate::windows::lock_in(request);
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    Err(SandboxError::Unsupported { because: "Canteen has no sandbox for this operating system yet." })
}

/// The model that the parent put at descriptor 4. Call it once.
///
/// # Errors
/// [`SandboxError::NotAChild`] when nothing is there.
pub fn inherited_model() -> Result<File, SandboxError> {
    #[cfg(unix)]
    return crate::unix::inherited_model();
    #[cfg(windows)]
    return crate::windows::inherited_model();
}
