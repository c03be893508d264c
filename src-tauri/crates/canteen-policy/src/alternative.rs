//! What to use instead: the approved models for the same job on this computer, ranked, each with its reasons.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use canteen_types::{ByteSize, DataClass, Entry, EntryId, EntryKey, Task};

use crate::{Candidate, Machine, Speed, Suits, room_for, suits};

/// Alternatives that are named; more do not help a person to choose.
const MOST: usize = 3;

/// What the unapproved model was probably used for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The work, best guess first.
    pub tasks: Vec<Task>,
    /// BCP 47 tags of the languages that the person works in, first one first; empty where nobody knows.
    pub languages: Vec<String>,
    /// Kinds of data that the work takes; empty where nobody knows.
    pub data: BTreeSet<DataClass>,
    /// Size of the unapproved weights: the person has shown that this much is acceptable.
    pub size: ByteSize,
    /// The approved entry whose weights these are kin of: what comes nearest to what the person chose.
    pub kin: Option<EntryId>,
}

/// Something that speaks for an alternative, or that the person should know before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// It is the approved form of the same model.
    SameModel,
    /// It is approved for this work, best guess first.
    SameWork(Vec<Task>),
    /// It knows these of the person's languages.
    Languages(Vec<String>),
    /// It was not made for any of the person's languages.
    NoLanguage,
    /// It may be given these of the kinds of data that the work takes.
    Data(BTreeSet<DataClass>),
    /// How it suits the computer, and how quickly it writes here.
    Runs(Suits, Speed),
    /// It is on this computer already.
    Ready,
    /// It must be fetched: so many bytes.
    ToFetch(ByteSize),
    /// Its licence must be read and accepted first.
    LicenceToAccept(String),
}

/// The approved model for the same work, and why this one.
#[derive(Clone, Debug)]
pub struct Alternative<'a> {
    /// Which, with what is known about it here.
    pub candidate: Candidate<'a>,
    /// Why: what counts most comes first.
    pub because: Vec<Because>,
}

/// Why there is nothing to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NothingSuits {
    /// Nothing is approved for this person.
    NothingApproved,
    /// Nothing that is approved does this work in Canteen.
    OtherWork,
    /// What does it must not be given such data.
    NotForData,
    /// What does it needs more memory than this computer has: so much at the least.
    NeedsMemory(ByteSize),
}

/// Ranks what is approved for the person. At most three, the best first.
///
/// Only what does the same work, may be given the data and fits the memory is offered. Among them counts, in this order: that it is
/// the same model, how much of the work it does, that nobody waits for its words, the person's languages, the data that it may be given, that it is here
/// already, that no licence has to be accepted, and how near it is in size.
///
/// # Errors
/// What it was that ruled out the ones that came nearest.
pub fn alternatives<'a>(
    wanted: &Wanted,
    machine: Machine,
    candidates: impl Iterator<Item = Candidate<'a>>,
) -> Result<Vec<Alternative<'a>>, NothingSuits> {
    let mut nearest = NothingSuits::NothingApproved;
    let mut suited = Vec::new();
    for candidate in candidates {
        match ruled_out(wanted, machine, candidate.entry) {
            Some(why) => nearest = nearer(nearest, why),
            None => suited.push(candidate),
        }
    }
    suited.sort_by_cached_key(|candidate| rank(wanted, machine, candidate));
    suited.truncate(MOST);
    if suited.is_empty() {
        return Err(nearest);
    }
    Ok(suited.into_iter().map(|candidate| Alternative { because: because(wanted, machine, &candidate), candidate }).collect())
}

fn ruled_out(wanted: &Wanted, machine: Machine, entry: &Entry) -> Option<NothingSuits> {
    let suit = suits(room_for(entry.memory_minimum, machine.memory), Speed::Unknown);
    if !entry.runs_in_engine() || shared_tasks(wanted, entry).is_empty() {
        Some(NothingSuits::OtherWork)
    } else if entry.data_not_approved.iter().any(|class| wanted.data.contains(class)) {
        Some(NothingSuits::NotForData)
    } else {
        (suit == Suits::Not).then_some(NothingSuits::NeedsMemory(entry.memory_minimum))
    }
}

/// What came further; of two that need memory, the one that needs less.
fn nearer(one: NothingSuits, other: NothingSuits) -> NothingSuits {
    match (one, other) {
        (NothingSuits::NeedsMemory(one), NothingSuits::NeedsMemory(other)) => NothingSuits::NeedsMemory(one.min(other)),
        (one, other) => one.max(other),
    }
}

fn shared_tasks(wanted: &Wanted, entry: &Entry) -> Vec<Task> {
    wanted.tasks.iter().copied().filter(|task| entry.tasks.contains(task)).collect()
}

/// The person's languages that the model knows; regions do not matter.
fn shared_languages(wanted: &Wanted, entry: &Entry) -> Vec<String> {
    let main = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let known: BTreeSet<String> = entry.languages.iter().map(|tag| main(tag)).collect();
    wanted.languages.iter().filter(|tag| known.contains(&main(tag))).cloned().collect()
}

fn shared_data(wanted: &Wanted, entry: &Entry) -> BTreeSet<DataClass> {
    entry.data_approved.iter().copied().filter(|class| wanted.data.contains(class)).collect()
}

fn rank(wanted: &Wanted, machine: Machine, candidate: &Candidate<'_>) -> impl Ord + use<> {
    let entry = candidate.entry;
    let tasks = shared_tasks(wanted, entry);
    let waits = match suits(room_for(entry.memory_minimum, machine.memory), candidate.speed) {
        Suits::Well => 0_u8,
        Suits::Tightly => 1,
        Suits::Slowly => 2,
        Suits::Not => 3,
    };
    let languages = shared_languages(wanted, entry);
    let first = languages.first().is_some_and(|language| Some(language) == wanted.languages.first());
    let licence = entry.licence.must_accept && !candidate.installed;
    let distance = entry.artifact.size.bytes().abs_diff(wanted.size.bytes());
    (
        Reverse(wanted.kin.as_ref() == Some(&entry.key.id)),
        (Reverse(tasks.len()), waits, Reverse(first), Reverse(languages.len())),
        (Reverse(shared_data(wanted, entry).len()), Reverse(candidate.installed), licence, distance),
        entry.key.clone(),
    )
}

fn because(wanted: &Wanted, machine: Machine, candidate: &Candidate<'_>) -> Vec<Because> {
    let entry = candidate.entry;
    let (languages, data) = (shared_languages(wanted, entry), shared_data(wanted, entry));
    let suit = suits(room_for(entry.memory_minimum, machine.memory), candidate.speed);
    let language = if languages.is_empty() { Because::NoLanguage } else { Because::Languages(languages) };
    let licence =
        (entry.licence.must_accept && !candidate.installed).then(|| Because::LicenceToAccept(entry.licence.name().to_owned()));
    let ready = if candidate.installed { Because::Ready } else { Because::ToFetch(entry.artifact.size) };
    let same = wanted.kin.as_ref() == Some(&entry.key.id);
    [
        same.then_some(Because::SameModel),
        Some(Because::SameWork(shared_tasks(wanted, entry))),
        Some(Because::Runs(suit, candidate.speed)),
        (!wanted.languages.is_empty()).then_some(language),
        (!data.is_empty()).then_some(Because::Data(data)),
        Some(ready),
        licence,
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Alternative<'_> {
    /// A sentence for the person, in English.
    #[must_use]
    pub fn sentence(&self) -> String {
        let entry = self.candidate.entry;
        let name = &entry.display_name;
        if self.candidate.installed {
            format!("{name} is approved for the same work and is ready on this computer.")
        } else {
            format!("{name} is approved for the same work; fetching it takes {}.", entry.artifact.size.as_file())
        }
    }

    /// The entry and version.
    #[must_use]
    pub const fn key(&self) -> &EntryKey {
        &self.candidate.entry.key
    }
}

impl NothingSuits {
    /// A sentence for the person, in English.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::NothingApproved => "Nothing is approved for you yet. You can ask for approval.".into(),
            Self::OtherWork => "Nothing that is approved does this work yet. You can ask for approval.".into(),
            Self::NotForData => "What is approved for this work must not be given such data. You can ask for approval.".into(),
            Self::NeedsMemory(least) => {
                format!(
                    "What is approved for this work needs at least {} of memory. You can ask for approval.",
                    least.as_memory()
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use canteen_types::WeightFormat;
    use proptest::prelude::*;

    use super::*;
    use crate::permit::tests::entry;

    const MACHINE: Machine = Machine { memory: ByteSize::new(8 << 30), cores: 4 };

    fn wanted() -> Wanted {
        Wanted {
            tasks: vec![Task::Chat, Task::Code],
            languages: vec!["de-DE".into(), "en".into()],
            data: [DataClass::Internal].into(),
            size: ByteSize::new(78_000_000),
            kin: None,
        }
    }

    fn with(id: &str, change: impl FnOnce(&mut Entry)) -> Entry {
        let mut entry = entry(id);
        change(&mut entry);
        entry
    }

    fn here(entry: &Entry) -> Candidate<'_> {
        Candidate { entry, installed: false, speed: Speed::Unknown }
    }

    /// Which of two that differ in one thing comes first, whatever their order.
    fn first(one: Candidate<'_>, other: Candidate<'_>) -> String {
        let pick =
            |all: [Candidate<'_>; 2]| alternatives(&wanted(), MACHINE, all.into_iter()).unwrap().remove(0).key().id.to_string();
        assert_eq!(pick([one, other]), pick([other, one]));
        pick([one, other])
    }

    #[test]
    fn each_thing_counts_and_the_one_before_counts_more() {
        let plain = entry("a");
        let better = |change: fn(&mut Entry)| first(here(&plain), here(&with("b", change)));
        assert_eq!(better(|e| e.tasks.push(Task::Code)), "b");
        assert_eq!(better(|e| e.languages = vec!["de".into()]), "b", "the person's first language");
        assert_eq!(better(|e| e.data_approved = vec![DataClass::Internal]), "b");
        assert_eq!(better(|e| e.artifact.size = ByteSize::new(78_000_001)), "b");
        assert_eq!(better(|e| e.licence.must_accept = true), "a");
        assert_eq!(better(|e| e.memory_minimum = ByteSize::new(7 << 30)), "a", "it fits tightly");
        let ready = Candidate { installed: true, ..here(&plain) };
        assert_eq!(first(ready, here(&with("b", |e| e.artifact.size = ByteSize::new(78_000_001)))), "a");
        assert_eq!(first(ready, here(&with("b", |e| e.languages = vec!["de".into()]))), "b");
        let slow = Candidate { speed: Speed::Measured(2_000), ..ready };
        assert_eq!(first(slow, here(&with("b", |_| ()))), "b", "nobody waits for words where it can be helped");
    }

    #[test]
    fn the_reasons_are_told() {
        let change = |e: &mut Entry| {
            (e.licence.must_accept, e.data_approved) = (true, vec![DataClass::Internal, DataClass::Public]);
        };
        let entry = with("a", change);
        let candidate = Candidate { speed: Speed::Measured(12_000), ..here(&entry) };
        let found = alternatives(&wanted(), MACHINE, std::iter::once(candidate)).unwrap().remove(0);
        let expected = [
            Because::SameWork(vec![Task::Chat]),
            Because::Runs(Suits::Well, Speed::Measured(12_000)),
            Because::Languages(vec!["en".into()]),
            Because::Data([DataClass::Internal].into()),
            Because::ToFetch(ByteSize::new(98_000_000)),
            Because::LicenceToAccept("Apache-2.0".into()),
        ];
        assert_eq!(found.because, expected);
        assert_eq!(found.sentence(), "A is approved for the same work; fetching it takes 98 MB.");
    }

    #[test]
    fn the_approved_form_of_the_same_model_comes_first() {
        let (best, same) = (with("a", |e| e.languages = vec!["de".into()]), entry("b"));
        let wanted = Wanted { kin: Some("b".parse().unwrap()), ..wanted() };
        let found = alternatives(&wanted, MACHINE, [here(&best), here(&same)].into_iter()).unwrap();
        let ids: Vec<String> = found.iter().map(|one| one.key().id.to_string()).collect();
        assert_eq!((ids, found[0].because[0].clone()), (vec!["b".to_owned(), "a".to_owned()], Because::SameModel));
        let too_large = with("b", |e| e.memory_minimum = ByteSize::new(64 << 30));
        let found = alternatives(&wanted, MACHINE, [here(&best), here(&too_large)].into_iter()).unwrap();
        assert_eq!(found[0].key().id.to_string(), "a", "what does not run here is no alternative");
    }

    #[test]
    fn where_nothing_suits_it_is_said_what_came_nearest() {
        let none = |entries: &[Entry]| alternatives(&wanted(), MACHINE, entries.iter().map(here)).unwrap_err();
        let embedder = with("e", |e| e.tasks = vec![Task::Embeddings]);
        let tool = with("t", |e| e.artifact.format = WeightFormat::Safetensors);
        let closed = with("c", |e| e.data_not_approved = vec![DataClass::Internal]);
        let huge = |gib: u64| with("h", |e| e.memory_minimum = ByteSize::new(gib << 30));
        assert_eq!(none(&[]), NothingSuits::NothingApproved);
        assert_eq!(none(&[embedder.clone(), tool]), NothingSuits::OtherWork);
        assert_eq!(none(&[closed.clone(), embedder]), NothingSuits::NotForData);
        let large = none(&[huge(64), closed, huge(16)]);
        assert_eq!(large, NothingSuits::NeedsMemory(ByteSize::new(16 << 30)));
        assert!(large.sentence().contains("16 GiB"), "{}", large.sentence());
    }

    proptest! {
        #[test]
        fn the_order_of_the_catalogue_does_not_matter_and_few_are_named(sizes in proptest::collection::vec(1..200_u64, 1..8)) {
            let sized = |(n, size): (usize, &u64)| with(&format!("m{n}"), |e| e.artifact.size = ByteSize::new(size * 1_000_000));
            let entries: Vec<Entry> = sizes.iter().enumerate().map(sized).collect();
            let ids = |found: Vec<Alternative<'_>>| found.iter().map(|one| one.key().clone()).collect::<Vec<_>>();
            let forth = ids(alternatives(&wanted(), MACHINE, entries.iter().map(here)).unwrap());
            prop_assert_eq!(&forth, &ids(alternatives(&wanted(), MACHINE, entries.iter().rev().map(here)).unwrap()));
            prop_assert_eq!(forth.len(), entries.len().min(MOST));
        }
    }
}
