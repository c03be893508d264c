use std::io::Cursor;

use proptest::prelude::*;

use super::*;

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    codes_of(bytes, Context::Plain)
}

fn codes_of(bytes: &[u8], context: Context) -> Vec<&'static str> {
    scan(&mut Cursor::new(bytes), bytes.len() as u64, context, &PickleLimits::default())
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
    check(b"ccollections\nOrderedDict\n)RN}\x8c\x0c__setstate__Ns\x86b.", &["pickle.patches"]);
    check(b"cargparse\nNamespace\n)R}\x8c\x06extendNsb(Ne.", &["pickle.patches"]);
    // A vocabulary may have any word.
    check(b"}\x8c\x0c__setstate__Ns.", &[]);
    check(b"\x82\x01)R.", &["pickle.extension"]);
    check(b"Pid\n.", &["pickle.persistent_id"]);
}

#[test]
fn a_pickle_in_a_constant_is_read_through_its_disguise() {
    let call = ["pickle.nested", "pickle.executor"];
    check(b"\x80\x04\x8c\x18gARjb3MKZ2V0cGlkCilSLg==.", &call);
    check(b"\x80\x04\x8c\x208004636f730a6765747069640a29522e.", &call);
    check(b"\x80\x04\x8c\x10gARdeniaAndRoses.", &[]);
}

#[test]
fn parts_of_networks_are_made_and_never_called() {
    check(b"\x80\x02ctorch.nn.modules.linear\nLinear\n)\x81}X\x0b\0\0\0in_featuresK\x02sb.", &[]);
    check(b"\x80\x02ctorch.nn.modules.linear\nLinear\n)R.", &["pickle.arguments"]);
    check(b"(K\x02itorch.nn.modules.linear\nLinear\n.", &["pickle.arguments"]);
    check(b"\x80\x02cxgboost.core\nBooster\n(NNX\x01\0\0\0xtR.", &["pickle.arguments"]);
    // In torch's old format the class stands in a persistent id.
    let old = b"\x80\x02(X\x06\0\0\0modulectorch.nn.modules.linear\nLinear\nNNtQ)\x81}b.";
    assert_eq!(codes_of(old, Context::Torch), [""; 0]);
    let hostile = b"\x80\x02(X\x06\0\0\0modulecos\ngetpid\nNNtQ)\x81}b.";
    assert_eq!(codes_of(hostile, Context::Torch), EXECUTOR);
}

#[test]
fn the_class_of_nothing_is_no_new_class() {
    check(b"cbuiltins\ntype\n(NtR.", &[]);
    check(b"cbuiltins\ntype\n(cbuiltins\nEllipsis\ntR.", &[]);
    check(b"cbuiltins\ntype\n(S'X'\n)}tR.", &["pickle.computed_call"]);
    check(b"cpandas.core.indexes.base\n_new_Index\n(cpandas\nIndex\n}tR.", &[]);
    check(b"cpandas.core.indexes.base\n_new_Index\n(ccollections\nOrderedDict\n}tR.", &["pickle.computed_call"]);
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

const CALL: &[u8] = b"\x80\x04cos\ngetpid\n)R.";
const TENSOR: &[u8] = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQK";

#[test]
fn behind_a_stream_only_what_reads_like_one_counts() {
    let noise: Vec<u8> = (0..40_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    check(&[HARMLESS, b"\r\n"].concat(), &[]);
    check(&[HARMLESS, &noise].concat(), &["pickle.trailing_bytes"]);
    check(&[HARMLESS, &noise, CALL].concat(), &["pickle.trailing_bytes", "pickle.executor"]);
    check(&[HARMLESS, &noise, HARMLESS, &noise, CALL].concat(), &["pickle.trailing_bytes", "pickle.executor"]);
    check(&[HARMLESS, b"cos\ngetpid\n\xff"].concat(), &["pickle.executor", "pickle.broken"]);
}

#[test]
fn behind_torchs_five_streams_stand_numbers_and_no_hazard() {
    let magic = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";
    let old = [&magic[..], b"\x80\x02M\xe9\x03.", b"\x80\x02}.", b"\x80\x02U\x01aQ.", b"\x80\x02]."].concat();
    check(&[&old[..], &[7; 999]].concat(), &[]);
    check(&[&old[..], &[7; 999], CALL].concat(), EXECUTOR);
    check(&old[magic.len()..], &["pickle.persistent_id"]);
}

#[test]
fn between_the_streams_of_torchs_tar_numbers_are_stepped_over() {
    let storage = [&b"(S'1'\nS'cpu'\nctorch\nFloatStorage\nt."[..], &5_u64.to_le_bytes(), &[b'.'; 20]].concat();
    check(&[&b"K\x02."[..], &storage, &storage, b"\x80\x02]."].concat(), &[]);
    check(&[&b"K\x02."[..], &storage, b"cos\ngetpid\n)R."].concat(), EXECUTOR);
    // A count that the file has no room for steps over nothing.
    check(&[&b"(S'1'\nS'cpu'\nctorch\nFloatStorage\nt."[..], CALL].concat(), EXECUTOR);
}

#[test]
fn what_allowed_functions_are_given_is_held_to_rules() {
    let odd = &["pickle.arguments"];
    check(b"c_codecs\nencode\n(Va\nVlatin1\ntR.", &[]);
    check(b"c_codecs\nencode\n(Va\nVzip\ntR.", odd);
    check(b"cbuiltins\nbytearray\n(I9\ntR.", odd);
    check(b"cbuiltins\nset\n(cbuiltins\nrange\n(I9\ntRtR.", odd);
    check(b"ccollections\ndeque\n((lI9\ntR.", &[]);
    check(b"ccollections\ndefaultdict\n(ccollections\nOrderedDict\n)RtR.", &["pickle.computed_call"]);
    check(b"ccopyreg\n_reconstructor\n(cbuiltins\nobject\nI1\nNtR.", &["pickle.computed_call"]);
    check(b"cnumpy\nndarray\n)R.", odd);
    check(b"cnumpy\nmemmap\n)R.", &["pickle.computed_call"]);
    check(b"ctorch\nFloatStorage\n(I9\ntR.", odd);
    check(b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR.", &[]);
    check(b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I9\ntVb\ntR.", odd);
    check(b"cdill._dill\n_create_array\n(cbuiltins\nstr\n)tR.", &["pickle.computed_call"]);
    check(b"ctorch._tensor\n_rebuild_from_type_v2\n(cbuiltins\nstr\nctorch\nTensor\n)NtR.", odd);
    check(b"ctorch._tensor\n_rebuild_from_type_v2\n(Nctorch\nTensor\n)NtR.", &["pickle.computed_call"]);
    check(b"cnumpy.random._pickle\n__randomstate_ctor\n(VMT19937\ncbuiltins\nstr\ntR.", &["pickle.computed_call"]);
    // More of them than are kept are not taken on trust.
    check(&[&b"cbuiltins\nset\n("[..], &[b'N'; 40], b"tR."].concat(), odd);
}

#[test]
fn numpy_and_torch_are_not_made_to_read_beyond_their_memory() {
    let forged = &["pickle.forged_memory"];
    let dtype = |name: &str, flags: &str| format!("cnumpy\ndtype\n(V{name}\nI00\nI01\ntR(I3\nV|\nNNNI-1\nI-1\nI{flags}\ntb.");
    check(dtype("f8", "0").as_bytes(), &[]);
    check(dtype("O8", "63").as_bytes(), &[]);
    check(dtype("O8", "0").as_bytes(), forged);
    check(dtype("f8", "1").as_bytes(), forged);
    let tensor = |behind: &[u8]| codes_of(&[TENSOR, behind].concat(), Context::Torch);
    assert_eq!(tensor(b"\0K\x02K\x02\x86K\x02K\x01\x86tR."), [""; 0]);
    assert_eq!(tensor(b"\0K\x02K\x02\x86K\x03K\x01\x86tR."), *forged);
    assert_eq!(tensor(b"\x01K\x04\x85K\x01\x85tR."), *forged);
    assert_eq!(tensor(b"\0K\x04\x85)tR."), *forged);
    assert_eq!(tensor(b"\x09K\0\x85K\x01\x85tR."), [""; 0]);
}

#[test]
fn what_some_unpicklers_let_pass_raises_no_doubt() {
    let computed = b"cbuiltins\nstr\n(tR\x8c\x06getpid\x93.";
    for odd in [&b"NNb0"[..], b"N(u0", b"I1\n(e0", b"I0x1f\n0", b"I0b1\n0", b"F1_0.5\n0", b"cbuiltins\nint\n]R0", b"]}b0"] {
        check(&[odd, computed].concat(), &["pickle.computed_name"]);
    }
    // The unpickler in Python takes the last line without its end, less one byte.
    check(b"(ios\ngetpid.", &["pickle.executor", "pickle.broken"]);
}

#[test]
fn old_pickles_are_told_from_texts() {
    let is = |bytes: &[u8]| is_one(&mut Cursor::new(bytes), bytes.len() as u64);
    for pickle in [&b"(dp0\nVa\np1\nI1\ns."[..], b"cos\ngetpid\n(tR.", b"cos\ngetpid\n", b"cmymodel\nNet\n(tR", b"I1\n.I2\n."] {
        assert!(is(pickle), "{}", pickle.escape_ascii());
    }
    assert!(is(&[&b"S'"[..], &[b'a'; 9000], b"'\n0cos\ngetpid\n(tR."].concat()), "a long text stands in front");
    for text in ["cat\ndog\nhouse\n", "class Net:\n", "None.\n", "I am\n", "(lambda (x) x)", "Very\n.hidden\n", "]", "x\n", ""] {
        assert!(!is(text.as_bytes()), "{text}");
    }
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
