use windows_sys::Win32::Graphics::Gdi::{DISPLAY_DEVICEW, EnumDisplayDevicesW};

use super::Gpu;

/// Adapters that one computer can have; each of their outputs is one more line of the answer.
const MOST: u32 = 64;

/// The display adapters by name; one with several outputs is told once for each of them and named once here.
pub(super) fn gpus(_processor: &str) -> Option<Vec<Gpu>> {
    let mut names: Vec<String> = (0..MOST).map_while(adapter).filter(|name| !software(name)).collect();
    names.sort();
    names.dedup();
    Some(names.into_iter().map(|name| Gpu { name, memory: None }).collect())
}

/// What virtual machines and remote sessions draw with.
fn software(name: &str) -> bool {
    name.is_empty() || ["Basic Display", "Basic Render", "Remote Display", "Hyper-V"].iter().any(|word| name.contains(word))
}

#[expect(unsafe_code, reason = "a plain call that fills a structure")]
fn adapter(number: u32) -> Option<String> {
    let mut device = DISPLAY_DEVICEW { cb: u32::try_from(size_of::<DISPLAY_DEVICEW>()).ok()?, ..Default::default() };
    // SAFETY: a null name asks for adapters; the structure is ours, as large as `cb` says, and outlives the call.
    let told = unsafe { EnumDisplayDevicesW(std::ptr::null(), number, &raw mut device, 0) };
    if told == 0 {
        return None;
    }
    let length = device.DeviceString.iter().position(|unit| *unit == 0).unwrap_or(device.DeviceString.len());
    Some(String::from_utf16_lossy(device.DeviceString.get(..length)?).trim().to_owned())
}
