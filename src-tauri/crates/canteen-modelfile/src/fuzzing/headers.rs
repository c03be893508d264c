//! GGUF, safetensors, pickles and arrays.

use canteen_types::Coded as _;

use super::{again, file, sound};
use crate::formats::{File, NoFolder};
use crate::kind::Kind;
use crate::lineage::Index;
use crate::pickle::{self, Context, PickleLimits};
use crate::{Facts, Limits, check_for_engine, header_hazards, numpy, read_foreign_header, read_header};

/// What is no model, or none that is run here: another reader's.
const NO_HAZARD: &[&str] = &["file.unknown", "gguf.version_1", "gguf.big_endian"];

/// GGUF of all versions and both byte orders, and what came before it.
pub fn gguf(bytes: &[u8]) {
    header(bytes);
    let (source, size) = file(bytes);
    if let Ok(described) = read_foreign_header(source, size, &Limits::default()) {
        assert!(described.base_models.len() <= bytes.len(), "every name takes a byte");
    }
    let (mut source, size) = file(bytes);
    let old = File { reader: &mut source, size, name: "ggml-model.bin", folder: &NoFolder };
    if let Some(found) = crate::formats::read(Kind::GgmlLegacy, old).expect("memory does not fail") {
        sound(&found.hazards, bytes.len());
        assert!(found.whole || !found.hazards.is_empty(), "what was not read whole is said");
    }
}

/// safetensors.
pub fn safetensors(bytes: &[u8]) {
    header(bytes);
}

/// Facts and index of a file that is read, and a code of its own for one that is not.
fn header(bytes: &[u8]) {
    let read = || {
        let (source, size) = file(bytes);
        read_header(source, size, &Limits::default()).map_err(|error| error.code())
    };
    let facts = read();
    again(bytes, &facts, read);
    let (mut source, size) = file(bytes);
    match facts {
        Ok(facts) => {
            described(&facts, size);
            let index = crate::lineage::index(&mut source, size, &Limits::default()).expect("its header was read");
            indexed(&index, &facts, size);
        }
        Err(code) => assert!(NO_HAZARD.contains(&code) || header_hazards::of_error(code).is_some(), "{code} is no hazard"),
    }
}

fn described(facts: &Facts, size: u64) {
    assert!(facts.header_bytes <= size && facts.promised_bytes.saturating_sub(size) < 1 << 32, "{facts:?} of {size} bytes");
    // Either answer is one.
    drop(check_for_engine(facts));
}

/// What is listed can be read from where it is said to lie.
fn indexed(index: &Index, facts: &Facts, size: u64) {
    assert_eq!(index.facts.as_ref(), Some(facts));
    assert_eq!(index.tensors.len() as u64, facts.tensors);
    let tensors = index.tensors.iter().map(|tensor| (tensor.offset, tensor.bytes));
    for (offset, bytes) in tensors.chain(index.keys.iter().map(|key| (key.offset, key.bytes))) {
        assert!(offset.checked_add(bytes).is_some_and(|end| end <= size), "{bytes} bytes at {offset} of {size}");
    }
}

/// A pickle, or several.
pub fn pickles(bytes: &[u8]) {
    for context in [Context::Plain, Context::Torch] {
        let scan = || {
            let (mut source, size) = file(bytes);
            let found = pickle::scan(&mut source, size, context, &PickleLimits::default());
            assert!(found.unreadable.is_none(), "memory does not fail");
            (found.hazards, found.globals, found.streams, found.data_at)
        };
        let once = scan();
        sound(&once.0, bytes.len());
        assert!(once.2 > 0 || !once.0.is_empty(), "what is no whole pickle is never clean");
        assert!(once.3.is_none_or(|at| at <= bytes.len() as u64), "data behind the end");
        again(bytes, &once, scan);
    }
    let (mut source, size) = file(bytes);
    std::hint::black_box((pickle::is_one(&mut source, size), pickle::begins_like_one(bytes, true)));
}

/// Arrays of numpy, one behind the other.
pub fn arrays(bytes: &[u8]) {
    let read = || {
        let (mut source, size) = file(bytes);
        let found = numpy::read(&mut source, size).expect("memory does not fail");
        (found.arrays, found.hazards)
    };
    let once = read();
    sound(&once.1, bytes.len());
    assert!(bytes.is_empty() || !once.0.is_empty() || !once.1.is_empty(), "what is no array is never clean");
    again(bytes, &once, read);
}
