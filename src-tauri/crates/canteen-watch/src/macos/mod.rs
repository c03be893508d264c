//! macOS: `proc_listpids` names processes of this account, `proc_pidinfo` says what they have mapped and open, with device and
//! inode, and `proc_pidfdinfo` which of them wait for others. macOS tells nobody without an entitlement when a file is opened or a
//! program starts.
//!
//! Not seen: other accounts' programs; work on a graphics card, and weights that lie there alone (the system tells only root);
//! models in folders that the system asks the person about. Arguments are not read: `KERN_PROCARGS2` gives those of own programs, and
//! what they hold is seen without.

mod calls;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use canteen_types::Clock;

use crate::macos_layout as layout;
use crate::observation::{Observation, WatchError};
use crate::polling::{self, HeldFile, Process, Refused, Socket, System};
use crate::process::{FileKey, How, Memory};
use crate::sensor::Sensor;
use crate::{Listener, WatchConfig};

/// Parts of one address space that are looked at.
const MOST_REGIONS: usize = 65_536;
/// Sockets that are looked at, of all processes.
const MOST_SOCKETS: usize = 65_536;

pub(crate) fn start(
    config: WatchConfig,
    clock: Arc<dyn Clock>,
    sink: SyncSender<Observation>,
) -> Result<impl Sensor + 'static, WatchError> {
    polling::start(Mac::here(), config, clock, sink)
}

pub(crate) fn still_waits(listener: &Listener) -> bool {
    polling::still_waits(&mut Mac::here(), listener)
}

#[derive(Debug)]
struct Mac {
    account: u32,
    /// Nanoseconds in a step of the processor, as a fraction.
    timebase: (u32, u32),
}

impl Mac {
    fn here() -> Self {
        Self { account: calls::account(), timebase: calls::timebase() }
    }

    fn process(&self, pid: u32) -> Option<Process> {
        let task = layout::task(&calls::task(pid)?)?;
        let (numerator, denominator) = self.timebase;
        let nanos = u128::from(task.steps) * u128::from(numerator) / u128::from(denominator).max(1);
        Some(Process {
            pid,
            started: task.started,
            memory: Memory { space: task.space, resident: task.resident, shared: 0 },
            computed: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
            moved: calls::moved(pid).unwrap_or(0),
        })
    }
}

impl System for Mac {
    fn processes(&mut self) -> Option<Vec<Process>> {
        Some(calls::pids(self.account)?.into_iter().filter_map(|pid| self.process(pid)).collect())
    }

    fn files_of(&mut self, pid: u32, least: u64) -> Result<Vec<HeldFile>, Refused> {
        let list = calls::descriptors(pid).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => Refused::Protected,
            _ => Refused::Gone,
        })?;
        let mut held: BTreeMap<FileKey, HeldFile> = BTreeMap::new();
        for descriptor in layout::descriptors(&list, libc_kind(libc::PROX_FDTYPE_VNODE)) {
            let Some((file, position)) = calls::open_file(pid, descriptor).as_ref().and_then(|file| layout::open_file(file))
            else {
                continue;
            };
            if file.size >= least {
                let how = How::Open { position: Some(position) };
                held.insert(file.key, HeldFile { key: file.key, path: file.path, how });
            }
        }
        let (mut address, mut buffer) = (0, [0; layout::REGION]);
        for _ in 0..MOST_REGIONS {
            let Some(region) = calls::region(pid, address, &mut buffer).and_then(|()| layout::region(&buffer)) else { break };
            if let Some(file) = region.file.filter(|file| region.bytes >= least && file.size >= least) {
                held.insert(file.key, HeldFile { key: file.key, path: file.path, how: How::Mapped });
            }
            if region.end <= address {
                break;
            }
            address = region.end;
        }
        Ok(held.into_values().collect())
    }

    /// Each process says what it has open.
    fn users_of(&mut self, _: &[&Path]) -> Vec<(usize, u32)> {
        Vec::new()
    }

    fn sockets(&mut self) -> Option<Vec<Socket>> {
        let of_process = |pid: u32| {
            let list = calls::descriptors(pid).unwrap_or_default();
            let sockets = layout::descriptors(&list, libc_kind(libc::PROX_FDTYPE_SOCKET));
            sockets.filter_map(|descriptor| layout::socket(pid, &calls::socket(pid, descriptor)?)).collect::<Vec<_>>()
        };
        Some(calls::pids(self.account)?.into_iter().flat_map(of_process).take(MOST_SOCKETS).collect())
    }

    fn name(&mut self, pid: u32) -> Option<String> {
        let path = calls::path(pid)?;
        path.rsplit(|byte| *byte == b'/').next().map(|name| String::from_utf8_lossy(name).into_owned())
    }

    fn account(&self) -> u32 {
        self.account
    }

    fn may_open(&self, path: &Path) -> bool {
        !layout::is_asked_about(path)
    }
}

const fn libc_kind(kind: libc::c_int) -> u32 {
    kind.cast_unsigned()
}
