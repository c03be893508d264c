use std::path::{Path, PathBuf};

use canteen_catalogue::sign::{KeyId, PublicKey, SignError, Signer, SigningKey, read_key, read_public};

use crate::passphrase::Passphrases;

/// A key file, known by its public half; opened only when it must sign.
pub(crate) struct KeyFile {
    pub(crate) path: PathBuf,
    pub(crate) public: PublicKey,
}

impl KeyFile {
    /// Name without the ending.
    pub(crate) fn name(&self) -> String {
        self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(crate) fn open(&self, passphrases: &Passphrases) -> anyhow::Result<SigningKey> {
        open(&self.path, passphrases)
    }
}

/// All key files in a folder, by name.
pub(crate) fn key_files(folder: &Path) -> anyhow::Result<Vec<KeyFile>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for found in fs_err::read_dir(folder)? {
        let public = found?.path();
        let path = public.with_extension("pem");
        if public.extension().is_some_and(|extension| extension == "pub") && path.is_file() {
            files.push(KeyFile { path, public: read_public(&public)? });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Opens the key files in `folder` that are among `wanted`.
pub(crate) fn open_wanted(folder: &Path, wanted: &[KeyId], passphrases: &Passphrases) -> anyhow::Result<Vec<SigningKey>> {
    key_files(folder)?.iter().filter(|file| wanted.contains(&file.public.id())).map(|file| file.open(passphrases)).collect()
}

/// Opens one key file, asking once more where somebody can be asked.
pub(crate) fn open(path: &Path, passphrases: &Passphrases) -> anyhow::Result<SigningKey> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match read_key(path, &passphrases.existing(&name)?) {
        Err(wrong @ SignError::WrongPassphrase { .. }) => match passphrases.again(&name)? {
            Some(other) => Ok(read_key(path, &other)?),
            None => Err(wrong.into()),
        },
        other => Ok(other?),
    }
}

pub(crate) fn as_signers(keys: &[SigningKey]) -> Vec<&dyn Signer> {
    keys.iter().map(|key| key as &dyn Signer).collect()
}
