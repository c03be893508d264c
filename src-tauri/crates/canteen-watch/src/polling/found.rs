//! What the look through the home folder found, looked after from now on as if it lay in a place.

use super::System;
use super::engine::Engine;
use crate::config::place_name;
use crate::home::{Found, no_weights};

impl<S: System> Engine<S> {
    pub(super) fn take_home(&mut self) -> Option<()> {
        for found in self.home.take() {
            let at = self.clock.now();
            let observations = match found {
                Found::Weights(seen) => self.files.adopt(seen),
                Found::Again(path, identity) => self.files.again(&path, identity, at),
                Found::Perhaps(path) => self.files.consider(&path, &place_name(&path), at),
                Found::Said(observation) => vec![observation],
            };
            self.tell(observations)?;
        }
        self.tell_no_weights()
    }

    /// What earlier sessions found in the home folder, the first time.
    pub(super) fn tell_known_weights(&mut self) -> Option<()> {
        for (path, identity) in self.home.known_weights() {
            let observations = self.files.again(&path, identity, self.clock.now());
            self.tell(observations)?;
        }
        Some(())
    }

    pub(super) fn tell_no_weights(&mut self) -> Option<()> {
        let files = self.files.take_no_weights();
        no_weights(&files).try_for_each(|told| self.say(told))
    }
}
