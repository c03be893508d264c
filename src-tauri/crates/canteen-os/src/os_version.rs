use sysinfo::System;

/// Which system this is, for help: nothing in it names a person or a computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OsVersion {
    /// e.g. `Debian GNU/Linux 12`.
    pub name: String,
    /// e.g. `6.1.0-18-amd64`.
    pub kernel: String,
    /// e.g. `x86_64`.
    pub architecture: String,
}

impl OsVersion {
    /// Asks the system; what it does not tell stays empty.
    #[must_use]
    pub fn probe() -> Self {
        Self {
            name: System::long_os_version().unwrap_or_default(),
            kernel: System::kernel_version().unwrap_or_default(),
            architecture: std::env::consts::ARCH.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_what_it_is() {
        let version = OsVersion::probe();
        assert!(!version.name.is_empty() && !version.kernel.is_empty() && !version.architecture.is_empty(), "{version:?}");
    }
}
