//! The calls of Windows. Each is given a buffer of ours and its length, and what it filled in is read elsewhere (`layout.rs`).

use std::fs::File;
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr;

use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SystemProcessInformation};
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_MORE_DATA, STATUS_INFO_LENGTH_MISMATCH};
use windows_sys::Win32::NetworkManagement::IpHelper::{GetExtendedTcpTable, TCP_TABLE_OWNER_PID_ALL};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_BASIC_INFO, FileBasicInfo, GetFileInformationByHandle, GetFileInformationByHandleEx,
    QueryDosDeviceW,
};
use windows_sys::Win32::System::Memory::{MEM_COMMIT, MEM_MAPPED, MEMORY_BASIC_INFORMATION, VirtualQueryEx};
use windows_sys::Win32::System::ProcessStatus::K32GetMappedFileNameW;
use windows_sys::Win32::System::RestartManager::{
    CCH_RM_SESSION_KEY, RM_PROCESS_INFO, RmEndSession, RmGetList, RmRegisterResources, RmStartSession,
};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_QUERY_INFORMATION, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_VM_READ,
};

use super::super::windows_layout::{Region, since_1970};
use crate::FileIdentity;

/// Largest list that is read: some 65,000 processes or a million sockets.
const LONGEST_LIST: u32 = 64 << 20;
/// A list that grows while it is read is asked for again so often.
const MOST_TRIES: usize = 4;
/// Parts of one address space that are looked at.
const MOST_REGIONS: usize = 262_144;
/// The longest path of Windows, in UTF-16.
const LONGEST_PATH: usize = 32_768;
/// Users of one file.
const MOST_USERS: usize = 256;

/// Fills a buffer by `ask`, which is given its address and length and says whether it was enough, else how much is needed.
fn list(mut ask: impl FnMut(*mut core::ffi::c_void, u32) -> Filled) -> Option<Vec<u8>> {
    let mut length: u32 = 512 << 10;
    for _ in 0..MOST_TRIES {
        let mut buffer = vec![0_u8; usize::try_from(length).ok()?];
        match ask(buffer.as_mut_ptr().cast(), length) {
            Filled::Whole => return Some(buffer),
            // More may come until the next try.
            Filled::Needs(needed) if needed <= LONGEST_LIST => length = needed.saturating_add(64 << 10).max(length),
            Filled::Needs(_) | Filled::Failed => return None,
        }
    }
    None
}

enum Filled {
    Whole,
    Needs(u32),
    Failed,
}

/// All processes of this computer, as `SYSTEM_PROCESS_INFORMATION`, and the address that their names count from.
pub(super) fn processes() -> Option<(Vec<u8>, u64)> {
    let list = list(|buffer, length| {
        let mut needed = 0;
        #[expect(unsafe_code, reason = "no safe call lists processes with their times and memory at once")]
        // SAFETY: `buffer` is valid for writes of `length` bytes, and the length is written to a number of ours.
        let status = unsafe { NtQuerySystemInformation(SystemProcessInformation, buffer, length, &raw mut needed) };
        match status {
            0 => Filled::Whole,
            STATUS_INFO_LENGTH_MISMATCH => Filled::Needs(needed),
            _ => Filled::Failed,
        }
    })?;
    // A vector's bytes stay where they are while it moves.
    let base = list.as_ptr().addr() as u64;
    Some((list, base))
}

/// TCP sockets of this computer: 2 and 23 are the families `AF_INET` and `AF_INET6`.
pub(super) fn sockets(family: u32) -> Option<Vec<u8>> {
    list(|buffer, length| {
        let mut needed = length;
        #[expect(unsafe_code, reason = "no safe call lists sockets with their processes")]
        // SAFETY: `buffer` is valid for writes of `length` bytes, which is what `needed` says before the call.
        let status = unsafe { GetExtendedTcpTable(buffer, &raw mut needed, 0, family, TCP_TABLE_OWNER_PID_ALL, 0) };
        match status {
            0 => Filled::Whole,
            ERROR_INSUFFICIENT_BUFFER => Filled::Needs(needed),
            _ => Filled::Failed,
        }
    })
}

/// A process to look into, or why not.
pub(super) enum Opened {
    Process(OwnedHandle),
    /// It says who it is, and no more.
    Protected,
    /// Ended, or another account's.
    Refused,
}

pub(super) fn open(pid: u32) -> Opened {
    match open_with(pid, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ) {
        Some(process) => Opened::Process(process),
        None if open_with(pid, PROCESS_QUERY_LIMITED_INFORMATION).is_some() => Opened::Protected,
        None => Opened::Refused,
    }
}

fn open_with(pid: u32, access: u32) -> Option<OwnedHandle> {
    #[expect(unsafe_code, reason = "the standard library opens no process that it did not start")]
    // SAFETY: no pointers are handed over.
    let handle = unsafe { OpenProcess(access, 0, pid) };
    #[expect(unsafe_code, reason = "the handle is to be closed")]
    // SAFETY: the handle was just opened, is not null and belongs to nobody else.
    (!handle.is_null()).then(|| unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Parts of a process's address space that show a file, or memory that is shared like one.
pub(super) fn mapped(process: &OwnedHandle) -> Vec<Region> {
    let (mut mapped, mut address) = (Vec::new(), 0_usize);
    for _ in 0..MOST_REGIONS {
        let mut info = MEMORY_BASIC_INFORMATION::default();
        let size = size_of::<MEMORY_BASIC_INFORMATION>();
        let at = ptr::without_provenance(address);
        #[expect(unsafe_code, reason = "no safe call asks for another process's address space")]
        // SAFETY: the handle is open; `info` is valid for writes of `size` bytes; the address is only compared.
        let filled = unsafe { VirtualQueryEx(process.as_raw_handle(), at, &raw mut info, size) };
        if filled < size {
            break;
        }
        if info.State == MEM_COMMIT && info.Type == MEM_MAPPED {
            mapped.push(Region { view: info.AllocationBase.addr(), bytes: info.RegionSize as u64 });
        }
        match info.BaseAddress.addr().checked_add(info.RegionSize).filter(|next| *next > address) {
            Some(next) => address = next,
            None => break,
        }
    }
    mapped
}

/// The file that a view shows, as the kernel names it.
pub(super) fn name_of(process: &OwnedHandle, view: usize) -> Option<String> {
    let mut name = vec![0_u16; LONGEST_PATH];
    let (at, length) = (ptr::without_provenance(view), u32::try_from(name.len()).ok()?);
    #[expect(unsafe_code, reason = "no safe call names what another process has mapped")]
    // SAFETY: the handle is open; `name` is valid for writes of `length` units; the address is only compared.
    let units = unsafe { K32GetMappedFileNameW(process.as_raw_handle(), at, name.as_mut_ptr(), length) };
    let units = usize::try_from(units).ok().filter(|units| *units > 0)?;
    name.get(..units).map(String::from_utf16_lossy)
}

/// Drive letters, with the device that each stands for.
pub(super) fn drives() -> Vec<(char, String)> {
    let device = |letter: char| {
        let asked: Vec<u16> = [letter, ':', '\0'].into_iter().filter_map(|c| u16::try_from(u32::from(c)).ok()).collect();
        let mut name = [0_u16; 1024];
        #[expect(unsafe_code, reason = "no safe call says what a drive letter stands for")]
        // SAFETY: `asked` ends in a zero; `name` is valid for writes of 1024 units.
        let units = unsafe { QueryDosDeviceW(asked.as_ptr(), name.as_mut_ptr(), 1024) };
        // Several names may follow each other; the first one is in force.
        let name = name.get(..usize::try_from(units).ok()?)?.split(|unit| *unit == 0).next()?;
        (!name.is_empty()).then(|| (letter, String::from_utf16_lossy(name)))
    };
    ('A'..='Z').filter_map(device).collect()
}

/// Who has any of these files open, by the service that installers ask. Empty where it does not answer.
pub(super) fn users_of(paths: &[&Path]) -> Vec<u32> {
    let wide: Vec<Vec<u16>> = paths.iter().map(|path| path.as_os_str().encode_wide().chain([0]).collect()).collect();
    let pointers: Vec<*const u16> = wide.iter().map(|path| path.as_ptr()).collect();
    let Some(session) = Session::start() else { return Vec::new() };
    let Ok(count) = u32::try_from(pointers.len()) else { return Vec::new() };
    #[expect(unsafe_code, reason = "no safe call asks who uses a file")]
    // SAFETY: `pointers` are `count` texts that end in a zero and outlive the call; nothing else is registered.
    let status = unsafe { RmRegisterResources(session.0, count, pointers.as_ptr(), 0, ptr::null(), 0, ptr::null()) };
    if status != 0 {
        return Vec::new();
    }
    let mut users = vec![RM_PROCESS_INFO::default(); MOST_USERS];
    let (mut needed, mut filled, mut reasons) = (0, u32::try_from(MOST_USERS).unwrap_or(0), 0);
    #[expect(unsafe_code, reason = "as above")]
    // SAFETY: `users` is valid for writes of as many entries as `filled` says before the call; the others are numbers of ours.
    let status = unsafe { RmGetList(session.0, &raw mut needed, &raw mut filled, users.as_mut_ptr(), &raw mut reasons) };
    match status {
        0 => users.iter().take(usize::try_from(filled).unwrap_or(0)).map(|user| user.Process.dwProcessId).collect(),
        ERROR_MORE_DATA => {
            tracing::debug!(needed, "more programs use a model than are listed");
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// A session of the Restart Manager. There are 64 of them for an account, so each is ended.
struct Session(u32);

impl Session {
    fn start() -> Option<Self> {
        let (mut session, mut key) = (0, [0_u16; CCH_RM_SESSION_KEY as usize + 1]);
        #[expect(unsafe_code, reason = "as above")]
        // SAFETY: `key` has room for a key and its zero, as the call asks for.
        let status = unsafe { RmStartSession(&raw mut session, 0, key.as_mut_ptr()) };
        (status == 0).then_some(Self(session))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "as above")]
        // SAFETY: the session was started and is ended once.
        let _ended = unsafe { RmEndSession(self.0) };
    }
}

/// Volume, index, size and times of an open file.
pub(super) fn identity(file: &File) -> io::Result<FileIdentity> {
    let (mut info, mut basic) = (BY_HANDLE_FILE_INFORMATION::default(), FILE_BASIC_INFO::default());
    #[expect(unsafe_code, reason = "the standard library does not give a file's index")]
    // SAFETY: the handle is open, and `info` is valid for writes.
    let told = unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut info) };
    if told == 0 {
        return Err(io::Error::last_os_error());
    }
    let length = u32::try_from(size_of::<FILE_BASIC_INFO>()).unwrap_or(0);
    #[expect(unsafe_code, reason = "the standard library does not give the change of an entry")]
    // SAFETY: the handle is open, and `basic` is valid for writes of `length` bytes.
    let told = unsafe { GetFileInformationByHandleEx(file.as_raw_handle(), FileBasicInfo, (&raw mut basic).cast(), length) };
    if told == 0 {
        return Err(io::Error::last_os_error());
    }
    let wide = |high: u32, low: u32| (u64::from(high) << 32) | u64::from(low);
    Ok(FileIdentity {
        device: u64::from(info.dwVolumeSerialNumber),
        inode: wide(info.nFileIndexHigh, info.nFileIndexLow),
        size: wide(info.nFileSizeHigh, info.nFileSizeLow),
        modified_ns: since_1970(basic.LastWriteTime),
        changed_ns: since_1970(basic.ChangeTime),
    })
}
