//! Takes a fingerprint: reads all norm vectors and the beginnings of some rows of each layer's matrices.

use std::collections::BTreeMap;
use std::io;

use canteen_types::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::element;
use super::index::{Container, Index};
use super::names::{Naming, layer};
use super::sketch::{LayerSketch, Mark, NORM_ROLES, NormSketch, SAMPLES, WEIGHT_ROLES, WEIGHT_SAMPLES, WeightSketch};
use crate::listing::TensorEntry;
use crate::section::{Source, read_at};

/// Of what is compared. Fingerprints of other versions say nothing about each other.
pub(super) const VERSION: u32 = 1;
/// Layers that are sketched; of deeper models, evenly spread ones. Keeps a fingerprint below some 16 kB of text.
pub(super) const MOST_LAYERS: u32 = 64;
/// The deepest published models have some 130.
const DEEPEST: u32 = 4096;
/// Norm vectors that are marked; published models have at most some 800.
const MOST_VECTORS: usize = 4096;
/// In bytes. The widest published models have 18,432 numbers in each.
const LONGEST_VECTOR: u64 = 256 << 10;
/// All vectors together, in bytes: bounds the time.
const MOST_VECTOR_BYTES: u64 = 64 << 20;
/// A vector with fewer numbers, or with fewer different ones, could be anybody's.
const SHORTEST_VECTOR: usize = 32;
const FEWEST_NUMBERS: usize = 8;
/// Between tenths, as a share of the middle: thirty steps of a 16-bit float.
const LEAST_APART: f32 = 0.03;
/// Samples of one row, and how far they lie apart.
const HALF: usize = WEIGHT_SAMPLES / 2;
const STEP: usize = element::RUN / HALF;
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
        /// Each of them.
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
    let tensors: BTreeMap<String, &TensorEntry> =
        index.tensors.iter().map(|tensor| (naming.canonical(&tensor.name), tensor)).collect();
    let facts = index.facts.as_ref();
    let embedding = tensors.get("token_embd.weight").and_then(|tensor| tensor.shape.first()).copied();
    let add = if naming.norms_less_one() { 1.0 } else { 0.0 };
    let mut taking = Taking { source, tensors, naming: &naming, add, left: MOST_VECTOR_BYTES };
    let layers = taking.depth();
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
        tokenizer: tokenizer(taking.source, index)?,
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

struct Taking<'a> {
    source: &'a mut dyn Source,
    tensors: BTreeMap<String, &'a TensorEntry>,
    naming: &'a Naming,
    /// What norms lack to be those of other containers.
    add: f32,
    /// Bytes of vectors that may still be read.
    left: u64,
}

impl Taking<'_> {
    fn depth(&self) -> u32 {
        let last =
            self.tensors.keys().filter_map(|name| layer(name)).map(|(number, _)| number).filter(|number| *number < DEEPEST).max();
        last.map_or(0, |last| last + 1)
    }

    /// Marks of all norm vectors, and the commonest length among them.
    fn norms(&mut self) -> io::Result<(Norms, u64)> {
        let vectors = self.vectors();
        let mut marks = Vec::new();
        let (mut lengths, mut unread) = (BTreeMap::new(), 0_usize);
        for tensor in vectors.iter().take(MOST_VECTORS) {
            let length = tensor.shape.first().copied().unwrap_or(0);
            *lengths.entry(length).or_insert(0_u32) += 1;
            match self.vector(tensor)? {
                Some(numbers) => marks.extend(mark(&numbers)),
                None => unread += 1,
            }
        }
        let width = lengths.into_iter().max_by_key(|(length, count)| (*count, *length)).map_or(0, |(length, _)| length);
        marks.sort_unstable();
        let why = match (vectors.len(), unread) {
            _ if !marks.is_empty() => {
                let digest = Digest::of(&marks.iter().flat_map(|mark| mark.exact).collect::<Vec<_>>());
                return Ok((Norms::Usable { digest, vectors: marks }, width));
            }
            (0, _) => Unusable::None,
            (all, unread) if all == unread => Unusable::Unreadable,
            _ => Unusable::Constant,
        };
        Ok((Norms::Unusable { why }, width))
    }

    /// The norm vectors by name; where no name is known, the vectors of the commonest length.
    fn vectors(&self) -> Vec<TensorEntry> {
        let flat = |tensor: &&&TensorEntry| tensor.shape.len() == 1;
        let named: Vec<TensorEntry> = self
            .tensors
            .iter()
            .filter(|(name, tensor)| name.ends_with("norm.weight") && flat(tensor))
            .map(|(_, tensor)| (*tensor).clone())
            .collect();
        if !named.is_empty() || self.depth() > 0 {
            return named;
        }
        let mut by_length: BTreeMap<u64, Vec<TensorEntry>> = BTreeMap::new();
        for tensor in self.tensors.values().filter(flat) {
            by_length.entry(tensor.shape.first().copied().unwrap_or(0)).or_default().push((*tensor).clone());
        }
        by_length.into_values().max_by_key(Vec::len).unwrap_or_default()
    }

    /// A vector's numbers; `None` where it is too long, not floats, or holds what is no number.
    fn vector(&mut self, tensor: &TensorEntry) -> io::Result<Option<Vec<f32>>> {
        if tensor.bytes > LONGEST_VECTOR.min(self.left) {
            return Ok(None);
        }
        self.left -= tensor.bytes;
        let bytes = read_at(self.source, tensor.offset, tensor.bytes)?;
        let numbers = element::floats(tensor.element, &bytes);
        // Both zeros are one.
        let numbers = numbers.map(|numbers| numbers.into_iter().map(|number| number + self.add + 0.0).collect::<Vec<_>>());
        Ok(numbers.filter(|numbers| numbers.iter().all(|number| number.is_finite())))
    }

    fn layer(&mut self, number: u32) -> io::Result<LayerSketch> {
        let mut sketch = LayerSketch::default();
        for (place, (role, names)) in sketch.norms.iter_mut().zip((0_u64..).zip(NORM_ROLES)) {
            let found = names.into_iter().find_map(|name| self.tensors.get(&format!("blk.{number}.{name}.weight")).copied());
            if let Some(tensor) = found
                && let Some(numbers) = self.vector(tensor)?
            {
                *place = norm(&numbers, role << 32 | u64::from(number));
            }
        }
        for (place, role) in sketch.weights.iter_mut().zip(WEIGHT_ROLES) {
            let named = |role: &str| self.tensors.get(&format!("blk.{number}.{role}.weight")).copied();
            // Where queries, keys and values are one matrix, the last rows are values.
            *place = match (named(role), role) {
                (Some(tensor), _) => self.weight(tensor, |rows| [0, rows / 2])?,
                (None, "attn_v") => match named("attn_qkv") {
                    Some(tensor) => self.weight(tensor, |rows| [rows - 1 - rows / 16, rows - 1])?,
                    None => None,
                },
                (None, _) => None,
            };
        }
        Ok(sketch)
    }

    /// Half of the samples from one row, half from another, of a stack of matrices' first.
    fn weight(&mut self, tensor: &TensorEntry, chosen: fn(u64) -> [u64; 2]) -> io::Result<Option<WeightSketch>> {
        let [.., rows, columns] = *tensor.shape.as_slice() else { return Ok(None) };
        let Some(code) = element::code(tensor.element) else { return Ok(None) };
        let turned = self.naming.turned(&tensor.name);
        let (rows, columns) = if turned { (columns, rows) } else { (rows, columns) };
        if rows == 0 || columns < element::RUN as u64 {
            return Ok(None);
        }
        let mut samples = [[0; 2]; WEIGHT_SAMPLES];
        for (number, half) in chosen(rows).into_iter().zip(samples.chunks_mut(HALF)) {
            let numbers = if turned { self.column(tensor, rows, number)? } else { self.row(tensor, columns, number)? };
            let Some(numbers) = numbers else { return Ok(None) };
            for (sample, number) in half.iter_mut().zip(numbers) {
                *sample = element::to_half(number);
            }
        }
        Ok(WeightSketch::of(code, samples))
    }

    /// Some of the first numbers of a row; `None` for a form that cannot be sampled.
    fn row(&mut self, tensor: &TensorEntry, columns: u64, number: u64) -> io::Result<Option<[f32; HALF]>> {
        let Some((run, row)) = element::run_bytes(tensor.element, columns) else { return Ok(None) };
        let Some(bytes) = self.bytes(tensor, number.checked_mul(row), run)? else { return Ok(None) };
        Ok(element::run(tensor.element, &bytes).map(|numbers| {
            let mut some = [0.0; HALF];
            some.iter_mut().zip(numbers.iter().step_by(STEP)).for_each(|(some, number)| *some = *number);
            some
        }))
    }

    /// The same numbers where rows are kept as columns.
    fn column(&mut self, tensor: &TensorEntry, rows: u64, number: u64) -> io::Result<Option<[f32; HALF]>> {
        let width = match tensor.element {
            "F32" => 4,
            "F16" | "BF16" => 2,
            _ => return Ok(None),
        };
        let mut some = [0.0; HALF];
        for (at, some) in (0_u64..).step_by(STEP).zip(&mut some) {
            let place = at.checked_mul(rows).and_then(|place| place.checked_add(number)?.checked_mul(width));
            let Some(bytes) = self.bytes(tensor, place, width)? else { return Ok(None) };
            let Some([value]) = element::floats(tensor.element, &bytes).as_deref().and_then(<[f32]>::first_chunk).copied() else {
                return Ok(None);
            };
            *some = value;
        }
        Ok(Some(some))
    }

    /// A part of a tensor's data; `None` where it has none such.
    fn bytes(&mut self, tensor: &TensorEntry, at: Option<u64>, count: u64) -> io::Result<Option<Vec<u8>>> {
        let inside = at.filter(|at| at.saturating_add(count) <= tensor.bytes);
        let Some(place) = inside.and_then(|at| at.checked_add(tensor.offset)) else { return Ok(None) };
        read_at(self.source, place, count).map(Some)
    }
}

fn mark(numbers: &[f32]) -> Option<Mark> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let mut different = sorted.clone();
    different.dedup();
    if numbers.len() < SHORTEST_VECTOR || different.len() < FEWEST_NUMBERS {
        return None;
    }
    Some(Mark { exact: eight(numbers)?, sorted: eight(&sorted)? })
}

fn eight(numbers: &[f32]) -> Option<[u8; 8]> {
    let mut hash = Sha256::new();
    for number in numbers {
        hash.update(number.to_le_bytes());
    }
    hash.finalize().first_chunk().copied()
}

/// `None` where it could be anybody's, as all ones, or where 16 bits would keep too little of what tells its numbers apart.
fn norm(numbers: &[f32], seed: u64) -> Option<NormSketch> {
    mark(numbers)?;
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let part = |tenths: usize| sorted.get(sorted.len() * tenths / 10).copied();
    let (low, middle, high) = (part(1)?, part(5)?, part(9)?);
    if high - low < middle.abs() * LEAST_APART {
        return None;
    }
    let mut samples = [[0; 2]; SAMPLES];
    for (at, sample) in (0_u64..).zip(&mut samples) {
        let place = usize::try_from(mixed(seed << 8 | at) % numbers.len() as u64).ok()?;
        *sample = element::to_half(*numbers.get(place)?);
    }
    NormSketch::of(samples, [low, middle, high].map(element::to_half))
}

/// Spreads numbers that are near each other (the finaliser of SplitMix64).
const fn mixed(seed: u64) -> u64 {
    let start = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let once = (start ^ start >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let twice = (once ^ once >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    twice ^ twice >> 31
}
