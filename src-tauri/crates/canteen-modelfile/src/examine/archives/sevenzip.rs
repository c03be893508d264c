//! The members of a 7z, as they come out of the streams that they are packed in together.

use std::io;

use super::{Archive, MOST_CHECKED, MOST_SHARED, keep};
use crate::archive::hazards::{BOMB, TOO_MUCH};
use crate::archive::sevenzip::{self, Folder, Member, hazards};
use crate::archive::unpack;
use crate::examine::look::{Budget, Look};
use crate::hazard::Hazard;
use crate::section::{Section, Source, read_at};

impl Archive {
    pub(in crate::examine) fn seven_zip(
        self,
        source: &mut dyn Source,
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<()> {
        let seven = sevenzip::read(source, self.size)?;
        look.hazards.extend(seven.hazards);
        look.looked_into &= seven.listed;
        if self.too_deep(look, budget) {
            return Ok(());
        }
        // Streams that share bytes multiply what is to be read, and are dangerous already: a few of them are enough to show.
        let shared = look.hazards.iter().any(|hazard| hazard.code == &hazards::OVERLAP);
        for (folder, members) in seven.folders.iter().take(if shared { MOST_SHARED } else { usize::MAX }) {
            let go_on = match folder.plain() {
                Some(at) => self.plain_members(source, (at, members), look, budget)?,
                None => self.packed_members(source, (folder, members), look, budget)?,
            };
            if !go_on {
                break;
            }
        }
        look.hazards = crate::archive::zip::few(std::mem::take(&mut look.hazards));
        Ok(())
    }

    /// Members that are not packed are read where they stand, however large they are.
    fn plain_members(
        self,
        source: &mut dyn Source,
        (mut at, members): (u64, &[Member]),
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<bool> {
        for member in members {
            if !budget.take_member(look) {
                return Ok(false);
            }
            let mut plain = Section::new(source, at, member.size);
            if member.size <= MOST_CHECKED && member.crc != Some(unpack::crc(&read_at(&mut plain, 0, member.size)?)) {
                look.hazards.push(Hazard::of(&hazards::DAMAGED, &member.name));
            }
            let inner = self.inner(&mut plain, member.size, &member.name, budget)?;
            keep(look, inner, &member.name);
            at = at.saturating_add(member.size);
        }
        Ok(true)
    }

    /// `false` where a bound ends it.
    fn packed_members(
        self,
        source: &mut dyn Source,
        (folder, members): (&Folder, &[Member]),
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<bool> {
        if folder.size() / folder.packed_bytes().max(1) > 100 && folder.size() > budget.bounds.unpacked_bytes {
            look.hazards.push(Hazard::of(&BOMB, ""));
        }
        let shared = sevenzip::shared(source);
        let mut stream = match folder.open(&shared) {
            Ok(stream) => stream,
            Err(closed) => {
                look.hazards.extend(members.iter().map(|member| closed.hazard(&member.name)));
                return Ok(true);
            }
        };
        for member in members {
            if !budget.take_member(look) {
                return Ok(false);
            }
            let most = budget.bounds.member_bytes.min(budget.unpacked);
            let unpacked = unpack::exactly(&mut *stream, member.size, most)?;
            let read = unpacked.bytes.len() as u64;
            budget.unpacked = budget.unpacked.saturating_sub(read);
            let (whole, mut damaged) = (unpacked.whole, unpacked.damaged);
            if damaged || (whole && member.crc.is_some_and(|crc| crc != unpacked.crc())) {
                look.hazards.push(Hazard::of(&hazards::DAMAGED, &member.name));
            }
            self.unpacked(unpacked, &member.name, look, budget)?;
            if !whole && !damaged {
                // The members behind this one come out behind the rest of it.
                let rest = (member.size - read).min(budget.unpacked);
                let behind = unpack::step_over(&mut *stream, rest)?;
                budget.unpacked = budget.unpacked.saturating_sub(rest);
                damaged = !behind;
            }
            if damaged {
                return Ok(true);
            }
            if budget.unpacked == 0 {
                look.hazards.push(Hazard::of(&TOO_MUCH, "members"));
                return Ok(false);
            }
        }
        Ok(true)
    }
}
