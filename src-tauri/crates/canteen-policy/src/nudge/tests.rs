use std::collections::BTreeSet;

use canteen_types::{
    AfterDeadline, ByteSize, Deadline, Digest, Grade, HeldBy, NudgeAnswer, NudgeId, NudgeReason, NudgeState, SightingId, Signal,
    Timestamp, Verdict,
};

use super::*;
use crate::{Ladder, NudgeRules, Rung};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// `day` days and `hour` hours after some midnight.
fn at(day: i64, hour: i64) -> Timestamp {
    Timestamp::from_millis((day * 24 + hour) * HOUR_MS)
}

fn sighted(n: u8) -> Sighted {
    Sighted {
        id: SightingId::from_bytes([n; 16]),
        digest: Some(Digest::of(&[n])),
        grade: Grade::Loaded,
        verdict: Some(Verdict::Unapproved),
        recalled: false,
        signals: [Signal::Content, Signal::Holder].into(),
        size: ByteSize::new(100 << 20),
        used_at: at(0, i64::from(n)),
        request_open: false,
        granted_until: None,
    }
}

fn with(n: u8, change: impl FnOnce(&mut Sighted)) -> Sighted {
    let mut sighted = sighted(n);
    change(&mut sighted);
    sighted
}

fn past(n: u8, state: NudgeState, set_at: Timestamp) -> Past {
    let (id, digest) = (NudgeId::from_bytes([n; 16]), Digest::of(&[n]));
    Past { id, digest, reason: NudgeReason::Unapproved, state, set_at, shown: None, notified: Vec::new(), deadline: None }
}

/// Shown with a notification then; `state` came of it at once.
fn said(n: u8, state: NudgeState, shown: Timestamp) -> Past {
    Past { shown: Some((shown, ShownBy::Notification)), notified: vec![shown], ..past(n, state, shown) }
}

/// At that hour of a working day from 4 to 4.
fn moment(day: i64, hour: i64) -> Moment {
    let now = at(day, hour);
    let day = WorkingDay { began: at(day, 4), ends: at(day + 1, 4), next_morning: at(day + 1, 9) };
    Moment { now, day, paused_until: None, presence: Presence::default() }
}

fn rules(change: impl FnOnce(&mut NudgeRules)) -> Policy {
    let mut policy = Policy::default();
    change(&mut policy.nudge);
    policy
}

fn ladder(rung: Rung) -> Policy {
    rules(|rules| rules.ladder = Ladder::all(rung))
}

fn plan(sighted: &[Sighted], history: &[Past], moment: Moment) -> Plan {
    nudge_plan(&Policy::default(), sighted, history, moment)
}

/// The one step for the one sighting.
fn step(policy: &Policy, sighted: Sighted, history: &[Past], moment: Moment) -> Step {
    nudge_plan(policy, &[sighted], history, moment).decisions.remove(0).step
}

fn alone(change: impl FnOnce(&mut Sighted)) -> Step {
    step(&Policy::default(), with(1, change), &[], moment(10, 10))
}

fn say(n: u8, continues: Option<u8>) -> Say {
    Say {
        digest: Digest::of(&[n]),
        reason: NudgeReason::Unapproved,
        continues: continues.map(|n| NudgeId::from_bytes([n; 16])),
        deadline: None,
    }
}

fn calm(n: u8) -> Step {
    Step::Notify(Form::Calm, say(n, None))
}

#[test]
fn an_unapproved_model_in_use_is_said_with_its_reasons() {
    let policy = Policy { version: 3, organisation: "Example GmbH".into(), ..Policy::default() };
    let decision = nudge_plan(&policy, &[sighted(1)], &[], moment(10, 10)).decisions.remove(0);
    assert_eq!(decision.step, calm(1));
    assert_eq!(decision.why.rule.map(Rule::id).as_deref(), Some("nudge.unapproved.toast"));
    assert_eq!((decision.why.version, decision.why.set_by.as_deref()), (3, Some("Example GmbH")));
    assert_eq!(decision.why.signals, [Signal::Content, Signal::Holder].into());
    assert_eq!(decision.why.held, None);
}

#[test]
fn without_cause_nothing_is_said() {
    use Step::Record;
    assert_eq!(alone(|s| s.verdict = Some(Verdict::Approved)), Step::Nothing);
    assert_eq!(alone(|s| s.verdict = Some(Verdict::InventoryOnly)), Step::Nothing);
    assert_eq!(alone(|s| s.verdict = None), Record(Quiet::NotYetKnown));
    assert_eq!(alone(|s| s.digest = None), Record(Quiet::NotYetKnown));
    assert_eq!(alone(|s| s.grade = Grade::Present), Record(Quiet::NotInUse));
    assert_eq!(alone(|s| s.grade = Grade::Arriving), Record(Quiet::NotInUse));
    assert_eq!(alone(|s| s.size = ByteSize::new(1 << 20)), Record(Quiet::TooSmall));
    assert_eq!(alone(|s| s.signals = [Signal::Content].into()), Record(Quiet::TooFewSignals));
    assert_eq!(alone(|s| s.signals = [Signal::Port, Signal::Computing].into()), Record(Quiet::TooFewSignals));
    assert_eq!(alone(|s| s.request_open = true), Record(Quiet::Asked));
    assert_eq!(alone(|s| s.granted_until = Some(at(11, 0))), Record(Quiet::Granted { until: at(11, 0) }));
    assert_eq!(alone(|s| s.granted_until = Some(at(10, 10))), calm(1), "a grant that ran out");
    assert_eq!(step(&ladder(Rung::Record), sighted(1), &[], moment(10, 10)), Record(Quiet::RecordOnly));
}

#[test]
fn of_several_the_most_severe_gets_the_one_notification_and_then_the_newest_use() {
    let dangerous = with(3, |s| s.verdict = Some(Verdict::Altered));
    let steps = |sighted: &[Sighted]| -> Vec<Step> {
        plan(sighted, &[], moment(10, 10)).decisions.into_iter().map(|decision| decision.step).collect()
    };
    assert_eq!(steps(&[sighted(1), sighted(2)]), [Step::Badge(say(1, None)), calm(2)]);
    let altered = Say { reason: NudgeReason::Altered, ..say(3, None) };
    let expected = [Step::Badge(say(1, None)), Step::Badge(say(9, None)), Step::Notify(Form::Calm, altered)];
    let got = steps(&[sighted(9), dangerous, sighted(1)]);
    assert_eq!([&got[0], &got[2], &got[1]], [&expected[0], &expected[1], &expected[2]]);
}

#[test]
fn copies_of_the_same_bytes_are_said_once() {
    let copy = with(2, |s| (s.digest, s.grade) = (Some(Digest::of(&[1])), Grade::Present));
    let plan = plan(&[copy, sighted(1)], &[], moment(10, 10));
    let steps: Vec<Step> = plan.decisions.into_iter().map(|decision| decision.step).collect();
    assert_eq!(steps, [calm(1), Step::Record(Quiet::SaidWith(SightingId::from_bytes([1; 16])))]);
}

#[test]
fn the_same_bytes_rest_for_their_quiet_time() {
    let then = |state, day, hour| step(&Policy::default(), sighted(1), &[said(1, state, at(1, 10))], moment(day, hour));
    let rests = |until| Step::Record(Quiet::Resting { until });
    assert_eq!(then(NudgeState::Dismissed, 8, 9), rests(at(8, 10)));
    assert_eq!(then(NudgeState::Dismissed, 8, 10), calm(1));
    assert_eq!(then(NudgeState::Shown, 8, 9), Step::Stays(NudgeId::from_bytes([1; 16])));
    assert_eq!(then(NudgeState::Withdrawn, 8, 9), rests(at(8, 10)), "the cause came back");
    let silenced = NudgeState::Silenced { until: at(2, 10) };
    assert_eq!(then(silenced, 2, 10), rests(at(8, 10)), "a day of silence shortens nothing");
    assert_eq!(then(NudgeState::Silenced { until: at(31, 10) }, 31, 9), rests(at(31, 10)));
    assert_eq!(then(NudgeState::Silenced { until: at(31, 10) }, 31, 10), calm(1));
}

#[test]
fn what_stood_there_unanswered_is_said_anew_after_the_quiet_time_while_it_is_used() {
    let history = [said(1, NudgeState::Shown, at(1, 10))];
    let used = plan(&[sighted(1)], &history, moment(8, 10));
    assert_eq!((&used.decisions[0].step, &used.over[..]), (&calm(1), &[(history[0].id, Over::Ignored)][..]));
    let lies = plan(&[with(1, |s| s.grade = Grade::Present)], &history, moment(8, 10));
    assert_eq!((&lies.decisions[0].step, lies.over.len()), (&Step::Stays(history[0].id), 0));
}

#[test]
fn what_was_put_off_comes_back_at_its_time_also_when_the_program_has_ended() {
    let history = [said(1, NudgeState::Snoozed { until: at(2, 9) }, at(1, 10))];
    let lies = with(1, |s| (s.grade, s.signals) = (Grade::Present, [Signal::Content].into()));
    let before = plan(std::slice::from_ref(&lies), &history, moment(2, 8));
    assert_eq!(before.decisions[0].step, Step::Record(Quiet::Resting { until: at(2, 9) }));
    assert_eq!(before.next_wake, Some(at(2, 9)));
    assert_eq!(step(&Policy::default(), lies, &history, moment(2, 9)), Step::Notify(Form::Calm, say(1, Some(1))));
}

#[test]
fn what_disturbs_holds_the_notification_and_the_badge_says_it_meanwhile() {
    let holds = [
        (HeldBy::DoNotDisturb, Presence { do_not_disturb: Known::Yes, ..Presence::default() }),
        (HeldBy::FullScreen, Presence { full_screen: Known::Yes, ..Presence::default() }),
        (HeldBy::ScreenShared, Presence { screen_shared: Known::Yes, ..Presence::default() }),
        (HeldBy::Camera, Presence { camera: Known::Yes, ..Presence::default() }),
        (HeldBy::Microphone, Presence { microphone: Known::Yes, ..Presence::default() }),
    ];
    for (by, presence) in holds {
        let plan = plan(&[sighted(1)], &[], Moment { presence, ..moment(10, 10) });
        assert_eq!(plan.decisions[0].step, Step::Badge(say(1, None)));
        assert_eq!(plan.decisions[0].why.held, Some(Held { by: [by].into(), until: None }));
        assert_eq!(plan.next_wake, None, "no time ends it");
    }
    let badge = Past { shown: Some((at(10, 10), ShownBy::Badge)), ..past(1, NudgeState::Shown, at(10, 10)) };
    let lies = with(1, |s| s.grade = Grade::Present);
    let after = step(&Policy::default(), lies, std::slice::from_ref(&badge), moment(10, 11));
    assert_eq!(after, Step::Notify(Form::Calm, say(1, Some(1))), "it was due when it was in use");
}

#[test]
fn what_is_unknown_or_not_so_holds_nothing() {
    for known in [Known::Unknown, Known::No] {
        let presence =
            Presence { do_not_disturb: known, full_screen: known, screen_shared: known, camera: known, microphone: known };
        assert_eq!(step(&Policy::default(), sighted(1), &[], Moment { presence, ..moment(10, 10) }), calm(1));
    }
}

#[test]
fn a_pause_shows_nothing_new_and_ends_when_the_person_ends_it() {
    let paused = Moment { paused_until: Some(at(12, 9)), ..moment(10, 10) };
    let held = plan(&[sighted(1)], &[], paused);
    assert_eq!(held.decisions[0].step, Step::Hold { until: at(12, 9), say: say(1, None) });
    assert_eq!(held.next_wake, Some(at(12, 9)));
    let history = [past(1, NudgeState::Held { until: at(12, 9) }, at(10, 10))];
    assert_eq!(step(&Policy::default(), sighted(1), &history, paused), Step::Stays(history[0].id), "kept already");
    let notified = Step::Notify(Form::Calm, say(1, Some(1)));
    assert_eq!(step(&Policy::default(), sighted(1), &history, moment(10, 11)), notified);
    let mistaken = Moment { paused_until: Some(at(3000, 0)), ..moment(10, 10) };
    assert_eq!(step(&Policy::default(), sighted(1), &[], mistaken), calm(1), "wished for while the clock was wrong");
}

#[test]
fn the_budget_moves_to_the_window_and_the_next_working_day_has_its_own() {
    let history = [said(2, NudgeState::Dismissed, at(10, 5))];
    let spent = plan(&[sighted(1)], &history, moment(10, 10));
    assert_eq!(spent.decisions[0].step, Step::Badge(say(1, None)));
    assert_eq!(spent.decisions[0].why.held, Some(Held { by: [HeldBy::Budget].into(), until: Some(at(11, 4)) }));
    assert_eq!(spent.next_wake, Some(at(11, 4)));
    assert_eq!(step(&Policy::default(), sighted(1), &history, moment(11, 4)), calm(1));
    let night = [said(2, NudgeState::Dismissed, at(11, 2))];
    assert_eq!(
        step(&Policy::default(), sighted(1), &night, moment(10, 27)),
        Step::Badge(say(1, None)),
        "three at night is today"
    );
}

#[test]
fn critical_is_what_is_dangerous_or_recalled_and_runs_and_nothing_holds_it() {
    let presence = Presence { do_not_disturb: Known::Yes, ..Presence::default() };
    let busy = Moment { presence, paused_until: Some(at(12, 0)), ..moment(10, 10) };
    let history = [said(9, NudgeState::Dismissed, at(10, 5))];
    let form = |change: fn(&mut Sighted)| {
        let step = step(&Policy::default(), with(1, change), &history, busy);
        if let Step::Notify(form, _) = step { Some(form) } else { None }
    };
    assert_eq!(form(|s| s.verdict = Some(Verdict::Dangerous)), Some(Form::Critical));
    assert_eq!(form(|s| s.recalled = true), Some(Form::Critical));
    assert_eq!(form(|s| (s.recalled, s.grade) = (true, Grade::Present)), None);
    assert_eq!(form(|s| (s.verdict, s.grade) = (Some(Verdict::Dangerous), Grade::Present)), None);
    assert_eq!(form(|s| s.verdict = Some(Verdict::Altered)), None);
    let many: Vec<Sighted> = (1..=9).map(|n| with(n, |s| s.verdict = Some(Verdict::Dangerous))).collect();
    let shown = plan(&many, &[], moment(10, 10)).decisions;
    assert_eq!(shown.iter().filter(|decision| matches!(decision.step, Step::Notify(..))).count(), 4, "also that has an end");
}

#[test]
fn a_recall_of_what_only_lies_there_is_a_badge_and_outranks_a_grant() {
    let lies = |s: &mut Sighted| {
        (s.recalled, s.grade, s.signals) = (true, Grade::Present, [Signal::Content].into());
        s.granted_until = Some(at(99, 0));
    };
    let expected = Say { reason: NudgeReason::Recalled, ..say(1, None) };
    assert_eq!(alone(lies), Step::Badge(expected));
}

#[test]
fn a_stop_is_announced_first_and_never_earlier_than_announced() {
    let stop = ladder(Rung::Stop { days: 3 });
    let first = nudge_plan(&stop, &[sighted(1)], &[], moment(1, 10));
    let told = Deadline { announced: at(1, 10), at: at(4, 10), then: AfterDeadline::Stop };
    let say_it = Say { deadline: Some(told), ..say(1, None) };
    assert_eq!(first.decisions[0].step, Step::Notify(Form::Calm, say_it));
    assert_eq!(first.next_wake, Some(at(4, 10)));
    let announced = [Past { deadline: Some(told), ..said(1, NudgeState::Dismissed, at(1, 10)) }];
    let stops = |policy: &Policy, day, hour| matches!(step(policy, sighted(1), &announced, moment(day, hour)), Step::Stop { .. });
    assert!(!stops(&stop, 4, 9) && stops(&stop, 4, 10));
    assert!(!stops(&ladder(Rung::Stop { days: 1 }), 3, 10), "a shorter notice does not count afterwards");
    assert!(!stops(&ladder(Rung::Stop { days: 5 }), 5, 10) && stops(&ladder(Rung::Stop { days: 5 }), 6, 10));
    assert!(!stops(&ladder(Rung::Deadline { days: 3 }), 6, 10), "the rules no longer say so");
    assert!(!stops(&stop, 120, 10), "nobody remembers it");
    assert_eq!(step(&stop, with(1, |s| s.request_open = true), &announced, moment(5, 10)), Step::Record(Quiet::Asked));
}

#[test]
fn what_was_no_announcement_of_a_stop_is_followed_by_none() {
    let stop = ladder(Rung::Stop { days: 3 });
    let told = Deadline { announced: at(1, 10), at: at(4, 10), then: AfterDeadline::Stop };
    let never = |past: Past| !matches!(step(&stop, sighted(1), &[past], moment(5, 10)), Step::Stop { .. });
    let reminder = Deadline { then: AfterDeadline::Remind, ..told };
    assert!(never(Past { deadline: Some(reminder), ..said(1, NudgeState::Dismissed, at(1, 10)) }));
    let unseen = Past { shown: Some((at(1, 10), ShownBy::Window)), ..past(1, NudgeState::Shown, at(1, 10)) };
    assert!(never(Past { deadline: Some(told), ..unseen.clone() }), "it only stood in the window");
    let before = Past { deadline: Some(told), notified: vec![at(0, 10)], ..unseen.clone() };
    assert!(never(before), "what was notified before said nothing of it");
    let read = Past { deadline: Some(told), state: NudgeState::Dismissed, ..unseen };
    assert!(!never(read), "whoever closed it has read it");
}

#[test]
fn what_has_no_cause_any_more_is_withdrawn_and_what_may_come_back_stays() {
    let shown = said(1, NudgeState::Shown, at(9, 10));
    let over = |sighted: &[Sighted]| plan(sighted, std::slice::from_ref(&shown), moment(10, 10)).over;
    assert_eq!(over(&[]), [(shown.id, Over::Withdrawn)]);
    assert_eq!(over(&[with(1, |s| s.verdict = Some(Verdict::Approved))]), [(shown.id, Over::Withdrawn)]);
    assert_eq!(over(&[with(1, |s| s.request_open = true)]), [(shown.id, Over::Asked)]);
    assert_eq!(over(&[with(1, |s| s.verdict = None)]), [], "its digest is taken again");
    assert_eq!(over(&[with(1, |s| s.grade = Grade::Present)]), [], "the program has ended");
}

#[test]
fn an_answer_names_its_time() {
    let day = moment(10, 10).day;
    let after = |answer| state_after(answer, at(10, 10), day);
    assert_eq!(after(NudgeAnswer::Snooze), Some(NudgeState::Snoozed { until: at(11, 9) }));
    assert_eq!(after(NudgeAnswer::SilenceWeek), Some(NudgeState::Silenced { until: at(17, 10) }));
    assert_eq!(after(NudgeAnswer::Ask), None);
    let late = WorkingDay { ends: at(11, 11), ..day };
    assert_eq!(state_after(NudgeAnswer::Snooze, at(10, 12), late), Some(NudgeState::Snoozed { until: at(11, 11) }));
}

#[test]
fn a_clock_that_was_years_ahead_silences_nothing_for_years() {
    let future = said(1, NudgeState::Snoozed { until: at(2001, 9) }, at(2000, 10));
    let plan = plan(&[sighted(1)], std::slice::from_ref(&future), moment(10, 10));
    let corrected = &plan.corrected[0];
    assert_eq!(corrected.state, NudgeState::Snoozed { until: at(11, 9) });
    assert_eq!((corrected.set_at, &corrected.notified[..]), (at(10, 10), &[at(10, 10)][..]));
    assert_eq!(plan.next_wake, Some(at(11, 9)));
}

#[test]
fn what_is_kept_for_later_than_now_counts_as_of_today() {
    let ahead = said(2, NudgeState::Dismissed, at(11, 10));
    let plan = plan(&[sighted(1)], std::slice::from_ref(&ahead), moment(10, 10));
    assert_eq!((&plan.decisions[0].step, plan.corrected.len()), (&Step::Badge(say(1, None)), 0));
}

#[test]
fn each_sighting_gets_one_decision() {
    let all: Vec<Sighted> = (1..=9).map(sighted).collect();
    let decided: BTreeSet<SightingId> = plan(&all, &[], moment(10, 10)).decisions.iter().map(|d| d.sighting).collect();
    assert_eq!(decided, all.iter().map(|sighted| sighted.id).collect());
}
