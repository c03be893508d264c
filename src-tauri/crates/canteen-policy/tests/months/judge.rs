//! What must hold whenever the host looks, judged by what the person lived through and not by what the plan thinks.

use canteen_policy::{Decision, Form, Known, Past, Plan, Rung, Say, ShownBy, Step, nudge_plan};
use canteen_types::{Grade, NudgeReason, NudgeState, Signal, Timestamp, Verdict};
use proptest::prelude::*;

use crate::world::{DAY, Event, MINUTE, MODELS, Model, World, acts, digest};

type Judged = Result<(), TestCaseError>;

/// Lives through all of it. The host looks when something changes and when it asked to be woken, never in between.
pub(crate) fn live(world: &mut World, life: Vec<(u32, Event)>) -> Judged {
    look(world)?;
    for (minutes, event) in life {
        go_on(world, minutes)?;
        prop_assert!(is_quiet(&world.plan()), "{} should have been a wake: {:?}", world.now, world.plan());
        if let Event::Restarts = event {
            // Until the watch has looked, the new host knows of no program.
            let models = world.forget();
            prop_assert!(is_quiet(&world.plan()), "a restart acts: {:?}", world.plan());
            look(world)?;
            world.models = models;
        }
        world.happen(event);
        look(world)?;
    }
    Ok(())
}

fn go_on(world: &mut World, minutes: u32) -> Judged {
    let until = world.now.plus(MINUTE * minutes);
    while let Some(wake) = world.wake.filter(|wake| *wake <= until) {
        prop_assert!(world.now < wake, "it would never sleep");
        world.now = wake;
        look(world)?;
    }
    world.now = until;
    Ok(())
}

fn is_quiet(plan: &Plan) -> bool {
    acts(plan).is_empty() && plan.over.is_empty() && plan.corrected.is_empty()
}

fn look(world: &mut World) -> Judged {
    // Where nothing shows notifications, each that is tried ends in the window and leaves its place to the next.
    for _ in 0..=MODELS {
        let plan = world.plan();
        any_order(world, &plan)?;
        limits(world, &plan)?;
        world.wake = plan.next_wake;
        let (stops, acted) = (world.stops, world.apply(plan));
        if !acted {
            return nothing_is_lost(world);
        }
        if world.daemon && world.stops == stops {
            let again = world.plan();
            prop_assert!(is_quiet(&again), "looking again acts again: {again:?}");
            prop_assert_eq!(again.next_wake, world.wake, "the wake knows what was just done");
            return nothing_is_lost(world);
        }
    }
    Err(TestCaseError::fail("the host never comes to rest"))
}

fn any_order(world: &World, plan: &Plan) -> Judged {
    let (mut sighted, mut rows) = (world.sighted(), world.rows.clone());
    sighted.reverse();
    rows.reverse();
    prop_assert_eq!(&nudge_plan(&world.policy, &sighted, &rows, world.moment()), plan);
    Ok(())
}

fn limits(world: &World, plan: &Plan) -> Judged {
    let mut interrupted = 0;
    for decision in acts(plan) {
        let (say, form) = match decision.step {
            Step::Hold { say, .. } | Step::Badge(say) => (say, None),
            Step::Notify(form, say) => (say, Some(form)),
            Step::Stop { notify, say } => {
                announced(world, say)?;
                (say, notify)
            }
            Step::Nothing | Step::Record(_) | Step::Stays(_) => continue,
        };
        has_cause(world, plan, decision, say)?;
        if let Some(form) = form {
            budget(world, form, interrupted)?;
            interrupted += 1;
            repeated(world, say)?;
            disturbed(world, form)?;
            right_form(world, say, form)?;
        }
    }
    Ok(())
}

/// The working day's budget.
fn budget(world: &World, form: Form, so_far: usize) -> Judged {
    let (day, rules) = (world.day(), &world.policy.nudge);
    let today = world.shown.iter().filter(|shown| shown.epoch == world.epoch && day.began <= shown.at).count() + so_far;
    let most = match form {
        Form::Calm => rules.per_day,
        Form::Critical => rules.per_day + rules.critical_per_day,
    };
    prop_assert!(today < usize::from(most), "{today} interruptions before this one");
    Ok(())
}

/// Not twice within the quiet time, unless the person wished it back.
fn repeated(world: &World, say: Say) -> Judged {
    let subject = (say.digest, say.reason);
    let before = world.shown.iter().filter(|shown| shown.epoch == world.epoch && shown.subject == subject);
    let Some(last) = before.map(|shown| shown.at).max() else { return Ok(()) };
    let wished = world.put_off.iter().any(|(about, until)| *about == subject && last < *until);
    let quiet = DAY * u32::from(world.policy.nudge.quiet_days);
    prop_assert!(wished || last.plus(quiet) <= world.now, "said again after {:?}", world.now.since(last));
    Ok(())
}

fn busy(world: &World) -> bool {
    let does = world.presence;
    [does.do_not_disturb, does.full_screen, does.screen_shared, does.camera, does.microphone].contains(&Known::Yes)
}

fn paused(world: &World) -> bool {
    world.moment().paused_until.is_some_and(|until| until <= world.now.plus(DAY * 31))
}

fn disturbed(world: &World, form: Form) -> Judged {
    prop_assert!(form == Form::Critical || !busy(world) && !paused(world), "disturbs");
    Ok(())
}

fn model(world: &World, say: Say) -> &Model {
    (0..MODELS).find(|n| digest(*n) == say.digest).map(|n| &world.models[n]).unwrap()
}

fn reason(model: &Model) -> Option<NudgeReason> {
    Some(match model.verdict {
        _ if model.recalled => NudgeReason::Recalled,
        None | Some(Verdict::Approved | Verdict::InventoryOnly) => return None,
        Some(Verdict::ApprovedForOthers) => NudgeReason::ApprovedForOthers,
        Some(Verdict::Altered) => NudgeReason::Altered,
        Some(Verdict::Derivative) => NudgeReason::Derivative,
        Some(Verdict::Unapproved) => NudgeReason::Unapproved,
        Some(Verdict::Dangerous) => NudgeReason::Dangerous,
    })
}

fn in_use(world: &World, model: &Model) -> bool {
    let signals = match model.signals[..] {
        [Signal::Content, Signal::Holder] => 2,
        [Signal::Content] => 1,
        _ => 0,
    };
    model.grade >= Grade::Loaded && signals >= world.policy.nudge.signals_needed
}

fn allowed(world: &World, model: &Model) -> bool {
    let granted = model.granted_until.is_some_and(|until| world.now < until);
    (model.requested || granted) && reason(model) != Some(NudgeReason::Recalled)
}

fn has_cause(world: &World, plan: &Plan, decision: &Decision, say: Say) -> Judged {
    let model = model(world, say);
    prop_assert!(model.there && reason(model) == Some(say.reason) && !allowed(world, model));
    let proven = in_use(world, model) || say.reason == NudgeReason::Recalled;
    prop_assert!(proven || say.continues.is_some(), "begun without proof");
    prop_assert_eq!(decision.why.rule.map(|rule| rule.reason), Some(say.reason));
    // Neither before its time nor against the person's wish for silence, unless they wished this very one back.
    let wished =
        |row: &&Past| Some(row.id) == say.continues && matches!(row.state, NudgeState::Snoozed { until } if until <= world.now);
    let wished = world.about((say.digest, say.reason)).any(|row| wished(&row));
    let resting = |row: &&Past| matches!(row.state, NudgeState::Snoozed { .. } | NudgeState::Silenced { .. });
    let rests = world.about((say.digest, say.reason)).filter(resting).filter_map(|row| row.state.until());
    let rests = rests.filter(|_| !wished && plan.corrected.is_empty()).find(|until| world.now < *until);
    let stops = matches!(decision.step, Step::Stop { .. });
    let rows: Vec<&Past> = world.about((say.digest, say.reason)).collect();
    prop_assert!(stops || rests.is_none(), "before its time: {} {decision:?} {rows:?}", world.now);
    Ok(())
}

fn right_form(world: &World, say: Say, form: Form) -> Judged {
    let harmful = matches!(say.reason, NudgeReason::Dangerous | NudgeReason::Recalled);
    let critical = harmful && in_use(world, model(world, say));
    prop_assert!(critical == (form == Form::Critical), "{form:?} for {:?}", say.reason);
    Ok(())
}

fn announced(world: &World, say: Say) -> Judged {
    let subject = (say.digest, say.reason);
    let told = |at: Timestamp, epoch: u32| epoch != world.epoch || at <= world.now;
    prop_assert!(world.told.iter().any(|(about, at, epoch)| *about == subject && told(*at, *epoch)), "a stop by surprise");
    prop_assert!(in_use(world, model(world, say)));
    prop_assert_eq!(world.policy.nudge.ladder.rung(say.reason).word(), "stop");
    Ok(())
}

/// What is in use stands in the window, or the person knows of it and has answered; and no interruption that may be had is left
/// unused while something waits for one.
fn nothing_is_lost(world: &World) -> Judged {
    let (rules, day) = (&world.policy.nudge, world.day());
    let spent = |row: &Past| row.notified.iter().filter(|at| day.began <= **at).count();
    let left = world.rows.iter().map(spent).sum::<usize>() < usize::from(rules.per_day);
    for model in world.models.iter().filter(|model| model.there && !allowed(world, model)) {
        let Some(reason) = reason(model) else { continue };
        let n = world.models.iter().position(|other| std::ptr::eq(other, model)).unwrap();
        let subject = (digest(n), reason);
        let rung = rules.ladder.rung(reason);
        if rung > Rung::Record && in_use(world, model) {
            let rows: Vec<&Past> = world.about(subject).collect();
            prop_assert!(rows.iter().any(|row| is_known(world, row)), "lost: {subject:?} {rows:?}");
        }
        let at_rest = reason == NudgeReason::Recalled && !in_use(world, model);
        let waits = !at_rest && world.about(subject).any(|row| waits(world, row));
        prop_assert!(!(left && waits && rung > Rung::Badge && !busy(world) && !paused(world)), "waits for nothing");
    }
    Ok(())
}

/// Not long enough ago to be said again.
fn rests(world: &World, at: Timestamp) -> bool {
    world.now < at.plus(DAY * u32::from(world.policy.nudge.quiet_days)) || world.day().began <= at
}

fn waits(world: &World, row: &Past) -> bool {
    let late = matches!(row.state, NudgeState::Snoozed { until } if until <= world.now);
    let badge = row.state == NudgeState::Shown && matches!(row.shown, Some((_, ShownBy::Badge)));
    let mut said = world.about((row.digest, row.reason)).flat_map(|row| &row.notified);
    let silent = |row: &Past| matches!(row.state, NudgeState::Silenced { until } if world.now < until);
    let silent = world.about((row.digest, row.reason)).any(silent);
    late || badge && (!row.notified.is_empty() || !silent && !said.any(|at| rests(world, *at)))
}

/// It stands in the window, or the person has seen it and answered, or wished for rest.
fn is_known(world: &World, row: &Past) -> bool {
    let said = row.notified.iter().any(|at| rests(world, *at));
    match row.state {
        NudgeState::Shown => true,
        NudgeState::Held { .. } => paused(world),
        NudgeState::Snoozed { until } => world.now < until,
        NudgeState::Silenced { until } => world.now < until || said,
        NudgeState::Used | NudgeState::Asked | NudgeState::Dismissed | NudgeState::Ignored => {
            said || row.shown.is_some_and(|(at, _)| rests(world, at))
        }
        NudgeState::Withdrawn => said,
        NudgeState::Due => false,
    }
}
