//! What a model file says of itself, read with limits and without trusting one number of it.
//!
//! Recognition is by content, never by name. Headers are streamed: a count or a length in the file is a claim, checked against
//! the bytes that are left before anything is read, and never an allocation. Nothing is executed and no weights are read.
//!
//! ```
//! use canteen_modelfile::{Format, recognise};
//!
//! assert_eq!(recognise(b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0"), Some(Format::Gguf));
//! assert_eq!(recognise(b"PK\x03\x04 a zip is no model"), None);
//! ```

mod archive;
mod called_names;
mod embedded;
mod engine;
mod error;
mod examine;
mod facts;
pub mod formats;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod gguf;
mod hazard;
mod header_hazards;
mod input;
mod joined;
mod json;
mod kind;
mod limits;
pub mod lineage;
mod listing;
pub mod numpy;
mod once;
mod pass;
pub mod pickle;
mod quantisation;
mod safetensors;
mod section;
mod template;

use std::io::{Read, Seek};

pub use embedded::{read_embedded_header, read_header_at};
pub use engine::check_for_engine;
pub use error::ModelFileError;
pub use examine::{
    Bounds, Entry, EntryKind, Examination, FileReport, Go, ModelFiles, Progress, Reach, Seen, Survey, Tree, Whole, examine,
    look_at, survey,
};
pub use facts::{Facts, Format, ModelKind, makes_pictures};
pub use hazard::{HAZARDS, Hazard, HazardCode, Position, Severity};
pub use joined::Joined;
pub use kind::{FIRST_BYTES, Kind};
pub use limits::Limits;
pub use listing::{KeyEntry, TensorEntry};
pub use pass::{Hands, Taker, digest, pass};
pub use section::Source;

/// Tells weights by their first bytes; at least 16 are needed. `None` for anything else, whatever it is called.
#[must_use]
pub fn recognise(first: &[u8]) -> Option<Format> {
    if first.len() < 16 {
        return None;
    }
    if first.starts_with(b"GGUF") {
        return Some(Format::Gguf);
    }
    let length = u64::from_le_bytes(*first.first_chunk::<8>()?);
    // safetensors has no magic: a plausible length, then a JSON object that begins with a name.
    let object = first.get(8) == Some(&b'{') && matches!(first.get(9), Some(b'"' | b'}' | b' '));
    ((2..=safetensors::LONGEST_HEADER).contains(&length) && object).then_some(Format::Safetensors)
}

/// Reads the header of a GGUF file that nothing here runs: version 1, or big-endian. Its facts never pass for those of another.
fn read_foreign_header<R: Read + Seek>(reader: R, file_size: u64, limits: &Limits) -> Result<formats::Described, ModelFileError> {
    let input = input::Input::new(reader, file_size, limits.header)?;
    gguf::read_foreign(input, limits).map(formats::Described::from)
}

/// Reads the header of a file of `file_size` bytes, from its beginning.
///
/// # Errors
/// [`ModelFileError`] with the code of the first thing that is wrong; `file.unknown` when it is no model.
pub fn read_header<R: Read + Seek>(reader: R, file_size: u64, limits: &Limits) -> Result<Facts, ModelFileError> {
    let mut input = input::Input::new(reader, file_size, limits.header)?;
    let first: Vec<u8> = input.peek(16)?;
    match recognise(&first) {
        Some(Format::Gguf) => Ok(gguf::read(input, limits)?.0),
        Some(Format::Safetensors) => Ok(safetensors::read(input, limits)?.0),
        None => Err(ModelFileError::Unknown),
    }
}
