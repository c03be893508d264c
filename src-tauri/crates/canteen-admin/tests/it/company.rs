use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use canteen_catalogue::{CatalogueClient, CatalogueError, Location, MemoryStore, Snapshot};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const NOW: &str = "2026-11-24T10:00:00Z";
pub(crate) const PASSPHRASE: &str = "correct horse battery";

/// A folder in which the program runs.
pub(crate) struct Company {
    pub(crate) place: TempDir,
}

impl Company {
    pub(crate) fn empty() -> Self {
        Self { place: tempfile::tempdir().unwrap() }
    }

    /// After `init acme`.
    pub(crate) fn made() -> Self {
        let company = Self::empty();
        company.ok(&["init", "acme", "--organisation", "Acme GmbH"]);
        company
    }

    /// With one entry, published.
    pub(crate) fn published() -> Self {
        let company = Self::made();
        company.write("model.gguf", &gguf("Tiny"));
        company.ok(&add("model.gguf", "tiny"));
        company.ok(&["publish", "acme"]);
        company
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs_err::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_canteen-admin"));
        command.current_dir(self.place.path()).env("CANTEEN_ADMIN_PASSPHRASE", PASSPHRASE).stdin(std::process::Stdio::null());
        if !arguments.contains(&"--at") {
            command.args(["--at", NOW]);
        }
        command.args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Standard output of a command that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Standard error of a command that must be refused.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty(), "a refusal goes to standard error");
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[&["--json"], arguments].concat())).unwrap()
    }

    /// What an employee's computer that joined with `root.json` reads.
    pub(crate) fn read(&self) -> Result<Snapshot, CatalogueError> {
        let location = Location::File(self.path("acme/repository"));
        let root = fs_err::read(self.path("acme/root.json")).unwrap();
        let client = CatalogueClient::open(&location, root, Arc::new(MemoryStore::default()))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.refresh(NOW.parse().unwrap()))
    }

    /// Ids and versions that an employee's computer sees.
    pub(crate) fn seen(&self) -> Vec<String> {
        let snapshot = self.read().unwrap();
        snapshot.catalogue.entries().map(|entry| format!("{} {}", entry.key.id, entry.key.version)).collect()
    }
}

/// The shortest command that adds a model.
pub(crate) fn add<'a>(file: &'a str, id: &'a str) -> Vec<&'a str> {
    vec![
        "model",
        "add",
        "acme",
        "--file",
        file,
        "--id",
        id,
        "--publisher",
        "Somebody",
        "--licence",
        "CC0-1.0",
        "--approver",
        "Ada",
        "--role",
        "AI governance",
        "--source",
        "https://models.acme.example/tiny.gguf",
        "--quantisation",
        "F32",
    ]
}

/// A whole GGUF file with one small tensor of 32-bit floats.
pub(crate) fn gguf(name: &str) -> Vec<u8> {
    fn text(out: &mut Vec<u8>, text: &str) {
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    }
    fn string(out: &mut Vec<u8>, key: &str, value: &str) {
        text(out, key);
        out.extend(8_u32.to_le_bytes());
        text(out, value);
    }
    fn number(out: &mut Vec<u8>, key: &str, value: u32) {
        text(out, key);
        out.extend(4_u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    let mut out = b"GGUF".to_vec();
    out.extend(3_u32.to_le_bytes());
    out.extend(1_u64.to_le_bytes());
    out.extend(6_u64.to_le_bytes());
    string(&mut out, "general.architecture", "llama");
    string(&mut out, "general.name", name);
    number(&mut out, "general.file_type", 0);
    number(&mut out, "llama.block_count", 1);
    number(&mut out, "llama.context_length", 256);
    string(&mut out, "tokenizer.chat_template", "{{ messages }}");
    text(&mut out, "token_embd.weight");
    out.extend(2_u32.to_le_bytes());
    out.extend(32_u64.to_le_bytes());
    out.extend(4_u64.to_le_bytes());
    out.extend(0_u32.to_le_bytes());
    out.extend(0_u64.to_le_bytes());
    out.resize(out.len().next_multiple_of(32), 0);
    out.resize(out.len() + 32 * 4 * 4, 0);
    out
}
