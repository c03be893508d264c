//! Nudges: what was decided (in `canteen-policy`) is shown, and what became of it is kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use canteen_audit::Event;
use canteen_os::{Note, Outcome};
use canteen_policy::{Wanted, state_after};
use canteen_store::{NudgeRow, SightingRow};
use canteen_types::{ByteSize, NudgeAnswer, NudgeId, NudgeState, Timestamp, Verdict};

use crate::App;
use crate::fault::AppError;
use crate::instead::Instead;
use crate::models::Known;
use crate::wire::{AnswerNudge, AppEvent, Fault, InstallModel, Installation, Nudge, NudgeOutcome, Screen, Topic};

const PAUSED: &str = "nudges.paused_until";
/// Nudges in the list, beside those that stand.
const LISTED: u32 = 100;
/// The answer in the log when one is taken back.
const REOPENED: &str = "reopened";
/// Nudges that stand, in window and tray alike: beyond what anybody would answer.
pub(crate) const STANDING: u32 = 1000;

impl App {
    /// A desktop notification with three actions; `false` when no daemon took it.
    pub(crate) fn notify(&self, id: NudgeId, note: Note) -> bool {
        let shown = self.notifier.show(note, self.answers(id));
        if let Err(error) = &shown {
            tracing::info!(%error, "no notification was shown; the nudge waits in the window");
        }
        self.has_daemon.store(shown.is_ok(), Ordering::Relaxed);
        shown.is_ok()
    }

    /// What an earlier host left on the screen: the notifications of nudges that still stand are heard again, the others go.
    pub(crate) fn take_up_notes(&self) -> Result<(), AppError> {
        for row in self.store.nudges().shown(STANDING)? {
            self.notifier.take_up(&row.id.to_string(), self.answers(row.id));
        }
        self.notifier.clear_left();
        Ok(())
    }

    fn answers(&self, id: NudgeId) -> impl FnOnce(Outcome) + Send + 'static {
        let (app, runtime) = (self.handle(), tokio::runtime::Handle::current());
        move |outcome| {
            runtime.spawn(async move { app.notified(id, outcome).await });
        }
    }

    /// What the person did with the notification. One that only went away is no answer: the item stays in the window.
    async fn notified(self: Arc<Self>, id: NudgeId, outcome: Outcome) {
        let answer = match outcome {
            Outcome::Action(action) if action == "use" => NudgeAnswer::Use,
            Outcome::Action(action) if action == "ask" => NudgeAnswer::Ask,
            Outcome::Action(action) if action == "snooze" => NudgeAnswer::Snooze,
            Outcome::Action(_) | Outcome::Opened => {
                self.events.send(AppEvent::Show { target: Some(Screen::Computer { ask: None }) });
                return;
            }
            Outcome::Dismissed => NudgeAnswer::Dismiss,
            Outcome::Expired | Outcome::Closed | Outcome::Replaced | Outcome::Lost => return,
        };
        match self.answer_nudge(AnswerNudge { id, answer }).await {
            Ok(NudgeOutcome::OpenChat { model }) => {
                self.events.send(AppEvent::Show { target: Some(Screen::Chat { model: Some(model) }) })
            }
            Ok(NudgeOutcome::OpenModel { model }) => {
                self.events.send(AppEvent::Show { target: Some(Screen::Model { id: model }) })
            }
            Ok(NudgeOutcome::OpenRequest { sighting }) => {
                self.events.send(AppEvent::Show { target: Some(Screen::Computer { ask: Some(sighting) }) });
            }
            Ok(NudgeOutcome::Later { .. } | NudgeOutcome::Closed) | Err(_) => {}
        }
    }

    /// Acts on the person's answer and says what should open now.
    ///
    /// # Errors
    /// When there is no such nudge, or the alternative cannot be had.
    pub async fn answer_nudge(&self, request: AnswerNudge) -> Result<NudgeOutcome, Fault> {
        let result = self.try_answer(request).await;
        self.told(result)
    }

    async fn try_answer(&self, request: AnswerNudge) -> Result<NudgeOutcome, AppError> {
        let id = request.id;
        let row = self.blocking(move |app| Ok(app.store.nudges().get(id)?)).await?;
        let row = row.ok_or_else(|| AppError::Unknown { kind: "nudge", id: id.to_string() })?;
        let now = self.now();
        let day = self.working_day(now);
        // The form may be closed again: only a request that was sent counts as asked.
        let Some(state) = state_after(request.answer, now, day) else {
            return Ok(NudgeOutcome::OpenRequest { sighting: row.sighting });
        };
        let outcome = match (request.answer, state.until()) {
            (NudgeAnswer::Use, _) => self.take_up(&row).await?,
            (_, Some(until)) => NudgeOutcome::Later { until },
            (_, None) => NudgeOutcome::Closed,
        };
        self.blocking(move |app| {
            app.settle_nudge(row, state)?;
            app.consider()
        })
        .await?;
        Ok(outcome)
    }

    /// Takes *tomorrow*, a silence or *close* back: it stands in the window again, and interrupts no more than before.
    ///
    /// # Errors
    /// When there is no such nudge, or it was not put off, silenced or closed.
    pub async fn reopen_nudge(&self, id: NudgeId) -> Result<(), Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "nudge that rests", id: id.to_string() };
                let row = app.store.nudges().get(id)?.filter(|row| rests(row.state)).ok_or_else(unknown)?;
                let state = if row.shown_at.is_some() { NudgeState::Shown } else { NudgeState::Due };
                app.keep_nudge(row, state, REOPENED)?;
                app.consider()
            })
            .await;
        self.told(result)
    }

    /// Installs or starts the alternative, so that the chat that opens next has it ready.
    async fn take_up(&self, row: &NudgeRow) -> Result<NudgeOutcome, AppError> {
        let Some(id) = row.alternative.clone() else {
            return Err(AppError::Form("There is no approved model for this work yet. Ask for approval instead."));
        };
        let entry = self.entry(&id)?;
        let model = self.model(&entry, &self.known()?);
        if model.installation == Installation::Installed {
            let (app, model) = (self.handle(), id.clone());
            self.tasks.spawn(async move {
                // The chat shows why, should it not start.
                drop(app.start_run(model).await);
            });
            return Ok(NudgeOutcome::OpenChat { model: id });
        }
        if model.licence_to_accept {
            return Ok(NudgeOutcome::OpenModel { model: id });
        }
        let request = InstallModel { id: id.clone(), accepted_licence: None };
        self.install_model(request).await.map_err(|fault| AppError::Told(Box::new(fault)))?;
        Ok(NudgeOutcome::OpenChat { model: id })
    }

    pub(crate) fn settle_nudge(&self, row: NudgeRow, state: NudgeState) -> Result<(), AppError> {
        self.keep_nudge(row, state, state.word())
    }

    fn keep_nudge(&self, mut row: NudgeRow, state: NudgeState, answer: &str) -> Result<(), AppError> {
        if let Err(error) = self.notifier.close(&row.id.to_string()) {
            tracing::info!(%error, "a notification could not be withdrawn");
        }
        row.state = state;
        row.updated = self.now();
        let event = Event::NudgeAnswered { nudge: row.id, digest: row.digest, answer: answer.to_owned() };
        self.store.nudges().put(&row, Some(event))?;
        self.events.changed(&[Topic::Nudges, Topic::Status, Topic::Sightings, Topic::Log]);
        Ok(())
    }

    /// Newest first; what is put off or silenced is always among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_nudges(&self) -> Result<Vec<Nudge>, Fault> {
        let list = |app: &Self| {
            let mut rows = app.store.nudges().shown(STANDING)?;
            let newest = app.store.nudges().listed(LISTED, app.now())?;
            rows.extend(newest.into_iter().filter(|row| row.state != NudgeState::Shown));
            rows.sort_by_key(|row| std::cmp::Reverse((row.created, row.id)));
            app.shown_nudges(rows)
        };
        let result = self.blocking(list).await;
        self.told(result)
    }

    pub(crate) fn attention(&self) -> Result<Vec<Nudge>, AppError> {
        self.shown_nudges(self.store.nudges().shown(STANDING)?)
    }

    fn shown_nudges(&self, rows: Vec<NudgeRow>) -> Result<Vec<Nudge>, AppError> {
        let known = self.known()?;
        rows.into_iter().map(|row| self.shown_nudge(row, &known)).collect()
    }

    /// Nudges rest until `until`; `None` ends the pause.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn pause_nudges(&self, until: Option<Timestamp>) -> Result<(), Fault> {
        let result = self
            .blocking(move |app| {
                app.store.settings().put(PAUSED, &until, Some(Event::SettingsChanged { what: PAUSED.into() }))?;
                app.events.changed(&[Topic::Status, Topic::Sightings]);
                app.consider()
            })
            .await;
        self.told(result)
    }

    pub(crate) fn paused_until(&self) -> Result<Option<Timestamp>, AppError> {
        let until = self.store.settings().get::<Option<Timestamp>>(PAUSED)?.flatten();
        Ok(until.filter(|until| self.now() < *until))
    }

    /// What to use instead, or why there is nothing; neither where nothing is wanted.
    pub(crate) fn instead(&self, row: &SightingRow, known: &Known) -> Instead {
        if matches!(row.verdict, Some(Verdict::Approved | Verdict::InventoryOnly) | None) {
            return Instead::default();
        }
        let wanted = Wanted {
            tasks: row.tasks.clone(),
            languages: vec![self.tongue().tag().to_owned()],
            data: BTreeSet::new(),
            size: ByteSize::new(row.identity.size),
            kin: row.entry.clone(),
        };
        let entries = self.shelf.entries_for_me();
        let candidates = entries.iter().map(|entry| self.candidate(entry, known));
        canteen_policy::alternatives(&wanted, self.machine(), candidates).into()
    }
}

/// By the person's wish, so that the person can take it back.
const fn rests(state: NudgeState) -> bool {
    match state {
        NudgeState::Snoozed { .. } | NudgeState::Silenced { .. } | NudgeState::Dismissed => true,
        NudgeState::Due
        | NudgeState::Held { .. }
        | NudgeState::Shown
        | NudgeState::Used
        | NudgeState::Asked
        | NudgeState::Ignored
        | NudgeState::Withdrawn => false,
    }
}
