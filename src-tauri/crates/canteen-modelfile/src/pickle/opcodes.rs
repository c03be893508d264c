//! Which opcodes there are, and what belongs to each.

pub(super) enum Shape {
    Bare,
    /// A number of so many bytes.
    Number(usize),
    /// One text that ends with its line.
    Line,
    /// Two of them.
    Lines,
    /// Bytes behind their length, which takes so many bytes.
    Body(usize),
}

/// `None` for what no protocol has.
pub(super) const fn shape(code: u8) -> Option<Shape> {
    Some(match code {
        b'(' | b'.' | b'0' | b'1' | b'2' | b'N' | b'R' | b'a' | b'b' | b'd' | b'}' | b'e' | b'l' | b']' | b'o' | b's' | b't'
        | b')' | b'u' | b'Q' => Shape::Bare,
        0x81 | 0x85..=0x89 | 0x8f..=0x94 | 0x97 | 0x98 => Shape::Bare,
        b'K' | b'h' | b'q' | 0x80 | 0x82 => Shape::Number(1),
        b'M' | 0x83 => Shape::Number(2),
        b'J' | b'j' | b'r' | 0x84 => Shape::Number(4),
        b'G' | 0x95 => Shape::Number(8),
        b'F' | b'I' | b'L' | b'S' | b'V' | b'P' | b'g' | b'p' => Shape::Line,
        b'c' | b'i' => Shape::Lines,
        b'U' | b'C' | 0x8c | 0x8a => Shape::Body(1),
        b'T' | b'B' | b'X' | 0x8b => Shape::Body(4),
        0x8d | 0x8e | 0x96 => Shape::Body(8),
        _ => return None,
    })
}

/// The opcode that says the protocol, and one behind it: the mark of protocol 2 and later. Unpicklers take it with any protocol.
pub(super) fn begins_with_protocol(first: &[u8]) -> bool {
    matches!(first, [0x80, 0..=5, opcode, ..] if shape(*opcode).is_some())
}

pub(super) const fn calls(code: u8) -> bool {
    matches!(code, b'R' | b'o' | b'i' | 0x81 | 0x92)
}
