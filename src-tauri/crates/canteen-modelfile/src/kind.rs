//! What a file is, told by its first bytes. Wider than [`crate::recognise`], which knows only what the engine and the watch read.

use crate::{Format, recognise};

/// Bytes that [`Kind::of`] wants to see; fewer are enough for most kinds.
pub const FIRST_BYTES: u64 = 4096;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// GGUF, little-endian, version 2 or 3.
    Gguf,
    /// GGUF of version 1, with 32-bit counts. Nothing runs it any more.
    GgufFirst,
    /// GGUF in the byte order of mainframes. Nothing here runs it.
    GgufBigEndian,
    /// GGML, GGMF, GGJT or GGLA: what came before GGUF, and what whisper.cpp still writes.
    GgmlLegacy,
    /// safetensors.
    Safetensors,
    /// A pickle, of any protocol; PyTorch's old format among them.
    Pickle,
    /// A zip with a PyTorch checkpoint.
    TorchZip,
    /// A zip with TorchScript.
    TorchScript,
    /// One NumPy array.
    Npy,
    /// A zip of NumPy arrays.
    Npz,
    /// ONNX.
    Onnx,
    /// A zip that Keras 3 writes.
    Keras,
    /// HDF5, as Keras 2 wrote it.
    Hdf5,
    /// TensorFlow's `saved_model.pb`.
    SavedModel,
    /// TensorFlow Lite, now LiteRT.
    Tflite,
    /// A protobuf of Core ML.
    CoreMl,
    /// The network of OpenVINO, in XML.
    OpenVino,
    /// A compiled engine of TensorRT.
    TensorRt,
    /// An executable that carries a zip with GGUF weights.
    Llamafile,
    /// Any other zip.
    Zip,
    /// tar.
    Tar,
    /// 7z.
    SevenZip,
    /// gzip.
    Gzip,
    /// zlib, as joblib compresses, of today or of 2013.
    Zlib,
    /// LZ4.
    Lz4,
    /// bzip2.
    Bzip2,
    /// xz, and lzma.
    Xz,
    /// zstd.
    Zstd,
    /// A program for Linux and relatives.
    Elf,
    /// A program for Windows, or for several systems at once (APE).
    Pe,
    /// A program for macOS.
    MachO,
    /// A text that begins with `#!`.
    Script,
    /// Printable text.
    Text,
    /// Nothing in it.
    Empty,
    /// Something else: not looked into.
    Unknown,
}

impl Kind {
    /// Tells by the first bytes, of [`FIRST_BYTES`] at most.
    #[must_use]
    pub fn of(first: &[u8]) -> Self {
        if first.is_empty() {
            return Self::Empty;
        }
        gguf(first)
            .or_else(|| by_magic(first))
            .or_else(|| (recognise(first) == Some(Format::Safetensors)).then_some(Self::Safetensors))
            .or_else(|| executable(first))
            .or_else(|| without_magic(first))
            .unwrap_or(Self::Unknown)
    }

    /// A short name for people, the same in each language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gguf => "GGUF",
            Self::GgufFirst => "GGUF version 1",
            Self::GgufBigEndian => "GGUF, big-endian",
            Self::GgmlLegacy => "GGML",
            Self::Safetensors => "safetensors",
            Self::Pickle => "pickle",
            Self::TorchZip => "PyTorch",
            Self::TorchScript => "TorchScript",
            Self::Npy => "NumPy array",
            Self::Npz => "NumPy arrays",
            Self::Onnx => "ONNX",
            Self::Keras => "Keras",
            Self::Hdf5 => "HDF5",
            Self::SavedModel => "TensorFlow SavedModel",
            Self::Tflite => "TensorFlow Lite",
            Self::CoreMl => "Core ML",
            Self::OpenVino => "OpenVINO",
            Self::TensorRt => "TensorRT",
            Self::Llamafile => "llamafile",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Lz4 => "LZ4",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Elf => "ELF program",
            Self::Pe => "Windows program",
            Self::MachO => "macOS program",
            Self::Script => "script",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// Code for a processor.
    #[must_use]
    pub const fn is_native(self) -> bool {
        matches!(self, Self::Elf | Self::Pe | Self::MachO)
    }

    /// Holds weights, or may.
    #[must_use]
    pub const fn is_model(self) -> bool {
        !matches!(
            self,
            Self::Zip
                | Self::Tar
                | Self::SevenZip
                | Self::Gzip
                | Self::Zlib
                | Self::Lz4
                | Self::Bzip2
                | Self::Xz
                | Self::Zstd
                | Self::Elf
                | Self::Pe
                | Self::MachO
                | Self::Script
                | Self::Text
                | Self::Empty
                | Self::Unknown
        )
    }
}

fn gguf(first: &[u8]) -> Option<Kind> {
    let version = first.strip_prefix(b"GGUF")?.first_chunk::<4>()?;
    Some(match (u32::from_le_bytes(*version), u32::from_be_bytes(*version)) {
        (1, _) => Kind::GgufFirst,
        (_, 1..=3) => Kind::GgufBigEndian,
        _ => Kind::Gguf,
    })
}

/// (offset, bytes, kind).
const MAGIC: &[(usize, &[u8], Kind)] = &[
    (0, b"lmgg", Kind::GgmlLegacy),
    (0, b"fmgg", Kind::GgmlLegacy),
    (0, b"tjgg", Kind::GgmlLegacy),
    (0, b"algg", Kind::GgmlLegacy),
    (0, b"\x93NUMPY", Kind::Npy),
    (0, b"\x89HDF\r\n\x1a\n", Kind::Hdf5),
    (4, b"TFL3", Kind::Tflite),
    (0, b"ptrt", Kind::TensorRt),
    (0, b"ftrt", Kind::TensorRt),
    (0, b"PK\x03\x04", Kind::Zip),
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (0, b"\x1f\x8b", Kind::Gzip),
    (0, b"ZF0x", Kind::Zlib),
    (0, b"\x04\x22\x4d\x18", Kind::Lz4),
    (0, b"BZh", Kind::Bzip2),
    (0, b"\xfd7zXZ\0", Kind::Xz),
    (0, b"\x5d\0\0", Kind::Xz),
    (0, b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (257, b"ustar", Kind::Tar),
    (0, b"#!", Kind::Script),
];

fn by_magic(first: &[u8]) -> Option<Kind> {
    let fits = |entry: &&(usize, &[u8], Kind)| first.get(entry.0..).is_some_and(|rest| rest.starts_with(entry.1));
    MAGIC.iter().find(fits).map(|entry| entry.2)
}

fn executable(first: &[u8]) -> Option<Kind> {
    let four = first.first_chunk::<4>()?;
    match (four, u32::from_be_bytes(*four)) {
        (b"\x7fELF", _) => Some(Kind::Elf),
        (b"MZqF" | b"jart", _) => Some(Kind::Pe),
        (_, 0xfeed_face | 0xfeed_facf | 0xcefa_edfe | 0xcffa_edfe) => Some(Kind::MachO),
        // A fat binary; Java's classes begin alike, with a version above 40 where the number of processors stands.
        (_, 0xcafe_babe) => first.get(7).is_some_and(|count| *count < 40).then_some(Kind::MachO),
        ([b'M', b'Z', ..], _) => is_pe(first).then_some(Kind::Pe),
        _ => None,
    }
}

/// Behind `MZ` the place of the real header stands at 60; a DOS program without one begins with zeros or code, too.
fn is_pe(first: &[u8]) -> bool {
    let place = first.get(60..64).and_then(|bytes| bytes.first_chunk::<4>()).map(|bytes| u32::from_le_bytes(*bytes));
    let Some(place) = place.and_then(|place| usize::try_from(place).ok()) else { return false };
    first.get(place..).is_none_or(|rest| rest.starts_with(b"PE\0\0") || rest.len() < 4)
}

fn without_magic(first: &[u8]) -> Option<Kind> {
    if is_old_tar(first) {
        return Some(Kind::Tar);
    }
    if crate::pickle::begins_like_one(first, (first.len() as u64) < FIRST_BYTES) {
        return Some(Kind::Pickle);
    }
    if let Some(kind) = protobuf(first) {
        return Some(kind);
    }
    let Some(text) = text(first) else { return is_zlib(first).then_some(Kind::Zlib) };
    let xml = text.trim_start_matches('\u{feff}').trim_start();
    let network = xml.starts_with("<?xml") || xml.starts_with("<net ") || xml.starts_with("<!DOCTYPE");
    Some(if network && xml.contains("<net ") { Kind::OpenVino } else { Kind::Text })
}

/// tar before POSIX: no magic, but a check sum over the first block.
fn is_old_tar(first: &[u8]) -> bool {
    let Some(block) = first.get(..512) else { return false };
    block.first().is_some_and(|byte| *byte != 0) && crate::archive::tar::sum_is_right(block)
}

/// Deflate with a window of 32 kB, and a check sum over both bytes; a text may begin so, too.
fn is_zlib(first: &[u8]) -> bool {
    matches!(first, [0x78, flags, ..] if (0x7800_u16 | u16::from(*flags)).is_multiple_of(31) && flags & 0x20 == 0)
}

/// ONNX, TensorFlow's graphs and Core ML are protobufs without magic: told by the shape of their first fields.
fn protobuf(first: &[u8]) -> Option<Kind> {
    if let [0x08, version @ 1..=32, rest @ ..] = first {
        return match rest {
            // Field 2: who made it, a text, in ONNX; a message that begins with a message in the other two.
            [0x12, rest @ ..] => match message(rest)? {
                [0x0a, inner @ ..] => match message(inner)?.first()? {
                    0x0a => Some(Kind::CoreMl),
                    _ => (*version == 1).then_some(Kind::SavedModel),
                },
                [0x20..0x7f, ..] => Some(Kind::Onnx),
                _ => None,
            },
            // Version of the maker, domain, number, notes: what may come before ONNX's graph.
            [0x1a | 0x22 | 0x32, rest @ ..] => message(rest)?.first().is_some_and(|byte| *byte >= 0x20).then_some(Kind::Onnx),
            // The graph, which begins with a node, a name or a tensor; the list of operator sets.
            [0x3a, rest @ ..] => matches!(message(rest)?, [0x0a | 0x12 | 0x2a | 0x5a | 0x62, ..]).then_some(Kind::Onnx),
            [0x42, rest @ ..] => matches!(message(rest)?, [0x0a | 0x10, ..]).then_some(Kind::Onnx),
            _ => None,
        };
    }
    frozen_graph(first).then_some(Kind::SavedModel)
}

/// A graph by itself is a list of nodes, each of which begins with its name and the name of its operation.
fn frozen_graph(first: &[u8]) -> bool {
    let name = || {
        let node = message(first.strip_prefix(&[0x0a])?)?;
        let (length, rest) = varint(node.strip_prefix(&[0x0a])?)?;
        let (name, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        let operation = message(rest.strip_prefix(&[0x12])?)?;
        (name.iter().all(u8::is_ascii_graphic) && operation.first()?.is_ascii_uppercase()).then_some(())
    };
    name().is_some()
}

/// What stands behind a length, which is not checked: only the beginning of the file is here.
fn message(rest: &[u8]) -> Option<&[u8]> {
    varint(rest).and_then(|(length, rest)| (length > 0).then_some(rest))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(at + 1..)?));
        }
    }
    None
}

/// UTF-8 without control characters, as far as was read; a character that was cut at the end does not matter.
fn text(first: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(first) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(first.get(..error.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &[u8], expected: Kind) {
        let mut padded = first.to_vec();
        padded.resize(64.max(first.len()), b'a');
        assert_eq!(Kind::of(&padded), expected, "{:?}", first.escape_ascii().to_string());
    }

    #[test]
    fn each_kind_is_told_by_its_bytes() {
        check(b"GGUF\x03\0\0\0", Kind::Gguf);
        check(b"GGUF\x01\0\0\0", Kind::GgufFirst);
        check(b"GGUF\0\0\0\x03", Kind::GgufBigEndian);
        check(b"tjgg\x03\0\0\0", Kind::GgmlLegacy);
        check(b"lmgg\0\0\0\0", Kind::GgmlLegacy);
        check(b"\x40\0\0\0\0\0\0\0{\"a\":{", Kind::Safetensors);
        check(b"\x93NUMPY\x01\0", Kind::Npy);
        check(b"\x89HDF\r\n\x1a\n", Kind::Hdf5);
        check(b"\x20\0\0\0TFL3", Kind::Tflite);
        check(b"ftrt\0\0", Kind::TensorRt);
        check(b"PK\x03\x04", Kind::Zip);
        check(b"7z\xbc\xaf\x27\x1c", Kind::SevenZip);
        check(b"\x1f\x8b\x08", Kind::Gzip);
        check(b"\x78\x9c\x4b\x04\0", Kind::Zlib);
        check(b"x^2 + 1\n", Kind::Text);
        check(b"\x04\x22\x4d\x18", Kind::Lz4);
        check(b"BZh9", Kind::Bzip2);
        check(b"\xfd7zXZ\0", Kind::Xz);
        check(b"\x28\xb5\x2f\xfd", Kind::Zstd);
        check(b"\x7fELF\x02", Kind::Elf);
        check(b"MZqFpD='", Kind::Pe);
        check(b"\xcf\xfa\xed\xfe\x07", Kind::MachO);
        check(b"#!/bin/sh\n", Kind::Script);
        check(b"<?xml version=\"1.0\"?>\n<net name=\"a\" version=\"11\">", Kind::OpenVino);
        check(b"# A model card\n", Kind::Text);
        assert_eq!(Kind::of(b""), Kind::Empty);
        check(b"\0\x01\x02\x03", Kind::Unknown);
    }

    #[test]
    fn pickles_of_every_protocol_are_told_from_text() {
        check(b"\x80\x04\x95\x10\0\0\0\0\0\0\0", Kind::Pickle);
        check(b"\x80\x02}q\0", Kind::Pickle);
        check(b"cposix\nsystem\n(S'true'\ntR.", Kind::Pickle);
        check(b"cposix \r\nsystem\r\n(S'true'\ntR.", Kind::Pickle);
        assert_eq!(Kind::of(b"(dp0\nS'a'\nI1\ns."), Kind::Pickle);
        check(b"(dp0\nS'a'\nI1\ns.", Kind::Text);
        let long: String = (0..999).map(|n| format!("I{n}\n")).collect();
        assert_eq!(Kind::of(format!("({long}").as_bytes().first_chunk::<4096>().unwrap()), Kind::Pickle);
        check(b"cat\ndog\nhouse\n", Kind::Text);
        check(b"None of this\n. is a pickle", Kind::Text);
        check(b"class Net:\n    pass\n", Kind::Text);
        check(b"(c) 2026, all rights reserved: a licence", Kind::Text);
    }

    #[test]
    fn protobufs_without_magic_are_told_apart() {
        check(b"\x08\x07\x12\x07pytorch\x1a\x03", Kind::Onnx);
        check(b"\x08\x08\x3a\x80\x01\x0a\x10", Kind::Onnx);
        check(b"\x08\x01\x12\x90\x20\x0a\x80\x10\x12\x05", Kind::SavedModel);
        check(b"\x0a\x1c\x0a\x01x\x12\x0bPlaceholder", Kind::SavedModel);
        check(b"\x08\x04\x12\x20\x0a\x10\x0a\x05image", Kind::CoreMl);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            std::hint::black_box(Kind::of(&bytes));
        }
    }
}
