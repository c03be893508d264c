//! What `/proc` says about processes of this user: who maps or holds a file, how much memory they use.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::observation::{HeldBy, Holder};

/// Longest maps file that is read: some 100,000 lines.
const LONGEST_MAPS: u64 = 16 << 20;

/// Device and inode: one file, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileKey {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// Process ids of this user, the newest first, without `ignored`.
pub(crate) fn own_pids(ignored: &[u32]) -> Vec<u32> {
    let own = rustix::process::geteuid().as_raw();
    let Ok(entries) = fs_err::read_dir("/proc") else { return Vec::new() };
    let mut pids: Vec<u32> = entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let mine = !ignored.contains(&pid) && entry.metadata().ok()?.uid() == own;
            mine.then_some(pid)
        })
        .collect();
    pids.sort_unstable_by(|a, b| b.cmp(a));
    pids
}

fn path_of(pid: u32, below: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{below}"))
}

/// A mapping of a file, without execute permission.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) key: FileKey,
    pub(crate) bytes: u64,
    pub(crate) path: PathBuf,
}

/// File mappings of a process. None for one that forbids a closer look.
pub(crate) fn mappings(pid: u32) -> Vec<Mapping> {
    let Ok(file) = fs_err::File::open(path_of(pid, "maps")) else { return Vec::new() };
    BufReader::new(file.take(LONGEST_MAPS))
        .split(b'\n')
        .map_while(Result::ok)
        .filter_map(|line| mapping(&String::from_utf8_lossy(&line)))
        .collect()
}

/// `start-end perms offset major:minor inode   path`
fn mapping(line: &str) -> Option<Mapping> {
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let bytes = u64::from_str_radix(end, 16).ok()?.checked_sub(u64::from_str_radix(start, 16).ok()?)?;
    let permissions = fields.next()?;
    let _offset = fields.next()?;
    let (major, minor) = fields.next()?.split_once(':')?;
    let device = rustix::fs::makedev(u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
    let inode = fields.next()?.parse().ok().filter(|inode| *inode != 0)?;
    let path = PathBuf::from(fields.next().unwrap_or_default().trim_start());
    (!permissions.contains('x')).then_some(Mapping { key: FileKey { device, inode }, bytes, path })
}

/// Open regular files of a process: key, size, path.
pub(crate) fn open_files(pid: u32) -> Vec<(FileKey, u64, PathBuf)> {
    let Ok(entries) = fs_err::read_dir(path_of(pid, "fd")) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let metadata = fs_err::metadata(entry.path()).ok().filter(std::fs::Metadata::is_file)?;
            let path = fs_err::read_link(entry.path()).ok()?;
            Some((FileKey { device: metadata.dev(), inode: metadata.ino() }, metadata.len(), path))
        })
        .collect()
}

/// How `pid` holds this file now, if it does.
pub(crate) fn holds(pid: u32, key: FileKey) -> Option<HeldBy> {
    if mappings(pid).iter().any(|mapping| mapping.key == key) {
        return Some(HeldBy::Maps);
    }
    open_files(pid).iter().any(|(open, _, _)| *open == key).then_some(HeldBy::Descriptor)
}

/// Resident memory in bytes.
pub(crate) fn resident(pid: u32) -> Option<u64> {
    let text = small(pid, "statm")?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}

/// Names a process for ever: a process id alone may be used again.
pub(crate) fn holder(pid: u32) -> Option<Holder> {
    let stat = small(pid, "stat")?;
    let (_, after) = stat.rsplit_once(')')?;
    let started = after.split_ascii_whitespace().nth(19)?.parse().ok()?;
    Some(Holder { pid, started, name: name(pid)? })
}

/// The program's file name where it may be seen, else what the process calls itself; printable and short.
fn name(pid: u32) -> Option<String> {
    let executable = fs_err::read_link(path_of(pid, "exe")).ok();
    let from_path = executable.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = from_path.or_else(|| small(pid, "comm"))?;
    let clean: String = name.trim_end_matches(" (deleted)").chars().filter(|c| !c.is_control()).take(64).collect();
    Some(clean.trim().to_owned())
}

fn small(pid: u32, below: &str) -> Option<String> {
    let mut bytes = Vec::new();
    fs_err::File::open(path_of(pid, below)).ok()?.take(4096).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `/proc` was mounted so that other users' processes cannot be seen at all.
pub(crate) fn others_hidden() -> bool {
    fs_err::read_to_string("/proc/mounts").is_ok_and(|mounts| {
        mounts.lines().any(|line| line.contains(" /proc proc ") && line.contains("hidepid=") && !line.contains("hidepid=0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_maps_are_read() {
        let line = "7f00-8f00 r--s 00001000 fe:00 1234                       /home/ada/my models/a.gguf";
        let mapping = mapping(line).unwrap();
        assert_eq!((mapping.bytes, mapping.key.inode), (0x1000, 1234));
        assert_eq!(mapping.path, PathBuf::from("/home/ada/my models/a.gguf"));
        assert_eq!(mapping.key.device, rustix::fs::makedev(0xfe, 0));
        for other in ["7f00-8f00 r-xp 0 fe:00 12 /bin/sh", "7f00-8f00 rw-p 0 00:00 0 [heap]", "", "x"] {
            assert!(super::mapping(other).is_none(), "{other}");
        }
    }

    #[test]
    fn this_process_is_named_and_holds_what_it_has_open() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let metadata = file.as_file().metadata().unwrap();
        let key = FileKey { device: metadata.dev(), inode: metadata.ino() };
        assert_eq!(holds(std::process::id(), key), Some(HeldBy::Descriptor));
        assert!(holder(std::process::id()).unwrap().started > 0);
        assert!(own_pids(&[]).contains(&std::process::id()));
        assert!(!own_pids(&[std::process::id()]).contains(&std::process::id()));
    }
}
