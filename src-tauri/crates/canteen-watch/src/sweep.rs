//! A walk through the places, with bounds, by size and content and never by name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::{Place, WatchConfig};

const DEEPEST: usize = 16;
const MOST_FILES: u64 = 200_000;
const MOST_FOLDERS: usize = 20_000;

/// What a walk came by.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Folders, to be watched.
    pub(crate) folders: Vec<PathBuf>,
    /// Files that are large enough, with the name of their place.
    pub(crate) files: Vec<(PathBuf, String)>,
    /// Files that were considered.
    pub(crate) considered: u64,
    /// A bound was reached: not everything was seen.
    pub(crate) cut: bool,
}

/// Walks one place. Links to folders are not followed; links to files are, as the Hugging Face cache consists of them.
pub(crate) fn walk(place: &Place, config: &WatchConfig, found: &mut Found) {
    let mut seen = HashSet::new();
    let mut todo = vec![(place.path.clone(), 0)];
    while let Some((folder, depth)) = todo.pop() {
        if folder == config.own_library || !seen.insert(folder.clone()) {
            continue;
        }
        let Ok(entries) = fs_err::read_dir(&folder) else { continue };
        if found.folders.len() >= MOST_FOLDERS || found.considered >= MOST_FILES {
            found.cut = true;
            return;
        }
        found.folders.push(folder);
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if place.recursive && depth < DEEPEST {
                    todo.push((entry.path(), depth + 1));
                }
                continue;
            }
            found.considered += 1;
            if large_enough(&entry.path(), config) {
                found.files.push((entry.path(), place.name.clone()));
            }
        }
    }
}

/// A file, or a link to one, of at least the configured size.
pub(crate) fn large_enough(path: &Path, config: &WatchConfig) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() >= config.minimum_size.bytes())
}
