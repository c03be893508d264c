use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Kinds of events that belong together, for filters. A kind belongs to the group that names its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Models that came and went.
    Models,
    /// Runs and answers.
    Runs,
    /// What was seen outside Canteen, and what was pointed out.
    Computer,
    /// What was asked of IT.
    Requests,
    /// The catalogue and its rules.
    Catalogue,
    /// The log and the person's own data.
    Data,
    /// Canteen itself and its settings.
    Canteen,
}

impl Group {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 7] =
        [Self::Models, Self::Runs, Self::Computer, Self::Requests, Self::Catalogue, Self::Data, Self::Canteen];

    /// First words of the kinds that belong to it.
    #[must_use]
    pub const fn prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Models => &["file", "licence", "model"],
            Self::Runs => &["answer", "run"],
            Self::Computer => &["nudge", "server", "sighting"],
            Self::Requests => &["request"],
            Self::Catalogue => &["catalogue", "policy", "signatures"],
            Self::Data => &["conversation", "data", "log"],
            Self::Canteen => &["host", "settings", "store"],
        }
    }

    /// Its name, as it is asked for.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Runs => "runs",
            Self::Computer => "computer",
            Self::Requests => "requests",
            Self::Catalogue => "catalogue",
            Self::Data => "data",
            Self::Canteen => "canteen",
        }
    }

    /// The group of a kind; `None` for one that this version does not know.
    #[must_use]
    pub fn of(kind: &str) -> Option<Self> {
        let first = kind.split_once('.')?.0;
        Self::ALL.into_iter().find(|group| group.prefixes().contains(&first))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Group {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|group| group.word() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_word_belongs_to_one_group() {
        let mut all: Vec<&str> = Group::ALL.into_iter().flat_map(|group| group.prefixes().iter().copied()).collect();
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before);
        for group in Group::ALL {
            assert_eq!(group.word().parse(), Ok(group));
        }
        assert_eq!((Group::of("run.started"), Group::of("run"), Group::of("new.thing")), (Some(Group::Runs), None, None));
    }
}
