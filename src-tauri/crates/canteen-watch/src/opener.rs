//! The only place in this crate that opens anything. What Canteen reads of a computer stands here, whole: large regular files that
//! may be weights, the file that the person named, a few entries of a process in `/proc`, and the list of mounts. macOS and Windows
//! are asked about processes by calls that open none of their files (`macos/calls.rs`, `windows/calls.rs`), NVIDIA's library where it
//! is there (`linux/graphics/nvidia.rs`). Folders are
//! listed elsewhere, which tells names and no content (those that a program works in or names, too). A test holds the other files to that, another one the running watch.

use std::io;
use std::path::Path;

use canteen_types::ByteSize;
use fs_err::File;

/// What stays the least size, whatever the rules say: documents, letters and pictures are smaller.
pub const SMALLEST: ByteSize = ByteSize::new(16 << 20);

/// A file that may be weights: regular, and at least so large. Nothing of any other is read.
pub(crate) fn candidate(path: &Path, least: ByteSize) -> io::Result<File> {
    judged(without_waiting(path)?, least)
}

/// The same, of a file itself: a link to one is refused.
pub(crate) fn plain_candidate(path: &Path, least: ByteSize) -> io::Result<File> {
    judged(canteen_files::open_plainly(path)?, least)
}

fn judged(file: File, least: ByteSize) -> io::Result<File> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() >= least.bytes() && !is_away(&metadata) {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Its bytes lie in the cloud alone: a read would fetch them all.
#[cfg(target_os = "macos")]
pub(crate) fn is_away(metadata: &std::fs::Metadata) -> bool {
    use std::os::macos::fs::MetadataExt as _;
    /// `SF_DATALESS`
    const DATALESS: u32 = 0x4000_0000;
    metadata.st_flags() & DATALESS != 0
}

/// Its bytes lie in the cloud or on tape alone: a read would fetch them all.
#[cfg(windows)]
pub(crate) fn is_away(metadata: &std::fs::Metadata) -> bool {
    use std::os::windows::fs::MetadataExt as _;
    /// `FILE_ATTRIBUTE_OFFLINE`, `FILE_ATTRIBUTE_RECALL_ON_OPEN`, `FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS`
    const AWAY: u32 = 0x1000 | 0x4_0000 | 0x40_0000;
    metadata.file_attributes() & AWAY != 0
}

/// File systems of Linux do not say so.
#[cfg(target_os = "linux")]
pub(crate) const fn is_away(_: &std::fs::Metadata) -> bool {
    false
}

/// The file that the person named; what it is, is judged by whoever asked.
pub(crate) fn named(path: &Path) -> io::Result<File> {
    without_waiting(path)
}

/// For reading, and without waiting: a pipe may have taken a file's place since it was looked at. When a file was read last is left
/// as it was, for it tells what others did; of files that belong to somebody else only an administrator may leave it.
#[cfg(target_os = "linux")]
fn without_waiting(path: &Path) -> io::Result<File> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    use rustix::fs::OFlags;
    let open = |flags: OFlags| fs_err::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    let plainly = OFlags::NONBLOCK | OFlags::NOCTTY;
    let opened = open(plainly | OFlags::NOATIME);
    if opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) { open(plainly) } else { opened }
}

#[cfg(not(target_os = "linux"))]
fn without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// A file or folder whose identity is wanted, of which nothing may be read.
#[cfg(windows)]
pub(crate) fn unread(path: &Path) -> io::Result<File> {
    use fs_err::os::windows::fs::OpenOptionsExt as _;
    /// `FILE_FLAG_OPEN_NO_RECALL`: what lies in the cloud stays there. `FILE_FLAG_BACKUP_SEMANTICS`: folders, too.
    const FLAGS: u32 = 0x10_0000 | 0x200_0000;
    fs_err::OpenOptions::new().access_mode(0).custom_flags(FLAGS).open(path)
}

/// What is read of a process.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug)]
pub(crate) enum OfProcess {
    /// Which files it maps.
    Maps,
    /// How much memory it has.
    Statm,
    /// Its computing time and its start.
    Stat,
    /// How much it has read and written.
    Io,
    /// What it calls itself.
    Comm,
    /// How it was started; of it only the path of a model is kept.
    Cmdline,
    /// Where its reading of an open file stands.
    DescriptorInfo(u32),
}

/// Opens one entry of a process.
#[cfg(target_os = "linux")]
pub(crate) fn of_process(pid: u32, what: OfProcess) -> io::Result<File> {
    let below = match what {
        OfProcess::Maps => "maps",
        OfProcess::Statm => "statm",
        OfProcess::Stat => "stat",
        OfProcess::Io => "io",
        OfProcess::Comm => "comm",
        OfProcess::Cmdline => "cmdline",
        OfProcess::DescriptorInfo(number) => return File::open(format!("/proc/{pid}/fdinfo/{number}")),
    };
    File::open(format!("/proc/{pid}/{below}"))
}

/// The list of mounts, to read and to wait at.
#[cfg(target_os = "linux")]
pub(crate) fn mounts() -> io::Result<File> {
    File::open("/proc/self/mountinfo")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of this crate, without those of tests.
    fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs_err::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() && !path.ends_with("tests") => sources(&path, found),
                path if path.ends_with("tests.rs") || path.ends_with("testing.rs") => {}
                path if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
                _ => {}
            }
        }
    }

    /// Calls of macOS that say something about a process and open nothing.
    const ASKS: [&str; 7] =
        ["geteuid", "mach_timebase_info", "proc_listpids", "proc_pid_rusage", "proc_pidfdinfo", "proc_pidinfo", "proc_pidpath"];

    fn libc_calls(code: &str) -> impl Iterator<Item = &str> {
        code.split("libc::").skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
            rest.get(end..)?.starts_with('(').then(|| rest.get(..end))?
        })
    }

    #[test]
    fn nothing_is_opened_anywhere_else() {
        let mut all = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
        assert!(all.len() > 20, "{}", all.len());
        for path in all.iter().filter(|path| !path.ends_with("opener.rs")) {
            let text = fs_err::read_to_string(path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let opens = [
                "File::open",
                "OpenOptions",
                "File::options",
                "fs_err::read(",
                "read_to_string(",
                "fs::read(",
                "fs::open",
                "openat",
                "open_plainly",
                "CreateFile",
                "NtOpenFile",
                "ReadFile",
                "ReadProcessMemory",
            ];
            let unlisted = libc_calls(code).find(|call| !ASKS.contains(call));
            let how = opens.into_iter().filter(|how| code.contains(how)).chain(unlisted).next();
            assert_eq!(how, None, "{} opens by that", path.display());
        }
    }

    #[test]
    fn what_is_small_or_no_regular_file_is_refused_unread() {
        let folder = tempfile::tempdir().unwrap();
        let (small, large) = (folder.path().join("letter.gguf"), folder.path().join("large"));
        fs_err::write(&small, b"GGUF and what was written to a friend").unwrap();
        fs_err::File::create(&large).unwrap().set_len(SMALLEST.bytes()).unwrap();
        assert!(candidate(&small, SMALLEST).is_err());
        assert!(candidate(folder.path(), ByteSize::new(0)).is_err());
        assert!(plain_candidate(&small, SMALLEST).is_err() && plain_candidate(&large, SMALLEST).is_ok());
        assert_eq!(candidate(&large, SMALLEST).unwrap().metadata().unwrap().len(), SMALLEST.bytes());
    }
}
