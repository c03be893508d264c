//! Random lives.

use std::ops::Range;

use canteen_policy::{Known, Ladder, Policy, Presence, Rung};
use canteen_types::{NudgeAnswer, NudgeReason, Verdict};
use proptest::prelude::*;

use crate::world::{Doubt, Event, MODELS, ZONES};

/// Events, each so many minutes after the one before: some hours on average, so that 200 are some two months.
pub(crate) fn lives(events: Range<usize>) -> impl Strategy<Value = Vec<(u32, Event)>> {
    proptest::collection::vec((minutes(), event()), events)
}

/// The same life, at the same times, of a host that is never started again.
pub(crate) fn without_restarts(life: &[(u32, Event)]) -> Vec<(u32, Event)> {
    let (mut passed, mut left) = (0, Vec::new());
    for (minutes, event) in life {
        passed += minutes;
        if !matches!(event, Event::Restarts) {
            left.push((std::mem::take(&mut passed), event.clone()));
        }
    }
    left.push((passed, Event::Sleeps(0)));
    left
}

fn minutes() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 1..120_u32, 3 => 120..900_u32, 1 => 900..4000_u32]
}

fn event() -> impl Strategy<Value = Event> {
    let model = || 0..MODELS;
    prop_oneof![
        12 => model().prop_map(Event::Starts),
        3 => (model(), doubts()).prop_map(|(n, doubt)| Event::StartsDoubtfully(n, doubt)),
        8 => model().prop_map(Event::Ends),
        2 => model().prop_map(Event::Removed),
        5 => (model(), verdicts()).prop_map(|(n, verdict)| Event::Judged(n, verdict)),
        1 => (model(), any::<bool>()).prop_map(|(n, recalled)| Event::Recalled(n, recalled)),
        6 => presences().prop_map(Event::Does),
        2 => proptest::option::of(1..200_u32).prop_map(Event::Pauses),
        14 => (model(), answers()).prop_map(|(n, answer)| Event::Answers(n, answer)),
        2 => model().prop_map(Event::Requests),
        2 => (model(), 0..40_u32).prop_map(|(n, days)| Event::Granted(n, days)),
        1 => model().prop_map(Event::Declined),
        4 => (1..5000_u32).prop_map(Event::Sleeps),
        1 => clocks().prop_map(Event::ClockSet),
        4 => Just(Event::Restarts),
        2 => policies().prop_map(|policy| Event::Rules(Box::new(policy))),
        1 => (0..ZONES.len()).prop_map(Event::Travels),
        1 => any::<bool>().prop_map(Event::Daemon),
    ]
}

fn doubts() -> impl Strategy<Value = Doubt> {
    prop_oneof![Just(Doubt::Content), Just(Doubt::PortAndComputing), Just(Doubt::HolderAndComputing)]
}

fn verdicts() -> impl Strategy<Value = Option<Verdict>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(Verdict::Approved)),
        1 => Just(Some(Verdict::InventoryOnly)),
        1 => Just(Some(Verdict::ApprovedForOthers)),
        1 => Just(Some(Verdict::Altered)),
        1 => Just(Some(Verdict::Derivative)),
        3 => Just(Some(Verdict::Unapproved)),
        1 => Just(Some(Verdict::Dangerous)),
    ]
}

fn known() -> impl Strategy<Value = Known> {
    prop_oneof![1 => Just(Known::Yes), 6 => Just(Known::No), 6 => Just(Known::Unknown)]
}

fn presences() -> impl Strategy<Value = Presence> {
    (known(), known(), known(), known(), known()).prop_map(|(do_not_disturb, full_screen, screen_shared, camera, microphone)| {
        Presence { do_not_disturb, full_screen, screen_shared, camera, microphone }
    })
}

fn answers() -> impl Strategy<Value = NudgeAnswer> {
    prop_oneof![
        3 => Just(NudgeAnswer::Dismiss),
        3 => Just(NudgeAnswer::Snooze),
        2 => Just(NudgeAnswer::Use),
        1 => Just(NudgeAnswer::Ask),
        1 => Just(NudgeAnswer::SilenceDay),
        1 => Just(NudgeAnswer::SilenceWeek),
        1 => Just(NudgeAnswer::SilenceMonth),
    ]
}

/// A few hours, or years; nothing in between, so that `judge` can tell which days are lived twice.
fn clocks() -> impl Strategy<Value = i32> {
    let year = 365 * 24 * 60;
    prop_oneof![
        4 => -23 * 60..=23 * 60,
        1 => 3 * year..4 * year,
        2 => -4 * year..-3 * year,
    ]
}

fn rungs() -> impl Strategy<Value = Rung> {
    prop_oneof![
        1 => Just(Rung::Record),
        1 => Just(Rung::Badge),
        4 => Just(Rung::Toast),
        1 => (1..20_u16).prop_map(|days| Rung::Deadline { days }),
        2 => (1..20_u16).prop_map(|days| Rung::Stop { days }),
    ]
}

fn policies() -> impl Strategy<Value = Policy> {
    let numbers = (0..3_u8, 0..4_u8, 0..10_u16, 0..=12_u8, 1..=3_u8);
    let ladders = proptest::array::uniform6(rungs());
    (numbers, ladders).prop_map(|((per_day, critical_per_day, quiet_days, day_starts_at, signals_needed), rungs)| {
        let mut policy = Policy::default();
        let mut ladder = Ladder::default();
        for (reason, rung) in NudgeReason::ALL.into_iter().zip(rungs) {
            *ladder.rung_mut(reason) = rung;
        }
        let nudge = &mut policy.nudge;
        (nudge.per_day, nudge.critical_per_day, nudge.quiet_days) = (per_day, critical_per_day, quiet_days);
        (nudge.day_starts_at, nudge.signals_needed, nudge.ladder) = (day_starts_at, signals_needed, ladder);
        policy
    })
}
