//! Nudges: what was decided (in `canteen-policy`) is shown, and what became of it is kept.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use canteen_audit::Event;
use canteen_os::{Note, Outcome};
use canteen_policy::{Moment, NudgeDecision, Past, Sighted, Wanted, nudge_decision};
use canteen_store::{NudgeBasis, NudgeRow, SightingRow};
use canteen_types::{ByteSize, Digest, NudgeAnswer, NudgeId, NudgeState, Signal, Task, Timestamp, Verdict};

use crate::App;
use crate::fault::AppError;
use crate::models::Installations;
use crate::wire::{self, AnswerNudge, AppEvent, Fault, InstallModel, Installation, Nudge, NudgeOutcome, Screen, Topic};

const PAUSED: &str = "nudges.paused_until";
/// How often snoozed and held nudges are looked at. A wall clock that jumped while the computer slept counts at once.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// Nudges in the list.
const LISTED: u32 = 100;

impl App {
    /// Decides about one sighting and acts on it.
    pub(crate) fn consider(&self, row: &SightingRow) -> Result<(), AppError> {
        // The watch and the clock may ask about the same sighting at once: one nudge, not two.
        let _one = self.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(digest) = row.digest.filter(|_| row.resolved.is_none()) else { return Ok(()) };
        let now = self.now();
        let policy = self.shelf.policy();
        let open = self.store.requests().open_for(digest)?;
        let sighted = Sighted {
            grade: row.grade,
            verdict: row.verdict,
            signals: self.watched.signals(row.id),
            size: ByteSize::new(row.identity.size),
            request_open: open.is_some(),
            granted_until: self.store.requests().granted_until(digest)?,
        };
        let last = self.store.nudges().of_digest(digest)?.into_iter().next();
        let past = last.as_ref().map(|nudge| Past { state: nudge.state, shown_at: nudge.shown_at });
        let moment = Moment {
            now,
            paused_until: self.paused_until()?,
            shown_today: self.store.nudges().notified_since(canteen_os::local_day_start(now))?,
        };
        match nudge_decision(&policy, &sighted, past, moment) {
            NudgeDecision::Record(_) => Ok(()),
            NudgeDecision::Hold { until } => self.put_nudge(row, last, NudgeState::Held { until }, false),
            NudgeDecision::Badge => self.put_nudge(row, last, NudgeState::Shown, false),
            NudgeDecision::Notify => self.put_nudge(row, last, NudgeState::Shown, true),
        }
    }

    fn put_nudge(
        &self,
        sighting: &SightingRow,
        last: Option<NudgeRow>,
        state: NudgeState,
        interrupt: bool,
    ) -> Result<(), AppError> {
        let Some(digest) = sighting.digest else { return Ok(()) };
        let now = self.now();
        let installed = self.installations()?;
        let alternative = self.alternative(sighting, &installed);
        let comes_back =
            last.filter(|nudge| matches!(nudge.state, NudgeState::Held { .. } | NudgeState::Snoozed { .. } | NudgeState::Due));
        if let (Some(held), NudgeState::Held { .. }) = (&comes_back, state)
            && held.state == state
        {
            return Ok(());
        }
        let id = match &comes_back {
            Some(nudge) => nudge.id,
            None => NudgeId::new(now, canteen_os::entropy()?),
        };
        let note = self.nudge_note(id, sighting, alternative.as_ref());
        let mut row = NudgeRow {
            id,
            sighting: sighting.id,
            digest,
            reason: reason_code(sighting.verdict).to_owned(),
            title: format!("{} is not approved yet", sighting.name),
            body: body(sighting, alternative.as_ref()),
            why: self.why(sighting),
            basis: Some(self.basis(sighting)),
            alternative: alternative.map(|alternative| alternative.id),
            state,
            shown_by: None,
            created: comes_back.map_or(now, |nudge| nudge.created),
            shown_at: None,
            updated: now,
        };
        if state == NudgeState::Shown {
            row.shown_at = Some(now);
            row.shown_by = Some("window".to_owned());
            if interrupt && self.notify(id, note) {
                row.shown_by = Some("notification".to_owned());
            }
        }
        let event = (state == NudgeState::Shown).then(|| Event::NudgeShown {
            nudge: id,
            digest,
            by: row.shown_by.clone().unwrap_or_default(),
        });
        self.store.nudges().put(&row, event)?;
        self.events.changed(&[Topic::Nudges, Topic::Status, Topic::Sightings, Topic::Log]);
        if state == NudgeState::Shown {
            self.events.send(AppEvent::Attention { nudge: Box::new(self.shown_nudge(row, &installed)?) });
        }
        Ok(())
    }

    /// A desktop notification with three actions; `false` when no daemon took it.
    fn notify(&self, id: NudgeId, note: Note) -> bool {
        let app = self.handle();
        let runtime = tokio::runtime::Handle::current();
        let shown = self.notifier.show(note, move |outcome| {
            runtime.spawn(async move { app.notified(id, outcome).await });
        });
        if let Err(error) = &shown {
            tracing::info!(%error, "no notification was shown; the nudge waits in the window");
        }
        self.has_daemon.store(shown.is_ok(), Ordering::Relaxed);
        shown.is_ok()
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
        let (state, outcome) = match request.answer {
            NudgeAnswer::Use => (NudgeState::Used, self.take_up(&row).await?),
            // The form may be closed again: only a request that was sent counts as asked.
            NudgeAnswer::Ask => return Ok(NudgeOutcome::OpenRequest { sighting: row.sighting }),
            NudgeAnswer::Snooze => {
                let until = canteen_os::tomorrow_at_nine(now);
                (NudgeState::Snoozed { until }, NudgeOutcome::Later { until })
            }
            NudgeAnswer::Dismiss => (NudgeState::Dismissed, NudgeOutcome::Closed),
        };
        self.blocking(move |app| app.settle_nudge(row, state)).await?;
        Ok(outcome)
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

    pub(crate) fn settle_nudge(&self, mut row: NudgeRow, state: NudgeState) -> Result<(), AppError> {
        if let Err(error) = self.notifier.close(&row.id.to_string()) {
            tracing::info!(%error, "a notification could not be withdrawn");
        }
        row.state = state;
        row.updated = self.now();
        let event = Event::NudgeAnswered { nudge: row.id, digest: row.digest, answer: state.word().to_owned() };
        self.store.nudges().put(&row, Some(event))?;
        self.events.changed(&[Topic::Nudges, Topic::Status, Topic::Sightings, Topic::Log]);
        Ok(())
    }

    /// The cause is gone: take the notification and the item away.
    pub(crate) fn withdraw_nudges(&self, digest: Digest) -> Result<(), AppError> {
        for nudge in self.store.nudges().of_digest(digest)? {
            if matches!(nudge.state, NudgeState::Shown | NudgeState::Held { .. } | NudgeState::Due) {
                self.settle_nudge(nudge, NudgeState::Withdrawn)?;
            }
        }
        Ok(())
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_nudges(&self) -> Result<Vec<Nudge>, Fault> {
        let result = self.blocking(|app| app.shown_nudges(app.store.nudges().newest(LISTED)?)).await;
        self.told(result)
    }

    pub(crate) fn attention(&self) -> Result<Vec<Nudge>, AppError> {
        let rows = self.store.nudges().newest(LISTED)?;
        self.shown_nudges(rows.into_iter().filter(|row| row.state == NudgeState::Shown).collect())
    }

    fn shown_nudges(&self, rows: Vec<NudgeRow>) -> Result<Vec<Nudge>, AppError> {
        let installed = self.installations()?;
        rows.into_iter().map(|row| self.shown_nudge(row, &installed)).collect()
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
                app.consider_all()
            })
            .await;
        self.told(result)
    }

    pub(crate) fn paused_until(&self) -> Result<Option<Timestamp>, AppError> {
        let until = self.store.settings().get::<Option<Timestamp>>(PAUSED)?.flatten();
        Ok(until.filter(|until| self.now() < *until))
    }

    /// Every open sighting again: a snooze may be over, a request answered, a pause ended.
    pub(crate) fn consider_all(&self) -> Result<(), AppError> {
        for row in self.store.sightings().open()? {
            self.consider(&row)?;
        }
        Ok(())
    }

    pub(crate) fn alternative(&self, row: &SightingRow, installed: &Installations) -> Option<wire::Alternative> {
        if matches!(row.verdict, Some(Verdict::Approved | Verdict::InventoryOnly) | None) {
            return None;
        }
        let entries = self.shelf.entries_for_me();
        let wanted = Wanted { tasks: vec![Task::Chat], size: ByteSize::new(row.identity.size), memory: self.memory };
        let with_state = entries.iter().map(|entry| (&**entry, self.installation(entry, installed) == Installation::Installed));
        canteen_policy::best_alternative(&wanted, with_state).map(|best| wire::Alternative {
            id: best.entry.key.id.clone(),
            name: best.entry.display_name.clone(),
            installed: best.installed,
            size: best.entry.artifact.size.bytes(),
            because: best.because,
        })
    }

    fn why(&self, row: &SightingRow) -> Vec<String> {
        let policy = self.shelf.policy();
        let signals: Vec<&str> = self.watched.signals(row.id).into_iter().map(signal_words).collect();
        let setter = if policy.organisation.is_empty() { "Canteen's defaults" } else { policy.organisation.as_str() };
        vec![
            format!("Rule: models that are in use and not in the catalogue (rules version {}, set by {setter}).", policy.version),
            format!("Signals: {}.", signals.join(", ")),
            "What IT was told: nothing. It stays on this computer unless you ask for approval.".to_owned(),
        ]
    }

    /// What [`Self::why`] says, for faces that say it in their own words.
    fn basis(&self, row: &SightingRow) -> NudgeBasis {
        let policy = self.shelf.policy();
        NudgeBasis {
            rules_version: policy.version,
            rules_by: Some(policy.organisation.clone()).filter(|name| !name.is_empty()),
            signals: self.watched.signals(row.id).into_iter().collect(),
        }
    }

    fn shown_nudge(&self, row: NudgeRow, installed: &Installations) -> Result<Nudge, AppError> {
        let sighting = self.store.sightings().get(row.sighting)?;
        let alternative = sighting.as_ref().and_then(|sighting| self.alternative(sighting, installed));
        let subject = sighting.map(|row| wire::NudgeSubject { name: row.name, found_in: row.found_in, holder: row.holder });
        Ok(Nudge {
            id: row.id,
            sighting: row.sighting,
            title: row.title,
            body: row.body,
            state: row.state.word().to_owned(),
            until: row.state.until(),
            shown_by: row.shown_by,
            created: row.created,
            alternative,
            why: row.why,
            basis: row.basis.map(|basis| wire::NudgeBasis {
                rules_version: basis.rules_version,
                rules_by: basis.rules_by,
                signals: basis.signals,
            }),
            subject,
        })
    }
}

fn body(sighting: &SightingRow, alternative: Option<&wire::Alternative>) -> String {
    let seen = match &sighting.holder {
        Some(holder) => format!("{holder} is running it."),
        None => format!("It was found in {}.", sighting.found_in),
    };
    match alternative {
        Some(alternative) => format!("{seen} {}", alternative.because),
        None => format!("{seen} You can ask for approval."),
    }
}

const fn reason_code(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::ApprovedForOthers) => "approved_for_others",
        Some(Verdict::Altered) => "altered",
        Some(Verdict::Derivative) => "derivative",
        Some(Verdict::Dangerous) => "dangerous",
        Some(Verdict::Unapproved | Verdict::Approved | Verdict::InventoryOnly) | None => "unapproved",
    }
}

const fn signal_words(signal: Signal) -> &'static str {
    match signal {
        Signal::Content => "the file's content is that of model weights",
        Signal::Holder => "a running program holds the weights in memory",
        Signal::Computing => "that program is computing",
        Signal::Port => "a local port answers like a model server",
        Signal::Arguments => "the program was started with the model's digest",
    }
}
