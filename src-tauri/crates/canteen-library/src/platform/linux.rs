use std::ffi::OsString;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// Longest list of mounts that is read, in bytes.
const LONGEST: u64 = 4 << 20;
/// File systems whose bytes lie on another computer. A `fuse` one without a block device is mostly `sshfs` or `rclone`.
const NETWORK: [&str; 14] =
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "9p", "virtiofs", "davfs", "coda"];

/// On a server. `folder` must be there.
pub(crate) fn on_network(folder: &Path) -> io::Result<bool> {
    let folder = fs_err::canonicalize(folder)?;
    let mut text = Vec::new();
    fs_err::File::open("/proc/self/mountinfo")?.take(LONGEST).read_to_end(&mut text)?;
    Ok(kind_at(&text, &folder).is_some_and(|kind| is_network(&kind)))
}

fn is_network(kind: &str) -> bool {
    NETWORK.contains(&kind) || kind.starts_with("fuse.")
}

/// The kind of file system that `path` lies on, by the lines of `mountinfo` (proc(5)): the deepest mount around it, and of several
/// at one place the last.
fn kind_at(mountinfo: &[u8], path: &Path) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for line in mountinfo.split(|byte| *byte == b'\n') {
        let mut fields = line.split(|byte| *byte == b' ');
        let Some(place) = fields.by_ref().nth(4).map(unescaped) else { continue };
        let kind = fields.skip_while(|field| *field != b"-").nth(1).map(|kind| String::from_utf8_lossy(kind).into_owned());
        let depth = place.components().count();
        if path.starts_with(&place)
            && best.as_ref().is_none_or(|(deepest, _)| depth >= *deepest)
            && let Some(kind) = kind
        {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

/// Blanks and the like stand there as `\040`.
fn unescaped(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, tail)) = rest.split_first() {
        let octal = tail.get(..3).filter(|_| *first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        match octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &[u8] = b"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /home/ada/share\\040one rw shared:5 master:2 - cifs //server/share rw
31 22 8:17 / /media/ada/Disk rw - fuseblk /dev/sdb1 rw
32 22 0:40 / /mnt/far rw - fuse.sshfs ada@server: rw
33 22 0:41 / /mnt rw - nfs4 server:/x rw
34 33 8:33 / /mnt rw - xfs /dev/sdc1 rw
";

    #[test]
    fn the_deepest_and_last_mount_says_what_a_folder_lies_on() {
        for (path, network) in [
            ("/home/ada", false),
            ("/home/ada/share one", true),
            ("/home/ada/share one/models", true),
            ("/home/ada/share", false),
            ("/media/ada/Disk/models", false),
            ("/mnt/far/models", true),
            ("/mnt/near", false),
        ] {
            assert_eq!(is_network(&kind_at(MOUNTS, Path::new(path)).unwrap()), network, "{path}");
        }
        assert_eq!(kind_at(b"", Path::new("/x")), None);
    }

    #[test]
    fn this_computer_s_own_folder_is_local() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!on_network(folder.path()).unwrap());
    }

    proptest::proptest! {
        #[test]
        fn no_list_of_mounts_panics(bytes: Vec<u8>) {
            drop(kind_at(&bytes, Path::new("/a/b")));
        }
    }
}
