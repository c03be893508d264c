use tokio::sync::broadcast;

use crate::wire::{AppEvent, Topic};

/// How many events a face may lag behind before it is told to read everything again.
const BACKLOG: usize = 256;

/// One channel from the host to every face. A slow listener loses events and gets [`AppEvent::Resync`]; the sender never
/// waits.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<AppEvent>);

/// One face's end.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<AppEvent>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Events {
    /// To whoever listens; nobody is fine.
    pub(crate) fn send(&self, event: AppEvent) {
        drop(self.0.send(event));
    }

    pub(crate) fn changed(&self, topics: &[Topic]) {
        for topic in topics {
            self.send(AppEvent::Changed { topic: *topic });
        }
    }

    /// From now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Listener {
    /// The next event; `None` when the host has ended.
    pub async fn next(&mut self) -> Option<AppEvent> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(AppEvent::Resync),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_face_is_told_to_read_again_and_blocks_nobody() {
        let events = Events::default();
        let mut slow = events.listen();
        for _ in 0..=BACKLOG {
            events.changed(&[Topic::Models]);
        }
        assert_eq!(slow.next().await, Some(AppEvent::Resync));
        assert_eq!(slow.next().await, Some(AppEvent::Changed { topic: Topic::Models }));
    }
}
