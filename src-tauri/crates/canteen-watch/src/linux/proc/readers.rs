//! Tools that read any file and run no model, however long they have it open or in memory: an archiver with a large window, a search
//! that maps what it looks through, an editor. Names never make a use; here one is no use, and only for a program that no ordinary
//! account could have put there.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{FileKey, path_of};

/// Where systems keep programs that only an administrator may change.
const SYSTEM: [&str; 3] = ["/usr/", "/bin/", "/sbin/"];

/// File names of the programs.
#[rustfmt::skip]
const READERS: [&str; 95] = [
    // Copies, looks and comparisons.
    "cp", "mv", "dd", "cat", "install", "head", "tail", "less", "more", "od", "hexdump", "xxd", "strings", "file", "cmp", "diff",
    "split", "csplit", "wc", "base64", "shred", "cksum", "sum", "b2sum", "b3sum", "md5sum", "sha1sum", "sha224sum", "sha256sum",
    "sha384sum", "sha512sum", "openssl", "gpg",
    // Editors.
    "vim", "vim.basic", "vim.tiny", "vim.gtk3", "nvim", "nano", "emacs", "emacs-gtk", "emacs-nox", "ghex", "okteta",
    // Archives.
    "tar", "bsdtar", "cpio", "zip", "unzip", "7z", "7za", "7zr", "7zz", "gzip", "pigz", "bzip2", "pbzip2", "xz", "zstd", "lz4",
    "brotli", "file-roller", "ark",
    // Backups and transfers.
    "rsync", "scp", "sftp", "sftp-server", "ssh", "rclone", "restic", "kopia", "curl", "wget",
    // Searches, versions, scanners, indexes and file managers.
    "grep", "rg", "ag", "ugrep", "git", "git-lfs", "clamscan", "clamdscan", "clamd", "tracker-extract-3", "tracker-miner-fs-3",
    "localsearch-3", "baloo_file", "baloo_file_extractor", "nautilus", "dolphin", "thunar", "nemo", "caja", "pcmanfm", "gvfsd",
    "gvfsd-fuse",
];

/// It is such a program, as the system has it; or Canteen itself: its command line looks into files, and two hosts meet when one
/// takes the other's place.
pub(crate) fn is_reader(pid: u32) -> bool {
    let link = path_of(pid, "exe");
    let Ok(path) = fs_err::read_link(&link) else { return false };
    if is_ours(&path) {
        return true;
    }
    let known = path.file_name().is_some_and(|name| READERS.iter().any(|reader| name == *reader));
    if !known || !SYSTEM.iter().any(|folder| path.starts_with(folder)) {
        return false;
    }
    // With mounts of its own it may call anything by that name.
    let (Ok(runs), Ok(named)) = (fs_err::metadata(link), fs_err::metadata(path)) else { return false };
    FileKey::of(&runs) == FileKey::of(&named) && named.uid() == 0 && named.mode() & 0o022 == 0
}

/// A program of Canteen that lies beside this one.
fn is_ours(path: &Path) -> bool {
    let beside = || fs_err::read_link("/proc/self/exe").ok().is_some_and(|own| own.parent() == path.parent());
    path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"canteen")) && beside()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// Whether a program that waits for its input is such a tool.
    fn asked(program: &std::path::Path) -> bool {
        let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        // Until the new program has taken the place of this one.
        let own = fs_err::read_link("/proc/self/exe").unwrap();
        while fs_err::read_link(path_of(child.id(), "exe")).is_ok_and(|exe| exe == own) {
            std::thread::yield_now();
        }
        let is = is_reader(child.id());
        child.kill().unwrap();
        child.wait().unwrap();
        is
    }

    #[test]
    fn a_tool_of_the_system_is_one_and_a_copy_of_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("cat");
        fs_err::copy("/bin/cat", &copy).unwrap();
        assert!(asked("/bin/cat".as_ref()));
        assert!(!asked(&copy), "anybody may have put that there");
        assert!(is_reader(std::process::id()), "a program of Canteen beside this one");
    }
}
