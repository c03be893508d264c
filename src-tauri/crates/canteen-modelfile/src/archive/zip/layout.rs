//! Every byte of a zip belongs to one member, or somebody hides something.

use std::io;

use super::local::next;
use super::{Zip, hazards};
use crate::hazard::Hazard;
use crate::section::{Source, read_at};

/// A data descriptor of zip64 with its signature: what may stand behind a member.
const DESCRIPTOR: u64 = 24;

pub(super) fn account(source: &mut dyn Source, zip: &mut Zip) -> io::Result<()> {
    let mut places: Vec<(u64, u64, usize)> = zip
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| member.found)
        .map(|(at, member)| (member.header_at, member.data_at.saturating_add(member.packed), at))
        .collect();
    places.sort_unstable();
    let mut behind: Option<(u64, bool)> = None;
    let mut hazards = Vec::new();
    for (begin, end, at) in places {
        let Some(member) = zip.members.get(at) else { continue };
        if let Some((expected, descriptor)) = behind {
            if begin < expected {
                hazards.push(member.hazard(&hazards::OVERLAP));
            } else if begin - expected > if descriptor { DESCRIPTOR } else { 0 } {
                hazards.push(gap(source, expected, begin)?);
            }
        }
        let furthest = behind.map_or(end, |(expected, _)| expected.max(end));
        behind = Some((furthest, member.flags & 8 != 0));
    }
    if let Some((end, descriptor)) = behind.filter(|(end, _)| *end < zip.directory_at)
        && zip.directory_at - end > if descriptor { DESCRIPTOR } else { 0 }
    {
        hazards.push(gap(source, end, zip.directory_at)?);
    }
    // In front: a header there is a member that the directory leaves out.
    if zip.start > 0 && read_at(source, 0, 4)? == b"PK\x03\x04" {
        hazards.push(Hazard::at(&hazards::HIDDEN_MEMBER, 0, ""));
    }
    zip.hazards.extend(hazards);
    Ok(())
}

/// What lies there: a whole member, another end of a zip, or bytes.
fn gap(source: &mut dyn Source, from: u64, to: u64) -> io::Result<Hazard> {
    for (signature, code) in [(b"PK\x03\x04", &hazards::HIDDEN_MEMBER), (b"PK\x05\x06", &hazards::SECOND_END)] {
        let place = next(source, signature, from, to)?;
        if place < to {
            return Ok(Hazard::at(code, place, ""));
        }
    }
    Ok(Hazard::at(&hazards::HIDDEN_BYTES, from, ""))
}
