//! safetensors: an 8-byte length, a JSON object, then the data, which its tensors must cover without hole, overlap or tail.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Seek};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::facts::{Facts, Format, ModelKind, printable};
use crate::input::Input;
use crate::{Limits, ModelFileError};

/// The format's own limit for its header, in bytes.
pub(crate) const LONGEST_HEADER: u64 = 100_000_000;
const TRUNCATED: &str = "safetensors.truncated";

const fn lies(code: &'static str, what: &'static str) -> ModelFileError {
    ModelFileError::Lies { code, what }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// The object, with every name once: a JSON map would silently keep the last of two.
#[derive(Default)]
struct Header {
    tensors: BTreeMap<String, Tensor>,
    metadata: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
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
                    } else if header.tensors.insert(name, map.next_value()?).is_some() {
                        return Err(A::Error::custom("twice"));
                    }
                }
                Ok(header)
            }
        }
        deserializer.deserialize_map(Once)
    }
}

pub(crate) fn read<R: Read + Seek>(mut input: Input<R>, limits: &Limits) -> Result<Facts, ModelFileError> {
    let length = input.u64(TRUNCATED)?;
    if length > LONGEST_HEADER {
        return Err(lies("safetensors.header_length", "its header is longer than the format allows"));
    }
    let bytes = input.bytes(length, TRUNCATED)?;
    if bytes.first() != Some(&b'{') {
        return Err(lies("safetensors.header_text", "its header is no JSON object"));
    }
    let header: Header = serde_json::from_slice(&bytes)
        .map_err(|_| lies("safetensors.header_text", "its header is no list of tensors, or names one twice"))?;
    if header.tensors.len() as u64 > limits.tensors {
        return Err(ModelFileError::TooMuch { code: "safetensors.too_many_tensors", what: "more tensors" });
    }
    let data = cover(&header.tensors)?;
    let header_bytes = input.at();
    let promised_bytes = header_bytes.checked_add(data.bytes).ok_or_else(overflow)?;
    if promised_bytes > input.size() {
        return Err(ModelFileError::Truncated { code: TRUNCATED, promised: promised_bytes, found: input.size() });
    }
    if promised_bytes < input.size() {
        return Err(lies("safetensors.tail", "bytes stand behind its last tensor"));
    }
    Ok(Facts {
        format: Format::Safetensors,
        version: None,
        architecture: None,
        name: header.metadata.get("name").and_then(|name| printable(name, 120)),
        kind: kind(&header.tensors),
        parameters: Some(data.elements),
        quantisation: data.most_common.and_then(|name| name.parse().ok()),
        context_length: None,
        chat_template: None,
        licence: header.metadata.get("license").and_then(|licence| printable(licence, 120)),
        base_models: Vec::new(),
        tensors: header.tensors.len() as u64,
        blocks: None,
        split_count: None,
        header_bytes,
        promised_bytes,
    })
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
            dtype(&tensor.dtype).ok_or_else(|| lies("safetensors.dtype", "a tensor is of a kind that does not exist"))?;
        let count = tensor.shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length)).ok_or_else(overflow)?;
        let bytes = count.checked_mul(bits).ok_or_else(overflow)?.div_ceil(8);
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
        "F8_E4M3" | "F8_E5M2" | "F8_E8M0" => ("F8", 8),
        "F6_E2M3" | "F6_E3M2" => ("F6", 6),
        "F4" => ("F4", 4),
        "I64" | "U64" | "C64" => ("I64", 64),
        "I32" | "U32" => ("I32", 32),
        "I16" | "U16" => ("I16", 16),
        "I8" | "U8" | "BOOL" => ("I8", 8),
        _ => return None,
    })
}

/// By the names that the common libraries give their layers.
fn kind(tensors: &BTreeMap<String, Tensor>) -> ModelKind {
    let any = |part: &str| tensors.keys().any(|name| name.contains(part));
    if any("lora_A") || any("lora_B") || any("lora_up") {
        ModelKind::Adapter
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
