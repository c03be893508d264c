//! A source of which no byte is read twice, in whatever order it is asked for.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

use crate::section::{Source, sought};

/// Only whole ones are read: small enough for samples here and there, large enough for a header.
const PAGE: u64 = 16 << 10;
/// Bytes that are kept. Headers, norm vectors and samples of a published model take less than half of it; what is beyond is read
/// again when it is asked for again.
const MOST: u64 = 64 << 20;

/// Keeps what was read here and there, for a pass over the whole that follows.
pub(crate) struct Once<S> {
    source: S,
    size: u64,
    at: u64,
    /// Pieces by place. They do not overlap.
    kept: BTreeMap<u64, Vec<u8>>,
    /// Bytes that may still be kept.
    room: u64,
}

impl<S: Source> Once<S> {
    /// The first `size` bytes.
    pub(crate) fn new(source: S, size: u64) -> Self {
        Self { source, size, at: 0, kept: BTreeMap::new(), room: MOST }
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// From its beginning, for a pass over the whole. What comes is not needed again, so nothing more is kept.
    pub(crate) fn start_over(&mut self) -> &mut Self {
        (self.at, self.room) = (0, 0);
        self
    }

    /// What is kept from a place on.
    fn kept_at(&self, place: u64) -> Option<&[u8]> {
        let (start, bytes) = self.kept.range(..=place).next_back()?;
        bytes.get(usize::try_from(place - start).ok()?..).filter(|rest| !rest.is_empty())
    }

    /// Where the piece behind a place begins, or the end.
    fn next_kept(&self, place: u64) -> u64 {
        self.kept.range(place..).next().map_or(self.size, |(start, _)| *start)
    }

    /// Whole pages around what is asked for, kept.
    fn load(&mut self, wanted: u64) -> io::Result<()> {
        let start = self.at - self.at % PAGE;
        let end = self.at.saturating_add(wanted).checked_next_multiple_of(PAGE).unwrap_or(u64::MAX);
        let count = end.min(self.next_kept(start)).saturating_sub(start);
        self.source.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&mut self.source).take(count).read_to_end(&mut bytes)?;
        self.room = self.room.saturating_sub(bytes.len() as u64);
        self.kept.insert(start, bytes);
        Ok(())
    }
}

impl<S: Source> Read for Once<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let Some(buffer) = buffer.get_mut(..most).filter(|buffer| !buffer.is_empty()) else { return Ok(0) };
        if self.kept_at(self.at).is_none() && (buffer.len() as u64).saturating_add(2 * PAGE) <= self.room {
            self.load(buffer.len() as u64)?;
        }
        let count = if let Some(kept) = self.kept_at(self.at) {
            (&mut &*kept).read(buffer)?
        } else {
            // Up to what is kept, which must not be read again.
            let apart = usize::try_from(self.next_kept(self.at) - self.at).unwrap_or(usize::MAX).min(buffer.len());
            self.source.seek(SeekFrom::Start(self.at))?;
            self.source.read(buffer.get_mut(..apart).unwrap_or_default())?
        };
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl<S: Source> Seek for Once<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = sought(to, self.at, self.size)?;
        Ok(self.at)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::RefCell;
    use std::io::Cursor;
    use std::rc::Rc;

    use proptest::prelude::*;

    use super::*;
    use crate::section::read_at;

    /// Counts how often each byte is read.
    #[derive(Clone)]
    pub(crate) struct Counting {
        bytes: Cursor<Vec<u8>>,
        pub(crate) reads: Rc<RefCell<Vec<u32>>>,
    }

    impl Counting {
        pub(crate) fn new(bytes: Vec<u8>) -> Self {
            let reads = Rc::new(RefCell::new(vec![0; bytes.len()]));
            Self { bytes: Cursor::new(bytes), reads }
        }
    }

    impl Read for Counting {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let at = usize::try_from(self.bytes.position()).unwrap();
            let count = self.bytes.read(buffer)?;
            self.reads.borrow_mut()[at..at + count].iter_mut().for_each(|reads| *reads += 1);
            Ok(count)
        }
    }

    impl Seek for Counting {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    fn bytes(count: usize) -> Vec<u8> {
        (0..251).cycle().take(count).collect()
    }

    proptest! {
        #[test]
        fn it_reads_as_the_source_does_and_each_byte_once(asked in prop::collection::vec((0_u64..90_000, 0_u64..20_000), 0..30), count in 0_usize..80_000) {
            let whole = bytes(count);
            let counting = Counting::new(whole.clone());
            let reads = Rc::clone(&counting.reads);
            let mut once = Once::new(counting, count as u64);
            for (place, length) in asked {
                let expected = read_at(&mut Cursor::new(&whole), place, length).unwrap();
                prop_assert_eq!(read_at(&mut once, place, length).unwrap(), expected);
            }
            let mut all = Vec::new();
            once.start_over().read_to_end(&mut all).unwrap();
            prop_assert!(all == whole);
            prop_assert!(reads.borrow().iter().all(|reads| *reads == 1));
        }
    }

    /// As large as one likes.
    struct Endless;

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            Ok(buffer.len())
        }
    }

    impl Seek for Endless {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn it_keeps_no_more_than_its_bound() {
        let mut once = Once::new(Endless, u64::MAX);
        for at in 0..3000 {
            read_at(&mut once, at * 100_000, 65_536).unwrap();
        }
        let kept: usize = once.kept.values().map(Vec::len).sum();
        assert!(kept > 60 << 20 && kept as u64 <= MOST, "{kept}");
    }
}
