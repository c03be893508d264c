//! Between the run, which never waits, and a listener, which may be slow.
//!
//! Pieces of one answer that were not fetched yet become one. The length is bounded all the same: the machine lets through
//! only so much text per answer, and answers only when somebody asked.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::RunEvent;

/// Events in flight to the listener.
const IN_FLIGHT: usize = 256;
/// A joined piece grows no longer than this, in bytes.
const JOINED: usize = 16 << 10;

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<RunEvent>,
    closed: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox(Arc<(Mutex<Queue>, Condvar)>);

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never blocks.
    pub(crate) fn push(&self, event: RunEvent) {
        let mut queue = self.lock();
        if let (RunEvent::Piece { answer, text }, Some(RunEvent::Piece { answer: last, text: joined })) =
            (&event, queue.events.back_mut())
            && answer == last
            && joined.len() + text.len() <= JOINED
        {
            joined.push_str(text);
            return;
        }
        queue.events.push_back(event);
        self.0.1.notify_one();
    }

    /// What is in it is still delivered.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.0.1.notify_one();
    }

    fn pop(&self) -> Option<RunEvent> {
        let mut queue = self.lock();
        loop {
            match queue.events.pop_front() {
                Some(event) => return Some(event),
                None if queue.closed => return None,
                None => queue = self.0.1.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Starts the thread that hands events on. It ends when the outbox is closed and empty, or the listener has gone.
    pub(crate) fn deliver(&self) -> std::io::Result<mpsc::Receiver<RunEvent>> {
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        let outbox = self.clone();
        std::thread::Builder::new().name("run-events".into()).spawn(move || {
            while let Some(event) = outbox.pop() {
                if sender.blocking_send(event).is_err() {
                    break;
                }
            }
        })?;
        Ok(receiver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AnswerId;
    use canteen_types::RunState;

    fn piece(answer: u64, text: &str) -> RunEvent {
        RunEvent::Piece { answer: AnswerId(answer), text: text.into() }
    }

    #[test]
    fn pieces_that_nobody_fetched_become_one() {
        let outbox = Outbox::default();
        for event in [piece(1, "a"), piece(1, "b"), RunEvent::State(RunState::Ready), piece(1, "c"), piece(2, "d")] {
            outbox.push(event);
        }
        outbox.close();
        let got: Vec<_> = std::iter::from_fn(|| outbox.pop()).collect();
        assert_eq!(got, [piece(1, "ab"), RunEvent::State(RunState::Ready), piece(1, "c"), piece(2, "d")]);
    }

    #[test]
    fn a_listener_that_sleeps_gets_everything_in_the_end() {
        let outbox = Outbox::default();
        let mut receiver = outbox.deliver().unwrap();
        for state in std::iter::repeat_n([RunState::Ready, RunState::Answering], 5_000).flatten() {
            outbox.push(RunEvent::State(state));
        }
        outbox.close();
        let got = std::iter::from_fn(|| receiver.blocking_recv()).count();
        assert_eq!(got, 10_000);
    }
}
