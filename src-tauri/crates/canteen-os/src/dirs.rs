use std::path::{Path, PathBuf};

use crate::{Environment, OsError};

#[cfg(target_os = "linux")]
#[path = "dirs/linux.rs"]
mod place;
#[cfg(target_os = "macos")]
#[path = "dirs/macos.rs"]
mod place;
#[cfg(windows)]
#[path = "dirs/windows.rs"]
mod place;

pub(crate) use place::{ALWAYS_HAS_DISPLAY, HOME_VARIABLE};

/// Where Canteen keeps what. Paths only: nothing is made or opened here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// The encrypted store, the models and the catalogue that must survive.
    pub data: PathBuf,
    /// Settings files of this person; the store holds most settings.
    pub config: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
    /// Logs and the like.
    pub state: PathBuf,
    /// The lock and the socket of the host. Must pass [`secure_folder`](crate::secure_folder); never in a shared folder.
    pub runtime: PathBuf,
    /// The person's home.
    pub home: PathBuf,
    /// Where browsers put downloads.
    pub downloads: PathBuf,
    /// Policies that IT put on this computer; owned by the administrator.
    pub managed_policies: PathBuf,
}

impl Dirs {
    /// The places for this environment.
    ///
    /// # Errors
    /// `os.no_home` when neither the home nor `CANTEEN_HOME` is an absolute path.
    pub fn of(environment: &Environment) -> Result<Self, OsError> {
        let home = environment.home.clone().filter(|path| path.is_absolute());
        match environment.canteen_home.as_ref() {
            Some(root) if root.is_absolute() => {
                let home = home.unwrap_or_else(|| root.clone());
                Ok(Self {
                    data: root.join("data"),
                    config: root.join("config"),
                    cache: root.join("cache"),
                    state: root.join("state"),
                    runtime: root.join("run"),
                    downloads: place::downloads(environment, &home),
                    managed_policies: place::managed_policies(environment),
                    home,
                })
            }
            Some(_) => Err(OsError::NoHome { variable: "CANTEEN_HOME" }),
            None => place::of(environment, home.ok_or(OsError::NoHome { variable: HOME_VARIABLE })?),
        }
    }

    /// The log of one program, e.g. `host`.
    #[must_use]
    pub fn log_file(&self, program: &str) -> PathBuf {
        self.state.join("logs").join(format!("{program}.log"))
    }

    /// The folder of the encrypted store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.data.join("store")
    }
}

/// `path` when it is absolute; the XDG base directory specification says to ignore others.
#[cfg_attr(target_os = "macos", expect(dead_code, reason = "macOS has no such variables"))]
fn absolute(path: Option<&PathBuf>) -> Option<&Path> {
    path.map(PathBuf::as_path).filter(|path| path.is_absolute())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn canteen_home_puts_everything_below_one_folder() {
        let dirs =
            Dirs::of(&Environment::from_pairs([("CANTEEN_HOME", "/c"), ("HOME", "/home/ada"), ("XDG_DATA_HOME", "/d")])).unwrap();
        for path in [&dirs.data, &dirs.config, &dirs.cache, &dirs.state, &dirs.runtime] {
            assert!(path.starts_with("/c"), "{}", path.display());
        }
        assert_eq!(dirs.home, Path::new("/home/ada"));
        assert_eq!(dirs.log_file("host"), Path::new("/c/state/logs/host.log"));
    }

    #[test]
    fn a_relative_home_is_refused() {
        for variable in ["HOME", "CANTEEN_HOME"] {
            assert!(matches!(Dirs::of(&Environment::from_pairs([(variable, "ada")])), Err(OsError::NoHome { .. })), "{variable}");
        }
    }
}
