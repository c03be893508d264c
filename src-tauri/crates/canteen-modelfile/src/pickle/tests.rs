use std::io::Cursor;

use proptest::prelude::*;

use super::*;

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    scan(&mut Cursor::new(bytes), bytes.len() as u64, Context::Plain, &PickleLimits::default())
        .hazards
        .iter()
        .map(|hazard| hazard.code.code)
        .collect()
}

fn check(bytes: &[u8], expected: &[&str]) {
    assert_eq!(codes(bytes), expected, "{}", String::from_utf8_lossy(bytes));
}

const EXECUTOR: &[&str] = &["pickle.executor"];
/// `pickle.dumps(OrderedDict(a=1))`, protocol 4.
const HARMLESS: &[u8] =
    b"\x80\x04\x95\x29\0\0\0\0\0\0\0\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93\x94)R\x94\x8c\x01a\x94K\x01s.";

#[test]
fn harmless_streams_are_clean() {
    check(HARMLESS, &[]);
    check(b"(dp0\nVa\np1\nI1\ns.", &[]);
    check(&[HARMLESS, HARMLESS].concat(), &[]);
}

#[test]
fn a_call_is_found_whatever_opcode_makes_it() {
    check(b"cos\ngetpid\n(tR.", EXECUTOR);
    check(b"(ios\ngetpid\n.", EXECUTOR);
    check(b"(cos\ngetpid\no.", EXECUTOR);
    check(b"\x80\x02cos\ngetpid\n)\x81.", EXECUTOR);
    check(b"\x80\x04cos\ngetpid\n)}\x92.", EXECUTOR);
    check(b"\x80\x04\x8c\x02os\x8c\x06getpid\x93)R.", EXECUTOR);
    check(b"c__builtin__\neval\n(S'1'\ntR.", EXECUTOR);
}

#[test]
fn names_through_memo_copies_and_escapes_are_followed() {
    check(b"\x80\x04\x8c\x06getpid\x94\x8c\x02os\x940h\x01h\x00\x93)R.", EXECUTOR);
    check(
        b"\x80\x04\x8c\x02osr\xff\xff\xff\xff0j\xff\xff\xff\xff\x8c\x06getpid\x93)R.",
        &["pickle.odd_opcodes", "pickle.executor"],
    );
    check(b"S'\\x6fs'\nV\\u0067etpid\n\x93)R.", EXECUTOR);
    check(b"\x80\x04\x8c\x02os2\x940\x8c\x06getpid\x93)R.", EXECUTOR);
}

#[test]
fn what_cannot_be_known_is_dangerous() {
    check(b"cbuiltins\nstr\n)R\x8c\x06getpid\x93.", &["pickle.computed_name"]);
    check(b"ccollections\nOrderedDict\n)R)R.", &["pickle.computed_call"]);
    check(b"ccollections\nOrderedDict\nN}\x86b.", &["pickle.patches"]);
    check(b"ccollections\nOrderedDict\n)R}\x8c\x0c__setstate__Nsb.", &["pickle.patches"]);
    check(b"ccollections\nOrderedDict\n)R}b}b.", &["pickle.patches"]);
    check(b"cargparse\nNamespace\n)R}\x8c\x06extendNsb(Ne.", &["pickle.patches"]);
    // A vocabulary may have any word.
    check(b"}\x8c\x0c__setstate__Ns.", &[]);
    check(b"\x82\x01)R.", &["pickle.extension"]);
    check(b"Pid\n.", &["pickle.persistent_id"]);
}

#[test]
fn what_stands_before_a_break_or_behind_a_stop_counts() {
    check(b"cos\ngetpid\n(tR\xff", &["pickle.executor", "pickle.broken"]);
    check(b"cos\ngetpid\n(tR", &["pickle.executor", "pickle.broken"]);
    check(&[HARMLESS, b"cos\ngetpid\n(tR."].concat(), EXECUTOR);
    check(&[HARMLESS, b"\xff\xff"].concat(), &["pickle.trailing_bytes"]);
    check(b"", &["pickle.broken"]);
}

#[test]
fn a_pickle_in_a_constant_is_scanned() {
    check(b"C\x11\x80\x02cos\ngetpid\n(tR..", &["pickle.nested", "pickle.executor"]);
}

#[test]
fn limits_end_a_scan_and_say_so() {
    let limits = PickleLimits { stack: 1000, ..PickleLimits::default() };
    let found = scan(&mut Cursor::new([b'N'; 5000]), 5000, Context::Plain, &limits);
    assert_eq!(found.hazards.first().map(|hazard| hazard.code.code), Some("pickle.too_much"));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        codes(&bytes);
    }

    #[test]
    fn a_truncated_stream_is_never_clean(cut in 1_usize..60) {
        if cut < HARMLESS.len() {
            prop_assert!(!codes(HARMLESS.get(..cut).unwrap_or_default()).is_empty());
        }
    }
}
