//! A launch agent of this user (launchd.plist(5)). It is read at the next login; nothing is loaded or unloaded now.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{DOING, entry_name};
use crate::{Dirs, Environment, OsError, write_atomically};

fn file(environment: &Environment, dirs: &Dirs) -> PathBuf {
    dirs.home.join("Library/LaunchAgents").join(format!("{}.plist", entry_name("app.canteen.desktop", environment)))
}

pub(super) fn is_on(environment: &Environment, dirs: &Dirs) -> Result<bool, OsError> {
    is_there(environment, dirs)
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
    let label = entry_name("app.canteen.desktop", environment);
    let variables = environment.canteen_home.as_ref().map_or_else(String::new, |home| {
        let home = escaped(&home.to_string_lossy());
        format!("\t<key>EnvironmentVariables</key>\n\t<dict><key>CANTEEN_HOME</key><string>{home}</string></dict>\n")
    });
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\t<key>Label</key>\n\t<string>{}</string>\n\t<key>ProgramArguments</key>\n\
         \t<array><string>{}</string><string>--hidden</string></array>\n{variables}\t<key>RunAtLoad</key>\n\t<true/>\n\
         \t<key>ProcessType</key>\n\t<string>Interactive</string>\n</dict>\n</plist>\n",
        escaped(&label),
        escaped(&program.to_string_lossy()),
    );
    write_atomically(&file, text.as_bytes())
}

pub(super) fn remove(environment: &Environment, dirs: &Dirs) -> Result<(), OsError> {
    match fs_err::remove_file(file(environment, dirs)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(OsError::file(DOING, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
