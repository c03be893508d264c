//! NVIDIA's own library (NVML), loaded while it is needed and only where it is: which processes compute on a card, and how much.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use nvml_wrapper::enums::device::UsedGpuMemory;
use nvml_wrapper::{Device, Nvml};

use super::super::proc;

/// Through which a program computes; its presence says that the driver is loaded.
const DEVICE: &str = "/dev/nvidia-uvm";
const LIBRARY: &str = "libnvidia-ml.so.1";
/// More cards than a computer has.
const MOST_CARDS: u32 = 64;

/// The library, and what it said when it was last asked.
#[derive(Debug)]
pub(super) struct Nvidia {
    library: Library,
    name: OsString,
    device: &'static Path,
    /// Time of the last sample, by card.
    seen: BTreeMap<u32, u64>,
    percent: BTreeMap<u32, u32>,
}

#[derive(Debug)]
enum Library {
    Closed,
    /// Not there, or it failed: not tried again while the same holders are there.
    Absent,
    Open(Box<Nvml>),
}

impl Default for Nvidia {
    fn default() -> Self {
        let (seen, percent) = (BTreeMap::new(), BTreeMap::new());
        Self { library: Library::Closed, name: LIBRARY.into(), device: Path::new(DEVICE), seen, percent }
    }
}

impl Nvidia {
    /// Asks about these holders, when one of them can be at work on such a card; else lets go of the library.
    pub(super) fn ask(&mut self, holders: &[u32], least: u64) {
        self.percent.clear();
        if !self.may_be_used(holders) {
            self.library = Library::Closed;
            self.seen.clear();
            return;
        }
        if matches!(self.library, Library::Closed) {
            self.library = match Nvml::builder().lib_path(&self.name).init() {
                Ok(library) => Library::Open(Box::new(library)),
                Err(error) => {
                    tracing::debug!(%error, "NVIDIA's library tells nothing");
                    Library::Absent
                }
            };
        }
        let Library::Open(library) = &self.library else { return };
        for index in 0..library.device_count().unwrap_or(0).min(MOST_CARDS) {
            let Ok(card) = library.device_by_index(index) else { continue };
            let since = self.seen.entry(index).or_default();
            for (pid, percent) in at_work(&card, since, least) {
                let most = self.percent.entry(pid).or_default();
                *most = percent.max(*most);
            }
        }
    }

    /// Those of other users do not show what they have open.
    fn may_be_used(&self, holders: &[u32]) -> bool {
        let has_open = |pid: &u32| !proc::is_own(*pid) || proc::has_open(*pid, self.device);
        !holders.is_empty() && self.device.exists() && holders.iter().any(has_open)
    }

    pub(super) fn percent(&self, pid: u32) -> u32 {
        self.percent.get(&pid).copied().unwrap_or(0)
    }
}

/// Processes that compute with at least `least` bytes on the card, with their largest share of it since the last sample.
fn at_work(card: &Device<'_>, since: &mut u64, least: u64) -> BTreeMap<u32, u32> {
    let large = |memory: &UsedGpuMemory| match memory {
        UsedGpuMemory::Used(bytes) => *bytes >= least,
        UsedGpuMemory::Unavailable => true,
    };
    let computing = card.running_compute_processes().unwrap_or_default();
    let mut shares: BTreeMap<u32, u32> =
        computing.into_iter().filter(|process| large(&process.used_gpu_memory)).map(|process| (process.pid, 0)).collect();
    // The first samples are those from before anybody asked.
    let is_first = *since == 0;
    for sample in card.process_utilization_stats(*since).unwrap_or_default() {
        *since = sample.timestamp.max(*since);
        if let Some(share) = shares.get_mut(&sample.pid).filter(|_| !is_first) {
            *share = sample.sm_util.min(100).max(*share);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A library with the calls of NVML, as its header declares them: one card on which process 7 computes with 5 GB and 60 %, and
    /// process 8 with 1 MB.
    const LIBRARY: &str = r#"
        #include <string.h>
        typedef struct { unsigned pid; unsigned long long memory; unsigned gpu, compute; } process;
        typedef struct { unsigned pid; unsigned long long time; unsigned sm, mem, enc, dec; } sample;
        static unsigned long long clock_now = 1000;
        int nvmlInit_v2(void) { return 0; }
        int nvmlShutdown(void) { return 0; }
        int nvmlSystemGetDriverVersion(char *text, unsigned length) { strncpy(text, "550.1", length); return 0; }
        int nvmlDeviceGetCount_v2(unsigned *count) { *count = 1; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = &clock_now; return index ? 2 : 0; }
        int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *count, process *all) {
            process two[] = {{7, 5000000000ULL, 0, 0}, {8, 1000000, 0, 0}};
            unsigned room = *count; *count = 2;
            if (room < 2) return 7;
            memcpy(all, two, sizeof two); return 0;
        }
        int nvmlDeviceGetProcessUtilization(void *device, sample *all, unsigned *count, unsigned long long since) {
            if (!all) { *count = 2; return 7; }
            clock_now += 1000;
            sample two[] = {{7, clock_now, 60, 0, 0, 0}, {8, clock_now, 90, 0, 0, 0}};
            if (since >= clock_now) { *count = 0; return 0; }
            memcpy(all, two, sizeof two); *count = 2; return 0;
        }
    "#;

    fn nvidia(name: OsString, device: &'static str) -> Nvidia {
        Nvidia { name, device: Path::new(device), ..Nvidia::default() }
    }

    #[test]
    fn a_process_that_computes_with_a_model_on_a_card_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (source, library) = (folder.path().join("nvml.c"), folder.path().join("libnvml.so"));
        fs_err::write(&source, LIBRARY).unwrap();
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status().unwrap();
        assert!(built.success());
        // Somebody else's process cannot be asked whether it has the device open; it is enough that the device is there.
        let mut nvidia = nvidia(library.into(), "/dev/null");
        let holders = [u32::MAX];
        nvidia.ask(&holders, 16 << 20);
        assert_eq!(nvidia.percent(7), 0, "from before anybody asked");
        nvidia.ask(&holders, 16 << 20);
        assert_eq!([7, 8, 9].map(|pid| nvidia.percent(pid)), [60, 0, 0], "without the weights on the card it is no model");
        nvidia.ask(&[], 16 << 20);
        assert!(matches!(nvidia.library, Library::Closed), "nobody holds weights");
        assert_eq!(nvidia.percent(7), 0);
    }

    #[test]
    fn where_there_is_no_library_there_is_no_signal() {
        let mut absent = nvidia("/nowhere/libnvidia-ml.so.1".into(), "/dev/null");
        absent.ask(&[u32::MAX], 0);
        assert!(matches!(absent.library, Library::Absent));
        assert_eq!(absent.percent(7), 0);
        let mut no_driver = nvidia("/nowhere/libnvidia-ml.so.1".into(), "/dev/no-such-card");
        no_driver.ask(&[u32::MAX], 0);
        assert!(matches!(no_driver.library, Library::Closed), "nothing is loaded without the driver");
        let mut unused = nvidia("/nowhere/libnvidia-ml.so.1".into(), "/dev/zero");
        unused.ask(&[std::process::id()], 0);
        assert!(matches!(unused.library, Library::Closed), "an own holder that does not have the device open");
    }
}
