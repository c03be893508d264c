//! Bytes at any place of a file, with a bound on everything that is read.

use crate::section;

const BLOCK: u64 = 16 << 10;
/// Blocks that are kept. Offsets of a hostile file jump; honest ones stay near.
const KEPT: usize = 16;
/// 512 MiB in all. Graphs of published models stay below 100 MB, weights are stepped over.
const MOST_BLOCKS: u32 = 32 << 10;
/// Single reads, a long one as so many short ones: bounds the time of any walk to some seconds.
const MOST_READS: u64 = 64 << 20;
/// What is copied while a read is prepared.
const BYTES_OF_A_READ: u64 = 64;

/// Why reading ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The disk.
    Io(std::io::Error),
    /// The bytes do not fit the format.
    Broken {
        /// In bytes.
        at: u64,
        /// In words.
        what: &'static str,
    },
    /// A limit of ours.
    TooMuch {
        /// In bytes.
        at: u64,
        /// In words.
        what: &'static str,
    },
}

pub(crate) type Step<T> = Result<T, Stop>;

pub(crate) const fn broken<T>(at: u64, what: &'static str) -> Step<T> {
    Err(Stop::Broken { at, what })
}

pub(crate) const fn too_much<T>(at: u64, what: &'static str) -> Step<T> {
    Err(Stop::TooMuch { at, what })
}

/// A file that is read at any place.
pub(crate) struct Source<'a> {
    reader: &'a mut dyn section::Source,
    size: u64,
    /// Number and bytes, the one used last at the end.
    blocks: Vec<(u64, Vec<u8>)>,
    loads: u32,
    reads: u64,
    /// First place where a length went past its end and was cut.
    cut: Option<u64>,
}

impl<'a> Source<'a> {
    /// The first `size` bytes of it.
    pub(crate) fn new(reader: &'a mut dyn section::Source, size: u64) -> Self {
        Self { reader, size, blocks: Vec::new(), loads: 0, reads: 0, cut: None }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// Remembers that something at `at` promised more than there is, and that what is there was read all the same.
    pub(crate) fn was_cut(&mut self, at: u64) {
        self.cut.get_or_insert(at);
    }

    pub(crate) const fn cut(&self) -> Option<u64> {
        self.cut
    }

    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Step<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    /// `count` bytes; the caller has held `count` against a limit of its own.
    pub(crate) fn bytes(&mut self, at: u64, count: u64) -> Step<Vec<u8>> {
        if at.checked_add(count).is_none_or(|end| end > self.size) {
            return broken(at, "it ends too early");
        }
        let Ok(count) = usize::try_from(count) else { return too_much(at, "a text is too long") };
        let mut bytes = vec![0; count];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn u8(&mut self, at: u64) -> Step<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    fn fill(&mut self, mut at: u64, mut into: &mut [u8]) -> Step<()> {
        self.reads = self.reads.saturating_add(1 + into.len() as u64 / BYTES_OF_A_READ);
        if self.reads > MOST_READS {
            return too_much(at, "it goes on and on");
        }
        if at.checked_add(into.len() as u64).is_none_or(|end| end > self.size) {
            return broken(at, "it ends too early");
        }
        while !into.is_empty() {
            let block = self.block(at / BLOCK)?;
            let from = usize::try_from(at % BLOCK).unwrap_or(usize::MAX);
            let Some(there) = block.get(from..).filter(|there| !there.is_empty()) else {
                return broken(at, "it ends too early");
            };
            let count = there.len().min(into.len());
            let (now, later) = into.split_at_mut(count);
            now.copy_from_slice(there.get(..count).unwrap_or_default());
            into = later;
            at = at.saturating_add(count as u64);
        }
        Ok(())
    }

    fn block(&mut self, number: u64) -> Step<&[u8]> {
        if let Some(place) = self.blocks.iter().rposition(|(kept, _)| *kept == number) {
            // The one used last stands at the end, so that the oldest goes first.
            if place + 1 != self.blocks.len() {
                let block = self.blocks.remove(place);
                self.blocks.push(block);
            }
        } else {
            self.load(number)?;
        }
        Ok(self.blocks.last().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default())
    }

    fn load(&mut self, number: u64) -> Step<()> {
        let at = number.saturating_mul(BLOCK);
        self.loads += 1;
        if self.loads > MOST_BLOCKS {
            return too_much(at, "more than any published model has");
        }
        let left = self.size.saturating_sub(at).min(BLOCK);
        let bytes = section::read_at(self.reader, at, left)?;
        if self.blocks.len() >= KEPT {
            self.blocks.remove(0);
        }
        self.blocks.push((number, bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn any_place_is_read_across_blocks_and_never_past_the_end() {
        let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut file = Cursor::new(bytes.clone());
        let mut source = Source::new(&mut file, bytes.len() as u64);
        for at in [0, 399_996, 16_380, 16_382, 70_000, 2] {
            let place = usize::try_from(at).unwrap();
            assert_eq!(source.array(at).unwrap(), <[u8; 4]>::try_from(&bytes[place..place + 4]).unwrap());
        }
        assert_eq!(source.bytes(10, 100_000).unwrap(), bytes[10..100_010]);
        assert!(source.array::<4>(399_997).is_err());
        assert!(source.bytes(u64::MAX, 2).is_err());
        assert!(source.bytes(0, u64::MAX).is_err(), "and no memory is taken for it");
    }

    #[test]
    fn a_walk_that_jumps_for_ever_ends() {
        let mut file = Cursor::new(vec![0; 32 * 16384]);
        let mut source = Source::new(&mut file, 32 * 16384);
        let mut steps = 0_u64;
        while source.u8(steps % 32 * 16384).is_ok() {
            steps += 1;
        }
        assert_eq!(steps, u64::from(MOST_BLOCKS), "each step needs a block that was forgotten");
    }

    #[test]
    fn a_file_that_shrank_is_an_end() {
        let mut file = Cursor::new(vec![0; 10]);
        assert!(Source::new(&mut file, 100).array::<8>(50).is_err());
    }
}
