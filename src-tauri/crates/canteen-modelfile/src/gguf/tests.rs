use std::io::Cursor;

use canteen_types::Coded as _;
use proptest::prelude::*;

use crate::{Facts, Limits, ModelFileError, ModelKind, check_for_engine, read_header};

/// Writes GGUF as the format says, with whatever numbers a test wants to lie about.
#[derive(Clone)]
struct Writer {
    version: u32,
    tensor_count: Option<u64>,
    keys: Vec<Vec<u8>>,
    tensors: Vec<Vec<u8>>,
    data: usize,
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

fn key(name: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [text(name), kind.to_le_bytes().to_vec(), value.to_vec()].concat()
}

fn tensor(name: &str, shape: &[u64], kind: u32, offset: u64) -> Vec<u8> {
    let mut bytes = text(name);
    bytes.extend_from_slice(&u32::try_from(shape.len()).unwrap().to_le_bytes());
    shape.iter().for_each(|length| bytes.extend_from_slice(&length.to_le_bytes()));
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes
}

impl Writer {
    fn good() -> Self {
        Self {
            version: 3,
            tensor_count: None,
            keys: vec![
                key("general.architecture", 8, &text("llama")),
                key("general.name", 8, &text("Tiny\u{202e}\nmodel")),
                key("llama.block_count", 4, &2_u32.to_le_bytes()),
                key("llama.context_length", 4, &2048_u32.to_le_bytes()),
                key("tokenizer.chat_template", 8, &text("{{ messages }}")),
                key(
                    "tokenizer.ggml.tokens",
                    9,
                    &[8_u32.to_le_bytes().to_vec(), 2_u64.to_le_bytes().to_vec(), text("a"), text("b")].concat(),
                ),
            ],
            tensors: vec![tensor("a", &[32, 2], 2, 0), tensor("b", &[8], 0, 64)],
            data: 96,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&self.tensor_count.unwrap_or(self.tensors.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&(self.keys.len() as u64).to_le_bytes());
        for part in self.keys.iter().chain(&self.tensors) {
            bytes.extend_from_slice(part);
        }
        bytes.resize(bytes.len().next_multiple_of(32) + self.data, 0);
        bytes
    }

    fn read(&self) -> Result<Facts, ModelFileError> {
        let bytes = self.bytes();
        read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default())
    }

    fn code(change: impl FnOnce(&mut Self)) -> &'static str {
        let mut writer = Self::good();
        change(&mut writer);
        writer.read().map_or_else(|error| error.code(), |_| "read")
    }
}

#[test]
fn a_whole_header_is_read() {
    let facts = Writer::good().read().unwrap();
    assert_eq!(facts.architecture.as_deref(), Some("llama"));
    assert_eq!(facts.name.as_deref(), Some("Tinymodel"), "names are made printable");
    assert_eq!((facts.parameters, facts.blocks, facts.context_length), (Some(72), Some(2), Some(2048)));
    assert_eq!(facts.quantisation.as_ref().unwrap().as_str(), "Q4_0");
    assert_eq!(facts.kind, ModelKind::Text);
    assert_eq!(facts.chat_template.as_deref(), Some("{{ messages }}"));
    assert_eq!(facts.promised_bytes, Writer::good().bytes().len() as u64);
    check_for_engine(&facts).unwrap();
}

/// The same header as an older or another computer writes it: each number in its order, counts in four bytes for version 1.
fn foreign(version: u32, big_endian: bool) -> Vec<u8> {
    let number = |bytes: &[u8]| -> Vec<u8> { if big_endian { bytes.iter().rev().copied().collect() } else { bytes.to_vec() } };
    let long = |value: u64| number(&value.to_le_bytes());
    let short = |value: u32| number(&value.to_le_bytes());
    let count = |value: u32| if version == 1 { short(value) } else { long(u64::from(value)) };
    let text = |text: &str| [count(u32::try_from(text.len()).unwrap()), text.as_bytes().to_vec()].concat();
    let mut bytes = [b"GGUF".to_vec(), short(version), count(1), count(3)].concat();
    bytes.extend([text("general.architecture"), short(8), text("llama")].concat());
    bytes.extend([text("llama.context_length"), short(4), short(2048)].concat());
    bytes.extend([text("tokenizer.ggml.tokens"), short(9), short(8), count(2), text("a"), text("b")].concat());
    bytes.extend([text("w"), short(2), count(32), count(2), short(2), long(0)].concat());
    bytes.resize(bytes.len().next_multiple_of(32) + 64, 0);
    bytes
}

#[test]
fn files_that_nothing_here_runs_are_read_for_what_they_say() {
    for (version, big_endian) in [(1, false), (3, true), (1, true), (2, true)] {
        let bytes = foreign(version, big_endian);
        let limits = Limits::default();
        let described = crate::read_foreign_header(Cursor::new(&bytes), bytes.len() as u64, &limits).unwrap();
        assert_eq!((described.architecture.as_deref(), described.context_length), (Some("llama"), Some(2048)));
        assert_eq!((described.version, described.parameters), (Some(version.to_string()), Some(64)));
        let refused = read_header(Cursor::new(&bytes), bytes.len() as u64, &limits).unwrap_err();
        assert!(matches!(refused, ModelFileError::NotForEngine { .. }), "{refused}");
        let cut = crate::read_foreign_header(Cursor::new(&bytes[..60]), 60, &limits).unwrap_err();
        assert!(matches!(cut, ModelFileError::Truncated { .. } | ModelFileError::Lies { .. }), "{cut}");
    }
}

#[test]
fn every_lie_has_its_code() {
    assert_eq!(Writer::code(|w| w.version = 1), "gguf.version_1");
    assert_eq!(Writer::code(|w| w.version = 3_u32.swap_bytes()), "gguf.big_endian");
    assert_eq!(Writer::code(|w| w.version = 9), "gguf.version");
    assert_eq!(Writer::code(|w| w.tensor_count = Some(u64::MAX)), "gguf.count_lies");
    assert_eq!(Writer::code(|w| w.tensor_count = Some(3)), "gguf.tensor_name");
    assert_eq!(Writer::code(|w| w.data = 20), "gguf.truncated");
    assert_eq!(Writer::code(|w| w.keys.push(key("general.alignment", 4, &3_u32.to_le_bytes()))), "gguf.alignment");
    assert_eq!(Writer::code(|w| w.keys[0] = key("general.architecture", 8, &text("../x"))), "gguf.architecture");
    assert_eq!(Writer::code(|w| w.keys.push(key("general.name", 8, &text("again")))), "gguf.key_twice");
    assert_eq!(Writer::code(|w| w.keys.push(key("x", 8, &u64::MAX.to_le_bytes()))), "gguf.text_length");
    assert_eq!(Writer::code(|w| w.keys.push(key("x", 7, &[2]))), "gguf.bool");
    assert_eq!(Writer::code(|w| w.keys.push(key("x", 99, &[]))), "gguf.value_type");
    let list = |kind: u32, count: u64| [kind.to_le_bytes().to_vec(), count.to_le_bytes().to_vec()].concat();
    assert_eq!(Writer::code(|w| w.keys.push(key("x", 9, &list(9, 1)))), "gguf.nested_array");
    assert_eq!(Writer::code(|w| w.keys.push(key("x", 9, &list(10, u64::MAX / 4)))), "gguf.count_lies");
    assert_eq!(Writer::code(|w| w.tensors[1] = tensor("a", &[8], 0, 64)), "gguf.tensor_twice");
    assert_eq!(Writer::code(|w| w.tensors[1] = tensor("b", &[8], 4, 64)), "gguf.tensor_type");
    assert_eq!(Writer::code(|w| w.tensors[1] = tensor("b", &[8], 0, 32)), "gguf.tensor_overlap");
    assert_eq!(Writer::code(|w| w.tensors[1] = tensor("b", &[8], 0, 65)), "gguf.tensor_offset");
    assert_eq!(Writer::code(|w| w.tensors[1] = tensor("b", &[0], 0, 64)), "gguf.tensor_shape");
    assert_eq!(Writer::code(|w| w.tensors[0] = tensor("a", &[31], 2, 0)), "gguf.tensor_row");
    assert_eq!(Writer::code(|w| w.tensors[1] = tensor("b", &[1 << 62, 1 << 62], 0, 64)), "gguf.size_overflows");
}

#[test]
fn limits_hold_before_anything_is_kept() {
    let bytes = Writer::good().bytes();
    let limits = Limits { keys: 5, ..Limits::default() };
    assert_eq!(read_header(Cursor::new(&bytes), bytes.len() as u64, &limits).unwrap_err().code(), "gguf.too_many_keys");
    let limits = Limits { text: 8, ..Limits::default() };
    assert_eq!(read_header(Cursor::new(&bytes), bytes.len() as u64, &limits).unwrap_err().code(), "gguf.text_too_long");
}

#[test]
fn the_engine_sees_only_what_it_may() {
    let check = |change: &dyn Fn(&mut Facts)| {
        let mut facts = Writer::good().read().unwrap();
        change(&mut facts);
        check_for_engine(&facts).map_or_else(|error| error.code(), |()| "runs")
    };
    assert_eq!(check(&|_| ()), "runs");
    assert_eq!(check(&|facts| facts.blocks = Some(513)), "gguf.block_count");
    assert_eq!(check(&|facts| facts.split_count = Some(2)), "engine.split");
    assert_eq!(check(&|facts| facts.kind = ModelKind::Adapter), "engine.part");
    assert_eq!(check(&|facts| facts.architecture = None), "engine.architecture");
    assert_eq!(check(&|facts| facts.tensors = 0), "engine.no_weights");
}

#[test]
fn what_makes_pictures_is_told_by_its_architecture_or_its_layers_and_the_engine_does_not_take_it() {
    let mut writer = Writer::good();
    *writer.keys.first_mut().unwrap() = key("general.architecture", 8, &text("flux"));
    let facts = writer.read().unwrap();
    let refused = check_for_engine(&facts).unwrap_err();
    assert_eq!((facts.kind, refused.code()), (ModelKind::Image, "engine.pictures"));
    writer.keys.remove(0);
    assert_eq!(writer.read().unwrap().kind, ModelKind::Other);
    *writer.tensors.first_mut().unwrap() = tensor("model.diffusion_model.input_blocks.0.0.weight", &[32, 2], 2, 0);
    assert_eq!(writer.read().unwrap().kind, ModelKind::Image);
}

#[test]
fn layers_count_under_the_own_architecture_only() {
    let blocks = |writer: &Writer| writer.read().unwrap().blocks;
    let mut writer = Writer::good();
    writer.keys.insert(0, key("other.block_count", 4, &9999_u32.to_le_bytes()));
    writer.keys.push(key("zz.block_count", 4, &1_u32.to_le_bytes()));
    assert_eq!(blocks(&writer), Some(2));
    writer.keys.retain(|key| !key.windows(17).any(|part| part == b"llama.block_count"));
    assert_eq!(blocks(&writer), None, "another name's number must not stand in");
    writer.keys.push(key("llama.block_count", 10, &2_u64.to_le_bytes()));
    assert_eq!(blocks(&writer), None, "the loader takes 32 bits and nothing else");
}

#[test]
fn a_token_that_stands_twice_is_noticed_and_empty_ones_are_not() {
    let vocabulary = |tokens: &[&str]| {
        let list = [8_u32.to_le_bytes().to_vec(), (tokens.len() as u64).to_le_bytes().to_vec()].concat();
        let mut writer = Writer::good();
        writer.keys.pop();
        writer.keys.push(key(
            "tokenizer.ggml.tokens",
            9,
            &[list, tokens.iter().flat_map(|token| text(token)).collect()].concat(),
        ));
        writer.read().unwrap()
    };
    assert!(!vocabulary(&["a", "b", "", ""]).repeated_tokens);
    let twice = vocabulary(&["a", "b", "a"]);
    assert!(twice.repeated_tokens);
    assert_eq!(check_for_engine(&twice).unwrap_err().code(), "engine.tokens_twice");
    assert_eq!(Writer::code(|w| w.keys[5] = key("tokenizer.ggml.tokens", 9, &[0; 12])), "gguf.key_type");
}

/// A file of any size that holds `start` and then zeros, and counts what is read of it.
struct Endless {
    start: Vec<u8>,
    at: u64,
    read: u64,
}

impl std::io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        for (place, byte) in (self.at..).zip(into.iter_mut()) {
            *byte = usize::try_from(place).ok().and_then(|place| self.start.get(place)).copied().unwrap_or(0);
        }
        self.at += into.len() as u64;
        self.read += into.len() as u64;
        Ok(into.len())
    }
}

impl std::io::Seek for Endless {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        match to {
            std::io::SeekFrom::Start(at) => self.at = at,
            std::io::SeekFrom::Current(step) => self.at = self.at.saturating_add_signed(step),
            std::io::SeekFrom::End(_) => return Err(std::io::Error::other("it has no end")),
        }
        Ok(self.at)
    }
}

#[test]
fn no_file_is_read_without_end_however_large_it_claims_to_be() {
    // Lists of empty texts in a sparse file: each element costs eight bytes of hole.
    let mut start = b"GGUF".to_vec();
    start.extend_from_slice(&3_u32.to_le_bytes());
    start.extend_from_slice(&0_u64.to_le_bytes());
    start.extend_from_slice(&1_u64.to_le_bytes());
    start.extend_from_slice(&key("x", 9, &[8_u32.to_le_bytes().to_vec(), 3_000_000_u64.to_le_bytes().to_vec()].concat()));
    let mut endless = Endless { start, at: 0, read: 0 };
    let limits = Limits { header: 1 << 20, ..Limits::default() };
    let refused = read_header(&mut endless, u64::MAX, &limits).unwrap_err();
    assert_eq!(refused.code(), "file.header_too_long");
    assert!(endless.read <= (1 << 20) + (256 << 10), "{} bytes were read", endless.read);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn no_bytes_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut: prop::sample::Index) {
        let mut bytes = Writer::good().bytes();
        for (at, with) in flips {
            let place = at.index(bytes.len());
            bytes[place] = with;
        }
        drop(read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default()));
        bytes.truncate(cut.index(bytes.len()));
        drop(read_header(Cursor::new(&bytes), bytes.len() as u64, &Limits::default()));
        // The size that the caller was told may be wrong, too.
        drop(read_header(Cursor::new(&bytes), u64::MAX, &Limits::default()));
    }

    #[test]
    fn no_bytes_behind_the_magic_panic(version in 0_u32..5, counts: [u8; 2], bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut file = b"GGUF".to_vec();
        file.extend_from_slice(&version.to_le_bytes());
        file.extend_from_slice(&u64::from(counts[0] % 8).to_le_bytes());
        file.extend_from_slice(&u64::from(counts[1] % 8).to_le_bytes());
        file.extend_from_slice(&bytes);
        drop(read_header(Cursor::new(&file), file.len() as u64, &Limits::default()));
    }

    #[test]
    fn numbers_put_anywhere_in_a_valid_header_panic_nowhere(at: prop::sample::Index, number in prop::sample::select(vec![0, 1, 255, 1 << 31, u64::from(u32::MAX), 1 << 62, i64::MAX as u64, u64::MAX])) {
        let mut bytes = Writer::good().bytes();
        let place = at.index(bytes.len() - 8);
        bytes[place..place + 8].copy_from_slice(&number.to_le_bytes());
        let mut endless = Endless { start: bytes, at: 0, read: 0 };
        drop(read_header(&mut endless, u64::MAX, &Limits { header: 1 << 20, ..Limits::default() }));
        prop_assert!(endless.read <= (1 << 20) + (256 << 10));
    }
}
