//! Bytes to opcodes, in pieces as they come: two readers of one stream can disagree about where opcodes are, and both are followed.

/// An opcode, the bytes that belong to it, and where it begins.
#[derive(Debug)]
pub(super) struct Op {
    pub(super) code: u8,
    pub(super) argument: Argument,
    pub(super) at: u64,
}

#[derive(Debug)]
pub(super) enum Argument {
    None,
    Number(u64),
    /// Without the line ends; the second only for GLOBAL and INST.
    Lines(Kept, Kept),
    Body(Kept),
}

/// The beginning of a text or of bytes, and how long it is in truth.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) head: Vec<u8>,
    pub(super) length: u64,
}

impl Kept {
    /// All of it, if all of it was kept.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        (self.head.len() as u64 == self.length).then_some(self.head.as_slice())
    }
}

/// Why a stream cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    UnknownOpcode(u8),
    NegativeLength,
}

/// How much of a constant is kept, by its first bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    /// Of any constant.
    pub(super) short: usize,
    /// Of one that begins like a pickle.
    pub(super) long: usize,
    /// Tells by at most [`Keep::short`] first bytes.
    pub(super) begins: fn(&[u8]) -> bool,
}

enum Shape {
    Bare,
    Number(usize),
    Lines(u8),
    Body(usize),
}

pub(super) fn is_opcode(code: u8) -> bool {
    shape(code).is_some()
}

fn shape(code: u8) -> Option<Shape> {
    Some(match code {
        b'('
        | b'.'
        | b'0'
        | b'1'
        | b'2'
        | b'N'
        | b'R'
        | b'a'
        | b'b'
        | b'd'
        | b'}'
        | b'e'
        | b'l'
        | b']'
        | b'o'
        | b's'
        | b't'
        | b')'
        | b'u'
        | b'Q'
        | 0x81
        | 0x85..=0x89
        | 0x8f..=0x94
        | 0x97
        | 0x98 => Shape::Bare,
        b'K' | b'h' | b'q' | 0x80 | 0x82 => Shape::Number(1),
        b'M' | 0x83 => Shape::Number(2),
        b'J' | b'j' | b'r' | 0x84 => Shape::Number(4),
        b'G' | 0x95 => Shape::Number(8),
        b'F' | b'I' | b'L' | b'S' | b'V' | b'P' | b'g' | b'p' => Shape::Lines(1),
        b'c' | b'i' => Shape::Lines(2),
        b'U' | b'C' | 0x8c | 0x8a => Shape::Body(1),
        b'T' | b'B' | b'X' | 0x8b => Shape::Body(4),
        0x8d | 0x8e | 0x96 => Shape::Body(8),
        _ => return None,
    })
}

#[derive(Default)]
enum State {
    #[default]
    Opcode,
    Number {
        counts: bool,
        left: usize,
        value: u64,
        shift: u32,
    },
    Lines {
        more: bool,
        first: Kept,
        line: Kept,
    },
    Body {
        left: u64,
        kept: Kept,
    },
}

/// Where in an opcode the bytes have got to.
pub(super) struct Decoder {
    state: State,
    code: u8,
    began: u64,
    at: u64,
    keep: Keep,
}

impl Decoder {
    pub(super) fn new(at: u64, keep: Keep) -> Self {
        Self { state: State::Opcode, code: 0, began: at, at, keep }
    }

    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    pub(super) const fn between_opcodes(&self) -> bool {
        matches!(self.state, State::Opcode)
    }

    /// The next opcode, or `None` when `bytes` is used up before it is complete.
    pub(super) fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<Op>, Break> {
        loop {
            if let State::Body { left: 0, kept } = &mut self.state {
                let kept = std::mem::take(kept);
                return Ok(Some(self.done(Argument::Body(kept))));
            }
            if bytes.is_empty() {
                return Ok(None);
            }
            if let Some(op) = self.step(bytes)? {
                return Ok(Some(op));
            }
        }
    }

    fn step(&mut self, bytes: &mut &[u8]) -> Result<Option<Op>, Break> {
        match &mut self.state {
            State::Opcode => self.opcode(bytes),
            State::Number { .. } => self.number(bytes),
            State::Lines { .. } => Ok(self.lines(bytes)),
            State::Body { left, kept } => {
                let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                let (taken, rest) = bytes.split_at(count);
                for part in [
                    taken.get(..self.keep.short.min(count)).unwrap_or_default(),
                    taken.get(self.keep.short..).unwrap_or_default(),
                ] {
                    let room = self.keep.wanted(&kept.head).saturating_sub(kept.head.len());
                    kept.head.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
                }
                *left = left.saturating_sub(count as u64);
                self.at = self.at.saturating_add(count as u64);
                *bytes = rest;
                Ok(None)
            }
        }
    }

    fn take(&mut self, bytes: &mut &[u8]) -> Option<u8> {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        self.at = self.at.saturating_add(1);
        Some(*first)
    }

    fn opcode(&mut self, bytes: &mut &[u8]) -> Result<Option<Op>, Break> {
        self.began = self.at;
        let Some(code) = self.take(bytes) else { return Ok(None) };
        self.code = code;
        self.state = match shape(code).ok_or(Break::UnknownOpcode(code))? {
            Shape::Bare => return Ok(Some(self.done(Argument::None))),
            Shape::Number(left) => State::Number { counts: false, left, value: 0, shift: 0 },
            Shape::Body(left) => State::Number { counts: true, left, value: 0, shift: 0 },
            Shape::Lines(lines) => State::Lines { more: lines > 1, first: Kept::default(), line: Kept::default() },
        };
        Ok(None)
    }

    fn number(&mut self, bytes: &mut &[u8]) -> Result<Option<Op>, Break> {
        let Some(byte) = self.take(bytes) else { return Ok(None) };
        let State::Number { counts, left, value, shift } = &mut self.state else { return Ok(None) };
        *value |= u64::from(byte).checked_shl(*shift).unwrap_or(0);
        *shift = shift.saturating_add(8);
        *left = left.saturating_sub(1);
        if *left > 0 {
            return Ok(None);
        }
        let (counts, value) = (*counts, *value);
        if !counts {
            return Ok(Some(self.done(Argument::Number(value))));
        }
        let signed_four = matches!(self.code, b'T' | 0x8b) && value > 0x7fff_ffff;
        if signed_four || value > i64::MAX.cast_unsigned() {
            return Err(Break::NegativeLength);
        }
        self.state = State::Body { left: value, kept: Kept { head: Vec::new(), length: value } };
        Ok(None)
    }

    fn lines(&mut self, bytes: &mut &[u8]) -> Option<Op> {
        let State::Lines { more, first, line } = &mut self.state else { return None };
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (taken, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        for part in
            [taken.get(..self.keep.short.min(taken.len())).unwrap_or_default(), taken.get(self.keep.short..).unwrap_or_default()]
        {
            let room = self.keep.wanted(&line.head).saturating_sub(line.head.len());
            line.head.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        }
        line.length = line.length.saturating_add(taken.len() as u64);
        let stepped = taken.len().saturating_add(usize::from(end.is_some()));
        self.at = self.at.saturating_add(stepped as u64);
        *bytes = rest.get(usize::from(end.is_some())..).unwrap_or_default();
        end?;
        if *more {
            *more = false;
            *first = std::mem::take(line);
            return None;
        }
        let lines = Argument::Lines(std::mem::take(first), std::mem::take(line));
        Some(self.done(lines))
    }

    fn done(&mut self, argument: Argument) -> Op {
        self.state = State::Opcode;
        // One line only: it stands first.
        let argument = match argument {
            Argument::Lines(first, line) if !matches!(self.code, b'c' | b'i') => Argument::Lines(line, first),
            Argument::None | Argument::Number(_) | Argument::Lines(..) | Argument::Body(_) => argument,
        };
        Op { code: self.code, argument, at: self.began }
    }
}

impl Keep {
    fn wanted(&self, head: &[u8]) -> usize {
        if head.len() >= self.short.min(16) && (self.begins)(head) { self.long } else { self.short }
    }
}
