//! Every tensor and key of a file, and where each lies.

use canteen_types::Coded as _;

use super::onnx;
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
        None => return graph(source, size, limits),
    };
    let Listing { keys, mut tensors } = listing;
    tensors.sort_by_key(|tensor| tensor.offset);
    Ok(Index { container, facts: Some(facts), tensors, keys })
}

/// ONNX has no magic, so a file in which no weights are found is no model.
fn graph(source: &mut dyn Source, size: u64, limits: &Limits) -> Result<Index, ModelFileError> {
    match onnx::initialisers(source, size, limits) {
        Ok(tensors) if !tensors.is_empty() => Ok(Index { container: Container::Onnx, facts: None, tensors, keys: Vec::new() }),
        Err(error) if error.code() == "file.unreadable" => Err(error),
        Ok(_) | Err(_) => Err(ModelFileError::Unknown),
    }
}
