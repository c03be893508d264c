//! Hears a run to its end.

#![expect(clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test ends with what happened instead")]

use canteen_runner::{AnswerId, RunEvent, RunHandle};
use canteen_types::frames::{AnswerEnd, AnswerFigures, FaultCause, Role, Turn};
use canteen_types::{EndReason, RunState};
use tokio::sync::mpsc::Receiver;

pub(crate) struct Listener {
    events: Receiver<RunEvent>,
    /// Everything but text, so far.
    pub(crate) heard: Vec<RunEvent>,
}

/// What came of an answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Done(AnswerEnd, AnswerFigures),
    Fault(FaultCause),
    Ended(EndReason),
}

impl Listener {
    pub(crate) const fn new(events: Receiver<RunEvent>) -> Self {
        Self { events, heard: Vec::new() }
    }

    pub(crate) fn next(&mut self) -> Option<RunEvent> {
        let event = self.events.blocking_recv()?;
        if !matches!(event, RunEvent::Piece { .. }) {
            self.heard.push(event.clone());
        }
        Some(event)
    }

    /// Waits until the model is loaded. Panics with what happened instead.
    pub(crate) fn ready(&mut self) {
        while let Some(event) = self.next() {
            match event {
                RunEvent::State(RunState::Ready) => return,
                RunEvent::Ended { .. } => break,
                _ => {}
            }
        }
        panic!("never ready: {:?}", self.heard);
    }

    /// Waits for the end; the channel must close behind it.
    pub(crate) fn end(&mut self) -> (EndReason, String) {
        while let Some(event) = self.next() {
            if let RunEvent::Ended { reason, detail } = event {
                assert_eq!(self.next(), None, "nothing follows the end");
                return (reason, detail);
            }
        }
        panic!("no end: {:?}", self.heard);
    }

    /// Text and end of this answer.
    pub(crate) fn outcome(&mut self, wanted: AnswerId) -> (String, Outcome) {
        let mut text = String::new();
        while let Some(event) = self.next() {
            match event {
                RunEvent::Piece { answer, text: piece } => {
                    assert_eq!(answer, wanted);
                    text.push_str(&piece);
                }
                RunEvent::Done { answer, end, figures } if answer == wanted => return (text, Outcome::Done(end, figures)),
                RunEvent::Fault { answer: Some(answer), cause, .. } if answer == wanted => return (text, Outcome::Fault(cause)),
                RunEvent::Ended { reason, .. } => return (text, Outcome::Ended(reason)),
                _ => {}
            }
        }
        panic!("no end of the answer: {:?}", self.heard);
    }
}

pub(crate) fn user(text: &str) -> Vec<Turn> {
    vec![Turn { role: Role::User, content: text.to_owned() }]
}

/// Asks and waits for the end of the answer.
pub(crate) fn ask(
    run: &RunHandle,
    listener: &mut Listener,
    text: &str,
    settings: canteen_types::EngineSettings,
) -> (String, Outcome) {
    let answer = run.answer(user(text), settings, Some(7)).expect("ready");
    listener.outcome(answer)
}
