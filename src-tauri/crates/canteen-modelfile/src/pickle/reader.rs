//! Bytes to opcodes. Of a long constant only the beginning is read; the rest is stepped over.

use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};

use super::LONGEST_NAME;
use super::opcodes::{self, Shape};
use crate::section::{Section, Source};

/// No line of a published model comes near it; without it, a file of zeros would be read to its end as one line.
const LONGEST_LINE: u64 = 256 << 20;

/// An opcode, what belongs to it, and where it begins.
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
    /// Without its end.
    Line(Constant),
    /// Module and name.
    Lines(Constant, Constant),
    Body(Constant),
}

/// A text or bytes: the beginning, where it stands, and how long it is in truth.
#[derive(Debug)]
pub(super) struct Constant {
    head: Vec<u8>,
    pub(super) at: u64,
    pub(super) length: u64,
}

impl Constant {
    /// All of it, if it is short enough for a name.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        (self.head.len() as u64 == self.length).then_some(self.head.as_slice())
    }

    /// The unpickler in Python takes the last byte of a line for its end, which it is not at the end of a file.
    fn without_last(mut self) -> Result<Self, Break> {
        self.length = self.length.checked_sub(1).ok_or(Break::Ends)?;
        self.head.truncate(usize::try_from(self.length).unwrap_or(usize::MAX));
        Ok(self)
    }

    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }
}

/// Why a stream cannot go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Break {
    #[error("unknown opcode 0x{0:02x}")]
    UnknownOpcode(u8),
    #[error("negative length")]
    NegativeLength,
    #[error("line too long")]
    LongLine,
    #[error("ends inside")]
    Ends,
    #[error("unreadable")]
    Unreadable(#[from] io::Error),
}

pub(super) struct Reader<'s> {
    source: BufReader<Section<'s>>,
    size: u64,
    at: u64,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s mut dyn Source, size: u64) -> Self {
        let buffer = usize::try_from(size).unwrap_or(usize::MAX).min(64 << 10);
        Self { source: BufReader::with_capacity(buffer, Section::new(source, 0, size)), size, at: 0 }
    }

    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    pub(super) const fn left(&self) -> u64 {
        self.size.saturating_sub(self.at)
    }

    /// For a reader of its own; [`Reader::go_to`] afterwards.
    pub(super) fn source(&mut self) -> &mut dyn Source {
        self.source.get_mut()
    }

    pub(super) fn go_to(&mut self, at: u64) -> Result<(), Break> {
        self.source.seek(SeekFrom::Start(at))?;
        self.at = at;
        Ok(())
    }

    pub(super) fn next(&mut self) -> Result<Op, Break> {
        let at = self.at;
        let code = self.byte()?;
        let argument = match opcodes::shape(code).ok_or(Break::UnknownOpcode(code))? {
            Shape::Bare => Argument::None,
            Shape::Number(bytes) => Argument::Number(self.number(bytes)?),
            Shape::Line => Argument::Line(self.line()?),
            Shape::Lines => Argument::Lines(self.line()?, self.line()?),
            Shape::Body(bytes) => {
                let length = self.number(bytes)?;
                let signed_four = matches!(code, b'T' | 0x8b) && length > 0x7fff_ffff;
                if signed_four || length > i64::MAX.cast_unsigned() {
                    return Err(Break::NegativeLength);
                }
                Argument::Body(self.body(length)?)
            }
        };
        Ok(Op { code, argument, at })
    }

    pub(super) fn byte(&mut self) -> Result<u8, Break> {
        let first = self.source.fill_buf()?.first().copied().ok_or(Break::Ends)?;
        self.consume(1);
        Ok(first)
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), Break> {
        if count > self.left() {
            return Err(Break::Ends);
        }
        self.source.seek_relative(i64::try_from(count).map_err(|_| Break::Ends)?)?;
        self.at = self.at.saturating_add(count);
        Ok(())
    }

    /// To the next place, `most` bytes on at the most, where a protocol is said. `false` where there is none.
    pub(super) fn find_protocol(&mut self, most: u64) -> Result<bool, Break> {
        let end = self.at.saturating_add(most).min(self.size);
        while self.at < end {
            let bytes = self.source.fill_buf()?;
            let here = bytes.first() == Some(&0x80);
            let step = bytes.iter().skip(1).position(|byte| *byte == 0x80).map_or(bytes.len(), |found| found.saturating_add(1));
            if step == 0 {
                break;
            }
            let three = bytes.first_chunk::<3>().copied();
            if here
                && three.map_or_else(
                    || self.peek().map(|few| opcodes::begins_with_protocol(&few)),
                    |three| Ok(opcodes::begins_with_protocol(&three)),
                )?
            {
                return Ok(true);
            }
            self.consume(step);
        }
        Ok(false)
    }

    /// A few blanks and line ends, and nothing behind them.
    pub(super) fn is_blank_from(&mut self, at: u64) -> Result<bool, Break> {
        const FEW: u64 = 4;
        self.go_to(at)?;
        if self.left() > FEW {
            return Ok(false);
        }
        let mut bytes = Vec::new();
        self.source.by_ref().take(FEW).read_to_end(&mut bytes)?;
        self.go_to(at)?;
        Ok(bytes.trim_ascii().is_empty())
    }

    /// The next three bytes, which are read again.
    fn peek(&mut self) -> Result<Vec<u8>, Break> {
        let mut bytes = Vec::new();
        self.source.by_ref().take(3).read_to_end(&mut bytes)?;
        self.source.seek_relative(-i64::try_from(bytes.len()).unwrap_or(0))?;
        Ok(bytes)
    }

    fn consume(&mut self, count: usize) {
        self.source.consume(count);
        self.at = self.at.saturating_add(count as u64);
    }

    pub(super) fn number(&mut self, bytes: usize) -> Result<u64, Break> {
        (0..bytes).try_fold(0_u64, |value, place| Ok(value | (u64::from(self.byte()?) << (8 * place))))
    }

    fn body(&mut self, length: u64) -> Result<Constant, Break> {
        let at = self.at;
        if length > self.left() {
            return Err(Break::Ends);
        }
        let mut head = Vec::new();
        self.source.by_ref().take(length.min(LONGEST_NAME)).read_to_end(&mut head)?;
        self.at = self.at.saturating_add(head.len() as u64);
        self.skip(length.saturating_sub(head.len() as u64))?;
        Ok(Constant { head, at, length })
    }

    fn line(&mut self) -> Result<Constant, Break> {
        let mut line = Constant { head: Vec::new(), at: self.at, length: 0 };
        loop {
            let bytes = self.source.fill_buf()?;
            if bytes.is_empty() {
                return line.without_last();
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            let room = LONGEST_NAME.saturating_sub(line.head.len() as u64);
            line.head.extend_from_slice(part.get(..usize::try_from(room).unwrap_or(0).min(part.len())).unwrap_or_default());
            line.length = line.length.saturating_add(part.len() as u64);
            let taken = part.len().saturating_add(usize::from(end.is_some()));
            self.consume(taken);
            if end.is_some() {
                return Ok(line);
            }
            if line.length > LONGEST_LINE {
                return Err(Break::LongLine);
            }
        }
    }
}
