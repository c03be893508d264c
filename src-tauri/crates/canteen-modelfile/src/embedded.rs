//! Weights that a program carries behind its own code, as llamafile does: a zip at the end of the file, with one member unpacked.

use std::io;

use crate::archive::zip::{self, Bounds};
use crate::section::{Section, read_at};
use crate::{Facts, Format, Limits, ModelFileError, Source, read_header, recognise};

/// A program with weights in it has some; one with more is a program that unpacks itself.
const MOST_MEMBERS: u64 = 1024;
/// A member is stored as it is.
const STORED: u16 = 0;

/// Reads the header of GGUF weights in a zip behind a program. Whether it is a program is for the caller to know.
///
/// # Errors
/// [`ModelFileError`] with the code of the first thing that is wrong; `file.unknown` when there are no weights behind it.
pub fn read_embedded_header(source: &mut dyn Source, size: u64, limits: &Limits) -> Result<Facts, ModelFileError> {
    let members = zip::read(source, size, Bounds { members: MOST_MEMBERS })?.map(|zip| zip.members).unwrap_or_default();
    for member in members.iter().filter(|member| member.found && member.method == STORED && member.packed == member.size) {
        if is_gguf(source, member.data_at)? {
            return read_header(Section::new(source, member.data_at, member.size), member.size, limits);
        }
    }
    Err(ModelFileError::Unknown)
}

/// Reads the header of weights that begin at `at` in a file of something else, and go to its end at most.
///
/// # Errors
/// Those of [`read_header`].
pub fn read_header_at(source: &mut dyn Source, (at, size): (u64, u64), limits: &Limits) -> Result<Facts, ModelFileError> {
    let left = size.saturating_sub(at);
    read_header(Section::new(source, at, left), left, limits)
}

fn is_gguf(source: &mut dyn Source, at: u64) -> io::Result<bool> {
    Ok(recognise(&read_at(source, at, 16)?) == Some(Format::Gguf))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::archive::zip::tests::{build, part};

    const PROGRAM: &[u8] = b"\x7fELF\x02\x01\x01 and its code";

    fn gguf() -> Vec<u8> {
        [&b"GGUF\x03\0\0\0"[..], &[0; 16]].concat()
    }

    fn read(bytes: &[u8]) -> Result<Facts, ModelFileError> {
        read_embedded_header(&mut Cursor::new(bytes), bytes.len() as u64, &Limits::default())
    }

    #[test]
    fn weights_behind_a_program_are_found() {
        let zip = build(&[part("README", b"run me"), part("model.gguf", &gguf())]);
        let facts = read(&[PROGRAM, &zip].concat()).unwrap();
        assert_eq!((facts.format, facts.version), (Format::Gguf, Some(3)));
    }

    #[test]
    fn only_weights_that_lie_there_as_they_are_count() {
        let other = [
            [PROGRAM, &build(&[part("model.gguf", &gguf()).deflated()])].concat(),
            [PROGRAM, &build(&[part("model.gguf", b"no weights at all")])].concat(),
            [PROGRAM, &gguf()].concat(),
            PROGRAM.to_vec(),
        ];
        for bytes in other {
            assert!(matches!(read(&bytes), Err(ModelFileError::Unknown)));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..200, flip in any::<u8>()) {
            let zip = build(&[part("m.gguf", &gguf())]);
            bytes.extend(zip);
            let at = at % bytes.len();
            bytes[at] ^= flip;
            let _read = read(&bytes);
        }
    }
}
