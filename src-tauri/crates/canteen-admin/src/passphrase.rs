use std::cell::RefCell;
use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use anyhow::Context as _;

use crate::failure::AdminError;

/// Where the passphrase of the key files comes from: a file, the environment, or the person. Asked for only when a key is
/// really opened; shown nowhere.
pub(crate) struct Passphrases {
    file: Option<PathBuf>,
    environment: Option<String>,
    typed: RefCell<Option<String>>,
}

impl Passphrases {
    pub(crate) const fn new(file: Option<PathBuf>, environment: Option<String>) -> Self {
        Self { file, environment, typed: RefCell::new(None) }
    }

    /// For a key that is there already. `name` is shown in the prompt; what was typed for one key is tried for the next.
    pub(crate) fn existing(&self, name: &str) -> anyhow::Result<String> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        if let Some(typed) = self.typed.borrow().clone() {
            return Ok(typed);
        }
        self.ask(&format!("Passphrase for {name}: "))
    }

    /// For the key `name` again, after the last one did not open it. `None` where nobody can be asked.
    pub(crate) fn again(&self, name: &str) -> anyhow::Result<Option<String>> {
        if self.given()?.is_some() || !std::io::stdin().is_terminal() {
            return Ok(None);
        }
        self.ask(&format!("Another passphrase, for {name}: ")).map(Some)
    }

    /// For new keys: typed twice.
    pub(crate) fn new_one(&self) -> anyhow::Result<String> {
        if let Some(given) = self.given()? {
            return Ok(given);
        }
        let first = self.ask("New passphrase for the key files: ")?;
        if first == self.ask("The same again: ")? { Ok(first) } else { Err(AdminError::PassphrasesDiffer.into()) }
    }

    fn given(&self) -> anyhow::Result<Option<String>> {
        let Some(path) = &self.file else { return Ok(self.environment.clone()) };
        let mut text = String::new();
        let file = fs_err::File::open(path)?;
        file.take(4096).read_to_string(&mut text).context("reading the passphrase file")?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }

    fn ask(&self, prompt: &str) -> anyhow::Result<String> {
        if !std::io::stdin().is_terminal() {
            return Err(AdminError::NoPassphrase.into());
        }
        let typed = rpassword::prompt_password(prompt).context("asking for the passphrase")?;
        *self.typed.borrow_mut() = Some(typed.clone());
        Ok(typed)
    }
}
