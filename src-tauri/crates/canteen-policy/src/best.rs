//! Which approved models suit a computer best, and how quickly one will write there.

use canteen_types::{ByteSize, Entry, Task};

use crate::{Room, room_for};

/// Tokens per second, in thousandths, from which on a person reads along without waiting.
pub const COMFORTABLE_MILLI: u64 = 5_000;

/// Instruction sets that the engine's build for x86-64 needs (x86-64-v3); it does not start without them.
const NEEDED_X86_64: [&str; 6] = ["SSE4.2", "AVX", "F16C", "FMA", "AVX2", "BMI2"];

/// Bytes per second that one core goes through at the least, while nothing was measured. Used to choose, never shown.
const PRESUMED_PER_CORE: u64 = 2_500_000_000;
/// More cores than these wait for the memory.
const CORES_THAT_COUNT: u32 = 4;

/// What counts of a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// All its memory.
    pub memory: ByteSize,
    /// Physical cores.
    pub cores: u32,
}

/// The speed of a model on this computer, in thousandths of a token per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// Of its last answers here.
    Measured(u64),
    /// Reckoned from what another model reached here.
    Expected(u64),
    /// Nothing was ever run here.
    Unknown,
}

impl Speed {
    /// Measured or expected.
    #[must_use]
    pub const fn milli(self) -> Option<u64> {
        match self {
            Self::Measured(milli) | Self::Expected(milli) => Some(milli),
            Self::Unknown => None,
        }
    }
}

/// What was measured here: size of the weights, and thousandths of a token per second.
pub type Measured = (ByteSize, u64);

/// What to expect of weights of this `size`. Each token reads all weights once, so a computer goes through about the same
/// number of bytes per second with every model; the measured model that is nearest in size tells how many.
#[must_use]
pub fn expected_speed(size: ByteSize, measured: &[Measured]) -> Option<u64> {
    let wanted = u128::from(size.bytes().max(1));
    let ratio = |other: u128| (wanted.max(other) << 16) / wanted.min(other).max(1);
    let nearest = measured
        .iter()
        .filter(|(size, milli)| size.bytes() > 0 && *milli > 0)
        .min_by_key(|(size, milli)| (ratio(u128::from(size.bytes())), *milli))?;
    u64::try_from(u128::from(nearest.0.bytes()) * u128::from(nearest.1) / wanted).ok()
}

/// How a model suits a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suits {
    /// Memory to spare, and quick as far as is known.
    Well,
    /// It fits; a person waits for its words.
    Slowly,
    /// It fits with little memory to spare.
    Tightly,
    /// It needs more memory than there is.
    Not,
}

/// From memory and speed to one word; memory comes first, because without it nothing runs.
#[must_use]
pub const fn suits(room: Room, speed: Speed) -> Suits {
    match (room, speed.milli()) {
        (Room::TooLittle, _) => Suits::Not,
        (_, Some(milli)) if milli < COMFORTABLE_MILLI => Suits::Slowly,
        (Room::Tight, _) => Suits::Tightly,
        (Room::Plenty, _) => Suits::Well,
    }
}

/// Names of instruction sets that the engine needs and this x86-64 processor lacks.
#[must_use]
pub fn lacking(architecture: &str, found: &[&str]) -> Vec<&'static str> {
    if architecture == "x86_64" { NEEDED_X86_64.into_iter().filter(|name| !found.contains(name)).collect() } else { Vec::new() }
}

/// An entry and what is known about it here.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// It is on this computer already.
    pub installed: bool,
    /// Its speed here.
    pub speed: Speed,
}

/// What a suggestion is the best at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BestAt {
    /// The most parameters that still answer comfortably.
    Ability,
    /// The quickest answers.
    Speed,
    /// Being here already.
    Ready,
}

/// One suggestion.
#[derive(Clone, Copy, Debug)]
pub struct Best<'a> {
    /// Which, with its speed.
    pub candidate: Candidate<'a>,
    /// Why.
    pub at: BestAt,
}

/// At most three models to chat with on this computer: the most able one that is comfortable, a clearly quicker one, and the most
/// able of those that are installed. Only what fits the memory and may be given data is suggested.
#[must_use]
pub fn best_for<'a>(machine: Machine, candidates: impl Iterator<Item = Candidate<'a>>) -> Vec<Best<'a>> {
    let usable: Vec<Candidate<'a>> = candidates.filter(|candidate| is_usable(machine, candidate.entry)).collect();
    let pace = |candidate: &Candidate<'_>| candidate.speed.milli().unwrap_or_else(|| presumed(machine, candidate.entry));
    let able =
        |candidate: &&Candidate<'a>| (candidate.entry.parameters, candidate.installed, std::cmp::Reverse(&candidate.entry.key));
    let quick = |candidate: &&Candidate<'a>| (pace(candidate), std::cmp::Reverse(&candidate.entry.key));
    let comfortable = |candidate: &&Candidate<'a>| {
        pace(candidate) >= COMFORTABLE_MILLI && room_for(candidate.entry.memory_minimum, machine.memory) == Room::Plenty
    };
    let mut best: Vec<Best<'a>> = Vec::new();
    let first = usable.iter().filter(comfortable).max_by_key(able);
    best.extend(first.map(|candidate| Best { candidate: *candidate, at: BestAt::Ability }));
    let quickest = usable.iter().max_by_key(quick).filter(|quickest| {
        // Half as fast again: less is not felt.
        first.is_none_or(|first| pace(quickest).saturating_mul(2) >= pace(first).saturating_mul(3))
    });
    let ready = usable.iter().filter(comfortable).filter(|candidate| candidate.installed).max_by_key(able);
    for (candidate, at) in [(quickest, BestAt::Speed), (ready, BestAt::Ready)] {
        let new = candidate.filter(|new| best.iter().all(|known| known.candidate.entry.key != new.entry.key));
        best.extend(new.map(|candidate| Best { candidate: *candidate, at }));
    }
    best
}

fn is_usable(machine: Machine, entry: &Entry) -> bool {
    entry.runs_in_engine()
        && entry.tasks.contains(&Task::Chat)
        && !entry.data_approved.is_empty()
        && room_for(entry.memory_minimum, machine.memory) != Room::TooLittle
}

fn presumed(machine: Machine, entry: &Entry) -> u64 {
    let bytes_per_second = PRESUMED_PER_CORE * u64::from(machine.cores.clamp(1, CORES_THAT_COUNT));
    bytes_per_second.saturating_mul(1000) / entry.artifact.size.bytes().max(1)
}

#[cfg(test)]
mod tests {
    use canteen_types::DataClass;
    use proptest::prelude::*;

    use super::*;
    use crate::permit::tests::entry;

    const MACHINE: Machine = Machine { memory: ByteSize::new(16 << 30), cores: 4 };

    /// Parameters in millions, half a byte each; needs as much memory as it is large.
    fn chat(id: &str, millions: u64) -> Entry {
        let mut entry = entry(id);
        entry.parameters = millions * 1_000_000;
        entry.artifact.size = ByteSize::new(millions * 500_000);
        entry.memory_minimum = ByteSize::new(millions * 600_000);
        entry.data_approved = vec![DataClass::Public];
        entry
    }

    fn picks(entries: &[(&Entry, bool, Speed)]) -> Vec<(String, BestAt)> {
        let candidates =
            entries.iter().map(|(entry, installed, speed)| Candidate { entry, installed: *installed, speed: *speed });
        best_for(MACHINE, candidates).into_iter().map(|best| (best.candidate.entry.key.id.to_string(), best.at)).collect()
    }

    #[test]
    fn the_most_able_comfortable_one_a_quick_one_and_the_one_that_is_here() {
        let [small, middle, large, huge] =
            [("small", 135), ("middle", 1_000), ("large", 3_000), ("huge", 20_000)].map(|(id, m)| chat(id, m));
        let all = [
            (&small, false, Speed::Unknown),
            (&middle, true, Speed::Unknown),
            (&large, false, Speed::Unknown),
            (&huge, true, Speed::Unknown),
        ];
        let wanted = [("large", BestAt::Ability), ("small", BestAt::Speed), ("middle", BestAt::Ready)];
        assert_eq!(picks(&all), wanted.map(|(id, at)| (id.to_owned(), at)));
    }

    #[test]
    fn a_measured_speed_beats_what_is_presumed() {
        let (small, large) = (chat("small", 135), chat("large", 3_000));
        let slow = [(&small, false, Speed::Unknown), (&large, false, Speed::Measured(900))];
        assert_eq!(picks(&slow), [("small".to_owned(), BestAt::Ability)]);
        let quick = [(&small, false, Speed::Measured(60_000)), (&large, false, Speed::Measured(50_000))];
        assert_eq!(picks(&quick), [("large".to_owned(), BestAt::Ability)], "a little quicker is no reason");
    }

    #[test]
    fn where_nothing_is_comfortable_the_quickest_is_still_named() {
        let (one, two) = (chat("one", 8_000), chat("two", 9_000));
        let all = [(&one, false, Speed::Expected(2_000)), (&two, true, Speed::Expected(1_500))];
        assert_eq!(picks(&all), [("one".to_owned(), BestAt::Speed)]);
    }

    #[test]
    fn nothing_is_suggested_that_does_not_fit_does_not_chat_or_may_be_told_nothing() {
        let (mut files, mut embedder, mut sealed) = (chat("files", 100), chat("embedder", 100), chat("sealed", 100));
        files.artifact.format = canteen_types::WeightFormat::Safetensors;
        embedder.tasks = vec![Task::Completion];
        sealed.data_approved.clear();
        let huge = chat("huge", 60_000);
        let all = [&files, &embedder, &sealed, &huge].map(|entry| (entry, true, Speed::Unknown));
        assert_eq!(picks(&all), []);
    }

    #[test]
    fn speed_is_reckoned_from_the_measured_model_that_is_nearest_in_size() {
        let gigabytes = |n: u64| ByteSize::new(n * 1_000_000_000);
        assert_eq!(expected_speed(gigabytes(4), &[]), None);
        assert_eq!(expected_speed(gigabytes(4), &[(gigabytes(2), 10_000)]), Some(5_000), "twice the bytes, half the speed");
        let both = [(ByteSize::new(100_000_000), 90_000), (gigabytes(2), 10_000)];
        assert_eq!(expected_speed(gigabytes(4), &both), Some(5_000));
        assert_eq!(expected_speed(ByteSize::new(200_000_000), &both), Some(45_000));
    }

    #[test]
    fn one_word_for_memory_and_speed() {
        assert_eq!(suits(Room::TooLittle, Speed::Measured(90_000)), Suits::Not);
        assert_eq!(suits(Room::Plenty, Speed::Expected(4_999)), Suits::Slowly);
        assert_eq!(suits(Room::Tight, Speed::Measured(5_000)), Suits::Tightly);
        assert_eq!(suits(Room::Plenty, Speed::Unknown), Suits::Well);
    }

    #[test]
    fn an_old_processor_is_told_by_what_it_lacks() {
        assert_eq!(lacking("x86_64", &["SSE4.2", "AVX"]), ["F16C", "FMA", "AVX2", "BMI2"]);
        assert_eq!(lacking("aarch64", &[]), [""; 0]);
    }

    proptest! {
        #[test]
        fn of_its_own_size_a_model_is_expected_as_quick_as_measured(size in 1_u64.., milli in 1_u64..) {
            let size = ByteSize::new(size);
            prop_assert_eq!(expected_speed(size, &[(size, milli)]), Some(milli));
        }
    }
}
