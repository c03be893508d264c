//! safetensors: an 8-byte length, a JSON object, then the data, which its tensors must cover without hole, overlap or tail.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::{Read, Seek};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::facts::{Facts, Format, ModelKind, makes_pictures, printable};
use crate::input::Input;
use crate::listing::{Listing, TensorEntry, push_length};
use crate::{Limits, ModelFileError};

/// The format's own limit for its header, in bytes.
pub(crate) const LONGEST_HEADER: u64 = 100_000_000;
const TRUNCATED: &str = "safetensors.truncated";
/// Published tensors have at most five.
const MOST_DIMENSIONS: usize = 32;

const fn lies(code: &'static str, what: &'static str) -> ModelFileError {
    ModelFileError::Lies { code, what }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    dtype: Dtype,
    shape: Shape,
    data_offsets: (u64, u64),
}

/// Name and bits of one element; `None` for a name that does not exist.
struct Dtype(Option<(&'static str, u64)>);

impl<'de> Deserialize<'de> for Dtype {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Dtype;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of number")
            }
            fn visit_str<E>(self, name: &str) -> Result<Dtype, E> {
                Ok(Dtype(dtype(name)))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

/// Product of the lengths, `None` when it fits no number, and the lengths.
struct Shape(Option<u64>, Vec<u64>);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lengths;
        impl<'de> Visitor<'de> for Lengths {
            type Value = Shape;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a few lengths")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut lengths: A) -> Result<Shape, A::Error> {
                let (mut product, mut dimensions, mut kept) = (Some(1_u64), 0, Vec::new());
                while let Some(length) = lengths.next_element::<u64>()? {
                    dimensions += 1;
                    if dimensions > MOST_DIMENSIONS {
                        return Err(A::Error::invalid_length(dimensions, &self));
                    }
                    product = product.and_then(|product| product.checked_mul(length));
                    push_length(&mut kept, length);
                }
                Ok(Shape(product, kept))
            }
        }
        deserializer.deserialize_seq(Lengths)
    }
}

/// The object, with every name once: a JSON map would silently keep the last of two.
#[derive(Default)]
struct Header {
    tensors: BTreeMap<String, Tensor>,
    metadata: Metadata,
}

/// Strings to strings, every name once; what is not shown is not kept.
#[derive(Default)]
struct Metadata {
    name: Option<String>,
    licence: Option<String>,
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strings;
        impl<'de> Visitor<'de> for Strings {
            type Value = Metadata;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
                let (mut metadata, mut names) = (Metadata::default(), HashSet::new());
                while let Some((name, text)) = map.next_entry::<String, String>()? {
                    match name.as_str() {
                        "name" => metadata.name = Some(text),
                        "license" => metadata.licence = Some(text),
                        _ => {}
                    }
                    if !names.insert(name) {
                        return Err(A::Error::custom("twice"));
                    }
                }
                Ok(metadata)
            }
        }
        deserializer.deserialize_map(Strings)
    }
}

/// Reads the header and stops at the limit, before the rest takes memory.
struct Reading<'limit> {
    most: u64,
    too_many: &'limit Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Header;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Header, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Header;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header::default();
        let mut described = false;
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                if described {
                    return Err(A::Error::custom("twice"));
                }
                described = true;
                header.metadata = map.next_value()?;
            } else if header.tensors.len() as u64 >= self.most {
                self.too_many.set(true);
                return Err(A::Error::custom("too many"));
            } else if header.tensors.insert(name, map.next_value()?).is_some() {
                return Err(A::Error::custom("twice"));
            }
        }
        Ok(header)
    }
}

pub(crate) fn read<R: Read + Seek>(mut input: Input<R>, limits: &Limits) -> Result<(Facts, Listing), ModelFileError> {
    let length = input.u64(TRUNCATED)?;
    if length > LONGEST_HEADER {
        return Err(lies("safetensors.header_length", "its header is longer than the format allows"));
    }
    let bytes = input.bytes(length, TRUNCATED)?;
    if bytes.first() != Some(&b'{') {
        return Err(lies("safetensors.header_text", "its header is no JSON object"));
    }
    let header = parse(&bytes, limits)?;
    let data = cover(&header.tensors)?;
    let header_bytes = input.at();
    let promised_bytes = header_bytes.checked_add(data.bytes).ok_or_else(overflow)?;
    if promised_bytes > input.size() {
        return Err(ModelFileError::Truncated { code: TRUNCATED, promised: promised_bytes, found: input.size() });
    }
    if promised_bytes < input.size() {
        return Err(lies("safetensors.tail", "bytes stand behind its last tensor"));
    }
    let facts = Facts {
        format: Format::Safetensors,
        version: None,
        architecture: None,
        name: header.metadata.name.and_then(|name| printable(&name, 120)),
        kind: kind(&header.tensors),
        parameters: Some(data.elements),
        quantisation: data.most_common.and_then(|name| name.parse().ok()),
        context_length: None,
        chat_template: None,
        more_templates: Vec::new(),
        licence: header.metadata.licence.and_then(|licence| printable(&licence, 120)),
        base_models: Vec::new(),
        tensors: header.tensors.len() as u64,
        blocks: None,
        split_count: None,
        repeated_tokens: false,
        header_bytes,
        promised_bytes,
    };
    Ok((facts, Listing { keys: Vec::new(), tensors: listed(header.tensors, header_bytes) }))
}

fn listed(tensors: BTreeMap<String, Tensor>, data_at: u64) -> Vec<TensorEntry> {
    let entry = |(name, tensor): (String, Tensor)| {
        let (begin, end) = tensor.data_offsets;
        let (offset, bytes) = (data_at.saturating_add(begin), end.saturating_sub(begin));
        tensor.dtype.0.map(|(element, _)| TensorEntry { name, element, shape: tensor.shape.1, offset, bytes })
    };
    tensors.into_iter().filter_map(entry).collect()
}

fn parse(bytes: &[u8], limits: &Limits) -> Result<Header, ModelFileError> {
    let too_many = Cell::new(false);
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Reading { most: limits.tensors, too_many: &too_many }.deserialize(&mut json);
    match read.and_then(|header| json.end().map(|()| header)) {
        Ok(header) => Ok(header),
        Err(_) if too_many.get() => Err(ModelFileError::TooMuch { code: "safetensors.too_many_tensors", what: "more tensors" }),
        Err(_) => Err(lies("safetensors.header_text", "its header is no list of tensors, or names one twice")),
    }
}

struct Data {
    bytes: u64,
    elements: u64,
    most_common: Option<&'static str>,
}

fn cover(tensors: &BTreeMap<String, Tensor>) -> Result<Data, ModelFileError> {
    let mut places = Vec::new();
    let mut types = BTreeMap::new();
    let mut elements = 0_u64;
    for tensor in tensors.values() {
        let (name, bits) =
            tensor.dtype.0.ok_or_else(|| lies("safetensors.dtype", "a tensor is of a kind that does not exist"))?;
        let count = tensor.shape.0.ok_or_else(overflow)?;
        let all_bits = count.checked_mul(bits).ok_or_else(overflow)?;
        if !all_bits.is_multiple_of(8) {
            return Err(lies("safetensors.tensor_size", "a tensor's size does not fit its shape"));
        }
        let bytes = all_bits / 8;
        let (begin, end) = tensor.data_offsets;
        if begin > end || end - begin != bytes {
            return Err(lies("safetensors.tensor_size", "a tensor's size does not fit its shape"));
        }
        elements = elements.checked_add(count).ok_or_else(overflow)?;
        *types.entry(name).or_insert(0_u64) += count;
        places.push((begin, end));
    }
    places.sort_unstable();
    let mut next = 0;
    for (begin, end) in places {
        if begin != next {
            return Err(lies("safetensors.tensor_overlap", "its tensors overlap or leave gaps"));
        }
        next = end;
    }
    let most_common = types.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name);
    Ok(Data { bytes: next, elements, most_common })
}

/// Name and bits of one element.
fn dtype(name: &str) -> Option<(&'static str, u64)> {
    Some(match name {
        "F64" => ("F64", 64),
        "F32" => ("F32", 32),
        "F16" => ("F16", 16),
        "BF16" => ("BF16", 16),
        "F8_E4M3" => ("F8_E4M3", 8),
        "F8_E5M2" => ("F8_E5M2", 8),
        "F8_E8M0" => ("F8_E8M0", 8),
        "F6_E2M3" => ("F6_E2M3", 6),
        "F6_E3M2" => ("F6_E3M2", 6),
        "F4" => ("F4", 4),
        "C64" => ("C64", 64),
        "I64" => ("I64", 64),
        "U64" => ("U64", 64),
        "I32" => ("I32", 32),
        "U32" => ("U32", 32),
        "I16" => ("I16", 16),
        "U16" => ("U16", 16),
        "I8" => ("I8", 8),
        "U8" => ("U8", 8),
        "BOOL" => ("BOOL", 8),
        _ => return None,
    })
}

/// By the names that the common libraries give their layers.
fn kind(tensors: &BTreeMap<String, Tensor>) -> ModelKind {
    let any = |part: &str| tensors.keys().any(|name| name.contains(part));
    if any("lora_A") || any("lora_B") || any("lora_up") {
        ModelKind::Adapter
    } else if makes_pictures(tensors.keys().map(String::as_str)) {
        // Some bring their text encoder along.
        ModelKind::Image
    } else if any("encoder.layer.") && !any("decoder") {
        ModelKind::Embedder
    } else if any("self_attn.q_proj") || any("lm_head") || any("attn.c_attn") {
        ModelKind::Text
    } else {
        ModelKind::Other
    }
}

const fn overflow() -> ModelFileError {
    lies("safetensors.size_overflows", "its size does not fit a number")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use canteen_types::Coded as _;
    use proptest::prelude::*;

    use super::*;
    use crate::read_header;

    fn file(header: &str, data: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.resize(bytes.len() + data, 7);
        bytes
    }

    fn code(header: &str, data: usize) -> &'static str {
        let bytes = file(header, data);
        read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default()).map_or_else(|error| error.code(), |_| "read")
    }

    const GOOD: &str = r#"{"__metadata__":{"format":"pt"},"encoder.layer.0.w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F16","shape":[4],"data_offsets":[16,24]}}"#;

    #[test]
    fn a_whole_file_is_read() {
        let bytes = file(GOOD, 24);
        let facts = read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default()).unwrap();
        assert_eq!(
            (facts.format, facts.kind, facts.parameters, facts.tensors),
            (Format::Safetensors, ModelKind::Embedder, Some(8), 2)
        );
        assert_eq!(facts.promised_bytes, bytes.len() as u64);
    }

    #[test]
    fn what_makes_pictures_may_bring_its_text_encoder_along() {
        let header = r#"{"model.diffusion_model.out.2.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"cond_stage_model.self_attn.q_proj":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#;
        let bytes = file(header, 16);
        let facts = read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default()).unwrap();
        assert_eq!(facts.kind, ModelKind::Image);
    }

    #[test]
    fn every_lie_has_its_code() {
        assert_eq!(code(GOOD, 23), "safetensors.truncated");
        assert_eq!(code(GOOD, 25), "safetensors.tail");
        let one = |body: &str| format!(r#"{{"a":{body}}}"#);
        assert_eq!(code(&one(r#"{"dtype":"F32","shape":[2],"data_offsets":[0,9]}"#), 9), "safetensors.tensor_size");
        assert_eq!(code(&one(r#"{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#), 9), "safetensors.tensor_size");
        assert_eq!(code(&one(r#"{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#), 12), "safetensors.tensor_overlap");
        assert_eq!(code(&one(r#"{"dtype":"Q9","shape":[2],"data_offsets":[0,8]}"#), 8), "safetensors.dtype");
        assert_eq!(
            code(&one(r#"{"dtype":"F32","shape":[18446744073709551615,9],"data_offsets":[0,8]}"#), 8),
            "safetensors.size_overflows"
        );
        let twice =
            r#"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#;
        assert_eq!(code(twice, 1), "safetensors.header_text");
    }

    #[test]
    fn what_would_take_memory_is_refused_while_it_is_read() {
        let one = |shape: &str| format!(r#"{{"a":{{"dtype":"I8","shape":[{shape}],"data_offsets":[0,1]}}}}"#);
        assert_eq!(code(&one("1,1,1,1"), 1), "read");
        assert_eq!(code(&one("1,".repeat(40).trim_end_matches(',')), 1), "safetensors.header_text");
        let bytes = file(GOOD, 24);
        let limits = Limits { tensors: 1, ..Limits::default() };
        let refused = read_header(Cursor::new(&bytes), bytes.len() as u64, &limits).unwrap_err();
        assert_eq!(refused.code(), "safetensors.too_many_tensors");
    }

    #[test]
    fn the_format_is_taken_strictly() {
        assert_eq!(code(&format!(" {GOOD}"), 24), "file.unknown");
        assert_eq!(code(&format!("{GOOD}   "), 24), "read", "padding with spaces is the format's own");
        assert_eq!(code(&format!("{GOOD}x"), 24), "safetensors.header_text");
        assert_eq!(code(r#"{"__metadata__":{"a":"1","a":"2"}}"#, 0), "safetensors.header_text");
        assert_eq!(code(r#"{"__metadata__":{"a":1}}"#, 0), "safetensors.header_text");
        assert_eq!(code(r#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, 2), "safetensors.tensor_size");
        assert_eq!(code(&format!(r#"{{"a":{}1{}}}"#, "[".repeat(500), "]".repeat(500)), 0), "safetensors.header_text");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes: Vec<u8>, at: prop::sample::Index, with: u8) {
            let mut mutated = file(GOOD, 24);
            let place = at.index(mutated.len());
            mutated[place] = with;
            drop(read_header(Cursor::new(&mutated), mutated.len() as u64, &Limits::default()));
            bytes.splice(0..0, 40_u64.to_le_bytes().into_iter().chain(*b"{\""));
            drop(read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default()));
        }
    }
}
