//! Reads what a fingerprint is taken from: norm vectors whole, and of two rows of each matrix how long they are and how they begin.

use std::collections::BTreeMap;
use std::io;

use canteen_types::Digest;
use sha2::{Digest as _, Sha256};

use super::element::{self, Number};
use super::fingerprint::{Norms, Unusable};
use super::index::Index;
use super::names::{Naming, is_norm, layer};
use super::sketch::{LayerSketch, Mark, NORM_ROLES, NormSketch, SAMPLES, WEIGHT_ROLES, WEIGHT_SAMPLES, WeightSketch};
use crate::listing::TensorEntry;
use crate::section::{Source, read_at};

/// The deepest published models have some 130.
const DEEPEST: u32 = 4096;
/// Norm vectors that are marked; published models have at most some 800.
const MOST_VECTORS: usize = 4096;
/// Marks that are kept, those first that come first in any model that has them: a copy without some layers keeps the same ones.
const MOST_MARKS: usize = 256;
/// In bytes. The widest published models have 18,432 numbers in each.
const LONGEST_VECTOR: u64 = 256 << 10;
/// All vectors together, in bytes: bounds the time.
const MOST_VECTOR_BYTES: u64 = 64 << 20;
/// All rows together, in numbers: bounds the time to some hundredths of a second. Beyond, only beginnings are read.
const MOST_ROW_NUMBERS: u64 = 8 << 20;
/// A vector with fewer numbers, or with fewer different ones, could be anybody's.
const SHORTEST_VECTOR: usize = 32;
const FEWEST_NUMBERS: usize = 8;
/// Between tenths, as a share of the middle: thirty steps of a 16-bit float.
const LEAST_APART: f32 = 0.03;
/// Samples of one row, and how far they lie apart.
const HALF: usize = WEIGHT_SAMPLES / 2;
const STEP: usize = element::RUN / HALF;

/// A tensor, by whatever name.
#[derive(Clone, Copy)]
struct Held<'a> {
    tensor: &'a TensorEntry,
    /// Its rows are kept as columns.
    turned: bool,
}

impl Held<'_> {
    /// Rows and columns; of a stack of matrices, of each.
    fn lengths(self) -> Option<[u64; 2]> {
        match *self.tensor.shape.as_slice() {
            [.., columns, rows] if self.turned => Some([rows, columns]),
            [.., rows, columns] => Some([rows, columns]),
            _ => None,
        }
    }
}

/// The beginning of a row.
struct Row {
    some: [Number; HALF],
    /// The root of the sum of its squares; where it was read whole.
    length: Option<f32>,
}

pub(super) struct Taking<'a> {
    source: &'a mut dyn Source,
    tensors: BTreeMap<String, Held<'a>>,
    /// What norms lack to be those of other containers.
    add: f32,
    /// Bytes of vectors, and numbers of rows, that may still be read.
    left: u64,
    left_of_rows: u64,
}

impl<'a> Taking<'a> {
    pub(super) fn new(source: &'a mut dyn Source, index: &'a Index, naming: &Naming) -> Self {
        let held = |tensor: &'a TensorEntry| match index.matrices.get(&tensor.name) {
            Some(matrix) => (naming.canonical(&matrix.name), Held { tensor, turned: matrix.turned }),
            None => (naming.canonical(&tensor.name), Held { tensor, turned: naming.turned(&tensor.name) }),
        };
        let tensors = index.tensors.iter().map(held).collect();
        let add = if naming.norms_less_one() { 1.0 } else { 0.0 };
        Self { source, tensors, add, left: MOST_VECTOR_BYTES, left_of_rows: MOST_ROW_NUMBERS }
    }

    pub(super) fn source(&mut self) -> &mut dyn Source {
        self.source
    }

    pub(super) fn depth(&self) -> u32 {
        let last =
            self.tensors.keys().filter_map(|name| layer(name)).map(|(number, _)| number).filter(|number| *number < DEEPEST).max();
        last.map_or(0, |last| last + 1)
    }

    pub(super) fn vocabulary(&self) -> Option<u64> {
        self.tensors.get("token_embd.weight").and_then(|held| held.tensor.shape.first()).copied()
    }

    /// Marks of all norm vectors, and the commonest length among them.
    pub(super) fn norms(&mut self) -> io::Result<(Norms, u64)> {
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
                marks.sort_by_key(|mark| (mark.sorted, mark.exact));
                marks.truncate(MOST_MARKS);
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
        let flat = self.tensors.iter().filter(|(_, held)| held.tensor.shape.len() == 1);
        let flat: Vec<(&String, &TensorEntry)> = flat.map(|(name, held)| (name, held.tensor)).collect();
        let named: Vec<TensorEntry> =
            flat.iter().filter(|(name, _)| is_norm(name)).map(|(_, tensor)| (*tensor).clone()).collect();
        if !named.is_empty() || self.depth() > 0 {
            return named;
        }
        let mut by_length: BTreeMap<u64, Vec<TensorEntry>> = BTreeMap::new();
        for (_, tensor) in flat {
            by_length.entry(tensor.shape.first().copied().unwrap_or(0)).or_default().push(tensor.clone());
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

    pub(super) fn layer(&mut self, number: u32) -> io::Result<LayerSketch> {
        let mut sketch = LayerSketch::default();
        for (place, (role, names)) in sketch.norms.iter_mut().zip((0_u64..).zip(NORM_ROLES)) {
            let found = names.into_iter().find_map(|name| self.named(number, name));
            if let Some(held) = found
                && let Some(numbers) = self.vector(held.tensor)?
            {
                *place = norm(&numbers, role << 32 | u64::from(number));
            }
        }
        for (place, role) in sketch.weights.iter_mut().zip(WEIGHT_ROLES) {
            if let Some((held, rows)) = self.matrix(number, role) {
                *place = self.weight(held, rows)?;
            }
        }
        Ok(sketch)
    }

    fn named(&self, number: u32, role: &str) -> Option<Held<'a>> {
        self.tensors.get(&format!("blk.{number}.{role}.weight")).copied()
    }

    /// Which matrix has a role in a layer, and which of its rows stand for it. Where queries, keys and values are kept as one, the last
    /// rows are values; where a gate and what it lets through are, the first rows are the gate's.
    fn matrix(&self, number: u32, role: &str) -> Option<(Held<'a>, [u64; 2])> {
        let held = self.named(number, role).or_else(|| match role {
            "attn_v" => self.named(number, "attn_qkv"),
            "ffn_gate" => self.named(number, "ffn_up").filter(|both| self.is_gate_as_well(*both, number)),
            _ => None,
        })?;
        let [rows, _] = held.lengths()?;
        let last = rows.checked_sub(1)?;
        Some((
            held,
            match role {
                "attn_v" | "ffn_up" => [last.saturating_sub(1), last],
                "ffn_gate" => [0, last.min(1)],
                _ => [0, rows / 2],
            },
        ))
    }

    fn is_gate_as_well(&self, up: Held<'_>, number: u32) -> bool {
        let inner = self.named(number, "ffn_down").and_then(Held::lengths).map(|[_, columns]| columns);
        inner.and_then(|inner| inner.checked_mul(2)) == up.lengths().map(|[rows, _]| rows)
    }

    fn weight(&mut self, held: Held<'_>, rows: [u64; 2]) -> io::Result<Option<WeightSketch>> {
        let Some(code) = element::code(held.tensor.element) else { return Ok(None) };
        let [Some(first), Some(second)] = [self.row(held, rows[0])?, self.row(held, rows[1])?] else { return Ok(None) };
        let both = || first.some.iter().chain(&second.some);
        let length = first.length.zip(second.length).map_or(0.0, |(first, second)| first / second);
        let mut samples = [[0; 2]; WEIGHT_SAMPLES];
        samples.iter_mut().zip(both()).for_each(|(sample, number)| *sample = element::to_half(number.value));
        let sketch = WeightSketch {
            element: code,
            scales: [&first, &second].map(|row| element::to_half(row.some[0].scale)),
            open: both().rev().fold(0, |bits, number| bits << 1 | u16::from(number.open)),
            // What is no length is not known.
            length: element::to_half(if length.is_normal() && length < 1e4 { length } else { 0.0 }),
            samples,
        };
        Ok(sketch.checked())
    }

    /// A row, as far as it may still be read; `None` for a form that cannot be sampled.
    fn row(&mut self, held: Held<'_>, number: u64) -> io::Result<Option<Row>> {
        let Some([rows, columns]) = held.lengths().filter(|[_, columns]| *columns >= element::RUN as u64) else {
            return Ok(None);
        };
        if held.turned {
            return self.column(held.tensor, rows, number);
        }
        let Some((run, row)) = element::run_bytes(held.tensor.element, columns) else { return Ok(None) };
        let whole = columns <= self.left_of_rows;
        let Some(bytes) = self.bytes(held.tensor, number.checked_mul(row), if whole { row } else { run })? else {
            return Ok(None);
        };
        let Some(numbers) = element::row(held.tensor.element, &bytes) else { return Ok(None) };
        if whole {
            self.left_of_rows -= columns;
        }
        let length = whole.then(|| numbers.iter().map(|number| number.value * number.value).sum::<f32>().sqrt());
        Ok(numbers.first_chunk::<{ element::RUN }>().and_then(|run| some(run.iter().step_by(STEP).copied(), length)))
    }

    /// The same numbers where rows are kept as columns.
    fn column(&mut self, tensor: &TensorEntry, rows: u64, number: u64) -> io::Result<Option<Row>> {
        let Some((scale, zero)) = self.steps(tensor, number)? else { return Ok(None) };
        let mut numbers = Vec::with_capacity(HALF);
        for at in (0_u64..).step_by(STEP).take(HALF) {
            let place = at.checked_mul(rows).and_then(|place| place.checked_add(number));
            let Some(value) = self.number(tensor, place)? else { return Ok(None) };
            // What is largest decides the steps, so nothing lies beyond their ends.
            numbers.push(if scale > 0.0 {
                Number { value: (value - zero) * scale, scale, open: false }
            } else {
                Number { value, scale: 0.0, open: false }
            });
        }
        Ok(some(numbers.into_iter(), None))
    }

    /// How large the steps of whole numbers are and which of them is nothing, as ONNX Runtime names what says so: of all rows, or of each.
    /// Zeros for floats; `None` where nothing says so.
    fn steps(&mut self, tensor: &TensorEntry, row: u64) -> io::Result<Option<(f32, f32)>> {
        if !matches!(tensor.element, "I8" | "U8") {
            return Ok(Some((0.0, 0.0)));
        }
        let Some(stem) = tensor.name.strip_suffix("_quantized") else { return Ok(None) };
        let [scale, zero] = ["scale", "zero_point"].map(|part| self.tensors.get(&format!("{stem}_{part}")).copied());
        let mut of_row = |held: Option<Held<'_>>| match held {
            Some(held) => {
                let count = held.tensor.shape.iter().fold(1_u64, |product, length| product.saturating_mul(*length));
                self.number(held.tensor, Some(if row < count { row } else { 0 }))
            }
            None => Ok(None),
        };
        let (scale, zero) = (of_row(scale)?.filter(|scale| scale.is_normal() && *scale > 0.0), of_row(zero)?);
        Ok(scale.map(|scale| (scale, zero.unwrap_or(0.0))))
    }

    /// One number of a tensor, by its place in it.
    fn number(&mut self, tensor: &TensorEntry, place: Option<u64>) -> io::Result<Option<f32>> {
        let width = match tensor.element {
            "F32" => 4,
            "F16" | "BF16" => 2,
            "I8" | "U8" => 1,
            _ => return Ok(None),
        };
        let Some(bytes) = self.bytes(tensor, place.and_then(|place| place.checked_mul(width)), width)? else { return Ok(None) };
        Ok(match (tensor.element, bytes.as_slice()) {
            ("I8", [byte]) => Some(f32::from(byte.cast_signed())),
            ("U8", [byte]) => Some(f32::from(*byte)),
            (element, bytes) => element::floats(element, bytes).and_then(|numbers| numbers.first().copied()),
        })
    }

    /// A part of a tensor's data; `None` where it has none such.
    fn bytes(&mut self, tensor: &TensorEntry, at: Option<u64>, count: u64) -> io::Result<Option<Vec<u8>>> {
        let inside = at.filter(|at| at.saturating_add(count) <= tensor.bytes);
        let Some(place) = inside.and_then(|at| at.checked_add(tensor.offset)) else { return Ok(None) };
        read_at(self.source, place, count).map(Some)
    }
}

fn some(mut numbers: impl Iterator<Item = Number>, length: Option<f32>) -> Option<Row> {
    let mut some = [numbers.next()?; HALF];
    for place in some.iter_mut().skip(1) {
        *place = numbers.next()?;
    }
    Some(Row { some, length })
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
