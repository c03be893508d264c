//! What macOS fills in, read by the offsets of `<sys/proc_info.h>`, which are those of every 64-bit Mac. Pure: bytes come in, so
//! that Linux tests it, too. Where `libc` knows a structure, `calls.rs` holds these offsets to it.

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::bytes::{u16_at, u32_at, u64_at};
use crate::polling::Socket;
use crate::process::FileKey;

/// `struct proc_taskallinfo`: `struct proc_bsdinfo`, then `struct proc_taskinfo`.
pub(crate) const TASK: usize = BSD + 96;
pub(crate) const BSD: usize = 136;
pub(crate) const STARTED: usize = 120;
/// `struct vnode_info_path`
pub(crate) const VNODE: usize = VNODE_PATH + 1024;
pub(crate) const VNODE_INODE: usize = 8;
pub(crate) const VNODE_SIZE: usize = 88;
pub(crate) const VNODE_PATH: usize = 152;
/// `struct proc_regionwithpathinfo`: `struct proc_regioninfo`, then the file.
pub(crate) const REGION: usize = REGION_INFO + VNODE;
const REGION_INFO: usize = 96;
/// `struct vnode_fdinfowithpath`: `struct proc_fileinfo`, then the file.
pub(crate) const OPEN_FILE: usize = FILE_INFO + VNODE;
const FILE_INFO: usize = 24;
/// `struct socket_fdinfo`
pub(crate) const SOCKET: usize = FILE_INFO + 768;
/// `SOCKINFO_TCP`, `TSI_S_LISTEN`, `TSI_S_ESTABLISHED`
const TCP: u32 = 2;
const LISTENS: u32 = 1;
const CONNECTED: u32 = 4;
/// `INI_IPV4`
const IPV4: u8 = 1;
/// `VM_PROT_EXECUTE`
const EXECUTE: u32 = 4;
/// `S_IFMT`, `S_IFREG`
const KIND: u16 = 0o170_000;
const REGULAR: u16 = 0o100_000;

/// A process's start and use of memory and processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// In microseconds since 1970.
    pub(crate) started: u64,
    pub(crate) space: u64,
    pub(crate) resident: u64,
    /// In the processor's own steps.
    pub(crate) steps: u64,
}

pub(crate) fn task(bytes: &[u8]) -> Option<Task> {
    let (bsd, task) = bytes.split_at_checked(BSD)?;
    Some(Task {
        started: u64_at(bsd, STARTED)?.saturating_mul(1_000_000).saturating_add(u64_at(bsd, STARTED + 8)?),
        space: u64_at(task, 0)?,
        resident: u64_at(task, 8)?,
        steps: u64_at(task, 16)?.saturating_add(u64_at(task, 24)?),
    })
}

/// A regular file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vnode {
    pub(crate) key: FileKey,
    pub(crate) size: u64,
    pub(crate) path: PathBuf,
}

fn vnode(bytes: &[u8]) -> Option<Vnode> {
    let path = bytes.get(VNODE_PATH..)?.split(|byte| *byte == 0).next().filter(|path| !path.is_empty())?;
    let is_regular = u16_at(bytes, 4)? & KIND == REGULAR;
    // `stat` calls a device by a signed number.
    let device = i64::from(u32_at(bytes, 0)?.cast_signed()).cast_unsigned();
    is_regular.then_some(Vnode {
        key: FileKey { device, inode: u64_at(bytes, VNODE_INODE)? },
        size: u64_at(bytes, VNODE_SIZE)?,
        path: PathBuf::from(OsStr::from_bytes(path)),
    })
}

/// A part of a process's address space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Where the next one is looked for.
    pub(crate) end: u64,
    pub(crate) bytes: u64,
    /// Of which file, where it is one that is mapped as data.
    pub(crate) file: Option<Vnode>,
}

pub(crate) fn region(bytes: &[u8]) -> Option<Region> {
    let size = u64_at(bytes, 88)?;
    let is_code = u32_at(bytes, 0)? & EXECUTE != 0;
    let file = bytes.get(REGION_INFO..).and_then(vnode).filter(|_| !is_code);
    Some(Region { end: u64_at(bytes, 80)?.checked_add(size)?, bytes: size, file })
}

/// Descriptors of a process that are files, or sockets.
pub(crate) fn descriptors(bytes: &[u8], kind: u32) -> impl Iterator<Item = i32> {
    let entries = bytes.chunks_exact(8).filter_map(|entry| Some((u32_at(entry, 0)?, u32_at(entry, 4)?)));
    entries.filter(move |(_, of)| *of == kind).map(|(descriptor, _)| descriptor.cast_signed())
}

/// An open file, and where its reading stands.
pub(crate) fn open_file(bytes: &[u8]) -> Option<(Vnode, u64)> {
    Some((vnode(bytes.get(FILE_INFO..)?)?, u64_at(bytes, 8)?))
}

/// A TCP socket of `pid` that waits or is connected.
pub(crate) fn socket(pid: u32, bytes: &[u8]) -> Option<Socket> {
    let info = bytes.get(FILE_INFO..)?;
    let tcp = info.get(240..).filter(|_| u32_at(info, 232) == Some(TCP))?;
    let is_v4 = *tcp.get(24)? & IPV4 != 0;
    let address = |at: usize| match is_v4 {
        true => tcp.get(at + 12..)?.first_chunk::<4>().map(|bytes| IpAddr::from(Ipv4Addr::from(*bytes))),
        false => tcp.get(at..)?.first_chunk::<16>().map(|bytes| Ipv6Addr::from(*bytes).to_canonical()),
    };
    let port = u16::from_be_bytes(*tcp.get(4..)?.first_chunk()?);
    let peer = match u32_at(tcp, 80)? {
        LISTENS => None,
        CONNECTED => Some(address(32)?),
        _ => return None,
    };
    Some(Socket { pid, address: address(48)?, port, peer })
}

/// Folders that macOS asks the person about before a program reads in them: what a program has open there is not looked into.
pub(crate) fn is_asked_about(path: &Path) -> bool {
    let mut parts = path.iter().skip(1).map(|part| part.as_bytes());
    match parts.next() {
        Some(b"Volumes") => true,
        Some(b"Users") => {
            let asked: [&[u8]; 4] = [b"Mobile Documents", b"CloudStorage", b"Containers", b"Group Containers"];
            match (parts.nth(1), parts.next()) {
                (Some(b"Desktop" | b"Documents"), _) => true,
                (Some(b"Library"), Some(below)) => asked.contains(&below),
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
        bytes[at..at + value.len()].copy_from_slice(value);
    }

    fn file(path: &str, mode: u16) -> Vec<u8> {
        let mut bytes = vec![0; VNODE];
        put(&mut bytes, 0, &0x0100_0012_u32.to_ne_bytes());
        put(&mut bytes, 4, &mode.to_ne_bytes());
        put(&mut bytes, VNODE_INODE, &1234_u64.to_ne_bytes());
        put(&mut bytes, VNODE_SIZE, &5000_u64.to_ne_bytes());
        put(&mut bytes, VNODE_PATH, path.as_bytes());
        bytes
    }

    fn expected(path: &str) -> Vnode {
        Vnode { key: FileKey { device: 0x0100_0012, inode: 1234 }, size: 5000, path: path.into() }
    }

    #[test]
    fn sizes_are_those_of_the_system() {
        assert_eq!([TASK, VNODE, REGION, OPEN_FILE, SOCKET], [232, 1176, 1272, 1200, 792]);
    }

    #[test]
    fn a_task_is_read() {
        let mut bytes = vec![0; TASK];
        for (at, value) in [(STARTED, 10_u64), (STARTED + 8, 7), (BSD, 100), (BSD + 8, 50), (BSD + 16, 3), (BSD + 24, 4)] {
            put(&mut bytes, at, &value.to_ne_bytes());
        }
        assert_eq!(task(&bytes), Some(Task { started: 10_000_007, space: 100, resident: 50, steps: 7 }));
        assert_eq!(task(&bytes[..150]), None);
    }

    #[test]
    fn regions_of_data_files_are_told_from_code_and_memory() {
        let mut bytes = [vec![0; REGION_INFO], file("/Users/ada/my models/a.gguf", 0o100_644)].concat();
        put(&mut bytes, 0, &1_u32.to_ne_bytes());
        put(&mut bytes, 80, &0x1000_u64.to_ne_bytes());
        put(&mut bytes, 88, &0x4000_u64.to_ne_bytes());
        let mapped = Region { end: 0x5000, bytes: 0x4000, file: Some(expected("/Users/ada/my models/a.gguf")) };
        assert_eq!(region(&bytes), Some(mapped));
        put(&mut bytes, 0, &5_u32.to_ne_bytes());
        assert_eq!(region(&bytes).unwrap().file, None, "code");
        put(&mut bytes, 0, &1_u32.to_ne_bytes());
        put(&mut bytes, REGION_INFO + VNODE_PATH, &[0; 64]);
        assert_eq!(region(&bytes).unwrap().file, None, "memory");
        put(&mut bytes, 80, &u64::MAX.to_ne_bytes());
        assert_eq!(region(&bytes), None, "beyond the end");
    }

    #[test]
    fn open_files_and_their_positions_are_read() {
        let mut bytes = [vec![0; FILE_INFO], file("/models/a", 0o100_600)].concat();
        put(&mut bytes, 8, &4096_u64.to_ne_bytes());
        assert_eq!(open_file(&bytes), Some((expected("/models/a"), 4096)));
        let pipe = [vec![0; FILE_INFO], file("/models/a", 0o010_600)].concat();
        assert_eq!(open_file(&pipe), None);
        let list = [[3_u32, 1], [4, 2], [5, 1]].concat().into_iter().flat_map(u32::to_ne_bytes).collect::<Vec<u8>>();
        assert_eq!(descriptors(&list, 1).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn sockets_that_wait_and_those_that_are_connected_are_read() {
        let mut bytes = vec![0; SOCKET];
        let tcp = FILE_INFO + 240;
        put(&mut bytes, FILE_INFO + 232, &TCP.to_ne_bytes());
        put(&mut bytes, tcp + 4, &11434_u16.to_be_bytes());
        put(&mut bytes, tcp + 24, &[IPV4]);
        put(&mut bytes, tcp + 32 + 12, &[127, 0, 0, 1]);
        put(&mut bytes, tcp + 48 + 12, &[127, 0, 0, 1]);
        put(&mut bytes, tcp + 80, &LISTENS.to_ne_bytes());
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let waits = Socket { pid: 7, address: here, port: 11434, peer: None };
        assert_eq!(socket(7, &bytes), Some(waits));
        put(&mut bytes, tcp + 80, &CONNECTED.to_ne_bytes());
        assert_eq!(socket(7, &bytes), Some(Socket { peer: Some(here), ..waits }));
        put(&mut bytes, tcp + 24, &[2]);
        put(&mut bytes, tcp + 48, &Ipv6Addr::LOCALHOST.octets());
        assert_eq!(socket(7, &bytes).unwrap().address, IpAddr::V6(Ipv6Addr::LOCALHOST));
        put(&mut bytes, FILE_INFO + 232, &1_u32.to_ne_bytes());
        assert_eq!(socket(7, &bytes), None, "UDP");
    }

    #[test]
    fn nobody_is_asked_because_a_program_has_something_open() {
        for path in [
            "/Users/ada/Documents/a.gguf",
            "/Users/ada/Desktop/a",
            "/Users/ada/Library/Mobile Documents/x/a",
            "/Users/ada/Library/Containers/app/a",
            "/Volumes/stick/a.gguf",
        ] {
            assert!(is_asked_about(Path::new(path)), "{path}");
        }
        for path in ["/Users/ada/.ollama/models/a", "/Users/ada/Library/Caches/a", "/opt/models/a", "/Users/Documents", "/"] {
            assert!(!is_asked_about(Path::new(path)), "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1300)) {
            let _read = (task(&bytes), region(&bytes), open_file(&bytes), socket(1, &bytes));
            prop_assert!(descriptors(&bytes, 1).count() <= bytes.len() / 8);
        }
    }
}
