//! The memory of the slow look through the home folder.

use std::path::{Path, PathBuf};

use canteen_store::{FileIdentity, HomeStep, Store};

use super::{new, open};

const fn file(device: u64, inode: u64) -> FileIdentity {
    FileIdentity { device, inode, size: 1 << 24, modified_ns: 5, changed_ns: -6 }
}

fn came_by(store: &Store, files: &[FileIdentity], over: Option<u64>) {
    store.home_sweep().step(&HomeStep { position: None, over, looked_into: files.to_vec(), reader: 1 }).unwrap();
}

fn known(store: &Store, files: &[FileIdentity]) -> Vec<bool> {
    files.iter().map(|file| store.home_sweep().is_looked_into(file, 1).unwrap()).collect()
}

#[test]
fn a_file_is_known_as_long_as_nothing_of_it_changes_and_the_reader_is_the_same() {
    let (_folder, store) = new();
    came_by(&store, &[file(u64::MAX, 1)], None);
    let same = file(u64::MAX, 1);
    assert!(store.home_sweep().is_looked_into(&same, 1).unwrap());
    assert!(!store.home_sweep().is_looked_into(&same, 2).unwrap(), "a later reader may know more");
    for changed in [
        FileIdentity { device: 3, ..same },
        FileIdentity { inode: 3, ..same },
        FileIdentity { size: 3, ..same },
        FileIdentity { modified_ns: 3, ..same },
        FileIdentity { changed_ns: 3, ..same },
    ] {
        assert_eq!(known(&store, &[changed]), [false], "{changed:?}");
    }
    let later = FileIdentity { modified_ns: 9, ..same };
    came_by(&store, &[later], None);
    assert_eq!(known(&store, &[same, later]), [false, true], "one row for a file");
}

#[test]
fn what_a_whole_sweep_did_not_come_by_is_forgotten_where_it_was() {
    let (_folder, store) = new();
    came_by(&store, &[file(1, 1), file(1, 2), file(2, 1)], Some(1));
    came_by(&store, &[file(1, 2)], None);
    assert_eq!(known(&store, &[file(1, 1), file(1, 2)]), [true, true], "it is not through yet");
    came_by(&store, &[], Some(1));
    assert_eq!(known(&store, &[file(1, 1), file(1, 2), file(2, 1)]), [false, true, true], "another disk was not looked at");
}

#[test]
fn the_position_survives_a_restart_and_goes_with_the_end() {
    let (folder, store) = new();
    assert_eq!(store.home_sweep().position().unwrap(), None);
    let step = |position: Option<&str>, over| HomeStep {
        position: position.map(PathBuf::from),
        over,
        looked_into: Vec::new(),
        reader: 1,
    };
    store.home_sweep().step(&step(Some("/home/ada/models"), None)).unwrap();
    store.home_sweep().step(&step(None, None)).unwrap();
    store.close().unwrap();
    let store = open(folder.path()).unwrap();
    assert_eq!(store.home_sweep().position().unwrap().as_deref(), Some(Path::new("/home/ada/models")));
    store.home_sweep().step(&step(None, Some(1))).unwrap();
    assert_eq!(store.home_sweep().position().unwrap(), None);
}

#[test]
fn only_so_many_are_remembered_and_the_oldest_go() {
    let (_folder, store) = new();
    let all: Vec<FileIdentity> = (0..100_500).map(|inode| file(1, inode)).collect();
    for (n, some) in all.chunks(4000).enumerate() {
        came_by(&store, some, (n == 0).then_some(9));
    }
    came_by(&store, &all[..10], None);
    let left: Vec<bool> = known(&store, &all[..600]);
    assert!(left[..10].iter().all(|known| *known), "a sweep came by them since");
    assert_eq!(left.iter().filter(|known| !**known).count(), 500, "{left:?}");
    assert_eq!(known(&store, &all[100_400..]), [true; 100]);
    let many = HomeStep { position: None, over: None, looked_into: all, reader: 1 };
    assert!(store.home_sweep().step(&many).is_err(), "a step is bounded");
    let long = HomeStep { position: Some("x".repeat(10_000).into()), over: None, looked_into: Vec::new(), reader: 1 };
    assert!(store.home_sweep().step(&long).is_err());
}
