//! What `/proc` says about processes of this user: who they are, what they hold, how much they use.

mod held;
mod readers;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::observation::Holder;
use crate::opener::{OfProcess, of_process};
pub(crate) use crate::process::{FileKey, Hold, How, Memory, Sample};
pub(crate) use held::{holds, mappings, open_files};
pub(crate) use readers::is_reader;

/// The kernel's unit for computing time in `/proc`, whatever its own clock does.
pub(crate) const TICK: Duration = Duration::from_millis(10);
/// The kernel allows more; a path of a model stands near the beginning.
const LONGEST_ARGUMENTS: u64 = 64 << 10;
/// Descriptors of graphics cards that are looked at, of one process.
const MOST_CARDS: usize = 64;
/// Through which weights get onto a graphics card, where they leave no trace in a program's own memory. Devices that every
/// program with a window has open are left out: a file manager that copies a model does not run it.
const COMPUTING: [&str; 2] = ["/dev/nvidia-uvm", "/dev/kfd"];

/// Process ids, the newest first, without `ignored`.
pub(crate) fn pids(ignored: &[u32]) -> Vec<u32> {
    let Ok(entries) = fs_err::read_dir("/proc") else { return Vec::new() };
    let mut pids: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok().filter(|pid| !ignored.contains(pid)))
        .collect();
    pids.sort_unstable_by(|a, b| b.cmp(a));
    pids
}

/// Belongs to this user.
pub(crate) fn is_own(pid: u32) -> bool {
    fs_err::metadata(path_of(pid, "")).is_ok_and(|metadata| metadata.uid() == own())
}

/// Forbids a closer look even to the user that it belongs to.
pub(crate) fn is_protected(pid: u32) -> bool {
    of_process(pid, OfProcess::Maps).is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
}

/// This user.
pub(crate) fn own() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// How a process was started; empty for one that is gone.
pub(crate) fn arguments(pid: u32) -> Vec<u8> {
    read(pid, OfProcess::Cmdline, LONGEST_ARGUMENTS).unwrap_or_default()
}

/// Which own processes have these sockets.
pub(crate) fn owners_of_sockets(inodes: &BTreeSet<u32>) -> BTreeMap<u32, u32> {
    let mut owners = BTreeMap::new();
    for pid in pids(&[]) {
        if inodes.is_empty() || !is_own(pid) {
            continue;
        }
        let sockets = held::descriptors(pid).filter_map(|(_, link)| socket(&fs_err::read_link(link).ok()?));
        // The newest comes first, and the oldest counts: a child inherits what its parent waits at.
        owners.extend(sockets.filter(|inode| inodes.contains(inode)).map(|inode| (inode, pid)));
    }
    owners
}

/// `socket:[1234]`
fn socket(link: &Path) -> Option<u32> {
    link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

pub(crate) fn path_of(pid: u32, below: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{below}"))
}

/// From `statm`, which is readable for every process.
pub(crate) fn memory(pid: u32) -> Option<Memory> {
    let text = small(pid, OfProcess::Statm)?;
    let mut pages = text.split(' ').map_while(|pages| pages.trim().parse::<u64>().ok());
    let bytes = |pages: u64| pages.saturating_mul(rustix::param::page_size() as u64);
    Some(Memory { space: bytes(pages.next()?), resident: bytes(pages.next()?), shared: bytes(pages.next()?) })
}

/// Computing time of all threads; readable for every process.
pub(crate) fn computed(pid: u32) -> Option<Duration> {
    let stat = small(pid, OfProcess::Stat)?;
    let ticks = |at| after_name(&stat, at).and_then(|ticks| u32::try_from(ticks).ok()).unwrap_or(0);
    Some(TICK * ticks(11) + TICK * ticks(12))
}

/// Costs some system calls per open file: only for processes that are of interest.
pub(crate) fn sample(pid: u32) -> Option<Sample> {
    let (resident, computed) = (memory(pid)?.resident, computed(pid)?);
    let Moved { all, written, .. } = moved_by(pid);
    let accelerator = held::descriptors(pid).any(|(_, link)| {
        fs_err::read_link(link)
            .is_ok_and(|path| COMPUTING.iter().any(|device| path.as_os_str().as_encoded_bytes().starts_with(device.as_bytes())))
    });
    Some(Sample { resident, computed, moved: all, written, accelerator })
}

/// Whether a process has this device open.
pub(crate) fn has_open(pid: u32, device: &Path) -> bool {
    held::descriptors(pid).any(|(_, link)| fs_err::read_link(link).is_ok_and(|path| path == device))
}

/// What the kernel says about each graphics card that a process has open; of duplicates every one.
pub(crate) fn cards(pid: u32) -> Vec<String> {
    let is_card = |link: &PathBuf| fs_err::read_link(link).is_ok_and(|path| path.starts_with("/dev/dri"));
    let open = held::descriptors(pid).filter(|(_, link)| is_card(link)).take(MOST_CARDS);
    open.filter_map(|(descriptor, _)| small(pid, OfProcess::DescriptorInfo(descriptor))).collect()
}

/// Bytes that a process has moved since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    /// By calls that read.
    pub(crate) read: u64,
    /// By calls that write.
    pub(crate) written: u64,
    /// By these, and pages: a copy inside the kernel shows in pages long before its call returns.
    all: u64,
}

/// A path of that process, as it is reached from here.
pub(crate) fn inside(pid: u32, path: &Path) -> PathBuf {
    path_of(pid, "root").join(path.strip_prefix("/").unwrap_or(path))
}

/// Nothing where that may not be seen.
pub(crate) fn moved_by(pid: u32) -> Moved {
    small(pid, OfProcess::Io).map(|text| moved(&text)).unwrap_or_default()
}

fn moved(io: &str) -> Moved {
    let of = |name| io.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok()).unwrap_or(0);
    let (read, written) = (of("rchar:"), of("wchar:"));
    let all = [read, written, of("read_bytes:"), of("write_bytes:")].into_iter().fold(0, u64::saturating_add);
    Moved { read, written, all }
}

/// When it began, in ticks since the computer did. Of a thread, too.
pub(crate) fn started(pid: u32) -> Option<u64> {
    after_name(&small(pid, OfProcess::Stat)?, 19)
}

/// What a process shares with those that it forks: its program and its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kin {
    program: FileKey,
    group: u64,
}

pub(crate) fn kin(pid: u32) -> Option<Kin> {
    let program = FileKey::of(&fs_err::metadata(path_of(pid, "exe")).ok()?);
    Some(Kin { program, group: after_name(&small(pid, OfProcess::Stat)?, 2)? })
}

/// A number of `stat`, counted from behind the name, which may hold anything.
fn after_name(stat: &str, at: usize) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(at)?.parse().ok()
}

/// Names a process for ever: a process id alone may be used again.
pub(crate) fn holder(pid: u32) -> Option<Holder> {
    Some(Holder { pid, started: started(pid)?, name: name(pid)? })
}

/// The program's file name where it may be seen, else what the process calls itself; printable and short.
fn name(pid: u32) -> Option<String> {
    let executable = fs_err::read_link(path_of(pid, "exe")).ok();
    let from_path = executable.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = from_path.or_else(|| small(pid, OfProcess::Comm))?;
    let clean: String = name.trim_end_matches(" (deleted)").chars().filter(|c| !c.is_control()).take(64).collect();
    Some(clean.trim().to_owned())
}

fn small(pid: u32, what: OfProcess) -> Option<String> {
    read(pid, what, 4096).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn read(pid: u32, what: OfProcess, longest: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    of_process(pid, what).ok()?.take(longest).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_moved_counts_calls_and_pages() {
        let io = "rchar: 7672\nwchar: 1\nsyscr: 14\nsyscw: 9\nread_bytes: 24576\nwrite_bytes: 1000\ncancelled_write_bytes: 5\n";
        assert_eq!(moved(io), Moved { read: 7672, written: 1, all: 7672 + 1 + 24576 + 1000 });
        assert_eq!(moved(""), Moved::default());
    }

    #[test]
    fn a_name_with_brackets_does_not_shift_the_numbers() {
        let stat = "7 (a) (b) S 1 7 7 0 -1 4194304 1 2 3 4 15 16 0 0 20 0 1 0 8888 1 1";
        assert_eq!([11, 12, 19].map(|at| after_name(stat, at)), [Some(15), Some(16), Some(8888)]);
    }

    #[test]
    fn this_process_is_named_and_measured() {
        let own = std::process::id();
        assert!(holder(own).unwrap().started > 0);
        assert!(is_own(own));
        assert!(pids(&[]).contains(&own));
        assert!(!pids(&[own]).contains(&own));
        let sample = sample(own).unwrap();
        assert!(sample.resident > 1 << 20 && sample.moved > 0, "{sample:?}");
    }
}
