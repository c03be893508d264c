//! Linux.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::Path;

use crate::FileIdentity;

/// Folders below the home folder that are left alone: none. What is mounted into it is another file system.
pub(super) const RESERVED: [&str; 0] = [];

/// File systems on another computer or behind a program, by the number that `statfs` gives (linux/magic.h): NFS, SMB and CIFS, FUSE,
/// 9P, AFS (both), Ceph, Coda, and folders that are mounted when somebody looks.
const FAR_AWAY: [u32; 11] = [
    0x6969,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x6573_5546,
    0x0102_1997,
    0x5346_414f,
    0x6b41_4653,
    0x00c3_6400,
    0x7375_7245,
    0x0187,
];

/// On this computer. Where the system does not tell: no, for who does not answer would hold the look up for ever.
pub(super) fn is_near(root: &Path) -> bool {
    // Its numbers have 32 bits, and some systems extend them with their sign.
    rustix::fs::statfs(root).is_ok_and(|system| !FAR_AWAY.iter().any(|far| i64::from(*far) == system.f_type & 0xffff_ffff))
}

/// Which file that is; `metadata` is of itself, not of what a link leads to.
pub(super) fn identity(_: &Path, metadata: &Metadata) -> Option<FileIdentity> {
    Some(FileIdentity::of(metadata))
}

/// Whether two names mean one file.
pub(super) fn is_same_name(a: &OsStr, b: &OsStr) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_near_and_what_is_not_there_is_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(is_near(folder.path()));
        assert!(!is_near(&folder.path().join("missing")));
    }
}
