use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const WHISPER: &[u8] = include_bytes!("../../../tests/data/ggml/clean-whisper.bin");
const LLAMA: &[u8] = include_bytes!("../../../tests/data/ggml/clean-llama.bin");

fn read(bytes: &[u8]) -> Option<Found> {
    ggml(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read(bytes).unwrap().hazards.iter().map(|hazard| hazard.code.code).collect()
}

#[test]
fn facts_of_the_old_formats() {
    let facts = read(WHISPER).unwrap().facts;
    assert_eq!((facts.architecture.as_deref(), facts.context_length), (Some("whisper"), Some(1500)));
    assert_eq!((facts.parameters, facts.element.as_deref()), (Some(6), Some("F16")));
    let facts = read(LLAMA).unwrap().facts;
    assert_eq!((facts.architecture.as_deref(), facts.version.as_deref()), (Some("llama"), Some("3")));
    assert_eq!(facts.tensors[0].shape, [2, 3]);
}

#[test]
fn what_the_mark_does_not_tell_is_left() {
    assert_eq!(read(&[b"lmgg", &[1; 60][..]].concat()), None);
}

#[test]
fn lies_and_unknown_kinds() {
    let with = |at: usize, number: u32| {
        let mut file = LLAMA.to_vec();
        file[at..at + 4].copy_from_slice(&number.to_le_bytes());
        codes(&file)
    };
    assert_eq!(with(4, 9), ["ggml.count_lies"], "a version");
    assert_eq!(with(8, u32::MAX), ["ggml.count_lies"], "tokens");
    assert_eq!(with(36, u32::MAX), ["ggml.count_lies"], "length of a token");
    assert_eq!(with(45, 77), ["ggml.count_lies"], "lengths of a tensor");
    assert_eq!(with(53, 99), ["ggml.not_followed"], "a kind");
    assert_eq!(codes(&LLAMA[..LLAMA.len() - 1]), ["ggml.unreadable"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, at: prop::sample::Index, with: u8) {
        for file in [WHISPER, LLAMA, &[b"algg\x01\0\0\0", bytes.as_slice()].concat()] {
            let mut file = file.to_vec();
            let place = at.index(file.len());
            file[place] = with;
            drop(read(&file));
            drop(read(&file[..place]));
        }
    }
}
