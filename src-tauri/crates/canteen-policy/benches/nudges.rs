//! Figures of the nudge: how often people are told of what, how often wrongly, how long it waits, and what a decision costs.
//! `cargo bench -p canteen-policy --bench nudges`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "prints figures, and stops where it cannot"
)]

#[path = "../tests/months/judge.rs"]
mod judge;
#[path = "../tests/months/world.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod world;

use std::hint::black_box;
use std::time::Duration;

use canteen_policy::{Known, Past, Presence, ShownBy, Sighted, nudge_plan};
use canteen_types::{Digest, NudgeAnswer, NudgeId, NudgeReason, NudgeState, SightingId, Timestamp};

use judge::live;
use world::{Doubt, Event, World, digest};

const PEOPLE: u64 = 60;
const DAYS: u64 = 182;
/// Models that are really used; the others only look like it.
const USED: usize = 3;

/// Numbers that look random and are the same every time (PCG, M. E. O'Neill 2014, its 64-bit state with a simpler output).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn minutes(&mut self, most: u64) -> u32 {
        u32::try_from(1 + self.below(most)).unwrap()
    }
}

fn main() {
    for signals in [2, 1] {
        let worlds: Vec<World> = (0..PEOPLE).map(|person| half_a_year(person, signals)).collect();
        told(signals, &worlds);
    }
    for sightings in [1, 10, 100, 1000] {
        cost(sightings);
    }
}

fn half_a_year(person: u64, signals: u8) -> World {
    let mut world = World::new("2026-03-02T07:00:00Z".parse().unwrap());
    world.policy.nudge.signals_needed = signals;
    let mut chance = Chance(person);
    let uses = [0, 1, USED][usize::try_from(person % 3).unwrap()];
    let mut given_up = [false; USED];
    for _ in 0..DAYS {
        let day = day(&mut chance, uses, &mut given_up);
        let lasts: u32 = day.iter().map(|(minutes, _)| *minutes).sum();
        live(&mut world, day).unwrap();
        live(&mut world, vec![(1, Event::Sleeps(24 * 60 - lasts - 1))]).unwrap();
    }
    world
}

/// Two meetings, programs that only look like a model, the models that this person uses, and answers to what stands there.
fn day(chance: &mut Chance, uses: usize, given_up: &mut [bool; USED]) -> Vec<(u32, Event)> {
    let mut day = Vec::new();
    let meeting = Presence { screen_shared: Known::Yes, camera: Known::Yes, microphone: Known::Yes, ..Presence::default() };
    for _ in 0..2 {
        for (n, given_up) in given_up.iter().enumerate().take(uses) {
            if !given_up && chance.below(3) > 0 {
                day.push((chance.minutes(30), Event::Starts(n)));
            }
        }
        let doubt =
            [Doubt::Content, Doubt::PortAndComputing, Doubt::HolderAndComputing][usize::try_from(chance.below(3)).unwrap()];
        let looks_like = USED + usize::try_from(chance.below(2)).unwrap();
        day.push((chance.minutes(30), Event::StartsDoubtfully(looks_like, doubt)));
        day.push((chance.minutes(60), Event::Does(meeting)));
        day.push((60, Event::Does(Presence::default())));
        for (n, given_up) in given_up.iter_mut().enumerate().take(uses) {
            if let Some(answer) = answer(chance) {
                *given_up |= answer == NudgeAnswer::Use;
                day.push((chance.minutes(10), Event::Answers(n, answer)));
            }
            day.push((chance.minutes(10), Event::Ends(n)));
        }
        day.push((1, Event::Ends(looks_like)));
    }
    day
}

fn answer(chance: &mut Chance) -> Option<NudgeAnswer> {
    match chance.below(40) {
        0..=7 => Some(NudgeAnswer::Dismiss),
        8..=11 => Some(NudgeAnswer::Snooze),
        12 => Some(NudgeAnswer::Use),
        13 => Some(NudgeAnswer::SilenceWeek),
        _ => None,
    }
}

fn told(signals: u8, worlds: &[World]) {
    let days = PEOPLE * DAYS;
    let per_day = |n: usize| f64::from(u32::try_from(n).unwrap()) / f64::from(u32::try_from(days).unwrap());
    let shown: usize = worlds.iter().map(|world| world.shown.len()).sum();
    let wrong = |subject: &(Digest, NudgeReason)| (USED..world::MODELS).any(|n| digest(n) == subject.0);
    let wrongly: usize = worlds.iter().map(|world| world.shown.iter().filter(|shown| wrong(&shown.subject)).count()).sum();
    let rows: usize = worlds.iter().map(|world| world.rows.len()).sum();
    let wrong_rows: usize =
        worlds.iter().map(|world| world.rows.iter().filter(|row| wrong(&(row.digest, row.reason))).count()).sum();
    let mut waits: Vec<Duration> = worlds.iter().flat_map(|world| &world.rows).filter_map(waited).collect();
    waits.sort();
    let at = |percent: usize| waits.get(waits.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
    println!("{signals} signal(s) needed, {days} working days of {PEOPLE} people:");
    println!("  notifications per working day {:.3}, of them wrong {:.4}", per_day(shown), per_day(wrongly));
    println!("  nudges per working day {:.3}, of them wrong {:.4}", per_day(rows), per_day(wrong_rows));
    println!(
        "  from first seen in the window to the notification: median {:?}, 99 % {:?}, longest {:?}",
        at(50),
        at(99),
        at(100)
    );
}

/// From being made to the first notification.
fn waited(row: &Past) -> Option<Duration> {
    let mut made = [0; 8];
    made[2..].copy_from_slice(&row.id.as_bytes()[..6]);
    let made = Timestamp::from_millis(i64::from_be_bytes(made));
    row.notified.first().map(|at| at.since(made))
}

fn cost(sightings: u32) {
    let world = World::new("2026-03-02T07:00:00Z".parse().unwrap());
    let (model, moment) = (world.sighted().remove(0), world.moment());
    let id = |n: u32| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        id
    };
    let seen = |n: u32| Sighted {
        id: SightingId::from_bytes(id(n)),
        digest: Some(Digest::of(&n.to_be_bytes())),
        grade: canteen_types::Grade::Loaded,
        signals: [canteen_types::Signal::Content, canteen_types::Signal::Holder].into(),
        ..model.clone()
    };
    let past = |n: u32| Past {
        id: NudgeId::from_bytes(id(n)),
        digest: Digest::of(&n.to_be_bytes()),
        reason: NudgeReason::Unapproved,
        state: NudgeState::Shown,
        set_at: moment.now,
        shown: Some((moment.now, ShownBy::Badge)),
        notified: Vec::new(),
        deadline: None,
    };
    let (seen, past): (Vec<Sighted>, Vec<Past>) = (0..sightings).map(|n| (seen(n), past(n))).unzip();
    let rounds = 20_000 / sightings.max(10);
    #[expect(clippy::disallowed_methods, reason = "measures")]
    let begin = std::time::Instant::now();
    for _ in 0..rounds {
        black_box(nudge_plan(&world.policy, black_box(&seen), black_box(&past), moment));
    }
    println!("a decision about {sightings} sightings: {:?}", begin.elapsed() / rounds);
}
