use std::path::Path;

use crate::sysfs::text;

/// Documentation/ABI/testing/sysfs-class-power of the kernel.
pub(super) fn runs_on_battery() -> Option<bool> {
    in_folder(Path::new("/sys/class/power_supply"))
}

/// Any supply from outside that is connected: no. Else a battery of the computer that is being used up: yes. A mouse has one, too.
fn in_folder(folder: &Path) -> Option<bool> {
    let mut on_battery = Some(false);
    for supply in fs_err::read_dir(folder).ok()?.flatten() {
        let is = |name: &str, wanted: &str| text(&supply.path().join(name)).is_some_and(|value| value == wanted);
        if is("scope", "Device") {
            continue;
        }
        if is("online", "1") && !is("type", "Battery") {
            return Some(false);
        }
        if is("type", "Battery") && is("status", "Discharging") {
            on_battery = Some(true);
        }
    }
    on_battery
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supply(folder: &Path, name: &str, files: &[(&str, &str)]) {
        fs_err::create_dir_all(folder.join(name)).unwrap();
        for (file, text) in files {
            fs_err::write(folder.join(name).join(file), format!("{text}\n")).unwrap();
        }
    }

    #[test]
    fn a_computer_runs_on_its_battery_when_nothing_from_outside_feeds_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(in_folder(&folder.path().join("missing")), None);
        assert_eq!(in_folder(folder.path()), Some(false), "a desktop computer");
        supply(folder.path(), "hidpp_battery_0", &[("type", "Battery"), ("status", "Discharging"), ("scope", "Device")]);
        assert_eq!(in_folder(folder.path()), Some(false), "a mouse");
        supply(folder.path(), "BAT0", &[("type", "Battery"), ("status", "Discharging")]);
        supply(folder.path(), "AC", &[("type", "Mains"), ("online", "0")]);
        assert_eq!(in_folder(folder.path()), Some(true));
        supply(folder.path(), "ucsi", &[("type", "USB"), ("online", "1")]);
        assert_eq!(in_folder(folder.path()), Some(false), "fed by USB");
        supply(folder.path(), "ucsi", &[("online", "0")]);
        supply(folder.path(), "BAT0", &[("status", "Full")]);
        assert_eq!(in_folder(folder.path()), Some(false));
    }
}
