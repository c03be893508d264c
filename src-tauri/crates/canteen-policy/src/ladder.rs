use canteen_types::NudgeReason;

/// How far a nudge may go. Each rung takes in those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// The sighting is kept and nothing is said.
    Record,
    /// Tray and window.
    Badge,
    /// A notification, too.
    Toast,
    /// The notification names a date.
    Deadline {
        /// Days from being told to the date.
        days: u16,
    },
    /// After the date the program is stopped. Never without having been told, and never before the date that was told.
    Stop {
        /// Days from being told to the date.
        days: u16,
    },
}

impl Rung {
    /// The rung's one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Badge => "badge",
            Self::Toast => "toast",
            Self::Deadline { .. } => "deadline",
            Self::Stop { .. } => "stop",
        }
    }
}

/// How far nudges go, by what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// Approved, for another group.
    pub approved_for_others: Rung,
    /// Made from an approved model.
    pub derivative: Rung,
    /// Not in the catalogue.
    pub unapproved: Rung,
    /// Claims to be approved bytes but differs.
    pub altered: Rung,
    /// Must not run any more. What only lies there gets a badge at most.
    pub recalled: Rung,
    /// Can do harm when loaded.
    pub dangerous: Rung,
}

impl Ladder {
    /// The same for everything.
    #[must_use]
    pub const fn all(rung: Rung) -> Self {
        Self { approved_for_others: rung, derivative: rung, unapproved: rung, altered: rung, recalled: rung, dangerous: rung }
    }

    /// The rung for a reason.
    #[must_use]
    pub const fn rung(&self, reason: NudgeReason) -> Rung {
        match reason {
            NudgeReason::ApprovedForOthers => self.approved_for_others,
            NudgeReason::Derivative => self.derivative,
            NudgeReason::Unapproved => self.unapproved,
            NudgeReason::Altered => self.altered,
            NudgeReason::Recalled => self.recalled,
            NudgeReason::Dangerous => self.dangerous,
        }
    }

    /// The rung for a reason, to be set.
    pub const fn rung_mut(&mut self, reason: NudgeReason) -> &mut Rung {
        match reason {
            NudgeReason::ApprovedForOthers => &mut self.approved_for_others,
            NudgeReason::Derivative => &mut self.derivative,
            NudgeReason::Unapproved => &mut self.unapproved,
            NudgeReason::Altered => &mut self.altered,
            NudgeReason::Recalled => &mut self.recalled,
            NudgeReason::Dangerous => &mut self.dangerous,
        }
    }
}

impl Default for Ladder {
    /// A notification, and nothing that follows.
    fn default() -> Self {
        Self::all(Rung::Toast)
    }
}
