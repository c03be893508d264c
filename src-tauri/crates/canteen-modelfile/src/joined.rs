//! Several files, read as one.

use std::io::{self, Read, Seek, SeekFrom};

use crate::section::{Source, sought};

/// One behind the other, without anything between them.
pub struct Joined {
    /// Each with the place behind it.
    parts: Vec<(Box<dyn Source>, u64)>,
    size: u64,
    at: u64,
}

impl std::fmt::Debug for Joined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined").field("parts", &self.parts.len()).field("size", &self.size).finish_non_exhaustive()
    }
}

impl Joined {
    /// Files with their sizes, in this order.
    #[must_use]
    pub fn new(parts: Vec<(Box<dyn Source>, u64)>) -> Self {
        let mut size = 0_u64;
        let behind = |(source, bytes): (Box<dyn Source>, u64)| {
            size = size.saturating_add(bytes);
            (source, size)
        };
        let parts = parts.into_iter().map(behind).collect();
        Self { parts, size, at: 0 }
    }

    /// Of all of them, in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
}

impl Read for Joined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.at;
        let number = self.parts.partition_point(|(_, behind)| *behind <= at);
        let start = number.checked_sub(1).and_then(|before| self.parts.get(before)).map_or(0, |(_, behind)| *behind);
        let Some((source, behind)) = self.parts.get_mut(number) else { return Ok(0) };
        let most = usize::try_from(*behind - at).unwrap_or(usize::MAX).min(buffer.len());
        let Some(part) = buffer.get_mut(..most).filter(|part| !part.is_empty()) else { return Ok(0) };
        source.seek(SeekFrom::Start(at - start))?;
        let count = source.read(part)?;
        self.at = at.saturating_add(count as u64);
        Ok(count)
    }
}

impl Seek for Joined {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = sought(to, self.at, self.size)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::section::read_at;

    #[test]
    fn they_read_as_one() {
        let part = |bytes: &'static [u8]| (Box::new(Cursor::new(bytes)) as Box<dyn Source>, bytes.len() as u64);
        let mut joined = Joined::new(vec![part(b"012"), part(b""), part(b"3456"), part(b"7")]);
        for start in 0..9_usize {
            let expected: Vec<u8> = b"01234567".iter().skip(start).take(4).copied().collect();
            assert_eq!(read_at(&mut joined, start as u64, 4).unwrap(), expected);
        }
        assert_eq!((joined.seek(SeekFrom::End(-1)).unwrap(), joined.size()), (7, 8));
    }
}
