use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The built programs, in the folder that the tests were built into.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// `target/debug` where the test lies in `target/debug/deps`.
    ///
    /// # Errors
    /// When a program is not built; says how to build it.
    pub fn find() -> Result<Self> {
        let own = std::env::current_exe().context("the test does not know where it lies")?;
        let folder = own.ancestors().nth(2).context("the test lies in no build folder")?.to_owned();
        for name in ["canteen", "canteen-admin", "canteen-desktop", "canteen-engine"] {
            let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
            ensure!(path.is_file(), "{name} is not built in {}. Build it: cargo build --workspace --bins", folder.display());
        }
        Ok(Self { folder })
    }

    /// Those that were installed into this folder; the engine need not be among them.
    ///
    /// # Errors
    /// When one is missing.
    pub fn installed(folder: &Path) -> Result<Self> {
        for name in ["canteen", "canteen-admin", "canteen-desktop"] {
            ensure!(folder.join(name).is_file(), "{name} is not installed in {}", folder.display());
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where they all lie.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `canteen`, `canteen-admin`, `canteen-desktop` or `canteen-engine`.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }
}
