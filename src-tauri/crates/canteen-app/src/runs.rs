//! Running a model under watch: check, start, meter, stop. Every start goes through policy, digest and ticket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use canteen_audit::Event;
use canteen_runner::{RunEvent, RunHandle, RunTicket, StartOptions};
use canteen_store::{Kept, RunRow};
use canteen_types::{EndReason, Enforcement, Entry, EntryId, RunId, RunState, SandboxReport, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::fault::AppError;
use crate::wire::{Fault, Run, Settings, Topic};

/// Ended runs that the list still shows.
const SHOWN_ENDED: u32 = 20;

/// What is known about a live run.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) state: RunState,
    pub(crate) report: Option<(SandboxReport, Enforcement)>,
    pub(crate) ended: Option<EndReason>,
    /// What was allocated, once it is loaded.
    pub(crate) context_tokens: Option<u32>,
    answer_tokens: u64,
    speed: Option<f64>,
    /// It rests when nobody asked it anything for so long; not known before it is ready.
    idle: Option<Duration>,
}

/// One engine process and who waits for its words.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) id: RunId,
    pub(crate) entry: Entry,
    started: Timestamp,
    pub(crate) handle: RunHandle,
    pub(crate) live: watch::Receiver<Live>,
    /// Held by the answer that is being written; one at a time.
    pub(crate) turn: tokio::sync::Mutex<()>,
    listener: Mutex<Option<mpsc::Sender<RunEvent>>>,
    pub(crate) samples: crate::samples::Samples,
}

impl Slot {
    /// From now on the words of the engine go to the returned end.
    pub(crate) fn listen(&self) -> mpsc::Receiver<RunEvent> {
        let (sender, receiver) = mpsc::channel(256);
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        receiver
    }

    fn listener(&self) -> Option<mpsc::Sender<RunEvent>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The live runs.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    slots: Mutex<HashMap<RunId, Arc<Slot>>>,
    /// Two starts of one model at once become one.
    pub(crate) starting: tokio::sync::Mutex<()>,
}

impl Runs {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<RunId, Arc<Slot>>) -> T) -> T {
        act(&mut self.slots.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn of_model(&self, id: &EntryId) -> Option<RunId> {
        self.with(|slots| slots.values().find(|slot| slot.entry.key.id == *id).map(|slot| slot.id))
    }

    pub(crate) fn slot(&self, id: RunId) -> Option<Arc<Slot>> {
        self.with(|slots| slots.get(&id).cloned())
    }

    pub(crate) fn all(&self) -> Vec<Arc<Slot>> {
        self.with(|slots| slots.values().cloned().collect())
    }

    /// Processes of our own that hold weights: the watch leaves them out.
    pub(crate) fn pids(&self) -> Vec<u32> {
        self.with(|slots| slots.values().filter_map(|slot| slot.handle.pid()).collect())
    }
}

impl App {
    /// Starts a model, or gives the run that it has.
    ///
    /// # Errors
    /// Refused by policy, a changed file, a missing sandbox, or an engine that ended.
    pub async fn start_run(&self, id: EntryId) -> Result<Run, Fault> {
        let result = async {
            let slot = self.running(&id, &mut |_| {}).await?;
            Ok(self.run_line(&slot))
        }
        .await;
        self.told(result)
    }

    /// The ready run of this model; started where there is none. `on_state` hears how far the start has got.
    pub(crate) async fn running(&self, id: &EntryId, on_state: &mut (dyn FnMut(RunState) + Send)) -> Result<Arc<Slot>, AppError> {
        let slot = {
            let _one = self.runs.starting.lock().await;
            match self.runs.of_model(id).and_then(|run| self.runs.slot(run)) {
                Some(slot) => slot,
                None => {
                    on_state(RunState::Checking);
                    self.start(id).await?
                }
            }
        };
        let mut live = slot.live.clone();
        loop {
            let now = live.borrow_and_update().clone();
            match (now.state, now.ended) {
                (_, Some(reason)) => return Err(AppError::Ended(reason)),
                (RunState::Ready | RunState::Answering, None) => return Ok(slot),
                (state, None) => on_state(state),
            }
            if live.changed().await.is_err() {
                return Err(AppError::Ended(EndReason::Crashed));
            }
        }
    }

    async fn start(&self, id: &EntryId) -> Result<Arc<Slot>, AppError> {
        let entry = self.entry(id)?;
        let (ticket, app) = (entry.clone(), self.handle());
        let (ticket, settings) = self.blocking(move |_| Ok((app.ticket(&ticket)?, app.settings()?))).await?;
        let run = RunId::new(self.now(), canteen_os::entropy()?);
        let options = StartOptions { engine: self.engine.clone(), threads: settings.threads.unwrap_or(self.threads) };
        let started = self.now();
        let (handle, events) = canteen_runner::start(ticket, options)?;
        let row = RunRow {
            id: run,
            key: entry.key.clone(),
            digest: entry.artifact.digest,
            started,
            ended_at: None,
            reason: None,
            report: None,
            answer_tokens: 0,
            speed_milli: None,
        };
        self.blocking(move |app| Ok(app.store.runs().begin(&row)?)).await?;
        let (live, seen) = watch::channel(Live {
            state: RunState::Starting,
            report: None,
            ended: None,
            context_tokens: None,
            answer_tokens: 0,
            speed: None,
            idle: None,
        });
        let slot = Arc::new(Slot {
            id: run,
            entry: Entry::clone(&entry),
            started,
            handle,
            live: seen,
            turn: tokio::sync::Mutex::new(()),
            listener: Mutex::default(),
            samples: crate::samples::Samples::default(),
        });
        self.runs.with(|slots| slots.insert(run, Arc::clone(&slot)));
        self.events.changed(&[Topic::Runs, Topic::Models, Topic::Status]);
        self.tasks.spawn(self.handle().follow(Arc::clone(&slot), events, live));
        self.tasks.spawn(self.handle().sample(Arc::clone(&slot)));
        Ok(slot)
    }

    /// The one place where policy, verified catalogue and verified bytes meet.
    fn ticket(&self, entry: &canteen_catalogue::Verified<Entry>) -> Result<RunTicket, AppError> {
        self.not_moving()?;
        let rows = self.store.installations().all()?;
        let installed = rows.iter().any(|row| row.digest == entry.artifact.digest && row.state == Kept::Installed);
        if !installed {
            return Err(AppError::NotInstalled { name: entry.display_name.clone() });
        }
        let permit = canteen_policy::may_run(&self.shelf.policy(), self.checked(entry)?, self.now());
        let (permit, _warnings) = permit.map_err(|reasons| self.refused(reasons))?;
        let file = match self.library.open_verified(&entry.artifact, &CancellationToken::new()) {
            Ok(file) => file,
            Err(error) => return Err(self.altered(entry, error)),
        };
        Ok(RunTicket::new(entry, file, permit)?)
    }

    /// A file that is no longer what was approved is recorded and never started.
    fn altered(&self, entry: &Entry, error: canteen_library::LibraryError) -> AppError {
        let error = AppError::from(error);
        let event = Event::FileAltered { entry: entry.key.id.clone(), digest: entry.artifact.digest };
        if let Err(unrecorded) = self.store.audit().append(event) {
            tracing::error!(%unrecorded, "an altered file could not be recorded");
        }
        error
    }

    async fn follow(self: Arc<Self>, slot: Arc<Slot>, mut events: mpsc::Receiver<RunEvent>, live: watch::Sender<Live>) {
        let mut last = (EndReason::Crashed, String::new());
        loop {
            let idle = live.borrow().state == RunState::Ready;
            let event = if idle {
                let idle = self.idle().await;
                live.send_modify(|live| live.idle = Some(idle));
                match tokio::time::timeout(idle, events.recv()).await {
                    Ok(event) => event,
                    Err(_) => {
                        slot.handle.stop(EndReason::Idle);
                        continue_stopping(&live);
                        continue;
                    }
                }
            } else {
                events.recv().await
            };
            let Some(event) = event else { break };
            match &event {
                RunEvent::State(state) => live.send_modify(|live| live.state = *state),
                RunEvent::Report(report, enforcement) => {
                    live.send_modify(|live| live.report = Some((report.clone(), enforcement.clone())));
                    self.record_started(&slot, report.clone(), enforcement.clone()).await;
                }
                RunEvent::Done { figures, .. } => {
                    let first = live.borrow().speed.is_none();
                    live.send_modify(|live| {
                        live.answer_tokens += u64::from(figures.answer_tokens);
                        live.speed = crate::chat::speed_milli(*figures).map(milli).or(live.speed);
                    });
                    self.record_answered(&slot, &live).await;
                    if first {
                        // How quick this model is here, and what that says about others.
                        self.events.changed(&[Topic::Models]);
                    }
                }
                RunEvent::Ended { reason, detail } => last = (*reason, detail.clone()),
                RunEvent::Loaded { context_tokens, .. } => {
                    live.send_modify(|live| live.context_tokens = Some(*context_tokens));
                }
                RunEvent::Piece { .. } | RunEvent::Counted { .. } | RunEvent::Fault { .. } => {}
            }
            if let RunEvent::State(_) | RunEvent::Report(..) = event {
                self.events.changed(&[Topic::Runs]);
            } else if let Some(listener) = slot.listener() {
                // A chat that has gone away no longer listens.
                drop(listener.send(event).await);
            }
        }
        self.record_ended(&slot, &live, last).await;
    }

    /// How long an unused model stays loaded. Asked anew after each answer, so that a change counts for what runs already.
    async fn idle(&self) -> Duration {
        let settings = self.blocking(Self::settings).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the settings cannot be read; a model rests as usual");
            Settings::default()
        });
        Duration::from_secs(u64::from(settings.idle_minutes) * 60)
    }

    async fn record_started(&self, slot: &Arc<Slot>, report: SandboxReport, enforcement: Enforcement) {
        let (id, key, digest) = (slot.id, slot.entry.key.clone(), slot.entry.artifact.digest);
        self.remember_sandbox(&report, &enforcement);
        let recorded = self
            .blocking(move |app| {
                let event = Event::RunStarted { run: id, entry: key.id, version: key.version, digest, enforcement };
                Ok(app.store.runs().locked_in(id, &report, event)?)
            })
            .await;
        if let Err(error) = recorded {
            // If the row cannot be written, the action does not happen.
            tracing::error!(%error, "a run could not be recorded and was stopped");
            slot.handle.stop(EndReason::Quit);
        }
    }

    async fn record_answered(&self, slot: &Arc<Slot>, live: &watch::Sender<Live>) {
        let (id, tokens) = (slot.id, live.borrow().answer_tokens);
        let speed = live.borrow().speed.map(thousandths);
        if let Err(error) = self.blocking(move |app| Ok(app.store.runs().answered(id, tokens, speed)?)).await {
            tracing::warn!(%error, "a run's figures could not be kept");
        }
    }

    async fn record_ended(&self, slot: &Arc<Slot>, live: &watch::Sender<Live>, (reason, detail): (EndReason, String)) {
        self.runs.with(|slots| slots.remove(&slot.id));
        let (id, entry) = (slot.id, slot.entry.key.id.clone());
        if !detail.is_empty() {
            tracing::info!(run = %id, detail, "an engine ended");
        }
        let recorded =
            self.blocking(move |app| Ok(app.store.runs().end(id, reason, Event::RunEnded { run: id, entry, reason })?)).await;
        if let Err(error) = recorded {
            tracing::error!(%error, "the end of a run could not be recorded");
        }
        live.send_modify(|live| {
            live.state = RunState::Ended;
            live.ended = Some(reason);
        });
        self.events.changed(&[Topic::Runs, Topic::Models, Topic::Status, Topic::Log]);
    }

    /// Stops a run and waits until its process is gone.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn stop_run(&self, id: RunId) -> Result<(), Fault> {
        let result = self.try_stop_run(id).await;
        self.told(result)
    }

    pub(crate) async fn try_stop_run(&self, id: RunId) -> Result<(), AppError> {
        let slot = self.runs.slot(id).ok_or_else(|| AppError::Unknown { kind: "run", id: id.to_string() })?;
        self.stop_slot(&slot, EndReason::StoppedByPerson).await;
        Ok(())
    }

    pub(crate) async fn stop_slot(&self, slot: &Slot, reason: EndReason) {
        slot.handle.stop(reason);
        let mut live = slot.live.clone();
        // The sender goes when the run has been recorded as ended: that is an end too.
        drop(live.wait_for(|live| live.ended.is_some()).await);
    }

    /// Ends what the catalogue no longer lists, or not for this person: approval is needed for as long as a model runs.
    pub(crate) fn stop_disallowed(&self) {
        for slot in self.runs.all() {
            let listed = self.shelf.entry(&slot.entry.key.id);
            let approved =
                listed.is_some_and(|entry| entry.artifact.digest == slot.entry.artifact.digest && self.shelf.is_for_me(&entry));
            if !approved {
                slot.handle.stop(EndReason::RefusedByPolicy);
            }
        }
    }

    /// Live runs first, then the newest that ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_runs(&self) -> Result<Vec<Run>, Fault> {
        let result = self
            .blocking(|app| {
                let mut runs = app.live_runs();
                for row in app.store.runs().newest(SHOWN_ENDED)? {
                    if row.reason.is_some() {
                        runs.push(app.ended_line(row));
                    }
                }
                Ok(runs)
            })
            .await;
        self.told(result)
    }

    pub(crate) fn live_runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = self.runs.all().iter().map(|slot| self.run_line(slot)).collect();
        runs.sort_by_key(|run| run.started);
        runs
    }

    fn run_line(&self, slot: &Slot) -> Run {
        let live = slot.live.borrow().clone();
        let usage = slot.handle.pid().and_then(canteen_os::Meter::sample);
        Run {
            id: slot.id,
            model: slot.entry.key.id.clone(),
            name: slot.entry.display_name.clone(),
            state: live.state,
            ended: live.ended,
            started: slot.started,
            ended_at: None,
            landlock_abi: live.report.as_ref().map_or(0, |(report, _)| report.landlock_abi),
            memory_limit: live.report.as_ref().map(|(report, _)| report.memory_limit.bytes()),
            sandbox: live.report.map(|(_, enforcement)| enforcement),
            memory: usage.map_or(0, |usage| usage.memory.bytes()),
            cpu_ms: usage.map_or(0, |usage| u64::try_from(usage.cpu.as_millis()).unwrap_or(u64::MAX)),
            answer_tokens: live.answer_tokens,
            speed: live.speed,
            idle_ms: live.idle.and_then(|idle| u64::try_from(idle.as_millis()).ok()),
            answering: self.answering.by(slot.id),
        }
    }

    fn ended_line(&self, row: RunRow) -> Run {
        let name = self.model_name(&row.key.id);
        Run {
            id: row.id,
            model: row.key.id,
            name,
            state: RunState::Ended,
            ended: row.reason,
            started: row.started,
            ended_at: row.ended_at,
            landlock_abi: row.report.as_ref().map_or(0, |report| report.landlock_abi),
            memory_limit: row.report.as_ref().map(|report| report.memory_limit.bytes()),
            sandbox: row.report.map(|report| canteen_runner::enforcement(&report, true)),
            memory: 0,
            cpu_ms: 0,
            answer_tokens: row.answer_tokens,
            speed: row.speed_milli.map(milli),
            idle_ms: None,
            answering: None,
        }
    }
}

fn continue_stopping(live: &watch::Sender<Live>) {
    live.send_modify(|live| live.state = RunState::Stopping);
}

/// To thousandths, as the store keeps speeds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a speed is positive and has a few digits")]
fn thousandths(speed: f64) -> u64 {
    (speed * 1000.0).round().max(0.0) as u64
}

/// From thousandths, as the store keeps speeds.
#[expect(clippy::cast_precision_loss, reason = "a speed has a few digits")]
pub(crate) fn milli(thousandths: u64) -> f64 {
    thousandths as f64 / 1000.0
}
