//! Cameras and microphones, as the kernel shows them to any program. No device is opened.

use std::io::Read as _;
use std::path::Path;

/// Processes, and open files of each, that are looked at: beyond any desktop.
const MOST: usize = 1 << 14;
/// Open files that are looked at in all: some 0.1 s.
const MOST_FILES: usize = 1 << 17;

/// Whether a program of this account has a camera open. What does not let itself be looked into counts as none.
pub(super) fn camera(root: &Path) -> Option<bool> {
    let mut devices = fs_err::read_dir(root.join("dev")).ok()?.take(MOST).flatten();
    if !devices.any(|device| is_camera(Path::new("/dev").join(device.file_name()).as_path())) {
        return Some(false);
    }
    let processes = fs_err::read_dir(root.join("proc")).ok()?.take(MOST).flatten();
    let processes = processes.filter(|entry| entry.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok()));
    let files =
        processes.flat_map(|process| fs_err::read_dir(process.path().join("fd")).into_iter().flatten().take(MOST).flatten());
    Some(files.take(MOST_FILES).any(|file| fs_err::read_link(file.path()).is_ok_and(|target| is_camera(&target))))
}

/// `/dev/video0` and the like (Linux allocated devices, major 81).
fn is_camera(path: &Path) -> bool {
    let name = path.strip_prefix("/dev").ok().and_then(Path::to_str).and_then(|name| name.strip_prefix("video"));
    name.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a sound card records now: `/proc/asound/card0/pcm0c/sub0/status`, where *c* is capture. `None` without such cards.
pub(super) fn microphone(root: &Path) -> Option<bool> {
    let within = |folder: &Path, begins: &'static str| {
        let entries = fs_err::read_dir(folder).into_iter().flatten().take(MOST).flatten();
        entries
            .filter(move |entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(begins)))
            .map(|entry| entry.path())
    };
    let asound = root.join("proc/asound");
    let mut streams = within(&asound, "card")
        .flat_map(|card| within(&card, "pcm"))
        .filter(|stream| stream.as_os_str().as_encoded_bytes().ends_with(b"c"))
        .flat_map(|stream| within(&stream, "sub"))
        .take(MOST);
    asound.is_dir().then(|| streams.any(|stream| records(&stream.join("status"))))
}

fn records(status: &Path) -> bool {
    let mut text = String::new();
    let read = fs_err::File::open(status).and_then(|file| file.take(1024).read_to_string(&mut text));
    read.is_ok() && text.lines().any(|line| line.trim() == "state: RUNNING")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn holds(root: &Path, pid: &str, device: &str) {
        let folder = root.join("proc").join(pid).join("fd");
        fs_err::create_dir_all(&folder).unwrap();
        symlink("/dev/null", folder.join("0")).unwrap();
        symlink(device, folder.join("7")).unwrap();
    }

    #[test]
    fn a_camera_is_in_use_while_a_process_has_it_open() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert_eq!(camera(root), None, "nothing is known of a computer without devices");
        write(root, "dev/null", "");
        holds(root, "41", "/dev/video0");
        assert_eq!(camera(root), Some(false), "there is no camera");
        write(root, "dev/video0", "");
        assert_eq!(camera(root), Some(true));
        fs_err::remove_dir_all(root.join("proc/41")).unwrap();
        for (pid, other) in [("1", "/dev/videotape"), ("2", "/home/ada/dev/video0"), ("self", "/dev/video0"), ("3", "/dev/video")]
        {
            holds(root, pid, other);
            assert_eq!(camera(root), Some(false), "{other}");
        }
    }

    #[test]
    fn a_microphone_is_in_use_while_a_card_records() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert_eq!(microphone(root), None);
        let running = "state: RUNNING\nowner_pid   : 1234\ntrigger_time: 99.1\n";
        write(root, "proc/asound/card0/pcm0p/sub0/status", running);
        write(root, "proc/asound/card0/pcm0c/info", running);
        write(root, "proc/asound/card0/pcm0c/sub0/status", "closed\n");
        assert_eq!(microphone(root), Some(false), "sound comes out of it");
        write(root, "proc/asound/card1/pcm2c/sub0/status", "state: PREPARED\n");
        assert_eq!(microphone(root), Some(false));
        write(root, "proc/asound/card1/pcm2c/sub1/status", running);
        assert_eq!(microphone(root), Some(true));
    }
}
