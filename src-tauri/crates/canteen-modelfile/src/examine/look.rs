//! One file, or one member of an archive: what it is, and what is wrong with it.

use std::io;
use std::ops::ControlFlow;

use canteen_types::Coded as _;

use super::archives::Archive;
use super::bounds::Bounds;
use super::{hazards, inside};
use crate::archive;
use crate::facts::Facts;
use crate::hazard::Hazard;
use crate::kind::{FIRST_BYTES, Kind};
use crate::section::{Source, read_at};
use crate::{header_hazards, read_header};

/// What one look found.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) kind: Kind,
    pub(crate) facts: Option<Facts>,
    pub(crate) hazards: Vec<Hazard>,
    /// Its content was judged, not only its kind.
    pub(crate) looked_into: bool,
}

/// What one examination may still spend.
pub(crate) struct Budget<'a> {
    pub(crate) bounds: &'a Bounds,
    /// Bytes that may still be unpacked.
    pub(crate) unpacked: u64,
    /// Members of archives that may still be looked at, those of archives in archives included.
    pub(crate) members: u64,
    /// Asked before each member.
    pub(crate) go_on: &'a mut dyn FnMut() -> ControlFlow<()>,
}

impl Budget<'_> {
    /// # Errors
    /// [`io::ErrorKind::Interrupted`] when the caller wants no more.
    pub(crate) fn ask(&mut self) -> io::Result<()> {
        if (self.go_on)().is_break() { Err(io::Error::other(Cancelled)) } else { Ok(()) }
    }
}

/// The caller wanted no more.
#[derive(Debug, thiserror::Error)]
#[error("stopped by the caller")]
pub(crate) struct Cancelled;

/// What is looked at.
pub(crate) struct Thing<'a> {
    pub(crate) source: &'a mut dyn Source,
    pub(crate) size: u64,
    /// Only for what a name promises.
    pub(crate) name: &'a str,
    /// Archives around it.
    pub(crate) depth: u8,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all that is no container has one reader")]
pub(crate) fn look(thing: Thing<'_>, budget: &mut Budget<'_>) -> io::Result<Look> {
    budget.ask()?;
    let Thing { source, size, name, depth } = thing;
    let first = read_at(source, 0, FIRST_BYTES)?;
    let kind = Kind::of(&first);
    let mut look = Look { kind, facts: None, hazards: Vec::new(), looked_into: true };
    let archive = Archive { size, depth };
    match kind {
        Kind::Gguf | Kind::Safetensors => header(source, size, &mut look, budget)?,
        Kind::GgufFirst | Kind::GgufBigEndian => look.looked_into = false,
        Kind::Zip => archive.zip(source, &mut look, budget)?,
        Kind::Tar => archive.tar(source, &mut look, budget)?,
        Kind::Gzip | Kind::Zlib => archive.compressed(source, name, &mut look, budget)?,
        Kind::SevenZip | Kind::Lz4 | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            look.hazards.push(Hazard::of(&archive::hazards::NOT_LOOKED_INTO, kind.name()));
            look.looked_into = false;
        }
        _ => inside::look(source, size, name, &mut look)?,
    }
    if kind != Kind::Zip {
        archive.zip_behind(source, &mut look, budget)?;
    }
    inside::also_a_pickle(source, size, name, &mut look)?;
    by_name(name, &mut look);
    if !look.looked_into && look.kind.is_model() && look.hazards.is_empty() {
        look.hazards.push(Hazard::of(&hazards::NOT_INSPECTED, kind.name()));
    }
    Ok(look)
}

/// GGUF and safetensors: an error of the reader is a hazard, save where only our own engine minds.
fn header(source: &mut dyn Source, size: u64, look: &mut Look, budget: &Budget<'_>) -> io::Result<()> {
    match read_header(&mut *source, size, &budget.bounds.header) {
        Ok(facts) => {
            if facts.promised_bytes < size {
                let behind = read_at(source, facts.promised_bytes, FIRST_BYTES)?;
                let other = Kind::of(&behind);
                let code = if matches!(other, Kind::Unknown | Kind::Text | Kind::Empty) {
                    &header_hazards::GGUF_TAIL
                } else {
                    &hazards::TWO_THINGS
                };
                look.hazards.push(Hazard::at(code, facts.promised_bytes, other.name()));
            }
            if facts.repeated_tokens {
                look.hazards.push(Hazard::of(&header_hazards::GGUF_TOKENS_TWICE, ""));
            }
            look.facts = Some(facts);
        }
        Err(crate::ModelFileError::Io(error)) => return Err(error),
        Err(error) => match header_hazards::of_error(error.code()) {
            Some(code) => look.hazards.push(Hazard::of(code, "")),
            None => look.looked_into = false,
        },
    }
    Ok(())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a model's name promises nothing but a model")]
/// What the name promises, and the bytes do not keep.
fn by_name(name: &str, look: &mut Look) {
    let ending = name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase());
    let weights = matches!(
        ending.as_str(),
        "gguf"
            | "ggml"
            | "safetensors"
            | "bin"
            | "pt"
            | "pth"
            | "ckpt"
            | "pkl"
            | "pickle"
            | "joblib"
            | "npy"
            | "npz"
            | "onnx"
            | "keras"
            | "h5"
            | "hdf5"
            | "pb"
            | "tflite"
            | "mlmodel"
            | "engine"
            | "plan"
            | "model"
            | "weights"
    );
    let say = |look: &mut Look, code| look.hazards.push(Hazard::of(code, look.kind.name()));
    match look.kind {
        Kind::Elf | Kind::Pe | Kind::MachO | Kind::Script | Kind::Llamafile if weights => say(look, &hazards::EXECUTABLE),
        Kind::Llamafile => say(look, &hazards::LLAMAFILE),
        Kind::Elf | Kind::Pe | Kind::MachO => say(look, &hazards::NATIVE_CODE),
        Kind::Script => say(look, &hazards::SCRIPT),
        Kind::Text if matches!(ending.as_str(), "py" | "pyw" | "pth") => say(look, &hazards::PYTHON),
        // OpenVINO's, ONNX's and MLC's weights are bare numbers in a `.bin`; so are parts of split files.
        Kind::Unknown if weights && ending != "bin" && ending != "weights" => say(look, &hazards::NO_MODEL),
        Kind::Unknown => look.looked_into = false,
        _ => {}
    }
}
