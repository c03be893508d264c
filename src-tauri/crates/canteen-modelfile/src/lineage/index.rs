//! Every tensor and key of a file, and where each lies.

use std::collections::BTreeMap;

use canteen_types::Coded as _;

use super::onnx::{self, Graph, Matrix};
use crate::facts::{Facts, Format};
use crate::input::Input;
use crate::listing::{KeyEntry, Listing, TensorEntry};
use crate::section::Source;
use crate::{Limits, ModelFileError, gguf, recognise, safetensors};

/// What the weights lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// GGUF.
    Gguf,
    /// safetensors.
    Safetensors,
    /// ONNX.
    Onnx,
}

/// What a file holds, by its own account, held against its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// What it lies in.
    pub container: Container,
    /// What the header says; none for ONNX.
    pub facts: Option<Facts>,
    /// In the order of the file.
    pub tensors: Vec<TensorEntry>,
    /// Of GGUF; the others keep theirs elsewhere.
    pub keys: Vec<KeyEntry>,
    /// What matrices of a graph are, by the names that its exporter gave them.
    pub(super) matrices: BTreeMap<String, Matrix>,
}

/// Reads the header of a file of `size` bytes and lists what it holds.
///
/// # Errors
/// [`ModelFileError`] when it is none of the three containers, or lies.
pub fn index(source: &mut dyn Source, size: u64, limits: &Limits) -> Result<Index, ModelFileError> {
    let mut input = Input::new(&mut *source, size, limits.header)?;
    let (container, (facts, listing)) = match recognise(&input.peek(16)?) {
        Some(Format::Gguf) => (Container::Gguf, gguf::read(input, limits)?),
        Some(Format::Safetensors) => (Container::Safetensors, safetensors::read(input, limits)?),
        None => return graph(source, size, &[], limits),
    };
    let Listing { keys, mut tensors } = listing;
    tensors.sort_by_key(|tensor| tensor.offset);
    Ok(Index { container, facts: Some(facts), tensors, keys, matrices: BTreeMap::new() })
}

/// ONNX has no magic, so a file in which no weights are found is no model. `beside`: sizes of the files that follow it.
pub(super) fn graph(source: &mut dyn Source, size: u64, beside: &[u64], limits: &Limits) -> Result<Index, ModelFileError> {
    match onnx::graph(source, size, beside, limits) {
        Ok(Graph { tensors, matrices, .. }) if !tensors.is_empty() => {
            Ok(Index { container: Container::Onnx, facts: None, tensors, keys: Vec::new(), matrices })
        }
        Err(error) if error.code() == "file.unreadable" => Err(error),
        Err(error @ ModelFileError::PartMissing { .. }) => Err(error),
        Ok(_) | Err(_) => Err(ModelFileError::Unknown),
    }
}
