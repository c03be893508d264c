use std::time::Duration;

use canteen_types::{AfterDeadline, Deadline, NudgeState, Timestamp};

use super::{Moment, Past, ShownBy};
use crate::{NudgeRules, Rung};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A date that passed so long ago is told anew before something follows: nobody remembers it.
const REMEMBERED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// All nudges of before about the same bytes for the same reason.
#[derive(Debug)]
pub(super) struct Said<'a>(Vec<&'a Past>);

/// Where the same stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// Nothing was said, or long enough ago. What is in use is worth a nudge.
    Fresh {
        /// It still stands in the window, unanswered.
        ignored: Option<&'a Past>,
    },
    /// Begun and not yet said as it should be. It was worth a nudge, and is said also when the program has ended meanwhile.
    Due {
        /// To be gone on with.
        past: &'a Past,
        /// It comes back at the time that the person was told, and may repeat itself for that.
        promised: bool,
    },
    /// Said, and it stands there.
    Stands {
        /// What stands there.
        past: &'a Past,
        /// From then on it may be said again; `None` for what only stands in the tray and the window.
        until: Option<Timestamp>,
    },
    /// Put off, silenced, or answered not long enough ago.
    Rests {
        /// Not before.
        until: Timestamp,
        /// It comes back by itself then, in use or not.
        promised: bool,
    },
}

impl<'a> Said<'a> {
    pub(super) const fn new(same: Vec<&'a Past>) -> Self {
        Self(same)
    }

    /// What is not over yet. The order of the others does not matter: a clock that was set back leaves none to go by.
    pub(super) fn open(&self) -> Option<&'a Past> {
        let open = |past: &&Past| match past.state {
            NudgeState::Due | NudgeState::Held { .. } | NudgeState::Shown | NudgeState::Snoozed { .. } => true,
            NudgeState::Used
            | NudgeState::Asked
            | NudgeState::Dismissed
            | NudgeState::Ignored
            | NudgeState::Withdrawn
            | NudgeState::Silenced { .. } => false,
        };
        self.0.iter().copied().filter(open).max_by_key(|past| (past.set_at, past.id))
    }

    /// No notification about the same before that: it was said not long ago, or the person wished for silence.
    pub(super) fn quiet_until(&self, rules: &NudgeRules, moment: Moment) -> Timestamp {
        let said = self.0.iter().flat_map(|past| &past.notified).map(|at| rested(*at, rules, moment));
        let silenced = self.0.iter().filter_map(|past| match past.state {
            NudgeState::Silenced { until } => Some(until),
            NudgeState::Due
            | NudgeState::Held { .. }
            | NudgeState::Shown
            | NudgeState::Snoozed { .. }
            | NudgeState::Used
            | NudgeState::Asked
            | NudgeState::Dismissed
            | NudgeState::Ignored
            | NudgeState::Withdrawn => None,
        });
        said.chain(silenced).max().unwrap_or(Timestamp::from_millis(i64::MIN))
    }

    pub(super) fn standing(&self, rules: &NudgeRules, rung: Rung, moment: Moment) -> Standing<'a> {
        let rests = self.0.iter().filter_map(|past| match past.state {
            NudgeState::Used | NudgeState::Asked | NudgeState::Dismissed | NudgeState::Ignored => {
                past.shown.map(|(at, _)| rested(at, rules, moment))
            }
            NudgeState::Withdrawn
            | NudgeState::Silenced { .. }
            | NudgeState::Due
            | NudgeState::Held { .. }
            | NudgeState::Shown
            | NudgeState::Snoozed { .. } => None,
        });
        let until = rests.fold(self.quiet_until(rules, moment), Timestamp::max);
        if let Some(past) = self.open() {
            return begun(past, rules, until, rung, moment);
        }
        if moment.now < until { Standing::Rests { until, promised: false } } else { Standing::Fresh { ignored: None } }
    }

    /// The date that the person was told and that still holds under the rung of now. It never comes nearer than what was told.
    pub(super) fn announced(&self, rung: Rung, now: Timestamp) -> Option<Deadline> {
        let (days, then) = after(rung)?;
        let told = self.0.iter().filter_map(|past| past.deadline.filter(|deadline| was_read(past, deadline))).max()?;
        let at = told.at.max(told.announced.plus(DAY * u32::from(days)));
        // A date after which nothing was to follow is no announcement of a stop.
        let holds = now < at.plus(REMEMBERED) && (then == AfterDeadline::Remind || told.then == AfterDeadline::Stop);
        holds.then_some(Deadline { at, then, ..told })
    }
}

/// What is told with a notification that is shown now.
pub(super) fn announcement(rung: Rung, now: Timestamp) -> Option<Deadline> {
    after(rung).map(|(days, then)| Deadline { announced: now, at: now.plus(DAY * u32::from(days)), then })
}

const fn after(rung: Rung) -> Option<(u16, AfterDeadline)> {
    match rung {
        Rung::Record | Rung::Badge | Rung::Toast => None,
        Rung::Deadline { days } => Some((days, AfterDeadline::Remind)),
        Rung::Stop { days } => Some((days, AfterDeadline::Stop)),
    }
}

/// Told by a notification, or answered by the person. What only stood in the window may never have been seen.
fn was_read(past: &Past, deadline: &Deadline) -> bool {
    let answered = match past.state {
        NudgeState::Used | NudgeState::Dismissed => true,
        // A request may have been made elsewhere.
        NudgeState::Asked => false,
        NudgeState::Snoozed { .. } | NudgeState::Silenced { .. } => true,
        NudgeState::Due | NudgeState::Held { .. } | NudgeState::Shown | NudgeState::Ignored | NudgeState::Withdrawn => false,
    };
    answered || past.notified.iter().any(|at| deadline.announced <= *at)
}

/// What was begun; `quiet` is how long the same rests by what was said and answered before.
fn begun<'a>(past: &'a Past, rules: &NudgeRules, quiet: Timestamp, rung: Rung, moment: Moment) -> Standing<'a> {
    match (past.state, past.shown) {
        (NudgeState::Snoozed { until }, _) if moment.now < until => Standing::Rests { until, promised: true },
        (NudgeState::Shown, _) if rung <= Rung::Badge => Standing::Stands { past, until: None },
        (NudgeState::Shown, Some((at, ShownBy::Window | ShownBy::Notification))) => {
            let until = rested(at, rules, moment).max(quiet);
            if moment.now < until {
                Standing::Stands { past, until: Some(until) }
            } else {
                Standing::Fresh { ignored: Some(past) }
            }
        }
        // Kept, a badge, or put off until now. Where it interrupted before, the person wished it back.
        _ => Standing::Due { past, promised: !past.notified.is_empty() },
    }
}

/// The end of the quiet time after something was said; never before the end of the same working day.
pub(super) fn rested(at: Timestamp, rules: &NudgeRules, moment: Moment) -> Timestamp {
    let rested = at.plus(DAY * u32::from(rules.quiet_days));
    if at < moment.day.began { rested } else { rested.max(moment.day.ends) }
}
