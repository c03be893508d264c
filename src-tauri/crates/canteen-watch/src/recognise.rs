//! Weights by content: whole, on their way, behind a program's code, or cut into parts. Names never make weights of a file; they
//! only tell a download from a file that was left half.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[cfg(target_os = "linux")]
use canteen_modelfile::read_header_at;
use canteen_modelfile::{FIRST_BYTES, HazardCode, Kind, Limits, ModelFileError, read_embedded_header, read_header, recognise};
use canteen_types::{ByteSize, Timestamp};

use crate::file::{Arrival, Container};
use crate::{About, FileIdentity, SeenFile, contents, opener};

/// What programs call a download that is not finished: Hugging Face, Ollama (with `-0`, `-1` … for its parts), browsers, others.
const UNFINISHED: [&str; 6] = [".incomplete", "-partial", ".crdownload", ".part", ".download", ".partial"];
/// A download that nobody wrote to for so long was given up.
const GIVEN_UP: Duration = Duration::from_secs(600);
/// One that is all there, and that nobody wrote to for so long, is finished, whatever it is called.
const FINISHED: Duration = Duration::from_secs(20);
/// More parts than anybody makes.
const MOST_PARTS: u32 = 1000;

/// What a file turned out to be.
#[derive(Debug)]
pub(crate) enum Recognised {
    /// Weights.
    Weights(Box<SeenFile>),
    /// The beginning of weights. They are on their way if it grows.
    Beginning(Box<SeenFile>),
    /// Nothing of interest; which file that is, where it could be read.
    No(Option<FileIdentity>),
}

/// Where a file lies, how people call that place, and how small a file is not looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) path: &'a Path,
    pub(crate) place: &'a str,
    pub(crate) least: ByteSize,
}

/// Which of two readers is newer: what an older one took for nothing of interest is looked into again. Grows when more is recognised.
pub const READER: u32 = 2;

/// Opens a file and reads its header.
pub(crate) fn look(candidate: Candidate<'_>, at: Timestamp) -> Recognised {
    judged(opener::candidate(candidate.path, candidate.least), candidate, at)
}

/// The same, of a file itself: a link to one is nothing of interest.
pub(crate) fn look_plainly(candidate: Candidate<'_>, at: Timestamp) -> Recognised {
    judged(opener::plain_candidate(candidate.path, candidate.least), candidate, at)
}

fn judged(opened: io::Result<fs_err::File>, candidate: Candidate<'_>, at: Timestamp) -> Recognised {
    let Ok(file) = opened else { return Recognised::No(None) };
    let Ok(identity) = FileIdentity::of_open(&file) else { return Recognised::No(None) };
    read(file, identity, candidate, at).unwrap_or(Recognised::No(Some(identity)))
}

/// Of what a program maps from within a file only so much is read to see whether weights begin there: a page, for a mapping begins
/// at one and what is meant in it.
#[cfg(target_os = "linux")]
const PAGE: usize = 4096;

/// Weights within a file of something else, that begin where a program has mapped it.
#[cfg(target_os = "linux")]
pub(crate) fn look_inside(candidate: Candidate<'_>, mapped_at: u64, at: Timestamp) -> Option<Box<SeenFile>> {
    let Candidate { path, place, least } = candidate;
    let mut file = opener::candidate(path, least).ok()?;
    let identity = FileIdentity::of_open(&file).ok()?;
    let mut page = Vec::new();
    file.seek(SeekFrom::Start(mapped_at)).ok()?;
    file.by_ref().take(PAGE as u64).read_to_end(&mut page).ok()?;
    let begins = (0..page.len()).find(|from| page.get(*from..).is_some_and(|rest| rest.starts_with(b"GGUF")))?;
    let begins = mapped_at.checked_add(u64::try_from(begins).ok()?)?;
    let facts = read_header_at(&mut file, (begins, identity.size), &Limits::default()).ok()?;
    let (path, place, size) = (path.to_owned(), place.to_owned(), ByteSize::new(identity.size));
    let (way, about, hazards) = (path.clone(), facts.into(), Vec::new());
    Some(Box::new(SeenFile {
        identity,
        path,
        way,
        place,
        size,
        about,
        hazards,
        arrival: Arrival::Whole,
        container: Container::File,
        at,
    }))
}

fn read(mut file: fs_err::File, identity: FileIdentity, candidate: Candidate<'_>, at: Timestamp) -> Option<Recognised> {
    let Candidate { path, place, .. } = candidate;
    let size = identity.size;
    let mut first = Vec::new();
    file.by_ref().take(FIRST_BYTES).read_to_end(&mut first).ok()?;
    let seen = |about: About, arrival, container, hazards: Vec<&'static HazardCode>| {
        let (path, place) = (path.to_owned(), place.to_owned());
        let way = path.clone();
        Box::new(SeenFile { identity, path, way, place, size: ByteSize::new(size), about, hazards, arrival, container, at })
    };
    let unfinished = |span| is_unfinished(path) && is_fresh(identity.modified_ns, at, span);
    // Some make room for the whole file first: then only the name tells.
    let arrival = || if unfinished(FINISHED) { Arrival::Underway } else { Arrival::Whole };
    let kind = Kind::of(&first);
    if kind.is_native() {
        // An executable of an ordinary size is not searched for weights: the least size stands before this.
        let facts = read_embedded_header(&mut file, size, &Limits::default()).ok()?;
        return Some(Recognised::Weights(seen(facts.into(), Arrival::Whole, Container::Program, Vec::new())));
    }
    if matches!(kind, Kind::GgufFirst | Kind::GgufBigEndian) || recognise(&first).is_none() {
        let (about, hazards) = contents::weights(&file, size, &first)?;
        return Some(Recognised::Weights(seen(about, arrival(), Container::File, hazards)));
    }
    file.seek(SeekFrom::Start(0)).ok()?;
    let promised = match read_header(&mut file, size, &Limits::default()) {
        Ok(facts) => {
            return Some(Recognised::Weights(seen(facts.into(), arrival(), Container::File, contents::hazards(&file, size))));
        }
        Err(ModelFileError::Truncated { promised, .. }) => promised,
        Err(_) => return None,
    };
    // The header is in order, and promises more than there is.
    let facts = read_header(&mut file, promised, &Limits::default()).ok()?;
    let (parts, seen) =
        (parts(path, size, facts.promised_bytes), |arrival, container| seen(facts.into(), arrival, container, Vec::new()));
    Some(match parts {
        Some(count) => Recognised::Weights(seen(Arrival::Whole, Container::Parts { count })),
        None if unfinished(GIVEN_UP) => Recognised::Weights(seen(Arrival::Underway, Container::File)),
        None => Recognised::Beginning(seen(Arrival::Underway, Container::File)),
    })
}

/// A name that downloads have until they are finished.
pub(crate) fn is_unfinished(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_lowercase()) else { return false };
    let whole = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    UNFINISHED.iter().any(|end| name.ends_with(end) || (whole.len() < name.len() && *end == "-partial" && whole.ends_with(end)))
}

/// Written to within this span.
fn is_fresh(modified_ns: i64, at: Timestamp, span: Duration) -> bool {
    let span = i64::try_from(span.as_millis()).unwrap_or(0);
    at.as_millis().saturating_sub(modified_ns / 1_000_000) < span
}

/// How many files the first one and those that follow it by name are, when together they hold what was promised. All but the last
/// are of one size, as whoever cuts a file makes them.
fn parts(first: &Path, size: u64, promised: u64) -> Option<u32> {
    let (mut path, mut sum) = (first.to_owned(), size);
    for count in 2..=MOST_PARTS {
        path = following(&path)?;
        let next = fs_err::metadata(&path).ok().filter(std::fs::Metadata::is_file)?.len();
        sum = sum.checked_add(next).filter(|_| next <= size)?;
        if sum >= promised {
            return Some(count);
        }
        if next < size {
            return None;
        }
    }
    None
}

/// The next name: `.part00` → `.part01`, `xaa` → `xab`. The counted end keeps its length.
fn following(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    let letters = name.chars().rev().take_while(char::is_ascii_lowercase).take(3).count();
    let (width, lowest, highest) = if digits > 0 { (digits, '0', '9') } else { (letters, 'a', 'z') };
    let keep = name.len().checked_sub(width)?;
    let (head, end) = name.split_at_checked(keep)?;
    let mut carry = true;
    let counted: Vec<char> = end
        .chars()
        .rev()
        .map(|c| match (carry, c == highest) {
            (true, true) => lowest,
            (true, false) => {
                carry = false;
                char::from_u32(u32::from(c) + 1).unwrap_or(c)
            }
            (false, _) => c,
        })
        .collect();
    let end: String = counted.into_iter().rev().collect();
    (!carry).then(|| path.with_file_name(format!("{head}{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_downloads_are_known() {
        for name in
            ["a1b2.incomplete", "sha256-0a1b-partial", "sha256-0a1b-partial-12", "Unconfirmed 7.crdownload", "m.gguf.PART"]
        {
            assert!(is_unfinished(Path::new(name)), "{name}");
        }
        for name in ["model.gguf", "part", "model.part00", "partial-3", "m-12"] {
            assert!(!is_unfinished(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn a_download_that_nobody_writes_to_does_not_stay_one() {
        let written = 1_000_000_000_000_000;
        let fresh = |after_ms, span| is_fresh(written, Timestamp::from_millis(written / 1_000_000 + after_ms), span);
        assert!(fresh(19_999, FINISHED) && !fresh(20_000, FINISHED));
        assert!(fresh(-5, FINISHED), "a clock that was set back");
        assert!(fresh(20_000, GIVEN_UP) && !fresh(600_000, GIVEN_UP));
    }

    #[test]
    fn parts_are_counted_as_they_are_named() {
        for (name, next) in [
            ("gemma.part00", Some("gemma.part01")),
            ("gemma.09", Some("gemma.10")),
            ("xaa", Some("xab")),
            ("m.gguf-az", Some("m.gguf-ba")),
            ("m.99", None),
            ("zzz", None),
        ] {
            assert_eq!(following(Path::new(name)), next.map(PathBuf::from), "{name}");
        }
    }

    #[test]
    fn only_parts_that_hold_what_was_promised_are_one_model() {
        let folder = tempfile::tempdir().unwrap();
        let part = |name: &str, size: usize| fs_err::write(folder.path().join(name), vec![1; size]).unwrap();
        let first = folder.path().join("m.part00");
        part("m.part00", 100);
        assert_eq!(parts(&first, 100, 250), None);
        part("m.part01", 100);
        assert_eq!(parts(&first, 100, 250), None);
        part("m.part02", 50);
        assert_eq!(parts(&first, 100, 250), Some(3));
        part("m.part01", 90);
        assert_eq!(parts(&first, 100, 250), None, "nobody cuts so");
    }
}
