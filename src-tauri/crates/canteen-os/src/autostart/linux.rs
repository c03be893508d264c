//! Desktop Application Autostart Specification 0.5.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{DOING, entry_name};
use crate::{Dirs, Environment, OsError, write_atomically};

/// Longest entry that is read, in bytes.
const LONGEST: u64 = 64 << 10;

fn file(environment: &Environment, dirs: &Dirs) -> PathBuf {
    let config = environment.xdg_config_home.clone().filter(|path| path.is_absolute());
    let name = entry_name("canteen-desktop", environment);
    config.unwrap_or_else(|| dirs.home.join(".config")).join("autostart").join(format!("{name}.desktop"))
}

pub(super) fn is_on(environment: &Environment, dirs: &Dirs) -> Result<bool, OsError> {
    let mut text = String::new();
    match fs_err::File::open(file(environment, dirs)).and_then(|file| file.take(LONGEST).read_to_string(&mut text)) {
        Ok(_) => Ok(starts(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(OsError::file(DOING, error)),
    }
}

/// `Hidden` is the specification's word for “off”; GNOME's tools write one of their own.
fn starts(entry: &str) -> bool {
    let value = |key: &str| {
        let line = entry.lines().map(str::trim).find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='));
        line.map(str::trim)
    };
    value("Exec").is_some() && value("Hidden") != Some("true") && value("X-GNOME-Autostart-enabled") != Some("false")
}

pub(super) fn is_there(environment: &Environment, dirs: &Dirs) -> Result<bool, OsError> {
    match fs_err::symlink_metadata(file(environment, dirs)) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(OsError::file(DOING, error)),
    }
}

pub(super) fn write(environment: &Environment, dirs: &Dirs, program: &Path) -> Result<(), OsError> {
    let file = file(environment, dirs);
    if let Some(folder) = file.parent() {
        fs_err::create_dir_all(folder).map_err(|error| OsError::file(DOING, error))?;
    }
    write_atomically(&file, entry(environment.canteen_home.as_deref(), program).as_bytes())
}

pub(super) fn remove(environment: &Environment, dirs: &Dirs) -> Result<(), OsError> {
    match fs_err::remove_file(file(environment, dirs)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(OsError::file(DOING, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// `TryExec`: when the package has been removed, the desktop passes over the entry in silence.
fn entry(home: Option<&Path>, program: &Path) -> String {
    let program = program.to_string_lossy();
    let mut command = Vec::new();
    if let Some(home) = home {
        command.extend(["env".to_owned(), quoted(&format!("CANTEEN_HOME={}", home.display()))]);
    }
    command.extend([quoted(&program), "--hidden".to_owned()]);
    format!(
        "[Desktop Entry]\nType=Application\nName=Canteen\nComment=Approved language models on this computer\n\
         Comment[de]=Freigegebene Sprachmodelle auf diesem Computer\nIcon=canteen\nExec={}\nTryExec={}\nTerminal=false\n\
         StartupNotify=false\n",
        escaped(&command.join(" ")),
        escaped(&program),
    )
}

/// An argument of `Exec` (Desktop Entry Specification 1.5, “The Exec key”): in quotes, with the four characters that mean
/// something there escaped, and `%` doubled.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=".contains(c);
    if argument.chars().all(plain) {
        return argument.to_owned();
    }
    let mut out = String::from("\"");
    for c in argument.chars() {
        match c {
            '"' | '`' | '$' | '\\' => out.extend(['\\', c]),
            '%' => out.push_str("%%"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Any value of a desktop entry: a backslash is doubled, and a line stays one line.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::super::{is_on, set};
    use super::*;

    #[test]
    fn on_is_an_entry_off_is_none_and_off_stays_off() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::from_pairs([("HOME", home.path().as_os_str())]);
        let program = Path::new("/usr/bin/canteen-desktop");
        assert!(!is_on(&environment).unwrap());
        set(&environment, program, false).unwrap();
        for _ in 0..2 {
            set(&environment, program, true).unwrap();
            assert!(is_on(&environment).unwrap());
        }
        let file = home.path().join(".config/autostart/canteen-desktop.desktop");
        let text = fs_err::read_to_string(&file).unwrap();
        assert!(text.contains("\nExec=/usr/bin/canteen-desktop --hidden\n"), "{text}");
        // As a desktop's own settings switch it off.
        for off in ["Hidden=true\n", "X-GNOME-Autostart-enabled = false\n"] {
            fs_err::write(&file, format!("{text}{off}")).unwrap();
            assert!(!is_on(&environment).unwrap(), "{off}");
        }
        set(&environment, program, false).unwrap();
        assert!(!file.exists() && !is_on(&environment).unwrap());
    }

    #[test]
    fn a_home_of_its_own_has_an_entry_of_its_own_that_names_it() {
        let home = tempfile::tempdir().unwrap();
        let usual = Environment::from_pairs([("HOME", home.path().as_os_str())]);
        let own = Environment { canteen_home: Some("/demo/a b".into()), ..usual.clone() };
        set(&own, Path::new("/opt/c/canteen-desktop"), true).unwrap();
        assert!(is_on(&own).unwrap() && !is_on(&usual).unwrap());
        let entry = fs_err::read_dir(home.path().join(".config/autostart")).unwrap().next().unwrap().unwrap();
        let text = fs_err::read_to_string(entry.path()).unwrap();
        assert!(text.contains("Exec=env \"CANTEEN_HOME=/demo/a b\" /opt/c/canteen-desktop --hidden\n"), "{text}");
    }

    #[test]
    fn a_program_with_an_odd_path_is_quoted_as_the_specification_says() {
        for (program, exec) in [
            ("/opt/My Apps/canteen", "\"/opt/My Apps/canteen\""),
            ("/opt/50%/$a\"b", "\"/opt/50%%/\\\\$a\\\\\"b\""),
            ("/o\\x", "\"/o\\\\\\\\x\""),
            ("/a\nExec=evil", "\"/a\\nExec=evil\""),
        ] {
            let text = entry(None, Path::new(program));
            assert!(text.contains(&format!("\nExec={exec} --hidden\n")), "{text}");
            assert_eq!(text.lines().filter(|line| line.starts_with("Exec=")).count(), 1);
        }
    }
}
