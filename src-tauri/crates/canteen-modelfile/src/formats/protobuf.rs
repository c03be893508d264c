//! The wire form of protobuf, field by field: no schema, no generated code, nothing built in memory.
//!
//! Generated readers give up at the first fault and need the newest schema. Here a field that is not known is stepped over, a
//! repeated one counts every time (the format merges them), and what stands before a fault was seen.

use super::source::{Source, Step, Stop, broken};

/// Where a message or a text lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) at: u64,
    pub(crate) end: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    /// Also booleans, enumerations and signed numbers as they lie on the wire.
    Number(u64),
    /// A text, a message, bytes or packed numbers.
    Bytes(Span),
    /// 32 or 64 bits, which no reader here needs.
    Fixed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) number: u64,
    pub(crate) value: Value,
}

impl Field {
    /// Number and bytes, which most fields are told apart by.
    pub(crate) const fn bytes(&self) -> Option<(u64, Span)> {
        match self.value {
            Value::Bytes(span) => Some((self.number, span)),
            Value::Number(_) | Value::Fixed => None,
        }
    }
}

impl Span {
    pub(crate) const fn whole(source: &Source<'_>) -> Self {
        Self { at: 0, end: source.size() }
    }

    pub(crate) const fn len(self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// The next field; steps over it. `None` at the end.
    pub(crate) fn next(&mut self, source: &mut Source<'_>) -> Step<Option<Field>> {
        while self.at < self.end {
            let start = self.at;
            let key = self.varint(source)?;
            let (number, wire) = (key >> 3, key & 7);
            if number == 0 || number > 0x1fff_ffff {
                return broken(start, "a field has an impossible number");
            }
            let value = match wire {
                0 => Value::Number(self.varint(source)?),
                1 => self.fixed(8, source),
                2 => Value::Bytes(self.span(source)?),
                3 => {
                    self.group(source)?;
                    continue;
                }
                5 => self.fixed(4, source),
                _ => return broken(start, "a field is of a kind that does not exist"),
            };
            return Ok(Some(Field { number, value }));
        }
        Ok(None)
    }

    /// The text, at most `most` bytes of it.
    pub(crate) fn text(self, source: &mut Source<'_>, most: u64) -> Step<String> {
        Ok(String::from_utf8_lossy(&source.bytes(self.at, self.len().min(most))?).into_owned())
    }

    /// The value of one `number` field inside, read as text; the last counts.
    pub(crate) fn text_of(mut self, number: u64, source: &mut Source<'_>, most: u64) -> Step<Option<String>> {
        let mut last = None;
        while let Some(field) = self.next(source)? {
            if let Some((found, span)) = field.bytes()
                && found == number
            {
                last = Some(span);
            }
        }
        last.map(|span| span.text(source, most)).transpose()
    }

    /// Numbers of a repeated field, packed; at most `most`.
    pub(crate) fn packed(mut self, source: &mut Source<'_>, most: usize) -> Step<Vec<u64>> {
        let mut numbers = Vec::new();
        while self.at < self.end && numbers.len() < most {
            numbers.push(self.varint(source)?);
        }
        Ok(numbers)
    }

    fn varint(&mut self, source: &mut Source<'_>) -> Step<u64> {
        let mut number = 0_u64;
        for place in 0..10 {
            if self.at >= self.end {
                return broken(self.at, "a number is cut");
            }
            let byte = source.u8(self.at)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << (place * 7);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        broken(self.at, "a number is too long")
    }

    fn fixed(&mut self, bytes: u64, source: &mut Source<'_>) -> Value {
        let end = self.at.saturating_add(bytes);
        if end > self.end {
            source.was_cut(self.at);
        }
        self.at = end.min(self.end);
        Value::Fixed
    }

    /// A length and what follows. Where less follows, that is given: a cut graph has nodes before the cut.
    fn span(&mut self, source: &mut Source<'_>) -> Step<Self> {
        let length = self.varint(source)?;
        let at = self.at;
        let end = at.saturating_add(length);
        if end > self.end {
            source.was_cut(at);
        }
        self.at = end.min(self.end);
        Ok(Self { at, end: self.at })
    }

    /// An old form of a message, between two marks; no format here has one, and readers step over it.
    fn group(&mut self, source: &mut Source<'_>) -> Step<()> {
        let mut depth = 1_u64;
        while depth > 0 {
            let start = self.at;
            match self.varint(source)? & 7 {
                0 => drop(self.varint(source)?),
                1 => drop(self.fixed(8, source)),
                2 => drop(self.span(source)?),
                3 => depth += 1,
                4 => depth -= 1,
                5 => drop(self.fixed(4, source)),
                _ => return broken(start, "a field is of a kind that does not exist"),
            }
        }
        Ok(())
    }
}

/// After a walk that went to its end: a length that went past its end is a fault all the same.
pub(crate) fn ended(source: &Source<'_>, walked: Step<()>) -> Step<()> {
    match (walked, source.cut()) {
        (Ok(()), Some(at)) => Err(Stop::Broken { at, what: "it ends too early" }),
        (walked, _) => walked,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    /// Writes messages for tests.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Message(pub(crate) Vec<u8>);

    impl Message {
        pub(crate) fn new() -> Self {
            Self::default()
        }

        fn varint(&mut self, mut number: u64) {
            while number >= 0x80 {
                self.0.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
                number >>= 7;
            }
            self.0.push(u8::try_from(number).unwrap());
        }

        pub(crate) fn number(mut self, field: u64, number: u64) -> Self {
            self.varint(field << 3);
            self.varint(number);
            self
        }

        pub(crate) fn text(mut self, field: u64, text: impl AsRef<[u8]>) -> Self {
            self.varint(field << 3 | 2);
            self.varint(text.as_ref().len() as u64);
            self.0.extend_from_slice(text.as_ref());
            self
        }

        pub(crate) fn message(self, field: u64, message: Self) -> Self {
            self.text(field, message.0)
        }

        pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
            self.0.extend_from_slice(bytes);
            self
        }
    }

    fn numbers(bytes: &[u8]) -> (Vec<u64>, bool) {
        let mut file = Cursor::new(bytes);
        let mut source = Source::new(&mut file, bytes.len() as u64);
        let (mut span, mut numbers) = (Span::whole(&source), Vec::new());
        let walked = loop {
            match span.next(&mut source) {
                Ok(Some(field)) => numbers.push(field.number),
                Ok(None) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        (numbers, ended(&source, walked).is_ok())
    }

    #[test]
    fn fields_come_in_order_and_groups_are_stepped_over() {
        let inner = Message::new().raw(&[0x0b, 0x13, 0x08, 0x01, 0x14, 0x0c]);
        let message = Message::new().number(1, 300).text(2, "ab").raw(&inner.0).raw(&[0x1d, 1, 2, 3, 4]).number(500, u64::MAX);
        assert_eq!(numbers(&message.0), (vec![1, 2, 3, 500], true));
    }

    #[test]
    fn what_stands_before_a_fault_is_seen() {
        let good = Message::new().number(1, 7);
        assert_eq!(numbers(&good.clone().raw(&[0x0f]).0), (vec![1], false));
        assert_eq!(numbers(&good.clone().raw(&[0x00, 1]).0), (vec![1], false));
        assert_eq!(numbers(&good.clone().raw(&[0x12, 9, b'x']).0), (vec![1, 2], false), "a cut text is given, and is a fault");
        assert_eq!(numbers(&good.clone().raw(&[0x09, 1]).0), (vec![1, 1], false));
        assert_eq!(numbers(&good.clone().raw(&[0x08, 0xff]).0), (vec![1], false));
        assert_eq!(numbers(&good.clone().raw(&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]).0), (vec![1], false));
        assert_eq!(numbers(&good.raw(&[0x0b; 100]).0), (vec![1], false), "groups without an end");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            drop(numbers(&bytes));
        }
    }
}
