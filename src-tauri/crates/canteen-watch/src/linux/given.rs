//! What programs of this user were given: files and folders in their arguments, the folder that they work in. Who reads weights in a
//! tenth of a second and closes them is through before anybody looks at it; what it was given tells where to look.
//!
//! That alone makes no use. It has read as many bytes as the file has, and keeps as many in memory that is no file's. Where only a
//! folder leads there, the file itself was read meanwhile, as far as that can be seen, and the program has read hardly anything else.

mod listings;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files::HeldFile;
use super::proc::{self, FileKey, Hold, How, Memory};
use super::watch::Watch;
use crate::holding::{HANDED_ON, User};
use crate::home;
pub(super) use listings::Listings;
use words::{At, words};

/// Files that are looked into for one program.
const MOST_FILES: usize = 32;
/// A file that somebody read so long ago is not what has just been read.
const RECENT: Duration = Duration::from_secs(20);
/// Of a program that nobody has looked at before, what was read so soon after it began is of interest. Most file systems keep the
/// time of the first read of a day.
const LOADS: Duration = Duration::from_secs(60);
/// What programs read beside the weights that only a folder leads to: libraries of Python take 26 MB at most (seen with
/// transformers), and a share for weights that are read in part twice.
const BESIDE: u64 = 32 << 20;
const TWICE: u64 = 8;
/// Any program reads that much when it starts, so less of it, and files that are smaller, tell nothing.
const TELLING: u64 = 64 << 20;
const AT_START: u64 = 4;
/// Whoever has read so little in that time is done reading: half of a large file is as much as all of a smaller one.
const LITTLE: u64 = 4 << 20;
const QUIET: Duration = Duration::from_secs(1);
/// Looks at one that never is.
const MOST_ASKED: u8 = 8;
/// The kernel keeps the time of the last read by its own tick.
const COARSE: Duration = Duration::from_millis(50);
/// Where programs put what they fetch, beside the home folder. Looked into for who has read much and names nothing.
const SHARED: [&str; 7] = ["/tmp", "/var/tmp", "/dev/shm", "/opt", "/srv", "/mnt", "/media"];

/// Ticks of the kernel in the watch's own time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Epoch {
    ticks: u64,
    at: Duration,
}

impl Epoch {
    /// A thread that has begun just now: its start is told in ticks.
    pub(super) fn of_this_thread(now: Duration) -> Self {
        let thread = u32::try_from(rustix::thread::gettid().as_raw_nonzero().get()).unwrap_or(0);
        Self { ticks: proc::started(thread).unwrap_or(0), at: now }
    }

    /// Zero for what is older than the watch's time.
    fn time_of(self, ticks: u64) -> Duration {
        let span = |ticks: u64| proc::TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
        match ticks.checked_sub(self.ticks) {
            Some(after) => self.at.saturating_add(span(after)),
            None => self.at.saturating_sub(span(self.ticks.saturating_sub(ticks))),
        }
    }
}

/// How far a program has got with what it reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Since when it reads next to nothing.
    since: Duration,
    read: u64,
    asked: u8,
}

impl Reading {
    fn is_done(&mut self, read: u64, now: Duration) -> bool {
        self.asked = self.asked.saturating_add(1);
        if read.saturating_sub(self.read) > LITTLE {
            (self.since, self.read) = (now, read);
        }
        now.saturating_sub(self.since) >= QUIET
    }
}

/// Why a file may be what a program has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It was told so.
    Named,
    /// It works there, was told of the folder, or anybody may put files there.
    Near,
}

/// How far is looked for what a program may have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Weights that somebody opened since, wherever they lie, and whether they still do.
    Opened(Duration),
    /// What it was given, and where it works.
    Own,
    /// Where anybody may put files.
    Shared,
}

/// A large file that a program may have read.
#[derive(Clone, Debug)]
struct Given {
    file: HeldFile,
    size: u64,
    why: Why,
    /// When it was read last, in milliseconds since 1970 UTC.
    read_ms: i64,
}

impl Watch {
    /// A program that starts: weights that it names are watched before it reads them.
    pub(super) fn look_at_start(&mut self, pid: u32, now: Duration) -> Option<()> {
        if !proc::is_own(pid) {
            return Some(());
        }
        let least = self.config.minimum_size.bytes();
        for word in words(&proc::arguments(pid), At::Start) {
            if let Some(given) = given(pid, &way(pid, &word), (Why::Named, least)) {
                self.take_given(&given, now)?;
            }
        }
        Some(())
    }

    /// The same, when it goes on: folders that it names or works in, too.
    pub(super) fn look_at_given(&mut self, pid: u32, now: Duration) -> Option<()> {
        self.within(pid, Reach::Own).iter().try_for_each(|given| self.take_given(given, now))
    }

    fn take_given(&mut self, given: &Given, now: Duration) -> Option<()> {
        let file = &given.file;
        let is_left_out = given.why == Why::Near && home::is_excluded(&file.path, &(self.config.excluded)());
        if is_left_out || self.files.identity(file.key).is_some() {
            return Some(());
        }
        let observations = self.files.consider_held(file, self.clock.now());
        self.tell(observations)?;
        if self.files.identity(file.key).is_some() {
            self.residency.found(file.key, now);
            self.looks.opened(file.key, now);
        }
        Some(())
    }

    /// Weights that `pid` has read and closed again, where nothing that it holds explains its memory. `before`: what it had when it
    /// was looked at last; `None` for a new program, of which everything counts. `false`: it goes on reading, and is to be asked again.
    pub(super) fn look_for_read(&mut self, pid: u32, (before, memory): (Option<Memory>, Memory), now: Duration) -> Option<bool> {
        let moved = proc::moved_by(pid);
        let (mut read, mut gained) = (moved.read, memory.anonymous().saturating_sub(before.unwrap_or_default().anonymous()));
        for key in self.holding.of_process(pid) {
            gained = gained.saturating_sub(self.files.identity(key).map_or(0, |identity| identity.size));
        }
        let hands_on = moved.written >= moved.read / HANDED_ON;
        if hands_on || read.min(gained) < self.config.minimum_size.bytes() || proc::is_reader(pid) {
            return Some(true);
        }
        let reading = self.reading.entry(pid).or_insert(Reading { since: now, read, asked: 0 });
        let (is_done, asks_again) = (reading.is_done(read, now), reading.asked < MOST_ASKED);
        let began = proc::started(pid).map_or(now, |ticks| self.epoch.time_of(ticks));
        let span = match before {
            Some(_) => began.max(now.saturating_sub(RECENT))..now,
            None => began..began.saturating_add(LOADS),
        };
        for reach in [Reach::Own, Reach::Opened(span.start), Reach::Shared] {
            let mut all = self.within(pid, reach);
            all.retain(|given| given.why == Why::Named || is_done && self.may_be_read(given, &span, now));
            for given in plausible(all, read) {
                // All of it: nobody has seen the file open, and each program has some memory for itself.
                if given.size > read.min(gained) {
                    continue;
                }
                // What it names explains what it has read, weights or not.
                if self.has_read((pid, before), &given, now)? || given.why == Why::Named {
                    (read, gained) = (read.saturating_sub(given.size), gained.saturating_sub(given.size));
                }
            }
        }
        Some(is_done || !asks_again)
    }

    /// Whether that is weights, and new to it.
    fn has_read(&mut self, (pid, before): (u32, Option<Memory>), given: &Given, now: Duration) -> Option<bool> {
        self.take_given(given, now)?;
        let key = given.file.key;
        let Some(sample) = proc::sample(pid).filter(|_| self.files.identity(key).is_some()) else { return Some(false) };
        if self.holding.of_process(pid).contains(&key) {
            return Some(false);
        }
        let hold = Hold { how: How::Kept, sample };
        let before = User::of(pid, hold).before.max(before.map_or(0, |memory| memory.resident));
        self.held_by(key, User { pid, before }, hold, now)?;
        Some(true)
    }

    /// It was read in that span, or was not watched before.
    fn may_be_read(&self, given: &Given, span: &Range<Duration>, now: Duration) -> bool {
        let key = given.file.key;
        let is_new = self.files.identity(key).is_none() || self.residency.when_found(key).is_some_and(|at| at >= span.start);
        let is_within = |at: Duration| at + COARSE >= span.start && at <= span.end;
        // A read that is to come says nothing.
        let ago = u64::try_from(self.clock.now().as_millis().saturating_sub(given.read_ms)).ok();
        let read = ago.and_then(|ago| now.checked_sub(Duration::from_millis(ago)));
        let opened = self.residency.last_opened(key);
        is_new || read.into_iter().chain(opened).any(is_within)
    }

    /// Large files that it may have read, the largest first.
    fn within(&mut self, pid: u32, reach: Reach) -> Vec<Given> {
        let least = self.config.minimum_size.bytes();
        let (mut all, folders) = match reach {
            Reach::Own => given_to(pid, least),
            Reach::Shared => (Vec::new(), self.shared(pid)),
            Reach::Opened(since) => (self.opened_since(since), Vec::new()),
        };
        let near = self.listings.large_below(&folders, least, self.clock.now());
        all.extend(near.iter().filter_map(|way| given(pid, way, (Why::Near, least))));
        let mut seen = BTreeSet::new();
        all.retain(|given| seen.insert(given.file.key));
        all.sort_by_key(|given| std::cmp::Reverse(given.size));
        all.truncate(MOST_FILES);
        all
    }

    fn opened_since(&self, since: Duration) -> Vec<Given> {
        let known = self.residency.opened_since(since).filter_map(|key| Some((key, self.files.identity(key)?.size)));
        known.map(|(key, size)| Given { file: HeldFile::known(key), size, why: Why::Near, read_ms: i64::MIN }).collect()
    }

    fn shared(&self, pid: u32) -> Vec<PathBuf> {
        let home = self.config.home.iter().map(|home| home.root.as_path());
        home.chain(SHARED.map(Path::new)).map(|folder| proc::inside(pid, folder)).collect()
    }
}

/// What a program that has read so many bytes may have read: what it was told of, and what lies near and is all that it has read, one
/// of these or all together.
fn plausible(all: Vec<Given>, read: u64) -> Vec<Given> {
    let (mut named, near): (Vec<Given>, Vec<Given>) = all.into_iter().partition(|given| given.why == Why::Named);
    let beside = |size: u64| BESIDE.min(size / AT_START).saturating_add(size / TWICE);
    let is_all = |size: u64| (TELLING..=read).contains(&size) && read.saturating_sub(size) <= beside(size);
    if is_all(near.iter().map(|given| given.size).fold(0, u64::saturating_add)) {
        named.extend(near);
    } else {
        named.extend(near.into_iter().find(|given| is_all(given.size)));
    }
    named
}

/// Large files in the arguments of a program; and folders that these name, where its script lies if it is one, and where it works.
fn given_to(pid: u32, least: u64) -> (Vec<Given>, Vec<PathBuf>) {
    let (mut files, mut folders, mut any) = (Vec::new(), vec![proc::path_of(pid, "cwd")], false);
    for word in words(&proc::arguments(pid), At::Leisure) {
        let way = way(pid, &word);
        let Ok(metadata) = fs_err::metadata(&way) else { continue };
        if metadata.is_dir() {
            folders.push(way);
        } else if let Some(given) = given(pid, &way, (Why::Named, least)) {
            files.push(given);
        } else if metadata.is_file() && !any {
            folders.extend(way.parent().map(Path::to_owned));
        }
        any = true;
    }
    (files, folders)
}

/// To what a program names, from here.
fn way(pid: u32, named: &Path) -> PathBuf {
    if named.is_absolute() { proc::inside(pid, named) } else { proc::path_of(pid, "cwd").join(named) }
}

/// A regular file of at least that size.
fn given(pid: u32, way: &Path, (why, least): (Why, u64)) -> Option<Given> {
    let metadata = fs_err::metadata(way).ok().filter(|metadata| metadata.is_file() && metadata.len() >= least)?;
    let key = FileKey::of(&metadata);
    // As everybody calls it, where the program sees what everybody does.
    let plain = fs_err::canonicalize(way).ok();
    let own = way.strip_prefix(proc::path_of(pid, "root")).ok().map(|below| Path::new("/").join(below));
    let path = plain.clone().or(own).unwrap_or_else(|| way.to_owned());
    let ways = plain.into_iter().chain([way.to_owned()]).collect();
    let read_ms = metadata.atime().saturating_mul(1000).saturating_add(metadata.atime_nsec() / 1_000_000);
    let file = HeldFile { key, path, ways, offsets: BTreeSet::new() };
    Some(Given { file, size: metadata.len(), why, read_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(size: u64, why: Why) -> Given {
        let file =
            HeldFile { key: FileKey { device: 1, inode: size }, path: "/m".into(), ways: vec![], offsets: BTreeSet::new() };
        Given { file, size, why, read_ms: 0 }
    }

    fn sizes(of: &[(u64, Why)], read: u64) -> Vec<u64> {
        let all = of.iter().map(|(size, why)| near(size << 20, *why)).collect();
        plausible(all, read << 20).iter().map(|given| given.size >> 20).collect()
    }

    #[test]
    fn what_lies_near_must_be_all_that_was_read() {
        let near = |size| (size, Why::Near);
        assert_eq!(sizes(&[near(100)], 120), [100]);
        assert!(sizes(&[near(100)], 200).is_empty() && sizes(&[near(100)], 99).is_empty());
        assert_eq!(sizes(&[near(100), near(90), near(80)], 290), [100, 90, 80], "in several files");
        assert_eq!(sizes(&[near(500), near(100)], 110), [100], "one of them");
        assert_eq!(sizes(&[(100, Why::Named)], 5000), [100]);
        assert!(sizes(&[near(100)], 140).is_empty(), "a third of it was something else");
        assert!(sizes(&[near(16)], 17).is_empty(), "every other program reads that much");
    }

    #[test]
    fn who_reads_on_is_not_done() {
        let (secs, mib) = (Duration::from_secs, |mib: u64| mib << 20);
        let mut reading = Reading { since: secs(1), read: mib(50), asked: 0 };
        assert!(!reading.is_done(mib(50), secs(1)));
        assert!(!reading.is_done(mib(90), secs(3)), "it goes on");
        assert!(reading.is_done(mib(91), secs(4)));
        assert_eq!(reading.asked, 3);
    }

    #[test]
    fn ticks_are_told_in_the_time_of_the_watch() {
        let epoch = Epoch { ticks: 500, at: Duration::from_secs(3) };
        assert_eq!(epoch.time_of(700), Duration::from_secs(5));
        assert_eq!(epoch.time_of(400), Duration::from_secs(2));
        assert_eq!(epoch.time_of(0), Duration::ZERO);
        let now = Duration::from_secs(9);
        let own = Epoch::of_this_thread(now).time_of(proc::started(std::process::id()).unwrap());
        assert!(own <= now && own + Duration::from_secs(5) > now, "{own:?}");
    }
}
