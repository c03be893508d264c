use std::fmt;

use serde::{Deserialize, Serialize};

/// A number of bytes. Files are shown in GB (10⁹), memory in GiB (2³⁰), as people's own tools do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByteSize(u64);

impl ByteSize {
    /// `bytes` bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// For files and downloads: `98 MB`, `4.9 GB` (powers of ten).
    #[must_use]
    pub fn as_file(self) -> String {
        scaled(self.0, 1000.0, ["B", "kB", "MB", "GB", "TB"])
    }

    /// For memory: `412 MiB`, `6.1 GiB` (powers of two).
    #[must_use]
    pub fn as_memory(self) -> String {
        scaled(self.0, 1024.0, ["B", "KiB", "MiB", "GiB", "TiB"])
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with two digits at most")]
fn scaled(bytes: u64, base: f64, units: [&str; 5]) -> String {
    let mut value = bytes as f64;
    let mut unit = units[0];
    for next in &units[1..] {
        if value < base - 0.5 {
            break;
        }
        value /= base;
        unit = next;
    }
    if unit == units[0] || value >= 9.95 { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_powers_of_ten_and_memory_in_powers_of_two() {
        for (bytes, file, memory) in [
            (0, "0 B", "0 B"),
            (999, "999 B", "999 B"),
            (98_362_432, "98 MB", "94 MiB"),
            (999_999_999, "1.0 GB", "954 MiB"),
            (4_920_000_000, "4.9 GB", "4.6 GiB"),
            (u64::MAX, "18446744 TB", "16777216 TiB"),
        ] {
            assert_eq!((ByteSize::new(bytes).as_file().as_str(), ByteSize::new(bytes).as_memory().as_str()), (file, memory));
        }
    }
}
