use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const CALLS: &[u8] = b"\x80\x04cos\ngetpid\n)R.";

fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\0", &length[..], header.as_bytes(), data].concat()
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}   \n")
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    let found = read(&mut Cursor::new(bytes), bytes.len() as u64).unwrap();
    found.hazards.iter().map(|hazard| hazard.code.code).collect()
}

#[track_caller]
fn check(descr: &str, shape: &str, data: &[u8], expected: &[&str]) {
    assert_eq!(codes(&npy(&header(descr, shape), data)), expected, "{descr} {shape}");
}

#[test]
fn arrays_of_numbers_are_clean_and_their_size_is_held_to() {
    check("'<f4'", "(2, 3)", &[0; 24], &[]);
    check("'<f4'", "()", &[0; 4], &[]);
    check("'<f4'", "(0, 7)", &[], &[]);
    check("'<U3'", "(2L,)", &[0; 24], &[]);
    check("'<M8[ns]'", "(1,)", &[0; 8], &[]);
    check("[('a', '<i4'), (('t', 'b'), '<f8', (2,)), ('', '|V4')]", "(1,)", &[0; 24], &[]);
    check("'<f4'", "(2, 3)", &[0; 23], &["numpy.truncated"]);
    check("'<f4'", "(2, 3)", &[0; 25], &["numpy.tail"]);
    check("'<f4'", "(9223372036854775808, 2)", &[], &["numpy.size_overflows"]);
    let found = read(&mut Cursor::new(npy(&header("'<f4'", "(2, 3)"), &[0; 24])), 24 + 80).unwrap();
    assert_eq!(found.arrays, [Array { shape: vec![2, 3], dtype: "<f4".to_owned(), objects: false }]);
}

#[test]
fn arrays_of_objects_are_pickles_wherever_the_object_stands() {
    for descr in ["'|O'", "'O8'", "'\\x4f'", "[('a', '<i4'), ('b', '|O')]", "[('a', [('b', 'O', (2,))])]", "('O', (2,))"] {
        check(descr, "(1,)", CALLS, &["pickle.executor"]);
    }
    check("'|O'", "()", b"\x80\x04].", &[]);
    // Numbers are never unpickled.
    check("'|u1'", "(16,)", CALLS.first_chunk::<16>().unwrap(), &[]);
}

#[test]
fn arrays_behind_one_another_are_all_read() {
    let numbers = npy(&header("'<f4'", "(1,)"), &[0; 4]);
    let objects = npy(&header("'|O'", "(1,)"), b"\x80\x04].");
    let calls = npy(&header("'|O'", "(1,)"), CALLS);
    assert_eq!(codes(&[&*numbers, &objects, &numbers, &objects].concat()), [""; 0]);
    assert_eq!(codes(&[&*numbers, &objects, &calls].concat()), ["pickle.executor"]);
}

#[test]
fn a_header_that_numpy_does_not_write_hides_nothing() {
    for header in ["{'descr': 'i4,O', 'fortran_order': False, 'shape': (1,), }", "{}", "[", "{'descr': '|O', 'descr': '<f4'}"] {
        assert_eq!(codes(&npy(header, CALLS)), ["numpy.header", "pickle.executor"], "{header}");
    }
    assert_eq!(codes(b"\x93NUMPY\x09\0\x80\x04cos\ngetpid\n)R."), ["numpy.header", "pickle.executor"]);
    let deep = "[".repeat(60_000);
    assert_eq!(codes(&npy(&deep, b"")), ["numpy.header"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(text: String, at: prop::sample::Index, with: u8) {
        codes(&npy(text.get(..text.len().min(9000)).unwrap_or("{"), CALLS));
        let mut good = npy(&header("[('a', '<i4'), ('b', '|O', (2,))]", "(1, 2)"), CALLS);
        let place = at.index(good.len());
        good[place] = with;
        codes(&good);
        codes(&good[..place]);
    }
}
