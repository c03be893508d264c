//! What Windows fills in, read by the offsets of its 64-bit structures. Pure: bytes come in, so that Linux tests it, too.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::bytes::{u16_at, u32_at, u64_at};
use crate::polling::{Process, Socket};
use crate::process::Memory;

/// More processes than are listed.
const MOST_PROCESSES: usize = 65_536;
/// More sockets than are looked through.
const MOST_SOCKETS: usize = 65_536;
/// Steps of 100 ns from 1601 to 1970.
const UNIX: i64 = 116_444_736_000_000_000;
/// `MIB_TCP_STATE_LISTEN`, `MIB_TCP_STATE_ESTAB`
const LISTENS: u32 = 2;
const CONNECTED: u32 = 5;

/// One process as the system lists it, of whatever account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) process: Process,
    /// The session of a person, or that of services.
    pub(crate) session: u32,
    /// File name of the program.
    pub(crate) name: String,
}

/// A chain of `SYSTEM_PROCESS_INFORMATION` that was filled in at address `base`, into which its names point.
pub(crate) fn processes(bytes: &[u8], base: u64) -> Vec<Listed> {
    let (mut listed, mut at) = (Vec::new(), 0);
    while listed.len() < MOST_PROCESSES {
        let Some(entry) = bytes.get(at..) else { break };
        listed.extend(process(entry, bytes, base));
        match u32_at(entry, 0).and_then(|next| usize::try_from(next).ok()) {
            // Forward, always.
            Some(next) if next > 0 => at = at.saturating_add(next),
            Some(_) | None => break,
        }
    }
    listed
}

fn process(entry: &[u8], all: &[u8], base: u64) -> Option<Listed> {
    let time = |at| u64_at(entry, at).map(|steps| Duration::from_nanos(steps.saturating_mul(100)));
    let length = usize::from(u16_at(entry, 56)?);
    let name = u64_at(entry, 64)?.checked_sub(base).and_then(|offset| usize::try_from(offset).ok());
    let name = name.and_then(|offset| all.get(offset..)?.get(..length)).map(text).unwrap_or_default();
    let moved = u64_at(entry, 232)?.saturating_add(u64_at(entry, 240)?).saturating_add(u64_at(entry, 248)?);
    let memory = Memory { space: u64_at(entry, 120)?, resident: u64_at(entry, 144)?, shared: 0 };
    let process = Process {
        pid: u32::try_from(u64_at(entry, 80)?).ok()?,
        started: u64_at(entry, 32)?,
        memory,
        computed: time(40)?.saturating_add(time(48)?),
        moved,
    };
    Some(Listed { process, session: u32_at(entry, 100)?, name })
}

fn text(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|unit| u16_at(unit, 0)).collect();
    String::from_utf16_lossy(&units)
}

/// A part of a process's address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Where the view begins that it is a part of.
    pub(crate) view: usize,
    pub(crate) bytes: u64,
}

/// Views of at least so many bytes: one that is written to in places consists of several regions.
pub(crate) fn views(regions: impl IntoIterator<Item = Region>, least: u64) -> Vec<usize> {
    let mut views: BTreeMap<usize, u64> = BTreeMap::new();
    for region in regions {
        let bytes = views.entry(region.view).or_default();
        *bytes = bytes.saturating_add(region.bytes);
    }
    views.into_iter().filter(|(_, bytes)| *bytes >= least).map(|(view, _)| view).collect()
}

/// A path as the kernel names files, in the form that opens it and that people know. `drives` says which device a letter stands for.
pub(crate) fn path(named: &str, drives: &[(char, String)]) -> PathBuf {
    if let Some(path) = named.strip_prefix(r"\??\") {
        return PathBuf::from(path);
    }
    if let Some(share) = named.strip_prefix(r"\Device\Mup\") {
        return PathBuf::from(format!(r"\\{share}"));
    }
    let below = |device: &str| named.strip_prefix(device).filter(|rest| rest.starts_with('\\')).map(str::to_owned);
    let on_drive = drives.iter().find_map(|(letter, device)| Some(format!("{letter}:{}", below(device)?)));
    PathBuf::from(on_drive.unwrap_or_else(|| format!(r"\\?\GLOBALROOT{named}")))
}

/// `MIB_TCPTABLE_OWNER_PID`
pub(crate) fn sockets_v4(table: &[u8]) -> Vec<Socket> {
    rows(table, 24, |row| {
        let address = |at| row.get(at..)?.first_chunk::<4>().map(|bytes| IpAddr::from(Ipv4Addr::from(*bytes)));
        socket((u32_at(row, 0)?, u32_at(row, 20)?), (address(4)?, row.get(8..)?), address(12)?)
    })
}

/// `MIB_TCP6TABLE_OWNER_PID`
pub(crate) fn sockets_v6(table: &[u8]) -> Vec<Socket> {
    rows(table, 56, |row| {
        let address = |at| row.get(at..)?.first_chunk::<16>().map(|bytes| Ipv6Addr::from(*bytes).to_canonical());
        socket((u32_at(row, 48)?, u32_at(row, 52)?), (address(0)?, row.get(20..)?), address(24)?)
    })
}

fn rows(table: &[u8], width: usize, read: impl Fn(&[u8]) -> Option<Socket>) -> Vec<Socket> {
    let count = u32_at(table, 0).and_then(|count| usize::try_from(count).ok()).unwrap_or(0).min(MOST_SOCKETS);
    let rows = table.get(4..).unwrap_or_default().chunks_exact(width);
    rows.take(count).filter_map(read).collect()
}

fn socket((state, pid): (u32, u32), (address, port): (IpAddr, &[u8]), peer: IpAddr) -> Option<Socket> {
    let port = u16::from_be_bytes(*port.first_chunk()?);
    let peer = match state {
        LISTENS => None,
        CONNECTED => Some(peer),
        _ => return None,
    };
    Some(Socket { pid, address, port, peer })
}

/// Nanoseconds since 1970 of a time in steps of 100 ns since 1601.
pub(crate) const fn since_1970(steps: i64) -> i64 {
    steps.saturating_sub(UNIX).saturating_mul(100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: u64 = 0x7000_0000;

    /// One entry, with its name behind it, as the system lays them out.
    fn entry(pid: u64, name: &str, at: usize, is_last: bool) -> Vec<u8> {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_ne_bytes).collect();
        let length = (256 + name.len()).next_multiple_of(8);
        let mut bytes = vec![0; length];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &u32::try_from(if is_last { 0 } else { length }).unwrap().to_ne_bytes());
        put(32, &133_000_000_000_000_000_u64.to_ne_bytes());
        put(40, &30_000_000_u64.to_ne_bytes());
        put(48, &10_000_000_u64.to_ne_bytes());
        put(56, &u16::try_from(name.len()).unwrap().to_ne_bytes());
        put(64, &(BASE + at as u64 + 256).to_ne_bytes());
        put(80, &pid.to_ne_bytes());
        put(100, &2_u32.to_ne_bytes());
        put(120, &(9_u64 << 30).to_ne_bytes());
        put(144, &(5_u64 << 30).to_ne_bytes());
        for field in [232, 240, 248] {
            put(field, &100_u64.to_ne_bytes());
        }
        put(256, &name);
        bytes
    }

    #[test]
    fn the_list_of_processes_is_read_to_its_end() {
        let first = entry(4, "notes.exe", 0, false);
        let all = [first.clone(), entry(8, "böse 模型.exe", first.len(), true), vec![1; 40]].concat();
        let listed = processes(&all, BASE);
        assert_eq!(listed.len(), 2);
        let expected = Process {
            pid: 4,
            started: 133_000_000_000_000_000,
            memory: Memory { space: 9 << 30, resident: 5 << 30, shared: 0 },
            computed: Duration::from_secs(4),
            moved: 300,
        };
        assert_eq!(listed[0], Listed { process: expected, session: 2, name: "notes.exe".into() });
        assert_eq!((listed[1].process.pid, listed[1].name.as_str()), (8, "böse 模型.exe"));
        let elsewhere = processes(&all, BASE + (1 << 40));
        assert_eq!(elsewhere[0].name, "", "a name that does not lie in the list");
        assert!(processes(&all[..200], BASE).is_empty(), "cut off");
    }

    #[test]
    fn a_view_in_pieces_is_one() {
        let region = |view, bytes| Region { view, bytes };
        assert_eq!(views([region(1, 60), region(2, 90), region(1, 40)], 100), [1]);
        assert_eq!(views([region(1, u64::MAX), region(1, u64::MAX)], 100), [1]);
    }

    #[test]
    fn paths_open_and_are_known_to_people() {
        let drives = [('C', r"\Device\HarddiskVolume3".to_owned()), ('D', r"\Device\HarddiskVolume33".to_owned())];
        for (named, expected) in [
            (r"\Device\HarddiskVolume3\Users\ada\a.gguf", r"C:\Users\ada\a.gguf"),
            (r"\Device\HarddiskVolume33\a.gguf", r"D:\a.gguf"),
            (r"\Device\HarddiskVolume9\a.gguf", r"\\?\GLOBALROOT\Device\HarddiskVolume9\a.gguf"),
            (r"\Device\Mup\server\share\a.gguf", r"\\server\share\a.gguf"),
            (r"\??\Z:\models\a.gguf", r"Z:\models\a.gguf"),
        ] {
            assert_eq!(path(named, &drives), PathBuf::from(expected), "{named}");
        }
    }

    #[test]
    fn tables_of_sockets_are_read() {
        let port = |port: u16| [port.to_be_bytes().to_vec(), vec![0xaa, 0xbb]].concat();
        let v4 = |state: u32, peer: [u8; 4]| {
            [&state.to_ne_bytes()[..], &[127, 0, 0, 1], &port(11434), &peer, &port(5000), &7_u32.to_ne_bytes()].concat()
        };
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let table = [&3_u32.to_ne_bytes()[..], &v4(2, [0; 4]), &v4(5, [127, 0, 0, 1]), &v4(11, [0; 4])].concat();
        let waits = Socket { pid: 7, address: here, port: 11434, peer: None };
        assert_eq!(sockets_v4(&table), [waits, Socket { peer: Some(here), ..waits }]);
        let v6 = [
            &1_u32.to_ne_bytes()[..],
            &Ipv6Addr::LOCALHOST.octets(),
            &[0; 4],
            &port(11434),
            &[0; 16],
            &[0; 4],
            &port(0),
            &2_u32.to_ne_bytes(),
            &7_u32.to_ne_bytes(),
        ]
        .concat();
        assert_eq!(sockets_v6(&v6), [Socket { address: Ipv6Addr::LOCALHOST.into(), ..waits }]);
        let lies = [&u32::MAX.to_ne_bytes()[..], &v4(2, [0; 4])].concat();
        assert_eq!(sockets_v4(&lies).len(), 1, "a count that does not fit");
    }

    #[test]
    fn times_are_those_of_unix() {
        assert_eq!(since_1970(UNIX), 0);
        assert_eq!(since_1970(UNIX + 10_000_000), 1_000_000_000);
        assert_eq!(since_1970(i64::MIN), i64::MIN);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), base in any::<u64>()) {
            prop_assert!(processes(&bytes, base).len() <= 600);
            prop_assert!(sockets_v4(&bytes).len() + sockets_v6(&bytes).len() <= 40);
        }
    }
}
