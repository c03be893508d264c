//! Deciding about nudges: the facts are gathered here, `canteen-policy` decides about all of them at once, and what it says is
//! done and kept.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

use canteen_audit::Event;
use canteen_policy::{Decision, Form, Moment, Over, Past, Plan, Say, ShownBy, Sighted, Step, Why, WorkingDay};
use canteen_store::{NudgeBasis, NudgeRow, SightingRow};
use canteen_types::{ByteSize, Digest, HeldBy, NudgeId, NudgeReason, NudgeState, RequestState, SightingId, Timestamp};

use crate::App;
use crate::computer::program;
use crate::fault::AppError;
use crate::notes::How;
use crate::wire::{AppEvent, Topic};

/// Times that a decision is made again at once because something could not be shown: each time one nudge ends in the window.
const MOST_TRIES: usize = 100;
/// How often the clock is read while something is due at a known time: sleep stops the timers of this computer, not its clock.
const SLICE: Duration = Duration::from_secs(30);

/// In the window, with the notification still to come.
pub(crate) const BADGE: &str = "badge";
/// In the window.
pub(crate) const WINDOW: &str = "window";
/// On the screen.
const NOTIFICATION: &str = "notification";

/// How something is shown now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    Held { until: Timestamp },
    Badge,
    Window,
    Notification(Form),
}

impl App {
    /// Decides about everything that was seen, and acts on it.
    pub(crate) fn consider(&self) -> Result<(), AppError> {
        // The watch and the clock may ask at once: one nudge, not two.
        let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..MOST_TRIES {
            let sightings = self.store.sightings().open()?;
            let plan = self.plan(&sightings)?;
            self.next_look.send_replace(plan.next_wake);
            if self.do_planned(plan, &sightings)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Waits until the decision must be made again: it is time, or what the person is doing may have changed.
    pub(crate) async fn next_look(&self) {
        let mut looks = self.next_look.subscribe();
        let mut before = self.now();
        loop {
            let now = self.now();
            let left = match *looks.borrow_and_update() {
                // The clock was set back: what is kept for later may have to be put right.
                Some(at) if at <= now || now < before => return,
                Some(at) => at.since(now).min(SLICE),
                None => Duration::MAX,
            };
            before = now;
            tokio::select! {
                _ = looks.changed() => {}
                () = self.sensed.sign.notified() => return,
                () = tokio::time::sleep(left) => {}
            }
        }
    }

    pub(crate) fn working_day(&self, now: Timestamp) -> WorkingDay {
        let (began, ends) = canteen_os::local_working_day(now, self.shelf.policy().nudge.day_starts_at);
        WorkingDay { began, ends, next_morning: canteen_os::tomorrow_at_nine(now) }
    }

    pub(crate) fn plan(&self, sightings: &[SightingRow]) -> Result<Plan, AppError> {
        let now = self.now();
        let (day, paused_until) = (self.working_day(now), self.paused_until()?);
        let history: Vec<Past> = self.store.nudges().standing(day.began)?.iter().map(past).collect();
        let (policy, sighted) = (self.shelf.policy(), self.sighted(sightings)?);
        Ok(self.considerate(now, |presence| {
            canteen_policy::nudge_plan(&policy, &sighted, &history, Moment { now, day, paused_until, presence })
        }))
    }

    fn sighted(&self, sightings: &[SightingRow]) -> Result<Vec<Sighted>, AppError> {
        let mut open: HashMap<Digest, bool> = HashMap::new();
        let mut granted: HashMap<Digest, Timestamp> = HashMap::new();
        for request in self.store.requests().all()? {
            match (request.digest, request.state) {
                (Some(digest), RequestState::Sent | RequestState::Seen) => drop(open.insert(digest, true)),
                (Some(digest), RequestState::Granted { until }) => {
                    let known = granted.entry(digest).or_insert(until);
                    *known = until.max(*known);
                }
                _ => {}
            }
        }
        let facts = |row: &SightingRow| {
            let seen = self.watched.seen(row.id);
            let digest = row.digest.or(seen.before);
            Sighted {
                id: row.id,
                digest,
                grade: row.grade,
                // What an earlier session saw may be gone.
                verdict: row.verdict.filter(|_| seen.sure),
                recalled: false,
                signals: seen.signals,
                size: ByteSize::new(row.identity.size),
                used_at: row.last_seen,
                request_open: digest.is_some_and(|digest| open.contains_key(&digest)),
                granted_until: digest.and_then(|digest| granted.get(&digest).copied()),
            }
        };
        Ok(sightings.iter().map(facts).collect())
    }

    /// `false` when a notification was not shown, so that it may be another's turn.
    fn do_planned(&self, plan: Plan, sightings: &[SightingRow]) -> Result<bool, AppError> {
        for right in plan.corrected {
            if let Some(row) = self.store.nudges().get(right.id)? {
                self.store.nudges().put(&corrected(row, right), None)?;
            }
        }
        for (id, over) in plan.over {
            if let Some(row) = self.store.nudges().get(id)? {
                let state = match over {
                    Over::Withdrawn => NudgeState::Withdrawn,
                    Over::Asked => NudgeState::Asked,
                    Over::Ignored => NudgeState::Ignored,
                };
                self.settle_nudge(row, state)?;
            }
        }
        let by_id: HashMap<SightingId, &SightingRow> = sightings.iter().map(|row| (row.id, row)).collect();
        let mut shown = true;
        for decision in plan.decisions {
            if let Some(sighting) = by_id.get(&decision.sighting) {
                shown &= self.act(sighting, decision)?;
            }
        }
        Ok(shown)
    }

    fn act(&self, sighting: &SightingRow, decision: Decision) -> Result<bool, AppError> {
        let why = &decision.why;
        match decision.step {
            Step::Nothing | Step::Record(_) => Ok(true),
            Step::Stays(id) => self.keep_held(id, why).map(|()| true),
            Step::Hold { until, say } => self.put_nudge(sighting, say, why, Show::Held { until }),
            Step::Badge(say) => self.put_nudge(sighting, say, why, Show::Badge),
            Step::Notify(form, say) => self.put_nudge(sighting, say, why, Show::Notification(form)),
            Step::Stop { notify, say } => {
                self.end_holders(sighting, say.digest)?;
                match notify {
                    Some(form) => self.put_nudge(sighting, say, why, Show::Notification(form)),
                    None if say.continues.is_some() => Ok(true),
                    None => self.put_nudge(sighting, say, why, Show::Window),
                }
            }
        }
    }

    /// Asks each program that holds it to end, once: the date was announced, and stands in the organisation's signed rules.
    fn end_holders(&self, sighting: &SightingRow, digest: Digest) -> Result<(), AppError> {
        for holder in self.watched.not_yet_asked(sighting.id) {
            let outcome = canteen_os::ask_to_end(program(&holder)).word().to_owned();
            let event = Event::ProgramAskedToEnd { sighting: sighting.id, digest, program: holder.name, outcome };
            self.store.audit().append(event)?;
            self.events.changed(&[Topic::Log]);
        }
        Ok(())
    }

    /// What keeps the notification of a nudge back that stands in the window, where that has changed.
    fn keep_held(&self, id: NudgeId, why: &Why) -> Result<(), AppError> {
        let Some(mut row) = self.store.nudges().get(id)? else { return Ok(()) };
        let before = row.basis.clone().unwrap_or_default();
        let now = NudgeBasis { held_by: held_by(why), held_until: held_until(why), ..before.clone() };
        if now != before {
            row.basis = Some(now);
            self.store.nudges().put(&row, None)?;
            self.events.changed(&[Topic::Nudges, Topic::Sightings]);
        }
        Ok(())
    }

    fn put_nudge(&self, sighting: &SightingRow, say: Say, why: &Why, show: Show) -> Result<bool, AppError> {
        let now = self.now();
        let known = self.known()?;
        let alternative = self.instead(sighting, &known).alternative;
        let last = match say.continues {
            Some(id) => self.store.nudges().get(id)?,
            None => None,
        };
        let id = match &last {
            Some(nudge) => nudge.id,
            None => NudgeId::new(now, canteen_os::entropy()?),
        };
        let by = match show {
            Show::Held { .. } => None,
            Show::Badge => Some(BADGE),
            Show::Window => Some(WINDOW),
            Show::Notification(form) => {
                let note = self.nudge_note(id, sighting, alternative.as_ref(), How { say, form });
                Some(if self.notify(id, note) { NOTIFICATION } else { WINDOW })
            }
        };
        let message = self.message(sighting, say.reason, alternative.as_ref());
        let row = NudgeRow {
            id,
            sighting: sighting.id,
            digest: say.digest,
            reason: say.reason.word().to_owned(),
            title: message.title,
            body: message.body,
            why: crate::explain::why_sentences(why),
            basis: Some(basis(why, say, last.as_ref(), (by == Some(NOTIFICATION)).then_some(now))),
            alternative: alternative.map(|alternative| alternative.id),
            state: if let Show::Held { until } = show { NudgeState::Held { until } } else { NudgeState::Shown },
            shown_by: by.map(str::to_owned).or_else(|| last.as_ref().and_then(|last| last.shown_by.clone())),
            created: last.as_ref().map_or(now, |last| last.created),
            shown_at: by.map(|_| now).or_else(|| last.as_ref().and_then(|last| last.shown_at)),
            updated: now,
        };
        let told = if by == Some(BADGE) { Some(WINDOW) } else { by };
        let event = told.map(|by| Event::NudgeShown { nudge: id, digest: say.digest, by: by.to_owned() });
        self.store.nudges().put(&row, event)?;
        self.events.changed(&[Topic::Nudges, Topic::Status, Topic::Sightings, Topic::Log]);
        if by.is_some() {
            self.events.send(AppEvent::Attention { nudge: Box::new(self.shown_nudge(row, &known)?) });
        }
        Ok(!matches!(show, Show::Notification(_)) || by == Some(NOTIFICATION))
    }
}

/// What is kept, for the decision.
fn past(row: &NudgeRow) -> Past {
    let by = match row.shown_by.as_deref() {
        Some(NOTIFICATION) => ShownBy::Notification,
        Some(BADGE) => ShownBy::Badge,
        Some(_) | None => ShownBy::Window,
    };
    let kept = row.basis.as_ref().map(|basis| basis.notified.clone()).unwrap_or_default();
    // Versions before the list kept the last time only.
    let before = row.shown_at.filter(|_| kept.is_empty() && by == ShownBy::Notification);
    Past {
        id: row.id,
        digest: row.digest,
        reason: row.reason.parse().unwrap_or(NudgeReason::Unapproved),
        state: row.state,
        set_at: row.updated,
        shown: row.shown_at.map(|at| (at, by)),
        notified: kept.into_iter().chain(before).collect(),
        deadline: row.basis.as_ref().and_then(|basis| basis.deadline),
    }
}

fn corrected(row: NudgeRow, right: Past) -> NudgeRow {
    let basis = NudgeBasis { deadline: right.deadline, notified: right.notified, ..row.basis.unwrap_or_default() };
    let shown_at = right.shown.map(|(at, _)| at);
    NudgeRow { state: right.state, shown_at, updated: right.set_at, basis: Some(basis), ..row }
}

fn basis(why: &Why, say: Say, last: Option<&NudgeRow>, notified: Option<Timestamp>) -> NudgeBasis {
    NudgeBasis {
        rules_version: why.version,
        rules_by: why.set_by.clone(),
        signals: why.signals.iter().copied().collect(),
        rule: why.rule.map(canteen_policy::Rule::id),
        held_by: held_by(why),
        held_until: held_until(why),
        deadline: say.deadline,
        notified: last.map(|last| past(last).notified).unwrap_or_default().into_iter().chain(notified).collect(),
    }
}

fn held_by(why: &Why) -> Vec<HeldBy> {
    why.held.iter().flat_map(|held| held.by.iter().copied()).collect()
}

fn held_until(why: &Why) -> Option<Timestamp> {
    why.held.as_ref().and_then(|held| held.until)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;

    use canteen_types::{Grade, Verdict};
    use canteen_watch::{HeldBy, Holder, NamedWeights, Observation};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    /// Field 22 of its `stat`.
    fn started(pid: u32) -> u64 {
        let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(19).unwrap().parse().unwrap()
    }

    #[test]
    fn when_the_date_has_passed_the_program_is_asked_to_end_and_the_log_says_so_once() {
        let home = tempfile::tempdir().unwrap();
        let app = crate::bare_app::bare_app(home.path(), NOW);
        let digest = Digest::of(b"weights");
        let identity = canteen_watch::FileIdentity::by_digest(digest, 1 << 30);
        app.observe(Observation::Named(Box::new(NamedWeights { identity, digest, path: "/m/a".into(), at: NOW }))).unwrap();
        let hold = |name: &str| {
            let child = Command::new("sleep").arg("600").spawn().unwrap();
            let holder = Holder { pid: child.id(), started: started(child.id()), name: name.into() };
            app.observe(Observation::Held { identity, holder, by: HeldBy::Arguments, at: NOW }).unwrap();
            child
        };
        let (first, second) = (hold("notes-app"), hold("painter"));
        let sighting = app.store.sightings().open().unwrap().remove(0);
        assert_eq!((sighting.grade, sighting.verdict), (Grade::Loaded, Some(Verdict::Unapproved)));
        let say = Say { digest, reason: NudgeReason::Unapproved, continues: None, deadline: None };
        let (rule, signals) = (None, std::collections::BTreeSet::new());
        for _ in 0..2 {
            let why = Why { rule, version: 1, set_by: None, signals: signals.clone(), held: None };
            let stop = Decision { sighting: sighting.id, step: Step::Stop { notify: None, say }, why };
            app.act(&sighting, stop).unwrap();
        }
        let pid = second.id();
        for mut child in [first, second] {
            assert_eq!(child.wait().unwrap().signal(), Some(15), "asked, not killed");
        }
        let rows = app.store.audit().page(None, 100).unwrap();
        let asked = rows.iter().filter_map(|row| {
            let Event::ProgramAskedToEnd { program, .. } = &row.record.as_ref().unwrap().event else { return None };
            Some(program.as_str())
        });
        let mut asked: Vec<&str> = asked.collect();
        asked.sort_unstable();
        assert_eq!(asked, ["notes-app", "painter"], "each once");

        app.observe(Observation::Released { identity, pid }).unwrap();
        let left = app.store.sightings().open().unwrap().remove(0);
        assert_eq!((left.grade, left.holder.as_deref()), (Grade::Loaded, Some("notes-app")), "who holds it still is named");
    }
}
