//! How long the look through a home folder of 200,000 files takes, beside `find -size +16M` on the same tree:
//!
//! `cargo bench -p canteen-watch --bench sweep`
//!
//! Most files are small; 400 have 16 MiB and more, of which 100 are models. The first look opens those, the second one knows them.
//! The look runs at the lowest priority, so computing time stands beside the wall clock.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and says so")]

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use canteen_types::{Clock, Timestamp};
use canteen_watch::{Earlier, FileIdentity, HomeLook, HomeState, Observation, SMALLEST, SeenFile, WatchConfig, start};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const FOLDERS: u32 = 20_000;
const IN_EACH: u32 = 10;
/// Every so many folders hold a large file, and of those every fourth is a model.
const LARGE_EVERY: u32 = 50;

#[derive(Debug)]
struct Real(Instant);

impl Clock for Real {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0)
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

fn main() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    make(home.path())?;
    // Nothing is left to be written while it is measured.
    Command::new("sync").status()?;
    let cold = empty_cache();
    if cold {
        line("find -size +16M, nothing in the file cache", find(home.path())?);
        empty_cache();
    }
    let no_weights = Arc::new(Mutex::new(HashSet::new()));
    let first = look(home.path(), &no_weights, Earlier::Unknown)?;
    line(if cold { "first look, nothing in the file cache" } else { "first look" }, first);
    line("find -size +16M, all in the file cache", find(home.path())?);
    line("first look, all in the file cache", look(home.path(), &Arc::default(), Earlier::Unknown)?);
    line("second look, which opens nothing", look(home.path(), &no_weights, Earlier::Weights)?);
    println!("{:<62} {} MiB", "most memory of this process", most_memory() / 1024);
    Ok(())
}

/// Wall clock and computing time.
struct Took(Duration, Duration);

fn line(what: &str, Took(wall, computed): Took) {
    println!("{what:<62} {:.2} s, computing {:.2} s", wall.as_secs_f64(), computed.as_secs_f64());
}

fn make(home: &Path) -> Outcome<()> {
    for number in 0..FOLDERS {
        let folder = home.join(format!("{}/{}/{number}", number % 20, number / 20 % 50));
        fs_err::create_dir_all(&folder)?;
        for file in 1..IN_EACH {
            fs_err::write(folder.join(format!("{file}.txt")), b"a few words")?;
        }
        let mut last = fs_err::File::create(folder.join("data.bin"))?;
        if number % LARGE_EVERY == 0 {
            if number % (4 * LARGE_EVERY) == 0 {
                last.write_all(&header())?;
            }
            last.set_len(SMALLEST.bytes() + (1 << 20))?;
        }
    }
    Ok(())
}

/// Of a GGUF file with one tensor of 16 MiB.
fn header() -> Vec<u8> {
    let text = |text: &str| [(text.len() as u64).to_le_bytes().to_vec(), text.as_bytes().to_vec()].concat();
    let numbers = |numbers: &[u64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let kind = |kind: u32| kind.to_le_bytes().to_vec();
    let about = [text("general.architecture"), kind(8), text("llama")].concat();
    let tensor = [text("w"), kind(1), numbers(&[SMALLEST.bytes()]), kind(24), numbers(&[0])].concat();
    [b"GGUF".to_vec(), kind(3), numbers(&[1, 1]), about, tensor].concat()
}

fn look(home: &Path, no_weights: &Arc<Mutex<HashSet<FileIdentity>>>, others: Earlier) -> Outcome<Took> {
    let (sink, observations) = sync_channel(1024);
    let known: HashSet<FileIdentity> = no_weights.lock().map_err(|_| "a poisoned lock")?.clone();
    let knows = move |file: &FileIdentity| if known.contains(file) { Earlier::NoWeights } else { others };
    let look = HomeLook { root: home.to_owned(), from: None, weights: Vec::new(), may_go_on: Arc::new(|| true) };
    let config = WatchConfig {
        home: Some(look),
        known: Arc::new(knows),
        needs_digest: Arc::new(|_| false),
        ..WatchConfig::of(Vec::new(), SMALLEST)
    };
    let (began, before) = (Instant::now(), computed());
    let _watch = start(config, Arc::new(Real(Instant::now())), sink)?;
    let mut models = 0;
    loop {
        let observation = observations.recv()?;
        let is_here = |file: &SeenFile| file.path.starts_with(home);
        models += u32::from(matches!(&observation, Observation::Seen(file) if is_here(file)));
        models += u32::from(matches!(&observation, Observation::Again { .. }));
        if let Observation::NoWeights { files } = observation {
            no_weights.lock().map_err(|_| "a poisoned lock")?.extend(files);
        } else if let Observation::Home(step) = observation
            && matches!(step.state, HomeState::Through { .. })
        {
            assert!((u64::from(FOLDERS * IN_EACH), 100) == (step.files, models), "{} files, {models} models", step.files);
            return Ok(Took(began.elapsed(), computed().saturating_sub(before)));
        }
    }
}

fn find(home: &Path) -> Outcome<Took> {
    let began = Instant::now();
    let before = of_children();
    let out = Command::new("find").arg(home).args(["-xdev", "-type", "f", "-size", "+16M"]).output()?;
    assert!(out.stdout.split(|byte| *byte == b'\n').count() > 300, "find found them");
    Ok(Took(began.elapsed(), of_children().saturating_sub(before)))
}

fn empty_cache() -> bool {
    fs_err::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// Of this process, to 10 ms.
fn computed() -> Duration {
    ticks(11)
}

/// Of those that it waited for.
fn of_children() -> Duration {
    ticks(13)
}

fn ticks(from: usize) -> Duration {
    let stat = fs_err::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_ascii_whitespace().skip(from).take(2));
    let ticks: u64 = fields.into_iter().flatten().filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// KiB.
fn most_memory() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
