//! Compressed data in frames, one behind the other, some of which are only stepped over.

use std::io::{self, Chain, Cursor, Read};

use lz4_flex::frame::{Error as Lz4Error, FrameDecoder};
use ruzstd::decoding::{FrameDecoder as ZstdDecoder, StreamingDecoder};

use super::guard::guarded;

/// Of one file; tools that write several make them of some megabytes each.
const MOST_FRAMES: u32 = 1 << 16;
/// LZ4 as it was before it had frames: it ends where the file does.
const LZ4_LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// Data whose first bytes were looked at.
type Marked<R> = Chain<Cursor<[u8; 4]>, R>;

/// zstd. The decoder itself bounds the memory that a frame asks for; it indexes tables that a hostile frame left empty (0.9.1).
pub(crate) struct Zstd<R: Read> {
    packed: Option<R>,
    frame: Option<StreamingDecoder<Marked<R>, ZstdDecoder>>,
    left: u32,
}

impl<R: Read> Zstd<R> {
    pub(crate) fn new(packed: R) -> Self {
        Self { packed: Some(packed), frame: None, left: MOST_FRAMES }
    }

    /// Opens the next frame that holds something; `false` where the data ends.
    fn next(&mut self) -> io::Result<bool> {
        let Some(mut packed) = self.packed.take() else { return Ok(false) };
        loop {
            self.left = self.left.checked_sub(1).ok_or_else(|| io::Error::other("too many frames"))?;
            let Some(mark) = mark_of(&mut packed)? else { return Ok(false) };
            if !is_stepped_over(mark) {
                let frame = guarded(|| StreamingDecoder::new(Cursor::new(mark).chain(packed)).map_err(io::Error::other))?;
                self.frame = Some(frame);
                return Ok(true);
            }
            let length = mark_of(&mut packed)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            step_over(&mut packed, u32::from_le_bytes(length))?;
        }
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(mut frame) = self.frame.take() {
                // After an error it is gone, and the data with it.
                let count = guarded(|| frame.read(buffer))?;
                if count > 0 || buffer.is_empty() {
                    self.frame = Some(frame);
                    return Ok(count);
                }
                self.packed = Some(frame.into_inner().into_inner().1);
            }
            if !self.next()? {
                return Ok(0);
            }
        }
    }
}

/// LZ4.
pub(crate) struct Lz4<R: Read> {
    /// Gone where something was wrong.
    frame: Option<FrameDecoder<Tap<R>>>,
    left: u32,
}

/// Knows whether a frame ended, or the data in the midst of it: the decoder takes both for an end.
struct Tap<R> {
    packed: R,
    /// The first bytes of the frame.
    mark: [u8; 4],
    taken: usize,
    ended: bool,
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.packed.read(buffer)?;
        self.ended |= count == 0 && !buffer.is_empty();
        let mark = self.mark.iter_mut().skip(self.taken);
        mark.zip(buffer.iter().take(count)).for_each(|(mark, byte)| *mark = *byte);
        self.taken = self.taken.saturating_add(count);
        Ok(count)
    }
}

impl<R: Read> Lz4<R> {
    pub(crate) fn new(packed: R) -> Self {
        let tap = Tap { packed, mark: [0; 4], taken: 0, ended: false };
        Self { frame: Some(FrameDecoder::new(tap)), left: MOST_FRAMES }
    }

    /// Behind a frame. `false` where the data ends.
    fn next(&mut self) -> io::Result<bool> {
        self.left = self.left.checked_sub(1).ok_or_else(|| io::Error::other("too many frames"))?;
        let Some(Tap { packed, mark, taken, ended }) = self.frame.take().map(FrameDecoder::into_inner) else { return Ok(false) };
        if ended {
            let cut = taken > 0 && mark != LZ4_LEGACY;
            return if cut { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(false) };
        }
        self.frame = Some(FrameDecoder::new(Tap { packed, mark: [0; 4], taken: 0, ended: false }));
        Ok(true)
    }
}

impl<R: Read> Read for Lz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(frame) = &mut self.frame else { return Ok(0) };
            match frame.read(buffer) {
                Ok(count) if count > 0 || buffer.is_empty() => return Ok(count),
                Ok(_) => {}
                Err(error) => step_over(&mut frame.get_mut().packed, skippable(&error).ok_or(error)?)?,
            }
            if !self.next()? {
                return Ok(0);
            }
        }
    }
}

/// The length of a frame that holds nothing, of which the decoder has read mark and length.
fn skippable(error: &io::Error) -> Option<u32> {
    if let Lz4Error::SkippableFrame(length) = error.get_ref()?.downcast_ref::<Lz4Error>()? { Some(*length) } else { None }
}

const fn is_stepped_over(mark: [u8; 4]) -> bool {
    matches!(mark, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// Four bytes; `None` where the data ends in front of them.
fn mark_of(packed: &mut impl Read) -> io::Result<Option<[u8; 4]>> {
    let mut first = [0; 1];
    if packed.read(&mut first)? == 0 {
        return Ok(None);
    }
    let mut rest = [0; 3];
    packed.read_exact(&mut rest)?;
    let ([one], [two, three, four]) = (first, rest);
    Ok(Some([one, two, three, four]))
}

fn step_over(packed: &mut impl Read, length: u32) -> io::Result<()> {
    let stepped = io::copy(&mut packed.take(u64::from(length)), &mut io::sink())?;
    if stepped < u64::from(length) { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use lz4_flex::frame::{BlockMode, FrameEncoder, FrameInfo};

    use super::super::{Unpacked, unlz4};

    fn packed(bytes: &[u8], info: FrameInfo) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(info.content_checksum(true), Vec::new());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: &[u8]) -> Unpacked {
        unlz4(bytes, 1 << 20).unwrap()
    }

    #[test]
    fn frames_follow_each_other_and_some_hold_nothing() {
        let noise: Vec<u8> = (0..90_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let linked = packed(&noise, FrameInfo::new().block_mode(BlockMode::Linked));
        let large = packed(b"hello", FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max4MB));
        let nothing = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let all = unpacked(&[large.clone(), nothing.clone(), linked.clone(), large, nothing].concat());
        assert!(all.whole && all.bytes == [b"hello", noise.as_slice(), b"hello"].concat());
        assert!(unpacked(&linked).whole);
    }

    #[test]
    fn a_frame_that_was_cut_is_damaged_wherever_it_was_cut() {
        let whole = packed(&[7; 9000], FrameInfo::new());
        for end in 1..whole.len() {
            assert!(unpacked(&whole[..end]).damaged, "{end} of {}", whole.len());
        }
        let mut wrong = whole.clone();
        *wrong.last_mut().unwrap() ^= 1;
        assert!(unpacked(&whole).whole && unpacked(&wrong).damaged);
        assert!(!unlz4(whole.as_slice(), 8000).unwrap().whole);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(noise: Vec<u8>, at: proptest::sample::Index, with: u8) {
            let mut bytes = [packed(&[1; 500], FrameInfo::new()), noise].concat();
            let place = at.index(bytes.len());
            bytes[place] = with;
            unpacked(&bytes);
            super::super::unzstd([&b"\x28\xb5\x2f\xfd"[..], &bytes].concat().as_slice(), 1 << 20).unwrap();
        }
    }
}
