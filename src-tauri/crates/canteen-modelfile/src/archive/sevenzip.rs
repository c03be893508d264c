//! 7z: packed streams in front, and a listing behind them, which is mostly packed itself.
//!
//! The listing is read here, so that every number of it is held against the file and every byte is accounted for; what unpacks
//! the streams are libraries.

mod coders;
pub(crate) mod hazards;
mod header;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io;

pub(crate) use coders::shared;
pub(crate) use header::Folder;
use header::{File, Listing, Wrong};

use super::fields::Fields;
use super::names::{self, Name};
use super::unpack;
use crate::hazard::Hazard;
use crate::section::{Source, read_at};

const START: u64 = 32;
/// The listing of a hundred thousand files has some 20 MB.
const LONGEST_HEADER: u64 = 64 << 20;
/// A packed listing may hold another packed one.
const MOST_HEADERS: usize = 4;

/// One file that holds bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) crc: Option<u32>,
}

/// What a 7z holds, and what is wrong with it before any member is unpacked.
#[derive(Debug, Default)]
pub(crate) struct SevenZip {
    /// Each is one packed stream of several members.
    pub(crate) folders: Vec<(Folder, Vec<Member>)>,
    pub(crate) hazards: Vec<Hazard>,
    /// The listing was read to its end.
    pub(crate) listed: bool,
}

/// Where the listing stands.
struct Place {
    at: u64,
    size: u64,
    crc: u32,
}

pub(crate) fn read(source: &mut dyn Source, size: u64) -> io::Result<SevenZip> {
    let mut seven = SevenZip::default();
    let first = read_at(source, 0, START)?;
    let Some(place) = place(&first, size, &mut seven) else { return Ok(seven) };
    if place.size == 0 {
        seven.listed = true;
        return Ok(seven);
    }
    if place.size > LONGEST_HEADER {
        seven.hazards.push(Hazard::at(&hazards::TOO_MUCH, place.at, "a longer listing"));
        return Ok(seven);
    }
    let bytes = read_at(source, place.at, place.size)?;
    if unpack::crc(&bytes) != place.crc {
        seven.hazards.push(Hazard::at(&hazards::DAMAGED, place.at, "the listing's check sum"));
    }
    let mut claimed = vec![(0, START), (place.at, place.size)];
    if let Some(listing) = seven.listing(source, bytes, &mut claimed, size)? {
        seven.take(listing, &mut claimed);
        seven.account(source, claimed, size)?;
    }
    seven.hazards = super::zip::few(std::mem::take(&mut seven.hazards));
    Ok(seven)
}

fn place(first: &[u8], size: u64, seven: &mut SevenZip) -> Option<Place> {
    let place = || {
        let mut fields = Fields(first);
        fields.skip(8)?;
        let crc = fields.u32()?;
        let right = unpack::crc(fields.0) == crc;
        let (offset, size, crc) = (fields.u64()?, fields.u64()?, fields.u32()?);
        Some((Place { at: START.checked_add(offset)?, size, crc }, right))
    };
    let found = place().filter(|(place, _)| place.at.checked_add(place.size).is_some_and(|end| end <= size));
    let Some((place, right)) = found else {
        seven.hazards.push(Hazard::at(&hazards::DAMAGED, size.min(8), "it ends before its listing"));
        return None;
    };
    if !right {
        seven.hazards.push(Hazard::at(&hazards::DAMAGED, 8, "check sum"));
        // Some readers look for the listing from the end of the file then; what they find is not known here.
        return (place.size > 0).then_some(place);
    }
    Some(place)
}

impl SevenZip {
    /// The listing, unpacked as often as it is packed.
    fn listing(
        &mut self,
        source: &mut dyn Source,
        mut bytes: Vec<u8>,
        claimed: &mut Vec<(u64, u64)>,
        size: u64,
    ) -> io::Result<Option<Listing>> {
        for _ in 0..MOST_HEADERS {
            match header::read(&bytes, size) {
                Ok(header::Read::Listing(listing)) => return Ok(Some(listing)),
                Ok(header::Read::Packed(mut folders)) => {
                    claimed.extend(folders.iter().flat_map(|folder| folder.packed.iter().copied()));
                    let (Some(folder), true) = (folders.pop(), folders.is_empty()) else {
                        return Ok(self.wrong(&Wrong::Lies("not one packed listing")));
                    };
                    let Some(unpacked) = self.unpacked(source, &folder)? else { return Ok(None) };
                    bytes = unpacked;
                }
                Err(wrong) => return Ok(self.wrong(&wrong)),
            }
        }
        Ok(self.wrong(&Wrong::TooMuch("packed listings")))
    }

    fn unpacked(&mut self, source: &mut dyn Source, folder: &Folder) -> io::Result<Option<Vec<u8>>> {
        if folder.size() > LONGEST_HEADER {
            self.hazards.push(Hazard::of(&hazards::TOO_MUCH, "a longer listing"));
            return Ok(None);
        }
        let shared = shared(source);
        let unpacked = match folder.open(&shared) {
            Ok(mut stream) => unpack::exactly(&mut *stream, folder.size(), LONGEST_HEADER)?,
            Err(closed) => {
                self.hazards.push(closed.hazard("the listing"));
                return Ok(None);
            }
        };
        if unpacked.damaged || folder.crc.is_some_and(|crc| crc != unpacked.crc()) {
            self.hazards.push(Hazard::of(&hazards::DAMAGED, "the packed listing"));
        }
        Ok((!unpacked.bytes.is_empty()).then_some(unpacked.bytes))
    }

    fn wrong<T>(&mut self, wrong: &Wrong) -> Option<T> {
        self.hazards.push(match wrong {
            Wrong::Cut => Hazard::of(&hazards::DAMAGED, "the listing ends early"),
            Wrong::Lies(what) => Hazard::of(&hazards::HEADER_LIES, what),
            Wrong::TooMuch(what) => Hazard::of(&hazards::TOO_MUCH, what),
        });
        None
    }

    /// Puts names to streams: files that hold bytes, in the order of the streams.
    fn take(&mut self, listing: Listing, claimed: &mut Vec<(u64, u64)>) {
        self.listed = true;
        let mut names = HashSet::new();
        listing.files.iter().for_each(|file| self.judge(file, &mut names));
        let mut holding = listing.files.into_iter().filter(|file| file.holds);
        for folder in listing.folders {
            claimed.extend(&folder.packed);
            let mut nameless = false;
            let mut member = |&(size, crc): &(u64, Option<u32>)| {
                let name = holding.next().map(|file| file.name);
                nameless |= name.is_none();
                Member { name: name.unwrap_or_default(), size, crc }
            };
            let members = folder.streams.iter().map(&mut member).collect();
            if nameless {
                self.hazards.push(Hazard::of(&hazards::HEADER_LIES, "a stream that no name belongs to"));
            }
            self.folders.push((folder, members));
        }
        if holding.next().is_some() {
            self.hazards.push(Hazard::of(&hazards::HEADER_LIES, "a name that no stream belongs to"));
        }
    }

    fn judge(&mut self, file: &File, names: &mut HashSet<String>) {
        let mut say = |code| self.hazards.push(Hazard::of(code, &file.name));
        if names::judge(file.name.as_bytes()) == Name::LeavesTheFolder {
            say(&hazards::OUTSIDE);
        }
        if !file.folder && !names.insert(file.name.to_lowercase()) {
            say(&hazards::NAME_TWICE);
        }
        if file.deletes {
            say(&hazards::DELETES);
        }
        if file.is_link() {
            say(&hazards::LINK);
        }
    }

    /// Every byte belongs to the start, to one stream or to a listing.
    fn account(&mut self, source: &mut dyn Source, mut claimed: Vec<(u64, u64)>, size: u64) -> io::Result<()> {
        claimed.retain(|(_, length)| *length > 0);
        claimed.sort_unstable();
        let mut reached = 0_u64;
        for (at, length) in claimed {
            if at < reached {
                self.hazards.push(Hazard::at(&hazards::OVERLAP, at, ""));
            } else if at > reached {
                self.hazards.push(Hazard::at(&hazards::HIDDEN_BYTES, reached, ""));
            }
            reached = reached.max(at.saturating_add(length));
        }
        // Text tools and mail put a line end behind what they carry.
        if reached < size && read_at(source, reached, 3)?.iter().any(|byte| !byte.is_ascii_whitespace()) {
            self.hazards.push(Hazard::at(&hazards::TAIL, reached, ""));
        }
        Ok(())
    }
}
