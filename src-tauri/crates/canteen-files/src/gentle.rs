use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use crate::system::Trail;

/// A reader that steps over so little still goes on in order.
const STEP: u64 = 64 << 10;

/// Where a read begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Where the one before ended.
    On,
    /// At another place.
    Elsewhere,
}

/// An open file of which nothing stays in the file cache that was not there before. Read it in large pieces.
pub struct Gentle {
    file: fs_err::File,
    at: u64,
    /// Where the last read ended.
    end: Option<u64>,
    trail: Trail,
}

impl Gentle {
    /// From where the file stands.
    #[must_use]
    pub fn new(file: fs_err::File) -> Self {
        let trail = Trail::new(&file);
        Self { file, at: 0, end: None, trail }
    }

    /// The file.
    #[must_use]
    pub const fn file(&self) -> &fs_err::File {
        &self.file
    }
}

impl Read for Gentle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let gap = self.end.and_then(|end| self.at.checked_sub(end));
        let way = if gap.is_some_and(|gap| gap <= STEP) { Way::On } else { Way::Elsewhere };
        self.trail.comes(&self.file, self.at, way);
        let count = self.file.read(buffer)?;
        self.at = self.at.saturating_add(count as u64);
        self.end = Some(self.at);
        Ok(count)
    }
}

impl Seek for Gentle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

impl Drop for Gentle {
    fn drop(&mut self) {
        self.trail.ends(&self.file);
    }
}

impl fmt::Debug for Gentle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gentle").field("file", &self.file).field("at", &self.at).finish_non_exhaustive()
    }
}
