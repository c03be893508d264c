use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const PLAIN: &[u8] = include_bytes!("../../../tests/data/tflite/clean-plain.tflite");

fn read(bytes: &[u8]) -> Found {
    tflite(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
}

#[test]
fn facts_of_a_model() {
    let facts = read(PLAIN).facts;
    assert_eq!((facts.name.as_deref(), facts.version.as_deref(), facts.operations), (Some("tiny"), Some("3"), 1));
    assert_eq!((facts.parameters, facts.tensors[0].shape.as_slice()), (Some(6), [2, 3].as_slice()));
}

#[test]
fn a_list_longer_than_the_file_is_a_break() {
    // The list of buffers claims more than there is.
    let mut file = PLAIN.to_vec();
    let weights = file.windows(8).position(|part| part == [0, 0, 0, 0, 0, 0, 0x80, 0x3f]).unwrap();
    file[weights - 4..weights].fill(0xff);
    let found = read(&file);
    assert!(!found.whole && found.hazards[0].code == &UNREADABLE, "{:?}", found.hazards);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, at: prop::sample::Index, with: u8) {
        drop(read(&bytes));
        let mut file = PLAIN.to_vec();
        let place = at.index(file.len());
        file[place] = with;
        drop(read(&file));
        drop(read(&file[..place]));
    }
}
