use std::collections::BTreeSet;

use canteen_types::{Deadline, Digest, HeldBy, NudgeId, NudgeReason, SightingId, Signal, Timestamp};

use super::Past;
use crate::{Policy, Rung};

/// What to do about everything that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// One for each sighting, in the order of their ids.
    pub decisions: Vec<Decision>,
    /// Nudges of before that are over, in the order of their ids.
    pub over: Vec<(NudgeId, Over)>,
    /// Nudges of before whose times lie in a future that the clock has left: to be kept with these times.
    pub corrected: Vec<Past>,
    /// When the decision must be made again, if nothing else changes before.
    pub next_wake: Option<Timestamp>,
}

/// How a nudge of before ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The cause is gone.
    Withdrawn,
    /// The person has asked IT.
    Asked,
    /// It stood there without an answer, and is said anew.
    Ignored,
}

/// What to do about one sighting, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Which.
    pub sighting: SightingId,
    /// What.
    pub step: Step,
    /// Why.
    pub why: Why,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is no cause.
    Nothing,
    /// Keep the sighting, say nothing.
    Record(Quiet),
    /// Keep the nudge, show nothing: the person wished for rest.
    Hold {
        /// Not before.
        until: Timestamp,
        /// What is to be said then.
        say: Say,
    },
    /// Say it in the window and the tray.
    Badge(Say),
    /// Say it with a desktop notification, in the window and the tray.
    Notify(Form, Say),
    /// Stop the program, as was announced, and say so in the window and the tray.
    Stop {
        /// A notification says it, too.
        notify: Option<Form>,
        /// What is said.
        say: Say,
    },
    /// It stands there already: leave it.
    Stays(NudgeId),
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Say {
    /// About which bytes.
    pub digest: Digest,
    /// Why.
    pub reason: NudgeReason,
    /// The nudge of before that goes on with this; `None` makes a new one.
    pub continues: Option<NudgeId>,
    /// The date to tell and to keep.
    pub deadline: Option<Deadline>,
}

/// How a notification looks. They differ, so that the rare one is not overlooked with the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The usual one; the desktop may hold it back.
    Calm,
    /// Something dangerous or recalled is running: it stays on the screen, whatever else is there.
    Critical,
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// The digest is still being taken.
    NotYetKnown,
    /// The rules say to keep it, no more.
    RecordOnly,
    /// Smaller than the rules care about.
    TooSmall,
    /// The person has asked, and IT has not answered.
    Asked,
    /// IT has allowed it until then.
    Granted {
        /// End of the grant.
        until: Timestamp,
    },
    /// Only lying there, not in use.
    NotInUse,
    /// Too few independent signals.
    TooFewSignals,
    /// Put off, silenced or said not long enough ago.
    Resting {
        /// Not before.
        until: Timestamp,
    },
    /// It is said with another sighting of the same bytes.
    SaidWith(SightingId),
}

/// What keeps a notification back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// All of it.
    pub by: BTreeSet<HeldBy>,
    /// Not before; `None` waits for the person to finish what they are doing.
    pub until: Option<Timestamp>,
}

/// What a decision rests on: *Why am I seeing this?*
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The rule that applies; `None` where there is no cause.
    pub rule: Option<Rule>,
    /// Version of the rules.
    pub version: u64,
    /// Who set them; `None` for Canteen's own.
    pub set_by: Option<String>,
    /// The signals that count.
    pub signals: BTreeSet<Signal>,
    /// What keeps the notification back.
    pub held: Option<Held>,
}

/// One rung of the ladder, for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// For what.
    pub reason: NudgeReason,
    /// How far it may go.
    pub rung: Rung,
}

impl Why {
    /// Nothing but whose rules they are.
    pub(super) fn none(policy: &Policy) -> Self {
        let set_by = Some(policy.organisation.clone()).filter(|name| !name.is_empty());
        Self { rule: None, version: policy.version, set_by, signals: BTreeSet::new(), held: None }
    }
}

impl Rule {
    /// Stable id, e.g. `nudge.unapproved.toast`.
    #[must_use]
    pub fn id(self) -> String {
        format!("nudge.{}.{}", self.reason.word(), self.rung.word())
    }
}
