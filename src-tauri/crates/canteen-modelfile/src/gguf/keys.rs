//! The metadata: keys and values. Only what is asked for is kept; all else is stepped over.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek};

use super::texts::{Seen, texts};
use super::{COUNT_LIES, TRUNCATED, lies};
use crate::input::Input;
use crate::listing::KeyEntry;
use crate::{Limits, ModelFileError, template};

const LONGEST_KEY: u64 = 65_535;
/// All keys together; published files have some kilobytes.
const MOST_KEY_BYTES: u64 = 16 << 20;
const DEFAULT_ALIGNMENT: u64 = 32;
/// Published vocabularies have some 300,000.
const MOST_TOKENS: u64 = 4 << 20;
/// `<architecture>.…` numbers that are kept until the architecture is known.
const MOST_NUMBERS: usize = 64;
/// Chat templates for one purpose, e.g. `tool_use`; published files have one or two.
const MORE_TEMPLATES: &str = "tokenizer.chat_template.";
const MOST_TEMPLATES: usize = 32;
const U32: u32 = 4;
const TEXT: u32 = 8;
const ARRAY: u32 = 9;

/// The keys that matter, as they stand in the file.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) alignment: u64,
    pub(super) architecture: Option<String>,
    pub(super) general_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) chat_template: Option<String>,
    pub(super) more_templates: Vec<(String, String)>,
    pub(super) file_type: Option<u32>,
    pub(super) context_length: Option<u64>,
    pub(super) blocks: Option<u64>,
    pub(super) split_count: Option<u64>,
    pub(super) base_models: Vec<String>,
    pub(super) repeated_tokens: bool,
    pub(super) listed: Vec<KeyEntry>,
}

enum Value {
    Text(Vec<u8>),
    Number(u64),
    Other,
}

impl Metadata {
    pub(super) fn read<R: Read + Seek>(input: &mut Input<R>, count: u64, limits: &Limits) -> Result<Self, ModelFileError> {
        let mut metadata = Self {
            alignment: DEFAULT_ALIGNMENT,
            architecture: None,
            general_type: None,
            name: None,
            licence: None,
            chat_template: None,
            more_templates: Vec::new(),
            file_type: None,
            context_length: None,
            blocks: None,
            split_count: None,
            base_models: Vec::new(),
            repeated_tokens: false,
            listed: Vec::new(),
        };
        let (mut seen, mut key_bytes) = (HashSet::new(), 0_u64);
        let mut numbers = BTreeMap::new();
        for _ in 0..count {
            let key = key(input, &mut key_bytes)?;
            let offset = input.at();
            let kind = input.u32(TRUNCATED)?;
            if kind == ARRAY && key == "tokenizer.ggml.tokens" {
                metadata.repeated_tokens = tokens(input, limits)?;
            } else {
                let value = value(input, kind, wanted(&key), limits)?;
                match value {
                    // The same suffix may stand below other names: only the file's own architecture counts.
                    Value::Number(number) if kind == U32 && is_layout(&key) && numbers.len() < MOST_NUMBERS => {
                        numbers.insert(key.clone(), number);
                    }
                    other @ (Value::Text(_) | Value::Number(_) | Value::Other) => metadata.take(&key, kind, other)?,
                }
            }
            metadata.listed.push(KeyEntry { name: key.clone(), offset, bytes: input.at().saturating_sub(offset) });
            if !seen.insert(key) {
                return Err(lies("gguf.key_twice", "a metadata key stands there twice"));
            }
        }
        if let Some(architecture) = &metadata.architecture {
            metadata.context_length = numbers.get(&format!("{architecture}.context_length")).copied();
            metadata.blocks = numbers.get(&format!("{architecture}.block_count")).copied();
        }
        Ok(metadata)
    }

    fn take(&mut self, key: &str, kind: u32, value: Value) -> Result<(), ModelFileError> {
        match (key, value) {
            ("general.alignment", Value::Number(alignment)) if kind == U32 => {
                if !alignment.is_power_of_two() || !(8..=4096).contains(&alignment) {
                    return Err(lies("gguf.alignment", "its alignment is impossible"));
                }
                self.alignment = alignment;
            }
            ("general.architecture", Value::Text(text)) => {
                let text = String::from_utf8(text).unwrap_or_default();
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
                if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
                    return Err(lies("gguf.architecture", "its architecture is no name"));
                }
                self.architecture = Some(text);
            }
            ("general.alignment" | "general.architecture", _) => {
                return Err(lies("gguf.key_type", "a metadata key has a value of the wrong kind"));
            }
            ("general.type", Value::Text(text)) => self.general_type = text_of(text),
            ("general.name", Value::Text(text)) => self.name = text_of(text),
            ("general.license", Value::Text(text)) => self.licence = text_of(text),
            ("tokenizer.chat_template", Value::Text(text)) => self.chat_template = Some(template_of(text)?),
            ("tokenizer.chat_template", _) => return Err(lies("gguf.template_text", "its chat template is no text")),
            (key, Value::Text(text)) if key.starts_with(MORE_TEMPLATES) => {
                if self.more_templates.len() >= MOST_TEMPLATES {
                    return Err(ModelFileError::TooMuch { code: "gguf.too_many_keys", what: "more metadata" });
                }
                let mut template = template_of(text)?;
                template.truncate(template.floor_char_boundary(template::LONGEST + 4));
                self.more_templates.push((key.replacen(MORE_TEMPLATES, "", 1), template));
            }
            ("general.file_type", Value::Number(number)) => self.file_type = u32::try_from(number).ok(),
            ("split.count", Value::Number(number)) => self.split_count = Some(number),
            (key, Value::Text(text)) if is_base_model(key) && self.base_models.len() < 8 => {
                self.base_models.extend(text_of(text))
            }
            _ => {}
        }
        Ok(())
    }
}

/// Numbers about the layout of the network, below the architecture's name.
fn is_layout(key: &str) -> bool {
    key.ends_with(".context_length") || key.ends_with(".block_count")
}

fn is_base_model(key: &str) -> bool {
    key.starts_with("general.base_model.") && key.ends_with(".name")
}

/// Texts that are kept; all others are stepped over.
fn wanted(key: &str) -> bool {
    matches!(key, "general.architecture" | "general.type" | "general.name" | "general.license" | "tokenizer.chat_template")
        || key.starts_with(MORE_TEMPLATES)
        || is_base_model(key)
}

fn template_of(bytes: Vec<u8>) -> Result<String, ModelFileError> {
    String::from_utf8(bytes).map_err(|_| lies("gguf.template_text", "its chat template is no text"))
}

fn text_of(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok()
}

fn key<R: Read + Seek>(input: &mut Input<R>, key_bytes: &mut u64) -> Result<String, ModelFileError> {
    let length = input.count(TRUNCATED)?;
    if length == 0 || length > LONGEST_KEY {
        return Err(lies("gguf.key_length", "a metadata key has an impossible length"));
    }
    *key_bytes = key_bytes.saturating_add(length);
    if *key_bytes > MOST_KEY_BYTES {
        return Err(ModelFileError::TooMuch { code: "gguf.too_many_keys", what: "more metadata" });
    }
    String::from_utf8(input.bytes(length, TRUNCATED)?).map_err(|_| lies("gguf.key_text", "a metadata key is no text"))
}

/// Reads one value; wanted texts up to the limit are kept, whole numbers are widened, all else is stepped over.
fn value<R: Read + Seek>(input: &mut Input<R>, kind: u32, wanted: bool, limits: &Limits) -> Result<Value, ModelFileError> {
    Ok(match kind {
        0 => Value::Number(u64::from(u8::from_le_bytes(input.array(TRUNCATED)?))),
        1 => signed(i64::from(i8::from_le_bytes(input.array(TRUNCATED)?))),
        2 => Value::Number(u64::from(u16::from_le_bytes(input.array(TRUNCATED)?))),
        3 => signed(i64::from(i16::from_le_bytes(input.array(TRUNCATED)?))),
        U32 => Value::Number(u64::from(input.u32(TRUNCATED)?)),
        5 => signed(i64::from(i32::from_le_bytes(input.array(TRUNCATED)?))),
        6 => stepped(input, 4)?,
        7 => {
            let [byte] = input.array::<1>(TRUNCATED)?;
            if byte > 1 {
                return Err(lies("gguf.bool", "a yes-or-no value is neither"));
            }
            Value::Other
        }
        TEXT => {
            let length = text_length(input, limits)?;
            if wanted { Value::Text(input.bytes(length, TRUNCATED)?) } else { stepped(input, length)? }
        }
        ARRAY => {
            array(input, limits)?;
            Value::Other
        }
        10 => Value::Number(input.u64(TRUNCATED)?),
        11 => signed(i64::from_le_bytes(input.array(TRUNCATED)?)),
        12 => stepped(input, 8)?,
        _ => return Err(lies("gguf.value_type", "a metadata value is of a kind that does not exist")),
    })
}

fn signed(number: i64) -> Value {
    u64::try_from(number).map_or(Value::Other, Value::Number)
}

fn stepped<R: Read + Seek>(input: &mut Input<R>, bytes: u64) -> Result<Value, ModelFileError> {
    input.skip(bytes, TRUNCATED)?;
    Ok(Value::Other)
}

pub(super) fn text_length<R: Read + Seek>(input: &mut Input<R>, limits: &Limits) -> Result<u64, ModelFileError> {
    let length = input.count(TRUNCATED)?;
    if length > input.left() {
        return Err(lies("gguf.text_length", "a text is longer than the file"));
    }
    if length > limits.text {
        return Err(ModelFileError::TooMuch { code: "gguf.text_too_long", what: "a longer text" });
    }
    Ok(length)
}

/// Kind and length of a list, checked against what is left.
fn list<R: Read + Seek>(input: &mut Input<R>, most: u64) -> Result<(u32, u64, u64), ModelFileError> {
    let (kind, count) = (input.u32(TRUNCATED)?, input.count(TRUNCATED)?);
    let width = match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        // Texts: at least the length in front of each.
        TEXT if input.form().short_counts => 4,
        TEXT | 10..=12 => 8,
        ARRAY => return Err(lies("gguf.nested_array", "it holds a list of lists")),
        _ => return Err(lies("gguf.value_type", "a metadata value is of a kind that does not exist")),
    };
    if count > input.left() / width {
        return Err(lies(COUNT_LIES, "a list promises more than it has room for"));
    }
    if count > most {
        return Err(ModelFileError::TooMuch { code: "gguf.list_too_long", what: "a longer list" });
    }
    Ok((kind, count, width))
}

fn array<R: Read + Seek>(input: &mut Input<R>, limits: &Limits) -> Result<(), ModelFileError> {
    let (kind, count, width) = list(input, limits.elements)?;
    if kind == TEXT { texts(input, count, limits, None) } else { input.skip(count.saturating_mul(width), TRUNCATED) }
}

/// Whether a token stands twice.
fn tokens<R: Read + Seek>(input: &mut Input<R>, limits: &Limits) -> Result<bool, ModelFileError> {
    let (kind, count, _) = list(input, limits.elements.min(MOST_TOKENS))?;
    if kind != TEXT {
        return Err(lies("gguf.key_type", "a metadata key has a value of the wrong kind"));
    }
    let mut seen = Seen::default();
    texts(input, count, limits, Some(&mut seen))?;
    Ok(seen.any_twice())
}
