//! A reader that knows how much is left and asks before it takes.

use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};

use crate::ModelFileError;

/// Streams a header. Every length is checked against the bytes that are left before memory is taken for it.
pub(crate) struct Input<R> {
    reader: BufReader<R>,
    size: u64,
    /// No header goes on behind this.
    limit: u64,
    at: u64,
    form: Form,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// The largest part of a number comes first.
    pub(crate) big_endian: bool,
    /// Counts and lengths take four bytes, not eight.
    pub(crate) short_counts: bool,
}

impl Form {
    /// A count or a length at the beginning of `bytes`, and what is behind it.
    pub(crate) fn split_count(self, bytes: &[u8]) -> Option<(u64, &[u8])> {
        if self.short_counts {
            let (four, rest) = bytes.split_first_chunk::<4>()?;
            let count = if self.big_endian { u32::from_be_bytes(*four) } else { u32::from_le_bytes(*four) };
            return Some((count.into(), rest));
        }
        let (eight, rest) = bytes.split_first_chunk::<8>()?;
        Some((if self.big_endian { u64::from_be_bytes(*eight) } else { u64::from_le_bytes(*eight) }, rest))
    }
}

impl<R: Read + Seek> Input<R> {
    pub(crate) fn new(mut reader: R, size: u64, limit: u64) -> Result<Self, ModelFileError> {
        reader.seek(SeekFrom::Start(0))?;
        Ok(Self { reader: BufReader::with_capacity(64 << 10, reader), size, limit, at: 0, form: Form::default() })
    }

    /// Numbers that come are written in this form.
    pub(crate) fn set_form(&mut self, form: Form) {
        self.form = form;
    }

    pub(crate) const fn form(&self) -> Form {
        self.form
    }

    pub(crate) const fn at(&self) -> u64 {
        self.at
    }

    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    pub(crate) const fn left(&self) -> u64 {
        self.size.saturating_sub(self.at)
    }

    /// The first bytes, which are read again afterwards. Fewer where the file is shorter.
    pub(crate) fn peek(&mut self, count: u64) -> Result<Vec<u8>, ModelFileError> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(count).read_to_end(&mut bytes)?;
        self.reader.seek(SeekFrom::Start(self.at))?;
        Ok(bytes)
    }

    /// Exactly `count` bytes; `count` was checked against a limit by the caller, and is checked here against the file.
    pub(crate) fn bytes(&mut self, count: u64, code: &'static str) -> Result<Vec<u8>, ModelFileError> {
        self.need(count, code)?;
        let mut bytes = Vec::new();
        self.reader.by_ref().take(count).read_to_end(&mut bytes)?;
        self.took(count, bytes.len() as u64, code)?;
        Ok(bytes)
    }

    /// A number of `N` bytes, the smallest part first.
    pub(crate) fn array<const N: usize>(&mut self, code: &'static str) -> Result<[u8; N], ModelFileError> {
        self.need(N as u64, code)?;
        let mut bytes = [0; N];
        match self.reader.read_exact(&mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Err(self.cut(N as u64, code)),
            Err(error) => return Err(error.into()),
        }
        self.at = self.at.saturating_add(N as u64);
        if self.form.big_endian {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// A count or a length.
    pub(crate) fn count(&mut self, code: &'static str) -> Result<u64, ModelFileError> {
        if self.form.short_counts { self.u32(code).map(u64::from) } else { self.u64(code) }
    }

    pub(crate) fn u32(&mut self, code: &'static str) -> Result<u32, ModelFileError> {
        self.array(code).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self, code: &'static str) -> Result<u64, ModelFileError> {
        self.array(code).map(u64::from_le_bytes)
    }

    /// What lies in memory already of what comes next; only at the end of the file, or of what is read of it, is it empty.
    pub(crate) fn ready(&mut self) -> Result<&[u8], ModelFileError> {
        let most = self.limit.min(self.size).saturating_sub(self.at);
        let bytes = self.reader.fill_buf()?;
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.get(..most).unwrap_or_default())
    }

    /// Steps over bytes that were [`ready`](Self::ready).
    pub(crate) fn consume(&mut self, count: usize) {
        self.reader.consume(count);
        self.at = self.at.saturating_add(count as u64);
    }

    /// Steps over `count` bytes.
    pub(crate) fn skip(&mut self, count: u64, code: &'static str) -> Result<(), ModelFileError> {
        self.need(count, code)?;
        let step = i64::try_from(count).map_err(|_| self.cut(count, code))?;
        self.reader.seek_relative(step)?;
        self.at = self.at.saturating_add(count);
        Ok(())
    }

    fn need(&self, count: u64, code: &'static str) -> Result<(), ModelFileError> {
        if count > self.left() {
            return Err(self.cut(count, code));
        }
        if self.at.checked_add(count).is_none_or(|end| end > self.limit) {
            return Err(ModelFileError::TooMuch { code: "file.header_too_long", what: "a longer header" });
        }
        Ok(())
    }

    fn took(&mut self, wanted: u64, got: u64, code: &'static str) -> Result<(), ModelFileError> {
        if got < wanted {
            return Err(self.cut(wanted, code));
        }
        self.at = self.at.saturating_add(wanted);
        Ok(())
    }

    const fn cut(&self, count: u64, code: &'static str) -> ModelFileError {
        ModelFileError::Truncated { code, promised: self.at.saturating_add(count), found: self.size }
    }
}
