//! The weights of an ONNX graph: name, shape, kind, place; in the file itself, or in those beside it.
//!
//! Exporters turn most matrices and take their names away. What multiplies by one stands, by its own name, where the matrix stood in
//! the model, so that name is kept beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::formats::protobuf::{Span, Value};
use crate::formats::source::{Source, Step, Stop, too_much};
use crate::listing::{MOST_LENGTHS, TensorEntry, push_length};
use crate::{Limits, ModelFileError, section};

const LONGEST_NAME: u64 = 512;
/// Of one file's name.
const LONGEST_LOCATION: u64 = 4096;
/// Keys of one tensor that lies elsewhere, of which the format knows five, and attributes of one operation.
const MOST_KEYS: usize = 16;
/// Exporters that give each tensor a file of its own write some hundreds.
const MOST_FILES: usize = 4096;
/// The largest published graphs have some 100,000.
const MOST_NODES: u64 = 4_000_000;
/// Kinds of number by the format's own ids, as the other containers call them.
const KINDS: &[(u64, &str, u64)] =
    &[(1, "F32", 4), (2, "U8", 1), (3, "I8", 1), (6, "I32", 4), (7, "I64", 8), (10, "F16", 2), (11, "F64", 8), (16, "BF16", 2)];

/// What a matrix without a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matrix {
    /// As the model had it.
    pub(super) name: String,
    /// Its rows are kept as columns.
    pub(super) turned: bool,
}

/// What a graph holds.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) tensors: Vec<TensorEntry>,
    /// By name in the file.
    pub(super) matrices: BTreeMap<String, Matrix>,
}

/// Lists what `reader` holds, and what lies in the files beside it of sizes `beside`, which are joined to it in the order of their
/// names; where none is given, only what it holds itself. Texts and tiny constants written out as numbers are left out.
pub(super) fn graph(
    reader: &mut dyn section::Source,
    size: u64,
    beside: &[u64],
    limits: &Limits,
) -> Result<Graph, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk::default();
    match walk.model(&mut source, limits) {
        Ok(()) if source.cut().is_none() => walk.graph(size, beside),
        Ok(()) | Err(Stop::Broken { .. }) => {
            Err(ModelFileError::Lies { code: "onnx.unreadable", what: "its bytes do not fit the format" })
        }
        Err(Stop::TooMuch { .. }) => Err(ModelFileError::TooMuch { code: "onnx.unreadable", what: "a graph" }),
        Err(Stop::Io(error)) => Err(error.into()),
    }
}

/// A tensor, and the number of the file in which it lies where that is another; its place is one in that file.
struct Placed {
    tensor: TensorEntry,
    file: Option<usize>,
}

#[derive(Default)]
struct Walk {
    tensors: Vec<Placed>,
    /// Files beside it, with numbers in the order in which they were met.
    beside: BTreeMap<String, usize>,
    /// What is multiplied by: by what, and how it lies.
    used: BTreeMap<String, Matrix>,
    /// What was made of smaller numbers, and of which.
    grown: BTreeMap<String, String>,
    nodes: u64,
}

impl Walk {
    fn model(&mut self, source: &mut Source<'_>, limits: &Limits) -> Step<()> {
        let mut whole = Span::whole(source);
        while let Some(field) = whole.next(source)? {
            let Some((7, mut graph)) = field.bytes() else { continue };
            while let Some(field) = graph.next(source)? {
                match field.bytes() {
                    Some((1, node)) => self.node(node, source, limits)?,
                    Some((5, tensor)) if self.tensors.len() as u64 >= limits.tensors => {
                        return too_much(tensor.at, "more tensors than any published model has");
                    }
                    Some((5, tensor)) => self.initialiser(tensor, source)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn node(&mut self, mut span: Span, source: &mut Source<'_>, limits: &Limits) -> Step<()> {
        self.nodes += 1;
        if self.nodes > MOST_NODES || (self.used.len() + self.grown.len()) as u64 > limits.tensors {
            return too_much(span.at, "more operations than any published model has");
        }
        let (mut inputs, mut output, mut name, mut operator, mut attributes) = (Vec::new(), None, None, None, Vec::new());
        while let Some(field) = span.next(source)? {
            match field.bytes() {
                Some((1, input)) if inputs.len() < 4 => inputs.push(input),
                Some((2, first)) => output = output.or(Some(first)),
                Some((3, text)) => name = Some(text),
                Some((4, text)) => operator = Some(text),
                Some((5, attribute)) if attributes.len() < MOST_KEYS => attributes.push(attribute),
                _ => {}
            }
        }
        let Some(operator) = operator else { return Ok(()) };
        let (place, turned) = match operator.text(source, LONGEST_NAME)?.as_str() {
            "MatMul" | "MatMulInteger" | "MatMulIntegerToFloat" | "DynamicQuantizeMatMul" => (1, true),
            "QLinearMatMul" => (3, true),
            "Gemm" => (1, !is_set("transB", &attributes, source)?),
            "DequantizeLinear" => {
                if let (Some(input), Some(output)) = (inputs.first(), output) {
                    self.grown.insert(output.text(source, LONGEST_NAME)?, input.text(source, LONGEST_NAME)?);
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        let (Some(input), Some(name)) = (inputs.get(place), name) else { return Ok(()) };
        let name = name.text(source, LONGEST_NAME)?;
        // `/layers.0/mlp/down_proj/MatMul`.
        if let Some((path, _)) = name.strip_prefix('/').and_then(|path| path.rsplit_once('/')) {
            let matrix = Matrix { name: format!("{}.weight", path.replace('/', ".")), turned };
            self.used.entry(input.text(source, LONGEST_NAME)?).or_insert(matrix);
        }
        Ok(())
    }

    fn initialiser(&mut self, mut span: Span, source: &mut Source<'_>) -> Step<()> {
        let (mut name, mut shape, mut kind, mut data, mut elsewhere) = (String::new(), Vec::new(), None, None, Vec::new());
        while let Some(field) = span.next(source)? {
            match (field.number, field.value) {
                (1, Value::Number(length)) => push_length(&mut shape, length),
                (1, Value::Bytes(packed)) => {
                    for length in packed.packed(source, MOST_LENGTHS)? {
                        push_length(&mut shape, length);
                    }
                }
                (2, Value::Number(number)) => kind = KINDS.iter().find(|(known, ..)| *known == number),
                (8, Value::Bytes(text)) => name = text.text(source, LONGEST_NAME)?,
                (9, Value::Bytes(raw)) => data = Some(raw),
                // Floats are also written one after the other; packed, their bytes are those of raw data.
                (4, Value::Bytes(packed)) => data = data.or(Some(packed)),
                (13, Value::Bytes(entry)) if elsewhere.len() < MOST_KEYS => elsewhere.push(entry),
                _ => {}
            }
        }
        let elsewhere = self.elsewhere(&elsewhere, source)?;
        let Some((_, element, width)) = kind else { return Ok(()) };
        let count = shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
        let bytes = count.and_then(|count| count.checked_mul(*width)).filter(|_| !name.is_empty());
        let inside = || data.filter(|data| Some(data.len()) == bytes).map(|data| (None, data.at));
        if let (Some(bytes), Some((file, offset))) = (bytes, elsewhere.or_else(inside)) {
            self.tensors.push(Placed { tensor: TensorEntry { name, element, shape, offset, bytes }, file });
        }
        Ok(())
    }

    /// In which file, as [`crate::formats::Described::needs`] has its name, and where in it; a tensor of whatever kind.
    fn elsewhere(&mut self, entries: &[Span], source: &mut Source<'_>) -> Step<Option<(Option<usize>, u64)>> {
        let (mut location, mut offset) = (None, Some(0));
        for entry in entries {
            let value = entry.text_of(2, source, LONGEST_LOCATION)?.unwrap_or_default();
            match entry.text_of(1, source, LONGEST_NAME)?.as_deref() {
                Some("location") => location = Some(value.replace('\\', "/")),
                Some("offset") => offset = value.trim().parse().ok(),
                _ => {}
            }
        }
        let Some(location) = location else { return Ok(None) };
        let next = self.beside.len();
        if next >= MOST_FILES && !self.beside.contains_key(&location) {
            return too_much(0, "more files than any published model has");
        }
        let number = *self.beside.entry(location).or_insert(next);
        Ok(offset.map(|offset| (Some(number), offset)))
    }

    fn graph(mut self, size: u64, sizes: &[u64]) -> Result<Graph, ModelFileError> {
        if !sizes.is_empty() && sizes.len() != self.beside.len() {
            let (promised, found) = (self.beside.len() as u64 + 1, sizes.len() as u64 + 1);
            return Err(ModelFileError::PartMissing { promised, found });
        }
        let (mut starts, mut start) = (BTreeMap::new(), size);
        for (number, size) in self.beside.values().zip(sizes) {
            starts.insert(*number, (start, *size));
            start = start.saturating_add(*size);
        }
        let placed = self.tensors.into_iter().filter_map(|Placed { mut tensor, file }| {
            if let Some(number) = file {
                let (start, size) = *starts.get(&number)?;
                tensor.offset.checked_add(tensor.bytes).filter(|end| *end <= size)?;
                tensor.offset = tensor.offset.checked_add(start)?;
            }
            Some(tensor)
        });
        let tensors: Vec<TensorEntry> = placed.collect();
        for (grown, small) in &self.grown {
            if let Some(matrix) = self.used.remove(grown) {
                self.used.entry(small.clone()).or_insert(matrix);
            }
        }
        let is_matrix: BTreeSet<&str> =
            tensors.iter().filter(|tensor| tensor.shape.len() == 2).map(|tensor| tensor.name.as_str()).collect();
        self.used.retain(|name, _| is_matrix.contains(name.as_str()));
        Ok(Graph { matrices: self.used, tensors })
    }
}

/// An attribute's whole number is not nothing.
fn is_set(wanted: &str, attributes: &[Span], source: &mut Source<'_>) -> Step<bool> {
    for attribute in attributes {
        if attribute.text_of(1, source, LONGEST_NAME)?.as_deref() != Some(wanted) {
            continue;
        }
        let mut span = *attribute;
        while let Some(field) = span.next(source)? {
            if let (3, Value::Number(number)) = (field.number, field.value) {
                return Ok(number != 0);
            }
        }
    }
    Ok(false)
}
