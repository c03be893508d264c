use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::toxic::Toxic;
use crate::{Home, Programs, Said, weights};

const PASSPHRASE: &str = "brightwater";

/// A company: keys, entries and a signed repository, made by `canteen-admin`, and a folder that is its model mirror.
#[derive(Debug)]
pub struct Organisation {
    folder: tempfile::TempDir,
    programs: Programs,
}

impl Organisation {
    /// Makes its keys and first root.
    ///
    /// # Errors
    /// When `canteen-admin` refuses.
    pub fn found(home: &Home) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("company-").tempdir()?;
        let company = Self { folder, programs: home.programs().clone() };
        fs_err::create_dir(company.mirror())?;
        company
            .admin(["init".as_ref(), company.path().as_os_str(), "--organisation".as_ref(), "Brightwater".as_ref()])?
            .succeeded()?;
        Ok(company)
    }

    /// One with a single small model, `tiny`, whose entry has these further fields. The person of `home` belongs to it.
    ///
    /// # Errors
    /// When `canteen-admin` refuses or the disk does.
    pub fn with_tiny(home: &Home, fields: &str) -> Result<Self> {
        let company = Self::found(home)?;
        company.approve("tiny", &weights::tiny(&company.mirror(), 1)?, fields)?;
        company.publish()?;
        company.join(home)?;
        Ok(company)
    }

    /// The folder that `canteen-admin` knows as the company.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("company")
    }

    /// The published repository.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.path().join("repository")
    }

    /// The root that employees' computers pin.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.path().join("root.json")
    }

    /// The model mirror: a folder.
    #[must_use]
    pub fn mirror(&self) -> PathBuf {
        self.folder.path().join("mirror")
    }

    /// Runs `canteen-admin` with the passphrase of the keys.
    ///
    /// # Errors
    /// When it does not end.
    pub fn admin<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Said> {
        let mut command = Command::new(self.programs.path("canteen-admin"));
        Said::by(command.env("CANTEEN_ADMIN_PASSPHRASE", PASSPHRASE).args(arguments))
    }

    /// Puts `file` into the mirror and approves it from there as the entry `id`. `fields` are more lines of the entry's TOML
    /// file; they win over what stands here (chat, no licence to accept, everything public).
    ///
    /// # Errors
    /// When `canteen-admin` refuses.
    pub fn approve(&self, id: &str, file: &Path, fields: &str) -> Result<()> {
        let name = file.file_name().context("a model file has a name")?;
        let copy = self.mirror().join(name);
        if !copy.exists() && fs_err::hard_link(file, &copy).is_err() {
            fs_err::copy(file, &copy)?;
        }
        self.approve_from(id, file, &[copy.display().to_string()], fields)
    }

    /// As [`Organisation::approve`], from sources of the test's choosing: `http://127.0.0.1:…`, `https://…` or paths.
    ///
    /// # Errors
    /// When `canteen-admin` refuses.
    pub fn approve_from(&self, id: &str, file: &Path, sources: &[String], fields: &str) -> Result<()> {
        let entry = self.folder.path().join(format!("{id}.toml"));
        fs_err::write(&entry, entry_text(id, fields))?;
        let mut arguments: Vec<OsString> = vec!["model".into(), "add".into(), self.path().into(), "--file".into(), file.into()];
        arguments.extend(["--entry".into(), entry.into()]);
        arguments.extend(sources.iter().flat_map(|source| ["--source".into(), source.into()]));
        self.admin(arguments)?.succeeded().map(drop)
    }

    /// Signs and publishes.
    ///
    /// # Errors
    /// When `canteen-admin` refuses.
    pub fn publish(&self) -> Result<()> {
        self.admin(["publish".as_ref(), self.path().as_os_str()])?.succeeded().map(drop)
    }

    /// Puts what is published now on `server`, below `/catalogue`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn upload(&self, server: &Toxic) -> Result<()> {
        for folder in ["metadata", "targets"] {
            let mut folders = vec![self.repository().join(folder)];
            while let Some(folder) = folders.pop() {
                for found in fs_err::read_dir(folder)? {
                    let path = found?.path();
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        let below = path.strip_prefix(self.repository())?.display().to_string();
                        server.serve(&format!("/catalogue/{below}"), fs_err::read(&path)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets the person of `home` belong to this company, as a set-up script of IT does: the host finds it at its next start.
    ///
    /// # Errors
    /// When the settings cannot be written.
    pub fn join(&self, home: &Home) -> Result<()> {
        self.join_at(home, &self.repository().display().to_string())
    }

    /// As [`Organisation::join`], with the catalogue at another place, e.g. `https://…`.
    ///
    /// # Errors
    /// When the settings cannot be written.
    pub fn join_at(&self, home: &Home, location: &str) -> Result<()> {
        let config = home.path("canteen/config");
        fs_err::create_dir_all(&config)?;
        let root = fs_err::read_to_string(self.root())?;
        let joined = json!({ "location": location, "root": root });
        Ok(fs_err::write(config.join("catalogue.json"), joined.to_string())?)
    }
}

/// Lines of `fields` replace those with the same key.
fn entry_text(id: &str, fields: &str) -> String {
    let usual = [
        format!("id = \"{id}\""),
        format!("name = \"{id}\""),
        "summary = \"For tests.\"".into(),
        "publisher = \"Brightwater\"".into(),
        "tasks = [\"chat\"]".into(),
        "languages = [\"en\"]".into(),
        "licence = \"Apache-2.0\"".into(),
        "data_approved = [\"public\", \"internal\"]".into(),
        "data_not_approved = [\"personal\"]".into(),
        "uses_approved = [\"drafting\"]".into(),
        "approver = \"Mara Lindqvist\"".into(),
        "role = \"Head of AI governance\"".into(),
        "memory_minimum = \"256MiB\"".into(),
        "context_tokens = 512".into(),
        "max_answer_tokens = 48".into(),
        "temperature = 0.0".into(),
    ];
    let key = |line: &str| line.split_once('=').map(|(key, _)| key.trim().to_owned());
    let own: Vec<_> = fields.lines().filter_map(key).collect();
    let own_licence = own.iter().any(|key| key == "licence_name");
    let kept = usual.iter().filter(|line| {
        let key = key(line).unwrap_or_default();
        !(own.contains(&key) || own_licence && key == "licence")
    });
    kept.map(String::as_str).chain(fields.lines()).collect::<Vec<_>>().join("\n")
}
