use std::collections::BTreeMap;
use std::path::Path;

use canteen_types::ByteSize;

use super::Gpu;

/// `/sys/class/drm` (kernel documentation, `ABI/stable/sysfs-class-drm` and amdgpu's `mem_info_vram_total`), and what NVIDIA's own
/// driver says below `/proc/driver/nvidia/gpus`, which is there without a display, too.
pub(super) fn gpus(_processor: &str) -> Option<Vec<Gpu>> {
    below(Path::new("/sys/class/drm"), Path::new("/proc/driver/nvidia/gpus"))
}

fn below(drm: &Path, nvidia: &Path) -> Option<Vec<Gpu>> {
    let mut found: BTreeMap<String, Gpu> = BTreeMap::new();
    let mut readable = false;
    if let Ok(cards) = fs_err::read_dir(drm) {
        readable = true;
        for card in cards.flatten() {
            let name = card.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("card"));
            // `card0` is a card, `card0-HDMI-A-1` one of its sockets.
            if number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
                && let Some((address, gpu)) = card_at(&card.path().join("device"))
            {
                found.insert(address, gpu);
            }
        }
    }
    if let Ok(gpus) = fs_err::read_dir(nvidia) {
        readable = true;
        for gpu in gpus.flatten() {
            let Some(model) = line(&gpu.path().join("information"), "Model:") else { continue };
            let address = gpu.file_name().to_string_lossy().to_ascii_lowercase();
            let memory = found.get(&address).and_then(|known| known.memory);
            found.insert(address, Gpu { name: model, memory });
        }
    }
    readable.then(|| found.into_values().collect())
}

/// The card's PCI address and what is known about it; `None` for the drawn-by-software displays of virtual machines.
fn card_at(device: &Path) -> Option<(String, Gpu)> {
    let maker = match number(&device.join("vendor"))? {
        0x10de => "NVIDIA",
        0x1002 => "AMD",
        0x8086 => "Intel",
        0x106b => "Apple",
        0x5143 => "Qualcomm",
        _ => return None,
    };
    let name = text(&device.join("product_name")).unwrap_or_else(|| match number(&device.join("device")) {
        Some(id) => format!("{maker} ({id:04x})"),
        None => maker.to_owned(),
    });
    let address = fs_err::canonicalize(device).ok()?.file_name()?.to_string_lossy().to_ascii_lowercase();
    let memory = text(&device.join("mem_info_vram_total")).and_then(|bytes| bytes.parse().ok()).map(ByteSize::new);
    Some((address, Gpu { name, memory }))
}

fn number(path: &Path) -> Option<u32> {
    u32::from_str_radix(text(path)?.strip_prefix("0x")?, 16).ok()
}

/// The one line of a small file of the kernel.
fn text(path: &Path) -> Option<String> {
    let line = bounded(path)?.trim().to_owned();
    let plain = !line.is_empty() && line.len() <= 200 && !line.chars().any(char::is_control);
    plain.then_some(line)
}

fn line(path: &Path, key: &str) -> Option<String> {
    let text = bounded(path)?;
    let value = text.lines().find_map(|line| line.strip_prefix(key))?.trim();
    (!value.is_empty() && value.len() <= 200).then(|| value.to_owned())
}

fn bounded(path: &Path) -> Option<String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    fs_err::File::open(path).ok()?.take(16 << 10).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sys(tempfile::TempDir);

    impl Sys {
        fn card(&self, card: &str, address: &str, files: &[(&str, &str)]) {
            let device = self.0.path().join("devices").join(address);
            fs_err::create_dir_all(&device).unwrap();
            for (name, text) in files {
                fs_err::write(device.join(name), text).unwrap();
            }
            let card = self.0.path().join("drm").join(card);
            fs_err::create_dir_all(&card).unwrap();
            fs_err::os::unix::fs::symlink(device, card.join("device")).unwrap();
        }

        fn gpus(&self) -> Option<Vec<Gpu>> {
            below(&self.0.path().join("drm"), &self.0.path().join("nvidia"))
        }
    }

    #[test]
    fn a_card_has_its_makers_name_and_its_own_memory_and_its_sockets_are_no_cards() {
        let sys = Sys(tempfile::tempdir().unwrap());
        sys.card(
            "card1",
            "0000:03:00.0",
            &[("vendor", "0x1002\n"), ("device", "0x744c\n"), ("mem_info_vram_total", "8589934592\n")],
        );
        sys.card("card1-DP-1", "0000:03:00.0-x", &[("vendor", "0x1002\n")]);
        let amd = Gpu { name: "AMD (744c)".into(), memory: Some(ByteSize::new(8 << 30)) };
        assert_eq!(sys.gpus(), Some(vec![amd]));
    }

    #[test]
    fn nvidias_driver_names_the_card_and_one_without_a_display_too() {
        let sys = Sys(tempfile::tempdir().unwrap());
        sys.card("card0", "0000:01:00.0", &[("vendor", "0x10de\n"), ("device", "0x2684\n")]);
        for (address, model) in [("0000:01:00.0", "NVIDIA GeForce RTX 4090"), ("0000:02:00.0", "NVIDIA L4")] {
            let folder = sys.0.path().join("nvidia").join(address);
            fs_err::create_dir_all(&folder).unwrap();
            fs_err::write(folder.join("information"), format!("Model: \t\t {model}\nIRQ:   \t\t 99\n")).unwrap();
        }
        let names: Vec<String> = sys.gpus().unwrap().into_iter().map(|gpu| gpu.name).collect();
        assert_eq!(names, ["NVIDIA GeForce RTX 4090", "NVIDIA L4"]);
    }

    #[test]
    fn a_virtual_display_is_none_and_without_the_folders_nothing_is_known() {
        let sys = Sys(tempfile::tempdir().unwrap());
        assert_eq!(sys.gpus(), None);
        sys.card("card0", "0000:00:01.0", &[("vendor", "0x1af4\n"), ("device", "0x1050\n")]);
        assert_eq!(sys.gpus(), Some(vec![]));
    }
}
