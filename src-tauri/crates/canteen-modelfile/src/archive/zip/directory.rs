//! The end record and the central directory.

use std::cmp::Ordering;
use std::io;

use super::{Bounds, Member, Zip, hazards};
use crate::archive::fields::Fields;
use crate::hazard::Hazard;
use crate::section::{Source, read_at};

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: u64 = 22;
const LONGEST_COMMENT: u64 = 65_535;
/// All of a directory; 100,000 members with long names take a tenth.
const MOST_BYTES: u64 = 64 << 20;
const LONGEST_NAME: usize = 4096;

struct End {
    at: u64,
    directory_at: u64,
    directory_bytes: u64,
    members: u64,
    comment: u64,
}

/// Fills in the members. `false` when there is no usable directory.
pub(super) fn read(source: &mut dyn Source, size: u64, bounds: Bounds, zip: &mut Zip) -> io::Result<bool> {
    let Some(end) = find_end(source, size, zip)? else { return Ok(false) };
    if end.directory_bytes > MOST_BYTES || end.members > bounds.members {
        zip.hazards.push(Hazard::at(&hazards::TOO_MUCH, end.at, ""));
    }
    // The directory ends where the end record begins; the difference to what is claimed is what stands in front of the zip.
    let Some(begin) = end.at.checked_sub(end.directory_bytes) else { return Ok(false) };
    let before = begin.saturating_sub(end.directory_at);
    let bytes = read_at(source, begin, end.directory_bytes.min(MOST_BYTES))?;
    let mut fields = Fields(&bytes);
    while (zip.members.len() as u64) < bounds.members.min(end.members.max(1)) {
        let Some(mut member) = entry(&mut fields) else { break };
        if member.name.len() > LONGEST_NAME {
            zip.hazards.push(Hazard::at(&hazards::TOO_MUCH, end.at, &member.shown()));
        }
        member.header_at = member.header_at.saturating_add(before);
        zip.members.push(member);
    }
    if !fields.0.is_empty() && (zip.members.len() as u64) < bounds.members {
        zip.hazards.push(Hazard::at(&hazards::HIDDEN_BYTES, begin, "in the central directory"));
    }
    zip.directory_at = begin;
    zip.start = zip.members.iter().map(|member| member.header_at).min().unwrap_or(begin);
    let whole = zip.members.len() as u64 == end.members;
    if !whole && end.members <= bounds.members {
        zip.hazards.push(Hazard::at(&hazards::HEADER_MISMATCH, end.at, "number of members"));
    }
    Ok(!zip.members.is_empty() || end.members == 0)
}

/// The last end record that is whole. Another one behind it, in its comment, is what other readers find first.
fn find_end(source: &mut dyn Source, size: u64, zip: &mut Zip) -> io::Result<Option<End>> {
    let window = size.min(END_BYTES + LONGEST_COMMENT);
    let start = size.saturating_sub(window);
    let bytes = read_at(source, start, window)?;
    let places = bytes.windows(END.len()).enumerate().filter(|(_, part)| *part == END).map(|(at, _)| at);
    let mut ends: Vec<End> = Vec::new();
    for at in places {
        let here = start.saturating_add(at as u64);
        if let Some(mut end) = end(bytes.get(at..).unwrap_or_default(), here)
            && end.directory_bytes <= here
        {
            widen(source, &mut end)?;
            ends.push(end);
        }
    }
    let behind = |end: &End| end.at.saturating_add(END_BYTES).saturating_add(end.comment);
    let chosen = ends.iter().rposition(|end| behind(end) == size).or_else(|| ends.len().checked_sub(1));
    let end = chosen.map(|at| ends.swap_remove(at));
    // In front of the directory it is data of a member, or stands in a gap, which is looked at there.
    let from = end.as_ref().map_or(u64::MAX, |end| end.at.saturating_sub(end.directory_bytes));
    zip.hazards.extend(ends.iter().find(|other| other.at >= from).map(|other| Hazard::at(&hazards::SECOND_END, other.at, "")));
    match end.as_ref().map(|end| (behind(end).cmp(&size), end)) {
        Some((Ordering::Less, end)) => zip.hazards.push(Hazard::at(&hazards::TAIL, behind(end), "")),
        // Readers take what there is of it.
        Some((Ordering::Greater, end)) => zip.hazards.push(Hazard::at(&hazards::COMMENT_CUT, end.at, "")),
        Some((Ordering::Equal, _)) | None => {}
    }
    Ok(end)
}

fn end(bytes: &[u8], at: u64) -> Option<End> {
    let mut fields = Fields(bytes);
    fields.skip(10)?;
    let members = u64::from(fields.u16()?);
    let (directory_bytes, directory_at) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
    let comment = u64::from(fields.u16()?);
    Some(End { at, directory_at, directory_bytes, members, comment })
}

/// zip64: the real numbers stand in a record in front, which a locator directly before the end record names.
fn widen(source: &mut dyn Source, end: &mut End) -> io::Result<()> {
    let Some(locator_at) = end.at.checked_sub(20) else { return Ok(()) };
    let locator = read_at(source, locator_at, 20)?;
    let Some(rest) = locator.strip_prefix(b"PK\x06\x07") else { return Ok(()) };
    let mut fields = Fields(rest);
    let claimed = fields.skip(4).and_then(|()| fields.u64());
    let wide = |bytes: &[u8]| -> Option<(u64, u64, u64)> {
        let mut fields = Fields(bytes.strip_prefix(b"PK\x06\x06")?);
        fields.skip(28)?;
        Some((fields.u64()?, fields.u64()?, fields.u64()?))
    };
    // Where it says, or directly before the locator, when something stands in front of the zip.
    for at in [locator_at.checked_sub(56), claimed].into_iter().flatten() {
        let record = read_at(source, at, 56)?;
        if let Some((members, bytes, directory_at)) = wide(&record) {
            *end = End { at, directory_at, directory_bytes: bytes, members, comment: end.comment.saturating_add(end.at - at) };
            return Ok(());
        }
    }
    Ok(())
}

fn entry(fields: &mut Fields<'_>) -> Option<Member> {
    let mut own = Fields(fields.0.strip_prefix(b"PK\x01\x02")?);
    own.skip(4)?;
    let (flags, method) = (own.u16()?, own.u16()?);
    own.skip(4)?;
    let (crc, packed, size) = (own.u32()?, own.u32()?, own.u32()?);
    let (name, extra, comment) = (own.u16()?, own.u16()?, own.u16()?);
    own.skip(4)?;
    let (attributes, header_at) = (own.u32()?, own.u32()?);
    let name = own.take(usize::from(name))?.to_vec();
    let extra = own.take(usize::from(extra))?;
    own.skip(usize::from(comment))?;
    fields.0 = own.0;
    let mut wide = Wide::of(extra);
    let (size, packed) = (wide.number(size), wide.number(packed));
    let header_at = wide.number(header_at);
    Some(Member { name, flags, method, crc, packed, size, header_at, attributes, ..Member::default() })
}

/// The zip64 field of an entry: it holds, in order, those numbers that did not fit.
pub(super) struct Wide<'a>(Option<Fields<'a>>);

impl<'a> Wide<'a> {
    pub(super) fn of(extra: &'a [u8]) -> Self {
        Self(extra_field(extra, 1).map(Fields))
    }

    pub(super) fn number(&mut self, narrow: u32) -> u64 {
        match &mut self.0 {
            Some(fields) if narrow == u32::MAX => fields.u64().unwrap_or(u64::from(narrow)),
            _ => u64::from(narrow),
        }
    }
}

/// The first extra field with this id.
pub(super) fn extra_field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut fields = Fields(extra);
    loop {
        let (id, length) = (fields.u16()?, fields.u16()?);
        let body = fields.take(usize::from(length))?;
        if id == wanted {
            return Some(body);
        }
    }
}
