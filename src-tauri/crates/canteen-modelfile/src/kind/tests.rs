use super::*;

#[track_caller]
fn check(first: &[u8], expected: Kind) {
    let mut padded = first.to_vec();
    padded.resize(64.max(first.len()), b'a');
    assert_eq!(Kind::of(&padded), expected, "{:?}", first.escape_ascii().to_string());
}

#[test]
fn each_kind_is_told_by_its_bytes() {
    check(b"GGUF\x03\0\0\0", Kind::Gguf);
    check(b"GGUF\x01\0\0\0", Kind::GgufFirst);
    check(b"GGUF\0\0\0\x03", Kind::GgufBigEndian);
    check(b"tjgg\x03\0\0\0", Kind::GgmlLegacy);
    check(b"lmgg\0\0\0\0", Kind::GgmlLegacy);
    check(b"\x40\0\0\0\0\0\0\0{\"a\":{", Kind::Safetensors);
    check(b"\x93NUMPY\x01\0", Kind::Npy);
    check(b"\x89HDF\r\n\x1a\n", Kind::Hdf5);
    check(b"\x20\0\0\0TFL3", Kind::Tflite);
    check(b"ftrt\0\0", Kind::TensorRt);
    check(b"\x06\0\0\0\x0c\0WhisperSpec\0\x03\0\0\0\x44\x01\0\0", Kind::CTranslate2);
    check(b"PK\x03\x04", Kind::Zip);
    check(b"7z\xbc\xaf\x27\x1c", Kind::SevenZip);
    check(b"Rar!\x1a\x07\x01\0", Kind::OtherArchive);
    check(b"MSCF\0\0\0\0", Kind::OtherArchive);
    check(b"\xca\xfe\xba\xbe\0\0\0\x34", Kind::OtherProgram);
    check(b"dex\n035\0", Kind::OtherProgram);
    check(b"L\0\0\0\x01\x14\x02\0\0\0\0\0", Kind::OtherProgram);
    check(b"\x1f\x8b\x08", Kind::Gzip);
    check(b"\x78\x9c\x4b\x04\0", Kind::Zlib);
    check(b"x^2 + 1\n", Kind::Text);
    check(b"\x04\x22\x4d\x18", Kind::Lz4);
    check(b"BZh9", Kind::Bzip2);
    check(b"\xfd7zXZ\0", Kind::Xz);
    check(b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", Kind::Xz);
    check(b"\x5d\0\0\x81\0\xff\xff\xff\xff\xff\xff\xff\xff\0", Kind::Unknown);
    check(b"\x28\xb5\x2f\xfd", Kind::Zstd);
    check(b"\x7fELF\x02", Kind::Elf);
    check(b"MZqFpD='", Kind::Pe);
    check(b"\xcf\xfa\xed\xfe\x07", Kind::MachO);
    check(b"#!/bin/sh\n", Kind::Script);
    check(b"<?xml version=\"1.0\"?>\n<net name=\"a\" version=\"11\">", Kind::OpenVino);
    check(b"# A model card\n", Kind::Text);
    assert_eq!(Kind::of(b""), Kind::Empty);
    check(b"\0\x01\x02\x03", Kind::Unknown);
}

#[test]
fn pickles_of_every_protocol_are_told_from_text() {
    check(b"\x80\x04\x95\x10\0\0\0\0\0\0\0", Kind::Pickle);
    check(b"\x80\x02}q\0", Kind::Pickle);
    check(b"cposix\nsystem\n(S'true'\ntR.", Kind::Pickle);
    check(b"cposix \r\nsystem\r\n(S'true'\ntR.", Kind::Pickle);
    assert_eq!(Kind::of(b"(dp0\nS'a'\nI1\ns."), Kind::Pickle);
    check(b"(dp0\nS'a'\nI1\ns.", Kind::Text);
    let long: String = (0..999).map(|n| format!("I{n}\n")).collect();
    assert_eq!(Kind::of(format!("({long}").as_bytes().first_chunk::<4096>().unwrap()), Kind::Pickle);
    check(b"cat\ndog\nhouse\n", Kind::Text);
    check(b"None of this\n. is a pickle", Kind::Text);
    check(b"class Net:\n    pass\n", Kind::Text);
    check(b"(c) 2026, all rights reserved: a licence", Kind::Text);
}

#[test]
fn protobufs_without_magic_are_told_apart() {
    check(b"\x08\x07\x12\x07pytorch\x1a\x03", Kind::Onnx);
    check(b"\x08\x08\x3a\x80\x01\x0a\x10", Kind::Onnx);
    check(b"\x08\x01\x12\x90\x20\x0a\x80\x10\x12\x05\x0a\x03\x0a\x01", Kind::SavedModel);
    check(b"\x0a\x1c\x0a\x01x\x12\x0bPlaceholder", Kind::SavedModel);
    check(b"\x08\x02\x08\x03\x10\x01\x4a\x18", Kind::OnnxTensor);
    check(b"\x0a\x20\x1a\x04root\x22\x01x", Kind::KerasMetadata);
    let fingerprint = b"\x08\x81\x01\x10\x02\x18\x03\x20\x04\x28\x05\x32\x02\x08\x04\x3a\x02id";
    assert_eq!(Kind::of(fingerprint), Kind::TensorFlowFingerprint);
    check(fingerprint, Kind::Unknown);
    check(b"\x08\x04\x12\x20\x0a\x10\x0a\x05image", Kind::CoreMl);
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        std::hint::black_box(Kind::of(&bytes));
    }
}
