//! The weights of an ONNX graph that lie in the file itself: name, shape, kind, place.

use crate::formats::protobuf::{Span, Value};
use crate::formats::source::{Source, Step, Stop, too_much};
use crate::listing::{MOST_LENGTHS, TensorEntry, push_length};
use crate::{Limits, ModelFileError, section};

const LONGEST_NAME: u64 = 512;
/// Kinds of number by the format's own ids, as the other containers call them.
const KINDS: &[(u64, &str, u64)] =
    &[(1, "F32", 4), (2, "U8", 1), (3, "I8", 1), (6, "I32", 4), (7, "I64", 8), (10, "F16", 2), (11, "F64", 8), (16, "BF16", 2)];

/// Lists them; others (texts, tiny constants written out as numbers, those in files beside) are left out.
pub(super) fn initialisers(
    reader: &mut dyn section::Source,
    size: u64,
    limits: &Limits,
) -> Result<Vec<TensorEntry>, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut tensors = Vec::new();
    match model(&mut source, &mut tensors, limits) {
        Ok(()) if source.cut().is_none() => Ok(tensors),
        Ok(()) | Err(Stop::Broken { .. }) => {
            Err(ModelFileError::Lies { code: "onnx.unreadable", what: "its bytes do not fit the format" })
        }
        Err(Stop::TooMuch { .. }) => Err(ModelFileError::TooMuch { code: "onnx.unreadable", what: "a graph" }),
        Err(Stop::Io(error)) => Err(error.into()),
    }
}

fn model(source: &mut Source<'_>, tensors: &mut Vec<TensorEntry>, limits: &Limits) -> Step<()> {
    let mut whole = Span::whole(source);
    while let Some(field) = whole.next(source)? {
        let Some((7, mut graph)) = field.bytes() else { continue };
        while let Some(field) = graph.next(source)? {
            let Some((5, tensor)) = field.bytes() else { continue };
            if tensors.len() as u64 >= limits.tensors {
                return too_much(tensor.at, "more tensors than any published model has");
            }
            tensors.extend(initialiser(tensor, source)?);
        }
    }
    Ok(())
}

fn initialiser(mut span: Span, source: &mut Source<'_>) -> Step<Option<TensorEntry>> {
    let (mut name, mut shape, mut kind, mut data) = (String::new(), Vec::new(), None, None);
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
            _ => {}
        }
    }
    let (Some((_, element, width)), Some(data)) = (kind, data) else { return Ok(None) };
    let count = shape.iter().try_fold(1_u64, |product, length| product.checked_mul(*length));
    if name.is_empty() || count.and_then(|count| count.checked_mul(*width)) != Some(data.len()) {
        return Ok(None);
    }
    Ok(Some(TensorEntry { name, element, shape, offset: data.at, bytes: data.len() }))
}
