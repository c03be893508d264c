//! A part of a file, read as a file of its own.

use std::io::{self, Read, Seek, SeekFrom};

/// What can be read from any place: a file, or a member of an archive that was unpacked into memory within a bound.
pub trait Source: Read + Seek {}
impl<T: Read + Seek + ?Sized> Source for T {}

/// From `start`, `size` bytes; nothing outside of them is seen.
pub(crate) struct Section<'a> {
    whole: &'a mut dyn Source,
    start: u64,
    size: u64,
    at: u64,
}

impl<'a> Section<'a> {
    pub(crate) fn new(whole: &'a mut dyn Source, start: u64, size: u64) -> Self {
        Self { whole, start, size, at: 0 }
    }
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.at);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(part) = buffer.get_mut(..most).filter(|part| !part.is_empty()) else { return Ok(0) };
        let place = self.start.checked_add(self.at).ok_or(io::ErrorKind::InvalidInput)?;
        self.whole.seek(SeekFrom::Start(place))?;
        let count = self.whole.read(part)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for Section<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = sought(to, self.at, self.size)?;
        Ok(self.at)
    }
}

/// Where a seek leads in what has `size` bytes; behind the end is allowed, as in files.
pub(crate) fn sought(to: SeekFrom, at: u64, size: u64) -> io::Result<u64> {
    let place = match to {
        SeekFrom::Start(place) => Some(place),
        SeekFrom::End(step) => size.checked_add_signed(step),
        SeekFrom::Current(step) => at.checked_add_signed(step),
    };
    place.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Up to `count` bytes from `place`; fewer where the source ends.
pub(crate) fn read_at(source: &mut dyn Source, place: u64, count: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(place))?;
    // The count may be a claim: what is more than this grows as it is read.
    let mut bytes = Vec::with_capacity(usize::try_from(count.min(64 << 10)).unwrap_or_default());
    source.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn nothing_outside_is_seen() {
        let mut whole = Cursor::new(b"0123456789".to_vec());
        let mut section = Section::new(&mut whole, 3, 4);
        let mut text = String::new();
        section.read_to_string(&mut text).unwrap();
        assert_eq!(text, "3456");
        assert_eq!(section.seek(SeekFrom::End(-1)).unwrap(), 3);
        assert_eq!(read_at(&mut section, 2, 100).unwrap(), b"56");
        assert_eq!(read_at(&mut section, 9, 100).unwrap(), b"");
        assert!(section.seek(SeekFrom::End(-5)).is_err());
    }
}
