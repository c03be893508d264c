use std::io;
use std::path::{Path, PathBuf};

use canteen_files::{Gentle, names, open_plainly};
use canteen_modelfile::formats::Neighbour;
use canteen_modelfile::{Entry, EntryKind, Source, Tree};

/// A file or a folder of this computer. The path that was named may itself be a link; nothing below it is followed out of it.
#[derive(Clone, Debug)]
pub struct Disk {
    /// Where the tree's paths begin, without links: the folder, or the one in which the file stands under the name it was given.
    folder: PathBuf,
    /// Where the one file lies, if it is one; the path that was given may be a link to it.
    file: Option<PathBuf>,
    /// Its name.
    name: PathBuf,
}

impl Disk {
    /// Takes a path that a person named.
    ///
    /// # Errors
    /// When there is nothing, or nothing that may be read.
    pub fn at(path: &Path) -> io::Result<Self> {
        let root = fs_err::canonicalize(path)?;
        let found = fs_err::metadata(&root)?;
        if !found.is_file() && !found.is_dir() {
            return Err(io::Error::other("it is neither a file nor a folder"));
        }
        if found.is_dir() {
            return Ok(Self { folder: root, file: None, name: PathBuf::new() });
        }
        let beside = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { folder: fs_err::canonicalize(beside)?, file: Some(root), name: path.file_name().unwrap_or_default().into() })
    }

    /// Its path in this tree, if it is one file.
    pub(crate) fn single(&self) -> Option<&Path> {
        self.file.is_some().then_some(&self.name)
    }

    /// Where a link in this tree leads.
    fn link(&self, path: &Path) -> EntryKind {
        // A link that leads nowhere leads out: what appears there later is loaded unseen.
        let Ok(target) = fs_err::canonicalize(self.folder.join(path)) else { return EntryKind::LinkOutside };
        if target.starts_with(&self.folder) {
            EntryKind::LinkInside
        } else if target.is_file() && blobs_of(&self.folder).is_some_and(|blobs| target.parent() == Some(&blobs)) {
            EntryKind::LinkToBlob
        } else {
            EntryKind::LinkOutside
        }
    }
}

/// The blobs of the Hugging Face repository in whose `snapshots` a folder lies.
fn blobs_of(folder: &Path) -> Option<PathBuf> {
    let snapshots = folder.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "snapshots"))?;
    let repository = snapshots.parent()?;
    let name = repository.file_name()?.to_str()?;
    ["models--", "datasets--", "spaces--"].iter().any(|kind| name.starts_with(kind)).then(|| repository.join("blobs"))
}

impl Tree for Disk {
    fn list(&mut self, folder: &Path) -> io::Result<Vec<Entry>> {
        if self.file.is_some() {
            return Ok(vec![Entry { path: self.name.clone(), kind: EntryKind::File }]);
        }
        let mut entries = Vec::new();
        for entry in fs_err::read_dir(self.folder.join(folder))? {
            let entry = entry?;
            let (path, found) = (folder.join(entry.file_name()), entry.file_type()?);
            let kind = if found.is_symlink() {
                self.link(&path)
            } else if found.is_dir() {
                EntryKind::Folder
            } else if found.is_file() {
                EntryKind::File
            } else {
                EntryKind::Special
            };
            entries.push(Entry { path, kind });
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    fn open(&mut self, file: &Path) -> io::Result<(Box<dyn Source>, u64)> {
        let path = match &self.file {
            Some(one) if file == self.name => one.clone(),
            Some(_) | None => self.folder.join(file),
        };
        // A blob of a cache is opened where its link leads; everything else without following a link that came since.
        let path = if fs_err::symlink_metadata(&path)?.is_symlink() && self.link(file) == EntryKind::LinkToBlob {
            fs_err::canonicalize(&path)?
        } else {
            path
        };
        let file = open_plainly(&path)?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(io::Error::other("it is no file any more"));
        }
        let size = found.len();
        Ok((Box::new(Gentle::new(file)), size))
    }

    fn beside(&self, path: &Path) -> Neighbour {
        let place = self.folder.join(path);
        let Ok(found) = fs_err::symlink_metadata(&place) else { return Neighbour::Absent };
        // A folder on the way may be a link as well.
        let parent = place.parent().and_then(|parent| fs_err::canonicalize(parent).ok());
        if parent.is_none_or(|parent| !parent.starts_with(&self.folder)) {
            return Neighbour::Link;
        }
        let link = found.is_symlink().then(|| self.link(path));
        let found = match link {
            None => found,
            Some(EntryKind::LinkInside | EntryKind::LinkToBlob) => match fs_err::metadata(&place) {
                Ok(found) => found,
                Err(_) => return Neighbour::Link,
            },
            Some(EntryKind::LinkOutside | EntryKind::File | EntryKind::Folder | EntryKind::Special) => return Neighbour::Link,
        };
        if found.is_file() { Neighbour::File { bytes: found.len(), names: names(&found) } } else { Neighbour::Other }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use fs_err::os::unix::fs::symlink;

    use super::*;

    fn kinds(root: &Path) -> Vec<(String, EntryKind)> {
        let entries = Disk::at(root).unwrap().list(Path::new("")).unwrap();
        entries.into_iter().map(|entry| (entry.path.display().to_string(), entry.kind)).collect()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_read_does_not_stay_in_the_file_cache() {
        use canteen_modelfile::{Bounds, Hands, Reach, look_at};
        use rustix::fs::{Advice, fadvise};
        use rustix::io::{Errno, ReadWriteFlags, preadv2};

        // Beside the build: a file system in memory has no cache.
        let root = tempfile::tempdir_in(std::env::current_exe().unwrap().parent().unwrap()).unwrap();
        let path = root.path().join("a.bin");
        fs_err::write(&path, vec![7; 8 << 20]).unwrap();
        let file = fs_err::File::open(&path).unwrap();
        file.sync_all().unwrap();
        fadvise(&file, 0, None, Advice::DontNeed).unwrap();
        fadvise(&file, 0, None, Advice::Random).unwrap();
        let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
        let reach = Reach::Whole(Hands::Many);
        assert!(look_at(&mut Disk::at(&path).unwrap(), Path::new("a.bin"), &Bounds::default(), reach, go_on).is_some());
        let cached = preadv2(&file, &mut [io::IoSliceMut::new(&mut [0])], 5 << 20, ReadWriteFlags::NOWAIT);
        assert_eq!(cached, Err(Errno::AGAIN));
    }

    #[test]
    fn links_are_told_by_where_they_lead() {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("tree");
        fs_err::create_dir(&tree).unwrap();
        fs_err::write(root.path().join("secret"), "x").unwrap();
        fs_err::write(tree.join("a"), "x").unwrap();
        symlink("a", tree.join("b")).unwrap();
        symlink("../secret", tree.join("c")).unwrap();
        symlink("nowhere", tree.join("d")).unwrap();
        let expected =
            [("a", EntryKind::File), ("b", EntryKind::LinkInside), ("c", EntryKind::LinkOutside), ("d", EntryKind::LinkOutside)];
        assert_eq!(kinds(&tree), expected.map(|(name, kind)| (name.to_owned(), kind)));
        assert!(Disk::at(&tree).unwrap().open(Path::new("c")).is_err(), "a link is not followed");
    }

    #[test]
    fn what_a_file_names_beside_it_is_told_without_leaving_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("tree");
        fs_err::create_dir_all(tree.join("sub")).unwrap();
        fs_err::write(root.path().join("secret"), "secret").unwrap();
        fs_err::write(tree.join("a"), "12345").unwrap();
        fs_err::write(tree.join("sub/twice"), "12").unwrap();
        fs_err::hard_link(tree.join("sub/twice"), tree.join("again")).unwrap();
        symlink("a", tree.join("inside")).unwrap();
        symlink("../secret", tree.join("out")).unwrap();
        symlink("..", tree.join("up")).unwrap();
        for disk in [Disk::at(&tree).unwrap(), Disk::at(&tree.join("a")).unwrap()] {
            let beside = |name: &str| disk.beside(Path::new(name));
            assert_eq!(beside("a"), Neighbour::File { bytes: 5, names: 1 });
            assert_eq!(beside("inside"), Neighbour::File { bytes: 5, names: 1 });
            assert_eq!(beside("again"), Neighbour::File { bytes: 2, names: 2 });
            assert_eq!((beside("out"), beside("up/secret")), (Neighbour::Link, Neighbour::Link));
            assert_eq!((beside("sub"), beside("nothing")), (Neighbour::Other, Neighbour::Absent));
        }
    }

    #[test]
    fn a_snapshot_of_hugging_faces_cache_is_read_through_its_links() {
        let root = tempfile::tempdir().unwrap();
        let repository = root.path().join("models--a--b");
        let snapshot = repository.join("snapshots/1");
        fs_err::create_dir_all(&snapshot).unwrap();
        fs_err::create_dir(repository.join("blobs")).unwrap();
        fs_err::write(repository.join("blobs/0f"), "weights").unwrap();
        symlink("../../blobs/0f", snapshot.join("model.gguf")).unwrap();
        symlink("../../../secret", snapshot.join("x")).unwrap();
        let expected = [("model.gguf", EntryKind::LinkToBlob), ("x", EntryKind::LinkOutside)];
        assert_eq!(kinds(&snapshot), expected.map(|(name, kind)| (name.to_owned(), kind)));
        let (_, size) = Disk::at(&snapshot).unwrap().open(Path::new("model.gguf")).unwrap();
        assert_eq!(size, 7);
        let one = Disk::at(&snapshot.join("model.gguf")).unwrap();
        assert_eq!(one.beside(Path::new("model.gguf")), Neighbour::File { bytes: 7, names: 1 });
        assert_eq!(one.beside(Path::new("x")), Neighbour::Link);
    }
}
