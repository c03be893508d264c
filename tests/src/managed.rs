use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{Home, Running, until};

/// The organisation's folder of a person's computer. The real one is the administrator's, so that a host gets one of its own
/// there: its view of the files is its own, as in a container.
#[derive(Debug)]
pub struct Managed {
    root: PathBuf,
    folder: PathBuf,
}

impl Managed {
    /// An empty one.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn of(home: &Home) -> Result<Self> {
        let root = home.path("etc-opt");
        let folder = root.join("canteen/policies/managed");
        fs_err::create_dir_all(&folder)?;
        fs_err::set_permissions(&folder, Permissions::from_mode(0o755))?;
        Ok(Self { root, folder })
    }

    /// Puts a file there that anybody may read, and `mode` says who may write.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str, mode: u32) -> Result<()> {
        let file = self.folder.join(name);
        fs_err::write(&file, text)?;
        Ok(fs_err::set_permissions(&file, Permissions::from_mode(mode))?)
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// When it is not there.
    pub fn remove(&self, name: &str) -> Result<()> {
        Ok(fs_err::remove_file(self.folder.join(name))?)
    }

    /// Starts a host that sees this folder, and waits until it answers.
    ///
    /// # Errors
    /// When it does not come up, with what it said.
    pub fn serve(&self, home: &Home) -> Result<Running> {
        let root = fs_err::metadata("/proc/self")?.uid() == 0;
        let mut command = home.command("unshare");
        command.arg("--mount").args((!root).then_some("--map-root-user"));
        command.args(["sh", "-c", "mount --bind \"$1\" /etc/opt && exec \"$2\" serve", "sh"]);
        command.arg(&self.root).arg(home.programs().path("canteen"));
        let mut host = Running::start(&mut command, home.path("logs/serve"), "util-linux")?;
        until("the host", || (!host.is_alive() || host.said().contains("Canteen is ready")).then_some(()))?;
        if !host.is_alive() {
            bail!("canteen serve did not come up: {}", host.said());
        }
        Ok(host)
    }
}
