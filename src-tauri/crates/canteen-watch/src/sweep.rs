//! A walk through the places, with bounds, by size and content and never by name.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{Observation, Place, WatchConfig, home};

const DEEPEST: usize = 16;
/// Folders found and not yet read.
const MOST_WAITING: usize = 20_000;

/// How much is looked through.
#[derive(Clone, Copy)]
pub(crate) struct Bounds<'a> {
    files: u64,
    folders: u64,
    /// Asked before each folder: time is up.
    is_over: &'a dyn Fn() -> bool,
}

impl<'a> Bounds<'a> {
    /// For the places that are known, all together.
    pub(crate) const PLACES: Bounds<'static> = Bounds { files: 200_000, folders: 20_000, is_over: &|| false };

    /// For something that was mounted, which may be a whole disk or lie far away.
    #[cfg(target_os = "linux")]
    pub(crate) fn mounted(is_over: &'a dyn Fn() -> bool) -> Self {
        Self { files: 20_000, folders: 2000, is_over }
    }
}

/// What a walk came by.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Files that are large enough, with the name of their place.
    pub(crate) files: Vec<(PathBuf, String)>,
    /// Files that were considered.
    pub(crate) considered: u64,
    /// Folders that were read.
    folders: u64,
    /// A bound was reached: not everything was seen.
    pub(crate) cut: bool,
    /// A place or a folder in it may not be read.
    pub(crate) refused: bool,
}

/// Walks one place. Links to folders are not followed; links to files are in a store, as the Hugging Face cache consists of them. `enter`
/// is told of each folder before it is read, so that whoever watches it misses nothing that is made meanwhile.
pub(crate) fn walk(place: &Place, config: &WatchConfig, (bounds, found): (Bounds<'_>, &mut Found), mut enter: impl FnMut(&Path)) {
    let (mut seen, excluded) = (HashSet::new(), (config.excluded)());
    let mut todo = vec![(place.path.clone(), 0)];
    while let Some((folder, depth)) = todo.pop() {
        if (config.is_own)(&folder) || home::is_excluded(&folder, &excluded) || !seen.insert(folder.clone()) {
            continue;
        }
        if found.folders >= bounds.folders || (bounds.is_over)() {
            found.cut = true;
            return;
        }
        if depth == 0 && !folder.is_dir() {
            return;
        }
        enter(&folder);
        let entries = match fs_err::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.refused |= error.kind() == ErrorKind::PermissionDenied;
                continue;
            }
        };
        found.folders += 1;
        for entry in entries.flatten() {
            if found.considered >= bounds.files {
                found.cut = true;
                return;
            }
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if place.recursive && depth < DEEPEST && todo.len() < MOST_WAITING {
                    todo.push((entry.path(), depth + 1));
                } else if place.recursive {
                    found.cut = true;
                }
                continue;
            }
            found.considered += 1;
            // What is no store has no links that lead to its models.
            if kind.is_symlink() && !place.recursive {
                continue;
            }
            if large_enough(&entry.path(), config) {
                found.files.push((entry.path(), place.name.clone()));
            }
        }
    }
}

/// How far a look has got: the places, and then the headers of what was found in them.
pub(crate) fn step(places: &[Place], done: usize) -> Observation {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let place = places.get(done).map(|place| place.name.clone()).unwrap_or_default();
    Observation::Looking { place, done: count(done), of: count(places.len()).saturating_add(1) }
}

/// A file, or a link to one, of at least the configured size.
pub(crate) fn large_enough(path: &Path, config: &WatchConfig) -> bool {
    fs_err::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() >= config.minimum_size.bytes())
}
