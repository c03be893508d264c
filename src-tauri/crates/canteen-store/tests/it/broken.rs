use std::sync::Arc;

use canteen_audit::Event;
use canteen_store::{KeyPlace, Store, StoreError};
use canteen_types::{Coded as _, Secret, TestClock};

use super::{NOW, key, new, open};

fn code(result: Result<Store, StoreError>) -> &'static str {
    result.map_or_else(|error| error.code(), |_| "open")
}

#[test]
fn another_key_is_told_from_a_damaged_file() {
    let (folder, store) = new();
    store.close().unwrap();
    let other = Store::open(folder.path(), &Secret::new([8; 32]), Arc::new(TestClock::at(NOW)));
    assert_eq!(code(other), "store.wrong_key");
    fs_err::write(folder.path().join("store.sqlite"), vec![9; 8192]).unwrap();
    assert_eq!(code(open(folder.path())), "store.damaged");
}

#[test]
fn a_file_of_no_bytes_is_damage_and_not_a_new_store() {
    let (folder, store) = new();
    store.audit().append(Event::HostStopped).unwrap();
    store.close().unwrap();
    let path = folder.path().join("store.sqlite");
    fs_err::write(&path, b"").unwrap();
    assert_eq!(code(open(folder.path())), "store.damaged");
    assert_eq!(fs_err::metadata(&path).unwrap().len(), 0, "nothing was changed");
}

#[test]
fn one_flipped_bit_is_never_read_as_something_else() {
    let (folder, store) = new();
    for n in 0..100_u32 {
        store.settings().put(&format!("key {n:03}"), &"x".repeat(300), Some(Event::HostStopped)).unwrap();
    }
    store.close().unwrap();
    let path = folder.path().join("store.sqlite");
    let whole = fs_err::read(&path).unwrap();
    let mut noticed = 0;
    for page in 0..whole.len() / 4096 {
        let mut flipped = whole.clone();
        flipped[page * 4096 + 1000] ^= 1;
        fs_err::write(&path, &flipped).unwrap();
        let read_all = open(folder.path()).and_then(|store| {
            for n in 0..100_u32 {
                assert_eq!(store.settings().get::<String>(&format!("key {n:03}"))?, Some("x".repeat(300)));
            }
            let check = store.audit().verify()?;
            assert_eq!((check.rows, check.broken_at), (100, None));
            Ok(store)
        });
        match read_all.map_or_else(|error| error.code(), |_| "open") {
            "store.damaged" => noticed += 1,
            // A page that nothing above reads.
            "open" => {}
            other => assert_eq!(other, "store.damaged"),
        }
    }
    assert!(noticed > 5, "{noticed} of {} pages", whole.len() / 4096);
}

#[test]
fn nothing_readable_is_in_the_file() {
    let (folder, store) = new();
    store.settings().put("secret", &"a marker that would be found", None).unwrap();
    for name in ["store.sqlite", "store.sqlite-wal"] {
        let bytes = fs_err::read(folder.path().join(name)).unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"a marker" || part == b"SQLite f"), "{name}");
    }
}

#[test]
fn a_missing_store_is_an_error_and_never_made_anew() {
    let (folder, store) = new();
    store.close().unwrap();
    fs_err::rename(folder.path().join("store.sqlite"), folder.path().join("kept")).unwrap();
    assert_eq!(code(open(folder.path())), "store.missing");
    assert!(!folder.path().join("store.sqlite").exists());
    fs_err::remove_file(folder.path().join("store.meta")).unwrap();
    assert_eq!(code(open(folder.path())), "store.missing");
}

#[test]
fn a_store_is_never_replaced() {
    let (folder, store) = new();
    store.close().unwrap();
    let again = Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW);
    assert!(matches!(again, Err(StoreError::Exists)));
}

#[test]
fn a_file_cut_short_and_a_flipped_page_are_damage() {
    let (folder, store) = new();
    for n in 0..200_u32 {
        store.settings().put(&format!("key {n}"), &"x".repeat(500), None).unwrap();
    }
    store.close().unwrap();
    let path = folder.path().join("store.sqlite");
    let whole = fs_err::read(&path).unwrap();
    fs_err::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(code(open(folder.path())), "store.damaged");
    let mut flipped = whole.clone();
    for at in (4096..flipped.len()).step_by(4096) {
        flipped[at + 100] ^= 1;
    }
    fs_err::write(&path, &flipped).unwrap();
    assert_eq!(code(open(folder.path())), "store.damaged");
    fs_err::write(&path, &whole).unwrap();
    assert_eq!(code(open(folder.path())), "open", "the same bytes put back");
}

#[test]
fn a_note_that_is_garbage_or_newer_is_said() {
    let (folder, store) = new();
    store.close().unwrap();
    fs_err::write(folder.path().join("store.meta"), "{").unwrap();
    assert_eq!(code(open(folder.path())), "store.bad_meta");
    fs_err::write(
        folder.path().join("store.meta"),
        r#"{"format":2,"key_id":"","key_place":"keyring","created":"2026-01-01T00:00:00Z"}"#,
    )
    .unwrap();
    assert_eq!(code(open(folder.path())), "store.newer_version");
}

#[test]
fn a_closed_store_says_so() {
    let (_folder, store) = new();
    store.close().unwrap();
    assert!(matches!(store.audit().append(Event::HostStopped), Err(StoreError::Closed)));
    assert!(matches!(store.audit().rows(), Err(StoreError::Closed)));
}

#[test]
fn what_is_too_long_is_refused() {
    let (_folder, store) = new();
    let refused = store.settings().put("long", &"x".repeat(2 << 20), None).unwrap_err();
    assert_eq!((refused.code(), refused.subject()[1].1.as_str()), ("store.too_long", "1048576"));
    assert_eq!(store.catalogue_files().save(&"n".repeat(513), b"").unwrap_err().code(), "store.too_long");
    let refused = store.audit().append(Event::SettingsChanged { what: "x".repeat(70_000) }).unwrap_err();
    assert_eq!((refused.code(), store.audit().rows().unwrap()), ("store.audit", 0));
}

#[test]
fn the_file_is_for_its_owner_only() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, store) = new();
        store.audit().append(Event::HostStopped).unwrap();
        for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
            assert_eq!(fs_err::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn a_second_writer_waits_its_turn_and_the_chain_stays_whole() {
    let (folder, one) = new();
    let two = open(folder.path()).unwrap();
    let writers: Vec<_> = [one, two]
        .into_iter()
        .map(|store| {
            std::thread::spawn(move || {
                for _ in 0..50 {
                    store.audit().append(Event::HostStopped).unwrap();
                }
                store
            })
        })
        .collect();
    let stores: Vec<Store> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
    let check = stores[0].audit().verify().unwrap();
    assert_eq!((check.rows, check.broken_at), (100, None));
}
