//! What the fuzz targets of `fuzz/` call: each family of readers, directly and with any bytes. There only for them and for the test
//! that gives every seed and every input that once did harm to the same functions; no part of the crate otherwise.
//!
//! That nothing panics and nothing takes long is what the fuzzer itself watches. Here stands what must hold besides.

mod archives;
mod formats;
mod headers;
mod lineage;
#[cfg(test)]
mod tests;
mod texts;
mod trees;

use std::fmt::Debug;
use std::io::Cursor;

pub use archives::{archives, packed, sevenzip};
pub use formats::{graphs, hdf5, onnx, openvino, tflite};
pub use headers::{arrays, gguf, pickles, safetensors};
pub use lineage::lineage;
pub use texts::{go_templates, json, templates};
pub use trees::trees;

use crate::Hazard;

/// A name, and what reads the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All of them, as in `fuzz/fuzz_targets`, and with the same name a folder each in `fuzz/seeds` and, where there are any, `fuzz/crashers`.
pub const TARGETS: &[Target] = &[
    ("archives", archives),
    ("arrays", arrays),
    ("gguf", gguf),
    ("go_templates", go_templates),
    ("graphs", graphs),
    ("hdf5", hdf5),
    ("json", json),
    ("lineage", lineage),
    ("onnx", onnx),
    ("openvino", openvino),
    ("packed", packed),
    ("pickles", pickles),
    ("safetensors", safetensors),
    ("sevenzip", sevenzip),
    ("templates", templates),
    ("tflite", tflite),
    ("trees", trees),
];

/// Hazards of one file by one reader. Each code is said a few times at most.
const MOST_HAZARDS: usize = 1000;

/// Few enough to be shown, and each within the file that it is of.
fn sound<'h>(hazards: impl IntoIterator<Item = &'h Hazard>, size: usize) {
    let mut count = 0;
    for hazard in hazards {
        count += 1;
        let own = hazard.position.members.is_empty();
        let inside = hazard.position.offset.is_none_or(|offset| !own || offset <= size as u64);
        assert!(inside, "{hazard:?} lies behind the end of {size} bytes");
    }
    assert!(count <= MOST_HAZARDS, "{count} hazards");
}

/// One input in eight is read again: the answer depends on the bytes alone.
fn again<T: PartialEq + Debug>(bytes: &[u8], once: &T, read: impl FnOnce() -> T) {
    if bytes.len().is_multiple_of(8) {
        assert_eq!(once, &read(), "the same bytes, another answer");
    }
}

fn file(bytes: &[u8]) -> (Cursor<&[u8]>, u64) {
    (Cursor::new(bytes), bytes.len() as u64)
}
