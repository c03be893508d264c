//! JSON as Python's `json` reads it, which loads what models ship: NaN and Infinity, halves of surrogate pairs, names twice,
//! UTF-16. A reader that refuses these would judge less than what is loaded. Bounded in depth and number of values.

use std::borrow::Cow;
use std::iter;

/// Python stops at some 1,000; published files have some ten.
const DEEPEST: usize = 200;
/// A tokenizer's configuration lists at most some 100,000 tokens with some ten values each.
const MOST_VALUES: usize = 4 << 20;

/// What stands in a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// A text; a half of a surrogate pair is U+FFFD in it.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// An object, with every name as often as it stands there.
    Object(Vec<Member>),
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// The name, without escapes.
    pub(crate) name: String,
    /// In bytes from the beginning of the document as UTF-8: where the name begins.
    pub(crate) at: u64,
    /// Its value.
    pub(crate) value: Value,
}

/// Why a document could not be read. Python refuses a broken one as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    /// It is no JSON.
    #[error("it is no JSON from byte {at}")]
    Broken {
        /// In bytes.
        at: u64,
    },
    /// Deeper, or more values, than any published file has.
    #[error("it holds more than any published file, from byte {at}")]
    TooMuch {
        /// In bytes.
        at: u64,
    },
}

impl Value {
    /// The value of a name: the last one, as most readers have it.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members().iter().rev().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The elements; none where it is no list.
    pub(crate) fn list(&self) -> &[Value] {
        if let Self::List(list) = self { list } else { &[] }
    }

    /// The members; none where it is no object.
    pub(crate) fn members(&self) -> &[Member] {
        if let Self::Object(members) = self { members } else { &[] }
    }
}

/// Reads a document. Whoever calls has bounded its length.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let text = decoded(bytes);
    let mut reader = Reader { text: &text, at: 0, left: MOST_VALUES };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() { Err(reader.broken()) } else { Ok(value) }
}

/// By the marks and zeros that Python looks at; what is no Unicode becomes U+FFFD.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => wide(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => wide(rest, u32::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => double(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => double(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        [0, 0, _, _, ..] => wide(bytes, u32::from_be_bytes),
        [0, _, ..] => double(bytes, u16::from_be_bytes),
        [_, 0, 0, 0, ..] => wide(bytes, u32::from_le_bytes),
        [_, 0, ..] => double(bytes, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

fn wide(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Cow<'_, str> {
    let (chunks, _) = bytes.as_chunks::<4>();
    chunks.iter().map(|chunk| char::from_u32(number(*chunk)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn double(bytes: &[u8], number: fn([u8; 2]) -> u16) -> Cow<'_, str> {
    let (chunks, _) = bytes.as_chunks::<2>();
    let units = chunks.iter().map(|chunk| number(*chunk));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    left: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn place(&self) -> u64 {
        self.at as u64
    }

    fn broken(&self) -> JsonError {
        JsonError::Broken { at: self.place() }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a word if it stands here.
    fn take(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        if there {
            self.at += word.len();
        }
        there
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.left = self.left.checked_sub(1).filter(|_| depth <= DEEPEST).ok_or(JsonError::TooMuch { at: self.place() })?;
        self.space();
        match self.peek() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'[') => self.list(depth + 1),
            Some(b'{') => self.object(depth + 1),
            _ => self.word().map_or_else(|| self.number(), Ok),
        }
    }

    fn word(&mut self) -> Option<Value> {
        let words = [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Number(f64::NAN)),
            ("Infinity", Value::Number(f64::INFINITY)),
            ("-Infinity", Value::Number(f64::NEG_INFINITY)),
        ];
        words.into_iter().find_map(|(word, value)| self.take(word).then_some(value))
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        let length = self.rest().bytes().take_while(part).count();
        let text = self.rest().get(..length).unwrap_or_default();
        let number = if text.starts_with('+') { None } else { text.parse().ok() };
        let number = number.ok_or_else(|| self.broken())?;
        self.at += length;
        Ok(Value::Number(number))
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut list = Vec::new();
        self.space();
        while !self.take("]") {
            if !list.is_empty() && !self.take(",") {
                return Err(self.broken());
            }
            list.push(self.value(depth)?);
            self.space();
        }
        Ok(Value::List(list))
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        self.space();
        while !self.take("}") {
            if !members.is_empty() && !self.take(",") {
                return Err(self.broken());
            }
            self.space();
            let (at, name) = (self.place(), self.string()?);
            self.space();
            if !self.take(":") {
                return Err(self.broken());
            }
            let value = self.value(depth)?;
            members.push(Member { name, at, value });
            self.space();
        }
        Ok(Value::Object(members))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        if !self.take("\"") {
            return Err(self.broken());
        }
        let mut text = String::new();
        loop {
            let plain = self.rest().find(['"', '\\']).ok_or_else(|| self.broken())?;
            text.push_str(self.rest().get(..plain).unwrap_or_default());
            self.at += plain;
            if self.take("\"") {
                return Ok(text);
            }
            self.at += 1;
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let kind = self.peek().ok_or_else(|| self.broken())?;
        if kind == b'u' {
            self.at += 1;
            return self.unicode();
        }
        let escapes = [b'"', b'\\', b'/', b'b', b'f', b'n', b'r', b't'];
        let meant = ['"', '\\', '/', '\u{8}', '\u{c}', '\n', '\r', '\t'];
        let found = iter::zip(escapes, meant).find(|(escape, _)| *escape == kind).ok_or_else(|| self.broken())?;
        self.at += 1;
        Ok(found.1)
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.hex().ok_or_else(|| self.broken())?;
        let behind = self.at;
        if (0xd800..0xdc00).contains(&first) && self.take("\\u") {
            if let Some(second) = self.hex().filter(|second| (0xdc00..0xe000).contains(second)) {
                let both = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = behind;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(json: &str) -> String {
        parse(json.as_bytes()).unwrap().text().unwrap().to_owned()
    }

    #[test]
    fn what_pythons_json_reads_is_read() {
        assert_eq!(text(r#""a\u005f\u00fc\n\ud83d\ude00""#), "a_ü\n😀");
        assert_eq!(text(r#""\ud800x\udc00\ud800\u0041""#), "\u{fffd}x\u{fffd}\u{fffd}A");
        assert_eq!(parse(b"-Infinity"), Ok(Value::Number(f64::NEG_INFINITY)));
        assert!(matches!(parse(b" NaN\n"), Ok(Value::Number(number)) if number.is_nan()));
        assert_eq!(parse(b"[1e999, -0.5e-1]"), Ok(Value::List(vec![Value::Number(f64::INFINITY), Value::Number(-0.05)])));
        let twice = parse(br#"{"a": 1, "\u0061": true}"#).unwrap();
        assert_eq!((twice.get("a"), twice.members().len(), twice.members()[1].at), (Some(&Value::Bool(true)), 2, 9));
        assert_eq!(parse("\"\u{85}\t\u{1}\"".as_bytes()), Ok(Value::Text("\u{85}\t\u{1}".to_owned())));
    }

    #[test]
    fn every_encoding_that_python_tells_is_read() {
        let json = r#"{"a": "ü"}"#;
        let expected = parse(json.as_bytes()).unwrap();
        let sixteen: Vec<u16> = json.encode_utf16().collect();
        let (little, big): (Vec<u8>, Vec<u8>) = (
            sixteen.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            sixteen.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        );
        let wide: Vec<u8> = json.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let wide_big: Vec<u8> = json.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            marked(b"", &little),
            marked(b"", &big),
            marked(b"", &wide),
            marked(b"", &wide_big),
            marked(b"\xff\xfe", &little),
            marked(b"\xfe\xff", &big),
            marked(b"\xff\xfe\0\0", &wide),
            marked(b"\0\0\xfe\xff", &wide_big),
            marked(b"\xef\xbb\xbf", json.as_bytes()),
        ] {
            assert_eq!(parse(&bytes).map(|value| value.get("a").cloned()), Ok(expected.get("a").cloned()), "{bytes:?}");
        }
    }

    #[test]
    fn what_python_refuses_is_broken() {
        for json in ["", "[1,]", "{\"a\":1,}", "[1 2]", "{a:1}", "\"a", "+1", "nul", "[] []", "\"\\x\"", "\"\\u12\"", "'a'"] {
            assert!(matches!(parse(json.as_bytes()), Err(JsonError::Broken { .. })), "{json}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        assert!(parse(format!("{}{}", "[".repeat(150), "]".repeat(150)).as_bytes()).is_ok());
        for deep in ["[".repeat(1 << 20), "{\"a\":".repeat(1 << 20)] {
            assert!(matches!(parse(deep.as_bytes()), Err(JsonError::TooMuch { .. })));
        }
        let many = format!("[{}0]", "0,".repeat(MOST_VALUES));
        assert!(matches!(parse(many.as_bytes()), Err(JsonError::TooMuch { .. })));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, text: String) {
            std::hint::black_box((parse(&bytes), parse(text.as_bytes())).1.is_ok());
        }

        #[test]
        fn what_serde_writes_is_read(name: String, text: String, end in 0_usize..40) {
            let written = serde_json::json!({ name.clone(): [text.clone(), null_or(&text)] }).to_string();
            let read = parse(written.as_bytes()).unwrap();
            prop_assert_eq!(read.get(&name).unwrap().list()[0].text(), Some(text.as_str()));
            let cut = &written.as_bytes()[..end.min(written.len() - 1)];
            prop_assert!(parse(cut).is_err());
        }
    }

    fn null_or(text: &str) -> Option<bool> {
        (!text.is_empty()).then_some(true)
    }
}
