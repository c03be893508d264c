//! Nudges: what was decided and why, what to use instead and why, and what became of them.

use canteen_types::{
    DataClass, Deadline, Digest, Dispute, EntryId, HeldBy, NudgeId, NudgeReason, SightingId, Signal, Task, Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{LogRow, Nudge};

/// What a nudge rests on, for faces with texts of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NudgeBasis {
    /// Id of the rule, e.g. `nudge.unapproved.toast`; absent where there is no cause, and in what older versions kept.
    pub rule: Option<String>,
    /// How far the rule goes: record, badge, toast, deadline, stop.
    pub rung: Option<String>,
    /// Version of the rules.
    #[ts(type = "number")]
    pub rules_version: u64,
    /// Who set them; absent for Canteen's own.
    pub rules_by: Option<String>,
    /// Kinds of evidence that agreed.
    #[ts(type = "string[]")]
    pub signals: Vec<Signal>,
    /// What keeps the notification back.
    #[ts(type = "string[]")]
    pub held_by: Vec<HeldBy>,
    /// Until when, where a time ends it.
    #[ts(type = "string | null")]
    pub held_until: Option<Timestamp>,
    /// The date that the person was told, and what follows.
    #[ts(type = "{ announced: string; at: string; then: 'remind' | 'stop' } | null")]
    pub deadline: Option<Deadline>,
}

/// What a nudge is about, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NudgeSubject {
    /// Name of the model.
    pub name: String,
    /// Where it lies.
    pub found_in: String,
    /// Its path, relative to the home folder where it lies below it.
    pub path: String,
    /// The program that holds it.
    pub holder: Option<String>,
    /// When it was first seen.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// Name of the approved model that it is a copy of, or was made from.
    pub of: Option<String>,
}

/// What is decided about a sighting at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Decided {
    /// What is done.
    pub step: NudgeStep,
    /// Why something would be said; absent where there is no cause.
    #[ts(type = "string | null")]
    pub reason: Option<NudgeReason>,
    /// What that rests on.
    pub basis: NudgeBasis,
}

/// What is done about a sighting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum NudgeStep {
    /// There is no cause.
    Nothing,
    /// It is kept, and nothing is said.
    Record {
        /// Why not.
        because: Quiet,
    },
    /// Nudges rest.
    Hold {
        /// Not before.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// It is said in the window and the tray.
    Badge,
    /// A notification says it.
    Notify,
    /// The date has passed: the program is to end.
    Stop,
    /// It stands there already.
    Stays {
        /// As this nudge.
        #[ts(type = "string")]
        nudge: NudgeId,
    },
}

/// Why nothing is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Quiet {
    /// The digest is still being taken.
    NotYetKnown,
    /// The rules say to keep it, no more.
    RecordOnly,
    /// Smaller than the rules care about.
    TooSmall,
    /// IT was asked and has not answered.
    Asked,
    /// IT has allowed it.
    Granted {
        /// Until then.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// It only lies there.
    NotInUse,
    /// Too few independent signals.
    TooFewSignals {
        /// So many are needed.
        needed: u8,
    },
    /// Put off, silenced, or said not long enough ago.
    Resting {
        /// Not before.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// It is said with another sighting of the same bytes.
    SaidWith {
        /// Which.
        #[ts(type = "string")]
        sighting: SightingId,
    },
}

/// Something that speaks for an alternative, or that the person should know before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Because {
    /// It is the approved form of the same model.
    SameModel,
    /// It is approved for this work, best guess first.
    SameWork {
        /// The work.
        #[ts(type = "string[]")]
        tasks: Vec<Task>,
    },
    /// It knows these of the person's languages.
    Languages {
        /// BCP 47.
        languages: Vec<String>,
    },
    /// It was not made for any of the person's languages.
    NoLanguage,
    /// It may be given these kinds of data.
    Data {
        /// Which.
        #[ts(type = "string[]")]
        classes: Vec<DataClass>,
    },
    /// How it suits this computer.
    Runs {
        /// well, slowly, tightly.
        suits: String,
        /// Tokens per second; absent while nothing was run here.
        speed: Option<f64>,
        /// Of its own answers here; else reckoned from what others reached here.
        measured: bool,
    },
    /// It is on this computer already.
    Ready,
    /// It must be fetched.
    ToFetch {
        /// Bytes.
        #[ts(type = "number")]
        size: u64,
    },
    /// Its licence must be read and accepted first.
    LicenceToAccept {
        /// Its name.
        licence: String,
    },
}

/// Why there is nothing to offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum NothingSuits {
    /// Nothing is approved for this person.
    NothingApproved,
    /// Nothing that is approved does this work in Canteen.
    OtherWork,
    /// What does it must not be given such data.
    NotForData,
    /// What does it needs more memory than this computer has.
    NeedsMemory {
        /// So much at the least, in bytes.
        #[ts(type = "number")]
        least: u64,
    },
}

/// The approved model for the same work on this computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Alternative {
    /// Which.
    #[ts(type = "string")]
    pub id: EntryId,
    /// Its name.
    pub name: String,
    /// Ready on this computer.
    pub installed: bool,
    /// Bytes to fetch.
    #[ts(type = "number")]
    pub size: u64,
    /// Name of its licence.
    pub licence: String,
    /// Kinds of data that it may be given.
    #[ts(type = "string[]")]
    pub data: Vec<DataClass>,
    /// Why this one, in an English sentence.
    pub because: String,
    /// Why this one: what counts most comes first.
    pub reasons: Vec<Because>,
}

/// A nudge with everything that the log on this computer holds about it: *why am I seeing this?*
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct NudgeWhy {
    /// The nudge.
    pub nudge: Nudge,
    /// Rows of the log about it and its sighting, newest first. What of each was sent to IT stands in the row.
    pub recorded: Vec<LogRow>,
    /// There are more rows than were looked through.
    pub more: bool,
}

/// The person disputes a sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct DisputeSighting {
    /// Which.
    #[ts(type = "string")]
    pub id: SightingId,
    /// What they say about it.
    #[ts(type = "'not_a_model' | 'not_me'")]
    pub why: Dispute,
}

/// What became of nudges. Each that was shown counts once: `shown` is the sum of all but `acted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutcomeCounts {
    /// Shown by a notification or in the window.
    pub shown: u32,
    /// The person answered, in whatever way: moved, asked, disputed, put off, silenced or closed.
    pub acted: u32,
    /// The approved model was taken.
    pub moved: u32,
    /// IT was asked.
    pub asked: u32,
    /// The person said: no model, or not me.
    pub disputed: u32,
    /// Comes back later, by the person's wish.
    pub put_off: u32,
    /// Silent for a time, by the person's wish.
    pub silenced: u32,
    /// Closed without more.
    pub closed: u32,
    /// Stood there without an answer until it was said anew.
    pub ignored: u32,
    /// The cause went away before an answer.
    pub gone: u32,
    /// Waits for an answer.
    pub waiting: u32,
}

/// The nudges about one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelOutcomes {
    /// Its bytes.
    #[ts(type = "string")]
    pub digest: Digest,
    /// Its name; absent when the sighting is no longer kept.
    pub name: Option<String>,
    /// What became of them.
    pub counts: OutcomeCounts,
}

/// The nudges of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutcomesOf {
    /// All of them.
    pub counts: OutcomeCounts,
    /// By model, most nudges first; at most a hundred.
    pub models: Vec<ModelOutcomes>,
}

/// What became of nudges on this computer. It is counted when it is asked for, and sent to nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Outcomes {
    /// When the oldest that is counted was shown; absent where there was none.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// Of the last thirty days.
    pub month: OutcomesOf,
    /// Of all that are kept.
    pub all: OutcomesOf,
}
