use std::path::PathBuf;

use canteen_catalogue::{EntryDocument, PolicyDocument};
use canteen_types::EntryId;

use crate::failure::AdminError;
use crate::place::{Company, bad_file, read_json, read_text, write_bytes, write_json};

/// The next publication: one file per entry, one for the policy, one for what is known about runners. Publishing does not change it, so that the same can be
/// published again.
pub(crate) struct Draft<'a>(pub(crate) &'a Company);

impl Draft<'_> {
    fn entry_file(&self, id: &EntryId) -> PathBuf {
        self.0.draft().join("entries").join(format!("{id}.json"))
    }

    fn policy_file(&self) -> PathBuf {
        self.0.draft().join("policy.json")
    }

    /// By id.
    pub(crate) fn entries(&self) -> anyhow::Result<Vec<EntryDocument>> {
        let folder = self.0.draft().join("entries");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut entries: Vec<EntryDocument> = Vec::new();
        for found in fs_err::read_dir(folder)? {
            let path = found?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let entry: EntryDocument = read_json(&path)?;
                if path.file_stem().and_then(|stem| stem.to_str()) != Some(entry.id.as_str()) {
                    return Err(bad_file(&path, format!("it holds the entry “{}”", entry.id)).into());
                }
                entries.push(entry);
            }
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(entries)
    }

    pub(crate) fn entry(&self, id: &EntryId) -> anyhow::Result<Option<EntryDocument>> {
        let file = self.entry_file(id);
        if file.is_file() { read_json(&file).map(Some) } else { Ok(None) }
    }

    pub(crate) fn save_entry(&self, entry: &EntryDocument) -> anyhow::Result<()> {
        write_json(&self.entry_file(&entry.id), entry)
    }

    pub(crate) fn remove_entry(&self, id: &EntryId) -> anyhow::Result<()> {
        let file = self.entry_file(id);
        if !file.is_file() {
            return Err(AdminError::NoEntry { id: id.clone() }.into());
        }
        Ok(fs_err::remove_file(file)?)
    }

    pub(crate) fn policy(&self) -> anyhow::Result<PolicyDocument> {
        read_json(&self.policy_file())
    }

    pub(crate) fn save_policy(&self, policy: &PolicyDocument) -> anyhow::Result<()> {
        write_json(&self.policy_file(), policy)
    }

    fn signatures_file(&self) -> PathBuf {
        self.0.draft().join("signatures.toml")
    }

    /// As it was written; `None` where there is none.
    pub(crate) fn signatures(&self) -> anyhow::Result<Option<String>> {
        let file = self.signatures_file();
        if file.is_file() { read_text(&file).map(Some) } else { Ok(None) }
    }

    pub(crate) fn save_signatures(&self, text: &str) -> anyhow::Result<()> {
        write_bytes(&self.signatures_file(), text.as_bytes())
    }

    pub(crate) fn remove_signatures(&self) -> anyhow::Result<()> {
        let file = self.signatures_file();
        if file.is_file() { Ok(fs_err::remove_file(file)?) } else { Ok(()) }
    }
}
