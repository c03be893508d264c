//! OpenVINO: a network in XML, with the weights in a file of the same stem.

mod hazards;

use std::io::{BufRead, BufReader, Read as _};

pub(crate) use hazards::ALL as HAZARDS;
use hazards::{DOCTYPE, EXTENSION_LAYER, LIBRARY, UNREADABLE, WEIGHTS_MISSING, WEIGHTS_RANGE};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::collector::{Gathered, shown};
use super::source::Stop;
use super::{File, Found, Neighbour};
use crate::ModelFileError;
use crate::section::Section;

/// Networks of large language models have some 10 MB.
const LONGEST: u64 = 256 << 20;
const MOST_LAYERS: u64 = 1 << 20;
const MOST_LENGTHS: usize = 32;
const LONGEST_VALUE: usize = 4096;
/// Families of layers beside the numbered operation sets that the library itself has.
const KNOWN_SETS: &[&str] = &["experimental", "ie_internal_opset", "util"];
/// Layers of the tokenizers that come with the library's own models.
const TOKENIZER: &[&str] = &[
    "StringTensorPack",
    "StringTensorUnpack",
    "RaggedTensorPack",
    "RaggedToDense",
    "RaggedToSparse",
    "RaggedToRagged",
    "FuzeRagged",
    "SpecialTokensSplit",
    "CaseFold",
    "NormalizeUnicode",
    "CharsMapNormalization",
    "RegexNormalization",
    "RegexSplit",
    "WordpieceTokenizer",
    "BPETokenizer",
    "UnigramTokenizer",
    "TrieTokenizer",
    "SentencepieceTokenizer",
    "SentencepieceDetokenizer",
    "SentencepieceStreamDetokenizer",
    "BytesToChars",
    "CharsToBytes",
    "ByteFallback",
    "UTF8Validate",
    "VocabEncoder",
    "VocabDecoder",
    "CombineSegments",
    "Truncate",
    "EqualStr",
    "StringToHashBucket",
];

/// Reads a network, and says whether it is one.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub(crate) fn openvino(file: File<'_>) -> Result<(Found, bool), ModelFileError> {
    let File { reader, size, name, folder } = file;
    let text = BufReader::new(Section::new(reader, 0, size).take(LONGEST));
    let mut walk = Walk { found: Gathered::of(size), is_network: false, layers: 0, layer: String::new(), end: 0 };
    let walked = walk.document(text, size);
    let weights = name.strip_suffix(".xml").map(|stem| format!("{stem}.bin"));
    if let Some(weights) = weights.filter(|_| walk.end > 0) {
        match folder.look(&weights) {
            Neighbour::Absent | Neighbour::Other => walk.found.at(&WEIGHTS_MISSING, 0, &weights),
            Neighbour::File { bytes, .. } if bytes < walk.end => walk.found.at(&WEIGHTS_RANGE, 0, &weights),
            Neighbour::File { .. } | Neighbour::Link | Neighbour::Unseen => {}
        }
        walk.found.facts.needs.extend(shown(&weights));
    }
    walk.found.facts.operations = walk.layers;
    let is_network = walk.is_network;
    Ok((walk.found.done(walked, &UNREADABLE)?, is_network))
}

struct Walk {
    found: Gathered,
    /// It has the element that networks begin with.
    is_network: bool,
    layers: u64,
    /// Name of the layer that is being read.
    layer: String,
    /// Bytes of weights that the constants need.
    end: u64,
}

impl Walk {
    fn document(&mut self, text: impl BufRead, size: u64) -> Result<(), Stop> {
        let mut reader = Reader::from_reader(text);
        reader.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let at = reader.buffer_position();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(element) | Event::Empty(element)) => self.element(&element, at)?,
                Ok(Event::DocType(_)) => self.found.at(&DOCTYPE, at, ""),
                Ok(Event::Eof) if at < size => return Err(Stop::TooMuch { at, what: "a longer network than any published one" }),
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(quick_xml::Error::Io(error)) => return Err(Stop::Io(std::io::Error::other(error))),
                Err(_) => return Err(Stop::Broken { at, what: "it is no XML from here" }),
            }
        }
    }

    fn element(&mut self, element: &BytesStart<'_>, at: u64) -> Result<(), Stop> {
        let value = |name: &str| {
            let mut attributes = element.attributes();
            let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
            Some(found.value.chars().take(LONGEST_VALUE).collect::<String>())
        };
        // A lenient reader goes on with what a strict one does not take.
        if element.attributes().with_checks(false).any(|attribute| attribute.is_err()) {
            self.found.stopped(&UNREADABLE, at, "an attribute that is none");
        }
        if let Some(library) = value("library") {
            self.found.at(&LIBRARY, at, &library);
        }
        match element.name().as_ref() {
            "net" => {
                self.is_network = true;
                self.found.facts.name = value("name").as_deref().and_then(shown);
                self.found.facts.version = value("version").as_deref().and_then(shown);
            }
            "layer" => {
                self.layers += 1;
                if self.layers > MOST_LAYERS {
                    return Err(Stop::TooMuch { at, what: "more layers than any published network has" });
                }
                self.layer = value("name").unwrap_or_default();
                let (kind, set) = (value("type").unwrap_or_default(), value("version").unwrap_or_default());
                if !is_known(&kind, &set) {
                    self.found.at(&EXTENSION_LAYER, at, &format!("{set}::{kind}"));
                }
            }
            "data" => self.constant(value),
            _ => {}
        }
        Ok(())
    }

    fn constant(&mut self, value: impl Fn(&str) -> Option<String>) {
        let number = |name: &str| value(name).and_then(|text| text.trim().parse::<u64>().ok());
        let (Some(offset), Some(size)) = (number("offset"), number("size")) else { return };
        self.end = self.end.max(offset.saturating_add(size));
        let shape = value("shape").unwrap_or_default();
        let lengths = shape.split(',').take(MOST_LENGTHS).filter_map(|length| length.trim().parse().ok()).collect();
        let element = element_of(value("element_type").as_deref().unwrap_or_default());
        let name = std::mem::take(&mut self.layer);
        self.found.tensor(&name, lengths, element);
    }
}

/// Of the first versions of the format, layers name no set.
fn is_known(kind: &str, set: &str) -> bool {
    let numbered =
        set.strip_prefix("opset").is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    set.is_empty() || numbered || KNOWN_SETS.contains(&set) || (set == "extension" && TOKENIZER.contains(&kind))
}

fn element_of(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "f64" => "FLOAT64",
        "f32" | "fp32" => "FLOAT32",
        "f16" | "fp16" => "FLOAT16",
        "bf16" => "BFLOAT16",
        "i64" => "INT64",
        "i32" => "INT32",
        "i8" => "INT8",
        "u8" => "UINT8",
        "i4" => "INT4",
        "u4" => "UINT4",
        "nf4" => "NF4",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests;
