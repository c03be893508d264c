//! GGUF, versions 2 and 3, little-endian. Version 1 and big-endian files are read only for what they say, and refused by name
//! wherever one could run them.

mod keys;
mod tensors;
#[cfg(test)]
mod tests;
mod texts;

use std::io::{Read, Seek};

use crate::facts::{Facts, Format, ModelKind, makes_pictures, printable};
use crate::input::{Form, Input};
use crate::listing::Listing;
use crate::quantisation;
use crate::{Limits, ModelFileError};
use keys::Metadata;
use tensors::Tensors;

pub(crate) const TRUNCATED: &str = "gguf.truncated";
pub(crate) const COUNT_LIES: &str = "gguf.count_lies";

pub(crate) const fn lies(code: &'static str, what: &'static str) -> ModelFileError {
    ModelFileError::Lies { code, what }
}

pub(crate) fn read<R: Read + Seek>(mut input: Input<R>, limits: &Limits) -> Result<(Facts, Listing), ModelFileError> {
    input.skip(4, TRUNCATED)?;
    let version = input.u32(TRUNCATED)?;
    match version {
        2 | 3 => {}
        1 if input.form().short_counts => {}
        1 => {
            return Err(ModelFileError::NotForEngine {
                code: "gguf.version_1",
                why: "it is in the first version of the format, which nobody uses any more",
            });
        }
        _ if (1..=3).contains(&version.swap_bytes()) => {
            return Err(ModelFileError::NotForEngine {
                code: "gguf.big_endian",
                why: "its bytes are in the order of another kind of computer",
            });
        }
        _ => return Err(lies("gguf.version", "its format version does not exist")),
    }
    let (tensor_count, key_count) = (input.count(TRUNCATED)?, input.count(TRUNCATED)?);
    // The least that one takes: 24 bytes a tensor, 13 a key.
    if tensor_count > input.left() / 24 {
        return Err(lies(COUNT_LIES, "it promises more tensors than it has room for"));
    }
    if key_count > input.left() / 13 {
        return Err(lies(COUNT_LIES, "it promises more metadata than it has room for"));
    }
    if tensor_count > limits.tensors {
        return Err(ModelFileError::TooMuch { code: "gguf.too_many_tensors", what: "more tensors" });
    }
    if key_count > limits.keys {
        return Err(ModelFileError::TooMuch { code: "gguf.too_many_keys", what: "more metadata" });
    }
    let mut metadata = Metadata::read(&mut input, key_count, limits)?;
    let mut tensors = Tensors::read(&mut input, tensor_count, metadata.alignment)?;
    let header_bytes = input.at();
    let data_at = header_bytes.checked_next_multiple_of(metadata.alignment);
    let promised = data_at.and_then(|at| at.checked_add(tensors.data_bytes));
    let promised_bytes = promised.ok_or_else(|| lies("gguf.size_overflows", "its size does not fit a number"))?;
    // The last tensor's padding may be missing.
    if tensors.end > 0 && data_at.and_then(|at| at.checked_add(tensors.end)).is_none_or(|end| end > input.size()) {
        return Err(ModelFileError::Truncated { code: TRUNCATED, promised: promised_bytes, found: input.size() });
    }
    let mut listing = Listing { keys: std::mem::take(&mut metadata.listed), tensors: std::mem::take(&mut tensors.listed) };
    for tensor in &mut listing.tensors {
        // Each ends within the promised bytes, whose sum fits.
        tensor.offset = tensor.offset.saturating_add(data_at.unwrap_or(0));
    }
    let mut facts = facts(version, metadata, &tensors, tensor_count, (header_bytes, promised_bytes));
    if facts.kind == ModelKind::Other && makes_pictures(listing.tensors.iter().map(|tensor| tensor.name.as_str())) {
        facts.kind = ModelKind::Image;
    }
    Ok((facts, listing))
}

/// Version 1, or the other byte order: read for what it says, and never for running it.
pub(crate) fn read_foreign<R: Read + Seek>(mut input: Input<R>, limits: &Limits) -> Result<Facts, ModelFileError> {
    let first = input.peek(8)?;
    let version = first.get(4..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    let big_endian = u32::from_le_bytes(version) > 3;
    let number = if big_endian { u32::from_be_bytes(version) } else { u32::from_le_bytes(version) };
    input.set_form(Form { big_endian, short_counts: number == 1 });
    Ok(read(input, limits)?.0)
}

fn facts(version: u32, metadata: Metadata, tensors: &Tensors, count: u64, (header_bytes, promised_bytes): (u64, u64)) -> Facts {
    let kind = kind(&metadata);
    let named = metadata.file_type.and_then(quantisation::file_type).or(tensors.most_common);
    Facts {
        format: Format::Gguf,
        version: Some(version),
        kind,
        name: metadata.name.as_deref().and_then(|name| printable(name, 120)),
        parameters: Some(tensors.elements),
        quantisation: named.and_then(|name| name.parse().ok()),
        context_length: metadata.context_length.and_then(|length| u32::try_from(length).ok()),
        chat_template: metadata.chat_template,
        more_templates: metadata.more_templates,
        licence: metadata.licence.as_deref().and_then(|licence| printable(licence, 120)),
        base_models: metadata.base_models.iter().filter_map(|name| printable(name, 120)).collect(),
        tensors: count,
        blocks: metadata.blocks,
        split_count: metadata.split_count,
        repeated_tokens: metadata.repeated_tokens,
        architecture: metadata.architecture,
        header_bytes,
        promised_bytes,
    }
}

/// Architectures that make vectors of texts or pictures, and those that are parts of other models.
fn kind(metadata: &Metadata) -> ModelKind {
    match metadata.general_type.as_deref() {
        Some("adapter") => return ModelKind::Adapter,
        Some("mmproj" | "projector") => return ModelKind::Projector,
        _ => {}
    }
    match metadata.architecture.as_deref() {
        Some(
            "bert" | "nomic-bert" | "nomic-bert-moe" | "jina-bert-v2" | "jina-bert-v3" | "neo-bert" | "modern-bert" | "t5encoder"
            | "gemma-embedding",
        ) => ModelKind::Embedder,
        Some("clip") => ModelKind::Projector,
        Some("whisper" | "wavtokenizer-dec" | "silero") => ModelKind::Speech,
        Some(
            "aura" | "chroma" | "cosmos" | "flux" | "hidream" | "hyvid" | "ltxv" | "lumina2" | "qwen_image" | "sd1" | "sd2"
            | "sd3" | "sdxl" | "wan",
        ) => ModelKind::Image,
        None => ModelKind::Other,
        Some(_) => ModelKind::Text,
    }
}
