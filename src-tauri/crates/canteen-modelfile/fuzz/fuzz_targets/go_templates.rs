#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| canteen_modelfile::fuzzing::go_templates(bytes));
