use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Folders that are remembered; a desktop sets some fifty variables in all.
const MOST_FOLDERS: usize = 512;

/// What a process was started with, read once by a binary and handed in from there. Of variables that Canteen has no use for by
/// itself, only whole paths are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Arguments without the program's name.
    pub arguments: Vec<OsString>,
    /// `CANTEEN_HOME`: everything of Canteen goes below this one folder.
    pub canteen_home: Option<PathBuf>,
    /// `HOME`, on Windows `USERPROFILE`.
    pub home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub xdg_data_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub xdg_config_home: Option<PathBuf>,
    /// `XDG_CACHE_HOME`.
    pub xdg_cache_home: Option<PathBuf>,
    /// `XDG_STATE_HOME`.
    pub xdg_state_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub xdg_runtime_dir: Option<PathBuf>,
    /// `LOCALAPPDATA` (Windows).
    pub local_app_data: Option<PathBuf>,
    /// `PROGRAMDATA` (Windows).
    pub program_data: Option<PathBuf>,
    /// `DISPLAY` (X11).
    pub display: Option<OsString>,
    /// `WAYLAND_DISPLAY`.
    pub wayland_display: Option<OsString>,
    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub dbus_address: Option<OsString>,
    /// The locale for messages: `LC_ALL`, `LC_MESSAGES` or `LANG`, whichever is set first in this order.
    pub locale: Option<String>,
    /// `LANGUAGE`: preferred languages, with colons between them (GNU).
    pub languages: Option<String>,
    /// `CANTEEN_LOG`: the filter of the log.
    pub log: Option<String>,
    /// Whether `NO_COLOR` is set to something.
    pub no_colour: bool,
    /// Every other variable that is a whole path. Some tell other tools where to keep models (`OLLAMA_MODELS`, `HF_HOME`); which, an
    /// organisation may say later on.
    pub watched: BTreeMap<String, PathBuf>,
}

impl Environment {
    /// Reads the process's own environment and arguments. For `main` and nobody else.
    #[must_use]
    pub fn from_process() -> Self {
        Self { arguments: std::env::args_os().skip(1).collect(), ..Self::from_pairs(std::env::vars_os()) }
    }

    /// From given variables. An empty value counts as not set, as the XDG base directory specification asks.
    ///
    /// ```
    /// let environment = canteen_os::Environment::from_pairs([("HOME", "/home/ada"), ("DISPLAY", "")]);
    /// assert!(!environment.has_display());
    /// ```
    #[must_use]
    pub fn from_pairs<K: AsRef<OsStr>, V: AsRef<OsStr>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut variables: BTreeMap<OsString, OsString> = pairs
            .into_iter()
            .filter(|(_, value)| !value.as_ref().is_empty())
            .map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned()))
            .collect();
        let mut take = |name: &str| variables.remove(OsStr::new(name));
        let mut environment = Self {
            arguments: Vec::new(),
            canteen_home: take("CANTEEN_HOME").map(PathBuf::from),
            home: take(crate::dirs::HOME_VARIABLE).map(PathBuf::from),
            xdg_data_home: take("XDG_DATA_HOME").map(PathBuf::from),
            xdg_config_home: take("XDG_CONFIG_HOME").map(PathBuf::from),
            xdg_cache_home: take("XDG_CACHE_HOME").map(PathBuf::from),
            xdg_state_home: take("XDG_STATE_HOME").map(PathBuf::from),
            xdg_runtime_dir: take("XDG_RUNTIME_DIR").map(PathBuf::from),
            local_app_data: take("LOCALAPPDATA").map(PathBuf::from),
            program_data: take("PROGRAMDATA").map(PathBuf::from),
            display: take("DISPLAY"),
            wayland_display: take("WAYLAND_DISPLAY"),
            dbus_address: take("DBUS_SESSION_BUS_ADDRESS"),
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(&mut take).and_then(|value| value.into_string().ok()),
            languages: take("LANGUAGE").and_then(|value| value.into_string().ok()),
            log: take("CANTEEN_LOG").and_then(|value| value.into_string().ok()),
            no_colour: take("NO_COLOR").is_some(),
            watched: BTreeMap::new(),
        };
        let folders = variables.into_iter().filter_map(|(name, value)| Some((name.into_string().ok()?, PathBuf::from(value))));
        environment.watched = folders.filter(|(_, path)| path.is_absolute()).take(MOST_FOLDERS).collect();
        environment
    }

    /// Whether a window can open here: an X11 or Wayland display on Linux, always on the other systems.
    #[must_use]
    pub const fn has_display(&self) -> bool {
        crate::dirs::ALWAYS_HAS_DISPLAY || self.display.is_some() || self.wayland_display.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let environment = Environment::from_pairs([("CANTEEN_HOME", ""), ("XDG_DATA_HOME", "/d"), ("NO_COLOR", "")]);
        assert_eq!(environment, Environment { xdg_data_home: Some("/d".into()), ..Environment::default() });
    }

    #[test]
    fn only_whole_paths_may_be_stores() {
        let environment = Environment::from_pairs([("OLLAMA_MODELS", "/m"), ("SECRET_TOKEN", "x"), ("HOME", "/home/ada")]);
        assert_eq!(environment.watched.into_iter().collect::<Vec<_>>(), [("OLLAMA_MODELS".to_owned(), PathBuf::from("/m"))]);
    }
}
