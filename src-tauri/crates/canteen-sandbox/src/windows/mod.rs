//! Windows: the parent builds all walls before the child's first instruction; the child looks up that they stand.
//!
//! **Type-checked on Linux, never run on Windows.** Nothing is believed because it was asked for: [`lock_in`] reads every wall
//! back from the system, and the parent starts no model when one is missing. Under Wine, which has none of these walls, the
//! start, the handles, both pipes, closing them under a blocked reader, killing and the codes of crashes worked without a
//! container, and the report said that every wall is missing.
//!
//! | Linux | here |
//! | --- | --- |
//! | Landlock without a path, no socket | an AppContainer without any capability: no network, no file of the user |
//! | system-call filter | no win32k, no dynamic code, no fonts or images from elsewhere (mitigation policies) |
//! | no new privileges | no child process (process attribute and job) |
//! | resource limits | a job object: memory, one process, ends with the parent's handle |
//! | descriptors 2 to 5 | only stderr, the two pipes and the model are inherited |
//!
//! Weaker than Linux: the container may write in its own profile folder, which is removed when the child has ended; and between
//! marking the handles as inheritable and the start of the child another thread's `Command` could pass them on.
//!
//! The installer has to give *ALL APPLICATION PACKAGES* read and execute on the engine's folder, which *Program Files* has and
//! a folder in the profile has not. Otherwise the start is refused by the system.

mod attributes;
mod child;
mod container;
mod job;
mod pipes;
mod report;
mod start;

use std::fs::File;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::AsRawHandle;
use std::thread;

pub use child::Child;
pub(crate) use pipes::{Stream, inherited_channel, inherited_model};
pub(crate) use report::lock_in;

use crate::{Channel, SandboxError, Spec, arguments, stderr_tail};

/// In front of the value of an inherited handle, among the child's arguments.
const READ_FROM: &str = "--channel-in";
const WRITE_TO: &str = "--channel-out";
const MODEL: &str = "--model";

/// What the child inherits, and nothing else.
struct Inherited {
    read_from: io::PipeReader,
    write_to: io::PipeWriter,
    stderr: io::PipeWriter,
    model: File,
}

/// Starts the child inside its walls. It looks them up itself and says in its first message what it found.
///
/// The child's environment holds two settings and the system's folder, in which it stands.
///
/// # Errors
/// [`SandboxError::NoProgram`], [`SandboxError::Start`].
pub fn spawn(spec: Spec) -> Result<Child, SandboxError> {
    let pipe = || io::pipe().map_err(SandboxError::start("make its channel"));
    let ((read_from, to_child), (from_child, write_to), (said, stderr)) = (pipe()?, pipe()?, pipe()?);
    let inherited = Inherited { read_from, write_to, stderr, model: spec.model };
    let job = job::new(spec.memory_limit).map_err(SandboxError::start("limit it"))?;
    let (slot, sid) = container::take().map_err(SandboxError::start("make its container"))?;

    let handle = |of: &dyn AsRawHandle| (of.as_raw_handle() as usize).to_string();
    let arguments = spec.arguments.iter().cloned().chain(arguments::write(spec.memory_limit, std::process::id())).chain([
        READ_FROM.to_owned(),
        handle(&inherited.read_from),
        WRITE_TO.to_owned(),
        handle(&inherited.write_to),
        MODEL.to_owned(),
        handle(&inherited.model),
    ]);
    let started = start::start(&spec.program, &arguments.collect::<Vec<_>>(), inherited, &job, &sid).map_err(|cause| {
        let missing = cause.kind() == io::ErrorKind::NotFound;
        if missing { SandboxError::NoProgram } else { SandboxError::Start { what: "start its program", cause } }
    })?;
    let tail = thread::Builder::new().name("engine-stderr".into()).spawn(move || stderr_tail::read(said)).ok();
    Ok(Child::new(started, job, slot, Channel::new(Stream::new(from_child, to_child)), tail))
}

/// As Windows wants its texts.
fn wide(text: impl AsRef<std::ffi::OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}
