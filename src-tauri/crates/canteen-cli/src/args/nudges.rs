use canteen_types::{Dispute, NudgeAnswer, NudgeId};
use clap::{Args, Subcommand, ValueEnum};

/// Answers to a nudge, and what there is to know about it.
#[derive(Debug, Subcommand)]
pub(crate) enum NudgeAction {
    /// Use the approved alternative
    Use {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Ask for approval
    Ask {
        /// What it is needed for
        #[arg(long)]
        reason: String,
        /// For how many days
        #[arg(long, default_value_t = 31)]
        days: u32,
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Tomorrow at 9:00
    Snooze {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Say nothing about this model for a time
    Silence {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
        /// For how long
        #[arg(long = "for", value_name = "TIME")]
        time: Silence,
    },
    /// Close it
    Dismiss {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Take back that it was put off, silenced or closed
    Reopen {
        /// Which nudge; without one, the newest that rests
        nudge: Option<NudgeId>,
    },
    /// Why you see it: rule, version, who set it, signals, and what IT was told
    Why {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
    },
    /// Say that it is wrong; it stays listed and is pointed out again only when a program begins to use it
    Dispute {
        /// Which nudge; without one, the newest
        nudge: Option<NudgeId>,
        #[command(flatten)]
        why: Disputed,
    },
    /// What became of the nudges on this computer, counted here and sent to nobody
    Outcomes,
}

/// How long a model is not pointed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Silence {
    /// A day
    Day,
    /// A week
    Week,
    /// Thirty days
    Month,
}

impl From<Silence> for NudgeAnswer {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Day => Self::SilenceDay,
            Silence::Week => Self::SilenceWeek,
            Silence::Month => Self::SilenceMonth,
        }
    }
}

/// What is wrong about it.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Disputed {
    /// This is not a model
    #[arg(long)]
    not_a_model: bool,
    /// This is not me: somebody else uses it
    #[arg(long)]
    not_me: bool,
}

impl From<Disputed> for Dispute {
    fn from(disputed: Disputed) -> Self {
        if disputed.not_a_model { Self::NotAModel } else { Self::NotMe }
    }
}
