//! What this computer can carry, and which models suit it best.

use canteen_os::Computer;
use canteen_policy::{BestAt, Candidate, Machine, Measured, Speed};
use canteen_store::Kept;
use canteen_types::{ByteSize, Digest, Entry};

use crate::App;
use crate::fault::AppError;
use crate::models::Known;
use crate::runs::milli;
use crate::wire::{Fault, Graphics, Hardware, SuggestedFor, Suggestion};

impl App {
    /// What this computer can carry, asked anew.
    ///
    /// # Errors
    /// When the system does not tell.
    pub async fn get_hardware(&self) -> Result<Hardware, Fault> {
        let result = self.blocking(|_| Ok(hardware(Computer::probe()?))).await;
        self.told(result)
    }

    /// At most three models that suit this computer best.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn suggest_models(&self) -> Result<Vec<Suggestion>, Fault> {
        let result = self.blocking(Self::suggestions).await;
        self.told(result)
    }

    fn suggestions(&self) -> Result<Vec<Suggestion>, AppError> {
        let known = self.known()?;
        let entries = self.shelf.entries_for_me();
        let candidates = entries.iter().map(|entry| self.candidate(entry, &known));
        let best = canteen_policy::best_for(self.machine(), candidates);
        Ok(best.into_iter().map(|best| suggestion(best.candidate, best.at)).collect())
    }

    pub(crate) fn machine(&self) -> Machine {
        Machine { memory: self.memory, cores: self.threads }
    }

    pub(crate) fn candidate<'a>(&self, entry: &'a Entry, known: &Known) -> Candidate<'a> {
        let digest = entry.artifact.digest;
        Candidate { entry, installed: known.is_installed(digest) && self.library.has(&digest), speed: known.speed(entry) }
    }
}

impl Known {
    /// Measured where this model ran here; else reckoned from those that did.
    pub(crate) fn speed(&self, entry: &Entry) -> Speed {
        match self.speeds.get(&entry.key.id) {
            Some(milli) => Speed::Measured(*milli),
            None => canteen_policy::expected_speed(entry.artifact.size, &self.measured).map_or(Speed::Unknown, Speed::Expected),
        }
    }

    fn is_installed(&self, digest: Digest) -> bool {
        self.installations.values().any(|row| row.state == Kept::Installed && row.digest == digest)
    }
}

/// The sizes of what was measured; a model that is neither listed nor kept has none and tells nothing about others.
pub(crate) fn measured<'a>(
    speeds: impl Iterator<Item = (&'a canteen_types::EntryId, &'a u64)>,
    size: impl Fn(&canteen_types::EntryId) -> Option<ByteSize>,
) -> Vec<Measured> {
    speeds.filter_map(|(id, milli)| size(id).map(|size| (size, *milli))).collect()
}

fn suggestion(candidate: Candidate<'_>, at: BestAt) -> Suggestion {
    Suggestion {
        model: candidate.entry.key.id.clone(),
        at: match at {
            BestAt::Ability => SuggestedFor::Ability,
            BestAt::Speed => SuggestedFor::Speed,
            BestAt::Ready => SuggestedFor::Ready,
        },
        speed: candidate.speed.milli().map(milli),
        measured: matches!(candidate.speed, Speed::Measured(_)),
    }
}

fn hardware(computer: Computer) -> Hardware {
    let architecture = std::env::consts::ARCH;
    let lacking = canteen_policy::lacking(architecture, &computer.instruction_sets);
    let words = |names: Vec<&'static str>| names.into_iter().map(str::to_owned).collect();
    let graphics = |gpu: canteen_os::Gpu| Graphics { name: gpu.name, memory: gpu.memory.map(ByteSize::bytes) };
    Hardware {
        memory: computer.memory.bytes(),
        memory_available: computer.memory_available.bytes(),
        physical_cores: computer.physical_cores,
        logical_cores: computer.logical_cores,
        processor: computer.processor,
        architecture: architecture.to_owned(),
        lacking: words(lacking),
        instruction_sets: words(computer.instruction_sets),
        gpus: computer.gpus.map(|gpus| gpus.into_iter().map(graphics).collect()),
    }
}
