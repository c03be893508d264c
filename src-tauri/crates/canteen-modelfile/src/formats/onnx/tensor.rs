//! One tensor: name, shape, kind, and whether its bytes fit them.

use super::super::protobuf::{Span, Value};
use super::super::source::{Source, Step};
use super::hazards::TENSOR_SIZE;
use super::{LONGEST_NAME, Walk};

/// Published tensors have at most eight lengths.
const MOST_LENGTHS: usize = 64;

/// (number, name, bits of one element; none for texts).
const KINDS: &[(u64, &str, u64)] = &[
    (1, "FLOAT", 32),
    (2, "UINT8", 8),
    (3, "INT8", 8),
    (4, "UINT16", 16),
    (5, "INT16", 16),
    (6, "INT32", 32),
    (7, "INT64", 64),
    (9, "BOOL", 8),
    (10, "FLOAT16", 16),
    (11, "DOUBLE", 64),
    (12, "UINT32", 32),
    (13, "UINT64", 64),
    (14, "COMPLEX64", 64),
    (15, "COMPLEX128", 128),
    (16, "BFLOAT16", 16),
    (17, "FLOAT8E4M3FN", 8),
    (18, "FLOAT8E4M3FNUZ", 8),
    (19, "FLOAT8E5M2", 8),
    (20, "FLOAT8E5M2FNUZ", 8),
    (21, "UINT4", 4),
    (22, "INT4", 4),
    (23, "FLOAT4E2M1", 4),
    (24, "FLOAT8E8M0", 8),
    (25, "UINT2", 2),
    (26, "INT2", 2),
];

#[derive(Default)]
struct Tensor {
    name: String,
    lengths: Vec<u64>,
    kind: u64,
    raw: Option<u64>,
    external: Vec<Span>,
}

impl Walk<'_> {
    pub(super) fn tensor(&mut self, mut span: Span, source: &mut Source<'_>) -> Step<()> {
        let start = span.at;
        let mut tensor = Tensor::default();
        let walked = loop {
            match span.next(source) {
                Ok(Some(field)) => tensor.take(field.number, field.value, source)?,
                Ok(None) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        let bytes = self.size(&tensor, start);
        if !tensor.external.is_empty() {
            self.external(&tensor.external, bytes, source)?;
        } else if let (Some(raw), Some(bytes)) = (tensor.raw, bytes)
            && raw != bytes
            && source.cut().is_none()
        {
            self.found.at(&TENSOR_SIZE, start, &tensor.name);
        }
        walked
    }

    /// What the shape promises, in bytes. `None` where the kind has no size; a shape that fits no number is a hazard.
    fn size(&mut self, tensor: &Tensor, start: u64) -> Option<u64> {
        let kind = KINDS.iter().find(|(number, ..)| *number == tensor.kind);
        let name = kind.map_or(if tensor.kind == 8 { "STRING" } else { "OTHER" }, |(_, name, _)| name);
        let count = tensor.lengths.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
        // A negative length comes as a number above the largest signed one.
        let negative = tensor.lengths.iter().any(|length| i64::try_from(*length).is_err());
        let bits = kind.map(|(.., bits)| *bits);
        let all = count.and_then(|count| count.checked_mul(bits.unwrap_or(1)));
        if negative || all.is_none() || tensor.lengths.len() >= MOST_LENGTHS {
            self.found.at(&TENSOR_SIZE, start, &tensor.name);
            return None;
        }
        self.found.tensor(&tensor.name, tensor.lengths.clone(), name);
        bits.and(all).map(|bits| bits.div_ceil(8))
    }
}

impl Tensor {
    fn take(&mut self, number: u64, value: Value, source: &mut Source<'_>) -> Step<()> {
        match (number, value) {
            (1, Value::Number(length)) if self.lengths.len() < MOST_LENGTHS => self.lengths.push(length),
            (1, Value::Bytes(packed)) => {
                let room = MOST_LENGTHS.saturating_sub(self.lengths.len());
                self.lengths.extend(packed.packed(source, room)?);
            }
            (2, Value::Number(kind)) => self.kind = kind,
            (8, Value::Bytes(name)) => self.name = name.text(source, LONGEST_NAME)?,
            (9, Value::Bytes(raw)) => self.raw = Some(raw.len()),
            (13, Value::Bytes(entry)) if self.external.len() < 64 => self.external.push(entry),
            _ => {}
        }
        Ok(())
    }
}
