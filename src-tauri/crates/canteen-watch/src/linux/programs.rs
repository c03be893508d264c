//! What programs do beyond holding weights: they start, wait for others, work; and what is mounted for them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::proc;
use super::watch::Watch;
use crate::FileIdentity;
use crate::activity::{Change, Work};
use crate::observation::Observation;

impl Watch {
    /// Programs that started since the last time.
    pub(super) fn take_births(&mut self) -> Option<()> {
        let now = self.clock.monotonic();
        let born = self.births.take(now);
        let ignored = if born.is_empty() { Vec::new() } else { self.ignored() };
        for pid in born.into_iter().filter(|pid| !ignored.contains(pid)) {
            self.newborns.born(pid, now);
            self.look_at_start(pid, now)?;
        }
        Some(())
    }

    /// Programs that started a moment ago: how those of others were started, and what own ones have loaded by now.
    pub(super) fn look_at_newborns(&mut self) -> Option<()> {
        let now = self.clock.monotonic();
        for look in self.newborns.due(now) {
            let Some(memory) = proc::memory(look.pid) else {
                self.newborns.gone(look.pid);
                continue;
            };
            match (proc::is_own(look.pid), look.first) {
                (true, _) if memory.resident >= self.config.minimum_size.bytes() => self.look_at_given(look.pid, now)?,
                (true, _) | (false, false) => {}
                (false, true) => self.read_arguments(look.pid),
            }
            let compared = self.look_at_growth(look.pid, memory, now)?;
            self.grown.insert(look.pid, compared);
            // It may have been in the middle of it at the last look, and has grown by too little since.
            if proc::is_own(look.pid) && self.holding.of_process(look.pid).is_empty() {
                self.look_for_read(look.pid, (None, memory), now)?;
            }
        }
        self.newborns.looked(now, self.clock.monotonic());
        Some(())
    }

    /// How the programs of others were started: of those that were there before the watch, or whose start was missed.
    pub(super) fn read_all_arguments(&mut self) {
        for pid in proc::pids(&self.ignored()) {
            if !proc::is_own(pid) {
                self.read_arguments(pid);
            }
        }
    }

    pub(super) fn look_at_servers(&mut self) -> Option<()> {
        let new = self.servers.as_mut().map(|servers| servers.new_ones()).unwrap_or_default();
        for (server, holder) in new {
            self.say(Observation::Waits { server, holder, at: self.clock.now() })?;
        }
        Some(())
    }

    /// Whether holders work with what they hold.
    pub(super) fn look_at_work(&mut self, now: Duration) -> Option<()> {
        let own = self.holding.all_sure().into_iter().filter_map(|(key, pid)| Some((pid, self.files.identity(key)?)));
        let holders: Vec<(u32, FileIdentity)> = own.chain(self.other_holders()).collect();
        let pids: BTreeSet<u32> = holders.iter().map(|(pid, _)| *pid).collect();
        self.activity.keep(&pids);
        let ports = |pid: u32| self.servers.as_ref().map(|servers| servers.ports_of(pid)).unwrap_or_default();
        let by_pid: Vec<(u32, BTreeSet<u16>)> = pids.into_iter().map(|pid| (pid, ports(pid))).collect();
        let all = by_pid.iter().flat_map(|(_, ports)| ports.iter().copied()).collect();
        let used = self.servers.as_mut().map(|servers| servers.in_use(&all)).unwrap_or_default();
        let least = self.config.minimum_size.bytes();
        self.graphics.ask(&by_pid.iter().map(|(pid, _)| *pid).collect::<Vec<_>>(), least);
        for (pid, ports) in by_pid {
            let Some(computed) = proc::computed(pid) else { continue };
            let (port, card) = (ports.intersection(&used).next().copied(), self.graphics.of(pid, least));
            let work = Work { computed, port, on_card: card.computed, card_percent: card.percent };
            let Some(change) = self.activity.look(pid, work, now) else { continue };
            for (_, identity) in holders.iter().filter(|(holder, _)| *holder == pid) {
                let (identity, at) = (*identity, self.clock.now());
                self.say(match change {
                    Change::Works(busy) => Observation::Works { identity, pid, busy, at },
                    Change::Rests => Observation::Rests { identity, pid },
                })?;
            }
        }
        Some(())
    }

    /// What was mounted is looked through, within a bound.
    pub(super) fn take_mounts(&mut self) -> Option<()> {
        let changes = self.mounts.as_mut().map(|mounts| mounts.changes()).unwrap_or_default();
        for point in changes.gone {
            self.files.unmounted(&point);
        }
        for point in changes.new {
            let observations = self.files.mounted(&point, self.clock.now());
            self.tell(observations)?;
        }
        Some(())
    }
}
