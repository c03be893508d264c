//! Any bytes, as an array of numpy.
#![no_main]

use std::io::Cursor;

use canteen_modelfile::numpy;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let found = numpy::read(&mut Cursor::new(bytes), bytes.len() as u64).expect("memory does not fail");
    assert!(bytes.is_empty() || !found.arrays.is_empty() || !found.hazards.is_empty(), "what is no array is never clean");
});
