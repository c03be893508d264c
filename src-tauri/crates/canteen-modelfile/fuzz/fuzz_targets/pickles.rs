//! Any bytes, as a pickle.
#![no_main]

use std::io::Cursor;

use canteen_modelfile::pickle::{Context, PickleLimits, scan};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for context in [Context::Plain, Context::Torch] {
        let found = scan(&mut Cursor::new(bytes), bytes.len() as u64, context, &PickleLimits::default());
        assert!(found.unreadable.is_none(), "memory does not fail");
        assert!(found.streams > 0 || !found.hazards.is_empty(), "what is no whole pickle is never clean");
    }
});
