//! TensorFlow Lite (now LiteRT): a flatbuffer, read table by table, each place held against the file.

mod flat;
mod hazards;

pub(crate) use hazards::ALL as HAZARDS;
use hazards::{CUSTOM_OPERATOR, EXTERNAL_OUTSIDE, TENSOR_SIZE, UNREADABLE};

use self::flat::{Flat, Table};
use super::collector::{Gathered, shown};
use super::paths::leaves;
use super::source::{Source, Step, too_much};
use super::{Found, tensorflow};
use crate::{ModelFileError, section};

/// Tensors, operators and buffers, each. The largest published models have some 20,000.
const MOST: u64 = 1 << 20;
const MOST_LENGTHS: u64 = 32;
const LONGEST_NAME: u64 = 512;
/// The number that stands for an operator with a name of its own.
const CUSTOM: u64 = 32;
/// TensorFlow's own operations, run by its own kernels, are named so.
const FLEX: &str = "Flex";
/// Operators that common runtimes bring along.
const KNOWN: &[&str] = &[
    "TFLite_Detection_PostProcess",
    "AudioSpectrogram",
    "Mfcc",
    "Convolution2DTransposeBias",
    "MaxPoolingWithArgmax2D",
    "MaxUnpooling2D",
    "TransformTensorBilinear",
    "TransformLandmarks",
    "Landmarks2TransformMatrix",
    "AlignPoints",
    "Resampler",
    "RFFT2D",
    "edgetpu-custom-op",
    "TFSentencepieceTokenizeOp",
    "TFSentencepieceDetokenizeOp",
    "odml.rms_norm",
    "odml.scaled_dot_product_attention",
    "odml.update_kv_cache",
    "odml.update_external_kv_cache",
];
/// (number, name, bits of one element).
const KINDS: &[(u64, &str, u64)] = &[
    (0, "FLOAT32", 32),
    (1, "FLOAT16", 16),
    (2, "INT32", 32),
    (3, "UINT8", 8),
    (4, "INT64", 64),
    (6, "BOOL", 8),
    (7, "INT16", 16),
    (8, "COMPLEX64", 64),
    (9, "INT8", 8),
    (10, "FLOAT64", 64),
    (11, "COMPLEX128", 128),
    (12, "UINT64", 64),
    (15, "UINT32", 32),
    (16, "UINT16", 16),
    (17, "INT4", 4),
    (18, "BFLOAT16", 16),
];

/// Reads a model.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub(crate) fn tflite(reader: &mut dyn section::Source, size: u64) -> Result<Found, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk { found: Gathered::of(size), flat: Flat { source: &mut source }, buffers: Vec::new() };
    let walked = walk.model();
    walk.found.done(walked, &UNREADABLE)
}

struct Walk<'s, 'a> {
    found: Gathered,
    flat: Flat<'s, 'a>,
    /// Bytes of each; `None` where it is empty or lies elsewhere.
    buffers: Vec<Option<u64>>,
}

impl Walk<'_, '_> {
    fn model(&mut self) -> Step<()> {
        let model = self.flat.root()?;
        self.found.facts.version = Some(self.flat.number(model, 0, 4)?.to_string());
        self.found.facts.name = self.flat.text(model, 3, LONGEST_NAME)?.as_deref().and_then(shown);
        self.each(model, 1, Self::operator)?;
        self.each(model, 4, Self::buffer)?;
        // Files beside the model that hold its buffers.
        self.each(model, 8, Self::file)?;
        self.each(model, 2, Self::graph)
    }

    fn each(&mut self, table: Table, field: u64, read: fn(&mut Self, Table) -> Step<()>) -> Step<()> {
        let (first, count) = self.flat.list(table, field, 4)?;
        if count > MOST {
            return too_much(first, "more of it than any published model has");
        }
        for number in 0..count {
            let table = self.flat.table_at(first.saturating_add(number.saturating_mul(4)))?;
            read(self, table)?;
        }
        Ok(())
    }

    fn operator(&mut self, operator: Table) -> Step<()> {
        let number = self.flat.number(operator, 0, 1)?.max(self.flat.number(operator, 3, 4)?);
        let name = self.flat.text(operator, 1, LONGEST_NAME)?.unwrap_or_default();
        if number != CUSTOM {
            return Ok(());
        }
        match name.strip_prefix(FLEX) {
            Some(operation) => {
                if let Some(code) = tensorflow::judge(operation) {
                    self.found.at(code, operator.at, &name);
                }
            }
            None if KNOWN.contains(&name.as_str()) => {}
            None => self.found.at(&CUSTOM_OPERATOR, operator.at, &name),
        }
        Ok(())
    }

    fn buffer(&mut self, buffer: Table) -> Step<()> {
        let (_, mut bytes) = self.flat.list(buffer, 0, 1)?;
        // Large models keep buffers behind the flatbuffer.
        let (offset, size) = (self.flat.number(buffer, 1, 8)?, self.flat.number(buffer, 2, 8)?);
        if offset > 1 {
            let end = offset.checked_add(size);
            if end.is_none_or(|end| end > self.flat.source.size()) {
                self.found.at(&TENSOR_SIZE, buffer.at, "a buffer past the end of the file");
            }
            bytes = size;
        }
        self.buffers.push(Some(bytes).filter(|bytes| *bytes > 0));
        Ok(())
    }

    fn file(&mut self, group: Table) -> Step<()> {
        let name = self.flat.text(group, 0, 4096)?.unwrap_or_default();
        if leaves(&name).is_some() {
            self.found.at(&EXTERNAL_OUTSIDE, group.at, &name);
        } else if self.found.facts.needs.len() < 64 {
            self.found.facts.needs.extend(shown(&name));
        }
        Ok(())
    }

    fn graph(&mut self, graph: Table) -> Step<()> {
        let (_, operations) = self.flat.list(graph, 3, 4)?;
        self.found.facts.operations = self.found.facts.operations.saturating_add(operations);
        self.each(graph, 0, Self::tensor)
    }

    fn tensor(&mut self, tensor: Table) -> Step<()> {
        let buffer = usize::try_from(self.flat.number(tensor, 2, 4)?).unwrap_or(usize::MAX);
        // Without bytes it is a value between two operations.
        let Some(bytes) = self.buffers.get(buffer).copied().flatten() else { return Ok(()) };
        if self.found.facts.tensor_count >= MOST {
            return too_much(tensor.at, "more tensors than any published model has");
        }
        let (first, rank) = self.flat.list(tensor, 0, 4)?;
        if rank > MOST_LENGTHS {
            return too_much(tensor.at, "a tensor with more lengths than any has");
        }
        let lengths: Vec<u64> = (0..rank).map(|number| self.flat.u32(first.saturating_add(number * 4))).collect::<Step<_>>()?;
        let kind = self.flat.number(tensor, 1, 1)?;
        let kind = KINDS.iter().find(|(number, ..)| *number == kind);
        let name = self.flat.text(tensor, 3, LONGEST_NAME)?.unwrap_or_default();
        let count = lengths.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
        let sparse = self.flat.has(tensor, 6)?;
        if let Some((.., bits)) = kind {
            let wanted = count.and_then(|count| count.checked_mul(*bits)).map(|bits| bits.div_ceil(8));
            if wanted != Some(bytes) && !sparse {
                self.found.at(&TENSOR_SIZE, tensor.at, &name);
            }
        }
        self.found.tensor(&name, lengths, kind.map_or("OTHER", |(_, name, _)| name));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
