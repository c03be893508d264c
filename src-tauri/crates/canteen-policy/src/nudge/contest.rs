use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::time::Duration;

use canteen_types::{Deadline, HeldBy, NudgeId, NudgeState, Timestamp};

use super::cause::Cause;
use super::standing::Said;
use super::{Held, Moment, Past, Say};
use crate::{NudgeRules, Rung};

/// No pause is longer: one that ends later was wished for while the clock was wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(31 * 24 * 60 * 60);

/// What something wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wish {
    /// A place in the tray and the window.
    Badge,
    /// A notification.
    Notify,
    /// The program is stopped, and a notification says so.
    Stop,
}

/// Something that is to be said.
#[derive(Debug)]
pub(super) struct Contender<'a, 'p> {
    pub(super) cause: Cause<'a>,
    pub(super) wish: Wish,
    /// The nudge that goes on with it.
    pub(super) past: Option<&'p Past>,
    /// The nudge that stands in the window unanswered and is said anew.
    pub(super) ignored: Option<&'p Past>,
    /// It comes back at the time that the person was told.
    pub(super) promised: bool,
    /// The date that the person was told.
    pub(super) told: Option<Deadline>,
    /// No notification about the same before that, unless it was promised.
    pub(super) quiet_until: Timestamp,
}

impl<'a, 'p> Contender<'a, 'p> {
    pub(super) fn new(cause: Cause<'a>, said: &Said<'p>, rules: &NudgeRules, moment: Moment) -> Self {
        Self {
            wish: if cause.rung > Rung::Badge { Wish::Notify } else { Wish::Badge },
            past: said.open(),
            ignored: None,
            promised: false,
            told: said.announced(cause.rung, moment.now),
            quiet_until: said.quiet_until(rules, moment),
            cause,
        }
    }

    pub(super) fn say(&self, deadline: Option<Deadline>) -> Say {
        let (digest, reason) = self.cause.subject;
        Say { digest, reason, continues: self.past.map(|past| past.id), deadline }
    }

    /// The nudge that stands in the window already, or rests until `rests` already.
    pub(super) fn stands(&self, rests: Option<Timestamp>) -> Option<NudgeId> {
        let stands =
            |past: &&Past| past.state == NudgeState::Shown || rests.is_some_and(|until| past.state == NudgeState::Held { until });
        self.past.or(self.ignored).filter(stands).map(|past| past.id)
    }

    /// When this no longer holds it; `None` where nobody knows.
    pub(super) fn free_at(&self, by: HeldBy, moment: Moment) -> Option<Timestamp> {
        match by {
            HeldBy::Paused => moment.paused_until,
            HeldBy::Budget => Some(moment.day.ends),
            HeldBy::Repeat => Some(self.quiet_until),
            HeldBy::DoNotDisturb | HeldBy::FullScreen | HeldBy::ScreenShared | HeldBy::Camera | HeldBy::Microphone => None,
        }
    }

    /// The most severe first, then what was put off until now, then the newest use.
    fn rank(&self) -> impl Ord + use<> {
        let (digest, reason) = self.cause.subject;
        let urgent = (self.cause.critical(), self.wish, reason);
        (Reverse(urgent), Reverse(self.promised), Reverse(self.cause.sighted.used_at), digest)
    }
}

/// Who gets the interruptions that are left of the working day.
#[derive(Debug)]
pub(super) struct Contest<'a, 'p> {
    moment: Moment,
    contenders: Vec<Contender<'a, 'p>>,
    /// Left for anything.
    calm: usize,
    /// Left for what is critical.
    critical: usize,
    /// What holds everything back that is not critical.
    disturbs: BTreeSet<HeldBy>,
}

impl<'a, 'p> Contest<'a, 'p> {
    pub(super) fn new(rules: &NudgeRules, history: &[&Past], moment: Moment) -> Self {
        // What is kept for later than now counts, too: the clock was set back, and the person has seen it.
        let today = |at: &&Timestamp| moment.day.began <= **at;
        let spent = history.iter().flat_map(|past| &past.notified).filter(today).count();
        let calm = usize::from(rules.per_day);
        let paused = |until: Timestamp| moment.now < until && until <= moment.now.plus(LONGEST_PAUSE);
        let paused = moment.paused_until.is_some_and(paused).then_some(HeldBy::Paused);
        Self {
            moment,
            contenders: Vec::new(),
            calm: calm.saturating_sub(spent),
            critical: calm.saturating_add(usize::from(rules.critical_per_day)).saturating_sub(spent),
            disturbs: moment.presence.holds().into_iter().chain(paused).collect(),
        }
    }

    pub(super) fn enter(&mut self, contender: Contender<'a, 'p>) {
        self.contenders.push(contender);
    }

    /// Each with what holds its notification back; without that it is shown now.
    pub(super) fn settle(mut self) -> Vec<(Contender<'a, 'p>, Option<Held>)> {
        let mut contenders = std::mem::take(&mut self.contenders);
        contenders.sort_by_cached_key(Contender::rank);
        contenders.into_iter().map(|contender| (self.held(&contender), contender)).map(|(held, one)| (one, held)).collect()
    }

    fn held(&mut self, contender: &Contender<'_, '_>) -> Option<Held> {
        let critical = contender.cause.critical();
        let mut by = if critical { BTreeSet::new() } else { self.disturbs.clone() };
        if contender.wish == Wish::Badge {
            by.retain(|by| *by == HeldBy::Paused);
        } else {
            if !contender.promised && self.moment.now < contender.quiet_until {
                by.insert(HeldBy::Repeat);
            }
            if by.is_empty() && (if critical { self.critical } else { self.calm }) == 0 {
                by.insert(HeldBy::Budget);
            }
            if by.is_empty() {
                self.calm = self.calm.saturating_sub(1);
                self.critical = self.critical.saturating_sub(1);
            }
        }
        let until = by.iter().filter_map(|by| contender.free_at(*by, self.moment)).max();
        (!by.is_empty()).then_some(Held { by, until })
    }
}
