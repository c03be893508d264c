//! The run as a pure machine: what is known, an event, what to do. It holds no process, no thread and no clock.

use std::time::Duration;

use canteen_sandbox::{Exit, printable};
use canteen_types::frames::{AnswerEnd, FromEngine, PROTOCOL, ToEngine};
use canteen_types::{ByteSize, EndReason, Enforcement, EngineSettings, RunState};

use crate::evidence::Evidence;
use crate::{AnswerId, RunEvent, deadlines, enforcement};

/// Longest token of any known vocabulary that is text, in bytes, with room to spare.
const TOKEN_BYTES: u64 = 1024;
/// Longest detail of a fault, in characters.
const DETAIL: usize = 500;

/// What a run was started with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Terms {
    pub(crate) settings: EngineSettings,
    pub(crate) threads: u32,
    pub(crate) size: ByteSize,
    pub(crate) allow_partial: bool,
}

/// Where a run is. There is no way into `Ready` but through `Locking` and `Loading`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// The process was started; it has not reported yet.
    Locking,
    /// The report was good enough; it reads the model.
    Loading,
    Ready,
    Answering {
        id: u64,
        /// Tokens that it may still claim.
        tokens: u32,
        /// Bytes of text that it may still send.
        left: u64,
        stopping: bool,
    },
    Counting {
        id: u64,
    },
    /// Whatever it says now is not heard.
    Stopping,
    Ended,
}

/// What came from outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    Frame(FromEngine),
    /// What could not be read as a frame.
    Garbage(String),
    ChannelClosed,
    Exited(Exit),
    Ask {
        id: u64,
        frame: ToEngine,
        max_tokens: u32,
    },
    Count {
        id: u64,
        frame: ToEngine,
    },
    StopAnswer {
        id: u64,
    },
    Stop(EndReason),
    /// It does not fetch what we send.
    Deaf,
    DeadlinePassed,
}

/// What the actor must do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Send(ToEngine),
    Tell(RunEvent),
    /// Replaces the last one.
    Deadline(Option<Duration>),
    CloseChannel,
    Kill,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Machine {
    terms: Terms,
    phase: Phase,
    evidence: Evidence,
    exit: Option<Exit>,
    closed: bool,
}

impl Machine {
    pub(crate) fn new(terms: Terms) -> (Self, Vec<Action>) {
        let machine = Self { terms, phase: Phase::Locking, evidence: Evidence::default(), exit: None, closed: false };
        (machine, vec![Action::Tell(RunEvent::State(RunState::Starting)), Action::Deadline(Some(deadlines::HELLO))])
    }

    pub(crate) const fn phase(&self) -> &Phase {
        &self.phase
    }

    /// One step. `Ended` is final: nothing follows.
    pub(crate) fn step(mut self, input: Input) -> (Self, Vec<Action>) {
        let mut actions = if self.phase == Phase::Ended { vec![] } else { self.act(input) };
        if self.exit.is_some() && self.phase != Phase::Ended {
            // The process is gone: whatever its last frames say, they get no more time than this.
            for action in &mut actions {
                if let Action::Deadline(limit) = action {
                    *limit = Some(deadlines::STOP);
                }
            }
        }
        (self, actions)
    }

    fn act(&mut self, input: Input) -> Vec<Action> {
        match input {
            Input::Frame(frame) => self.frame(frame),
            Input::Garbage(what) => self.violated(&format!("the engine sent what is no frame: {what}")),
            Input::Deaf => self.violated("the engine does not read what it is sent"),
            Input::ChannelClosed => {
                self.closed = true;
                self.finish_or_wait()
            }
            Input::Exited(exit) => {
                self.exit = Some(exit);
                self.finish_or_wait()
            }
            Input::Ask { id, frame, max_tokens } => self.ask(id, frame, max_tokens),
            Input::Count { id, frame } => self.count(id, frame),
            Input::StopAnswer { id } => self.stop_answer(id),
            Input::Stop(reason) => self.stop(reason),
            Input::DeadlinePassed => self.late(),
        }
    }

    fn ask(&mut self, id: u64, frame: ToEngine, max_tokens: u32) -> Vec<Action> {
        if self.phase != Phase::Ready {
            return vec![];
        }
        let left = u64::from(max_tokens).saturating_add(1).saturating_mul(TOKEN_BYTES);
        self.phase = Phase::Answering { id, tokens: max_tokens, left, stopping: false };
        vec![Action::Tell(RunEvent::State(RunState::Answering)), Action::Send(frame)]
    }

    fn count(&mut self, id: u64, frame: ToEngine) -> Vec<Action> {
        if self.phase != Phase::Ready {
            return vec![];
        }
        // To the outside it is ready all the while.
        self.phase = Phase::Counting { id };
        vec![Action::Send(frame), Action::Deadline(Some(deadlines::COUNT))]
    }

    fn stop_answer(&mut self, wanted: u64) -> Vec<Action> {
        match &mut self.phase {
            Phase::Answering { id, stopping, .. } if *id == wanted && !*stopping => {
                *stopping = true;
                vec![Action::Send(ToEngine::Stop { id: wanted }), Action::Deadline(Some(deadlines::STOP_ANSWER))]
            }
            Phase::Locking
            | Phase::Loading
            | Phase::Ready
            | Phase::Answering { .. }
            | Phase::Counting { .. }
            | Phase::Stopping
            | Phase::Ended => vec![],
        }
    }

    fn stop(&mut self, reason: EndReason) -> Vec<Action> {
        if self.phase == Phase::Stopping {
            return vec![];
        }
        self.evidence.wanted = Some(reason);
        self.phase = Phase::Stopping;
        // The engine leaves when its channel closes, whatever it is doing.
        vec![Action::Tell(RunEvent::State(RunState::Stopping)), Action::CloseChannel, Action::Deadline(Some(deadlines::STOP))]
    }

    fn late(&mut self) -> Vec<Action> {
        if self.exit.is_some() {
            return self.finish();
        }
        match &self.phase {
            Phase::Locking => self.violated("the engine did not report its sandbox in time"),
            Phase::Loading => self.violated("the model did not load in time"),
            Phase::Answering { .. } => self.violated("the engine did not stop its answer in time"),
            Phase::Counting { .. } => self.violated("the engine did not count in time"),
            Phase::Stopping => vec![Action::Kill, Action::Deadline(Some(deadlines::STOP))],
            Phase::Ready | Phase::Ended => vec![],
        }
    }

    fn frame(&mut self, frame: FromEngine) -> Vec<Action> {
        match (&mut self.phase, frame) {
            (Phase::Stopping | Phase::Ended, _) => vec![],
            (Phase::Locking, FromEngine::Hello { protocol, report, .. }) => {
                if protocol != PROTOCOL {
                    return self.violated("the engine is of another version than Canteen; install Canteen again");
                }
                let enforced = enforcement(&report, self.terms.allow_partial);
                let refused = matches!(enforced, Enforcement::Refused { .. });
                let tell = Action::Tell(RunEvent::Report(report, enforced));
                if refused {
                    self.evidence.wanted = Some(EndReason::SandboxMissing);
                    self.phase = Phase::Stopping;
                    return vec![tell, Action::Kill, Action::Deadline(Some(deadlines::STOP))];
                }
                self.phase = Phase::Loading;
                let load = ToEngine::Load { settings: self.terms.settings, threads: self.terms.threads };
                vec![tell, Action::Send(load), Action::Deadline(Some(deadlines::load(self.terms.size)))]
            }
            (Phase::Loading, FromEngine::Loaded { context_tokens, load_ms }) => {
                self.evidence.loaded = true;
                self.phase = Phase::Ready;
                vec![
                    Action::Deadline(None),
                    Action::Tell(RunEvent::Loaded { context_tokens, load_ms }),
                    Action::Tell(RunEvent::State(RunState::Ready)),
                ]
            }
            (Phase::Loading, FromEngine::Fault { id: None, cause, detail }) => {
                let detail = printable(&detail, DETAIL);
                self.evidence.fault = Some((cause, detail.clone()));
                self.phase = Phase::Stopping;
                vec![Action::Tell(RunEvent::Fault { answer: None, cause, detail }), Action::Deadline(Some(deadlines::STOP))]
            }
            (Phase::Answering { id, left, .. }, FromEngine::Piece { id: said, text }) if *id == said => {
                match left.checked_sub(text.len() as u64) {
                    Some(rest) => *left = rest,
                    None => return self.violated("the engine sent more text than an answer may have"),
                }
                vec![Action::Tell(RunEvent::Piece { answer: AnswerId(said), text })]
            }
            (Phase::Answering { id, tokens, stopping, .. }, FromEngine::Done { id: said, end, figures }) if *id == said => {
                if figures.answer_tokens > *tokens || (end == AnswerEnd::Stopped && !*stopping) {
                    return self.violated("the engine reported an end that cannot be");
                }
                self.ready_again(RunEvent::Done { answer: AnswerId(said), end, figures })
            }
            (Phase::Answering { id, .. }, FromEngine::Fault { id: Some(said), cause, detail }) if *id == said => {
                let detail = printable(&detail, DETAIL);
                self.ready_again(RunEvent::Fault { answer: Some(AnswerId(said)), cause, detail })
            }
            (Phase::Counting { id }, FromEngine::Counted { id: said, tokens }) if *id == said => {
                self.counted(RunEvent::Counted { answer: AnswerId(said), tokens })
            }
            (Phase::Counting { id }, FromEngine::Fault { id: Some(said), cause, detail }) if *id == said => {
                let detail = printable(&detail, DETAIL);
                self.counted(RunEvent::Fault { answer: Some(AnswerId(said)), cause, detail })
            }
            (Phase::Locking | Phase::Loading | Phase::Ready | Phase::Answering { .. } | Phase::Counting { .. }, _) => {
                self.violated("the engine sent a frame out of order")
            }
        }
    }

    fn counted(&mut self, last: RunEvent) -> Vec<Action> {
        self.phase = Phase::Ready;
        vec![Action::Deadline(None), Action::Tell(last)]
    }

    fn ready_again(&mut self, last: RunEvent) -> Vec<Action> {
        self.phase = Phase::Ready;
        vec![Action::Deadline(None), Action::Tell(last), Action::Tell(RunEvent::State(RunState::Ready))]
    }

    /// It broke the protocol: it is not asked to stop, it is ended.
    fn violated(&mut self, what: &str) -> Vec<Action> {
        if self.phase == Phase::Stopping {
            return vec![];
        }
        self.evidence.broken.get_or_insert_with(|| what.to_owned());
        self.phase = Phase::Stopping;
        vec![Action::Tell(RunEvent::State(RunState::Stopping)), Action::Kill, Action::Deadline(Some(deadlines::STOP))]
    }

    /// The end needs both: the exit says how, and frames that were sent before it may say why.
    fn finish_or_wait(&mut self) -> Vec<Action> {
        if self.exit.is_some() && self.closed {
            return self.finish();
        }
        if self.exit.is_some() || self.phase != Phase::Stopping {
            if self.closed {
                self.phase = Phase::Stopping;
            }
            return vec![Action::Deadline(Some(deadlines::STOP))];
        }
        vec![]
    }

    fn finish(&mut self) -> Vec<Action> {
        let Some(exit) = &self.exit else { return vec![] };
        let (reason, detail) = self.evidence.reason(exit);
        self.phase = Phase::Ended;
        vec![Action::Deadline(None), Action::Tell(RunEvent::Ended { reason, detail })]
    }
}

#[cfg(test)]
mod tests;
