use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};

use crate::until;

/// A program that runs beside the test and ends with this value. What it says goes to a file.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    log: PathBuf,
    /// What it starts ends with it.
    leads: bool,
}

impl Running {
    /// Starts `command`; `log` gets what it writes. `package` is named when it is missing.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(command: &mut Command, log: PathBuf, package: &str) -> Result<Self> {
        let name = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let to = fs_err::OpenOptions::new().create(true).append(true).open(&log)?.into_parts().0;
        let child = command
            .stdin(Stdio::null())
            .stdout(to.try_clone()?)
            .stderr(to)
            .spawn()
            .with_context(|| format!("{name} does not start; install {package}, as `make test` does"))?;
        Ok(Self { child, name, log, leads: false })
    }

    /// As [`Running::start`]; what it starts ends with this value, too.
    ///
    /// # Errors
    /// When it does not start.
    #[cfg(unix)]
    pub fn start_with_all(command: &mut Command, log: PathBuf, package: &str) -> Result<Self> {
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut running = Self::start(command, log, package)?;
        running.leads = true;
        Ok(running)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has written so far.
    #[must_use]
    pub fn said(&self) -> String {
        fs_err::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether it still runs.
    #[must_use]
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When it does not, with what it said.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let ended = until(&format!("{} to end", self.name), || self.child.try_wait().ok().flatten());
        ended.with_context(|| self.said())
    }

    /// Ends it without a chance to tidy up, and waits for that.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> Result<()> {
        if self.leads {
            let group = format!("-{}", self.child.id());
            // What it started may go on without it.
            Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status()?;
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.kill());
    }
}
