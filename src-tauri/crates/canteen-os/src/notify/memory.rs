use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::OsError;

/// Notes that are remembered; more than that are never on a screen.
const MOST: usize = 256;
/// Longest file, in bytes: as many keys of 200 bytes.
const LONGEST: u64 = 64 << 10;

/// Which notes stand on the screen, kept beside the session: the next host takes them up, or takes them away. Numbers mean
/// nothing to another notification service than the one that gave them.
#[derive(Debug, Default)]
pub(super) struct Memory {
    path: Option<PathBuf>,
    kept: Kept,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Whose numbers they are: the bus, and the service's name on it.
    service: String,
    notes: BTreeMap<String, u32>,
}

impl Memory {
    /// What an earlier host left with this very service. What cannot be read was left by none.
    pub(super) fn of(path: PathBuf, service: &str) -> Self {
        let read = || -> Option<Kept> {
            let mut bytes = Vec::new();
            fs_err::File::open(&path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let kept = read().filter(|kept| kept.service == service && kept.notes.len() <= MOST);
        Self { kept: kept.unwrap_or_default(), path: Some(path) }
    }

    pub(super) fn number(&self, key: &str) -> Option<u32> {
        self.kept.notes.get(key).copied()
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.kept.notes.keys().cloned().collect()
    }

    /// It stands on the screen.
    pub(super) fn put(&mut self, service: &str, key: &str, number: u32) {
        if self.kept.service != service {
            self.kept = Kept { service: service.to_owned(), notes: BTreeMap::new() };
        }
        if self.kept.notes.len() < MOST || self.kept.notes.contains_key(key) {
            self.kept.notes.insert(key.to_owned(), number);
            self.write();
        }
    }

    /// The note with this number is gone.
    pub(super) fn remove(&mut self, key: &str, number: u32) {
        if self.kept.notes.get(key) == Some(&number) {
            self.kept.notes.remove(key);
            self.write();
        }
    }

    fn write(&self) {
        let Some(path) = &self.path else { return };
        let written = serde_json::to_vec(&self.kept)
            .map_err(|error| OsError::file("remember its notifications", error.into()))
            .and_then(|bytes| crate::write_atomically(path, &bytes));
        if let Err(error) = written {
            tracing::warn!(%error, "what stands on the screen is not remembered for the next host");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_found_again_with_the_same_service_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.json");
        let mut first = Memory::of(path.clone(), "bus :1.7");
        for (key, number) in [("a", 3), ("b", 4), ("a", 5)] {
            first.put("bus :1.7", key, number);
        }
        first.remove("a", 3);
        first.remove("b", 4);
        let found = Memory::of(path.clone(), "bus :1.7");
        assert_eq!((found.keys(), found.number("a")), (vec!["a".to_owned()], Some(5)), "3 was replaced by 5");
        assert_eq!(Memory::of(path.clone(), "bus :1.8").keys(), Vec::<String>::new());
        first.put("bus :1.8", "c", 1);
        assert_eq!(Memory::of(path, "bus :1.8").keys(), ["c"], "the numbers of the old service are void");
    }

    #[test]
    fn a_broken_or_endless_file_was_left_by_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.json");
        let many: Vec<String> = (0..=MOST).map(|number| format!("\"{number}\":{number}")).collect();
        let many = format!("{{\"service\":\"s\",\"notes\":{{{}}}}}", many.join(","));
        let long = format!("{{\"service\":\"s\",\"notes\":{{\"{}\":1}}}}", "x".repeat(1 << 17));
        for broken in
            ["", "{", "{\"service\":\"s\",\"notes\":{\"a\":-1}}", "{\"service\":\"s\",\"notes\":{},\"more\":1}", &many, &long]
        {
            fs_err::write(&path, broken).unwrap();
            let mut memory = Memory::of(path.clone(), "s");
            assert_eq!(memory.keys(), Vec::<String>::new());
            memory.put("s", "a", 1);
            assert_eq!(Memory::of(path.clone(), "s").keys(), ["a"]);
        }
    }
}
