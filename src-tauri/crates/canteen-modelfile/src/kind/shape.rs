//! Kinds without a mark, told by the shape of what comes first.

use super::{FIRST_BYTES, Kind};

pub(super) fn without_magic(first: &[u8]) -> Option<Kind> {
    if is_old_tar(first) {
        return Some(Kind::Tar);
    }
    if crate::formats::ctranslate2::begins_so(first) {
        return Some(Kind::CTranslate2);
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
    if is_fingerprint(first) {
        return Some(Kind::TensorFlowFingerprint);
    }
    if is_onnx_tensor(first) {
        return Some(Kind::OnnxTensor);
    }
    if let [0x08, version @ 1..=32, rest @ ..] = first {
        return match rest {
            // Field 2: who made it, a text, in ONNX; a message that begins with a message in the other two.
            [0x12, rest @ ..] => match message(rest)? {
                [0x0a, inner @ ..] if *version == 1 && is_meta_graph(inner) => Some(Kind::SavedModel),
                [0x0a, inner @ ..] => (*message(inner)?.first()? == 0x0a).then_some(Kind::CoreMl),
                // Outputs, or a later field of what describes a model of Core ML.
                [0x52, ..] | [0xa2, 0x01 | 0x06, ..] => Some(Kind::CoreMl),
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
    if keras_metadata(first) {
        return Some(Kind::KerasMetadata);
    }
    frozen_graph(first).then_some(Kind::SavedModel)
}

/// What a graph says of itself: its name, the operations that it needs, its tags, the version of its maker.
fn is_meta_graph(inner: &[u8]) -> bool {
    let says = || {
        let mut info = message(inner)?;
        if let [0x0a, rest @ ..] = info {
            let (length, rest) = varint(rest)?;
            info = rest.get(usize::try_from(length).ok()?..)?;
        }
        let operations = || info.strip_prefix(&[0x12]).and_then(message)?.first().copied();
        (matches!(info.first()?, 0x22 | 0x2a | 0x38) || operations() == Some(0x0a)).then_some(())
    };
    says().is_some()
}

/// Five numbers, a version, an identifier, and nothing behind them.
fn is_fingerprint(first: &[u8]) -> bool {
    let numbers = || {
        let mut rest = first;
        for key in [0x08, 0x10, 0x18, 0x20, 0x28] {
            rest = number(rest.strip_prefix(&[key])?)?;
        }
        while let [0x32 | 0x3a, behind @ ..] = rest {
            let (length, behind) = varint(behind)?;
            rest = behind.get(usize::try_from(length).ok()?..)?;
        }
        rest.is_empty().then_some(())
    };
    numbers().is_some()
}

/// Lengths, a kind, then a name or numbers.
fn is_onnx_tensor(first: &[u8]) -> bool {
    let fields = || {
        let mut rest = first;
        while let [0x08, behind @ ..] = rest {
            rest = number(behind)?;
        }
        let rest = number(rest.strip_prefix(&[0x10])?)?;
        matches!(rest, [0x22 | 0x2a | 0x32 | 0x3a | 0x42 | 0x4a | 0x52 | 0x5a, ..]).then_some(())
    };
    fields().is_some()
}

/// What stands behind a number of up to ten bytes.
fn number(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)?;
    bytes.get(end + 1..)
}

/// A list of objects, the first of which is the root.
fn keras_metadata(first: &[u8]) -> bool {
    let object = || {
        let object = message(first.strip_prefix(&[0x0a])?)?;
        let object = object.strip_prefix(&[0x10, 0x00]).unwrap_or(object);
        object.strip_prefix(&[0x1a, 0x04])?.starts_with(b"root").then_some(())
    };
    object().is_some()
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
