//! What the person is doing, sensed only when a notification is about to be shown, and followed only while it keeps one back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use canteen_os::{Environment, Senses};
use canteen_policy::{Form, Known, Plan, Presence, Step};
use canteen_types::{HeldBy, Timestamp};
use tokio::sync::{Notify, watch};

use crate::App;
use crate::host::Host;

/// How often what keeps a notification back is looked at again, where no sign comes when it ends.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
/// One decision may take several turns, and observations come in bursts.
const JUST_NOW: Duration = Duration::from_secs(2);

/// What the person is doing, as it was last sensed.
#[derive(Debug)]
pub(crate) struct Sensed {
    senses: Senses,
    last: Mutex<Last>,
    holds: watch::Sender<bool>,
    /// Something may have changed, or the computer has woken.
    pub(crate) sign: Notify,
}

#[derive(Clone, Copy, Debug, Default)]
struct Last {
    sensed: Option<(Timestamp, Presence)>,
    /// Signs of a change so far: what one overtook is not kept.
    signs: u64,
}

impl Sensed {
    pub(crate) fn of(environment: &Environment) -> Self {
        Self { senses: Senses::of(environment), last: Mutex::default(), holds: watch::Sender::new(false), sign: Notify::new() }
    }

    /// What was sensed not long ago holds: while it keeps something back, a sign ends that, or the next look.
    fn at(&self, now: Timestamp, look: impl FnOnce() -> Presence) -> Presence {
        let (before, holds) = (*self.last(), *self.holds.borrow());
        if let Some((at, presence)) = before.sensed
            && at <= now
            && now.since(at) < if holds { LOOK_AGAIN } else { JUST_NOW }
        {
            return presence;
        }
        let presence = look();
        let mut last = self.last();
        if last.signs == before.signs {
            last.sensed = Some((now, presence));
        }
        presence
    }

    fn forget(&self) {
        let mut last = self.last();
        *last = Last { sensed: None, signs: last.signs.wrapping_add(1) };
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The plan for what the person is doing now.
    pub(crate) fn considerate(&self, now: Timestamp, plan: impl Fn(Presence) -> Plan) -> Plan {
        let (plan, holds) = considerate(now, plan, || self.sensed.at(now, || known(self.sensed.senses.look())));
        self.sensed.holds.send_if_modified(|before| std::mem::replace(before, holds) != holds);
        plan
    }

    /// Listens to the desktop while something is held, and to the end of a suspend.
    pub(crate) async fn heed(self: Arc<Self>, host: Arc<Host>) {
        let look_again = || {
            self.sensed.forget();
            self.sensed.sign.notify_one();
        };
        tokio::select! {
            () = host.ended() => {}
            () = canteen_os::follow_wake(look_again) => {}
            () = self.follow_presence(look_again) => {}
        }
    }

    async fn follow_presence(&self, look_again: impl Fn() + Send + Sync) {
        let mut holds = self.sensed.holds.subscribe();
        while holds.wait_for(|holds| *holds).await.is_ok() {
            tokio::select! {
                () = self.sensed.senses.follow(&look_again) => {}
                _ = holds.wait_for(|holds| !holds) => {}
            }
        }
    }
}

/// The plan, and whether what the person is doing keeps something back. Nothing is sensed where nothing would interrupt.
fn considerate(now: Timestamp, plan: impl Fn(Presence) -> Plan, sense: impl FnOnce() -> Presence) -> (Plan, bool) {
    let bold = plan(Presence::default());
    if !bold.decisions.iter().any(|decision| interrupts(&decision.step)) {
        return (bold, false);
    }
    let mut plan = plan(sense());
    let held = plan.decisions.iter().filter_map(|decision| decision.why.held.as_ref());
    let holds = held.flat_map(|held| &held.by).any(|by| is_presence(*by));
    if holds {
        let again = now.plus(LOOK_AGAIN);
        plan.next_wake = Some(plan.next_wake.map_or(again, |at| at.min(again)));
    }
    (plan, holds)
}

/// What is critical breaks through.
fn interrupts(step: &Step) -> bool {
    match step {
        Step::Notify(form, _) | Step::Stop { notify: Some(form), .. } => *form == Form::Calm,
        Step::Nothing
        | Step::Record(_)
        | Step::Hold { .. }
        | Step::Badge(_)
        | Step::Stop { notify: None, .. }
        | Step::Stays(_) => false,
    }
}

const fn is_presence(by: HeldBy) -> bool {
    match by {
        HeldBy::DoNotDisturb | HeldBy::FullScreen | HeldBy::ScreenShared | HeldBy::Camera | HeldBy::Microphone => true,
        HeldBy::Paused | HeldBy::Budget | HeldBy::Repeat => false,
    }
}

fn known(sensed: canteen_os::Presence) -> Presence {
    let known = |answer| match answer {
        Some(true) => Known::Yes,
        Some(false) => Known::No,
        None => Known::Unknown,
    };
    Presence {
        do_not_disturb: known(sensed.do_not_disturb),
        full_screen: known(sensed.full_screen),
        screen_shared: known(sensed.screen_shared),
        camera: known(sensed.camera),
        microphone: known(sensed.microphone),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;

    use canteen_policy::{Decision, Held, Say, Why};
    use canteen_types::{Digest, NudgeReason, SightingId};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    /// One decision, which holds while a camera is in use.
    fn plan(step: &Step, presence: Presence) -> Plan {
        let say = Say { digest: Digest::of(b""), reason: NudgeReason::Unapproved, continues: None, deadline: None };
        let by = BTreeSet::from([HeldBy::Camera]);
        let held = (presence.camera == Known::Yes).then_some(Held { by, until: None });
        let why = Why { rule: None, version: 1, set_by: None, signals: BTreeSet::new(), held };
        let step = if why.held.is_some() { Step::Badge(say) } else { step.clone() };
        let decisions = vec![Decision { sighting: SightingId::new(NOW, [0; 10]), step, why }];
        Plan { decisions, over: Vec::new(), corrected: Vec::new(), next_wake: Some(NOW.plus(LOOK_AGAIN * 2)) }
    }

    /// The step, when it is looked at again, whether something is held, and whether that was looked for.
    fn check(step: Step, camera: Known) -> (bool, Option<Timestamp>, bool, bool) {
        let sensed = Cell::new(false);
        let sense = || {
            sensed.set(true);
            Presence { camera, ..Presence::default() }
        };
        let (plan, holds) = considerate(NOW, |presence| plan(&step, presence), sense);
        (plan.decisions[0].step == step, plan.next_wake, holds, sensed.get())
    }

    #[test]
    fn what_the_person_is_doing_is_looked_for_when_a_calm_notification_is_due_and_not_before() {
        let say = Say { digest: Digest::of(b""), reason: NudgeReason::Unapproved, continues: None, deadline: None };
        let (later, again) = (Some(NOW.plus(LOOK_AGAIN * 2)), Some(NOW.plus(LOOK_AGAIN)));
        for calm in [Step::Notify(Form::Calm, say), Step::Stop { notify: Some(Form::Calm), say }] {
            assert_eq!(check(calm.clone(), Known::Yes), (false, again, true, true));
            assert_eq!(check(calm.clone(), Known::No), (true, later, false, true));
            assert_eq!(check(calm, Known::Unknown), (true, later, false, true));
        }
        let critical = [Step::Notify(Form::Critical, say), Step::Stop { notify: Some(Form::Critical), say }];
        for other in [Step::Nothing, Step::Badge(say), Step::Stop { notify: None, say }].into_iter().chain(critical) {
            assert_eq!(check(other, Known::Yes), (true, later, false, false));
        }
    }

    #[test]
    fn what_is_sensed_holds_for_a_while_and_a_sign_ends_that() {
        let sensed = Sensed::of(&Environment::default());
        let kept = |at: Timestamp| {
            sensed.last().sensed = Some((NOW, Presence::default()));
            sensed.at(at, || Presence { camera: Known::Yes, ..Presence::default() }).camera == Known::Unknown
        };
        sensed.holds.send_replace(true);
        assert!(kept(NOW.plus(LOOK_AGAIN / 2)));
        assert!(!kept(NOW.plus(LOOK_AGAIN)), "it is looked at again");
        assert!(!kept(NOW.minus(LOOK_AGAIN)), "the clock was set back");
        sensed.holds.send_replace(false);
        assert!(kept(NOW.plus(JUST_NOW / 2)));
        assert!(!kept(NOW.plus(LOOK_AGAIN / 2)), "nothing is held, and nobody listens for signs");

        // A sign in the middle of a look: the next decision looks anew.
        sensed.forget();
        sensed.at(NOW, || {
            sensed.forget();
            Presence::default()
        });
        assert_eq!(sensed.last().sensed, None);
    }
}
