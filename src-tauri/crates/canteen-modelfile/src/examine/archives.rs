//! Archives, member by member. Nothing is written anywhere; what is unpacked stands in memory, up to a bound.

mod sevenzip;
mod torch;
mod torchscript;

use std::io::{self, Cursor};

pub(crate) use torch::ALL as TORCH_HAZARDS;
pub(crate) use torchscript::ALL as TORCHSCRIPT_HAZARDS;

use super::hazards;
use super::look::{Budget, Look, Thing, look};
use crate::archive::{self, tar, unpack, zip};
use crate::formats::{self, NoFolder};
use crate::hazard::{Hazard, Severity};
use crate::kind::Kind;
use crate::numpy;
use crate::section::{Section, Source, read_at};

/// Members that are looked at where members share bytes.
const MOST_SHARED: usize = 64;
/// Bytes from one packed byte. Weights that are all zero aside, nothing published comes near.
const MOST_RATIO: u64 = 100;
/// How many times a byte of such data counts.
const CHEAP: u64 = 8;
/// Bytes of a member that is not packed, whose check sum is looked at: larger ones are not read whole.
const MOST_CHECKED: u64 = 1 << 20;

impl Budget<'_> {
    /// Whether one more member may be looked at; the first that may not is said.
    fn take_member(&mut self, look: &mut Look) -> bool {
        let Some(left) = self.members.checked_sub(1) else {
            look.hazards.push(Hazard::of(&archive::hazards::TOO_MUCH, "members"));
            return false;
        };
        self.members = left;
        true
    }

    /// Bytes that several members share are read for each of them, as often as archives of such members lie in each other.
    fn take_shared(&mut self, bytes: u64, look: &mut Look) -> bool {
        let Some(left) = self.unpacked.checked_sub(bytes) else {
            look.hazards.push(Hazard::of(&archive::hazards::TOO_MUCH, "members that share bytes"));
            return false;
        };
        self.unpacked = left;
        true
    }
}

/// Where an archive stands. Members come back to [`look`]; the depth bounds how often.
#[derive(Clone, Copy)]
pub(super) struct Archive {
    pub(super) size: u64,
    pub(super) depth: u8,
}

impl Archive {
    fn too_deep(self, look: &mut Look, budget: &Budget<'_>) -> bool {
        let deep = self.depth >= budget.bounds.depth;
        if deep {
            look.hazards.push(Hazard::of(&archive::hazards::NESTED, ""));
            look.looked_into = false;
        }
        deep
    }

    pub(super) fn zip(self, source: &mut dyn Source, look: &mut Look, budget: &mut Budget<'_>) -> io::Result<()> {
        let bounds = zip::Bounds { members: budget.bounds.members };
        let Some(zip) = zip::read(source, self.size, bounds)? else {
            look.hazards.push(Hazard::of(&zip::hazards::NO_DIRECTORY, ""));
            return Ok(());
        };
        let kinds = self.members_of_zip(source, zip, look, budget)?;
        look.kind = kind_of_zip(&kinds);
        if look.kind == Kind::Keras && !kinds.iter().any(|(_, kind)| *kind == Kind::KerasConfig) {
            look.hazards.push(Hazard::of(formats::KERAS_UNREADABLE, "config.json"));
        }
        let own_code = look.kind == Kind::TorchScript;
        // TorchScript's `code/*.py` is no Python: nothing imports it.
        let is_code = |hazard: &Hazard| hazard.position.members.first().is_some_and(|name| torchscript::is_code(name));
        look.hazards.retain(|hazard| !(own_code && hazard.code == &hazards::PYTHON && is_code(hazard)));
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "every other kind ends where it says")]
    /// A zip is found from its end, so it may stand behind a file of any other kind.
    pub(super) fn zip_behind(self, source: &mut dyn Source, look: &mut Look, budget: &mut Budget<'_>) -> io::Result<()> {
        let bounds = zip::Bounds { members: budget.bounds.members };
        let Some(zip) = zip::read(source, self.size, bounds)?.filter(|zip| zip.members.iter().any(|member| member.found)) else {
            return Ok(());
        };
        // The last member of a tar may be a zip, and a zip stands bare in compressed data that did not get smaller: both were
        // looked at as what they are, and something follows them. Only a zip that ends the file is a second thing.
        let wraps =
            matches!(look.kind, Kind::Tar | Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd | Kind::Lz4 | Kind::SevenZip);
        if wraps && zip.hazards.iter().any(|hazard| hazard.code == &zip::hazards::TAIL) {
            return Ok(());
        }
        let start = zip.start;
        let kinds = self.members_of_zip(source, zip, look, budget)?;
        let weights = kinds.iter().any(|(_, kind)| *kind == Kind::Gguf);
        match look.kind {
            Kind::Elf | Kind::Pe | Kind::MachO | Kind::OtherProgram if weights => look.kind = Kind::Llamafile,
            // A program that unpacks itself is no second thing, and TensorFlow Lite keeps labels so.
            Kind::Elf | Kind::Pe | Kind::MachO | Kind::OtherProgram | Kind::Tflite => {}
            Kind::Unknown | Kind::Text => {
                look.kind = kind_of_zip(&kinds);
                look.hazards.push(Hazard::at(&zip::hazards::BEFORE, start, ""));
            }
            _ => look.hazards.push(Hazard::at(&hazards::TWO_THINGS, start, "zip")),
        }
        Ok(())
    }

    fn members_of_zip(
        self,
        source: &mut dyn Source,
        zip: zip::Zip,
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<Vec<(String, Kind)>> {
        look.hazards.extend(zip.hazards);
        let mut kinds = Vec::new();
        if self.too_deep(look, budget) {
            return Ok(kinds);
        }
        // Members that share bytes multiply what is to be read, and are dangerous already: a few of them are enough to show.
        let shared = look.hazards.iter().any(|hazard| hazard.code == &zip::hazards::OVERLAP);
        let most = if shared { MOST_SHARED } else { usize::MAX };
        let inside = |member: &&zip::Member| member.found && !(member.is_folder() && member.size == 0);
        for member in zip.members.iter().filter(inside).take(most) {
            if !budget.take_member(look) || shared && !budget.take_shared(member.packed.min(self.size), look) {
                break;
            }
            let name = member.shown();
            let kind = self.member_of_zip(source, member, look, budget)?;
            let storages = std::mem::take(&mut look.storages);
            look.hazards.extend(torch::storages(&name, &storages, &zip.members));
            kinds.extend(kind.map(|kind| (name, kind)));
        }
        // Many members, none of which is one alone.
        let claimed = zip.members.iter().fold(0_u64, |all, member| all.saturating_add(member.size));
        let said = look.hazards.iter().any(|hazard| hazard.code == &zip::hazards::BOMB);
        if !said && claimed / self.size.max(1) > MOST_RATIO && claimed > budget.bounds.unpacked_bytes {
            look.hazards.push(Hazard::of(&zip::hazards::BOMB, "in all"));
        }
        look.hazards.extend(torch::byte_order(source, &zip.members)?);
        if kind_of_zip(&kinds) == Kind::TorchScript {
            for member in zip.members.iter().filter(|member| member.found && torchscript::is_code(&member.shown())) {
                self.code(source, member, look, budget)?;
            }
        }
        look.hazards = zip::few(std::mem::take(&mut look.hazards));
        Ok(kinds)
    }

    fn member_of_zip(
        self,
        source: &mut dyn Source,
        member: &zip::Member,
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<Option<Kind>> {
        let name = member.shown();
        let at = |code| Hazard::at(code, member.header_at, &name);
        let mut packed = Section::new(source, member.data_at, member.packed.min(self.size.saturating_sub(member.data_at)));
        match member.method {
            0 => {
                if member.packed != member.size && !member.encrypted() {
                    look.hazards.push(at(&zip::hazards::DAMAGED));
                }
                let size = member.packed.min(self.size.saturating_sub(member.data_at));
                if size <= MOST_CHECKED {
                    let bytes = read_at(&mut packed, 0, size)?;
                    if unpack::crc(&bytes) != member.crc {
                        look.hazards.push(at(&zip::hazards::DAMAGED));
                    }
                }
                let inner = self.inner(&mut packed, size, &name, budget)?;
                Ok(Some(keep(look, inner, &name)))
            }
            8 => {
                // Bytes that cost nothing to send cost time to read: of these fewer are looked at, and each counts for more.
                let cheap = member.size / member.packed.max(1) > MOST_RATIO;
                let price = if cheap { CHEAP } else { 1 };
                let most = (budget.bounds.member_bytes / price).min(budget.unpacked);
                let unpacked = unpack::inflate(packed, most)?;
                budget.unpacked = budget.unpacked.saturating_sub((unpacked.bytes.len() as u64).saturating_mul(price));
                let claimed = member.size.max(unpacked.bytes.len() as u64);
                if claimed / member.packed.max(1) > MOST_RATIO && claimed > budget.bounds.unpacked_bytes {
                    look.hazards.push(at(&zip::hazards::BOMB));
                }
                let size = unpacked.bytes.len() as u64;
                let wrong = unpacked.damaged || (unpacked.whole && (size != member.size || unpacked.crc() != member.crc));
                if wrong || (!unpacked.whole && member.size <= size) {
                    look.hazards.push(at(&zip::hazards::DAMAGED));
                }
                Ok(Some(self.unpacked(unpacked, &name, look, budget)?))
            }
            _ => {
                look.hazards.push(at(&zip::hazards::METHOD));
                Ok(None)
            }
        }
    }

    /// What was unpacked into memory; only the beginning, when there was too much of it.
    fn unpacked(self, unpacked: unpack::Unpacked, name: &str, look: &mut Look, budget: &mut Budget<'_>) -> io::Result<Kind> {
        let size = unpacked.bytes.len() as u64;
        let mut inner = self.inner(&mut Cursor::new(unpacked.bytes), size, name, budget)?;
        let kind = inner.kind;
        // An array says at its beginning what it is; everything else is judged by all of it.
        if !unpacked.whole && !unpacked.damaged {
            if kind != Kind::Npy {
                look.hazards.push(Hazard::of(&archive::hazards::TOO_MUCH, name));
                // An unpickler reads in order: what stands at the beginning runs, whatever follows.
                inner.hazards.retain(|hazard| kind == Kind::Pickle && hazard.code.severity == Severity::Dangerous);
                return Ok(keep(look, inner, name));
            }
            inner.hazards.retain(|hazard| hazard.code != &numpy::TRUNCATED);
        }
        Ok(keep(look, inner, name))
    }

    fn inner(self, source: &mut dyn Source, size: u64, name: &str, budget: &mut Budget<'_>) -> io::Result<Look> {
        look(Thing { source, size, name, depth: self.depth.saturating_add(1), folder: &NoFolder }, budget)
    }

    pub(super) fn tar(self, source: &mut dyn Source, look: &mut Look, budget: &mut Budget<'_>) -> io::Result<()> {
        let tar = tar::read(source, self.size, budget.bounds.members)?;
        look.hazards.extend(tar.hazards);
        if self.too_deep(look, budget) {
            return Ok(());
        }
        for member in &tar.members {
            if !budget.take_member(look) {
                break;
            }
            let name = String::from_utf8_lossy(&member.name).into_owned();
            let size = member.size.min(self.size.saturating_sub(member.at));
            let inner = self.inner(&mut Section::new(source, member.at, size), size, &name, budget)?;
            keep(look, inner, &name);
        }
        look.hazards = zip::few(std::mem::take(&mut look.hazards));
        Ok(())
    }

    /// Compressed data of one file.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller names the kinds; zlib is the last of them")]
    pub(super) fn compressed(
        self,
        source: &mut dyn Source,
        name: &str,
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<()> {
        if self.too_deep(look, budget) {
            return Ok(());
        }
        let most = budget.bounds.member_bytes.min(budget.unpacked);
        let unpacked = match look.kind {
            Kind::Gzip => unpack::gunzip(Section::new(source, 0, self.size), most)?,
            Kind::Bzip2 => unpack::bunzip2(Section::new(source, 0, self.size), most)?,
            Kind::Zstd => unpack::unzstd(Section::new(source, 0, self.size), most)?,
            Kind::Lz4 => unpack::unlz4(Section::new(source, 0, self.size), most)?,
            Kind::Xz => unpack::unxz(source, self.size, most)?,
            _ => unpack::unzlib(source, self.size, most)?,
        };
        budget.unpacked = budget.unpacked.saturating_sub(unpacked.bytes.len() as u64);
        // Two bytes are not much of a mark: numbers may begin like it.
        if look.kind == Kind::Zlib && unpacked.damaged && Kind::of(&unpacked.bytes) == Kind::Unknown {
            look.kind = Kind::Unknown;
            return Ok(());
        }
        if unpacked.damaged {
            look.hazards.push(Hazard::of(&archive::hazards::DAMAGED, ""));
        }
        if !unpacked.whole && !unpacked.damaged && most / self.size.max(1) > MOST_RATIO {
            look.hazards.push(Hazard::of(&archive::hazards::BOMB, ""));
        }
        let endings = [".gz", ".tgz", ".z", ".bz2", ".tbz2", ".xz", ".txz", ".lzma", ".zst", ".lz4"];
        let inner = endings.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        self.unpacked(unpacked, inner, look, budget)?;
        Ok(())
    }
}

/// Takes the hazards of a member over, as seen from outside.
fn keep(look: &mut Look, inner: Look, name: &str) -> Kind {
    look.hazards.extend(inner.hazards.into_iter().map(|hazard| hazard.within(name)));
    if look.facts.is_none() {
        look.facts = inner.facts;
    }
    look.described = look.described.take().or(inner.described);
    look.storages = inner.storages;
    look.holds_model |= inner.holds_model || inner.kind.is_model();
    inner.kind
}

fn kind_of_zip(members: &[(String, Kind)]) -> Kind {
    let ends = |end: &str| members.iter().any(|(name, _)| name == end || name.ends_with(&format!("/{end}")));
    let has = |kind: Kind| members.iter().any(|(_, found)| *found == kind);
    let within = |part: &str| members.iter().any(|(name, _)| name.contains(part));
    if ends("data.pkl") && (ends("constants.pkl") || within("/code/")) {
        Kind::TorchScript
    } else if ends("data.pkl") {
        Kind::TorchZip
    } else if has(Kind::KerasConfig) || ends("config.json") && within("model.weights.") {
        Kind::Keras
    } else if !members.is_empty() && members.iter().all(|(_, kind)| *kind == Kind::Npy) {
        Kind::Npz
    } else {
        Kind::Zip
    }
}
