//! Work on graphics cards, where a program's own computing time does not show it: Linux tells of it for own programs' open cards
//! (DRM), NVIDIA's driver through a library of its own, for everybody's.
//!
//! Nothing is asked unless somebody holds weights: a card that sleeps is not woken. Where the library is not there, or the kernel
//! tells nothing, there is no signal, and nothing is said about it.

mod drm;
mod nvidia;

use std::time::Duration;

use super::proc;
use nvidia::Nvidia;

/// What a process has done on cards by one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OnCard {
    /// Time on the engine of a card that it used most, since it opened the card.
    pub(super) computed: Duration,
    /// Share of an NVIDIA card, in percent, since it was last asked for.
    pub(super) percent: u32,
}

/// Where work on cards is told of.
#[derive(Debug, Default)]
pub(super) struct Graphics {
    nvidia: Nvidia,
}

impl Graphics {
    /// Asks for these holders of weights. What has less than `least` bytes on a card draws a window, and runs no model there.
    pub(super) fn ask(&mut self, holders: &[u32], least: u64) {
        self.nvidia.ask(holders, least);
    }

    pub(super) fn of(&self, pid: u32, least: u64) -> OnCard {
        let clients = proc::cards(pid).into_iter().filter_map(|fdinfo| drm::client(&fdinfo));
        OnCard { computed: drm::computed(clients, least), percent: self.nvidia.percent(pid) }
    }
}
