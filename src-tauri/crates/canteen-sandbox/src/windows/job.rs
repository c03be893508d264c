//! The job: how much memory, how many processes, and that the child never outlives its parent.

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use canteen_types::ByteSize;
use windows_sys::Win32::System::JobObjects::{
    CreateJobObjectW, JOB_OBJECT_LIMIT_ACTIVE_PROCESS, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
    JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOB_OBJECT_LIMIT_PROCESS_MEMORY, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, QueryInformationJobObject, SetInformationJobObject, TerminateJobObject,
};

use crate::windows_status::KILLED;

/// What must be set. The child is the one process; a crash shows no window and starts no reporter.
const LIMITS: u32 = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
    | JOB_OBJECT_LIMIT_ACTIVE_PROCESS
    | JOB_OBJECT_LIMIT_PROCESS_MEMORY
    | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;

/// A job with limits. There are none for the user interface, because such a job cannot stand inside another one; the child has
/// no win32k to begin with.
#[expect(unsafe_code, reason = "Win32")]
pub(super) fn new(memory: ByteSize) -> io::Result<OwnedHandle> {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = LIMITS;
    limits.BasicLimitInformation.ActiveProcessLimit = 1;
    // What is committed counts: heaps, stacks, not the mapped model.
    limits.ProcessMemoryLimit = bytes(memory);
    // SAFETY: no attributes and no name: the handle is not inherited, and is owned from here on.
    let job = unsafe {
        let handle = CreateJobObjectW(ptr::null(), ptr::null());
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        OwnedHandle::from_raw_handle(handle)
    };
    // SAFETY: `limits` is the structure that belongs to this class, with its own size.
    let done = unsafe {
        SetInformationJobObject(
            job.as_raw_handle(),
            JobObjectExtendedLimitInformation,
            ptr::from_ref(&limits).cast::<c_void>(),
            SIZE,
        )
    };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(job) }
}

/// Ends what is in it. That nothing is there any more is no fault.
#[expect(unsafe_code, reason = "Win32")]
pub(super) fn terminate(job: &OwnedHandle) {
    // SAFETY: the handle is open as long as it is borrowed.
    unsafe { TerminateJobObject(job.as_raw_handle(), KILLED) };
}

/// Whether this very process stands in a job with all limits, and no more memory than `memory`.
#[expect(unsafe_code, reason = "Win32")]
pub(super) fn limits_hold(memory: ByteSize) -> bool {
    let mut found = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    // SAFETY: no handle means the job of this process; `found` is the structure that belongs to this class, with its size.
    let done = unsafe {
        QueryInformationJobObject(
            ptr::null_mut(),
            JobObjectExtendedLimitInformation,
            ptr::from_mut(&mut found).cast::<c_void>(),
            SIZE,
            ptr::null_mut(),
        )
    };
    done != 0
        && found.BasicLimitInformation.LimitFlags & LIMITS == LIMITS
        && found.BasicLimitInformation.ActiveProcessLimit == 1
        && found.ProcessMemoryLimit <= bytes(memory)
}

fn bytes(memory: ByteSize) -> usize {
    usize::try_from(memory.bytes()).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "144 bytes")]
const SIZE: u32 = size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>() as u32;
