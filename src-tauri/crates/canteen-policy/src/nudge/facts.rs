use std::collections::BTreeSet;

use canteen_types::{
    ByteSize, Deadline, Digest, Grade, HeldBy, NudgeId, NudgeReason, NudgeState, SightingId, Signal, Timestamp, Verdict,
};

/// One sighting, as far as a nudge is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighted {
    /// Which.
    pub id: SightingId,
    /// Its bytes. While they are digested again, the digest that they had.
    pub digest: Option<Digest>,
    /// How far its use has got.
    pub grade: Grade,
    /// Compared with the catalogue; `None` while the digest is being taken.
    pub verdict: Option<Verdict>,
    /// A signed recall names these bytes.
    pub recalled: bool,
    /// Kinds of evidence that agree now.
    pub signals: BTreeSet<Signal>,
    /// Size of the weights.
    pub size: ByteSize,
    /// When it was last seen in use, or at all.
    pub used_at: Timestamp,
    /// A request about these bytes waits for IT.
    pub request_open: bool,
    /// A grant covers these bytes until then.
    pub granted_until: Option<Timestamp>,
}

/// How an item was last shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownBy {
    /// Tray and window; the notification is still to come.
    Badge,
    /// Tray and window: nothing on this computer shows notifications, or none was wanted.
    Window,
    /// A desktop notification, and the window.
    Notification,
}

/// A nudge of before, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub id: NudgeId,
    /// About which bytes.
    pub digest: Digest,
    /// Why.
    pub reason: NudgeReason,
    /// What became of it.
    pub state: NudgeState,
    /// When it came into that state.
    pub set_at: Timestamp,
    /// When and how it was last shown.
    pub shown: Option<(Timestamp, ShownBy)>,
    /// When it interrupted. At least those of the present working day and of the quiet time.
    pub notified: Vec<Timestamp>,
    /// What was announced with it.
    pub deadline: Option<Deadline>,
}

/// A working day of the person: a day of the local calendar that begins at the hour that the rules name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDay {
    /// Its first moment.
    pub began: Timestamp,
    /// The first moment of the next one.
    pub ends: Timestamp,
    /// *Tomorrow at 9:00*, on the person's clock.
    pub next_morning: Timestamp,
}

/// Whether something is so, as far as the system tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// This system does not tell. That holds nothing back: a nudge that waits for what nobody can tell would never come, and
    /// the desktop keeps its own *Do Not Disturb* for what is not critical.
    #[default]
    Unknown,
}

/// What the person is doing, as far as a notification would disturb it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    /// *Do Not Disturb*, *Focus*.
    pub do_not_disturb: Known,
    /// A program fills the screen.
    pub full_screen: Known,
    /// The screen is shared or recorded.
    pub screen_shared: Known,
    /// A camera is in use.
    pub camera: Known,
    /// A microphone is in use.
    pub microphone: Known,
}

impl Presence {
    /// What of it holds a notification back.
    pub(super) fn holds(self) -> BTreeSet<HeldBy> {
        [
            (self.do_not_disturb, HeldBy::DoNotDisturb),
            (self.full_screen, HeldBy::FullScreen),
            (self.screen_shared, HeldBy::ScreenShared),
            (self.camera, HeldBy::Camera),
            (self.microphone, HeldBy::Microphone),
        ]
        .into_iter()
        .filter(|(known, _)| *known == Known::Yes)
        .map(|(_, held)| held)
        .collect()
    }
}

/// The moment of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// The working day around it.
    pub day: WorkingDay,
    /// Nudges rest until then, by the person's wish.
    pub paused_until: Option<Timestamp>,
    /// What the person is doing.
    pub presence: Presence,
}
