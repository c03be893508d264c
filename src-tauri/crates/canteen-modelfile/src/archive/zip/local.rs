//! The headers in front of the members.

use std::io;

use super::directory::{Wide, extra_field};
use super::{Bounds, Member, Zip, hazards};
use crate::archive::fields::Fields;
use crate::hazard::Hazard;
use crate::section::{Source, read_at};

const HEADER: &[u8; 4] = b"PK\x03\x04";
const HEADER_BYTES: u64 = 30;
/// Sizes and check sum stand behind the data instead of in the header.
const SIZES_FOLLOW: u16 = 8;

/// Reads the local header of each member of the directory, and says where the two disagree.
pub(super) fn compare(source: &mut dyn Source, size: u64, zip: &mut Zip) -> io::Result<()> {
    let mut members = std::mem::take(&mut zip.members);
    for member in &mut members {
        let local = header(source, member.header_at)?;
        let Some(local) = local.filter(|local| local.data_at <= size) else {
            zip.hazards.push(Hazard::at(&hazards::HEADER_MISMATCH, member.header_at, &format!("{}: no header", member.shown())));
            continue;
        };
        member.found = true;
        member.data_at = local.data_at;
        if let Some(what) = difference(member, &local) {
            let detail = format!("{}: {what}", member.shown());
            zip.hazards.push(Hazard::at(&hazards::HEADER_MISMATCH, member.header_at, &detail));
        }
        if member.data_at.checked_add(member.packed).is_none_or(|end| end > size) {
            zip.hazards.push(member.hazard(&hazards::DAMAGED));
        }
        // What either of the two says.
        member.flags |= local.flags & 0x2041;
    }
    zip.members = members;
    Ok(())
}

fn difference(member: &Member, local: &Member) -> Option<String> {
    if member.name != local.name {
        return Some(format!("named {} in the local header", local.shown()));
    }
    if member.method != local.method {
        return Some("method".into());
    }
    // All but the bit that says where the sizes stand.
    if (member.flags ^ local.flags) & !SIZES_FOLLOW != 0 {
        return Some("flags".into());
    }
    let follow = local.flags & SIZES_FOLLOW != 0;
    let same = |local: u64, central: u64| local == central || (follow && (local == 0 || local == u64::from(u32::MAX)));
    if !same(local.packed, member.packed) || !same(local.size, member.size) {
        return Some("size".into());
    }
    (!same(u64::from(local.crc), u64::from(member.crc))).then(|| "check sum".into())
}

/// Without a directory: from header to header.
pub(super) fn walk(source: &mut dyn Source, size: u64, bounds: Bounds, zip: &mut Zip) -> io::Result<()> {
    let mut at = 0;
    while (zip.members.len() as u64) < bounds.members {
        let Some(mut member) = header(source, at)? else { break };
        if member.flags & SIZES_FOLLOW != 0 && member.packed == 0 {
            let end = next_signature(source, member.data_at, size)?;
            member.packed = end.saturating_sub(member.data_at);
        }
        let end = member.data_at.saturating_add(member.packed);
        zip.members.push(member);
        if end >= size {
            break;
        }
        at = if read_at(source, end, 4)? == HEADER { end } else { next(source, HEADER, end, size)? };
    }
    Ok(())
}

/// The header at a place; `None` where there is none.
fn header(source: &mut dyn Source, at: u64) -> io::Result<Option<Member>> {
    let fixed = read_at(source, at, HEADER_BYTES)?;
    let Some((mut member, name, extra)) = fixed_part(&fixed) else { return Ok(None) };
    let names_at = at.saturating_add(HEADER_BYTES);
    let rest = read_at(source, names_at, name.saturating_add(extra))?;
    let mut fields = Fields(&rest);
    let Some(name) = usize::try_from(name).ok().and_then(|name| fields.take(name)) else { return Ok(None) };
    member.name = name.to_vec();
    member.header_at = at;
    member.data_at = names_at.saturating_add(rest.len() as u64);
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let mut wide = Wide::of(fields.0);
    member.size = wide.number(narrow(member.size));
    member.packed = wide.number(narrow(member.packed));
    // A second name that some readers prefer: a version, a check sum, the name.
    if let Some(other) = extra_field(fields.0, 0x7075).and_then(|field| field.get(5..))
        && other != member.name.as_slice()
    {
        member.name.push(0);
        member.name.extend_from_slice(other);
    }
    Ok(Some(member))
}

fn fixed_part(bytes: &[u8]) -> Option<(Member, u64, u64)> {
    let mut fields = Fields(bytes.strip_prefix(HEADER)?);
    fields.skip(2)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.skip(4)?;
    let (crc, packed, size) = (fields.u32()?, u64::from(fields.u32()?), u64::from(fields.u32()?));
    let (name, extra) = (u64::from(fields.u16()?), u64::from(fields.u16()?));
    Some((Member { flags, method, crc, packed, size, found: true, ..Member::default() }, name, extra))
}

/// Where the next record of the zip begins, of whatever kind; the end of the file when there is none.
fn next_signature(source: &mut dyn Source, from: u64, size: u64) -> io::Result<u64> {
    find(source, from, size, &|four| matches!(four, b"PK\x03\x04" | b"PK\x07\x08" | b"PK\x01\x02" | b"PK\x05\x06"))
}

/// Where these four bytes stand next; `to` when they do not.
pub(super) fn next(source: &mut dyn Source, signature: &[u8; 4], from: u64, to: u64) -> io::Result<u64> {
    find(source, from, to, &|four| four == signature)
}

fn find(source: &mut dyn Source, from: u64, to: u64, fits: &dyn Fn(&[u8]) -> bool) -> io::Result<u64> {
    const PIECE: u64 = 1 << 20;
    let mut at = from;
    while at < to {
        let bytes = read_at(source, at, PIECE.min(to - at))?;
        if let Some(place) = bytes.windows(4).position(fits) {
            return Ok(at.saturating_add(place as u64));
        }
        // A signature may lie across two pieces.
        let step = (bytes.len() as u64).saturating_sub(3);
        if step == 0 {
            break;
        }
        at = at.saturating_add(step);
        if bytes.len() < 4 {
            break;
        }
    }
    Ok(to)
}
