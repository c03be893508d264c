//! A zip, read for the question whether two programs see the same in it.
//!
//! Unpackers disagree about damaged and contradicting archives: one trusts the central directory, another the local headers.
//! So both are read and compared, every byte is accounted for, and no contradiction stops the reading.

mod directory;
pub(crate) mod hazards;
mod layout;
mod local;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashSet;
use std::io;

use crate::archive::names::{self, Name};
use crate::hazard::{Hazard, HazardCode};
use crate::section::Source;

/// What is kept of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) size: u64,
    /// Of its local header.
    pub(crate) header_at: u64,
    /// Of its first byte.
    pub(crate) data_at: u64,
    /// Unix mode and such, by the central directory.
    pub(crate) attributes: u32,
    /// Its local header was found where the directory says.
    pub(crate) found: bool,
}

impl Member {
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    pub(crate) const fn encrypted(&self) -> bool {
        // Plain and strong encryption, masked headers.
        self.flags & 0x2041 != 0
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    fn hazard(&self, code: &'static HazardCode) -> Hazard {
        Hazard::at(code, self.header_at, &self.shown())
    }
}

/// What a zip holds, and what is wrong with it before any member is unpacked.
#[derive(Debug, Default)]
pub(crate) struct Zip {
    pub(crate) members: Vec<Member>,
    pub(crate) hazards: Vec<Hazard>,
    /// Where its first member begins.
    pub(crate) start: u64,
    /// Where its central directory begins.
    directory_at: u64,
}

/// Bounds for one zip.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) members: u64,
}

/// A hazard of one kind is said this often; a thousand members with the same lie are one lie.
const SAID: usize = 8;

/// `None` where there is neither a directory nor a local header at the beginning.
pub(crate) fn read(source: &mut dyn Source, size: u64, bounds: Bounds) -> io::Result<Option<Zip>> {
    let mut zip = Zip::default();
    if !directory::read(source, size, bounds, &mut zip)? {
        local::walk(source, size, bounds, &mut zip)?;
        if zip.members.is_empty() {
            return Ok(None);
        }
        zip.hazards.push(Hazard::of(&hazards::NO_DIRECTORY, ""));
    } else {
        local::compare(source, size, &mut zip)?;
        layout::account(source, &mut zip)?;
    }
    judge_names(&mut zip);
    zip.hazards = few(std::mem::take(&mut zip.hazards));
    zip.hazards.iter_mut().for_each(|hazard| hazard.keep_inside(size));
    Ok(Some(zip))
}

fn judge_names(zip: &mut Zip) {
    let mut seen = HashSet::new();
    for member in &zip.members {
        let folded = String::from_utf8_lossy(&member.name).to_lowercase();
        if !seen.insert(folded) {
            zip.hazards.push(member.hazard(&hazards::NAME_TWICE));
        }
        if names::judge(&member.name) == Name::LeavesTheFolder {
            zip.hazards.push(member.hazard(&hazards::OUTSIDE));
        }
        if member.is_folder() && member.size > 0 {
            zip.hazards.push(member.hazard(&hazards::FOLDER_WITH_DATA));
        }
        if member.encrypted() {
            zip.hazards.push(member.hazard(&hazards::ENCRYPTED));
        }
        // The upper half of the attributes is a Unix mode: link, device, pipe, socket.
        if matches!(member.attributes >> 28, 0xa | 0x6 | 0x2 | 0x1 | 0xc) {
            zip.hazards.push(member.hazard(&hazards::LINK));
        }
    }
}

/// The first few of each kind.
pub(crate) fn few(hazards: Vec<Hazard>) -> Vec<Hazard> {
    let mut counts = std::collections::HashMap::new();
    hazards
        .into_iter()
        .filter(|hazard| {
            let count = counts.entry(hazard.code.code).or_insert(0_usize);
            *count += 1;
            *count <= SAID
        })
        .collect()
}
