//! What unpacks a stream of a 7z. The decoders are libraries'; here their memory and their output are bounded.

use std::cell::RefCell;
use std::io::{self, BufReader, Read, SeekFrom};
use std::rc::Rc;

use bzip2::read::MultiBzDecoder;
use flate2::read::DeflateDecoder;
use lzma_rust2::filter::{bcj::BcjReader, bcj2::Bcj2Reader, delta::DeltaReader};
use lzma_rust2::{Lzma2Stream, LzmaReader, lzma_get_memory_usage_by_props};

use super::hazards;
use super::header::{Coder, Folder};
use crate::archive::unpack::{self, MOST_MEMORY_KIB};
use crate::hazard::Hazard;
use crate::section::Source;

/// A stream may be made of several, which lie in different places of one file.
pub(crate) type Shared<'s> = Rc<RefCell<&'s mut dyn Source>>;

pub(crate) fn shared(source: &mut dyn Source) -> Shared<'_> {
    Rc::new(RefCell::new(source))
}

/// Why a stream is not unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Encrypted,
    Method(String),
    TooMuch,
    Damaged,
}

impl Closed {
    pub(crate) fn hazard(&self, name: &str) -> Hazard {
        match self {
            Self::Encrypted => Hazard::of(&hazards::ENCRYPTED, name),
            Self::Method(method) => Hazard::of(&hazards::METHOD, &format!("{name}: {method}")),
            Self::TooMuch => Hazard::of(&hazards::TOO_MUCH, &format!("{name}: dictionary")),
            Self::Damaged => Hazard::of(&hazards::DAMAGED, name),
        }
    }
}

type Stream<'s> = Box<dyn Read + 's>;

struct Piece<'s> {
    whole: Shared<'s>,
    at: u64,
    left: u64,
}

impl Read for Piece<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(part) = buffer.get_mut(..most).filter(|part| !part.is_empty()) else { return Ok(0) };
        let mut whole = self.whole.try_borrow_mut().map_err(io::Error::other)?;
        whole.seek(SeekFrom::Start(self.at))?;
        let count = whole.read(part)?;
        self.at = self.at.saturating_add(count as u64);
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

impl Folder {
    /// What comes out at the end.
    pub(crate) fn open<'s>(&self, source: &Shared<'s>) -> Result<Stream<'s>, Closed> {
        let mut left: Vec<Option<&Coder>> = self.coders.iter().map(Some).collect();
        let stream = self.coder(self.last().ok_or(Closed::Damaged)?, &mut left, source)?;
        // Those that read only each other.
        if left.iter().any(Option::is_some) { Err(Closed::Damaged) } else { Ok(stream) }
    }

    /// Each coder is opened once, so that one that reads itself ends here, and the depth is that of their number.
    fn coder<'s>(&self, number: usize, left: &mut [Option<&Coder>], source: &Shared<'s>) -> Result<Stream<'s>, Closed> {
        let coder = left.get_mut(number).and_then(Option::take).ok_or(Closed::Damaged)?;
        let first: usize = self.coders.iter().take(number).map(|coder| coder.inputs).sum();
        let inputs = (first..first.saturating_add(coder.inputs)).map(|input| self.input(input, left, source));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let size = self.sizes.get(number).copied().unwrap_or_default();
        Ok(Box::new(decoder(coder, inputs, size)?.take(size)))
    }

    fn input<'s>(&self, input: usize, left: &mut [Option<&Coder>], source: &Shared<'s>) -> Result<Stream<'s>, Closed> {
        if let Some((_, coder)) = self.pairs.iter().find(|(bound, _)| *bound == input) {
            return self.coder(*coder, left, source);
        }
        let place = self.inputs.iter().position(|free| *free == input).and_then(|at| self.packed.get(at));
        let (at, length) = *place.ok_or(Closed::Damaged)?;
        Ok(Box::new(BufReader::new(Piece { whole: Rc::clone(source), at, left: length })))
    }
}

fn decoder<'s>(coder: &Coder, mut inputs: Vec<Stream<'s>>, size: u64) -> Result<Stream<'s>, Closed> {
    let method = coder.method.as_slice();
    if method == [3, 3, 1, 0x1b] {
        return if inputs.len() == 4 { Ok(Box::new(Bcj2Reader::new(inputs, size))) } else { Err(Closed::Damaged) };
    }
    let (Some(input), true) = (inputs.pop(), inputs.is_empty()) else { return Err(Closed::Damaged) };
    let start = || match coder.properties.first_chunk::<4>() {
        Some(start) => usize::try_from(u32::from_le_bytes(*start)).unwrap_or_default(),
        None => 0,
    };
    Ok(match method {
        [0] => input,
        [0x21] => lzma2(input, &coder.properties, size)?,
        [3, 1, 1] => lzma(input, &coder.properties, size)?,
        [4, 1, 8] => Box::new(DeflateDecoder::new(input)),
        [4, 2, 2] => Box::new(MultiBzDecoder::new(input)),
        [4, 0xf7, 0x11, 1] => Box::new(unpack::Zstd::new(input)),
        [4, 0xf7, 0x11, 4] => Box::new(unpack::Lz4::new(input)),
        [3] => Box::new(DeltaReader::new(input, usize::from(*coder.properties.first().ok_or(Closed::Damaged)?) + 1)),
        [4] | [3, 3, 1, 3] => Box::new(BcjReader::new_x86(input, start())),
        [5] | [3, 3, 2, 5] => Box::new(BcjReader::new_ppc(input, start())),
        [6] | [3, 3, 4, 1] => Box::new(BcjReader::new_ia64(input, start())),
        [7] | [3, 3, 5, 1] => Box::new(BcjReader::new_arm(input, start())),
        [8] | [3, 3, 7, 1] => Box::new(BcjReader::new_arm_thumb(input, start())),
        [9] | [3, 3, 8, 5] => Box::new(BcjReader::new_sparc(input, start())),
        [0x0a] => Box::new(BcjReader::new_arm64(input, start())),
        [0x0b] => Box::new(BcjReader::new_riscv(input, start())),
        [6, 0xf1, 7, 1] => return Err(Closed::Encrypted),
        _ => return Err(Closed::Method(method.iter().map(|byte| format!("{byte:02x}")).collect())),
    })
}

/// No stream looks back further than it is long, so a dictionary that is larger than that is never filled.
fn needed(dictionary: u32, size: u64) -> u32 {
    dictionary.min(u32::try_from(size).unwrap_or(u32::MAX).max(4096))
}

fn lzma<'s>(input: Stream<'s>, properties: &[u8], size: u64) -> Result<Stream<'s>, Closed> {
    let [first, dictionary @ ..] = properties else { return Err(Closed::Damaged) };
    let dictionary = dictionary.first_chunk::<4>().ok_or(Closed::Damaged)?;
    let dictionary = needed(u32::from_le_bytes(*dictionary), size);
    let memory = lzma_get_memory_usage_by_props(dictionary, *first).map_err(|_| Closed::Damaged)?;
    if memory > MOST_MEMORY_KIB {
        return Err(Closed::TooMuch);
    }
    let reader = LzmaReader::new_with_props(input, size, *first, dictionary, None);
    Ok(Box::new(reader.map_err(|_| Closed::Damaged)?))
}

fn lzma2<'s>(input: Stream<'s>, properties: &[u8], size: u64) -> Result<Stream<'s>, Closed> {
    let dictionary = match properties {
        [40] => u32::MAX,
        [bits @ 0..40] => (2 | (u32::from(*bits) & 1)) << (bits / 2 + 11),
        _ => return Err(Closed::Damaged),
    };
    let dictionary = needed(dictionary, size);
    if dictionary / 1024 > MOST_MEMORY_KIB {
        return Err(Closed::TooMuch);
    }
    Ok(Box::new(unpack::Pulled::new(BufReader::new(input), Lzma2Stream::new(dictionary))))
}
