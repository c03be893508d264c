//! The superblock: widths, and where the root group stands.

use super::super::source::{Source, Step, broken};
use super::bytes::{Bytes, Fields};

pub(super) const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// What the superblock says.
pub(super) struct Superblock {
    pub(super) version: u8,
    /// Object header of the root group.
    pub(super) root: Option<u64>,
    /// Where the file ends by its own account.
    pub(super) end: Option<u64>,
    /// What the first versions say of files that are spread over several.
    pub(super) driver: Option<u64>,
    /// The header of an object in which later versions say more.
    pub(super) extension: Option<u64>,
}

/// Where the superblock stands: at the beginning, or behind bytes of somebody else's, at 512 or any doubling of it.
pub(super) fn place(source: &mut Source<'_>) -> Step<u64> {
    let mut at = 0_u64;
    while at.checked_add(8).is_some_and(|end| end <= source.size()) {
        if source.array::<8>(at)? == SIGNATURE {
            return Ok(at);
        }
        at = if at == 0 { 512 } else { at.saturating_mul(2) };
    }
    broken(0, "it has no superblock")
}

pub(super) fn read<'s, 'a>(source: &'s mut Source<'a>, at: u64) -> Step<(Bytes<'s, 'a>, Superblock)> {
    let version = source.u8(at.saturating_add(8))?;
    let widths = if version < 2 { at.saturating_add(13) } else { at.saturating_add(9) };
    let [wide, long] = source.array::<2>(widths)?.map(u64::from);
    if !matches!(wide, 2 | 4 | 8) || !matches!(long, 2 | 4 | 8) {
        return broken(widths, "numbers of a width that does not exist");
    }
    let mut bytes = Bytes { source, base: 0, wide, long };
    let skip = match version {
        0 => 24,
        1 => 28,
        2 | 3 => 12,
        _ => return broken(at, "a version of the superblock that does not exist"),
    };
    let mut fields = Fields { bytes: &mut bytes, at: at.saturating_add(skip) };
    let base = fields.address()?.unwrap_or(0);
    let (extension, end) = (fields.address()?, fields.address()?);
    let driver = if version < 2 { fields.address()? } else { None };
    // The entry of the root group begins with a name, which it does not have.
    fields.skip(if version < 2 { wide } else { 0 });
    let root = fields.address()?;
    bytes.base = base;
    let based = |address: Option<u64>| address.and_then(|address| address.checked_add(base));
    // The first versions have the list of free space there.
    let extension = based(extension.filter(|_| version >= 2));
    let superblock = Superblock { version, root: based(root), end, driver, extension };
    Ok((bytes, superblock))
}
