use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// A display of its own, 1280 × 900, that nobody sees.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts an X server on the first free number.
    ///
    /// # Errors
    /// When `Xvfb` is missing or finds no free number.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            // It would begin anew when a program that only asks is the last to leave, and refuse the app that starts just then.
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb does not start; install xvfb, as `make test` does")?;
        let mut number = String::new();
        BufReader::new(server.stdout.take().context("a pipe")?).read_line(&mut number)?;
        let display = Self { server, name: format!(":{}", number.trim()) };
        ensure!(display.name.len() > 1, "Xvfb found no free display");
        Ok(display)
    }

    /// For `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Titles of the windows that are on it.
    ///
    /// # Errors
    /// When `xdotool` is missing.
    pub fn windows(&self) -> Result<Vec<String>> {
        let mut ask = Command::new("xdotool");
        ask.args(["search", "--onlyvisible", "--name", ".+", "getwindowname", "%@"]).env("DISPLAY", &self.name);
        let said = ask.output().context("xdotool is missing; install it, as `make test` does")?;
        Ok(String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect())
    }

    /// Asks the window with this title to close, as a press on its cross does.
    ///
    /// # Errors
    /// When there is none, or a program is missing.
    pub fn close_window(&self, title: &str) -> Result<()> {
        let window = self.window(title)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/canteen-dev/scripts/close-window.py");
        let closed = Command::new("/usr/bin/python3").arg(script).arg(window).env("DISPLAY", &self.name).status()?;
        ensure!(closed.success(), "the window {title} could not be asked to close");
        Ok(())
    }

    /// Gives the window with this title the focus, and has `xdotool` do the rest: `["key", "Return"]`. For windows that are no page.
    ///
    /// # Errors
    /// When there is none, or `xdotool` is missing.
    pub fn keys(&self, title: &str, steps: &[&str]) -> Result<()> {
        let window = self.window(title)?;
        let mut press = Command::new("xdotool");
        let pressed = press.args(["windowfocus", "--sync", &window]).args(steps).env("DISPLAY", &self.name).status()?;
        ensure!(pressed.success(), "the window {title} took no keys");
        Ok(())
    }

    /// The number of the window with this title.
    fn window(&self, title: &str) -> Result<String> {
        let mut ask = Command::new("xdotool");
        ask.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]).env("DISPLAY", &self.name);
        let said = ask.output().context("xdotool is missing; install it, as `make test` does")?;
        let said = String::from_utf8_lossy(&said.stdout);
        Ok(said.lines().next().with_context(|| format!("no window is called {title}"))?.to_owned())
    }

    /// How many colours are on it: a blank window has two, anything with text has dozens.
    ///
    /// # Errors
    /// When ImageMagick is missing.
    pub fn colours(&self) -> Result<usize> {
        let mut ask = Command::new("convert");
        ask.args(["-display", &self.name, "x:root", "-format", "%k", "info:"]);
        let said = ask.output().context("convert is missing; install imagemagick, as `make test` does")?;
        Ok(String::from_utf8_lossy(&said.stdout).trim().parse()?)
    }

    /// A picture of everything on it, as PNG.
    ///
    /// # Errors
    /// When ImageMagick is missing.
    pub fn picture(&self, into: &Path) -> Result<()> {
        let taken = Command::new("import").args(["-display", &self.name, "-window", "root"]).arg(into).status();
        ensure!(taken.context("import is missing; install imagemagick, as `make test` does")?.success(), "no picture was taken");
        Ok(())
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
