//! The tensors' names, shapes and places. No weight is read.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek};

use super::{TRUNCATED, lies};
use crate::ModelFileError;
use crate::input::Input;
use crate::listing::{TensorEntry, push_length};
use crate::quantisation::tensor_type;

const LONGEST_NAME: u64 = 63;

/// What the tensors add up to.
#[derive(Debug, Default)]
pub(super) struct Tensors {
    /// Weights in all.
    pub(super) elements: u64,
    /// Padded bytes in all.
    pub(super) data_bytes: u64,
    /// End of the last tensor, without its padding.
    pub(super) end: u64,
    /// Name of the type that holds most weights.
    pub(super) most_common: Option<&'static str>,
    /// Each of them; offsets from the beginning of the data.
    pub(super) listed: Vec<TensorEntry>,
}

impl Tensors {
    pub(super) fn read<R: Read + Seek>(input: &mut Input<R>, count: u64, alignment: u64) -> Result<Self, ModelFileError> {
        let mut sum = Self::default();
        let (mut names, mut types) = (HashSet::new(), BTreeMap::new());
        for _ in 0..count {
            let length = input.count(TRUNCATED)?;
            if length == 0 || length > LONGEST_NAME {
                return Err(lies("gguf.tensor_name", "a tensor's name has an impossible length"));
            }
            let label = input.bytes(length, TRUNCATED)?;
            let text = String::from_utf8_lossy(&label).into_owned();
            if !names.insert(label) {
                return Err(lies("gguf.tensor_twice", "a tensor stands there twice"));
            }
            let elements = shape(input)?;
            let id = input.u32(TRUNCATED)?;
            let (name, per_block, block_bytes) =
                tensor_type(id).ok_or_else(|| lies("gguf.tensor_type", "a tensor is of a kind that does not exist"))?;
            if !elements.first.is_multiple_of(per_block) {
                return Err(lies("gguf.tensor_row", "a tensor's rows do not fit its kind"));
            }
            let bytes = (elements.all / per_block).checked_mul(block_bytes).ok_or_else(overflow)?;
            let offset = input.u64(TRUNCATED)?;
            if !offset.is_multiple_of(alignment) {
                return Err(lies("gguf.tensor_offset", "a tensor does not stand where it may"));
            }
            sum.elements = sum.elements.checked_add(elements.all).ok_or_else(overflow)?;
            *types.entry(name).or_insert(0_u64) += elements.all;
            sum.listed.push(TensorEntry { name: text, element: name, shape: elements.lengths, offset, bytes });
        }
        sum.most_common = types.into_iter().max_by_key(|(_, elements)| *elements).map(|(name, _)| name);
        sum.cover(alignment)?;
        Ok(sum)
    }

    /// Sorted by place, each tensor must begin where the one before ends: nothing hidden between, nothing twice.
    fn cover(&mut self, alignment: u64) -> Result<(), ModelFileError> {
        let mut places: Vec<_> = self.listed.iter().map(|tensor| (tensor.offset, tensor.bytes)).collect();
        places.sort_unstable();
        let mut next = 0_u64;
        for (offset, bytes) in places {
            if offset != next {
                return Err(lies("gguf.tensor_overlap", "its tensors overlap or leave gaps"));
            }
            self.end = offset.checked_add(bytes).ok_or_else(overflow)?;
            next = self.end.checked_next_multiple_of(alignment).ok_or_else(overflow)?;
        }
        self.data_bytes = next;
        Ok(())
    }
}

struct Shape {
    first: u64,
    all: u64,
    /// Outermost first: the file has them the other way round.
    lengths: Vec<u64>,
}

fn shape<R: Read + Seek>(input: &mut Input<R>) -> Result<Shape, ModelFileError> {
    let dimensions = input.u32(TRUNCATED)?;
    if !(1..=4).contains(&dimensions) {
        return Err(lies("gguf.tensor_shape", "a tensor has an impossible shape"));
    }
    let mut shape = Shape { first: 1, all: 1, lengths: Vec::new() };
    for at in 0..dimensions {
        let length = input.count(TRUNCATED)?;
        if length == 0 || i64::try_from(length).is_err() {
            return Err(lies("gguf.tensor_shape", "a tensor has an impossible shape"));
        }
        if at == 0 {
            shape.first = length;
        }
        shape.all = shape.all.checked_mul(length).ok_or_else(overflow)?;
        push_length(&mut shape.lengths, length);
    }
    shape.lengths.reverse();
    Ok(shape)
}

const fn overflow() -> ModelFileError {
    lies("gguf.size_overflows", "its size does not fit a number")
}
