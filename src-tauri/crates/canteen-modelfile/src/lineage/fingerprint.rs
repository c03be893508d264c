//! Takes a fingerprint: reads all norm vectors and some rows of each layer's matrices.

use std::collections::BTreeMap;
use std::io;

use canteen_types::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::index::{Container, Index};
use super::names::Naming;
use super::sketch::{LayerSketch, Mark};
use super::taking::Taking;
use crate::section::{Source, read_at};

/// Of what is compared. Fingerprints of other versions say nothing about each other.
pub(super) const VERSION: u32 = 2;
/// Layers that are sketched; of deeper models, evenly spread ones. Keeps a fingerprint below some 28 kB of text.
pub(super) const MOST_LAYERS: u32 = 64;
/// Longest part of the header that is digested as tokenizer.
const LONGEST_TOKENIZER: u64 = 64 << 20;

/// What outlives quantisation, merging and other names. Some kilobytes; kept with what was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Of the way it was taken.
    pub version: u32,
    /// What it lay in.
    pub container: Container,
    /// Counts that a family shares.
    pub shape: Shape,
    /// Of most weights, e.g. `Q4_1`.
    pub quantisation: Option<String>,
    /// What the file says of itself.
    pub claims: Claims,
    /// Of tokens and merges, where the file has them.
    pub tokenizer: Option<Digest>,
    /// Of the chat template.
    pub template: Option<Digest>,
    /// What its norm vectors are.
    pub norms: Norms,
    /// What its layers look like; of the first to the last, or of evenly spread ones.
    pub layers: Vec<LayerSketch>,
}

impl Fingerprint {
    pub(super) const fn is_of_this_version(&self) -> bool {
        self.version == VERSION
    }
}

/// Counts that a family shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Layers.
    pub layers: u32,
    /// Length of the norm vectors; of the model's inner state.
    pub width: u64,
    /// Rows of the embedding.
    pub vocabulary: Option<u64>,
    /// Tensors.
    pub tensors: u64,
}

/// What a file says of itself; printable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// e.g. `llama`.
    pub architecture: Option<String>,
    /// What it calls itself.
    pub name: Option<String>,
    /// What it says to be made from.
    pub base_models: Vec<String>,
}

/// The norm vectors of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Norms {
    /// They tell it apart.
    Usable {
        /// Of all of them, whatever the order of the file.
        digest: Digest,
        /// Each of them; of very many, those that every model with them would choose.
        vectors: Vec<Mark>,
    },
    /// They do not, so nothing is concluded from them.
    Unusable {
        /// Why.
        why: Unusable,
    },
}

/// Why norm vectors say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unusable {
    /// There are none, under no name that is known, and no vectors that could be some.
    None,
    /// They are all ones, or hold too few different numbers.
    Constant,
    /// They are kept in a form that is not read, or are no numbers.
    Unreadable,
}

/// Takes the fingerprint of what `index` lists.
///
/// # Errors
/// When the file cannot be read.
pub fn fingerprint(source: &mut dyn Source, index: &Index) -> io::Result<Fingerprint> {
    let naming = Naming::of(&index.tensors);
    let facts = index.facts.as_ref();
    let mut taking = Taking::new(source, index, &naming);
    let (layers, embedding) = (taking.depth(), taking.vocabulary());
    let (norms, width) = taking.norms()?;
    let sketches = (0..layers.min(MOST_LAYERS)).map(|at| taking.layer(spread(at, layers))).collect::<io::Result<_>>()?;
    Ok(Fingerprint {
        version: VERSION,
        container: index.container,
        shape: Shape { layers, width, vocabulary: embedding, tensors: index.tensors.len() as u64 },
        quantisation: facts.map_or_else(|| commonest(index), |facts| facts.quantisation.as_ref().map(ToString::to_string)),
        claims: Claims {
            architecture: facts.and_then(|facts| facts.architecture.clone()),
            name: facts.and_then(|facts| facts.name.clone()),
            base_models: facts.map_or_else(Vec::new, |facts| facts.base_models.clone()),
        },
        tokenizer: tokenizer(taking.source(), index)?,
        template: facts.and_then(|facts| facts.chat_template_digest()),
        norms,
        layers: sketches,
    })
}

/// The form that most bytes are in.
fn commonest(index: &Index) -> Option<String> {
    let mut bytes = BTreeMap::new();
    for tensor in &index.tensors {
        let sum = bytes.entry(tensor.element).or_insert(0_u64);
        *sum = sum.saturating_add(tensor.bytes);
    }
    bytes.into_iter().max_by_key(|(_, bytes)| *bytes).map(|(element, _)| element.to_owned())
}

/// Number of the layer that stands for the `at`th sketch.
fn spread(at: u32, layers: u32) -> u32 {
    if layers <= MOST_LAYERS {
        at
    } else {
        u32::try_from(u64::from(at) * u64::from(layers) / u64::from(MOST_LAYERS)).unwrap_or(at)
    }
}

/// Digest of the vocabulary, as far as the file has it.
fn tokenizer(source: &mut dyn Source, index: &Index) -> io::Result<Option<Digest>> {
    let mut hash = Sha256::new();
    let mut any = false;
    for name in ["tokenizer.ggml.tokens", "tokenizer.ggml.merges"] {
        if let Some(key) = index.keys.iter().find(|key| key.name == name && key.bytes <= LONGEST_TOKENIZER) {
            hash.update(read_at(source, key.offset, key.bytes)?);
            any = true;
        }
    }
    Ok(any.then(|| Digest::new(hash.finalize().into())))
}
