//! Archives and what compresses: nothing unpacks beyond its bound, and what is listed can be reached.

use std::io::{self, Read as _};

use super::{file, sound};
use crate::archive::sevenzip;
use crate::archive::tar::{self, BLOCK};
use crate::archive::unpack::{self, Unpacked};
use crate::archive::zip;
use crate::section::Section;

/// Enough to see a bomb, and little enough to see many.
const MOST: u64 = 1 << 20;
const MOST_MEMBERS: u64 = 1000;

/// zip and tar.
pub fn archives(bytes: &[u8]) {
    let (mut source, size) = file(bytes);
    if let Some(zip) = zip::read(&mut source, size, zip::Bounds { members: MOST_MEMBERS }).expect("memory does not fail") {
        sound(&zip.hazards, bytes.len());
        assert!(zip.members.len() as u64 <= MOST_MEMBERS);
        for member in zip.members.iter().filter(|member| member.found).take(16) {
            let (mut source, _) = file(bytes);
            assert!(member.data_at <= size, "{member:?} begins behind {size} bytes");
            bounded(unpack::inflate(Section::new(&mut source, member.data_at, member.packed), MOST / 16), MOST / 16);
        }
    }
    let bytes = summed(bytes);
    let (mut source, size) = file(&bytes);
    let tar = tar::read(&mut source, size, MOST_MEMBERS).expect("memory does not fail");
    sound(&tar.hazards, bytes.len());
    assert!(tar.members.len() as u64 <= MOST_MEMBERS && tar.end <= size);
    for member in &tar.members {
        assert!(member.at <= size, "{member:?} begins behind {size} bytes");
    }
}

/// 7z: the listing, and the beginnings of what its streams hold.
pub fn sevenzip(bytes: &[u8]) {
    let (mut source, size) = file(bytes);
    let seven = sevenzip::read(&mut source, size).expect("memory does not fail");
    sound(&seven.hazards, bytes.len());
    for (folder, members) in seven.folders.iter().take(8) {
        let shared = sevenzip::shared(&mut source);
        let Ok(mut stream) = folder.open(&shared) else { continue };
        for member in members.iter().take(8) {
            bounded(unpack::exactly(&mut *stream, member.size, MOST / 16), MOST / 16);
        }
    }
}

/// With the right sum in every block that could be a header of a tar: no fuzzer guesses it.
fn summed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for block in bytes.chunks_exact_mut(usize::try_from(BLOCK).unwrap_or(usize::MAX)) {
        if block.get(257..262).is_some_and(|mark| mark == b"ustar") {
            let sum: u32 =
                block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
            if let Some(field) = block.get_mut(148..156) {
                field.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            }
        }
    }
    bytes
}

/// Whatever compresses without being an archive; each reader by the mark that it is chosen by, and deflate, which has none.
pub fn packed(bytes: &[u8]) {
    let (mut source, size) = file(bytes);
    match bytes {
        [0x1f, 0x8b, ..] => bounded(unpack::gunzip(bytes, MOST), MOST),
        [b'B', b'Z', ..] => bounded(unpack::bunzip2(bytes, MOST), MOST),
        [0xfd, b'7', ..] | [0x5d, ..] => bounded(unpack::unxz(&mut source, size, MOST), MOST),
        [0x28, 0xb5, ..] | [0x50..=0x5f, 0x2a, ..] => bounded(unpack::unzstd(bytes, MOST), MOST),
        [0x04, 0x22, ..] | [0x02, 0x21, ..] => bounded(unpack::unlz4(bytes, MOST), MOST),
        [0x78, ..] | [b'Z', b'F', ..] => bounded(unpack::unzlib(&mut source, size, MOST), MOST),
        _ => bounded(unpack::inflate(bytes.take(size), MOST), MOST),
    }
}

fn bounded(unpacked: io::Result<Unpacked>, most: u64) {
    let unpacked = unpacked.expect("memory does not fail, and damage is no error");
    assert!(unpacked.bytes.len() as u64 <= most, "{} bytes, not {most}", unpacked.bytes.len());
    assert!(!(unpacked.whole && unpacked.damaged), "what is damaged is not whole");
    std::hint::black_box(unpacked.crc());
}
