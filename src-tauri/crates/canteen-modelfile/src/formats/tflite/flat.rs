//! Flatbuffers: tables whose fields are found through a list of offsets.

use super::super::source::{Source, Step, broken};

/// Where a table stands, and the list of its fields' offsets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) at: u64,
    fields_at: u64,
    /// Bytes of the list.
    fields: u64,
}

pub(super) struct Flat<'s, 'a> {
    pub(super) source: &'s mut Source<'a>,
}

impl Flat<'_, '_> {
    pub(super) fn u32(&mut self, at: u64) -> Step<u64> {
        self.source.array(at).map(u32::from_le_bytes).map(u64::from)
    }

    pub(super) fn root(&mut self) -> Step<Table> {
        self.table_at(0)
    }

    /// The table that the offset at `place` leads to.
    pub(super) fn table_at(&mut self, place: u64) -> Step<Table> {
        let at = place.saturating_add(self.u32(place)?);
        let back = i64::from(i32::from_le_bytes(self.source.array(at)?));
        let Some(fields_at) = at.checked_add_signed(back.saturating_neg()) else {
            return broken(at, "a table without a list of its fields");
        };
        let fields = u64::from(u16::from_le_bytes(self.source.array(fields_at)?));
        Ok(Table { at, fields_at, fields })
    }

    /// Where a field stands; `None` where it is left out.
    fn field(&mut self, table: Table, number: u64) -> Step<Option<u64>> {
        let entry = number.saturating_mul(2).saturating_add(4);
        if entry.saturating_add(2) > table.fields {
            return Ok(None);
        }
        let offset = u64::from(u16::from_le_bytes(self.source.array(table.fields_at.saturating_add(entry))?));
        Ok((offset > 0).then(|| table.at.saturating_add(offset)))
    }

    pub(super) fn has(&mut self, table: Table, number: u64) -> Step<bool> {
        self.field(table, number).map(|field| field.is_some())
    }

    /// A number of `width` bytes without a sign; 0 where it is left out.
    pub(super) fn number(&mut self, table: Table, number: u64, width: u64) -> Step<u64> {
        let Some(at) = self.field(table, number)? else { return Ok(0) };
        let bytes = self.source.bytes(at, width)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Where the first element of a list stands, and how many there are; held against the file.
    pub(super) fn list(&mut self, table: Table, number: u64, width: u64) -> Step<(u64, u64)> {
        let Some(field) = self.field(table, number)? else { return Ok((0, 0)) };
        let at = field.saturating_add(self.u32(field)?);
        let count = self.u32(at)?;
        let first = at.saturating_add(4);
        if count.saturating_mul(width) > self.source.size().saturating_sub(first) {
            return broken(at, "a list goes past the end of the file");
        }
        Ok((first, count))
    }

    pub(super) fn text(&mut self, table: Table, number: u64, most: u64) -> Step<Option<String>> {
        let (first, count) = self.list(table, number, 1)?;
        if first == 0 {
            return Ok(None);
        }
        let bytes = self.source.bytes(first, count.min(most))?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}
