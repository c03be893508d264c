use std::io::Read as _;
use std::path::{Path, PathBuf};

use canteen_catalogue::sign::Repository;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::failure::AdminError;

/// Longest file of ours that is read: a licence text has 256 KiB.
const LONGEST: u64 = 4 << 20;

/// A company's folder.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) folder: PathBuf,
    pub(crate) about: About,
}

/// `company.json`: what no other file says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) organisation: String,
    /// Where the key files lie, if not in `keys`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keys: Option<PathBuf>,
}

impl Company {
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("company.json");
        if !file.is_file() {
            return Err(AdminError::NoCompany.into());
        }
        Ok(Self { folder: folder.to_owned(), about: read_json(&file)? })
    }

    /// What clients read.
    pub(crate) fn repository_folder(&self) -> PathBuf {
        self.folder.join("repository")
    }

    pub(crate) fn repository(&self) -> anyhow::Result<Repository> {
        Ok(Repository::open(&self.repository_folder())?)
    }

    /// What clients pin.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.folder.join("root.json")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.about.keys.clone().unwrap_or_else(|| self.folder.join("keys"))
    }

    pub(crate) fn draft(&self) -> PathBuf {
        self.folder.join("draft")
    }

    /// A root that waits for more signatures.
    pub(crate) fn waiting_root(&self) -> PathBuf {
        self.draft().join("root.json")
    }
}

/// Reads at most [`LONGEST`] bytes.
pub(crate) fn read_bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    read_within(path, LONGEST)
}

/// Reads a file that has no more than so many bytes.
pub(crate) fn read_within(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs_err::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(bad_file(path, format!("it is longer than {most} bytes")).into());
    }
    Ok(bytes)
}

pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8(read_bytes(path)?).map_err(|_| bad_file(path, "it is not UTF-8"))?)
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    Ok(serde_json::from_slice(&read_bytes(path)?).map_err(|e| bad_file(path, e.to_string()))?)
}

/// Beside, then renamed: a person may look at the file at any moment.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    write_bytes(path, &bytes)
}

pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    fs_err::write(&beside, bytes)?;
    fs_err::rename(&beside, path)?;
    Ok(())
}

pub(crate) fn bad_file(path: &Path, because: impl Into<String>) -> AdminError {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    AdminError::BadFile { name, because: because.into() }
}
