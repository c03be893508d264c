//! A person, their computer and what happens there, with a host that does what the plan says and keeps what the store keeps.

use std::time::Duration;

use canteen_policy::{
    Decision, Form, Moment, Over, Past, Plan, Policy, Presence, Say, ShownBy, Sighted, Step, WorkingDay, nudge_plan, state_after,
};
use canteen_types::{
    AfterDeadline, ByteSize, Digest, Grade, NudgeAnswer, NudgeId, NudgeReason, NudgeState, SightingId, Signal, Timestamp, Verdict,
};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Models on the computer.
pub(crate) const MODELS: usize = 6;
/// Summer time of an hour, of half an hour, at midnight, the other way round, and none.
pub(crate) const ZONES: [&str; 5] =
    ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "America/New_York", "Asia/Kolkata"];

/// The same bytes for the same reason.
pub(crate) type Subject = (Digest, NudgeReason);

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Starts(usize),
    /// One kind of evidence, and such as name no weights.
    StartsDoubtfully(usize, Doubt),
    Ends(usize),
    Removed(usize),
    Judged(usize, Option<Verdict>),
    Recalled(usize, bool),
    Does(Presence),
    Pauses(Option<u32>),
    Answers(usize, NudgeAnswer),
    Requests(usize),
    Granted(usize, u32),
    Declined(usize),
    Sleeps(u32),
    ClockSet(i32),
    Restarts,
    Rules(Box<Policy>),
    Travels(usize),
    Daemon(bool),
}

/// Evidence that is wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doubt {
    Content,
    PortAndComputing,
    HolderAndComputing,
}

/// One model.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) there: bool,
    pub(crate) grade: Grade,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) recalled: bool,
    pub(crate) signals: Vec<Signal>,
    pub(crate) used_at: Timestamp,
    pub(crate) requested: bool,
    pub(crate) granted_until: Option<Timestamp>,
}

/// An interruption, as the person lived it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) at: Timestamp,
    /// Grows whenever the clock is set back by more than a day.
    pub(crate) epoch: u32,
    pub(crate) subject: Subject,
    pub(crate) form: Form,
}

/// Everything.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) epoch: u32,
    pub(crate) models: Vec<Model>,
    pub(crate) presence: Presence,
    pub(crate) paused_until: Option<Timestamp>,
    pub(crate) daemon: bool,
    pub(crate) policy: Policy,
    pub(crate) rows: Vec<Past>,
    pub(crate) wake: Option<Timestamp>,
    /// Everything that interrupted.
    pub(crate) shown: Vec<Shown>,
    /// Everything else that was shown or stopped.
    pub(crate) badges: usize,
    pub(crate) stops: usize,
    /// What the person put off, until then.
    pub(crate) put_off: Vec<(Subject, Timestamp)>,
    /// Stops that the person was told of, with their dates.
    pub(crate) told: Vec<(Subject, Timestamp, u32)>,
    made: u64,
}

pub(crate) fn digest(n: usize) -> Digest {
    Digest::of(&n.to_le_bytes())
}

/// The acts of a plan: what changes the world. Looking again must not act again.
pub(crate) fn acts(plan: &Plan) -> Vec<&Decision> {
    let quiet = |step: &Step| matches!(step, Step::Nothing | Step::Record(_) | Step::Stays(_));
    plan.decisions.iter().filter(|decision| !quiet(&decision.step)).collect()
}

impl World {
    pub(crate) fn new(start: Timestamp) -> Self {
        let model = Model {
            there: true,
            grade: Grade::Present,
            verdict: Some(Verdict::Unapproved),
            recalled: false,
            signals: vec![Signal::Content],
            used_at: start,
            requested: false,
            granted_until: None,
        };
        Self {
            now: start,
            zone: TimeZone::get(ZONES[0]).unwrap(),
            epoch: 0,
            models: vec![model; MODELS],
            presence: Presence::default(),
            paused_until: None,
            daemon: true,
            policy: Policy::default(),
            rows: Vec::new(),
            wake: None,
            shown: Vec::new(),
            badges: 0,
            stops: 0,
            put_off: Vec::new(),
            told: Vec::new(),
            made: 0,
        }
    }

    pub(crate) fn moment(&self) -> Moment {
        let paused_until = self.paused_until.filter(|until| self.now < *until);
        Moment { now: self.now, day: self.day(), paused_until, presence: self.presence }
    }

    /// The working day on the person's calendar.
    pub(crate) fn day(&self) -> WorkingDay {
        let now = jiff::Timestamp::from_millisecond(self.now.as_millis()).unwrap().to_zoned(self.zone.clone());
        let hour = i8::try_from(self.policy.nudge.day_starts_at).unwrap();
        let starts = |days: i64, hour| -> Zoned {
            let date = now.date().checked_add(days.days()).unwrap();
            date.at(hour, 0, 0, 0).to_zoned(self.zone.clone()).unwrap()
        };
        let stamp = |zoned: &Zoned| Timestamp::from_millis(zoned.timestamp().as_millisecond());
        let before = if now < starts(0, hour) { -1 } else { 0 };
        WorkingDay {
            began: stamp(&starts(before, hour)),
            ends: stamp(&starts(before + 1, hour)),
            next_morning: stamp(&starts(1, 9)),
        }
    }

    pub(crate) fn sighted(&self) -> Vec<Sighted> {
        let there = self.models.iter().enumerate().filter(|(_, model)| model.there);
        there
            .map(|(n, model)| Sighted {
                id: SightingId::from_bytes([u8::try_from(n).unwrap(); 16]),
                digest: Some(digest(n)),
                grade: model.grade,
                verdict: model.verdict,
                recalled: model.recalled,
                signals: model.signals.iter().copied().collect(),
                size: ByteSize::new(1 << 30),
                used_at: model.used_at,
                request_open: model.requested,
                granted_until: model.granted_until,
            })
            .collect()
    }

    pub(crate) fn plan(&self) -> Plan {
        nudge_plan(&self.policy, &self.sighted(), &self.rows, self.moment())
    }

    /// Does what the plan says; whether it said anything.
    pub(crate) fn apply(&mut self, plan: Plan) -> bool {
        let acted = !acts(&plan).is_empty() || !plan.over.is_empty() || !plan.corrected.is_empty();
        for right in plan.corrected {
            let row = self.row(right.id);
            *row = right;
        }
        for (id, over) in plan.over {
            let (state, now) = (
                match over {
                    Over::Withdrawn => NudgeState::Withdrawn,
                    Over::Asked => NudgeState::Asked,
                    Over::Ignored => NudgeState::Ignored,
                },
                self.now,
            );
            let row = self.row(id);
            (row.state, row.set_at) = (state, now);
        }
        for decision in plan.decisions {
            self.act(decision.sighting, decision.step);
        }
        acted
    }

    fn act(&mut self, sighting: SightingId, step: Step) {
        match step {
            Step::Nothing | Step::Record(_) | Step::Stays(_) => {}
            Step::Hold { until, say } => drop(self.keep(say, NudgeState::Held { until }, None)),
            Step::Badge(say) => {
                self.badges += 1;
                self.keep(say, NudgeState::Shown, Some(ShownBy::Badge));
            }
            Step::Notify(form, say) => self.interrupt(form, say),
            Step::Stop { notify, say } => {
                self.stops += 1;
                if let Some(form) = notify {
                    self.interrupt(form, say);
                } else {
                    self.keep(say, NudgeState::Shown, Some(ShownBy::Window));
                }
                let n = usize::from(sighting.as_bytes()[0]);
                (self.models[n].grade, self.models[n].signals) = (Grade::Present, vec![Signal::Content]);
            }
        }
    }

    fn interrupt(&mut self, form: Form, say: Say) {
        let (now, epoch) = (self.now, self.epoch);
        if self.daemon {
            let stop = say.deadline.filter(|deadline| deadline.then == AfterDeadline::Stop);
            self.told.extend(stop.map(|stop| ((say.digest, say.reason), stop.at, epoch)));
            self.shown.push(Shown { at: now, epoch, subject: (say.digest, say.reason), form });
            self.keep(say, NudgeState::Shown, Some(ShownBy::Notification)).notified.push(now);
        } else {
            self.keep(say, NudgeState::Shown, Some(ShownBy::Window));
        }
    }

    fn keep(&mut self, say: Say, state: NudgeState, by: Option<ShownBy>) -> &mut Past {
        let now = self.now;
        let id = say.continues.unwrap_or_else(|| {
            self.made += 1;
            let mut entropy = [0; 10];
            entropy[..8].copy_from_slice(&self.made.to_be_bytes());
            let id = NudgeId::new(now, entropy);
            let (digest, reason) = (say.digest, say.reason);
            let notified = Vec::new();
            self.rows.push(Past { id, digest, reason, state, set_at: now, shown: None, notified, deadline: None });
            id
        });
        let row = self.row(id);
        (row.state, row.set_at, row.deadline) = (state, now, say.deadline);
        row.shown = by.map(|by| (now, by)).or(row.shown);
        row
    }

    fn row(&mut self, id: NudgeId) -> &mut Past {
        self.rows.iter_mut().find(|row| row.id == id).unwrap()
    }

    /// The rows about it.
    pub(crate) fn about(&self, subject: Subject) -> impl Iterator<Item = &Past> {
        self.rows.iter().filter(move |row| (row.digest, row.reason) == subject)
    }

    /// What happens, before anybody looks.
    pub(crate) fn happen(&mut self, event: Event) {
        let now = self.now;
        match event {
            Event::Starts(n) => self.start(n, &[Signal::Content, Signal::Holder]),
            Event::StartsDoubtfully(n, doubt) => self.start(
                n,
                match doubt {
                    Doubt::Content => &[Signal::Content],
                    Doubt::PortAndComputing => &[Signal::Port, Signal::Computing],
                    Doubt::HolderAndComputing => &[Signal::Holder, Signal::Computing],
                },
            ),
            Event::Ends(n) => (self.models[n].grade, self.models[n].signals) = (Grade::Present, vec![Signal::Content]),
            Event::Removed(n) => {
                self.happen(Event::Ends(n));
                self.models[n].there = false;
            }
            Event::Judged(n, verdict) => self.models[n].verdict = verdict,
            Event::Recalled(n, recalled) => self.models[n].recalled = recalled,
            Event::Does(presence) => self.presence = presence,
            Event::Pauses(hours) => self.paused_until = hours.map(|hours| now.plus(MINUTE * 60 * hours)),
            Event::Answers(n, answer) => self.answer(n, answer),
            Event::Requests(n) => self.models[n].requested = true,
            Event::Granted(n, days) => {
                self.models[n].requested = false;
                self.models[n].granted_until = Some(now.plus(DAY * days));
            }
            Event::Declined(n) => self.models[n].requested = false,
            Event::Sleeps(minutes) => self.now = now.plus(MINUTE * minutes),
            Event::ClockSet(minutes) => {
                let by = MINUTE * minutes.unsigned_abs();
                self.now = if minutes < 0 { now.minus(by) } else { now.plus(by) };
                self.epoch += u32::from(minutes < -24 * 60);
            }
            Event::Restarts => {}
            Event::Rules(policy) => self.policy = *policy,
            Event::Travels(zone) => self.zone = TimeZone::get(ZONES[zone]).unwrap(),
            Event::Daemon(there) => self.daemon = there,
        }
    }

    fn start(&mut self, n: usize, signals: &[Signal]) {
        let model = &mut self.models[n];
        (model.there, model.grade, model.used_at) = (true, Grade::Loaded, self.now);
        model.signals = signals.to_vec();
    }

    /// The person answers what stands in the window about this model.
    fn answer(&mut self, n: usize, answer: NudgeAnswer) {
        let (now, day) = (self.now, self.day());
        let shown = |row: &&mut Past| row.digest == digest(n) && row.state == NudgeState::Shown;
        let Some(row) = self.rows.iter_mut().find(shown) else { return };
        match state_after(answer, now, day) {
            Some(state) => {
                (row.state, row.set_at) = (state, now);
                let stop = row.deadline.filter(|deadline| deadline.then == AfterDeadline::Stop);
                self.told.extend(stop.map(|stop| ((row.digest, row.reason), stop.at, self.epoch)));
                if let NudgeState::Snoozed { until } = state {
                    self.put_off.push(((row.digest, row.reason), until));
                }
            }
            None => self.models[n].requested = true,
        }
    }

    /// All that the host holds in memory is gone: until the watch has looked, nothing is in use. What was known.
    pub(crate) fn forget(&mut self) -> Vec<Model> {
        let known = self.models.clone();
        for model in &mut self.models {
            model.signals.retain(|signal| *signal == Signal::Content);
        }
        known
    }
}
