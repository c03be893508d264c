//! Words of the nudge: why one is due, what holds one, until when something should be over.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, WordError};

/// Why a nudge is due; the later, the more severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NudgeReason {
    /// The bytes are approved, for another group.
    ApprovedForOthers,
    /// Made from an approved model.
    Derivative,
    /// Not in the catalogue.
    Unapproved,
    /// Claims to be approved bytes but differs.
    Altered,
    /// IT ordered that these bytes must not run any more.
    Recalled,
    /// The file can do harm when it is loaded.
    Dangerous,
}

impl NudgeReason {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::ApprovedForOthers, Self::Derivative, Self::Unapproved, Self::Altered, Self::Recalled, Self::Dangerous];

    /// The reason's one word, in table, policy and UI.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ApprovedForOthers => "approved_for_others",
            Self::Derivative => "derivative",
            Self::Unapproved => "unapproved",
            Self::Altered => "altered",
            Self::Recalled => "recalled",
            Self::Dangerous => "dangerous",
        }
    }
}

impl std::str::FromStr for NudgeReason {
    type Err = WordError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|reason| reason.word() == text).ok_or_else(|| WordError::new("nudge reason", text))
    }
}

/// What keeps a notification back. The item stands in the window and the tray meanwhile, except during a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// The person wished that nudges rest.
    Paused,
    /// The desktop is in *Do Not Disturb*, *Focus* or the like.
    DoNotDisturb,
    /// A program fills the screen.
    FullScreen,
    /// The screen is being shared or recorded.
    ScreenShared,
    /// A camera is in use.
    Camera,
    /// A microphone is in use.
    Microphone,
    /// The working day's interruptions are used up.
    Budget,
    /// The same was said not long enough ago.
    Repeat,
}

/// A date that the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// When it was first told.
    pub announced: Timestamp,
    /// Until then the use should be over.
    pub at: Timestamp,
    /// What follows.
    pub then: AfterDeadline,
}

/// What follows on a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterDeadline {
    /// Nothing but being told again.
    Remind,
    /// The program that uses the model is stopped.
    Stop,
}

/// What the person says about a sighting that they dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// This is not a model.
    NotAModel,
    /// This is not me: somebody else uses it, or put it there.
    NotMe,
}

impl Dispute {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::NotAModel, Self::NotMe];

    /// Its one word, in table, log, wire and UI.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAModel => "not_a_model",
            Self::NotMe => "not_me",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_and_its_word_are_the_same() {
        for reason in NudgeReason::ALL {
            assert_eq!(reason.word().parse(), Ok(reason));
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("{:?}", reason.word()));
        }
        assert!("malicious".parse::<NudgeReason>().is_err());
        for dispute in Dispute::ALL {
            assert_eq!(serde_json::to_string(&dispute).unwrap(), format!("{:?}", dispute.word()));
        }
    }
}
