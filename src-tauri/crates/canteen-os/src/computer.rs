use canteen_types::ByteSize;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use crate::OsError;

mod instructions;
#[cfg(target_os = "linux")]
#[path = "computer/linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "computer/macos.rs"]
mod system;
#[cfg(windows)]
#[path = "computer/windows.rs"]
mod system;

/// What this computer can carry. The catalogue's minimum memory is compared with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computer {
    /// Memory that is built in and visible to this process; in a container, its limit.
    pub memory: ByteSize,
    /// Memory that a new process can have without swapping.
    pub memory_available: ByteSize,
    /// Physical cores, at least 1: the number of threads that pays for inference.
    pub physical_cores: u32,
    /// Logical cores, at least 1.
    pub logical_cores: u32,
    /// The processor's name as it calls itself; may be empty.
    pub processor: String,
    /// Instruction sets that inference can use, by the names that processors are sold with, e.g. `AVX2`, `NEON`.
    pub instruction_sets: Vec<&'static str>,
    /// Graphics processors; `None` where the system does not tell.
    pub gpus: Option<Vec<Gpu>>,
}

/// A graphics processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
    /// As its driver calls it; else its maker.
    pub name: String,
    /// Memory of its own; `None` where it shares the computer's, or the driver does not tell.
    pub memory: Option<ByteSize>,
}

impl Computer {
    /// Asks the system; takes some milliseconds.
    ///
    /// # Errors
    /// `os.computer_unknown` when the system does not tell.
    pub fn probe() -> Result<Self, OsError> {
        let what =
            RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram()).with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(what).map_err(|error| OsError::ComputerUnknown { because: error.to_string() })?;
        let (mut memory, mut available) = (system.total_memory(), system.available_memory());
        if let Some(limits) = system.cgroup_limits()
            && limits.total_memory > 0
        {
            memory = memory.min(limits.total_memory);
            available = available.min(limits.free_memory);
        }
        let logical = u32::try_from(system.cpus().len()).unwrap_or(u32::MAX).max(1);
        let physical = System::physical_core_count().ok().and_then(|count| u32::try_from(count).ok()).unwrap_or(logical);
        let processor = system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default();
        Ok(Self {
            memory: ByteSize::new(memory),
            memory_available: ByteSize::new(available),
            physical_cores: physical.clamp(1, logical),
            logical_cores: logical,
            instruction_sets: instructions::found(),
            gpus: system::gpus(&processor),
            processor,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_hang_together() {
        let computer = Computer::probe().unwrap();
        assert!(computer.memory.bytes() > 64 << 20, "{computer:?}");
        assert!(computer.memory_available <= computer.memory, "{computer:?}");
        assert!(computer.memory_available.bytes() > 0, "{computer:?}");
        assert!((1..=computer.logical_cores).contains(&computer.physical_cores), "{computer:?}");
    }
}
