//! What time, disks and missing files do.

use std::sync::Arc;

use canteen_catalogue::{CatalogueClient, FolderStore, Location, MetadataStore, StoreFault};
use canteen_types::{CatalogueState, Coded as _};

use crate::house::{House, block_on, content, days, start};

#[test]
fn an_expired_catalogue_is_not_accepted_and_the_last_good_one_grows_stale_then_expired() {
    let house = House::open();
    house.refresh().unwrap();
    let refused = house.refresh_at(days(8)).unwrap_err();
    assert_eq!(refused.code(), "catalogue.expired");
    assert_eq!(
        refused.to_string(),
        "The catalogue could not be updated: the signature of its timestamp file ran out on 2026-12-01T10:00:00Z. Canteen \
         keeps the last good catalogue; check again later or tell IT."
    );
    let good = house.client().last_good(days(8)).unwrap().unwrap();
    let state = |day| good.state_at(days(day), &good.policy);
    assert_eq!(state(8), CatalogueState::Stale { since: days(7) });
    assert_eq!(state(37), CatalogueState::Expired { since: days(7) });
    assert_eq!(state(0), CatalogueState::Stale { since: days(7) }, "day 8 was seen, so day 0 is over");
}

#[test]
fn a_root_that_ran_out_is_named_first() {
    let house = House::open();
    let error = house.refresh_at(days(400)).unwrap_err();
    assert_eq!((error.code(), error.subject()[0].1.as_str()), ("catalogue.expired", "root"));
}

#[test]
fn a_clock_that_is_set_back_does_not_revive_an_expired_catalogue() {
    let house = House::open();
    house.refresh().unwrap();
    assert_eq!(house.refresh_at(days(60)).unwrap_err().code(), "catalogue.expired");
    assert_eq!(house.refresh_at(start()).unwrap_err().code(), "catalogue.expired", "set back");
    let good = house.client().last_good(start()).unwrap().unwrap();
    assert!(matches!(good.state_at(start(), &good.policy), CatalogueState::Expired { .. }));
    house.publish_at(&content(2, &["two"]), days(60));
    assert_eq!(house.refresh(), Ok(vec!["two".to_owned()]), "newly signed");
}

#[test]
fn no_clock_is_earlier_than_the_build() {
    let house = House::open();
    let refreshed = house.refresh_at(canteen_types::Timestamp::from_millis(0)).unwrap().refreshed;
    assert_eq!(refreshed.to_string(), "2026-11-01T00:00:00Z");
}

#[test]
fn an_outage_anywhere_keeps_the_last_good_catalogue_and_heals() {
    for name in ["timestamp.json", "2.snapshot.json", "2.targets.json"] {
        let house = House::open();
        house.refresh().unwrap();
        house.publish(&content(2, &["two"]));
        let there = fs_err::read(house.metadata(name)).unwrap();
        fs_err::remove_file(house.metadata(name)).unwrap();
        for _ in 0..2 {
            assert_eq!(house.refresh(), Err("catalogue.missing"), "{name}");
            assert_eq!(house.last_good(), ["one"], "{name}");
        }
        fs_err::write(house.metadata(name), there).unwrap();
        assert_eq!(house.refresh(), Ok(vec!["two".to_owned()]), "{name}");
    }
}

#[test]
fn a_share_that_is_not_mounted_is_an_outage() {
    let house = House::open();
    house.refresh().unwrap();
    fs_err::rename(house.folder(), house.folder().with_extension("away")).unwrap();
    let root = fs_err::read(house.folder().with_extension("away").join("metadata/1.root.json")).unwrap();
    let store = Arc::new(FolderStore::new(&house.store()));
    let client = CatalogueClient::open(&Location::File(house.folder()), root, store).unwrap();
    assert_eq!(block_on(client.refresh(start())).unwrap_err().code(), "catalogue.unreachable");
    assert!(client.last_good(start()).unwrap().is_some());
}

#[test]
fn nothing_is_good_before_the_first_check() {
    let house = House::open();
    assert!(house.client().last_good(start()).unwrap().is_none());
}

#[test]
fn damaged_local_state_costs_a_download_and_never_trust() {
    let files = |house: &House| {
        let mut files = Vec::new();
        let mut folders = vec![house.store()];
        while let Some(folder) = folders.pop() {
            for found in fs_err::read_dir(folder).unwrap() {
                let path = found.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    };
    let house = House::open();
    house.rotate(
        canteen_catalogue::sign::RoleName::Root,
        house.repository.plan().unwrap().role(canteen_catalogue::sign::RoleName::Root).unwrap().clone(),
    );
    house.refresh().unwrap();
    let all = files(&house);
    assert_eq!(all.len(), 6, "{all:?}");
    for file in all {
        for garbage in [&b""[..], b"{}", b"\xff\xfe garbage"] {
            let good = fs_err::read(&file).unwrap();
            fs_err::write(&file, garbage).unwrap();
            if let Ok(Some(kept)) = house.client().last_good(start()) {
                assert_eq!(crate::house::ids(&kept), ["one"]);
            }
            assert_eq!(house.refresh(), Ok(vec!["one".to_owned()]), "{file:?}");
            assert_eq!(house.last_good(), ["one"]);
            fs_err::write(&file, good).unwrap();
        }
    }
}

#[test]
fn an_altered_last_good_catalogue_is_not_used() {
    let house = House::open();
    house.refresh().unwrap();
    let file = house.store().join("good.json");
    let text = fs_err::read_to_string(&file).unwrap();
    let altered = text.replace("Somebody", "Nobody!!");
    assert_ne!(text, altered);
    fs_err::write(&file, altered).unwrap();
    assert_eq!(house.client().last_good(start()).unwrap_err().code(), "catalogue.kept_damaged");
    assert_eq!(house.refresh(), Ok(vec!["one".to_owned()]));
    assert_eq!(house.last_good(), ["one"]);
}

#[test]
fn a_store_that_cannot_be_written_is_an_error() {
    let house = House::open();
    fs_err::write(house.store(), "a file, not a folder").unwrap();
    assert_eq!(house.refresh(), Err("catalogue.store_failed"));
}

/// Takes a number of writes, then fails: a disk that fills up, or a kill.
struct Failing(FolderStore, std::sync::atomic::AtomicUsize);

impl MetadataStore for Failing {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        self.0.load(name)
    }
    fn save(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        use std::sync::atomic::Ordering;
        let left = self.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() { Err(StoreFault::writing(name, "no space left")) } else { self.0.save(name, bytes) }
    }
    fn remove(&self, name: &str) -> Result<(), StoreFault> {
        self.0.remove(name)
    }
}

#[test]
fn a_refresh_that_dies_at_any_write_loses_nothing_and_can_be_done_again() {
    let mut finished = false;
    for writes in 0..12 {
        let house = House::open();
        house.refresh().unwrap();
        house.rotate(
            canteen_catalogue::sign::RoleName::Root,
            house.repository.plan().unwrap().role(canteen_catalogue::sign::RoleName::Root).unwrap().clone(),
        );
        house.publish(&content(2, &["two"]));
        let store = Arc::new(Failing(FolderStore::new(&house.store()), writes.into()));
        let root = fs_err::read(house.metadata("1.root.json")).unwrap();
        let client = CatalogueClient::open(&Location::File(house.folder()), root, store).unwrap();
        match block_on(client.refresh(days(1))) {
            Ok(_) => finished = true,
            Err(error) => {
                assert_eq!(error.code(), "catalogue.store_failed");
                assert!(!finished);
                let kept = house.last_good();
                assert!(kept == ["one"] || kept == ["two"], "after {writes} writes: {kept:?}");
            }
        }
        assert_eq!(house.refresh(), Ok(vec!["two".to_owned()]), "after {writes} writes");
    }
    assert!(finished, "twelve writes are enough for one refresh");
}
