use std::path::{Path, PathBuf};

use super::Counter;
use crate::sysfs::text;

/// `/sys/class/powercap/intel-rapl:N`, one for each processor; AMD's are there under the same name. What lies below a processor
/// (cores, memory) is part of it and is not counted again. Documentation/power/powercap/powercap.rst of the kernel.
#[derive(Debug)]
pub(super) struct Counters(Vec<PathBuf>);

pub(super) fn find() -> Option<Counters> {
    find_in(Path::new("/sys/class/powercap"))
}

fn find_in(folder: &Path) -> Option<Counters> {
    let mut zones: Vec<PathBuf> = fs_err::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|zone| text(&zone.join("name")).is_some_and(|name| name.starts_with("package-")))
        .collect();
    zones.sort();
    let counters = Counters(zones);
    (!counters.0.is_empty() && read(&counters).is_some()).then_some(counters)
}

/// All or nothing: a sum without one of the processors would be wrong.
pub(super) fn read(counters: &Counters) -> Option<Vec<Counter>> {
    let number = |zone: &Path, name: &str| text(&zone.join(name))?.parse::<u64>().ok();
    let read =
        |zone: &PathBuf| Some(Counter { microjoules: number(zone, "energy_uj")?, most: number(zone, "max_energy_range_uj")? });
    counters.0.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(folder: &Path, name: &str, files: &[(&str, &str)]) {
        fs_err::create_dir(folder.join(name)).unwrap();
        for (file, text) in files {
            fs_err::write(folder.join(name).join(file), text).unwrap();
        }
    }

    #[test]
    fn each_processor_counts_once_and_its_parts_do_not() {
        let folder = tempfile::tempdir().unwrap();
        assert!(find_in(&folder.path().join("missing")).is_none());
        assert!(find_in(folder.path()).is_none());
        let files =
            |name: &'static str, energy: &'static str| [("name", name), ("energy_uj", energy), ("max_energy_range_uj", "900\n")];
        zone(folder.path(), "intel-rapl:1", &files("package-1\n", "20\n"));
        zone(folder.path(), "intel-rapl:0", &files("package-0\n", "10\n"));
        zone(folder.path(), "intel-rapl:0:0", &files("core\n", "5\n"));
        zone(folder.path(), "intel-rapl-mmio:0", &files("psys\n", "7\n"));
        let counters = find_in(folder.path()).unwrap();
        let found = [Counter { microjoules: 10, most: 900 }, Counter { microjoules: 20, most: 900 }];
        assert_eq!(read(&counters).unwrap(), found);
        // One that cannot be read any more: nothing is told, rather than half.
        fs_err::remove_file(folder.path().join("intel-rapl:1/energy_uj")).unwrap();
        assert_eq!(read(&counters), None);
        assert!(find_in(folder.path()).is_none());
    }
}
