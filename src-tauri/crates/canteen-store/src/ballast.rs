//! A megabyte held in reserve: on a full disk even deleting needs room for the log of the transaction.

use std::io::Write as _;
use std::path::{Path, PathBuf};

const SIZE: usize = 1 << 20;

#[derive(Clone, Debug)]
pub(crate) struct Ballast(PathBuf);

impl Ballast {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self(folder.join("ballast"))
    }

    /// Puts it there if there is room; without it everything works until the disk is full.
    pub(crate) fn load(&self) {
        // One that was cut off by a kill is written again.
        if fs_err::metadata(&self.0).is_ok_and(|found| found.len() == SIZE as u64) {
            return;
        }
        let written = fs_err::File::create(&self.0).and_then(|mut file| file.write_all(&vec![0xa5; SIZE]));
        if let Err(error) = written {
            tracing::info!(%error, "no room for the reserve");
            self.drop_it();
        }
    }

    /// Gives the room back; `true` when there was some.
    pub(crate) fn drop_it(&self) -> bool {
        fs_err::remove_file(&self.0).is_ok()
    }
}
