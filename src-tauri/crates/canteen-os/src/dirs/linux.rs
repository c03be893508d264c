use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Dirs, absolute};
use crate::{Environment, OsError};

pub(crate) const HOME_VARIABLE: &str = "HOME";
pub(crate) const ALWAYS_HAS_DISPLAY: bool = false;

/// The XDG base directory specification 0.8. Without a runtime folder (cron, ssh without a login session) the state folder
/// takes its place: names in a shared folder could be squatted.
pub(super) fn of(environment: &Environment, home: PathBuf) -> Result<Dirs, OsError> {
    let below =
        |set: Option<&PathBuf>, usual: &str| absolute(set).map_or_else(|| home.join(usual), Path::to_path_buf).join("canteen");
    let state = below(environment.xdg_state_home.as_ref(), ".local/state");
    Ok(Dirs {
        data: below(environment.xdg_data_home.as_ref(), ".local/share"),
        config: below(environment.xdg_config_home.as_ref(), ".config"),
        cache: below(environment.xdg_cache_home.as_ref(), ".cache"),
        runtime: absolute(environment.xdg_runtime_dir.as_ref()).map_or_else(|| state.join("run"), |path| path.join("canteen")),
        state,
        downloads: downloads(environment, &home),
        managed_policies: managed_policies(environment),
        home,
    })
}

/// As browsers and the packages of other vendors do it below `/etc/opt` (Filesystem Hierarchy Standard 3.0, section 3.7.4).
pub(super) fn managed_policies(_environment: &Environment) -> PathBuf {
    PathBuf::from("/etc/opt/canteen/policies/managed")
}

/// `XDG_DOWNLOAD_DIR` of `user-dirs.dirs` (xdg-user-dirs), which desktops translate, else `~/Downloads`.
pub(super) fn downloads(environment: &Environment, home: &Path) -> PathBuf {
    let config = absolute(environment.xdg_config_home.as_ref()).map_or_else(|| home.join(".config"), Path::to_path_buf);
    let mut text = String::new();
    let read = fs_err::File::open(config.join("user-dirs.dirs")).and_then(|file| file.take(64 << 10).read_to_string(&mut text));
    read.ok().and_then(|_| download_line(&text, home)).unwrap_or_else(|| home.join("Downloads"))
}

fn download_line(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?;
    let value = value.strip_prefix('"')?.strip_suffix('"')?;
    let path = match value.strip_prefix("$HOME") {
        Some(rest) => home.join(rest.trim_start_matches('/')),
        None => PathBuf::from(value),
    };
    // xdg-user-dirs says “not wanted” by pointing at the home itself; the whole home is no download folder.
    (path.is_absolute() && path != home).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_runtime_folder_the_socket_lies_in_the_state_folder() {
        let dirs = Dirs::of(&Environment::from_pairs([("HOME", "/home/ada")])).unwrap();
        assert_eq!(dirs.runtime, Path::new("/home/ada/.local/state/canteen/run"));
        assert_eq!(dirs.data, Path::new("/home/ada/.local/share/canteen"));
        let dirs = Dirs::of(&Environment::from_pairs([("HOME", "/home/ada"), ("XDG_RUNTIME_DIR", "/run/user/7")])).unwrap();
        assert_eq!(dirs.runtime, Path::new("/run/user/7/canteen"));
    }

    #[test]
    fn a_relative_xdg_folder_is_ignored() {
        let dirs = Dirs::of(&Environment::from_pairs([("HOME", "/home/ada"), ("XDG_CACHE_HOME", "cache")])).unwrap();
        assert_eq!(dirs.cache, Path::new("/home/ada/.cache/canteen"));
    }

    #[test]
    fn the_download_folder_is_the_one_the_desktop_translated() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::from_pairs([("HOME", home.path().as_os_str())]);
        assert_eq!(Dirs::of(&environment).unwrap().downloads, home.path().join("Downloads"));
        fs_err::create_dir(home.path().join(".config")).unwrap();
        for (line, folder) in [
            ("# x\nXDG_DOWNLOAD_DIR=\"$HOME/Hämtningar\"\n", "Hämtningar"),
            ("XDG_DOWNLOAD_DIR=\"$HOME/\"\n", "Downloads"),
            ("XDG_DOWNLOAD_DIR=relative\n", "Downloads"),
        ] {
            fs_err::write(home.path().join(".config/user-dirs.dirs"), line).unwrap();
            assert_eq!(Dirs::of(&environment).unwrap().downloads, home.path().join(folder), "{line}");
        }
    }
}
