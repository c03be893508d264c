//! Windows: not built yet, and said so to the person.
//!
//! The design, so that nobody has to find it out again: `CreateProcessW`, suspended, with a `STARTUPINFOEXW` whose attribute
//! list holds `SECURITY_CAPABILITIES` (an AppContainer profile with no capability: no network, no files of the user),
//! `HANDLE_LIST` (pipe and model, nothing else), `MITIGATION_POLICY` (no dynamic code, no win32k) and `CHILD_PROCESS_POLICY`
//! (none). Then `AssignProcessToJobObject` with `KILL_ON_JOB_CLOSE`, one active process and `ProcessMemoryLimit`, then
//! `ResumeThread`. The installer gives *ALL APPLICATION PACKAGES* read and execute on the engine's folder. In the report an
//! AppContainer counts as Landlock ABI 1 and the mitigation policies as the system-call filter.

use std::io;

use canteen_types::SandboxReport;

use crate::{Channel, Exit, LockIn, SandboxError, Spec};

pub(crate) const fn unsupported() -> SandboxError {
    SandboxError::Unsupported {
        because: "on Windows, Canteen cannot lock the engine in yet, and it runs no model without that. Your other models are still listed.",
    }
}

/// A running child. None is ever made on Windows.
#[derive(Debug)]
pub enum Child {}

#[expect(missing_docs, reason = "documented on the systems where a child exists")]
impl Child {
    pub fn pid(&self) -> u32 {
        match *self {}
    }

    pub fn channel(&self) -> io::Result<Channel> {
        match *self {}
    }

    pub fn kill(&self) {
        match *self {}
    }

    pub fn wait(&self) -> Exit {
        match *self {}
    }
}

/// Refuses.
///
/// # Errors
/// [`SandboxError::Unsupported`], always.
pub fn spawn(_: Spec) -> Result<Child, SandboxError> {
    Err(unsupported())
}

pub(crate) fn lock_in(_: LockIn) -> Result<SandboxReport, SandboxError> {
    Err(unsupported())
}
