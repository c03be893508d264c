use std::process::{Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// What a command line said and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// Exit code; absent when it was killed.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    asked: String,
}

impl Said {
    /// Runs `command` to its end, with nothing to read.
    ///
    /// # Errors
    /// When it does not start, or has not ended after two minutes.
    pub fn by(command: &mut Command) -> Result<Self> {
        let asked = format!("{command:?}").split(" \"").skip(1).collect::<Vec<_>>().join(" \"");
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let pid = child.id();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(child.wait_with_output()));
        // A command line that hangs is a defect of its own, and the test runner would only say that the test was slow.
        let Ok(ended) = told.recv_timeout(Duration::from_secs(110)) else {
            drop(Command::new("kill").arg("-KILL").arg(pid.to_string()).status());
            bail!("it did not end: {asked}");
        };
        let Output { status, stdout, stderr } = ended?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Self { code: status.code(), out: text(stdout), err: text(stderr), asked })
    }

    /// It ended with 0; gives its standard output.
    ///
    /// # Errors
    /// Otherwise, with all that it said.
    pub fn succeeded(&self) -> Result<&str> {
        ensure!(self.code == Some(0), "{} ended with {:?}\n{}\n{}", self.asked, self.code, self.out, self.err);
        Ok(&self.out)
    }

    /// It ended with 0; gives its standard output as JSON.
    ///
    /// # Errors
    /// Otherwise, with all that it said.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(self.succeeded()?).with_context(|| format!("{} printed no JSON: {}", self.asked, self.out))
    }

    /// It ended with 0; gives its standard output as one of the app's own structures.
    ///
    /// # Errors
    /// Otherwise, with all that it said.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.json()?).with_context(|| format!("{} printed something else: {}", self.asked, self.out))
    }

    /// It ended with 1 and named this stable code on standard error; gives that text.
    ///
    /// # Errors
    /// Otherwise, with all that it said.
    pub fn refused(&self, code: &str) -> Result<&str> {
        ensure!(
            self.code == Some(1) && self.err.contains(code),
            "{} should be refused with {code}, and ended with {:?}\n{}\n{}",
            self.asked,
            self.code,
            self.out,
            self.err
        );
        Ok(&self.err)
    }
}
