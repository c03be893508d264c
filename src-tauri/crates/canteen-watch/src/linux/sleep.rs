//! Waiting: until something is due or the kernel tells of something.

use std::os::fd::{AsFd as _, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::GATE;
use super::watch::Watch;

/// What ended a sleep, beyond what asks for itself.
pub(super) struct Woken {
    /// Processes whose end was waited for.
    pub(super) ended: Vec<u32>,
    /// The list of mounts has changed.
    pub(super) mounts: bool,
}

impl Watch {
    /// Until something is due or happens.
    pub(super) fn sleep(&self, woken: &OwnedFd) -> Woken {
        let now = self.clock.monotonic();
        let looks = [self.looks.wait(now), self.holding.wait(now), Some(self.gate_due.saturating_sub(now))];
        let look = looks.into_iter().flatten().min().unwrap_or(GATE).max(self.looks_rest.saturating_sub(now));
        let sweep = self.sweep_due.map(|due| due.saturating_sub(now));
        let others = [
            sweep,
            self.home.wait(now),
            self.changes.wait(now),
            self.births.wait(now),
            self.newborns.wait(now),
            self.files.growing.wait(now),
        ];
        let wait = others.into_iter().flatten().fold(look, Duration::min);
        let wait = Timespec { tv_sec: i64::try_from(wait.as_secs()).unwrap_or(1), tv_nsec: i64::from(wait.subsec_nanos()) };
        let births = self.births.wakes_by(now);
        let fixed = [Some(self.inotify.as_fd()), Some(woken.as_fd()), births];
        let mut waited: Vec<PollFd<'_>> =
            fixed.into_iter().flatten().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        // The list of mounts can always be read; its change is what is waited for.
        let mounts = self.mounts.as_ref().map(|mounts| PollFd::from_borrowed_fd(mounts.as_fd(), PollFlags::PRI));
        let (mounts_at, ends_at) = (waited.len(), waited.len() + usize::from(mounts.is_some()));
        waited.extend(mounts);
        let ends: Vec<(&u32, &OwnedFd)> = self.ends.iter().collect();
        waited.extend(ends.iter().map(|(_, end)| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN)));
        // Interrupted is awake.
        let _ready = poll(&mut waited, Some(&wait)).is_ok();
        let happened: Vec<bool> = waited.iter().map(|fd| !fd.revents().is_empty()).collect();
        let ended = happened.iter().skip(ends_at).zip(&ends).filter(|(ended, _)| **ended).map(|(_, (pid, _))| **pid).collect();
        let mounts = ends_at > mounts_at && happened.get(mounts_at).copied().unwrap_or(false);
        let mut bytes = [0; 64];
        while rustix::io::read(woken, &mut bytes).is_ok_and(|read| read > 0) {}
        Woken { ended, mounts }
    }
}
