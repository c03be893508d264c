//! Lists of texts: a vocabulary has some hundred thousand, and a header is read in a few milliseconds all the same.

use std::hash::BuildHasher as _;
use std::io::{Read, Seek};

use foldhash::quality::RandomState;

use super::keys::text_length;
use super::{Limits, ModelFileError, TRUNCATED};
use crate::input::{Form, Input};

/// Tells whether a text came twice. Eight bytes are kept of each; llama.cpp gives empty ones names of their own.
///
/// Of 262,144 tokens, the standard library's hash takes 12 ms and a table of them 13; this one takes 1 and sorting 4. Whoever makes
/// two texts of one hash makes a file of his own refused.
#[derive(Default)]
pub(super) struct Seen {
    keyed: RandomState,
    hashes: Vec<u64>,
}

impl Seen {
    fn add(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.hashes.push(self.keyed.hash_one(text));
        }
    }

    pub(super) fn any_twice(mut self) -> bool {
        self.hashes.sort_unstable();
        self.hashes.array_windows().any(|[one, next]| one == next)
    }
}

/// Steps over `count` texts and shows each to `seen`. No call, no copy and no memory for a text that lies in the buffer whole.
pub(super) fn texts<R: Read + Seek>(
    input: &mut Input<R>,
    count: u64,
    limits: &Limits,
    mut seen: Option<&mut Seen>,
) -> Result<(), ModelFileError> {
    let mut left = count;
    while left > 0 {
        let form = input.form();
        let walked = walk(input.ready()?, form, left, limits.text, seen.as_deref_mut());
        left = left.saturating_sub(walked.texts);
        input.consume(walked.bytes);
        if left > 0 {
            // This one reaches beyond the buffer, or lies.
            let length = text_length(input, limits)?;
            match &mut seen {
                Some(seen) => seen.add(&input.bytes(length, TRUNCATED)?),
                None => input.skip(length, TRUNCATED)?,
            }
            left -= 1;
        }
    }
    Ok(())
}

struct Walked {
    texts: u64,
    bytes: usize,
}

/// Over those of `most` texts that lie in `bytes` whole.
fn walk(bytes: &[u8], form: Form, most: u64, longest: u64, mut seen: Option<&mut Seen>) -> Walked {
    let (mut rest, mut texts) = (bytes, 0);
    while texts < most {
        let Some((length, behind)) = form.split_count(rest) else { break };
        let Some(length) = usize::try_from(length).ok().filter(|_| length <= longest) else { break };
        let Some((text, behind)) = behind.split_at_checked(length) else { break };
        if let Some(seen) = &mut seen {
            seen.add(text);
        }
        (rest, texts) = (behind, texts + 1);
    }
    Walked { texts, bytes: bytes.len() - rest.len() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use canteen_types::Coded as _;
    use proptest::prelude::*;

    use super::*;

    /// As one after the other is read, without looking at several at once.
    fn one_by_one(input: &mut Input<Cursor<Vec<u8>>>, count: u64, limits: &Limits) -> Result<Vec<Vec<u8>>, ModelFileError> {
        (0..count).map(|_| text_length(input, limits).and_then(|length| input.bytes(length, TRUNCATED))).collect()
    }

    fn written(texts: &[Vec<u8>], form: Form) -> Vec<u8> {
        let length = |text: &Vec<u8>| {
            let mut bytes = if form.short_counts {
                u32::try_from(text.len()).unwrap().to_le_bytes().to_vec()
            } else {
                (text.len() as u64).to_le_bytes().to_vec()
            };
            if form.big_endian {
                bytes.reverse();
            }
            bytes
        };
        texts.iter().flat_map(|text| [length(text), text.clone()].concat()).collect()
    }

    fn compare(bytes: &[u8], form: Form, count: u64, limits: &Limits) -> Result<(), TestCaseError> {
        let input = || {
            let mut input = Input::new(Cursor::new(bytes.to_vec()), bytes.len() as u64, limits.header).unwrap();
            input.set_form(form);
            input
        };
        let (mut slow, mut quick, mut skipped) = (input(), input(), input());
        let expected = one_by_one(&mut slow, count, limits);
        let mut seen = Seen::default();
        let found = texts(&mut quick, count, limits, Some(&mut seen));
        let stepped = texts(&mut skipped, count, limits, None);
        match expected {
            Ok(mut expected) => {
                prop_assert!(found.is_ok() && stepped.is_ok());
                prop_assert_eq!((quick.at(), skipped.at()), (slow.at(), slow.at()));
                expected.retain(|text| !text.is_empty());
                let all = expected.len();
                expected.sort();
                expected.dedup();
                prop_assert_eq!(seen.any_twice(), expected.len() < all);
            }
            Err(error) => {
                prop_assert_eq!(found.unwrap_err().code(), error.code());
                prop_assert_eq!(stepped.unwrap_err().code(), error.code());
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn many_at_once_are_read_as_one_by_one(
            lengths in prop::collection::vec(prop_oneof![0_usize..12, 60_000_usize..70_000], 0..40),
            (big_endian, short_counts) in any::<(bool, bool)>(),
            (cut, lie) in (prop::option::of(any::<prop::sample::Index>()), prop::option::of((any::<prop::sample::Index>(), any::<u8>()))),
            (text, header) in (prop_oneof![Just(16_u64 << 20), 5_u64..100], prop_oneof![Just(256_u64 << 20), 0_u64..1000]),
        ) {
            let form = Form { big_endian, short_counts };
            let all: Vec<Vec<u8>> = lengths.iter().enumerate().map(|(at, length)| vec![u8::try_from(at).unwrap(); *length]).collect();
            let mut bytes = written(&all, form);
            if let Some((place, value)) = lie.filter(|_| !bytes.is_empty()) {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len() + 1));
            }
            let limits = Limits { text, header, ..Limits::default() };
            compare(&bytes, form, all.len() as u64, &limits)?;
        }
    }
}
