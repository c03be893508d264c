//! Kinds that say what they are in their first bytes.

use super::Kind;

pub(super) fn gguf(first: &[u8]) -> Option<Kind> {
    let version = first.strip_prefix(b"GGUF")?.first_chunk::<4>()?;
    Some(match (u32::from_le_bytes(*version), u32::from_be_bytes(*version)) {
        (1, _) => Kind::GgufFirst,
        (_, 1..=3) => Kind::GgufBigEndian,
        _ => Kind::Gguf,
    })
}

/// (offset, bytes, kind).
const MAGIC: &[(usize, &[u8], Kind)] = &[
    (0, b"lmgg", Kind::GgmlLegacy),
    (0, b"fmgg", Kind::GgmlLegacy),
    (0, b"tjgg", Kind::GgmlLegacy),
    (0, b"algg", Kind::GgmlLegacy),
    (0, b"\x93NUMPY", Kind::Npy),
    (0, b"\x89HDF\r\n\x1a\n", Kind::Hdf5),
    (4, b"TFL3", Kind::Tflite),
    (0, b"ptrt", Kind::TensorRt),
    (0, b"ftrt", Kind::TensorRt),
    (0, b"PK\x03\x04", Kind::Zip),
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (0, b"\x1f\x8b", Kind::Gzip),
    (0, b"ZF0x", Kind::Zlib),
    (0, b"\x04\x22\x4d\x18", Kind::Lz4),
    (0, b"BZh", Kind::Bzip2),
    (0, b"\xfd7zXZ\0", Kind::Xz),
    (0, b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (257, b"ustar", Kind::Tar),
    (0, b"Rar!\x1a\x07", Kind::OtherArchive),
    (0, b"MSCF\0\0\0\0", Kind::OtherArchive),
    (0, b"!<arch>\n", Kind::OtherArchive),
    (0, b"LZIP\x01", Kind::OtherArchive),
    (0, b"xar!\0", Kind::OtherArchive),
    (0, b"hsqs", Kind::OtherArchive),
    (0, b"070701", Kind::OtherArchive),
    (0, b"070707", Kind::OtherArchive),
    (7, b"**ACE**", Kind::OtherArchive),
    // Not the frames that are unpacked, but those of the first years of LZ4.
    (0, b"\x02\x21\x4c\x18", Kind::OtherArchive),
    (0, b"\xff\x06\0\0sNaPpY", Kind::OtherArchive),
    (0, b"#!", Kind::Script),
    (0, b"\xef\xbb\xbf#!", Kind::Script),
];

pub(super) fn by_magic(first: &[u8]) -> Option<Kind> {
    let fits = |entry: &&(usize, &[u8], Kind)| first.get(entry.0..).is_some_and(|rest| rest.starts_with(entry.1));
    // A frame of zstd that readers step over.
    if let [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] = first {
        return Some(Kind::Zstd);
    }
    MAGIC.iter().find(fits).map(|entry| entry.2).or_else(|| is_lzma(first).then_some(Kind::Xz))
}

/// lzma alone: the usual properties, a dictionary of a usual size, and a size that is unknown or could be.
fn is_lzma(first: &[u8]) -> bool {
    let [0x5d, rest @ ..] = first else { return false };
    let Some((dictionary, rest)) = rest.split_first_chunk::<4>() else { return false };
    let dictionary = u32::from_le_bytes(*dictionary);
    let usual = dictionary >= 4096 && (dictionary >> dictionary.trailing_zeros()) <= 3;
    let size = rest.first_chunk::<8>().map(|size| u64::from_le_bytes(*size));
    usual && size.is_some_and(|size| size == u64::MAX || size < 1 << 38)
}

pub(super) fn executable(first: &[u8]) -> Option<Kind> {
    let four = first.first_chunk::<4>()?;
    match (four, u32::from_be_bytes(*four)) {
        (b"\x7fELF", _) => Some(Kind::Elf),
        (b"MZqF" | b"jart", _) => Some(Kind::Pe),
        (_, 0xfeed_face | 0xfeed_facf | 0xcefa_edfe | 0xcffa_edfe) => Some(Kind::MachO),
        // A fat binary; Java's classes begin alike, with a version above 40 where the number of processors stands.
        (_, 0xcafe_babe) => first.get(7).map(|count| if *count < 40 { Kind::MachO } else { Kind::OtherProgram }),
        (b"dex\n", _) => Some(Kind::OtherProgram),
        (b"L\0\0\0", _) => first.starts_with(b"L\0\0\0\x01\x14\x02\0").then_some(Kind::OtherProgram),
        ([b'M', b'Z', ..], _) => is_pe(first).then_some(Kind::Pe),
        _ => None,
    }
}

/// Behind `MZ` the place of the real header stands at 60; a DOS program without one begins with zeros or code, too.
fn is_pe(first: &[u8]) -> bool {
    let place = first.get(60..64).and_then(|bytes| bytes.first_chunk::<4>()).map(|bytes| u32::from_le_bytes(*bytes));
    let Some(place) = place.and_then(|place| usize::try_from(place).ok()) else { return false };
    first.get(place..).is_none_or(|rest| rest.starts_with(b"PE\0\0") || rest.len() < 4)
}

/// HDF5 begins at 0, or at 512 and its doublings behind bytes of somebody else's.
pub(super) fn is_hdf5_behind(first: &[u8]) -> bool {
    [512, 1024, 2048].iter().any(|at| first.get(*at..).is_some_and(|rest| rest.starts_with(b"\x89HDF\r\n\x1a\n")))
}
