//! One file, or one member of an archive: what it is, and what is wrong with it.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use canteen_types::Coded as _;

use super::archives::Archive;
use super::bounds::Bounds;
use super::{hazards, inside};
use crate::engine::MOST_BLOCKS;
use crate::facts::Facts;
use crate::formats::{Described, Folder};
use crate::hazard::Hazard;
use crate::kind::{FIRST_BYTES, Kind};
use crate::section::{Source, read_at};
use crate::{
    Format, HazardCode, ModelFileError, archive, called_names, formats, header_hazards, numpy, pickle, read_foreign_header,
    read_header, template,
};

/// What one look found.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) kind: Kind,
    pub(crate) facts: Option<Facts>,
    pub(crate) described: Option<Described>,
    pub(crate) hazards: Vec<Hazard>,
    /// What a pickle of PyTorch says of the bytes that lie beside it.
    pub(crate) storages: BTreeMap<String, Option<u64>>,
    /// It is an archive, and a member is a model.
    pub(crate) holds_model: bool,
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

pub(super) fn is_cancelled(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Cancelled>())
}

/// What is looked at.
pub(crate) struct Thing<'a> {
    pub(crate) source: &'a mut dyn Source,
    pub(crate) size: u64,
    /// Only for what a name promises.
    pub(crate) name: &'a str,
    /// Archives around it.
    pub(crate) depth: u8,
    /// What it may name beside it.
    pub(crate) folder: &'a dyn Folder,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all that is no container has one reader")]
pub(crate) fn look(thing: Thing<'_>, budget: &mut Budget<'_>) -> io::Result<Look> {
    budget.ask()?;
    let Thing { source, size, name, depth, folder } = thing;
    let first = read_at(source, 0, FIRST_BYTES)?;
    let kind = Kind::of(&first);
    let mut look = Look {
        kind,
        facts: None,
        described: None,
        hazards: Vec::new(),
        storages: BTreeMap::new(),
        holds_model: false,
        looked_into: true,
    };
    let archive = Archive { size, depth };
    match kind {
        Kind::Gguf | Kind::Safetensors => header(source, size, &mut look, budget)?,
        Kind::GgufFirst | Kind::GgufBigEndian => foreign(source, size, &mut look, budget)?,
        Kind::Zip => archive.zip(source, &mut look, budget)?,
        Kind::Tar => archive.tar(source, &mut look, budget)?,
        Kind::Gzip | Kind::Zlib | Kind::Bzip2 | Kind::Xz | Kind::Zstd | Kind::Lz4 => {
            archive.compressed(source, name, &mut look, budget)?;
        }
        Kind::SevenZip => archive.seven_zip(source, &mut look, budget)?,
        Kind::OtherArchive => {
            look.hazards.push(Hazard::of(&archive::hazards::NOT_LOOKED_INTO, ""));
            look.looked_into = false;
        }
        _ => inside::look(Thing { source: &mut *source, size, name, depth, folder }, &mut look)?,
    }
    if kind != Kind::Zip {
        archive.zip_behind(source, &mut look, budget)?;
    }
    inside::also_a_pickle(source, size, name, &mut look)?;
    by_name(name, &mut look);
    if let Some(found) = template::look(name, source, size)? {
        look.hazards.extend(found);
        look.looked_into |= !look.kind.is_model();
    }
    program_behind(source, size, &mut look)?;
    if !look.looked_into && look.kind.is_model() && look.hazards.is_empty() {
        look.hazards.push(Hazard::of(&hazards::NOT_INSPECTED, kind.name()));
    }
    Ok(look)
}

/// Said of bytes behind the end of what a file is.
const TAILS: &[&HazardCode] = &[
    &header_hazards::GGUF_TAIL,
    &archive::zip::hazards::TAIL,
    &archive::sevenzip::hazards::TAIL,
    &archive::hazards::TAR_TAIL,
    &numpy::TAIL,
    formats::HDF5_TAIL,
    pickle::TRAILING,
];

/// A program there is no remainder: somebody hides it, or hides the model behind it.
fn program_behind(source: &mut dyn Source, size: u64, look: &mut Look) -> io::Result<()> {
    let own = look.hazards.iter().filter(|hazard| hazard.position.members.is_empty() && TAILS.contains(&hazard.code));
    let places: Vec<u64> = own.filter_map(|hazard| hazard.position.offset).take(4).collect();
    for at in places {
        let bytes = read_at(source, at, FIRST_BYTES.min(size.saturating_sub(at)))?;
        let blank = bytes.iter().take_while(|byte| matches!(byte, 0 | b'\n' | b'\r' | b' ')).count();
        let kind = Kind::of(bytes.get(blank..).unwrap_or_default());
        if kind.is_native() || kind == Kind::Script {
            look.hazards.push(Hazard::at(&hazards::TWO_THINGS, at, kind.name()));
        }
    }
    Ok(())
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
            if let Some(blocks) = facts.blocks.filter(|blocks| *blocks > MOST_BLOCKS) {
                look.hazards.push(Hazard::of(&header_hazards::GGUF_BLOCK_COUNT, &blocks.to_string()));
            }
            if facts.repeated_tokens {
                look.hazards.push(Hazard::of(&header_hazards::GGUF_TOKENS_TWICE, ""));
            }
            if facts.format == Format::Safetensors {
                let header = read_at(source, 0, facts.header_bytes.min(MOST_METADATA))?;
                look.hazards.extend(called_names::targets(&header));
            }
            templates(&facts, look);
            look.facts = Some(facts);
        }
        Err(error) => refused(error, look)?,
    }
    Ok(())
}

/// GGUF that nothing here runs.
fn foreign(source: &mut dyn Source, size: u64, look: &mut Look, budget: &Budget<'_>) -> io::Result<()> {
    match read_foreign_header(&mut *source, size, &budget.bounds.header) {
        Ok(described) => look.described = Some(described),
        Err(error) => refused(error, look)?,
    }
    Ok(())
}

fn refused(error: ModelFileError, look: &mut Look) -> io::Result<()> {
    match (header_hazards::of_error(error.code()), error) {
        (_, ModelFileError::Io(error)) => return Err(error),
        (Some(code), _) => look.hazards.push(Hazard::of(code, "")),
        (None, _) => look.looked_into = false,
    }
    Ok(())
}

/// All of them, the default one first: which one is used is told elsewhere.
fn templates(facts: &Facts, look: &mut Look) {
    let default = facts.chat_template.iter().map(|template| ("tokenizer.chat_template".to_owned(), template));
    let more = facts.more_templates.iter().map(|(name, template)| (format!("tokenizer.chat_template.{name}"), template));
    for (name, template) in default.chain(more) {
        look.hazards.extend(template::judge(template).into_iter().map(|hazard| hazard.within(&name)));
    }
}

/// Endings by which a system runs a text: without a first line that says so, too.
const SCRIPTS: &str = "bash bat cmd command csh desktop fish hta js jse ksh lua php pl ps1 psm1 rb reg scpt sh vbe vbs wsf zsh";
/// Endings of formats that are no text.
const NEVER_TEXT: &str = "gguf ggml h5 hdf5 keras mlmodel npy npz onnx safetensors tflite";
/// Bytes of a header in which names to be called are looked for. That of the largest published model has some 10 MB.
const MOST_METADATA: u64 = 16 << 20;

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
        Kind::Elf | Kind::Pe | Kind::MachO | Kind::OtherProgram | Kind::Script | Kind::Llamafile if weights => {
            say(look, &hazards::EXECUTABLE)
        }
        Kind::Llamafile => say(look, &hazards::LLAMAFILE),
        Kind::Elf | Kind::Pe | Kind::MachO | Kind::OtherProgram => say(look, &hazards::NATIVE_CODE),
        Kind::Script => say(look, &hazards::SCRIPT),
        Kind::Text if matches!(ending.as_str(), "py" | "pyw" | "pth") => say(look, &hazards::PYTHON),
        Kind::Unknown if matches!(ending.as_str(), "pyc" | "pyo") => say(look, &hazards::PYTHON),
        Kind::Text if SCRIPTS.split(' ').any(|script| script == ending) => say(look, &hazards::SCRIPT),
        // OpenVINO's, ONNX's and MLC's weights are bare numbers in a `.bin`; so are parts of split files.
        Kind::Unknown if weights && ending != "bin" && ending != "weights" => say(look, &hazards::NO_MODEL),
        // A page that says why there is no model, or a pointer to where it lies.
        Kind::Text if NEVER_TEXT.split(' ').any(|format| format == ending) => say(look, &hazards::NO_MODEL),
        Kind::Unknown => look.looked_into = false,
        // These have no mark, so bytes can be made that each of their loaders takes for its own.
        Kind::Onnx if ending == "mlmodel" => say(look, &hazards::NOT_AS_NAMED),
        Kind::CoreMl if matches!(ending.as_str(), "onnx" | "pb") => say(look, &hazards::NOT_AS_NAMED),
        Kind::SavedModel | Kind::KerasMetadata | Kind::OnnxTensor if matches!(ending.as_str(), "onnx" | "mlmodel") => {
            say(look, &hazards::NOT_AS_NAMED);
        }
        _ => {}
    }
}
