//! Linux. Nothing tells it to read past the file cache and yet ahead, so what came into it is sent away again behind the reader.

use std::io::{self, IoSliceMut};
use std::num::NonZeroU64;

use rustix::fs::{Advice, fadvise};
use rustix::io::{Errno, ReadWriteFlags, preadv2};

use crate::gentle::Way;

/// Fetched ahead and sent away at once.
const WINDOW: u64 = 1 << 20;

/// What a reader leaves behind in the file cache, window by window.
pub(crate) struct Trail {
    /// The one that is being read.
    now: Option<Window>,
    /// The one behind it, which the disk is fetching.
    next: Option<Window>,
}

#[derive(Clone, Copy)]
struct Window {
    start: u64,
    /// It lay in the cache before it was read, so it stays. The first page that is read stands for all: asking for a page that is
    /// not there makes the system fetch it.
    known: bool,
    /// The disk was told to fetch it.
    fetched: bool,
}

impl Trail {
    pub(crate) fn new(file: &fs_err::File) -> Self {
        // Read ahead by the system would be taken for what others brought into the cache.
        advise(file, 0, None, Advice::Random);
        Self { now: None, next: None }
    }

    /// Before bytes at `at` are read.
    pub(crate) fn comes(&mut self, file: &fs_err::File, at: u64, way: Way) {
        let start = at - at % WINDOW;
        let mut window = match self.now.take() {
            Some(now) if now.start == start => now,
            before => {
                before.into_iter().for_each(|before| before.leave(file));
                let next = self.next.take();
                match next {
                    Some(next) if next.start == start => next,
                    other => {
                        other.into_iter().for_each(|other| other.leave(file));
                        Window::new(file, start, at)
                    }
                }
            }
        };
        // A few bytes here and there are not worth a whole window.
        if way == Way::On {
            window.fetch(file);
        }
        if window.fetched && self.next.is_none() {
            let behind = start.saturating_add(WINDOW);
            let mut next = Window::new(file, behind, behind);
            next.fetch(file);
            self.next = Some(next);
        }
        self.now = Some(window);
    }

    /// Nothing more is read.
    pub(crate) fn ends(&mut self, file: &fs_err::File) {
        [self.now.take(), self.next.take()].into_iter().flatten().for_each(|window| window.leave(file));
    }
}

impl Window {
    fn new(file: &fs_err::File, start: u64, at: u64) -> Self {
        Self { start, known: is_cached(file, at), fetched: false }
    }

    fn fetch(&mut self, file: &fs_err::File) {
        if !self.known && !self.fetched {
            advise(file, self.start, NonZeroU64::new(WINDOW), Advice::WillNeed);
        }
        self.fetched = true;
    }

    fn leave(self, file: &fs_err::File) {
        if !self.known {
            advise(file, self.start, NonZeroU64::new(WINDOW), Advice::DontNeed);
        }
    }
}

/// Whether a byte can be had without the disk. Where a file system does not tell, it counts as not: what was sent away without need
/// is read again, while a flooded cache slows down everything.
fn is_cached(file: &fs_err::File, place: u64) -> bool {
    let mut byte = [0];
    loop {
        match preadv2(file, &mut [IoSliceMut::new(&mut byte)], place, ReadWriteFlags::NOWAIT) {
            Ok(count) => return count > 0,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

fn advise(file: &fs_err::File, start: u64, count: Option<NonZeroU64>, advice: Advice) {
    // Pipes and some file systems take none; the bytes are the same.
    fadvise(file, start, count, advice).unwrap_or_default();
}

/// Of the calling thread: the lowest share of the processor, and the disk only when nobody else wants it.
///
/// Not `SCHED_IDLE`: it gets a fifth of that share, and on a computer whose cores all compute, a digest that decides whether a
/// person is told something would take an hour.
#[expect(unsafe_code, reason = "neither std nor rustix sets the priority of reading")]
pub(crate) fn idle() -> io::Result<()> {
    // ioprio_set(2): there is no header for these.
    const WHO_PROCESS: libc::c_int = 1;
    const CLASS_IDLE: libc::c_int = 3 << 13;
    const LOWEST: i32 = 19;
    // On Linux no number stands for the calling thread alone.
    rustix::process::setpriority_process(None, LOWEST)?;
    // SAFETY: no memory is passed; 0 stands for the calling thread.
    let done = unsafe { libc::syscall(libc::SYS_ioprio_set, WHO_PROCESS, 0 as libc::c_int, CLASS_IDLE) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
