//! CTranslate2, which faster-whisper uses: the name of what the network is made as, and then tensors by name. Nothing in it is code.

use std::io;

use super::{Described, Found};
use crate::section::{Source, read_at};

/// Versions that there may be; the sixth is today's.
const VERSIONS: std::ops::RangeInclusive<u32> = 1..=16;
const LONGEST_NAME: usize = 64;
/// Version, length, name, revision and count.
const HEADER: u64 = 4 + 2 + LONGEST_NAME as u64 + 1 + 4 + 4;

struct Header<'a> {
    version: u32,
    /// As the converter calls the network, without the end that all of them have.
    made_as: &'a str,
    tensors: u32,
}

/// Whether a file begins so: there is no magic.
pub(crate) fn begins_so(first: &[u8]) -> bool {
    header(first).is_some()
}

pub(super) fn ctranslate2(source: &mut dyn Source) -> io::Result<Found> {
    let first = read_at(source, 0, HEADER)?;
    let Some(Header { version, made_as, tensors }) = header(&first) else { return Ok(Found::default()) };
    let facts = Described {
        architecture: Some(made_as.to_owned()),
        version: Some(version.to_string()),
        tensor_count: u64::from(tensors),
        ..Described::default()
    };
    Ok(Found { facts, hazards: Vec::new(), whole: true })
}

fn header(first: &[u8]) -> Option<Header<'_>> {
    let (version, rest) = number(first)?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    let name = name.strip_suffix(b"\0").filter(|name| name.len() <= LONGEST_NAME)?;
    let made_as = std::str::from_utf8(name).ok()?.strip_suffix("Spec").filter(|name| !name.is_empty())?;
    let (_revision, rest) = number(rest)?;
    let (tensors, _) = number(rest)?;
    let is_one = VERSIONS.contains(&version) && tensors > 0 && made_as.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one.then_some(Header { version, made_as, tensors })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk::<4>().map(|(number, rest)| (u32::from_le_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn file(version: u32, name: &str, tensors: u32) -> Vec<u8> {
        let length = u16::try_from(name.len() + 1).unwrap().to_le_bytes();
        [&version.to_le_bytes()[..], &length, name.as_bytes(), b"\0", &[3, 0, 0, 0], &tensors.to_le_bytes()].concat()
    }

    #[test]
    fn it_says_what_it_is_made_as() {
        let found = ctranslate2(&mut Cursor::new(file(6, "WhisperSpec", 500))).unwrap();
        assert_eq!((found.facts.architecture.as_deref(), found.facts.tensor_count), (Some("Whisper"), 500));
        for other in
            [file(0, "WhisperSpec", 5), file(6, "Whisper", 5), file(6, "Spec", 5), file(6, "A bSpec", 5), file(6, "XSpec", 0)]
        {
            assert!(!begins_so(&other), "{other:?}");
        }
        assert!(!begins_so(file(6, &format!("{}Spec", "W".repeat(61)), 5).as_slice()));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..100), keep in 0_usize..30) {
            let mut whole = file(6, "WhisperSpec", 5);
            whole.truncate(keep);
            whole.extend(bytes);
            std::hint::black_box(begins_so(&whole));
        }
    }
}
