//! Opcodes that push something of their own.

use std::rc::Rc;

use super::reader::{Argument, Op};
use super::text;
use super::value::Value;

/// Torch's old format begins with this number.
const TORCH_MAGIC: &[u8] = &[0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// `None` for a number that is none.
pub(super) fn constant(op: &Op) -> Option<Value> {
    Some(match (&op.argument, op.code) {
        (Argument::None, b'N') => Value::Nothing,
        (Argument::None, b')') => Value::tuple(Vec::new()),
        (Argument::None, b'}') => Value::dict(),
        // NEXT_BUFFER: from outside of the file.
        (Argument::None, 0x97) => Value::Other,
        (Argument::Number(number), b'J') => {
            Value::Number(i64::from(i32::from_le_bytes(number.to_le_bytes().first_chunk().copied()?)))
        }
        (Argument::Number(number), b'K' | b'M') => Value::Number(i64::try_from(*number).ok()?),
        (Argument::Line(line), b'I' | b'L') => match line.whole() {
            Some(b"00" | b"01") | None => Value::Other,
            Some(line) => text::number(line).map(Value::Number).or_else(|| text::is_number(line).then_some(Value::Other))?,
        },
        (Argument::Line(line), b'F') => line.whole().is_none_or(text::is_number).then_some(Value::Other)?,
        (Argument::Line(line), b'S') => match line.whole() {
            Some(line) => texted(text::quoted(line)?),
            None => matches!(line.head(), [b'\'' | b'"', ..]).then_some(Value::Unknown)?,
        },
        (Argument::Line(line), b'V') => line.whole().map_or(Value::Unknown, |line| texted(text::raw_unicode(line))),
        (Argument::Body(body), b'T' | b'U' | b'X' | 0x8c | 0x8d) => {
            body.whole().map_or(Value::Unknown, |text| texted(text.to_vec()))
        }
        (Argument::Body(body), 0x8a) if body.whole() == Some(TORCH_MAGIC) => Value::TorchMagic,
        (Argument::Body(body), 0x8a) => body.whole().and_then(text::long).map_or(Value::Other, Value::Number),
        _ => Value::Other,
    })
}

fn texted(text: Vec<u8>) -> Value {
    Value::Text(Rc::from(text))
}
