//! The calls of macOS. Each is given a buffer of ours and its length, and what it filled in is read elsewhere (`layout.rs`).

use std::io;
use std::mem::{offset_of, size_of};

use libc::{c_int, c_void};

use super::super::macos_layout as layout;

/// `PROC_UID_ONLY`
const OF_ACCOUNT: u32 = 4;
/// `PROC_PIDREGIONPATHINFO`
const REGION: c_int = 8;
/// `PROC_PIDFDVNODEPATHINFO`, `PROC_PIDFDSOCKETINFO`
const OPEN_FILE: c_int = 2;
const SOCKET: c_int = 3;
/// More processes of one account, and descriptors of one process, than are looked at.
const MOST_PROCESSES: usize = 16_384;
const MOST_DESCRIPTORS: usize = 65_536;
/// Descriptors that are asked for at first.
const FEW_DESCRIPTORS: usize = 1024;
/// `PROC_PIDPATHINFO_MAXSIZE`
const LONGEST_PATH: usize = 4096;

// What `libc` knows of the structures that are read by offset.
const _: () = assert!(size_of::<libc::proc_taskallinfo>() == layout::TASK);
const _: () = assert!(size_of::<libc::proc_bsdinfo>() == layout::BSD);
const _: () = assert!(offset_of!(libc::proc_bsdinfo, pbi_start_tvsec) == layout::STARTED);
const _: () = assert!(offset_of!(libc::proc_taskinfo, pti_resident_size) == 8);
const _: () = assert!(offset_of!(libc::proc_taskinfo, pti_total_user) == 16);
const _: () = assert!(size_of::<libc::vnode_info_path>() == layout::VNODE);
const _: () = assert!(offset_of!(libc::vnode_info_path, vip_path) == layout::VNODE_PATH);
const _: () = assert!(offset_of!(libc::vinfo_stat, vst_ino) == layout::VNODE_INODE);
const _: () = assert!(offset_of!(libc::vinfo_stat, vst_size) == layout::VNODE_SIZE);
const _: () = assert!(size_of::<libc::proc_fdinfo>() == 8);

fn length(buffer: &[u8]) -> c_int {
    c_int::try_from(buffer.len()).unwrap_or(0)
}

/// As much of `buffer` as was filled in.
fn filled(buffer: &[u8], count: c_int) -> Option<&[u8]> {
    usize::try_from(count).ok().filter(|count| *count > 0).and_then(|count| buffer.get(..count))
}

fn signed(pid: u32) -> Option<c_int> {
    c_int::try_from(pid).ok()
}

/// Process ids of an account.
pub(super) fn pids(account: u32) -> Option<Vec<u32>> {
    let mut buffer = vec![0_u8; MOST_PROCESSES * size_of::<libc::pid_t>()];
    let length = length(&buffer);
    #[expect(unsafe_code, reason = "no safe call lists processes")]
    // SAFETY: `buffer` is valid for writes of `length` bytes.
    let count = unsafe { libc::proc_listpids(OF_ACCOUNT, account, buffer.as_mut_ptr().cast::<c_void>(), length) };
    let pids = filled(&buffer, count)?.chunks_exact(size_of::<libc::pid_t>());
    Some(pids.filter_map(|pid| crate::bytes::u32_at(pid, 0).filter(|pid| *pid != 0)).collect())
}

fn info(pid: u32, (what, of): (c_int, u64), buffer: &mut [u8]) -> Option<usize> {
    let (pid, length) = (signed(pid)?, length(buffer));
    #[expect(unsafe_code, reason = "no safe call asks about a process")]
    // SAFETY: `buffer` is valid for writes of `length` bytes, and the call writes no more.
    let count = unsafe { libc::proc_pidinfo(pid, what, of, buffer.as_mut_ptr().cast::<c_void>(), length) };
    usize::try_from(count).ok().filter(|count| *count > 0)
}

/// `struct proc_taskallinfo`, whole.
pub(super) fn task(pid: u32) -> Option<[u8; layout::TASK]> {
    let mut buffer = [0; layout::TASK];
    info(pid, (libc::PROC_PIDTASKALLINFO, 0), &mut buffer).filter(|count| *count == layout::TASK)?;
    Some(buffer)
}

/// The region at this address or behind it, as `struct proc_regionwithpathinfo`, whole; `None` behind the last.
pub(super) fn region(pid: u32, address: u64, buffer: &mut [u8; layout::REGION]) -> Option<()> {
    info(pid, (REGION, address), buffer).filter(|count| *count == layout::REGION).map(drop)
}

/// Descriptors of a process, as `struct proc_fdinfo`.
pub(super) fn descriptors(pid: u32) -> io::Result<Vec<u8>> {
    let mut most = FEW_DESCRIPTORS;
    loop {
        let mut buffer = vec![0_u8; most * size_of::<libc::proc_fdinfo>()];
        let Some(count) = info(pid, (libc::PROC_PIDLISTFDS, 0), &mut buffer) else { return Err(io::Error::last_os_error()) };
        if count < buffer.len() || most >= MOST_DESCRIPTORS {
            buffer.truncate(count);
            return Ok(buffer);
        }
        most = most.saturating_mul(8);
    }
}

fn of_descriptor(pid: u32, descriptor: i32, what: c_int, buffer: &mut [u8]) -> Option<()> {
    let (pid, length) = (signed(pid)?, length(buffer));
    #[expect(unsafe_code, reason = "no safe call asks about an open file of a process")]
    // SAFETY: `buffer` is valid for writes of `length` bytes, and the call writes no more.
    let count = unsafe { libc::proc_pidfdinfo(pid, descriptor, what, buffer.as_mut_ptr().cast::<c_void>(), length) };
    (count == length).then_some(())
}

/// `struct vnode_fdinfowithpath`, whole.
pub(super) fn open_file(pid: u32, descriptor: i32) -> Option<[u8; layout::OPEN_FILE]> {
    let mut buffer = [0; layout::OPEN_FILE];
    of_descriptor(pid, descriptor, OPEN_FILE, &mut buffer)?;
    Some(buffer)
}

/// `struct socket_fdinfo`, whole.
pub(super) fn socket(pid: u32, descriptor: i32) -> Option<[u8; layout::SOCKET]> {
    let mut buffer = [0; layout::SOCKET];
    of_descriptor(pid, descriptor, SOCKET, &mut buffer)?;
    Some(buffer)
}

/// Where the program lies.
pub(super) fn path(pid: u32) -> Option<Vec<u8>> {
    let mut buffer = vec![0_u8; LONGEST_PATH];
    let length = u32::try_from(buffer.len()).ok()?;
    let pid = signed(pid)?;
    #[expect(unsafe_code, reason = "no safe call names a process's program")]
    // SAFETY: `buffer` is valid for writes of `length` bytes.
    let count = unsafe { libc::proc_pidpath(pid, buffer.as_mut_ptr().cast::<c_void>(), length) };
    filled(&buffer, count).map(<[u8]>::to_vec)
}

/// Bytes that a process has read from disks and written to them.
pub(super) fn moved(pid: u32) -> Option<u64> {
    let pid = signed(pid)?;
    let mut usage = std::mem::MaybeUninit::<libc::rusage_info_v2>::zeroed();
    #[expect(unsafe_code, reason = "no safe call says what a process has read")]
    // SAFETY: `usage` is what this flavour writes, whatever the call's type says.
    let status = unsafe { libc::proc_pid_rusage(pid, libc::RUSAGE_INFO_V2, usage.as_mut_ptr().cast()) };
    #[expect(unsafe_code, reason = "as above")]
    // SAFETY: plain numbers, set to zero before the call.
    let usage = unsafe { usage.assume_init() };
    (status == 0).then(|| usage.ri_diskio_bytesread.saturating_add(usage.ri_diskio_byteswritten))
}

/// Nanoseconds in the processor's own steps: a numerator and a denominator.
#[expect(deprecated, reason = "another crate for one call of two numbers")]
pub(super) fn timebase() -> (u32, u32) {
    let mut base = libc::mach_timebase_info { numer: 0, denom: 0 };
    #[expect(unsafe_code, reason = "no safe call says it")]
    // SAFETY: `base` is valid for writes.
    let status = unsafe { libc::mach_timebase_info(&raw mut base) };
    if status == 0 && base.denom != 0 { (base.numer, base.denom) } else { (1, 1) }
}

/// This account.
pub(super) fn account() -> u32 {
    #[expect(unsafe_code, reason = "the standard library does not say it")]
    // SAFETY: it always succeeds and touches nothing.
    unsafe {
        libc::geteuid()
    }
}
