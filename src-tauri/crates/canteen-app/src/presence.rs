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
    /// Only while it keeps a notification back.
    sensed: Option<(Timestamp, Presence)>,
    /// Signs of a change so far: what one overtook is not kept.
    signs: u64,
}

impl Sensed {
    pub(crate) fn of(environment: &Environment) -> Self {
        Self { senses: Senses::of(environment), last: Mutex::default(), holds: watch::Sender::new(false), sign: Notify::new() }
    }

    /// Many observations may come while something is held: they are decided by what was sensed not long ago.
    fn at(&self, now: Timestamp) -> Presence {
        let before = *self.last();
        if let Some((at, presence)) = before.sensed
            && at <= now
            && now.since(at) < LOOK_AGAIN
        {
            return presence;
        }
        let presence = known(self.senses.look());
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
    /// The plan for what the person is doing now. Nothing is sensed where nothing would interrupt.
    pub(crate) fn considerate(&self, now: Timestamp, plan: impl Fn(Presence) -> Plan) -> Plan {
        let bold = plan(Presence::default());
        if !bold.decisions.iter().any(|decision| interrupts(&decision.step)) {
            self.hold(false);
            return bold;
        }
        let mut plan = plan(self.sensed.at(now));
        let held = plan.decisions.iter().filter_map(|decision| decision.why.held.as_ref());
        let holds = held.flat_map(|held| &held.by).any(|by| is_presence(*by));
        if holds {
            let again = now.plus(LOOK_AGAIN);
            plan.next_wake = Some(plan.next_wake.map_or(again, |at| at.min(again)));
        }
        self.hold(holds);
        plan
    }

    fn hold(&self, holds: bool) {
        if !holds {
            self.sensed.forget();
        }
        self.sensed.holds.send_if_modified(|held| std::mem::replace(held, holds) != holds);
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
