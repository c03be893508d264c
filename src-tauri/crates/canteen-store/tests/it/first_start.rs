use std::sync::Barrier;

use canteen_store::{KeyPlace, Store};
use canteen_types::FoundStore;
use canteen_types::{Coded as _, Secret};

use super::{NOW, key, open};

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn nothing_of_the_first_start_is_left() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Store::found(folder.path()), FoundStore::Absent);
    Store::prepare(folder.path(), KeyPlace::Passphrase, &key(), NOW).unwrap();
    assert_eq!(Store::found(folder.path()), FoundStore::Begun, "the key of a first start that was cut off is not lost");
    open(folder.path()).unwrap().close().unwrap();
    assert_eq!(names(folder.path()), ["ballast", "store.meta", "store.sqlite"]);
    let meta = Store::meta(folder.path()).unwrap().unwrap();
    assert_eq!((meta.key_place, meta.created, meta.key_id.len()), (KeyPlace::Passphrase, NOW, 16));
    assert!(!meta.key_id.contains("0707"), "the key does not show in it");
}

#[test]
fn a_first_start_that_was_cut_off_may_begin_again_with_another_key() {
    let folder = tempfile::tempdir().unwrap();
    Store::begin(folder.path()).unwrap();
    assert_eq!(Store::found(folder.path()), FoundStore::Begun);
    assert_eq!(open(folder.path()).unwrap_err().code(), "store.missing", "not without a note");
    Store::prepare(folder.path(), KeyPlace::Passphrase, &Secret::new([9; 32]), NOW).unwrap();
    Store::begin(folder.path()).unwrap();
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    open(folder.path()).unwrap().close().unwrap();
    assert_eq!(Store::found(folder.path()), FoundStore::There);
    assert_eq!(Store::begin(folder.path()).unwrap_err().code(), "store.exists");
}

#[test]
fn a_store_that_was_lost_is_not_taken_for_a_first_start() {
    let folder = tempfile::tempdir().unwrap();
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    open(folder.path()).unwrap().close().unwrap();
    fs_err::remove_file(folder.path().join("store.sqlite")).unwrap();
    assert_eq!(Store::found(folder.path()), FoundStore::Absent);
    assert_eq!(Store::begin(folder.path()).unwrap_err().code(), "store.exists", "the note stands");
}

#[test]
fn a_half_built_store_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    for end in ["", "-wal", "-shm"] {
        fs_err::write(folder.path().join(format!("store.sqlite.new{end}")), b"cut off").unwrap();
    }
    open(folder.path()).unwrap().close().unwrap();
    assert_eq!(names(folder.path()), ["ballast", "store.meta", "store.sqlite"]);
}

#[test]
fn a_mark_that_was_left_behind_does_not_allow_a_second_store() {
    let folder = tempfile::tempdir().unwrap();
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
    open(folder.path()).unwrap().close().unwrap();
    // Killed between the move and the removal of the mark.
    fs_err::write(folder.path().join("store.first"), b"").unwrap();
    open(folder.path()).unwrap().close().unwrap();
    fs_err::remove_file(folder.path().join("store.sqlite")).unwrap();
    assert_eq!(open(folder.path()).unwrap_err().code(), "store.missing");
}

#[test]
fn many_that_open_a_new_store_at_once_all_get_the_same_one() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).unwrap();
        let together = Barrier::new(4);
        std::thread::scope(|scope| {
            let starts: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        together.wait();
                        open(folder.path()).unwrap().audit().append(canteen_audit::Event::HostStopped).unwrap();
                    })
                })
                .collect();
            starts.into_iter().for_each(|start| start.join().unwrap());
        });
        let check = open(folder.path()).unwrap().audit().verify().unwrap();
        assert_eq!((check.rows, check.broken_at), (4, None));
    }
}
