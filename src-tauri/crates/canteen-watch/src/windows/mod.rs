//! Windows: `NtQuerySystemInformation` lists processes with their memory and times in one call, `VirtualQueryEx` and
//! `GetMappedFileName` say what own ones have mapped, the Restart Manager who has a known file open, and `GetExtendedTcpTable` which
//! of them wait for others. Windows tells nobody without privileges when a file is opened or a program starts.
//!
//! Not seen: what is open and not mapped in a place that nobody knows; other accounts' programs; work on a graphics card (the
//! performance counters that tell it are not read); WSL. Arguments are not read: what an own program holds is seen without.

mod calls;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use canteen_types::Clock;

use crate::observation::{Observation, WatchError};
use crate::polling::{self, HeldFile, Process, Refused, Socket, System};
use crate::process::How;
use crate::sensor::Sensor;
use crate::windows_layout as layout;
use crate::{FileIdentity, Listener, WatchConfig};
use calls::Opened;

/// `AF_INET`, `AF_INET6`
const IPV4: u32 = 2;
const IPV6: u32 = 23;

pub(crate) fn start(
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<impl Sensor + 'static, WatchError> {
    polling::start(Windows::default(), config, clock, sink)
}

pub(crate) fn still_waits(listener: &Listener) -> bool {
    polling::still_waits(&mut Windows::default(), listener)
}

/// Of an open file.
pub(crate) fn identity(file: &std::fs::File) -> io::Result<FileIdentity> {
    calls::identity(file)
}

#[derive(Debug, Default)]
struct Windows {
    /// Programs by process, of the last list.
    names: BTreeMap<u32, String>,
}

impl System for Windows {
    /// Those of this session: services and other people's sessions are left out.
    fn processes(&mut self) -> Option<Vec<Process>> {
        let (list, base) = calls::processes()?;
        let listed = layout::processes(&list, base);
        let own = listed.iter().find(|one| one.process.pid == std::process::id())?.session;
        let (names, processes) =
            listed.into_iter().filter(|one| one.session == own).map(|one| ((one.process.pid, one.name), one.process)).unzip();
        self.names = names;
        Some(processes)
    }

    fn files_of(&mut self, pid: u32, least: u64) -> Result<Vec<HeldFile>, Refused> {
        let process = match calls::open(pid) {
            Opened::Process(process) => process,
            Opened::Protected => return Err(Refused::Protected),
            Opened::Refused => return Err(Refused::Gone),
        };
        let views = layout::views(calls::mapped(&process), least);
        let drives = if views.is_empty() { Vec::new() } else { calls::drives() };
        let mut held = BTreeMap::new();
        for view in views {
            let Some(path) = calls::name_of(&process, view).map(|name| layout::path(&name, &drives)) else { continue };
            if let Ok(identity) = FileIdentity::at(&path) {
                held.insert(identity.key(), HeldFile { key: identity.key(), path, how: How::Mapped });
            }
        }
        Ok(held.into_values().collect())
    }

    fn users_of(&mut self, paths: &[&Path]) -> Vec<(usize, u32)> {
        // Mostly nobody uses any of them: one question for all comes first.
        if paths.is_empty() || calls::users_of(paths).is_empty() {
            return Vec::new();
        }
        let of_one = |(at, path): (usize, &&Path)| calls::users_of(&[path]).into_iter().map(move |pid| (at, pid));
        paths.iter().enumerate().flat_map(of_one).collect()
    }

    fn sockets(&mut self) -> Option<Vec<Socket>> {
        let v4 = layout::sockets_v4(&calls::sockets(IPV4)?);
        // A computer may have no such family.
        let v6 = calls::sockets(IPV6).map(|table| layout::sockets_v6(&table)).unwrap_or_default();
        Some([v4, v6].concat())
    }

    fn name(&mut self, pid: u32) -> Option<String> {
        // This session may run programs of other accounts, too.
        let is_own = !matches!(calls::open(pid), Opened::Refused);
        self.names.get(&pid).filter(|_| is_own).cloned()
    }

    fn account(&self) -> u32 {
        0
    }

    fn may_open(&self, _: &Path) -> bool {
        true
    }
}
