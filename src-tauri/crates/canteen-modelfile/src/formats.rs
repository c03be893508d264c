//! The formats beside GGUF, safetensors and pickle: what each says of itself, and what in it would bite.
//!
//! Each reader takes bytes that somebody else opened, never follows a path and never runs anything. A reader does not stop at the
//! first thing that is wrong: loaders read in order too, and what stands before a break has its effect. So each gives what it saw,
//! and [`Found::whole`] says whether that was all.

mod collector;
pub(crate) mod coreml;
pub(crate) mod ctranslate2;
pub(crate) mod ggml;
pub(crate) mod hdf5;
pub(crate) mod keras;
pub(crate) mod onnx;
pub(crate) mod opaque;
pub(crate) mod openvino;
pub(crate) mod paths;
pub(crate) mod protobuf;
pub(crate) mod skops;
pub(crate) mod source;
pub(crate) mod tensorflow;
pub(crate) mod tflite;

pub use onnx::onnx;

use std::io;

use crate::facts::Facts;
use crate::kind::Kind;
use crate::{Hazard, HazardCode, ModelFileError, section};
use tensorflow::Outermost;

/// A file that somebody opened, and what it may name beside it.
pub(crate) struct File<'a> {
    pub(crate) reader: &'a mut dyn section::Source,
    pub(crate) size: u64,
    pub(crate) name: &'a str,
    pub(crate) folder: &'a dyn Folder,
}

/// Reads a file of this kind. `None`: there is no reader for it here.
#[expect(clippy::wildcard_enum_match_arm, reason = "the other kinds have readers elsewhere, or none")]
pub(crate) fn read(kind: Kind, file: File<'_>) -> io::Result<Option<Found>> {
    let File { reader, size, name, folder } = file;
    let found = match kind {
        Kind::Onnx => onnx(reader, size, folder),
        Kind::Hdf5 => hdf5::hdf5(reader, size),
        Kind::SavedModel => {
            let [first] = section::read_at(reader, 0, 1)?.first_chunk().copied().unwrap_or_default();
            let outermost = if first == 0x08 { Outermost::SavedModel } else { Outermost::Graph };
            tensorflow::tensorflow(reader, size, outermost)
        }
        Kind::KerasMetadata => tensorflow::tensorflow(reader, size, Outermost::KerasMetadata),
        Kind::Tflite => tflite::tflite(reader, size),
        Kind::CoreMl => coreml::coreml(reader, size, folder),
        Kind::OpenVino => openvino::openvino(File { reader, size, name, folder }).map(|(found, _)| found),
        Kind::GgmlLegacy => match ggml::ggml(reader, size) {
            Ok(None) => return Ok(None),
            Ok(Some(found)) => Ok(found),
            Err(error) => Err(error),
        },
        Kind::CTranslate2 => ctranslate2::ctranslate2(reader).map_err(ModelFileError::from),
        Kind::TensorRt => opaque::tensorrt(reader, size).map_err(ModelFileError::from),
        _ => return Ok(None),
    };
    disk(found).map(Some)
}

/// Readers give an error only for the disk.
fn disk<T>(found: Result<T, ModelFileError>) -> io::Result<T> {
    found.map_err(|error| if let ModelFileError::Io(error) = error { error } else { io::Error::other(error) })
}

/// XML that turns out to be a network of OpenVINO.
pub(crate) fn network(file: File<'_>) -> io::Result<Option<Found>> {
    let (found, is_network) = disk(openvino::openvino(file))?;
    Ok(is_network.then_some(found))
}

/// A graph of TensorFlow in text. `None` where it is another text.
pub(crate) fn graph_in_text(text: &str) -> Option<Found> {
    tensorflow::graph(text)
}

/// JSON that stands for itself: what kind it is, and what is in it. `None` where it says nothing of a model.
pub(crate) fn document(text: &[u8]) -> Option<(Kind, Found)> {
    let keras = || keras::document(text).map(|found| (Kind::KerasConfig, found));
    let manifest = || coreml::manifest(text).map(|found| (Kind::Text, found));
    let skops = || skops::document(text).map(|found| (Kind::Text, found));
    keras().or_else(manifest).or_else(skops)
}

/// Said of bytes behind the end of HDF5.
pub(crate) const HDF5_TAIL: &HazardCode = &hdf5::TAIL;

/// A zip of Keras 3 without a configuration that can be read.
pub(crate) const KERAS_UNREADABLE: &HazardCode = &keras::UNREADABLE;

/// What a reader found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Claims of the file.
    pub facts: Described,
    /// What is dangerous or odd; bounded, so a file with a million faults gives the first ones of each kind.
    pub hazards: Vec<Hazard>,
    /// Everything that matters was looked at. When not, a hazard says why.
    pub whole: bool,
}

/// What a file says of itself, in one form for all formats. Claims, all of them; texts are printable and short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Kind of network, as the format has it, e.g. `Functional`.
    pub architecture: Option<String>,
    /// What it calls itself.
    pub name: Option<String>,
    /// The program that wrote it, with its version.
    pub producer: Option<String>,
    /// Version of the format.
    pub version: Option<String>,
    /// As the file names it.
    pub licence: Option<String>,
    /// Models that it claims to be made from.
    pub base_models: Vec<String>,
    /// Numbers in its tensors.
    pub parameters: Option<u64>,
    /// Kind of number of most of them, e.g. `FLOAT16`.
    pub element: Option<String>,
    /// Longest context, in tokens.
    pub context_length: Option<u64>,
    /// Operations or layers, all graphs and functions together.
    pub operations: u64,
    /// Tensors in all.
    pub tensor_count: u64,
    /// The first of them, at most [`MOST_TENSORS_KEPT`].
    pub tensors: Vec<TensorShape>,
    /// Families of operations that it needs beside the format's own.
    pub operator_sets: Vec<String>,
    /// Files beside it that it needs, relative names, as they are written.
    pub needs: Vec<String>,
}

impl From<Facts> for Described {
    fn from(facts: Facts) -> Self {
        Self {
            architecture: facts.architecture,
            name: facts.name,
            version: facts.version.map(|version| version.to_string()),
            licence: facts.licence,
            base_models: facts.base_models,
            parameters: facts.parameters,
            element: facts.quantisation.map(|quantisation| quantisation.to_string()),
            context_length: facts.context_length.map(u64::from),
            tensor_count: facts.tensors,
            ..Self::default()
        }
    }
}

/// Shapes that are kept for comparing; published graphs have some thousands.
pub const MOST_TENSORS_KEPT: usize = 1 << 16;

/// Name and shape of one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorShape {
    /// As the file has it; printable, at most 200 characters.
    pub name: String,
    /// Lengths, outermost first.
    pub shape: Vec<u64>,
    /// Kind of number.
    pub element: &'static str,
}

/// The folder that a file lies in, as far as its reader may look: a name in, a kind and a size out.
pub trait Folder {
    /// What stands under a relative name with `/` between its parts. Never follows a link, save within a store of blobs.
    fn look(&self, name: &str) -> Neighbour;
}

/// What stands beside a file under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// Nothing.
    Absent,
    /// A plain file.
    File {
        /// Its size in bytes.
        bytes: u64,
        /// Its names on this disk: more than one, and it may be another file's content under this name.
        names: u64,
    },
    /// A symbolic link on the way, or at its end.
    Link,
    /// A folder or a device.
    Other,
    /// The caller cannot look, as inside an archive.
    Unseen,
}

/// No folder is known: names are judged, and nothing is looked up.
#[derive(Clone, Copy, Debug)]
pub struct NoFolder;

impl Folder for NoFolder {
    fn look(&self, _: &str) -> Neighbour {
        Neighbour::Unseen
    }
}
