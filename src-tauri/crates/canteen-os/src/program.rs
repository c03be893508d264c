#[cfg(target_os = "linux")]
#[path = "program/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "program/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "program/windows.rs"]
mod system;

/// A running program. Numbers of processes are used again; with its start it is one program for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program {
    /// Number of the process.
    pub pid: u32,
    /// Its start, as the system counts it.
    pub started: u64,
}

/// What became of asking a program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedToEnd {
    /// It was asked. It may save what it has, and may refuse.
    Asked,
    /// It is no longer there.
    Gone,
    /// It is another user's, or a system service.
    NotOwn,
    /// This system has no way to ask without losing what the program has not saved.
    NotHere,
}

impl AskedToEnd {
    /// For the log; never changes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Gone => "gone",
            Self::NotOwn => "not_own",
            Self::NotHere => "not_here",
        }
    }
}

/// Asks a program to end, as a desktop does when a person logs out. Never kills.
#[must_use]
pub fn ask_to_end(program: Program) -> AskedToEnd {
    system::ask_to_end(program)
}
