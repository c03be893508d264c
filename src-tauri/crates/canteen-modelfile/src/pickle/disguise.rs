//! Pickles in constants that are written as text or packed: base64, hexadecimal, zlib.

use std::io::Cursor;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};

use super::opcodes::begins_with_protocol;
use crate::archive::unpack;

/// Longer ones are no payload, but data.
pub(super) const LONGEST: u64 = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disguise {
    Base64,
    Hexadecimal,
    Zlib,
}

/// By the first bytes.
pub(super) fn of(head: &[u8]) -> Option<Disguise> {
    let begin = head.get(..16)?;
    if begins_with_protocol(&base64(begin)) && begin.iter().all(|byte| letter(*byte).is_some()) {
        Some(Disguise::Base64)
    } else if begins_with_protocol(&hexadecimal(begin)) && begin.iter().all(u8::is_ascii_hexdigit) {
        Some(Disguise::Hexadecimal)
    } else {
        matches!(begin, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]).then_some(Disguise::Zlib)
    }
}

/// What it hides, if that is a pickle.
pub(super) fn take_off(disguise: Disguise, bytes: &[u8]) -> Option<Vec<u8>> {
    let bare = match disguise {
        Disguise::Base64 => base64(bytes),
        Disguise::Hexadecimal => hexadecimal(bytes),
        Disguise::Zlib => {
            let unpacked = |most| unpack::unzlib(&mut Cursor::new(bytes), bytes.len() as u64, most).ok();
            // A few bytes may unpack to many, which is worth the time only for a pickle.
            begins_with_protocol(&unpacked(16)?.bytes).then(|| unpacked(LONGEST))??.bytes
        }
    };
    begins_with_protocol(&bare).then_some(bare)
}

/// Padding ends it, and bits beyond the last byte do not matter.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Up to what is none. Both alphabets, and line ends in between.
fn base64(text: &[u8]) -> Vec<u8> {
    let letters = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    let mut letters: Vec<u8> = letters.map_while(|byte| letter(*byte)).collect();
    // A single one makes no byte.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    TOLERANT.decode(letters).unwrap_or_default()
}

/// Of the standard alphabet.
const fn letter(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        other if other.is_ascii_alphanumeric() => Some(other),
        _ => None,
    }
}

fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let (pairs, _) = text.as_chunks::<2>();
    pairs.iter().map_while(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CALL: &[u8] = b"\x80\x04cos\ngetpid\n)R.";

    #[test]
    fn each_disguise_is_taken_off() {
        let hex: String = CALL.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packed, CALL).unwrap();
        for (bytes, disguise) in [
            (b"gARjb3MKZ2V0cGlkCilSLg==".to_vec(), Disguise::Base64),
            (hex.into_bytes(), Disguise::Hexadecimal),
            (packed.finish().unwrap(), Disguise::Zlib),
        ] {
            assert_eq!(of(&bytes), Some(disguise));
            assert_eq!(take_off(disguise, &bytes).as_deref(), Some(CALL));
        }
        for text in
            [&b"gA"[..], b"gARdenia and roses", b"8004 is a number of it", b"hello world, hello", b"x\x9cand nothing packed"]
        {
            assert!(of(text).is_none_or(|disguise| take_off(disguise, text).is_none()), "{}", text.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            for disguise in [Disguise::Base64, Disguise::Hexadecimal, Disguise::Zlib] {
                let _seen = (of(&bytes), take_off(disguise, &bytes));
            }
        }
    }
}
