//! How fast model files are read, beside what this machine can do:
//!
//! `cargo bench -p canteen-inspect --bench speed -- [FILE…]`; without files, the weights that `make run` fetches.
//!
//! Other programs slow down the wall clock, so computing time stands beside it, and after each measurement the machine's own rate is
//! taken again: `openssl speed` counts computing time as well, and is compared with that. It reads nothing, while a program that
//! reads a file spends a fifth of its time on that; so the computing time of the thread that makes the digest is told on its own,
//! which is what a digest takes where a second core is free. All files lie in the file cache. Medians.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and says so")]

use std::io::{Read, Seek as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use canteen_files::{Gentle, open_plainly};
use canteen_inspect::{Asked, Depth, Reader, examine};
use canteen_modelfile::lineage::{contents, fingerprint, index, profile};
use canteen_modelfile::{Hands, Limits, Taker, digest, pass, read_header};
use rustix::time::{ClockId, clock_gettime};
use sha2::Digest as _;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Rounds of what takes long, and of what does not.
const FEW: usize = 3;
const MANY: usize = 31;
/// Of each is made for the headers.
const LARGE: u64 = 40 << 30;

fn main() -> Outcome<()> {
    // Cargo adds `--bench`.
    let given: Vec<PathBuf> = std::env::args_os().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    let files = if given.is_empty() { weights() } else { given };
    machine(&files)?;
    for file in &files {
        headers(file)?;
    }
    large()?;
    formats()?;
    for file in &files {
        stages(file)?;
    }
    folder(&files)
}

#[expect(clippy::disallowed_methods, reason = "it is a program, and this its configuration")]
fn weights() -> Vec<PathBuf> {
    let cache = std::env::var("HOME").map(|home| Path::new(&home).join(".cache/canteen/weights")).unwrap_or_default();
    ["gemma-3-270m-q4_k_m.gguf", "SmolLM2-135M-Instruct.Q4_1.gguf", "all-MiniLM-L6-v2.safetensors"]
        .iter()
        .map(|name| cache.join(name))
        .filter(|path| path.is_file())
        .collect()
}

#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    computing: Duration,
}

fn computing() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn time<T>(rounds: usize, mut act: impl FnMut() -> Outcome<T>) -> Outcome<Took> {
    let (mut wall, mut computed) = (Vec::new(), Vec::new());
    act()?;
    for _ in 0..rounds {
        let (from, before) = (Instant::now(), computing());
        act()?;
        wall.push(from.elapsed());
        computed.push(computing() - before);
    }
    Ok(Took { wall: middle(wall), computing: middle(computed) })
}

fn milliseconds(what: &str, took: Took) {
    println!("{what:<64} {:8.2} ms, computing {:8.2} ms", took.wall.as_secs_f64() * 1e3, took.computing.as_secs_f64() * 1e3);
}

/// MB/s by the clock and by computing time, and the latter as a share of `openssl speed` of just now.
fn rate(what: &str, bytes: u64, took: Took) {
    let per = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    let share = openssl().map_or_else(String::new, |machine| {
        format!(", {:3.0} % of openssl's {machine:.0}", per(took.computing) / machine * 100.0)
    });
    println!("{what:<64} {:6.0} MB/s, per computing second {:6.0} MB/s{share}", per(took.wall), per(took.computing));
}

/// SHA-256 of 64 KiB pieces in memory, in MB for a second of computing time.
fn openssl() -> Option<f64> {
    let said = Command::new("openssl").args(["speed", "-seconds", "1", "-bytes", "65536", "sha256"]).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = text.lines().rev().find(|line| line.starts_with("sha256"))?;
    line.split_whitespace().nth(1)?.trim_end_matches('k').parse::<f64>().ok().map(|rate| rate / 1000.0)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn go_on() -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn machine(files: &[PathBuf]) -> Outcome<()> {
    let block = vec![7; 64 << 20];
    let took = time(FEW, || Ok(digest(&mut block.as_slice(), u64::MAX, Hands::One, &mut |_| go_on())?))?;
    rate("digest of memory, one thread", block.len() as u64, took);
    let Some(file) = files.first() else { return Ok(()) };
    let size = fs_err::metadata(file)?.len();
    for (program, before) in [("sha256sum", &[][..]), ("openssl", &["dgst", "-sha256"][..])] {
        let mut wall = Vec::new();
        for _ in 0..FEW {
            let from = Instant::now();
            let said = Command::new(program).args(before).arg(file).output();
            if said.is_ok_and(|said| said.status.success()) {
                wall.push(from.elapsed());
            }
        }
        if !wall.is_empty() {
            let rate = size as f64 / 1e6 / middle(wall).as_secs_f64();
            println!("{:<64} {rate:6.0} MB/s", format!("{program} {} {}", before.join(" "), name(file)));
        }
    }
    Ok(())
}

fn headers(file: &Path) -> Outcome<()> {
    let size = fs_err::metadata(file)?.len();
    let took = time(MANY, || Ok(read_header(Gentle::new(open_plainly(file)?), size, &Limits::default())?))?;
    milliseconds(&format!("header of {}", name(file)), took);
    inspected(&format!("inspect {}", name(file)), file)
}

fn inspected(what: &str, path: &Path) -> Outcome<()> {
    let paths = [path.to_owned()];
    let asked = Asked { paths: &paths, known: None, depth: Depth::Headers, reader: Reader::It };
    let took = time(MANY, || Ok(examine(asked, &mut |_| go_on())))?;
    milliseconds(what, took);
    Ok(())
}

/// Files of 40 GB with holes for weights: a header costs the same. (The length of safetensors' header must not read as an opcode of
/// a pickle whose line ends somewhere: in holes no line ends, and one is looked for through 256 MiB.)
fn large() -> Outcome<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let header = format!(r#"{{"w00":{{"dtype":"I8","shape":[{LARGE}],"data_offsets":[0,{LARGE}]}}}}"#);
    let text = |text: &str| [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat();
    let safetensors = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes()].concat();
    let counts = [1_u64, 1].map(u64::to_le_bytes).concat();
    let key = [text("general.architecture"), 8_u32.to_le_bytes().to_vec(), text("llama")].concat();
    let tensor =
        [text("w"), 1_u32.to_le_bytes().to_vec(), LARGE.to_le_bytes().to_vec(), 24_u32.to_le_bytes().to_vec(), vec![0; 8]];
    let gguf = [&b"GGUF\x03\0\0\0"[..], &counts, &key, &tensor.concat()].concat();
    for (name, header, align) in [("40 GiB safetensors", safetensors, 1), ("40 GiB GGUF", gguf, 32)] {
        let path = folder.path().join(name);
        fs_err::write(&path, &header)?;
        fs_err::OpenOptions::new().write(true).open(&path)?.set_len((header.len() as u64).next_multiple_of(align) + LARGE)?;
        inspected(&format!("inspect {name}"), &path)?;
    }
    Ok(())
}

/// The small files that the tests of the formats read.
fn formats() -> Outcome<()> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../canteen-modelfile/tests/data");
    let mut formats: Vec<PathBuf> = fs_err::read_dir(data)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    formats.sort();
    for format in formats {
        let count = fs_err::read_dir(&format)?.count();
        inspected(&format!("inspect {count} small files of {}", name(&format)), &format)?;
    }
    Ok(())
}

fn stages(file: &Path) -> Outcome<()> {
    let mut source = Gentle::new(open_plainly(file)?);
    let (size, limits, name) = (fs_err::metadata(file)?.len(), Limits::default(), name(file));
    let took = time(FEW, || {
        source.rewind()?;
        let mut piece = vec![0; 256 << 10];
        while source.read(&mut piece)? > 0 {}
        Ok(())
    })?;
    rate(&format!("{name}: reading alone"), size, took);
    for (hands, how) in [(Hands::One, "one thread"), (Hands::Many, "a thread reads ahead")] {
        let took = time(FEW, || {
            source.rewind()?;
            Ok(digest(&mut source, size, hands, &mut |_| go_on())?)
        })?;
        rate(&format!("{name}: digest of the file, {how}"), size, took);
    }
    rate(&format!("{name}: digest of the file, the thread that makes it"), size, own_thread(&mut source, size)?);
    let known = index(&mut source, size, &limits)?;
    milliseconds(&format!("{name}: fingerprint"), time(MANY, || Ok(fingerprint(&mut source, &known)?))?);
    let took = time(FEW, || Ok(contents(&mut source, size, &known, &mut |_| go_on())?))?;
    rate(&format!("{name}: digests of file and tensors (SHA-256 twice)"), size, took);
    let took = time(FEW, || Ok(profile(&mut source, size, &limits, Hands::Many, &mut |_| go_on())?))?;
    rate(&format!("{name}: header, fingerprint and digests in one reading"), size, took);
    let paths = [file.to_owned()];
    let asked = Asked { paths: &paths, known: None, depth: Depth::Digests, reader: Reader::It };
    let took = time(FEW, || Ok(examine(asked, &mut |_| go_on())))?;
    rate(&format!("{name}: inspect --digests"), size, took);
    Ok(())
}

/// Of the thread that makes the digest, without the one that reads.
fn own_thread(source: &mut Gentle, size: u64) -> Outcome<Took> {
    let mut times = Vec::new();
    for _ in 0..FEW {
        source.rewind()?;
        let (mut hash, mut spent) = (sha2::Sha256::new(), Duration::ZERO);
        let taker: &mut Taker<'_> = &mut |bytes| {
            hash.update(bytes);
            spent = Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default();
        };
        let read = pass(source, size, Hands::Many, &mut [taker], &mut |_| go_on())?;
        assert_eq!(read, ControlFlow::Continue(size));
        times.push(spent);
    }
    let computing = middle(times);
    Ok(Took { wall: computing, computing })
}

/// All files at once, on all cores.
fn folder(files: &[PathBuf]) -> Outcome<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut bytes = 0;
    for (number, file) in files.iter().enumerate() {
        bytes += fs_err::copy(file, folder.path().join(number.to_string()))?;
    }
    let paths = [folder.path().to_owned()];
    let asked = Asked { paths: &paths, known: None, depth: Depth::Digests, reader: Reader::It };
    let took = time(FEW, || Ok(examine(asked, &mut |_| go_on())))?;
    rate(&format!("folder of {} files: inspect --digests, all cores", files.len()), bytes, took);
    Ok(())
}
