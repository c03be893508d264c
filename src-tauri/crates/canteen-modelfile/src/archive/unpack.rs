//! Compressed data into memory, up to a bound: what the data says of its own size is never believed.

mod frames;
mod guard;
mod pulled;

use std::io::ErrorKind::{InvalidData, InvalidInput, Other, OutOfMemory, UnexpectedEof, Unsupported};
use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::Crc;
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use lzma_rust2::{LzmaReader, XzStream};

use crate::section::{Section, Source, read_at};

pub(crate) use frames::{Lz4, Zstd};
pub(crate) use pulled::Pulled;

/// The dictionary of `xz -9` takes 64 MiB.
pub(crate) const MOST_MEMORY_KIB: u32 = 128 << 10;
/// Of one file; tools that write several make them of 64 kB and more each.
const MOST_PARTS: u32 = 1 << 14;

/// What came out.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    /// The beginning, up to the bound.
    pub(crate) bytes: Vec<u8>,
    /// All of it fitted.
    pub(crate) whole: bool,
    /// The data is damaged behind these bytes.
    pub(crate) damaged: bool,
}

impl Unpacked {
    pub(crate) fn crc(&self) -> u32 {
        crc(&self.bytes)
    }
}

/// The check sum of gzip, zip and 7z.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Raw deflate, as in a zip.
pub(crate) fn inflate(packed: impl Read, most: u64) -> io::Result<Unpacked> {
    bounded(DeflateDecoder::new(io::BufReader::new(packed)), most)
}

/// gzip, of one or several parts.
pub(crate) fn gunzip(packed: impl Read, most: u64) -> io::Result<Unpacked> {
    parts(io::BufReader::new(packed), most, |packed, most| bounded(GzDecoder::new(packed), most))
}

/// zlib; joblib once wrote the length in front, in hexadecimal digits and blanks.
pub(crate) fn unzlib(packed: &mut dyn Source, size: u64, most: u64) -> io::Result<Unpacked> {
    let first = read_at(packed, 0, 22)?;
    let start = match (first.starts_with(b"ZF"), first.get(21)) {
        (false, _) => 0,
        (true, Some(b' ')) => 22,
        (true, _) => 21,
    };
    let packed = Section::new(packed, start, size.saturating_sub(start));
    bounded(ZlibDecoder::new(io::BufReader::new(packed)), most)
}

/// bzip2, of one or several parts.
pub(crate) fn bunzip2(packed: impl Read, most: u64) -> io::Result<Unpacked> {
    parts(io::BufReader::new(packed), most, |packed, most| bounded(BzDecoder::new(packed), most))
}

/// xz, of one or several parts, or lzma alone, which came before it.
pub(crate) fn unxz(packed: &mut dyn Source, size: u64, most: u64) -> io::Result<Unpacked> {
    let is_xz = read_at(packed, 0, 6)?.starts_with(b"\xfd7zXZ\0");
    let packed = io::BufReader::new(Section::new(packed, 0, size));
    if is_xz {
        return parts(packed, most, |packed, most| {
            let part = bounded(Pulled::new(&mut *packed, XzStream::new_mem_limit(false, MOST_MEMORY_KIB)), most)?;
            step_over_zeros(packed)?;
            Ok(part)
        });
    }
    match LzmaReader::new_mem_limit(packed, MOST_MEMORY_KIB, None) {
        Ok(reader) => bounded(reader, most),
        Err(error) if is_damage(&error) => Ok(Unpacked { damaged: true, ..Unpacked::default() }),
        Err(error) => Err(error),
    }
}

/// zstd, of one or several frames.
pub(crate) fn unzstd(packed: impl Read, most: u64) -> io::Result<Unpacked> {
    bounded(Zstd::new(io::BufReader::new(packed)), most)
}

/// LZ4, of one or several frames.
pub(crate) fn unlz4(packed: impl Read, most: u64) -> io::Result<Unpacked> {
    bounded(Lz4::new(io::BufReader::new(packed)), most)
}

/// The next `size` bytes of a stream that goes on behind them; what is more than `most` is stepped over by whoever goes on.
pub(crate) fn exactly(stream: &mut dyn Read, size: u64, most: u64) -> io::Result<Unpacked> {
    let mut unpacked = bounded(stream.take(size.min(most)), most)?;
    let short = (unpacked.bytes.len() as u64) < size.min(most);
    unpacked.damaged |= short;
    unpacked.whole &= !short && size <= most;
    Ok(unpacked)
}

/// Takes `count` bytes off a stream; `false` when it ends, or is damaged, before.
pub(crate) fn step_over(stream: &mut dyn Read, count: u64) -> io::Result<bool> {
    match io::copy(&mut stream.take(count), &mut io::sink()) {
        Ok(stepped) => Ok(stepped == count),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What may stand between two parts of xz.
fn step_over_zeros(packed: &mut impl BufRead) -> io::Result<()> {
    loop {
        let zeros = packed.fill_buf()?.iter().take_while(|byte| **byte == 0).count();
        packed.consume(zeros);
        if zeros == 0 {
            return Ok(());
        }
    }
}

/// One behind the other to the end. Each takes a decoder of its own, which takes longer than a few bytes are worth: so not for ever.
fn parts<R: BufRead>(mut packed: R, most: u64, one: impl Fn(&mut R, u64) -> io::Result<Unpacked>) -> io::Result<Unpacked> {
    let mut all = Unpacked { whole: true, ..Unpacked::default() };
    for _ in 0..MOST_PARTS {
        if packed.fill_buf()?.is_empty() {
            return Ok(all);
        }
        let part = one(&mut packed, most.saturating_sub(all.bytes.len() as u64))?;
        all.bytes.extend(part.bytes);
        (all.whole, all.damaged) = (part.whole, part.damaged);
        if !all.whole {
            return Ok(all);
        }
    }
    all.whole = false;
    Ok(all)
}

/// Not the disk's fault. What asks for more memory than any honest file counts as damaged, too.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), InvalidInput | InvalidData | UnexpectedEof | OutOfMemory | Unsupported | Other)
}

/// What was unpacked before the damage is kept: a loader would have read it, too.
fn bounded(mut reader: impl Read, most: u64) -> io::Result<Unpacked> {
    let mut unpacked = Unpacked::default();
    let read = reader.by_ref().take(most.saturating_add(1)).read_to_end(&mut unpacked.bytes);
    unpacked.damaged = match read {
        Ok(_) => false,
        Err(error) if is_damage(&error) => true,
        // Not the data's fault: the disk.
        Err(error) => return Err(error),
    };
    unpacked.whole = !unpacked.damaged && (unpacked.bytes.len() as u64) <= most;
    unpacked.bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = packed(&vec![0; 8 << 20]);
        let unpacked = gunzip(bomb.as_slice(), 1 << 20).unwrap();
        assert_eq!((unpacked.bytes.len(), unpacked.whole, unpacked.damaged), (1 << 20, false, false));
    }

    #[test]
    fn what_came_before_the_damage_is_kept() {
        let noise: Vec<u8> = (0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let good = packed(&noise);
        let unpacked = gunzip(good.get(..good.len() / 2).unwrap(), 1 << 20).unwrap();
        assert!(unpacked.damaged && !unpacked.whole && unpacked.bytes.len() > 100_000);
        assert!(gunzip(good.as_slice(), 1 << 20).unwrap().whole);
    }

    #[test]
    fn parts_are_read_one_behind_the_other_and_not_for_ever() {
        let two = gunzip([packed(b"one "), packed(b"two")].concat().as_slice(), 1 << 20).unwrap();
        assert_eq!((two.bytes.as_slice(), two.whole), (&b"one two"[..], true));
        // The empty parts of bzip2, 14 bytes each, are the dearest.
        let empty = b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0";
        assert!(bunzip2(empty.repeat(9).as_slice(), 1 << 20).unwrap().whole);
        assert!(!gunzip(packed(b"").repeat(MOST_PARTS as usize + 1).as_slice(), 1 << 20).unwrap().whole);
        let xz = include_bytes!("../../fuzz/seeds/packed/two.xz");
        assert_eq!(unxz(&mut std::io::Cursor::new(xz), xz.len() as u64, 1 << 20).unwrap().bytes, b"firstsecond");
    }
}
