//! What the system itself says about the file cache and about priorities.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "helpers of tests")]

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};

use canteen_files::{Gentle, Pace, open_plainly};
use rustix::fs::{Advice, fadvise};

const MIB: usize = 1 << 20;
const SIZE: usize = 24 * MIB;
const PAGE: usize = 4096;

/// On the disk that is built on: a file system in memory has no cache to flood.
struct Written {
    _folder: tempfile::TempDir,
    path: PathBuf,
    file: fs_err::File,
}

fn written() -> Written {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("weights");
    let mut file = fs_err::File::create(&path).unwrap();
    file.write_all(&(0..SIZE).map(|at| (at / 4099) as u8).collect::<Vec<_>>()).unwrap();
    file.sync_all().unwrap();
    let file = open_plainly(&path).unwrap();
    Written { _folder: folder, path, file }
}

impl Written {
    fn send_away(&self) {
        fadvise(&self.file, 0, None, Advice::DontNeed).unwrap();
    }

    fn fetch(&self) {
        std::io::copy(&mut open_plainly(&self.path).unwrap(), &mut std::io::sink()).unwrap();
    }

    /// Pages in the cache, of all of the file or of a part of it.
    fn cached(&self, from: usize, count: usize) -> usize {
        let mut pages = vec![0_u8; count / PAGE];
        let from = libc::off_t::try_from(from).unwrap();
        // SAFETY: the mapping is new, is not read, and is given back with the length it was made with; `pages` has a byte a page.
        #[expect(unsafe_code, reason = "neither std nor rustix asks what is cached")]
        unsafe {
            let map = libc::mmap(std::ptr::null_mut(), count, libc::PROT_READ, libc::MAP_SHARED, self.file.as_raw_fd(), from);
            assert_ne!(map, libc::MAP_FAILED);
            assert_eq!(libc::mincore(map, count, pages.as_mut_ptr()), 0);
            libc::munmap(map, count);
        }
        pages.iter().filter(|page| **page & 1 == 1).count()
    }

    fn all_cached(&self) -> usize {
        self.cached(0, SIZE)
    }
}

fn read_whole(path: &Path) {
    let mut source = Gentle::new(open_plainly(path).unwrap());
    let mut bytes = Vec::new();
    let mut piece = vec![0; MIB / 4];
    loop {
        let count = source.read(&mut piece).unwrap();
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&piece[..count]);
    }
    assert!(bytes.len() == SIZE && bytes.iter().enumerate().all(|(at, byte)| *byte == (at / 4099) as u8));
}

#[test]
fn what_was_not_cached_leaves_next_to_nothing_behind() {
    let file = written();
    file.send_away();
    assert_eq!(file.all_cached(), 0, "this disk's cache cannot be emptied: nothing can be told");
    read_whole(&file.path);
    assert!(file.all_cached() < SIZE / PAGE / 20, "{} of {} pages", file.all_cached(), SIZE / PAGE);
    // And an ordinary reader leaves all of it, so there was something to leave.
    file.fetch();
    assert_eq!(file.all_cached(), SIZE / PAGE);
}

#[test]
fn what_was_cached_stays() {
    let file = written();
    // As a reader leaves it: what was just written lies there in pieces that are too large to be sent away in part.
    file.send_away();
    file.fetch();
    assert_eq!(file.all_cached(), SIZE / PAGE);
    read_whole(&file.path);
    // A computer that is short of memory may have taken a few.
    assert!(file.all_cached() > SIZE / PAGE * 19 / 20, "{} of {} pages", file.all_cached(), SIZE / PAGE);
}

#[test]
fn of_a_file_that_was_cached_in_part_that_part_stays() {
    let file = written();
    file.send_away();
    let mut other = open_plainly(&file.path).unwrap();
    fadvise(&other, 0, None, Advice::Random).unwrap();
    other.seek(SeekFrom::Start(8 * MIB as u64)).unwrap();
    other.read_exact(&mut vec![0; 4 * MIB]).unwrap();
    assert_eq!(file.all_cached(), 4 * MIB / PAGE);
    read_whole(&file.path);
    assert!(file.cached(8 * MIB, 4 * MIB) > 4 * MIB / PAGE * 19 / 20);
    assert!(file.all_cached() < (4 * MIB + SIZE / 20) / PAGE, "{}", file.all_cached());
}

#[test]
fn a_few_bytes_here_and_there_neither_fetch_nor_leave_more() {
    let file = written();
    file.send_away();
    let mut source = Gentle::new(open_plainly(&file.path).unwrap());
    let mut byte = [0];
    for at in [0, 20, 5, 11, 3, 17, 8] {
        let place = at * MIB + 100_000;
        source.seek(SeekFrom::Start(place as u64)).unwrap();
        source.read_exact(&mut byte).unwrap();
        assert_eq!(byte[0], (place / 4099) as u8);
        assert!(file.all_cached() < 64, "{} pages for a byte", file.all_cached());
    }
    drop(source);
    assert_eq!(file.all_cached(), 0);
}

/// Niceness and class of reading of the calling thread.
fn priority() -> (i64, libc::c_long) {
    let stat = fs_err::read_to_string("/proc/thread-self/stat").unwrap();
    // Behind the name, which may hold anything: the 19th field of proc(5).
    let nice = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(16).unwrap().parse().unwrap();
    // SAFETY: no memory is passed; 1 and 0 stand for the calling thread.
    #[expect(unsafe_code, reason = "nothing else tells the priority of reading")]
    let class = unsafe { libc::syscall(libc::SYS_ioprio_get, 1, 0) };
    (nice, class >> 13)
}

#[test]
fn an_idle_thread_has_the_lowest_priority_and_no_other_thread_has() {
    let before = priority();
    let idle = std::thread::spawn(|| {
        Pace::Idle.keep().unwrap();
        // What it starts has it as well.
        (priority(), std::thread::spawn(priority).join().unwrap())
    });
    assert_eq!(idle.join().unwrap(), ((19, 3), (19, 3)));
    assert_eq!(priority(), before);
    let busy = std::thread::spawn(|| {
        Pace::AllCores.keep().unwrap();
        priority()
    });
    assert_eq!(busy.join().unwrap(), before);
    assert_eq!(Pace::Idle.threads().get(), 1);
}

#[test]
fn neither_a_link_nor_a_pipe_is_followed() {
    let file = written();
    let link = file.path.with_extension("link");
    fs_err::os::unix::fs::symlink(&file.path, &link).unwrap();
    assert!(open_plainly(&link).is_err());
    let pipe = file.path.with_extension("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    assert!(!open_plainly(&pipe).unwrap().metadata().unwrap().is_file(), "opened without waiting for its other end");
}
