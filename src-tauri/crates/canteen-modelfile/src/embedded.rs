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

fn is_gguf(source: &mut dyn Source, at: u64) -> io::Result<bool> {
    Ok(recognise(&read_at(source, at, 16)?) == Some(Format::Gguf))
}
