//! Whether and how the person is told about what was seen: one decision over everything at once, so that the day's one notification
//! goes to what matters most.
//!
//! Attention is guarded, because habituation sets in after the second exposure to a warning (Anderson et al., CHI 2015): at most
//! [`NudgeRules::per_day`](crate::NudgeRules::per_day) interruptions a working day, and one per bytes and reason in
//! [`NudgeRules::quiet_days`](crate::NudgeRules::quiet_days). What may not interrupt stands in the tray and the window at once, so
//! that nothing is lost. Only what is dangerous or recalled *and* running breaks through, in a form of its own.

mod answer;
mod cause;
mod clock;
mod contest;
mod facts;
mod plan;
mod signals;
mod standing;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use canteen_types::{AfterDeadline, Digest, HeldBy, NudgeId, NudgeState, SightingId, Timestamp};

use crate::Policy;
use cause::{Cause, Subject};
use contest::{Contender, Contest, Wish};
use standing::{Said, Standing};

pub use answer::state_after;
pub use facts::{Known, Moment, Past, Presence, ShownBy, Sighted, WorkingDay};
pub use plan::{Decision, Form, Held, Over, Plan, Quiet, Rule, Say, Step, Why};

/// Decides about everything that was seen. `sighted` are all open sightings; `history` are the nudges of before about their bytes,
/// and all that interrupted in the present working day. The order of neither matters.
#[must_use]
pub fn nudge_plan(policy: &Policy, sighted: &[Sighted], history: &[Past], moment: Moment) -> Plan {
    let history = clock::set_right(history, moment.now);
    let mut said: BTreeMap<Subject, Vec<&Past>> = BTreeMap::new();
    for past in history.iter().map(AsRef::as_ref) {
        said.entry((past.digest, past.reason)).or_default().push(past);
    }
    let mut planning = Planning::new(policy, moment);
    let causes = planning.causes(sighted);
    planning.withdraw(sighted, &causes, &said);
    let all: Vec<&Past> = history.iter().map(AsRef::as_ref).collect();
    let mut contest = Contest::new(&policy.nudge, &all, moment);
    for (subject, same) in causes {
        let said = Said::new(said.remove(&subject).unwrap_or_default());
        if let Some(contender) = planning.lead(same).and_then(|cause| planning.one(cause, &said)) {
            contest.enter(contender);
        }
    }
    for (contender, held) in contest.settle() {
        planning.say(&contender, held);
    }
    planning.finish(history)
}

/// What the decisions of one moment add up to.
#[derive(Debug)]
struct Planning<'a> {
    policy: &'a Policy,
    moment: Moment,
    decisions: BTreeMap<SightingId, Decision>,
    over: BTreeMap<NudgeId, Over>,
    wakes: BTreeSet<Timestamp>,
}

impl<'a> Planning<'a> {
    const fn new(policy: &'a Policy, moment: Moment) -> Self {
        Self { policy, moment, decisions: BTreeMap::new(), over: BTreeMap::new(), wakes: BTreeSet::new() }
    }

    fn decide(&mut self, sighting: SightingId, step: Step, why: Why) {
        self.decisions.insert(sighting, Decision { sighting, step, why });
    }

    fn why(&self, cause: &Cause<'_>, held: Option<Held>) -> Why {
        let rule = Rule { reason: cause.subject.1, rung: cause.rung };
        Why { rule: Some(rule), signals: cause.signals.clone(), held, ..Why::none(self.policy) }
    }

    /// What there is cause for; all else is decided here.
    fn causes(&mut self, sighted: &'a [Sighted]) -> BTreeMap<Subject, Vec<Cause<'a>>> {
        let mut causes: BTreeMap<Subject, Vec<Cause<'a>>> = BTreeMap::new();
        for sighted in sighted {
            let subject = match cause::reason(sighted) {
                Ok(subject) => subject,
                Err(step) => {
                    self.decide(sighted.id, step, Why::none(self.policy));
                    continue;
                }
            };
            match cause::cause(&self.policy.nudge, sighted, subject, self.moment.now) {
                Ok(cause) => causes.entry(subject).or_default().push(cause),
                Err(quiet) => {
                    if let Quiet::Granted { until } = quiet {
                        self.wakes.insert(until);
                    }
                    let rule = Rule { reason: subject.1, rung: self.policy.nudge.ladder.rung(subject.1) };
                    let signals = signals::counted(&sighted.signals);
                    self.decide(sighted.id, Step::Record(quiet), Why { rule: Some(rule), signals, ..Why::none(self.policy) });
                }
            }
        }
        causes
    }

    /// Nudges that nothing gives cause for any more. Bytes that are being digested again may turn out to be the same.
    fn withdraw(
        &mut self,
        sighted: &[Sighted],
        causes: &BTreeMap<Subject, Vec<Cause<'_>>>,
        said: &BTreeMap<Subject, Vec<&Past>>,
    ) {
        let of = |holds: fn(&Sighted) -> bool| -> BTreeSet<Digest> {
            sighted.iter().filter(|sighted| holds(sighted)).filter_map(|sighted| sighted.digest).collect()
        };
        let (unknown, asked) = (of(|sighted| sighted.verdict.is_none()), of(|sighted| sighted.request_open));
        for (subject, pasts) in said.iter().filter(|(subject, _)| !causes.contains_key(*subject) && !unknown.contains(&subject.0))
        {
            let over = if asked.contains(&subject.0) { Over::Asked } else { Over::Withdrawn };
            let open = |past: &&&Past| matches!(past.state, NudgeState::Due | NudgeState::Held { .. } | NudgeState::Shown);
            self.over.extend(pasts.iter().filter(open).map(|past| (past.id, over)));
        }
    }

    /// Of several copies the one in use, then the one used last, speaks for all.
    fn lead(&mut self, mut same: Vec<Cause<'a>>) -> Option<Cause<'a>> {
        same.sort_by_key(|cause| (cause.in_use(), cause.sighted.used_at, Reverse(cause.sighted.id)));
        let leads = same.pop()?;
        for cause in same {
            self.decide(cause.sighted.id, Step::Record(Quiet::SaidWith(leads.sighted.id)), self.why(&cause, None));
        }
        Some(leads)
    }

    /// Decides what can be decided without the others.
    fn one<'p>(&mut self, cause: Cause<'a>, said: &Said<'p>) -> Option<Contender<'a, 'p>> {
        let (rules, moment) = (&self.policy.nudge, self.moment);
        let mut contender = Contender::new(cause, said, rules, moment);
        let (cause, unproven) = (&contender.cause, contender.cause.unproven());
        if let Some(stop) = contender.told.filter(|told| told.then == AfterDeadline::Stop && cause.in_use()) {
            if stop.at <= moment.now {
                contender.wish = Wish::Stop;
                return Some(contender);
            }
            self.wakes.insert(stop.at);
        }
        let step = match (said.standing(rules, cause.rung, moment), unproven) {
            (Standing::Rests { until, promised }, unproven) => {
                self.wakes.extend(Some(until).filter(|_| promised || unproven.is_none()));
                Step::Record(Quiet::Resting { until })
            }
            (Standing::Stands { past, until }, unproven) => {
                self.wakes.extend(until.filter(|_| unproven.is_none()));
                Step::Stays(past.id)
            }
            (Standing::Fresh { ignored: Some(past) }, Some(_)) => Step::Stays(past.id),
            (Standing::Fresh { ignored: None }, Some(quiet)) => Step::Record(quiet),
            (Standing::Fresh { ignored }, None) => return Some(Contender { past: None, ignored, ..contender }),
            (Standing::Due { past, promised }, _) => return Some(Contender { past: Some(past), promised, ..contender }),
        };
        self.decide(cause.sighted.id, step, self.why(cause, None));
        None
    }

    /// Says what may be said now; the rest stands where it is seen without disturbing.
    fn say(&mut self, contender: &Contender<'a, '_>, held: Option<Held>) {
        let (rules, moment, cause) = (&self.policy.nudge, self.moment, &contender.cause);
        self.wakes.extend(held.iter().flat_map(|held| &held.by).filter_map(|by| contender.free_at(*by, moment)));
        if held.is_none() && contender.wish != Wish::Badge {
            let again = Some(standing::rested(moment.now, rules, moment)).filter(|_| cause.unproven().is_none());
            self.wakes.extend(again);
            self.over.extend(contender.ignored.map(|past| (past.id, Over::Ignored)));
        }
        let form = if cause.critical() { Form::Critical } else { Form::Calm };
        let step = match (contender.wish, &held) {
            (Wish::Stop, held) => {
                Step::Stop { notify: Some(form).filter(|_| held.is_none()), say: contender.say(contender.told) }
            }
            (Wish::Notify, None) => {
                let deadline = contender.told.or_else(|| standing::announcement(cause.rung, moment.now));
                let stop = deadline.filter(|deadline| deadline.then == AfterDeadline::Stop && cause.in_use());
                self.wakes.extend(stop.map(|stop| stop.at));
                Step::Notify(form, contender.say(deadline))
            }
            (Wish::Notify | Wish::Badge, held) => {
                let rests = held.as_ref().filter(|held| held.by.contains(&HeldBy::Paused)).and(moment.paused_until);
                match (contender.stands(rests), rests) {
                    (Some(id), _) => Step::Stays(id),
                    (None, Some(until)) => Step::Hold { until, say: contender.say(contender.told) },
                    (None, None) => Step::Badge(contender.say(contender.told)),
                }
            }
        };
        self.decide(cause.sighted.id, step, self.why(cause, held));
    }

    fn finish(self, history: Vec<Cow<'_, Past>>) -> Plan {
        let mut corrected: Vec<Past> =
            history.into_iter().filter(|past| matches!(past, Cow::Owned(_))).map(Cow::into_owned).collect();
        corrected.sort_by_key(|past| past.id);
        Plan {
            decisions: self.decisions.into_values().collect(),
            over: self.over.into_iter().collect(),
            corrected,
            next_wake: self.wakes.into_iter().find(|at| self.moment.now < *at),
        }
    }
}
