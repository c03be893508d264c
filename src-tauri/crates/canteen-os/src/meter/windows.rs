use std::time::Duration;

use canteen_types::ByteSize;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{Counted, Usage};

/// The system gives one figure, and gives it cheaply.
pub(super) fn glance(pid: u32) -> Option<Usage> {
    sample(pid)
}

pub(super) fn sample(pid: u32) -> Option<Usage> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    let what = ProcessRefreshKind::nothing().with_memory().with_cpu();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, what);
    let process = system.process(pid)?;
    Some(Usage {
        memory: ByteSize::new(process.memory()),
        counted: Counted::Resident,
        cpu: Duration::from_millis(process.accumulated_cpu_time()),
    })
}
