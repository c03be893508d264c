//! Which files a process maps or has open.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::opener::{OfProcess, of_process};

use super::{FileKey, Hold, How, path_of, sample, small};

/// Longest maps file that is read: some 100,000 lines.
const LONGEST_MAPS: u64 = 16 << 20;
/// Most descriptors of one process that are looked at.
const MOST_DESCRIPTORS: usize = 65_536;

/// A mapping of a file, without execute permission.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) key: FileKey,
    pub(crate) bytes: u64,
    /// Where in the file it begins.
    pub(crate) offset: u64,
    pub(crate) path: PathBuf,
    /// Its addresses, as its link in `map_files` is called.
    pub(crate) range: String,
}

/// File mappings of a process. None for one that forbids a closer look.
pub(crate) fn mappings(pid: u32) -> Vec<Mapping> {
    let Ok(file) = of_process(pid, OfProcess::Maps) else { return Vec::new() };
    BufReader::new(file.take(LONGEST_MAPS)).split(b'\n').map_while(Result::ok).filter_map(|line| mapping(&line)).collect()
}

/// `start-end perms offset major:minor inode   path`, the path in whatever bytes the file is called by.
fn mapping(line: &[u8]) -> Option<Mapping> {
    let mut parts = line.splitn(6, |byte| *byte == b' ');
    let mut fields = std::iter::from_fn(|| std::str::from_utf8(parts.next()?).ok()).take(5);
    let range = fields.next()?.to_owned();
    let (start, end) = range.split_once('-')?;
    let bytes = u64::from_str_radix(end, 16).ok()?.checked_sub(u64::from_str_radix(start, 16).ok()?)?;
    let permissions = fields.next()?;
    let offset = u64::from_str_radix(fields.next()?, 16).ok()?;
    let (major, minor) = fields.next()?.split_once(':')?;
    let device = rustix::fs::makedev(u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
    let inode = fields.next()?.parse().ok().filter(|inode| *inode != 0)?;
    let executes = permissions.contains('x');
    let path = unbroken(parts.next().unwrap_or_default().trim_ascii_start());
    (!executes).then_some(Mapping { key: FileKey { device, inode }, bytes, offset, path, range })
}

/// The kernel writes a line break in a name as `\012`, and everything else as it is.
fn unbroken(path: &[u8]) -> PathBuf {
    let (mut bytes, mut rest) = (Vec::with_capacity(path.len()), path);
    while let Some((first, after)) = rest.split_first() {
        let (byte, behind) = rest.strip_prefix(b"\\012").map_or((*first, after), |behind| (b'\n', behind));
        bytes.push(byte);
        rest = behind;
    }
    PathBuf::from(OsStr::from_bytes(&bytes))
}

impl Mapping {
    /// Which of these files it is. Some file systems (btrfs, overlays) give another device here than `stat` does: then the path
    /// tells, as this process sees it.
    fn among(&self, pid: u32, wanted: &BTreeMap<FileKey, u64>) -> Option<FileKey> {
        if wanted.contains_key(&self.key) {
            return Some(self.key);
        }
        let perhaps = wanted.keys().any(|key| key.inode == self.key.inode);
        perhaps.then(|| self.resolved(pid)).filter(|key| wanted.contains_key(key))
    }

    /// The key as `stat` gives it, where the path still leads to the same inode.
    pub(crate) fn resolved(&self, pid: u32) -> FileKey {
        let inside = super::inside(pid, &self.path);
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

pub(super) fn descriptors(pid: u32) -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = fs_err::read_dir(path_of(pid, "fd")).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).take(MOST_DESCRIPTORS)
}

/// Which of these files, with their sizes, `pid` holds now.
pub(crate) fn holds(pid: u32, wanted: &BTreeMap<FileKey, u64>) -> Vec<(FileKey, Hold)> {
    let Some(memory) = super::memory(pid) else { return Vec::new() };
    let mut found: BTreeMap<FileKey, How> = BTreeMap::new();
    // Who has less address space than an eighth of a file maps no useful part of it: most processes need no closer look.
    if wanted.values().any(|size| memory.space >= size / 8) {
        let mapped = mappings(pid).into_iter().filter_map(|mapping| mapping.among(pid, wanted));
        found.extend(mapped.map(|key| (key, How::Mapped)));
    }
    for (descriptor, link) in descriptors(pid) {
        let Ok(key) = fs_err::metadata(link).map(|metadata| FileKey::of(&metadata)) else { continue };
        if wanted.contains_key(&key) && !found.contains_key(&key) {
            let position = small(pid, OfProcess::DescriptorInfo(descriptor)).and_then(|text| position(&text));
            found.insert(key, How::Open { position });
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let Some(sample) = sample(pid) else { return Vec::new() };
    found.into_iter().map(|(key, how)| (key, Hold { how, sample })).collect()
}

fn position(fdinfo: &str) -> Option<u64> {
    fdinfo.lines().find_map(|line| line.strip_prefix("pos:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_maps_are_read() {
        let line = "7f00-8f00 r--s 00001000 fe:00 1234                       /home/ada/my models/a.gguf";
        let mapping = mapping(line.as_bytes()).unwrap();
        assert_eq!((mapping.bytes, mapping.offset, mapping.key.inode), (0x1000, 0x1000, 1234));
        assert_eq!(mapping.path, PathBuf::from("/home/ada/my models/a.gguf"));
        assert_eq!(mapping.key.device, rustix::fs::makedev(0xfe, 0));
        for other in ["7f00-8f00 r-xp 0 fe:00 12 /bin/sh", "7f00-8f00 rw-p 0 00:00 0 [heap]", "", "x"] {
            assert!(super::mapping(other.as_bytes()).is_none(), "{other}");
        }
        let odd = b"7f00-8f00 r--s 0 fe:00 12  /m/two\\012lines \xff";
        assert_eq!(super::mapping(odd).unwrap().path.as_os_str().as_bytes(), b"/m/two\nlines \xff");
    }

    #[test]
    fn a_mapping_is_known_by_its_path_where_the_device_differs() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let key = FileKey::of(&file.as_file().metadata().unwrap());
        let (own, wanted) = (std::process::id(), [(key, 1)].into());
        let other_device = FileKey { device: key.device ^ 1, ..key };
        let mapping = Mapping { key: other_device, bytes: 1, offset: 0, path: file.path().to_owned(), range: String::new() };
        assert_eq!(mapping.among(own, &wanted), Some(key));
        assert_eq!(mapping.resolved(own), key);
        let elsewhere = Mapping { path: PathBuf::from("/proc/self/status"), ..mapping };
        assert_eq!(elsewhere.among(own, &wanted), None, "the same inode on another device is another file");
    }

    #[test]
    fn the_position_of_a_descriptor_is_read() {
        assert_eq!(position("pos:\t4096\nflags:\t0100000\n"), Some(4096));
        assert_eq!(position("flags:\t0"), None);
    }

    #[test]
    fn this_process_holds_what_it_has_open() {
        use std::io::Write as _;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[7; 100]).unwrap();
        let (own, key) = (std::process::id(), FileKey::of(&file.as_file().metadata().unwrap()));
        let other = FileKey { device: key.device, inode: u64::MAX };
        let found = holds(own, &[(key, 100), (other, 100)].into());
        assert_eq!(
            found.iter().map(|(key, hold)| (*key, hold.how)).collect::<Vec<_>>(),
            [(key, How::Open { position: Some(100) })]
        );
        assert!(open_files(own).iter().any(|open| open.key == key && open.size == 100 && open.path == file.path()));
    }
}
