//! Who this process and the other end of a pipe run as, by security identifier (SID).

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr;

use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};
use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    GetTokenInformation, PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Pipes::{GetNamedPipeClientProcessId, GetNamedPipeServerProcessId};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};

/// Longest SID in text: `S-1-`, an authority of 15 digits and 15 parts of 10 digits, with a margin.
const LONGEST_SID: usize = 256;

/// Which instance of a pipe to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instance {
    /// Fails when the name is taken already.
    First,
    /// One more of ours.
    Further,
}

/// The SID of this process's user.
pub(super) fn own_sid() -> io::Result<String> {
    // SAFETY: takes nothing and gives a constant that needs no closing.
    #[expect(unsafe_code, reason = "Win32")]
    let process = unsafe { GetCurrentProcess() };
    sid_of_handle(process)
}

/// The SID of the user that a process runs as.
pub(super) fn sid_of(pid: u32) -> io::Result<String> {
    // SAFETY: plain values in; the handle that comes back is owned and closed by `OwnedHandle`.
    #[expect(unsafe_code, reason = "Win32")]
    let process = unsafe {
        let handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid);
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        OwnedHandle::from_raw_handle(handle)
    };
    sid_of_handle(process.as_raw_handle())
}

fn sid_of_handle(process: HANDLE) -> io::Result<String> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: `process` is open, `token` is a place for one handle, which `OwnedHandle` closes.
    #[expect(unsafe_code, reason = "Win32")]
    let token = unsafe {
        if OpenProcessToken(process, TOKEN_QUERY, &raw mut token) == 0 {
            return Err(io::Error::last_os_error());
        }
        OwnedHandle::from_raw_handle(token)
    };
    // `u64`s, so that the structure at the front is aligned. A TOKEN_USER with its SID takes at most 16 + 68 bytes.
    let mut space = [0_u64; 32];
    let mut used = 0;
    let length = u32::try_from(size_of_val(&space)).map_err(io::Error::other)?;
    // SAFETY: `space` has `length` bytes, is aligned for TOKEN_USER, and the call fills it or fails.
    #[expect(unsafe_code, reason = "Win32")]
    unsafe {
        if GetTokenInformation(token.as_raw_handle(), TokenUser, space.as_mut_ptr().cast::<c_void>(), length, &raw mut used) == 0
        {
            return Err(io::Error::last_os_error());
        }
        let user = space.as_ptr().cast::<TOKEN_USER>();
        let mut text: *mut u16 = ptr::null_mut();
        if ConvertSidToStringSidW((*user).User.Sid, &raw mut text) == 0 {
            return Err(io::Error::last_os_error());
        }
        let length = (0..LONGEST_SID).take_while(|&at| *text.add(at) != 0).count();
        let sid = String::from_utf16_lossy(std::slice::from_raw_parts(text, length));
        LocalFree(text.cast::<c_void>());
        Ok(sid)
    }
}

/// Process id of the client of a pipe's instance.
pub(super) fn client_of(pipe: RawHandle) -> io::Result<u32> {
    let mut pid = 0;
    // SAFETY: `pipe` is open for as long as its owner is borrowed by the caller; `pid` is a place for one number.
    #[expect(unsafe_code, reason = "Win32")]
    let done = unsafe { GetNamedPipeClientProcessId(pipe, &raw mut pid) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(pid) }
}

/// Process id of the server of a pipe.
pub(super) fn server_of(pipe: RawHandle) -> io::Result<u32> {
    let mut pid = 0;
    // SAFETY: as in `client_of`.
    #[expect(unsafe_code, reason = "Win32")]
    let done = unsafe { GetNamedPipeServerProcessId(pipe, &raw mut pid) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(pid) }
}

/// One instance of the pipe, open to this user and the system. The default access list would let everyone read.
pub(super) fn create_pipe(name: &str, sid: &str, instance: Instance) -> io::Result<NamedPipeServer> {
    let sddl: Vec<u16> = format!("D:P(A;;GA;;;{sid})(A;;GA;;;SY)").encode_utf16().chain([0]).collect();
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    // SAFETY: `sddl` ends with a zero; `descriptor` is a place for one pointer and is freed below, after its last use.
    #[expect(unsafe_code, reason = "Win32")]
    unsafe {
        if ConvertStringSecurityDescriptorToSecurityDescriptorW(
            sddl.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            ptr::null_mut(),
        ) == 0
        {
            return Err(io::Error::last_os_error());
        }
        let mut attributes = SECURITY_ATTRIBUTES {
            nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
            lpSecurityDescriptor: descriptor,
            bInheritHandle: 0,
        };
        let pipe = ServerOptions::new()
            .first_pipe_instance(instance == Instance::First)
            .reject_remote_clients(true)
            .create_with_security_attributes_raw(name, (&raw mut attributes).cast::<c_void>());
        LocalFree(descriptor);
        pipe
    }
}
