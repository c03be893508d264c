//! Large files in the folders that programs work in, each folder read once while nothing in it comes or goes.

use std::collections::{HashMap, VecDeque};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use canteen_types::Timestamp;

use super::super::proc::FileKey;

/// Of one folder: what is in it, and folders of these that are read, too.
const MOST_ENTRIES: usize = 512;
const MOST_BELOW: usize = 32;
/// At one time: folders, and entries that are read of these, each in a few microseconds. The nearest come first.
const MOST_FOLDERS: usize = 256;
const MOST_READ: usize = 4096;
const DEEPEST: usize = 2;
const MOST_KEPT: usize = 4096;
/// What changed later is read again: a file that has just been made grows without a word of its folder.
const SETTLED_MS: i64 = 120_000;

#[derive(Clone, Debug, Default)]
struct Listing {
    changed_ns: i64,
    large: Vec<PathBuf>,
    below: Vec<PathBuf>,
}

/// Folders that were read.
#[derive(Debug, Default)]
pub(in super::super) struct Listings(HashMap<FileKey, Listing>);

impl Listings {
    /// Files of at least that size in these folders and a little below them, hidden folders left out.
    pub(super) fn large_below(&mut self, folders: &[PathBuf], least: u64, at: Timestamp) -> Vec<PathBuf> {
        let (mut large, mut left) = (Vec::new(), MOST_READ);
        let mut todo: VecDeque<(PathBuf, usize)> = folders.iter().map(|folder| (folder.clone(), 0)).collect();
        for _ in 0..MOST_FOLDERS {
            let Some((folder, depth)) = todo.pop_front() else { break };
            let listing = self.of(&folder, least, (at, &mut left));
            large.extend(listing.large.iter().map(|name| folder.join(name)));
            if depth < DEEPEST {
                todo.extend(listing.below.iter().map(|name| (folder.join(name), depth + 1)));
            }
        }
        large
    }

    fn of(&mut self, folder: &Path, least: u64, (at, left): (Timestamp, &mut usize)) -> Listing {
        let Ok(metadata) = fs_err::metadata(folder) else { return Listing::default() };
        let (key, changed_ns) = (FileKey::of(&metadata), metadata.mtime().saturating_mul(1_000_000_000) + metadata.mtime_nsec());
        if let Some(known) = self.0.get(&key).filter(|known| known.changed_ns == changed_ns) {
            return known.clone();
        }
        if *left == 0 {
            return Listing::default();
        }
        let listing = Listing { changed_ns, ..read(folder, least, left) };
        if at.as_millis().saturating_sub(changed_ns / 1_000_000) >= SETTLED_MS {
            if self.0.len() >= MOST_KEPT {
                self.0.clear();
            }
            self.0.insert(key, listing.clone());
        }
        listing
    }
}

fn read(folder: &Path, least: u64, left: &mut usize) -> Listing {
    let mut listing = Listing::default();
    for entry in fs_err::read_dir(folder).into_iter().flatten().flatten().take(MOST_ENTRIES.min(*left)) {
        *left = left.saturating_sub(1);
        let (name, Ok(kind)) = (PathBuf::from(entry.file_name()), entry.file_type()) else { continue };
        let is_hidden = || name.as_os_str().as_encoded_bytes().starts_with(b".");
        if kind.is_dir() && listing.below.len() < MOST_BELOW && !is_hidden() {
            listing.below.push(name);
        } else if !kind.is_dir() && fs_err::metadata(entry.path()).is_ok_and(|file| file.is_file() && file.len() >= least) {
            listing.large.push(name);
        }
    }
    listing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn large(listings: &mut Listings, folder: &Path, at_ms: i64) -> Vec<String> {
        let mut found: Vec<String> = listings
            .large_below(&[folder.to_owned()], 1000, Timestamp::from_millis(at_ms))
            .iter()
            .map(|path| path.strip_prefix(folder).unwrap().display().to_string())
            .collect();
        found.sort();
        found
    }

    #[test]
    fn a_folder_that_rests_is_read_once_and_again_when_something_comes() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, size: usize| fs_err::write(folder.path().join(name), vec![1; size]).unwrap();
        for below in ["sub", ".hidden", "sub/deep/er"] {
            fs_err::create_dir_all(folder.path().join(below)).unwrap();
        }
        for (name, size) in
            [("a", 1000), ("small", 999), ("sub/b", 5000), (".hidden/c", 5000), ("sub/deep/d", 5000), ("sub/deep/er/e", 5000)]
        {
            file(name, size);
        }
        let mut listings = Listings::default();
        let later = i64::MAX / 2;
        assert_eq!(large(&mut listings, folder.path(), 0), ["a", "sub/b", "sub/deep/d"]);
        assert!(listings.0.is_empty(), "what has just changed is not kept");
        assert_eq!(large(&mut listings, folder.path(), later), ["a", "sub/b", "sub/deep/d"]);
        assert_eq!(listings.0.len(), 3);
        fs_err::OpenOptions::new().append(true).open(folder.path().join("small")).unwrap().set_len(2000).unwrap();
        assert_eq!(large(&mut listings, folder.path(), later).len(), 3, "not read again");
        file("new", 1000);
        assert_eq!(large(&mut listings, folder.path(), later), ["a", "new", "small", "sub/b", "sub/deep/d"]);
    }

    #[test]
    fn a_folder_without_an_end_is_read_to_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        (0..40).for_each(|n| fs_err::create_dir(folder.path().join(n.to_string())).unwrap());
        (0..600).for_each(|n| fs_err::write(folder.path().join(format!("{n}.x")), [1; 1000]).unwrap());
        assert!(large(&mut Listings::default(), folder.path(), 0).len() <= MOST_ENTRIES);
        assert!(large(&mut Listings::default(), Path::new("/nowhere"), 0).is_empty());
    }
}
