//! What a file of weights is and what is wrong with it, by its headers. Of an archive only one that begins as the formats of models
//! do is listed: an archive of documents keeps its names for itself.

use std::io::{self, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use canteen_modelfile::formats::Described;
use canteen_modelfile::{
    Bounds, Entry, EntryKind, Facts, FileReport, HazardCode, Kind, ModelKind, Severity, Source, Tree, examine, makes_pictures,
};

/// Of one file, at most; the worst come first.
const MOST_HAZARDS: usize = 8;
/// Tensors of formats that are not made for language models, by which one of these is known all the same.
const GENERATES: [&str; 5] = ["lm_head", "past_key", "kv_cache", "embed_tokens", "token_embd"];

/// What a file says of itself. Claims, all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// What it is, by its bytes.
    pub kind: Kind,
    /// What the weights are for.
    pub purpose: ModelKind,
    /// What it calls itself; printable.
    pub name: Option<String>,
    /// e.g. `llama`; printable.
    pub architecture: Option<String>,
    /// Of most of the weights: a quantisation, or a kind of number.
    pub element: Option<String>,
    /// Number of weights.
    pub parameters: Option<u64>,
}

impl From<Facts> for About {
    fn from(facts: Facts) -> Self {
        let kind = match facts.format {
            canteen_modelfile::Format::Gguf => Kind::Gguf,
            canteen_modelfile::Format::Safetensors => Kind::Safetensors,
        };
        let element = facts.quantisation.as_ref().map(ToString::to_string);
        Self {
            kind,
            purpose: facts.kind,
            name: facts.name,
            architecture: facts.architecture,
            element,
            parameters: facts.parameters,
        }
    }
}

impl About {
    fn described(kind: Kind, described: Option<Described>) -> Self {
        let Some(described) = described else {
            return Self { kind, purpose: ModelKind::Other, name: None, architecture: None, element: None, parameters: None };
        };
        let named = |part: &&str| described.tensors.iter().any(|tensor| tensor.name.contains(*part));
        let purpose = match described.architecture.as_deref() {
            Some("whisper" | "Whisper" | "Wav2Vec2" | "Wav2Vec2Bert") => ModelKind::Speech,
            Some("adapter") => ModelKind::Adapter,
            Some("llama" | "TransformerDecoder") => ModelKind::Text,
            Some("TransformerEncoder") => ModelKind::Embedder,
            Some(_) | None if makes_pictures(described.tensors.iter().map(|tensor| tensor.name.as_str())) => ModelKind::Image,
            Some(_) | None if GENERATES.iter().any(named) => ModelKind::Text,
            Some(_) | None => ModelKind::Other,
        };
        let Described { name, architecture, element, parameters, .. } = described;
        Self { kind, purpose, name, architecture, element, parameters }
    }
}

/// What is known of weights: what they say of themselves, and what is wrong with them.
type Known = (About, Vec<&'static HazardCode>);

/// Weights in a container that [`canteen_modelfile::read_header`] does not read; `None` for everything else. `first` are the first
/// bytes.
pub(crate) fn weights(file: &fs_err::File, size: u64, first: &[u8]) -> Option<Known> {
    may_be(Kind::of(first), first).then(|| named(file, size))?
}

/// Weights in a file that may be read further, whatever it begins with.
pub(crate) fn named(file: &fs_err::File, size: u64) -> Option<Known> {
    let report = examined(file, size).filter(is_model)?;
    let hazards = worst(&report);
    Some((report.facts.map_or_else(|| About::described(report.kind, report.described), About::from), hazards))
}

/// What is wrong with weights that are known to be such.
pub(crate) fn hazards(file: &fs_err::File, size: u64) -> Vec<&'static HazardCode> {
    examined(file, size).map(|report| worst(&report)).unwrap_or_default()
}

/// Before anything but the first bytes is read.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here is not read")]
fn may_be(kind: Kind, first: &[u8]) -> bool {
    match kind {
        Kind::GgufFirst
        | Kind::GgufBigEndian
        | Kind::GgmlLegacy
        | Kind::Onnx
        | Kind::Tflite
        | Kind::CoreMl
        | Kind::CTranslate2
        | Kind::SavedModel
        | Kind::TensorRt
        | Kind::Hdf5 => true,
        Kind::Zip => first_member(first).is_some_and(is_member_of_model),
        // Pickles hold anything that a Python program keeps. This is the number that PyTorch's old format begins with.
        Kind::Pickle => first.starts_with(b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."),
        _ => false,
    }
}

/// Name of the first member of a zip.
fn first_member(first: &[u8]) -> Option<&[u8]> {
    let length = u16::from_le_bytes(*first.get(26..28)?.first_chunk()?);
    first.get(30..)?.get(..usize::from(length))
}

/// What PyTorch and Keras write first.
fn is_member_of_model(name: &[u8]) -> bool {
    let ends = |end: &[u8]| name.ends_with(end);
    let torch: [&[u8]; 5] = [b"/data.pkl", b"/version", b"/byteorder", b"/constants.pkl", b"/.format_version"];
    torch.into_iter().any(ends) || [&b"metadata.json"[..], b"config.json", b"model.weights.h5"].contains(&name)
}

/// Formats that hold other things, too, count only with what makes a model.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other formats hold nothing but models")]
fn is_model(report: &FileReport) -> bool {
    let described = report.described.as_ref();
    match report.kind {
        Kind::Hdf5 => described.is_some_and(|described| described.architecture.is_some() || described.producer.is_some()),
        // Told by the shape of their first fields, or by a mark of four bytes: other data may begin alike.
        Kind::Onnx | Kind::SavedModel | Kind::CoreMl | Kind::Tflite | Kind::GgmlLegacy => {
            described.is_some_and(|described| described.operations > 0 || described.tensor_count > 0)
        }
        Kind::Pickle => true,
        kind => kind.is_model() && kind != Kind::Npz,
    }
}

fn worst(report: &FileReport) -> Vec<&'static HazardCode> {
    let mut codes: Vec<&'static HazardCode> = Vec::new();
    for severity in [Severity::Dangerous, Severity::Suspicious] {
        for code in report.hazards.iter().map(|hazard| hazard.code).filter(|code| code.severity == severity) {
            if codes.len() < MOST_HAZARDS && !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    codes
}

fn examined(file: &fs_err::File, size: u64) -> Option<FileReport> {
    // The watch waits for this, and reads headers: what is packed is looked into no further than the names.
    let bounds = Bounds { members: 20_000, depth: 1, unpacked_bytes: 64 << 20, files: 1, folders: 1, ..Bounds::default() };
    let mut tree = OneFile(file, size);
    let mut asked = 0_u32;
    let examination = examine(&mut tree, &bounds, &mut |_| {
        asked = asked.saturating_add(1);
        if asked > 50_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    examination.files.into_iter().next().filter(|report| report.unreadable.is_none())
}

/// An open file, without the folder that it lies in.
struct OneFile<'a>(&'a fs_err::File, u64);

impl Tree for OneFile<'_> {
    fn list(&mut self, _: &Path) -> io::Result<Vec<Entry>> {
        Ok(vec![Entry { path: PathBuf::new(), kind: EntryKind::File }])
    }

    fn open(&mut self, _: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        let mut file = self.0.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok((Box::new(io::BufReader::new(file)), self.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a zip with a member of this name.
    fn zip(name: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(26, 0);
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(name.as_bytes());
        bytes.resize(4096, 0);
        bytes
    }

    #[test]
    fn of_archives_only_what_begins_as_a_model_is_read_further() {
        for name in ["archive/data.pkl", "pytorch_model/version", "m/byteorder", "metadata.json", "config.json"] {
            assert!(may_be(Kind::of(&zip(name)), &zip(name)), "{name}");
        }
        for name in ["Letters/to a friend.odt", "mimetype", "[Content_Types].xml", "data.pkl.txt", "photos/version.jpg", ""] {
            assert!(!may_be(Kind::of(&zip(name)), &zip(name)), "{name}");
        }
        let mut lies = zip("archive/data.pkl");
        lies[26..28].copy_from_slice(&[0xff, 0xff]);
        assert!(!may_be(Kind::of(&lies), &lies), "a name that is longer than what was read");
    }

    #[test]
    fn what_python_programs_keep_is_no_model_for_being_a_pickle() {
        let frame = b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x06pandas\x94.";
        assert!(!may_be(Kind::of(frame), frame));
        let torch = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.";
        assert!(may_be(Kind::of(torch), torch), "{:?}", Kind::of(torch));
    }
}
