use std::cmp::Reverse;

use canteen_types::{ByteSize, Entry, Task};

use crate::{Room, room_for};

/// What the unapproved model was probably used for, and on which computer.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The work, best guess first.
    pub tasks: Vec<Task>,
    /// Size of the unapproved weights: the person has shown that this much is acceptable.
    pub size: ByteSize,
    /// All the memory of this computer.
    pub memory: ByteSize,
}

/// The approved model for the same work, and why this one.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative<'a> {
    /// Which.
    pub entry: &'a Entry,
    /// It is on this computer already.
    pub installed: bool,
    /// A sentence for the person.
    pub because: String,
}

/// Picks from `entries` (with whether each is installed). Only models that chat here and fit the memory are offered;
/// among them: same work, on this computer already, no licence to accept, nearest in size.
#[must_use]
pub fn best_alternative<'a>(wanted: &Wanted, entries: impl Iterator<Item = (&'a Entry, bool)>) -> Option<Alternative<'a>> {
    entries
        .filter(|(entry, _)| entry.runs_in_engine() && room_for(entry.memory_minimum, wanted.memory) != Room::TooLittle)
        .map(|(entry, installed)| (entry, installed, shared_tasks(wanted, entry)))
        .filter(|(_, _, shared)| *shared > 0)
        .min_by_key(|(entry, installed, shared)| {
            let distance = entry.artifact.size.bytes().abs_diff(wanted.size.bytes());
            (Reverse(*shared), Reverse(*installed), entry.licence.must_accept, distance, entry.key.clone())
        })
        .map(|(entry, installed, _)| Alternative { entry, installed, because: because(entry, installed) })
}

fn shared_tasks(wanted: &Wanted, entry: &Entry) -> usize {
    wanted.tasks.iter().filter(|task| entry.tasks.contains(task)).count()
}

fn because(entry: &Entry, installed: bool) -> String {
    let name = &entry.display_name;
    if installed {
        format!("{name} is approved for the same work and is ready on this computer.")
    } else {
        format!("{name} is approved for the same work; fetching it takes {}.", entry.artifact.size.as_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permit::tests::entry;

    fn wanted() -> Wanted {
        Wanted { tasks: vec![Task::Chat], size: ByteSize::new(78_000_000), memory: ByteSize::new(8 << 30) }
    }

    #[test]
    fn what_is_installed_comes_first_then_what_is_nearest_in_size() {
        let (small, mut large) = (entry("small"), entry("large"));
        large.artifact.size = ByteSize::new(5_000_000_000);
        let pick = |installed: &str| {
            let all = [&large, &small].map(|e| (e, e.key.id.as_str() == installed));
            best_alternative(&wanted(), all.into_iter()).unwrap().entry.key.id.to_string()
        };
        assert_eq!(pick("large"), "large");
        assert_eq!(pick("none"), "small");
    }

    #[test]
    fn nothing_is_offered_that_does_not_fit_or_does_other_work() {
        let (mut huge, mut embedder) = (entry("huge"), entry("embedder"));
        huge.memory_minimum = ByteSize::new(64 << 30);
        embedder.tasks = vec![Task::Embeddings];
        assert_eq!(best_alternative(&wanted(), [(&huge, true), (&embedder, true)].into_iter()), None);
    }
}
