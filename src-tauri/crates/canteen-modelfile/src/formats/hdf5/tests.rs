use std::io::Cursor;

use proptest::prelude::*;

use super::*;

/// Files that the reference library wrote: one of each form, with links and attributes both few and many.
const FILES: &[&[u8]] = &[
    include_bytes!("../../../tests/data/hdf5/hostile-hdf5.external_link-many-latest.h5"),
    include_bytes!("../../../tests/data/hdf5/hostile-hdf5.external_link-earliest.h5"),
    include_bytes!("../../../tests/data/hdf5/hostile-keras.lambda-many-latest.h5"),
    include_bytes!("../../../tests/data/hdf5/hostile-keras.lambda-earliest.h5"),
    include_bytes!("../../../tests/data/hdf5/hostile-hdf5.external_storage-earliest.h5"),
];

fn read(bytes: &[u8]) -> Found {
    hdf5(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read(bytes).hazards.iter().map(|hazard| hazard.code.code).collect()
}

#[test]
fn facts_of_a_file_by_the_reference_library() {
    let facts = read(include_bytes!("../../../tests/data/hdf5/clean-plain-earliest.h5")).facts;
    assert_eq!((facts.tensor_count, facts.parameters, facts.element.as_deref()), (40, Some(240), Some("FLOAT32")));
    assert!(facts.tensors.iter().any(|tensor| tensor.name == "model_weights/layer_7/kernel:0" && tensor.shape == [2, 3]));
    let facts = read(include_bytes!("../../../tests/data/keras/clean-functional.h5")).facts;
    assert_eq!((facts.architecture.as_deref(), facts.name.as_deref()), (Some("Functional"), Some("tiny")));
    assert!(facts.producer.unwrap().starts_with("keras 3."));
}

#[test]
fn the_hazard_names_what_is_reached_for() {
    let found = read(FILES[1]);
    assert_eq!(found.hazards[0].detail.as_deref(), Some("out: nothing-there.h5"));
    let storage = read(FILES[4]);
    assert_eq!(storage.hazards[0].detail.as_deref(), Some("w: nothing-there.raw"));
}

#[test]
fn a_tail_and_a_missing_end_are_said() {
    let file: &[u8] = include_bytes!("../../../tests/data/hdf5/clean-plain-latest.h5");
    assert_eq!(codes(&[file, b"more"].concat()), ["hdf5.tail"]);
    let cut = read(&file[..file.len() - 1]);
    assert!(!cut.whole && cut.hazards.iter().any(|hazard| hazard.code == &UNREADABLE));
}

#[test]
fn what_is_broken_in_one_place_hides_nothing_in_another() {
    let mut file = FILES[3].to_vec();
    let table = file.windows(4).position(|part| part == b"TREE").unwrap();
    file[table] = b'X';
    let said = codes(&file);
    assert!(said.contains(&"keras.lambda") && said.contains(&"hdf5.unreadable"), "{said:?}");
}

#[test]
fn a_heap_that_is_not_followed_is_said() {
    let mut file = FILES[0].to_vec();
    let heap = file.windows(4).position(|part| part == b"FRHP").unwrap();
    // Its blocks pass through filters.
    file[heap + 7] = 1;
    let found = read(&file);
    assert!(!found.whole && found.hazards.iter().any(|hazard| hazard.code == &NOT_FOLLOWED), "{:?}", found.hazards);
}

#[test]
fn links_of_ones_own_kind_are_said() {
    let mut file = FILES[1].to_vec();
    let name = file.windows(3).position(|part| part == b"out").unwrap();
    // Before the name: kind of link, order, character set, length.
    let kind = (0..name).rev().find(|at| file[*at] == 64).unwrap();
    file[kind] = 200;
    assert_eq!(codes(&file), ["hdf5.user_link"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(which in 0..FILES.len(), at: prop::sample::Index, with: u8, more: (prop::sample::Index, u8), noise: Vec<u8>) {
        let mut file = FILES[which].to_vec();
        let (place, other) = (at.index(file.len()), more.0.index(file.len().min(2048)));
        file[place] = with;
        file[other] = more.1;
        drop(read(&file));
        drop(read(&file[..place]));
        drop(read(&[&superblock::SIGNATURE[..], &noise].concat()));
    }
}

/// Tables that overlap multiply names: a file of three megabytes could have as many as there are reads.
#[test]
fn names_are_bounded_wherever_they_stand() {
    const TABLES: u64 = 5;
    let (header, heap, tree) = (96_u64, 160_u64, 200_u64);
    let tables = tree + 32 + 16 * TABLES;
    // The end of each entry is the beginning of another table.
    let table = b"SNOD\x01\0\xff\xff";
    let entry = [&[0; 8][..], &tree.to_le_bytes(), &[0; 16], table].concat();
    let size = tables + 8 + 40 * (TABLES + 65_535);
    let place = |bytes: &mut Vec<u8>, at: u64, parts: &[&[u8]]| {
        bytes.resize(usize::try_from(at).unwrap(), 0);
        bytes.extend(parts.concat());
    };
    let mut bytes = FILES[1][..24].to_vec();
    bytes.extend([0, u64::MAX, size, u64::MAX, 0, header, 0, 0, 0].map(u64::to_le_bytes).concat());
    place(&mut bytes, header, &[&[1, 0, 1, 0, 1, 0, 0, 0, 24], &[0; 7], &[0x11, 0, 16, 0, 0, 0, 0, 0]]);
    bytes.extend([tree, heap].map(u64::to_le_bytes).concat());
    place(&mut bytes, heap, &[b"HEAP\0\0\0\0", &[1; 16], &heap.to_le_bytes()]);
    place(&mut bytes, tree, &[b"TREE\0\0", &[5, 0], &[0xff; 16], &[0; 8]]);
    (0..TABLES).for_each(|number| bytes.extend([tables + 40 * number, 0].map(u64::to_le_bytes).concat()));
    place(&mut bytes, tables, &[table, &entry.repeat(65_535 + 5)]);
    let found = hdf5(&mut Cursor::new(&bytes), size).unwrap();
    let said: Vec<_> = found.hazards.iter().filter_map(|hazard| hazard.detail.as_deref()).collect();
    assert_eq!(said, ["more groups and datasets than any published model has"]);
}
