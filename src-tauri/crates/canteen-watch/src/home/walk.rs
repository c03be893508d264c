//! The way through a tree of folders: always the same, so that it can be left anywhere and gone on with later. The files of a folder
//! come first, then its folders by name. Nothing is opened, links are not followed, and it stays on one file system.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::system;
use crate::{FileIdentity, opener};

/// Far more than a home folder holds: a tree that somebody makes to keep us busy ends.
const MOST_FOLDERS: u64 = 1_000_000;
const MOST_FILES: u64 = 10_000_000;
const DEEPEST: usize = 64;
/// Folders found and not yet read.
const MOST_WAITING: usize = 100_000;
/// The whole way, in parts.
const WHOLE: u64 = 1 << 40;

/// A folder that is to be read.
struct Waiting {
    folder: PathBuf,
    depth: usize,
    /// Its part of the whole way, with all that lies below it.
    part: u64,
}

/// Where a folder lies as seen from where an earlier walk was left.
#[derive(PartialEq, Eq)]
enum Lies {
    /// It is through, with all that lies below it.
    Behind,
    /// Its files are through.
    OnTheWay,
    Ahead,
}

/// What ends a walk within a folder, and what of it counts.
pub(super) struct Bounds<'a> {
    /// Smaller files are passed by.
    pub(super) least: u64,
    pub(super) is_left_out: &'a dyn Fn(&Path) -> bool,
    pub(super) is_over: &'a dyn Fn() -> bool,
}

/// A walk, and what it came by.
pub(super) struct Walk<'a> {
    bounds: Bounds<'a>,
    from: Option<PathBuf>,
    todo: Vec<Waiting>,
    /// The file system that it stays on.
    pub(super) device: u64,
    through: u64,
    folders: u64,
    /// Files that were considered.
    pub(super) files: u64,
    /// A bound was reached: not everything was seen.
    pub(super) cut: bool,
    /// A folder may not be read.
    pub(super) refused: bool,
}

impl<'a> Walk<'a> {
    /// `None` when there is no such folder. `from` is the last folder whose files are through.
    pub(super) fn new(root: &Path, from: Option<PathBuf>, bounds: Bounds<'a>) -> Option<Self> {
        let metadata = fs_err::symlink_metadata(root).ok().filter(std::fs::Metadata::is_dir)?;
        let device = system::identity(root, &metadata)?.device;
        let todo = vec![Waiting { folder: root.to_owned(), depth: 0, part: WHOLE }];
        let from = from.filter(|from| from.starts_with(root));
        Some(Self { bounds, from, todo, device, through: 0, folders: 0, files: 0, cut: false, refused: false })
    }

    /// The next folder whose files are through; `None` at the end. `on_large` is told of each file that is large enough.
    pub(super) fn next(&mut self, mut on_large: impl FnMut(PathBuf, FileIdentity)) -> Option<PathBuf> {
        while let Some(next) = self.todo.pop() {
            if self.folders >= MOST_FOLDERS || (self.bounds.is_over)() {
                self.cut = true;
                return None;
            }
            let lies = self.lies(&next.folder);
            if lies == Lies::Behind || (self.bounds.is_left_out)(&next.folder) || !self.is_here(&next.folder) {
                self.through += next.part;
                continue;
            }
            self.folders += 1;
            let below = self.read(&next.folder, |path, identity| {
                if lies == Lies::Ahead {
                    on_large(path, identity);
                }
            });
            if (self.bounds.is_over)() {
                self.cut = true;
                return None;
            }
            self.go_on(&next, below);
            return Some(next.folder);
        }
        None
    }

    /// How much of the way is behind, in percent: as if all folders of a folder were alike.
    pub(super) fn percent(&self) -> u32 {
        u32::try_from(self.through.saturating_mul(100) / WHOLE).unwrap_or(100)
    }

    fn lies(&self, folder: &Path) -> Lies {
        match &self.from {
            Some(from) if from.starts_with(folder) => Lies::OnTheWay,
            Some(from) if folder < from.as_path() => Lies::Behind,
            Some(_) | None => Lies::Ahead,
        }
    }

    /// A folder, no link by now, on the same file system.
    fn is_here(&self, folder: &Path) -> bool {
        let is_same = |identity: FileIdentity| identity.device == self.device;
        let metadata = fs_err::symlink_metadata(folder).ok().filter(std::fs::Metadata::is_dir);
        metadata.and_then(|metadata| system::identity(folder, &metadata)).is_some_and(is_same)
    }

    /// Reads one folder; names of the folders in it.
    fn read(&mut self, folder: &Path, mut on_large: impl FnMut(PathBuf, FileIdentity)) -> Vec<OsString> {
        let mut below = Vec::new();
        let entries = match fs_err::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.refused |= error.kind() == ErrorKind::PermissionDenied;
                return below;
            }
        };
        for entry in entries.flatten() {
            if self.files >= MOST_FILES || (self.bounds.is_over)() {
                self.cut = true;
                break;
            }
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if below.len() < MOST_WAITING {
                    below.push(entry.file_name());
                } else {
                    self.cut = true;
                }
                continue;
            }
            self.files += 1;
            let large = kind.is_file().then(|| entry.metadata().ok()).flatten();
            let large = large.filter(|file| file.len() >= self.bounds.least && !opener::is_away(file));
            if let Some(identity) = large.and_then(|file| system::identity(&entry.path(), &file)) {
                on_large(entry.path(), identity);
            }
        }
        below
    }

    fn go_on(&mut self, before: &Waiting, mut below: Vec<OsString>) {
        if before.depth >= DEEPEST || self.todo.len().saturating_add(below.len()) > MOST_WAITING {
            self.cut |= !below.is_empty();
            below.clear();
        }
        below.sort_unstable();
        let shares = u64::try_from(below.len()).unwrap_or(u64::MAX);
        let part = before.part / shares.saturating_add(1);
        self.through += before.part - part * shares;
        let depth = before.depth + 1;
        self.todo.extend(below.iter().rev().map(|name| Waiting { folder: before.folder.join(name), depth, part }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: u64 = 1 << 20;

    fn file(path: &Path, size: u64) {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::File::create(path).unwrap().set_len(size).unwrap();
    }

    /// Folders in order, and large files.
    fn walk(root: &Path, from: Option<&Path>, most: usize) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let bounds = Bounds { least: LEAST, is_left_out: &|path| path.ends_with("left out"), is_over: &|| false };
        let mut walk = Walk::new(root, from.map(Path::to_owned), bounds).unwrap();
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        let mut percent = 0;
        while folders.len() < most
            && let Some(folder) = walk.next(|path, _| files.push(path))
        {
            assert!(walk.percent() >= percent && walk.percent() <= 100);
            percent = walk.percent();
            folders.push(folder);
        }
        assert!(folders.len() == most || percent >= 99, "{percent} % at the end");
        (folders, files)
    }

    fn tree(root: &Path) {
        for folder in ["", "a", "a/a", "a-b", "a/b/c", "b", "b/left out/x", "Ä", "b/y"] {
            file(&root.join(folder).join("small.gguf"), LEAST - 1);
            file(&root.join(folder).join("1.doc"), LEAST);
            file(&root.join(folder).join("2"), 5 * LEAST);
        }
        for n in 0..40 {
            file(&root.join(format!("many/{n}/deep/x")), LEAST);
        }
    }

    #[test]
    fn left_anywhere_and_gone_on_with_it_comes_by_everything_once() {
        let home = tempfile::tempdir().unwrap();
        tree(home.path());
        let (folders, mut whole) = walk(home.path(), None, usize::MAX);
        whole.sort();
        assert_eq!(whole.len(), 8 * 2 + 40, "not the small ones, not what is left out");
        for left in 1..=folders.len() {
            let (before, mut files) = walk(home.path(), None, left);
            let (_, rest) = walk(home.path(), before.last().map(PathBuf::as_path), usize::MAX);
            files.extend(rest);
            files.sort();
            assert_eq!(files, whole, "left after {left}");
        }
    }

    #[test]
    fn where_it_was_left_may_be_gone_or_lie_elsewhere() {
        let home = tempfile::tempdir().unwrap();
        tree(home.path());
        let (_, rest) = walk(home.path(), Some(&home.path().join("a/z/gone")), usize::MAX);
        assert_eq!(rest.len(), 40 + 4 * 2, "what comes after a/z: a-b, b, b/y, Ä and many");
        let (_, all) = walk(home.path(), Some(Path::new("/elsewhere")), usize::MAX);
        assert_eq!(all.len(), 8 * 2 + 40);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed_and_loops_end() {
        let (home, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        file(&outside.path().join("x"), LEAST);
        file(&home.path().join("own"), LEAST);
        fs_err::create_dir(home.path().join("a")).unwrap();
        for (target, link) in [(outside.path(), "a/folder"), (&outside.path().join("x"), "a/file"), (home.path(), "a/loop")] {
            fs_err::os::unix::fs::symlink(target, home.path().join(link)).unwrap();
        }
        assert_eq!(walk(home.path(), None, usize::MAX).1, [home.path().join("own")]);
    }

    #[test]
    fn a_tree_without_a_bottom_is_left() {
        let home = tempfile::tempdir().unwrap();
        let mut deep = home.path().to_owned();
        (0..DEEPEST + 2).for_each(|_| deep.push("d"));
        file(&deep.join("x"), LEAST);
        let bounds = Bounds { least: LEAST, is_left_out: &|_| false, is_over: &|| false };
        let mut walk = Walk::new(home.path(), None, bounds).unwrap();
        while walk.next(|path, _| panic!("{}", path.display())).is_some() {}
        assert!(walk.cut);
    }

    #[test]
    fn it_ends_within_a_folder_when_it_is_told_to() {
        let home = tempfile::tempdir().unwrap();
        (0..50).for_each(|n| file(&home.path().join(n.to_string()), LEAST));
        let seen = std::cell::Cell::new(0);
        let bounds = Bounds { least: LEAST, is_left_out: &|_| false, is_over: &|| seen.get() >= 7 };
        let mut walk = Walk::new(home.path(), None, bounds).unwrap();
        assert_eq!(walk.next(|_, _| seen.set(seen.get() + 1)), None, "a folder that is not through is not told of");
        assert_eq!((seen.get(), walk.cut), (7, true));
    }
}
