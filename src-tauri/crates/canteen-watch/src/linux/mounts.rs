//! What is mounted: a stick, an image, a folder bound to another place. The kernel wakes whoever waits at the list.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use crate::opener;

/// Some 20,000 mounts.
const LONGEST: u64 = 4 << 20;
/// File systems without files of anybody, and those that only come into being when they are looked at.
const NOTHING_IN: [&str; 20] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "sysfs",
    "tracefs",
];
/// On another computer, or behind a program: who does not answer would hold the watch up for ever. Weights there are found when
/// they are used.
const FAR_AWAY: [&str; 10] = ["9p", "afs", "ceph", "cifs", "glusterfs", "ncpfs", "nfs", "nfs4", "smb3", "fuse"];
/// Of the system. What people plug in comes under `/run/media`.
const NOT_BELOW: [&str; 5] = ["/proc", "/sys", "/dev", "/snap", "/run"];
const PLUGGED_IN: &str = "/run/media";

/// Mount points that came and went.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) new: Vec<PathBuf>,
    pub(super) gone: Vec<PathBuf>,
}

/// The list, kept open.
#[derive(Debug)]
pub(super) struct Mounts {
    list: fs_err::File,
    /// By the mount's number: the same point may be mounted over.
    known: BTreeMap<u64, PathBuf>,
}

impl Mounts {
    pub(super) fn open() -> std::io::Result<Self> {
        let mut mounts = Self { list: opener::mounts()?, known: BTreeMap::new() };
        mounts.known = mounts.read()?;
        Ok(mounts)
    }

    /// Compares with the last time.
    pub(super) fn changes(&mut self) -> Changes {
        let Ok(now) = self.read() else { return Changes::default() };
        let missing = |these: &BTreeMap<u64, PathBuf>, from: &BTreeMap<u64, PathBuf>| -> Vec<PathBuf> {
            these.iter().filter(|(number, _)| !from.contains_key(number)).map(|(_, point)| point.clone()).collect()
        };
        let changes = Changes { new: missing(&now, &self.known), gone: missing(&self.known, &now) };
        self.known = now;
        changes
    }

    /// `/proc` was mounted so that other users' processes cannot be seen at all.
    pub(super) fn hide_others(&mut self) -> bool {
        let text = self.text().unwrap_or_default();
        let mut lines = text.split(|byte| *byte == b'\n');
        // What was mounted last lies on top.
        lines.rfind(|line| line.split(|byte| *byte == b' ').nth(4) == Some(b"/proc")).is_some_and(|line| {
            let line = String::from_utf8_lossy(line);
            ["hidepid=1", "hidepid=2", "hidepid=4", "hidepid=noaccess", "hidepid=invisible", "hidepid=ptraceable"]
                .iter()
                .any(|how| line.split([' ', ',']).any(|option| option == *how))
        })
    }

    fn read(&mut self) -> std::io::Result<BTreeMap<u64, PathBuf>> {
        Ok(self.text()?.split(|byte| *byte == b'\n').filter_map(mount).collect())
    }

    fn text(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.list.seek(SeekFrom::Start(0))?;
        (&mut self.list).take(LONGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl AsFd for Mounts {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.list.as_fd()
    }
}

/// `number parent major:minor root point options [optional …] - type source options`, of interest.
fn mount(line: &[u8]) -> Option<(u64, PathBuf)> {
    let mut fields = line.split(|byte| *byte == b' ');
    let number = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    let point = PathBuf::from(std::ffi::OsString::from_vec(plain(fields.nth(3)?)));
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    let is_one_of = |names: &[&str]| names.iter().any(|name| name.as_bytes() == kind);
    let nothing = is_one_of(&NOTHING_IN) || is_one_of(&FAR_AWAY) || kind.starts_with(b"fuse.");
    let of_system = NOT_BELOW.iter().any(|folder| point.starts_with(folder)) && !point.starts_with(PLUGGED_IN);
    (!nothing && !of_system && point != Path::new("/")).then_some((number, point))
}

/// Blanks, tabs, line breaks and backslashes are written as `\040` and the like.
fn plain(field: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(field.len()), field);
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'\\').then(|| after.split_at_checked(3)).flatten();
        let byte = escaped.and_then(|(digits, _)| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        (rest, _) = match (byte, escaped) {
            (Some(byte), Some((_, behind))) => (behind, bytes.push(byte)),
            _ => (after, bytes.push(*first)),
        };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_of_the_list_are_read() {
        let line = |text: &str| mount(text.as_bytes());
        let stick = "140 28 8:17 / /media/ada/my\\040stick rw,nosuid - vfat /dev/sdb1 rw";
        assert_eq!(line(stick), Some((140, "/media/ada/my stick".into())));
        let with_tags = "141 28 0:50 /models /srv/x rw shared:7 master:3 - ext4 /dev/sda1 rw";
        assert_eq!(line(with_tags), Some((141, "/srv/x".into())));
        assert!(line("142 28 8:33 / /run/media/ada/disk rw - ext4 /dev/sdc1 rw").is_some());
        for other in [
            "22 28 0:21 / /proc rw - proc proc rw",
            "23 28 0:22 / /run/lock rw - tmpfs tmpfs rw",
            "28 1 8:1 / / rw - ext4 /dev/sda1 rw",
            "24 28 0:23 / /mnt/auto rw - autofs auto rw",
            "25 28 0:24 / /mnt/share rw - nfs4 server:/models rw",
            "26 28 0:25 / /home/ada/far rw - fuse.sshfs server: rw",
            "140 28 8:17 / /media/x rw",
            "",
        ] {
            assert_eq!(line(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(line in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(plain(&line).len() <= line.len());
            let _read = mount(&line);
        }
    }
}
