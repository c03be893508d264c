//! Numbers and addresses of an HDF5 file, whose widths the file itself chooses.

use super::super::source::{Source, Step, broken};

/// The file, with the widths that its superblock names.
pub(super) struct Bytes<'s, 'a> {
    pub(super) source: &'s mut Source<'a>,
    /// What addresses count from: the superblock may stand behind other bytes.
    pub(super) base: u64,
    /// Width of an address, in bytes.
    pub(super) wide: u64,
    /// Width of a length, in bytes.
    pub(super) long: u64,
}

impl Bytes<'_, '_> {
    pub(super) fn u8(&mut self, at: u64) -> Step<u8> {
        self.source.u8(at)
    }

    pub(super) fn u16(&mut self, at: u64) -> Step<u16> {
        self.source.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self, at: u64) -> Step<u32> {
        self.source.array(at).map(u32::from_le_bytes)
    }

    /// A number of 1 to 8 bytes.
    pub(super) fn number(&mut self, at: u64, width: u64) -> Step<u64> {
        if width > 8 {
            return broken(at, "a number is too wide");
        }
        let bytes = self.source.bytes(at, width)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(super) fn length(&mut self, at: u64) -> Step<u64> {
        self.number(at, self.long)
    }

    /// `None` for the address that stands for nothing: all ones.
    pub(super) fn address(&mut self, at: u64) -> Step<Option<u64>> {
        let number = self.number(at, self.wide)?;
        if number == u64::MAX >> (64_u64.saturating_sub(self.wide.saturating_mul(8))) {
            return Ok(None);
        }
        match number.checked_add(self.base) {
            Some(place) => Ok(Some(place)),
            None => broken(at, "an address fits no number"),
        }
    }

    pub(super) fn signed(&mut self, at: u64, mark: [u8; 4]) -> Step<bool> {
        Ok(self.source.array::<4>(at)? == mark)
    }

    /// A text up to its zero byte, of at most `most` bytes.
    pub(super) fn text(&mut self, at: u64, most: u64) -> Step<String> {
        let bytes = self.source.bytes(at, most.min(self.source.size().saturating_sub(at)))?;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}

/// Reads fields one behind the other.
pub(super) struct Fields<'b, 's, 'a> {
    pub(super) bytes: &'b mut Bytes<'s, 'a>,
    pub(super) at: u64,
}

impl Fields<'_, '_, '_> {
    pub(super) fn skip(&mut self, count: u64) {
        self.at = self.at.saturating_add(count);
    }

    pub(super) fn number(&mut self, width: u64) -> Step<u64> {
        let number = self.bytes.number(self.at, width)?;
        self.skip(width);
        Ok(number)
    }

    pub(super) fn length(&mut self) -> Step<u64> {
        self.number(self.bytes.long)
    }

    pub(super) fn address(&mut self) -> Step<Option<u64>> {
        let address = self.bytes.address(self.at)?;
        self.skip(self.bytes.wide);
        Ok(address)
    }
}
