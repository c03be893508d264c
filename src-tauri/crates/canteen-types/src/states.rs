//! States are names, never pairs of booleans. The ways between them: `vocabulary` in ARCHITECTURE.md.

use serde::{Deserialize, Serialize};

use crate::{ByteSize, Timestamp};

/// Why an installation rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The person pressed *pause*.
    Person,
    /// Canteen was ended or killed in the middle.
    Quit,
}

/// requested → checking → starting → ready ⇄ answering → stopping → ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Asked for.
    Requested,
    /// Policy and digest are being checked.
    Checking,
    /// The engine locks itself in and loads the model.
    Starting,
    /// Waits for a prompt.
    Ready,
    /// Writes an answer.
    Answering,
    /// Was told to stop.
    Stopping,
    /// Over; the reason is kept beside it.
    Ended,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person stopped it.
    StoppedByPerson,
    /// Nobody used it for a while.
    Idle,
    /// Canteen was quit.
    Quit,
    /// Passed its memory limit, or the system ran out.
    OutOfMemory,
    /// The engine could not read the model.
    ModelRefused,
    /// Policy said no after the start (recall, expiry).
    RefusedByPolicy,
    /// The file changed while it was in use.
    FileChanged,
    /// The kernel lacks a part of the sandbox that policy requires.
    SandboxMissing,
    /// The engine tried something forbidden and was ended by the kernel.
    SandboxViolation,
    /// A fault in the engine.
    Crashed,
    /// The entry was recalled.
    Recalled,
    /// Passed a limit of time or tokens.
    Limit,
}

/// What a look into the store's folder says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundStore {
    /// Nothing was begun here, or what was here is gone.
    Absent,
    /// A first start was cut off before the store stood. Nothing was ever kept, so there is nothing to lose.
    Begun,
    /// The encrypted store.
    There,
}

/// What the kernel enforces on one engine process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Enforcement {
    /// The floor holds: system-call filter in force and no path reachable.
    Enforced,
    /// Parts are missing; runs only where the managed policy allows it.
    Partly {
        /// The missing parts by name, e.g. `landlock`.
        missing: Vec<String>,
    },
    /// Parts are missing and policy does not allow it.
    Refused {
        /// The missing parts by name.
        missing: Vec<String>,
    },
}

/// The engine's first frame: what is in force in its own process, before it reads the first byte of the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SandboxReport {
    /// A system-call filter is in force in every thread.
    pub seccomp: bool,
    /// Landlock ABI in force with no path allowed; 0 means none. On macOS and Windows the equal of it.
    pub landlock_abi: u32,
    /// No new privileges.
    pub no_new_privs: bool,
    /// Resource limits are set.
    pub limits: bool,
    /// Hard limit for the engine's own memory, in bytes.
    pub memory_limit: ByteSize,
}

impl SandboxReport {
    /// Names of the parts below the floor.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        [
            ("seccomp", self.seccomp),
            ("landlock", self.landlock_abi >= 1),
            ("no_new_privs", self.no_new_privs),
            ("limits", self.limits),
        ]
        .into_iter()
        .filter(|(_, held)| !held)
        .map(|(name, _)| name.to_owned())
        .collect()
    }
}

/// none → fresh ⇄ stale → expired → fresh. A refused update keeps the last good one and its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogueState {
    /// Nothing verified yet.
    None,
    /// Verified and in date.
    Fresh,
    /// Past its expiry since then. Installed entries run, nothing new is fetched.
    Stale {
        /// When the first of its signatures ran out.
        since: Timestamp,
    },
    /// Stale for longer than the policy's grace.
    Expired {
        /// When the first of its signatures ran out.
        since: Timestamp,
    },
}

impl CatalogueState {
    /// The state's one word, in table, wire and UI.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Fresh => "fresh",
            Self::Stale { .. } => "stale",
            Self::Expired { .. } => "expired",
        }
    }
}

/// How far a model's use has got: present → arriving → loaded → inferring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Weights at rest on this computer.
    Present,
    /// Being downloaded, copied or unpacked.
    Arriving,
    /// A live process maps or holds the weights.
    Loaded,
    /// The holder computes.
    Inferring,
}

/// What an observation was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    /// First bytes of the file itself.
    Content,
    /// The whole file's digest.
    Digest,
    /// The maps of a process.
    Maps,
    /// An open descriptor of a process.
    Descriptor,
    /// Where a known runner keeps its models.
    KnownStore,
    /// The file system reported a change.
    FileEvent,
    /// How a process was started.
    Arguments,
    /// The computing time of a process.
    ComputingTime,
    /// The list of network sockets of this computer.
    Sockets,
    /// What a server on this computer answered.
    Answer,
    /// What is known about runners and about models that come with something else.
    KnownModels,
}

/// One kind of evidence that could be wrong on its own. Two of them make a nudge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The file's content is that of weights.
    Content,
    /// A live process holds or maps it.
    Holder,
    /// The holder uses computing time.
    Computing,
    /// An answering port.
    Port,
    /// A digest in the arguments of a process.
    Arguments,
}

/// What comparing a sighting with the catalogue says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// These bytes are approved.
    Approved,
    /// Approved, but for another group.
    ApprovedForOthers,
    /// Claims to be approved bytes but differs.
    Altered,
    /// Made from an approved model.
    Derivative,
    /// Not in the catalogue.
    Unapproved,
    /// The file can do harm when loaded.
    Dangerous,
    /// Listed, never nudged: small embedders, speech, browser-supplied models.
    InventoryOnly,
}

/// due → held → shown → used | asked | snoozed | dismissed | ignored | withdrawn; silenced and snoozed come back as due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NudgeState {
    /// Should be shown now.
    Due,
    /// Waits for a better moment.
    Held {
        /// Not before.
        until: Timestamp,
    },
    /// On the screen or in the window.
    Shown,
    /// The approved alternative was taken.
    Used,
    /// Approval was asked for.
    Asked,
    /// Comes back then.
    Snoozed {
        /// When.
        until: Timestamp,
    },
    /// Closed by the person.
    Dismissed,
    /// Went away unanswered.
    Ignored,
    /// The cause is gone.
    Withdrawn,
    /// Quiet until then.
    Silenced {
        /// When it may come back.
        until: Timestamp,
    },
}

impl NudgeState {
    /// The state's one word, in table, wire and UI.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Held { .. } => "held",
            Self::Shown => "shown",
            Self::Used => "used",
            Self::Asked => "asked",
            Self::Snoozed { .. } => "snoozed",
            Self::Dismissed => "dismissed",
            Self::Ignored => "ignored",
            Self::Withdrawn => "withdrawn",
            Self::Silenced { .. } => "silenced",
        }
    }

    /// When it comes back, for the states that do.
    #[must_use]
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Self::Held { until } | Self::Snoozed { until } | Self::Silenced { until } => Some(until),
            Self::Due | Self::Shown | Self::Used | Self::Asked | Self::Dismissed | Self::Ignored | Self::Withdrawn => None,
        }
    }
}

/// What the person answered to a nudge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NudgeAnswer {
    /// Use the approved alternative.
    Use,
    /// Ask for approval.
    Ask,
    /// Tomorrow at 9:00.
    Snooze,
    /// Close it.
    Dismiss,
    /// Say nothing about these bytes for a day.
    SilenceDay,
    /// For a week.
    SilenceWeek,
    /// For thirty days.
    SilenceMonth,
}

/// draft → sent → seen → granted | declined | withdrawn; granted → expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Begun, not sent.
    Draft,
    /// Stored and waiting for IT.
    Sent,
    /// IT has opened it.
    Seen,
    /// Granted until then.
    Granted {
        /// End of the grant.
        until: Timestamp,
    },
    /// Declined, with IT's words.
    Declined {
        /// Why.
        why: String,
    },
    /// Taken back by the person.
    Withdrawn,
    /// The grant ran out.
    Expired,
}

impl RequestState {
    /// The state's one word, in table, wire and UI.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Seen => "seen",
            Self::Granted { .. } => "granted",
            Self::Declined { .. } => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// End of the grant.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        if let Self::Granted { until } = self { Some(*until) } else { None }
    }

    /// IT's words, where it declined.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        if let Self::Declined { why } = self { Some(why) } else { None }
    }
}
