use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use canteen_sandbox::{Channel, Child, Spec};
use canteen_types::frames::{self, FromEngine, Role, ToEngine, Turn};
use canteen_types::{EndReason, EngineSettings};
use tokio::sync::mpsc;

use crate::machine::{Action, Input, Machine, Phase, Terms};
use crate::outbox::Outbox;
use crate::{AnswerId, RunEvent, RunTicket, RunnerError};

/// Frames and requests that wait for the actor. It never waits itself, so few are enough.
const INPUTS: usize = 64;
/// Frames that wait for the engine: one answer and one stop at a time.
const FRAMES: usize = 4;

/// How to start an engine.
#[derive(Clone, Debug)]
pub struct StartOptions {
    /// The executable, as an absolute path.
    pub engine: PathBuf,
    /// Computing threads: physical cores, 1 to 8. More than that slows a busy machine down.
    pub threads: u32,
}

/// May an answer be asked for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    NotYet,
    Open,
    Busy,
    Over,
}

#[derive(Debug)]
struct Shared {
    child: Child,
    /// The gate, and the id of the next answer.
    gate: Mutex<(Gate, u64)>,
    /// Pieces of answers so far.
    pieces: AtomicU64,
}

impl Shared {
    fn gate(&self) -> MutexGuard<'_, (Gate, u64)> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run. Dropping it stops the engine.
#[derive(Debug)]
pub struct RunHandle {
    shared: Arc<Shared>,
    inputs: SyncSender<Input>,
}

/// Starts the engine for this ticket. Returns at once; what happens then comes as events, and the last is
/// [`RunEvent::Ended`]. Whoever does not fetch them slows nothing down.
///
/// # Errors
/// [`RunnerError::Sandbox`] when there is no engine or no sandbox for this system, [`RunnerError::Start`].
pub fn start(ticket: RunTicket, options: StartOptions) -> Result<(RunHandle, mpsc::Receiver<RunEvent>), RunnerError> {
    let RunTicket { key, settings, file, size, memory_limit, allow_partial, .. } = ticket;
    let spec = Spec { program: options.engine, arguments: vec![], model: file, memory_limit };
    let child = canteen_sandbox::spawn(spec)?;
    tracing::info!(entry = %key.id, version = key.version, pid = child.pid(), limit = %memory_limit.as_memory(), "engine started");
    let channel = child.channel().map_err(refused("open its channel"))?;
    let shared = Arc::new(Shared { child, gate: Mutex::new((Gate::NotYet, 1)), pieces: AtomicU64::new(0) });
    let (inputs, incoming) = sync_channel(INPUTS);

    let (reading, to_actor) = (channel.try_clone().map_err(refused("open its channel"))?, inputs.clone());
    spawn("run-frames", move || read_frames(reading, &to_actor))?;
    let (waiting, to_actor) = (Arc::clone(&shared), inputs.clone());
    spawn("run-end", move || drop(to_actor.send(Input::Exited(waiting.child.wait()))))?;
    let (frames, outgoing) = sync_channel(FRAMES);
    let writing = channel.try_clone().map_err(refused("open its channel"))?;
    spawn("run-writer", move || write_frames(writing, &outgoing))?;

    let outbox = Outbox::default();
    let events = outbox.deliver().map_err(refused("start a thread"))?;
    let threads = options.threads.max(1);
    let actor = Actor { shared: Arc::clone(&shared), channel, frames, outbox, deadline: None };
    spawn("run", move || actor.run(Terms { settings, threads, size, allow_partial }, &incoming))?;
    Ok((RunHandle { shared, inputs }, events))
}

fn refused(what: &'static str) -> impl FnOnce(io::Error) -> RunnerError {
    move |cause| RunnerError::Start { what, cause }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), RunnerError> {
    thread::Builder::new().name(name.into()).spawn(body).map(drop).map_err(refused("start a thread"))
}

impl RunHandle {
    /// Process id for meters, while the process lives.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        (self.shared.gate().0 != Gate::Over).then(|| self.shared.child.pid())
    }

    /// Pieces of answers that came so far, whoever fetched them. The engine sends one for each token, except where a character
    /// takes several: two looks give the speed of an answer while it is written.
    #[must_use]
    pub fn pieces(&self) -> u64 {
        self.shared.pieces.load(Ordering::Relaxed)
    }

    /// Asks for an answer to the last turn. One at a time.
    ///
    /// # Errors
    /// [`RunnerError::NotReady`], [`RunnerError::Busy`], [`RunnerError::Ended`], [`RunnerError::NothingAsked`],
    /// [`RunnerError::TooLong`].
    pub fn answer(&self, turns: Vec<Turn>, settings: EngineSettings, seed: Option<u32>) -> Result<AnswerId, RunnerError> {
        if turns.last().is_none_or(|turn| turn.role != Role::User) {
            return Err(RunnerError::NothingAsked);
        }
        fits(&turns)?;
        // One is the least that an answer can be.
        let settings = EngineSettings { max_answer_tokens: settings.max_answer_tokens.max(1), ..settings };
        // The gate is let go before the send: the send may wait for the actor, and the actor for the gate.
        let id = self.reserve()?;
        let max_tokens = settings.max_answer_tokens;
        let ask = Input::Ask { id, frame: ToEngine::Answer { id, turns, settings, seed }, max_tokens };
        self.inputs.send(ask).map_err(|_| RunnerError::Ended)?;
        Ok(AnswerId(id))
    }

    /// Asks how many tokens this conversation has; nothing is computed, and the run stays ready. One question at a time.
    ///
    /// # Errors
    /// [`RunnerError::NotReady`], [`RunnerError::Busy`], [`RunnerError::Ended`], [`RunnerError::NothingAsked`],
    /// [`RunnerError::TooLong`].
    pub fn count(&self, turns: Vec<Turn>) -> Result<AnswerId, RunnerError> {
        if turns.is_empty() {
            return Err(RunnerError::NothingAsked);
        }
        fits(&turns)?;
        let id = self.reserve()?;
        self.inputs.send(Input::Count { id, frame: ToEngine::Count { id, turns } }).map_err(|_| RunnerError::Ended)?;
        Ok(AnswerId(id))
    }

    fn reserve(&self) -> Result<u64, RunnerError> {
        let mut gate = self.shared.gate();
        match gate.0 {
            Gate::NotYet => Err(RunnerError::NotReady),
            Gate::Busy => Err(RunnerError::Busy),
            Gate::Over => Err(RunnerError::Ended),
            Gate::Open => {
                let id = gate.1;
                *gate = (Gate::Busy, id.saturating_add(1));
                Ok(id)
            }
        }
    }

    /// Stops an answer; the run stays. Stopping what has ended is fine.
    pub fn stop_answer(&self, answer: AnswerId) {
        drop(self.inputs.send(Input::StopAnswer { id: answer.0 }));
    }

    /// Stops the run. The engine leaves at once, or is killed after two seconds. Stopping what has ended is fine.
    pub fn stop(&self, reason: EndReason) {
        drop(self.inputs.send(Input::Stop(reason)));
    }
}

impl Drop for RunHandle {
    fn drop(&mut self) {
        self.stop(EndReason::Quit);
    }
}

/// Rough, and on the safe side of what JSON makes of it; a frame that is too long after all ends the run.
fn fits(turns: &[Turn]) -> Result<(), RunnerError> {
    let bytes: usize = turns.iter().map(|turn| json_length(&turn.content).saturating_add(64)).sum();
    if bytes > frames::MAX_FRAME as usize - 1024 { Err(RunnerError::TooLong { bytes }) } else { Ok(()) }
}

/// Length of a text as a JSON string.
fn json_length(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '"' | '\\' | '\n' | '\r' | '\t' => 2,
            c if c.is_control() && c.is_ascii() => 6,
            c => c.len_utf8(),
        })
        .sum()
}

fn read_frames(mut channel: Channel, to_actor: &SyncSender<Input>) {
    loop {
        let input = match frames::read::<FromEngine>(&mut channel) {
            Ok(Some(frame)) => Input::Frame(frame),
            Ok(None) => Input::ChannelClosed,
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                // The text of the error may quote the frame: only its kind is kept.
                drop(to_actor.send(Input::Garbage("too long, or not of this protocol".to_owned())));
                Input::ChannelClosed
            }
            // A frame that was cut by the end of the process.
            Err(_) => Input::ChannelClosed,
        };
        let last = input == Input::ChannelClosed;
        if to_actor.send(input).is_err() || last {
            return;
        }
    }
}

fn write_frames(mut channel: Channel, outgoing: &Receiver<ToEngine>) {
    for frame in outgoing {
        if frames::write(&mut channel, &frame).is_err() {
            // The reader sees the same end and reports it.
            channel.close();
            return;
        }
    }
}

/// Runs the machine and does what it says. It never waits for the engine or for a listener.
struct Actor {
    shared: Arc<Shared>,
    channel: Channel,
    frames: SyncSender<ToEngine>,
    outbox: Outbox,
    deadline: Option<Instant>,
}

impl Actor {
    fn run(mut self, terms: Terms, incoming: &Receiver<Input>) {
        let (mut machine, actions) = Machine::new(terms);
        let mut deaf = self.perform(actions);
        while *machine.phase() != Phase::Ended {
            let input = if deaf { Input::Deaf } else { self.next(incoming) };
            let before = gate(machine.phase());
            let actions;
            (machine, actions) = machine.step(input);
            let after = gate(machine.phase());
            // Only when it changes: an answer may have been asked for meanwhile.
            if before != after {
                self.shared.gate().0 = after;
            }
            deaf = self.perform(actions);
        }
        self.shared.gate().0 = Gate::Over;
        self.channel.close();
        self.outbox.close();
    }

    fn next(&mut self, incoming: &Receiver<Input>) -> Input {
        let Some(deadline) = self.deadline else {
            // All senders gone: nobody can ask for anything any more.
            return incoming.recv().unwrap_or(Input::Stop(EndReason::Quit));
        };
        match incoming.recv_timeout(deadline.saturating_duration_since(now())) {
            Ok(input) => input,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                self.deadline = None;
                Input::DeadlinePassed
            }
        }
    }

    /// True when the engine does not fetch its frames.
    fn perform(&mut self, actions: Vec<Action>) -> bool {
        let mut deaf = false;
        for action in actions {
            match action {
                Action::Send(frame) => deaf |= matches!(self.frames.try_send(frame), Err(TrySendError::Full(_))),
                Action::Tell(event) => {
                    if let RunEvent::Piece { .. } = &event {
                        self.shared.pieces.fetch_add(1, Ordering::Relaxed);
                    }
                    if let RunEvent::Ended { reason, detail } = &event {
                        tracing::info!(?reason, detail, pid = self.shared.child.pid(), "engine ended");
                    }
                    self.outbox.push(event);
                }
                Action::Deadline(limit) => self.deadline = limit.map(|limit: Duration| now() + limit),
                Action::CloseChannel => self.channel.close(),
                Action::Kill => self.shared.child.kill(),
            }
        }
        deaf
    }
}

const fn gate(phase: &Phase) -> Gate {
    match phase {
        Phase::Locking | Phase::Loading => Gate::NotYet,
        Phase::Ready => Gate::Open,
        Phase::Answering { .. } | Phase::Counting { .. } => Gate::Busy,
        Phase::Stopping | Phase::Ended => Gate::Over,
    }
}

#[expect(clippy::disallowed_methods, reason = "the deadlines of a real process are real time; all decisions are in the machine")]
fn now() -> Instant {
    Instant::now()
}
