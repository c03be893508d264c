//! What `/proc` says about processes of this user: who maps or holds a file, how much memory they use.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::observation::{HeldBy, Holder};

/// Longest maps file that is read: some 100,000 lines.
const LONGEST_MAPS: u64 = 16 << 20;
/// Most descriptors of one process that are looked at.
const MOST_DESCRIPTORS: usize = 65_536;

/// Device and inode: one file, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileKey {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl FileKey {
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

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

/// Belongs to this user and does not forbid a closer look.
pub(crate) fn is_own(pid: u32) -> bool {
    fs_err::metadata(path_of(pid, "")).is_ok_and(|metadata| metadata.uid() == rustix::process::geteuid().as_raw())
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

impl Mapping {
    /// Whether it is this file. Some file systems (btrfs, overlays) give another device here than `stat` does: then the path
    /// tells, as this process sees it.
    pub(crate) fn is(&self, pid: u32, key: FileKey) -> bool {
        self.key == key || (self.key.inode == key.inode && self.resolved(pid) == key)
    }

    /// The key as `stat` gives it, where the path still leads to the same inode.
    pub(crate) fn resolved(&self, pid: u32) -> FileKey {
        let inside = path_of(pid, "root").join(self.path.strip_prefix("/").unwrap_or(&self.path));
        let same = |path: &Path| {
            fs_err::metadata(path).ok().map(|metadata| FileKey::of(&metadata)).filter(|key| key.inode == self.key.inode)
        };
        same(&self.path).or_else(|| same(&inside)).unwrap_or(self.key)
    }
}

/// A regular file that a process has open.
#[derive(Clone, Debug)]
pub(crate) struct OpenFile {
    pub(crate) key: FileKey,
    pub(crate) size: u64,
    pub(crate) path: PathBuf,
    /// Number of the descriptor, in that process.
    pub(crate) descriptor: u32,
}

/// Open regular files of a process.
pub(crate) fn open_files(pid: u32) -> Vec<OpenFile> {
    descriptors(pid)
        .filter_map(|(descriptor, link)| {
            let metadata = fs_err::metadata(&link).ok().filter(std::fs::Metadata::is_file)?;
            Some(OpenFile { key: FileKey::of(&metadata), size: metadata.len(), path: fs_err::read_link(&link).ok()?, descriptor })
        })
        .collect()
}

fn descriptors(pid: u32) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs_err::read_dir(path_of(pid, "fd")).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).take(MOST_DESCRIPTORS)
}

/// Has a device of a graphics card open: weights may go there and leave no trace in its own memory.
fn uses_accelerator(pid: u32) -> bool {
    let devices = ["/dev/nvidia", "/dev/kfd", "/dev/dri/render"];
    descriptors(pid).any(|(_, link)| {
        fs_err::read_link(link)
            .is_ok_and(|path| devices.iter().any(|device| path.as_os_str().as_encoded_bytes().starts_with(device.as_bytes())))
    })
}

/// How a process holds a file at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) by: HeldBy,
    /// Where its reading stands, for a descriptor.
    pub(crate) position: Option<u64>,
    /// Its memory, in bytes.
    pub(crate) resident: u64,
    /// It uses a graphics card.
    pub(crate) accelerator: bool,
}

/// How `pid` holds this file of `size` bytes now, if it does.
pub(crate) fn hold(pid: u32, key: FileKey, size: u64) -> Option<Hold> {
    let memory = memory(pid)?;
    // Who has less address space than an eighth of the file maps no useful part of it: most processes need no closer look.
    if memory.space >= size / 8 && mappings(pid).iter().any(|mapping| mapping.is(pid, key)) {
        return Some(Hold { by: HeldBy::Maps, position: None, resident: memory.resident, accelerator: false });
    }
    let open = descriptors(pid).find(|(_, link)| fs_err::metadata(link).is_ok_and(|metadata| FileKey::of(&metadata) == key))?;
    let position = small(pid, &format!("fdinfo/{}", open.0)).and_then(|text| position(&text));
    Some(Hold { by: HeldBy::Descriptor, position, resident: memory.resident, accelerator: uses_accelerator(pid) })
}

fn position(fdinfo: &str) -> Option<u64> {
    fdinfo.lines().find_map(|line| line.strip_prefix("pos:"))?.trim().parse().ok()
}

/// Memory of a process, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Address space.
    pub(crate) space: u64,
    /// Resident.
    pub(crate) resident: u64,
}

/// From `statm`, which is readable for every process.
pub(crate) fn memory(pid: u32) -> Option<Memory> {
    let text = small(pid, "statm")?;
    let mut pages = text.split(' ').map_while(|pages| pages.trim().parse::<u64>().ok());
    let bytes = |pages: u64| pages.saturating_mul(rustix::param::page_size() as u64);
    Some(Memory { space: bytes(pages.next()?), resident: bytes(pages.next()?) })
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
    fn a_mapping_is_known_by_its_path_where_the_device_differs() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let key = FileKey::of(&file.as_file().metadata().unwrap());
        let own = std::process::id();
        let other_device = FileKey { device: key.device ^ 1, ..key };
        let mapping = Mapping { key: other_device, bytes: 1, path: file.path().to_owned() };
        assert!(mapping.is(own, key));
        assert_eq!(mapping.resolved(own), key);
        let elsewhere = Mapping { path: PathBuf::from("/proc/self/status"), ..mapping };
        assert!(!elsewhere.is(own, key), "the same inode on another device is another file");
    }

    #[test]
    fn the_position_of_a_descriptor_is_read() {
        assert_eq!(position("pos:\t4096\nflags:\t0100000\n"), Some(4096));
        assert_eq!(position("flags:\t0"), None);
    }

    #[test]
    fn this_process_is_named_and_holds_what_it_has_open() {
        use std::io::Write as _;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[7; 100]).unwrap();
        let (own, key) = (std::process::id(), FileKey::of(&file.as_file().metadata().unwrap()));
        let hold = hold(own, key, 100).unwrap();
        assert_eq!((hold.by, hold.position), (HeldBy::Descriptor, Some(100)));
        assert!(open_files(own).iter().any(|open| open.key == key && open.size == 100 && open.path == file.path()));
        assert!(holder(own).unwrap().started > 0);
        assert!(is_own(own));
        assert!(pids(&[]).contains(&own));
        assert!(!pids(&[own]).contains(&own));
    }
}
