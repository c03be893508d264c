//! `CreateProcessW`, with the walls as attributes: they stand before the first instruction of the child.

use std::ffi::{OsString, c_void};
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::Path;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::{HANDLE, HANDLE_FLAG_INHERIT, SetHandleInformation};
use windows_sys::Win32::Security::SECURITY_CAPABILITIES;
use windows_sys::Win32::System::Threading::{
    CREATE_UNICODE_ENVIRONMENT, CreateProcessW, DETACHED_PROCESS, EXTENDED_STARTUPINFO_PRESENT,
    PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, PROC_THREAD_ATTRIBUTE_JOB_LIST,
    PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY, PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES, PROCESS_INFORMATION,
    STARTF_USESTDHANDLES, STARTUPINFOEXW, STARTUPINFOW,
};
use windows_sys::Win32::System::WindowsProgramming::PROCESS_CREATION_CHILD_PROCESS_RESTRICTED;

use super::attributes::Attributes;
use super::container::Sid;
use super::{Inherited, wide};
use crate::windows_command_line::command_line;

/// A process that was started.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) process: OwnedHandle,
    pub(super) pid: u32,
}

/// Handles are inheritable for a moment; two children must not get each other's.
static STARTING: Mutex<()> = Mutex::new(());

/// `winbase.h` builds these by shifting; the metadata that the bindings come from does not have them.
const fn always_on(shift: u32) -> u64 {
    1 << shift
}

const HEAP_TERMINATE: u64 = always_on(12);
const BOTTOM_UP_ASLR: u64 = always_on(16);
const HIGH_ENTROPY_ASLR: u64 = always_on(20);
/// No window, font or drawing: the largest part of the kernel that a program can reach.
const NO_WIN32K: u64 = always_on(28);
const NO_EXTENSION_POINTS: u64 = always_on(32);
const NO_DYNAMIC_CODE: u64 = always_on(36);
const NO_FONTS: u64 = always_on(48);
const NO_REMOTE_IMAGES: u64 = always_on(52);
const NO_LOW_IMAGES: u64 = always_on(56);
const PREFER_SYSTEM32: u64 = always_on(60);

const MITIGATIONS: u64 = HEAP_TERMINATE
    | BOTTOM_UP_ASLR
    | HIGH_ENTROPY_ASLR
    | NO_WIN32K
    | NO_EXTENSION_POINTS
    | NO_DYNAMIC_CODE
    | NO_FONTS
    | NO_REMOTE_IMAGES
    | NO_LOW_IMAGES
    | PREFER_SYSTEM32;

/// Starts `program` in the container and in the job, with the four handles, which are closed here.
pub(super) fn start(
    program: &Path,
    arguments: &[String],
    inherited: Inherited,
    job: &OwnedHandle,
    container: &Sid,
) -> io::Result<Started> {
    let handles: [HANDLE; 4] = [
        inherited.read_from.as_raw_handle(),
        inherited.write_to.as_raw_handle(),
        inherited.stderr.as_raw_handle(),
        inherited.model.as_raw_handle(),
    ];
    let jobs: [HANDLE; 1] = [job.as_raw_handle()];
    let capabilities = SECURITY_CAPABILITIES { AppContainerSid: container.as_ptr(), ..Default::default() };
    let mut attributes = Attributes::new(5)?;
    attributes.set(PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &handles)?;
    attributes.set(PROC_THREAD_ATTRIBUTE_JOB_LIST, &jobs)?;
    attributes.set(PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES, &capabilities)?;
    attributes.set(PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY, &MITIGATIONS)?;
    attributes.set(PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY, &PROCESS_CREATION_CHILD_PROCESS_RESTRICTED)?;

    let one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    for handle in handles {
        make_inheritable(handle)?;
    }
    let started = create(program, arguments, inherited.stderr.as_raw_handle(), &mut attributes);
    // The child has its own by now. Here they would keep the pipes open after its end.
    drop(inherited);
    drop(one_at_a_time);
    started
}

#[expect(unsafe_code, reason = "Win32")]
fn make_inheritable(handle: HANDLE) -> io::Result<()> {
    // SAFETY: the handle is open; its owner lives in `start`.
    let done = unsafe { SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[expect(unsafe_code, reason = "Win32")]
fn create(program: &Path, arguments: &[String], stderr: HANDLE, attributes: &mut Attributes<'_>) -> io::Result<Started> {
    let system = std::env::var_os("SystemRoot").unwrap_or_else(|| OsString::from(r"C:\Windows"));
    let (environment, folder, program) = (environment(&system), wide(&system), wide(program));
    let mut line = command_line(&program, arguments);
    let startup = STARTUPINFOEXW {
        StartupInfo: STARTUPINFOW {
            cb: u32::try_from(size_of::<STARTUPINFOEXW>()).map_err(io::Error::other)?,
            // Nothing to read from and nowhere to print but the pipe.
            dwFlags: STARTF_USESTDHANDLES,
            hStdError: stderr,
            ..Default::default()
        },
        lpAttributeList: attributes.as_ptr(),
    };
    let mut process = PROCESS_INFORMATION::default();
    // Detached, because a console would be a second process, which the job forbids.
    let flags = EXTENDED_STARTUPINFO_PRESENT | CREATE_UNICODE_ENVIRONMENT | DETACHED_PROCESS;
    // SAFETY: all texts end with a zero and outlive the call, the line is writable; `startup` is the extended structure, as its
    // size and the flag say, and what its list points to is borrowed by it; `process` is a place for the result.
    let done = unsafe {
        CreateProcessW(
            program.as_ptr(),
            line.as_mut_ptr(),
            ptr::null(),
            ptr::null(),
            1,
            flags,
            environment.as_ptr().cast::<c_void>(),
            folder.as_ptr(),
            ptr::from_ref(&startup).cast::<STARTUPINFOW>(),
            &raw mut process,
        )
    };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: both handles are ours to close, once.
    let (child, thread) =
        unsafe { (OwnedHandle::from_raw_handle(process.hProcess), OwnedHandle::from_raw_handle(process.hThread)) };
    drop(thread);
    Ok(Started { process: child, pid: process.dwProcessId })
}

/// Sorted by name, each entry and the whole ended by a zero. The system's libraries look for `SystemRoot`.
fn environment(system: &std::ffi::OsStr) -> Vec<u16> {
    // ggml synchronises threads hundreds of times a token: on a busy machine spinning is 20 to 40 times slower. On an assertion
    // it would start a debugger on itself.
    let settings = "GGML_NO_BACKTRACE=1\0OMP_WAIT_POLICY=passive\0SystemRoot=";
    settings.encode_utf16().chain(system.encode_wide()).chain([0, 0]).collect()
}
