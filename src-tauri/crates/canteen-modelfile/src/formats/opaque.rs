//! Formats that nobody but their own program can look into.

use std::io;

use super::Found;
use crate::Hazard;
use crate::hazard::{hazards, say};
use crate::section::{Source, read_at};

const SAY_CODE: &str =
    "This model brings a program along that runs on your computer. Do not load it; tell IT where it came from.";

hazards! {
    Suspicious TENSORRT = "tensorrt.opaque", say::BLIND,
        "A compiled TensorRT engine: programs for one graphics processor, which may need plugins and cannot be looked into.";
    Dangerous HOST_CODE = "tensorrt.host_code", SAY_CODE,
        "A native library for the processor lies in the TensorRT engine, a plugin or a runtime, and is loaded with it.";
}
pub(crate) use self::ALL as HAZARDS;

const PIECE: u64 = 1 << 20;
/// Bytes in which libraries are looked for. They stand in front of the weights.
const MOST: u64 = 512 << 20;
/// What is looked at of the header of a library.
const HEADER: u64 = 20;

/// An engine of TensorRT: never clean, and dangerous where it brings code for the processor.
pub(super) fn tensorrt(source: &mut dyn Source, size: u64) -> io::Result<Found> {
    let mut hazards = vec![Hazard::of(&TENSORRT, "")];
    let mut at = 0;
    while at < size.min(MOST) {
        let bytes = read_at(source, at, PIECE)?;
        if let Some(place) = bytes.windows(usize::try_from(HEADER).unwrap_or_default()).position(is_library) {
            hazards.push(Hazard::at(&HOST_CODE, at.saturating_add(place as u64), ""));
            break;
        }
        if (bytes.len() as u64) < PIECE {
            break;
        }
        // A header may lie across two pieces.
        at = at.saturating_add(PIECE - HEADER);
    }
    Ok(Found { hazards, ..Found::default() })
}

/// The header of a library for Linux or Windows. Programs for the graphics processor are ELF, too, for another machine.
fn is_library(bytes: &[u8]) -> bool {
    let two = |at: usize| bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).map(|two| u16::from_le_bytes(*two));
    let elf = bytes.starts_with(b"\x7fELF\x02\x01\x01") && matches!((two(16), two(18)), (Some(2 | 3), Some(0x3e | 0xb7)));
    elf || bytes.starts_with(b"PE\0\0\x64\x86") || bytes.starts_with(b"PE\0\0\x64\xaa")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn codes(bytes: &[u8]) -> Vec<&'static str> {
        let found = tensorrt(&mut Cursor::new(bytes), bytes.len() as u64).unwrap();
        found.hazards.iter().map(|hazard| hazard.code.code).collect()
    }

    #[test]
    fn a_library_within_is_found_and_a_program_for_the_graphics_processor_is_none() {
        let elf = |machine: u8| [&b"\x7fELF\x02\x01\x01"[..], &[0; 9], &[3, 0, machine, 0], &[0; 100]].concat();
        let engine = |inner: &[u8], before: usize| [&b"ptrt"[..], &vec![7; before], inner].concat();
        assert_eq!(codes(&engine(&elf(190), 100)), ["tensorrt.opaque"]);
        assert_eq!(codes(&engine(b"", 0)), ["tensorrt.opaque"]);
        for before in [0, 100, (1 << 20) - 10, (1 << 20) - 5, 3 << 20] {
            assert_eq!(codes(&engine(&elf(0x3e), before)), ["tensorrt.opaque", "tensorrt.host_code"], "{before}");
        }
        let windows = [&b"PE\0\0\x64\x86"[..], &[0; 60]].concat();
        assert_eq!(codes(&engine(&windows, 9)), ["tensorrt.opaque", "tensorrt.host_code"]);
    }
}
