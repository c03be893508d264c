//! What somebody can do who holds the mirror, or some of the keys.

use canteen_catalogue::sign::{Envelope, RoleName, Signer as _};
use serde_json::json;

use crate::house::{House, content, key, plan_of};

fn accepted(id: &str) -> Result<Vec<String>, &'static str> {
    Ok(vec![id.to_owned()])
}

#[test]
fn a_good_catalogue_is_accepted_and_kept() {
    let house = House::open();
    assert_eq!(house.refresh(), accepted("one"));
    house.publish(&content(2, &["two"]));
    assert_eq!(house.refresh(), accepted("two"));
    assert_eq!(house.refresh(), accepted("two"), "nothing new");
    assert_eq!(house.last_good(), ["two"]);
}

#[test]
fn a_changed_digit_of_a_signature_is_refused() {
    for name in ["timestamp.json", "1.snapshot.json", "1.targets.json"] {
        let house = House::open();
        house.edit(name, |file| {
            let signature = file["signatures"][0]["sig"].as_str().unwrap();
            let digit = if signature.starts_with('0') { "1" } else { "0" };
            let rest: String = signature.chars().skip(1).collect();
            file["signatures"][0]["sig"] = json!(format!("{digit}{rest}"));
        });
        if name != "timestamp.json" {
            // Pinned by digest as well: seen even before the signature is.
            assert_eq!(house.refresh(), Err("catalogue.mixed"), "{name}");
            continue;
        }
        assert_eq!(house.refresh(), Err("catalogue.signature_wrong"), "{name}");
    }
}

#[test]
fn an_expiry_that_was_moved_without_signing_is_refused() {
    let house = House::open();
    house.edit("timestamp.json", |file| file["signed"]["expires"] = json!("2030-01-01T00:00:00Z"));
    assert_eq!(house.refresh(), Err("catalogue.signature_wrong"));
}

#[test]
fn a_key_signs_only_its_own_role() {
    let house = House::open();
    house.resign("timestamp.json", &[&house.targets, &house.root[0]], |_| {});
    assert_eq!(house.refresh(), Err("catalogue.signature_wrong"));
}

#[test]
fn a_root_with_one_of_two_needed_signatures_is_refused() {
    let house = House::open();
    assert_eq!(house.refresh(), accepted("one"));
    fs_err::copy(house.metadata("1.root.json"), house.metadata("2.root.json")).unwrap();
    house.resign("2.root.json", &[&house.root[2]], |signed| signed["version"] = json!(2));
    assert_eq!(house.refresh(), Err("catalogue.signature_wrong"));
    assert_eq!(house.last_good(), ["one"]);
}

#[test]
fn a_root_that_makes_its_own_threshold_is_refused() {
    for (threshold, code) in [(0, "catalogue.malformed"), (4, "catalogue.signature_wrong")] {
        let house = House::open();
        fs_err::copy(house.metadata("1.root.json"), house.metadata("2.root.json")).unwrap();
        house.resign("2.root.json", &[&house.root[0], &house.root[1], &house.root[2]], |signed| {
            signed["version"] = json!(2);
            signed["roles"]["root"]["threshold"] = json!(threshold);
        });
        assert_eq!(house.refresh(), Err(code));
    }
}

#[test]
fn a_root_that_skips_a_version_is_refused() {
    let house = House::open();
    fs_err::copy(house.metadata("1.root.json"), house.metadata("2.root.json")).unwrap();
    house.resign("2.root.json", &[&house.root[0], &house.root[1]], |signed| signed["version"] = json!(3));
    assert_eq!(house.refresh(), Err("catalogue.version_refused"));
}

#[test]
fn two_signatures_by_one_key_are_refused() {
    let house = House::open();
    house.edit("timestamp.json", |file| {
        let first = file["signatures"][0].clone();
        file["signatures"].as_array_mut().unwrap().push(first);
    });
    assert_eq!(house.refresh(), Err("catalogue.signature_twice"));
}

#[test]
fn an_old_timestamp_is_refused() {
    let house = House::open();
    let old = fs_err::read(house.metadata("timestamp.json")).unwrap();
    house.publish(&content(2, &["two"]));
    assert_eq!(house.refresh(), accepted("two"));
    fs_err::write(house.metadata("timestamp.json"), old).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.rolled_back"));
    assert_eq!(house.last_good(), ["two"]);
}

#[test]
fn a_new_timestamp_over_an_old_snapshot_is_refused() {
    let house = House::open();
    house.publish(&content(2, &["two"]));
    assert_eq!(house.refresh(), accepted("two"));
    house.pin_snapshot(1);
    assert_eq!(house.refresh(), Err("catalogue.rolled_back"));
}

/// The library's own updater refuses this once and accepts it at the second try.
#[test]
fn stolen_online_keys_cannot_bring_old_targets_back_however_often_they_try() {
    let house = House::open();
    let old = house.meta_of("1.targets.json", 1);
    house.publish(&content(2, &["two"]));
    assert_eq!(house.refresh(), accepted("two"));
    fs_err::copy(house.metadata("2.snapshot.json"), house.metadata("3.snapshot.json")).unwrap();
    house.resign("3.snapshot.json", &[&house.snapshot], |signed| {
        signed["version"] = json!(3);
        signed["meta"]["targets.json"] = old;
    });
    house.pin_snapshot(3);
    for attempt in 1..=3 {
        assert_eq!(house.refresh(), Err("catalogue.rolled_back"), "attempt {attempt}");
        assert_eq!(house.last_good(), ["two"]);
    }
    // A root that replaces only the timestamp key does not let them through either.
    house.rotate(RoleName::Timestamp, plan_of(&[&key()], 1));
    let thief = key();
    house.rotate(RoleName::Timestamp, plan_of(&[&thief], 1));
    house.resign("timestamp.json", &[&thief], |_| {});
    for attempt in 1..=3 {
        assert_eq!(house.refresh(), Err("catalogue.rolled_back"), "after the root, attempt {attempt}");
    }
    assert_eq!(house.last_good(), ["two"]);
}

#[test]
fn a_role_that_is_dropped_from_the_list_is_refused() {
    let house = House::open();
    // A second role, as a department would have.
    house.resign("1.snapshot.json", &[&house.snapshot], |signed| signed["meta"]["dept-x.json"] = json!({ "version": 1 }));
    house.pin_snapshot(1);
    assert_eq!(house.refresh(), accepted("one"));
    fs_err::copy(house.metadata("1.snapshot.json"), house.metadata("2.snapshot.json")).unwrap();
    house.resign("2.snapshot.json", &[&house.snapshot], |signed| {
        signed["version"] = json!(2);
        signed["meta"].as_object_mut().unwrap().remove("dept-x.json");
    });
    house.pin_snapshot(2);
    for _ in 0..2 {
        assert_eq!(house.refresh(), Err("catalogue.mixed"));
    }
    assert_eq!(house.last_good(), ["one"]);
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let house = House::open();
    house.publish(&content(2, &["two"]));
    fs_err::copy(house.metadata("1.targets.json"), house.metadata("2.targets.json")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"), "older targets under the new name");

    let (house, other) = (House::open(), House::open());
    fs_err::copy(other.metadata("1.snapshot.json"), house.metadata("1.snapshot.json")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"), "another company's snapshot");
}

#[test]
fn one_role_cannot_stand_in_for_another() {
    let house = House::open();
    fs_err::copy(house.metadata("1.targets.json"), house.metadata("timestamp.json")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.malformed"));
}

#[test]
fn a_target_with_other_bytes_is_refused() {
    let house = House::open();
    let (catalogue, policy) = (house.target("catalogue.json"), house.target("policy.json"));
    let good = fs_err::read(&catalogue).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    fs_err::write(&catalogue, text.replace("Somebody", "Nobody!!")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"), "same length");
    fs_err::write(&catalogue, format!("{text} ")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"), "longer");
    fs_err::write(&catalogue, &good[..good.len() - 1]).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"), "shorter");
    fs_err::copy(&policy, &catalogue).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"), "another target's bytes");
    fs_err::write(&catalogue, good).unwrap();
    assert_eq!(house.refresh(), accepted("one"));
}

#[test]
fn a_signed_document_that_breaks_the_rules_is_refused_and_the_last_good_one_stays() {
    let house = House::open();
    assert_eq!(house.refresh(), accepted("one"));
    house.publish(&content(2, &["two"]));
    house.forge_target(2, "catalogue.json", br#"{"format":1,"entries":"all"}"#);
    assert_eq!(house.refresh(), Err("catalogue.malformed"));
    house.forge_target(2, "catalogue.json", &vec![b'['; 100_000]);
    assert_eq!(house.refresh(), Err("catalogue.malformed"), "deep nesting");
    assert_eq!(house.last_good(), ["one"]);
    let good = serde_json::to_vec(&content(2, &["two"]).catalogue).unwrap();
    house.forge_target(2, "catalogue.json", &good);
    assert_eq!(house.refresh(), accepted("two"));
}

#[test]
fn a_target_that_claims_to_be_huge_is_not_fetched() {
    let house = House::open();
    house.resign("1.targets.json", &[&house.targets], |signed| signed["targets"]["catalogue.json"]["length"] = json!(u64::MAX));
    let meta = house.meta_of("1.targets.json", 1);
    house.resign("1.snapshot.json", &[&house.snapshot], |signed| signed["meta"]["targets.json"] = meta);
    house.pin_snapshot(1);
    assert_eq!(house.refresh(), Err("catalogue.too_large"));
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    let house = House::open();
    fs_err::write(house.metadata("timestamp.json"), vec![b' '; 20_000]).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.too_large"));
}

#[test]
fn garbage_is_never_accepted() {
    for garbage in ["", "{}", "[]", "null", "{\"signed\":{},\"signatures\":[]}", "\u{0}\u{0}", "{\"signed\":", "[[[[[[[["] {
        let house = House::open();
        fs_err::write(house.metadata("timestamp.json"), garbage).unwrap();
        assert_eq!(house.refresh(), Err("catalogue.malformed"), "{garbage}");
    }
    let house = House::open();
    fs_err::write(house.metadata("timestamp.json"), "[".repeat(16_000)).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.malformed"), "deep nesting");
}

#[test]
fn a_flipped_bit_never_gives_another_catalogue() {
    let house = House::open();
    for name in ["timestamp.json", "1.snapshot.json", "1.targets.json"] {
        let good = fs_err::read(house.metadata(name)).unwrap();
        for at in (0..good.len()).step_by(11) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs_err::write(house.metadata(name), bad).unwrap();
            fs_err::remove_dir_all(house.store()).ok();
            if let Ok(ids) = house.refresh() {
                assert_eq!(ids, ["one"], "{name} byte {at}");
                assert_eq!(name, "timestamp.json", "the others are pinned byte by byte");
            }
        }
        fs_err::write(house.metadata(name), good).unwrap();
    }
}

#[test]
fn version_0_is_refused() {
    let house = House::open();
    house.resign("timestamp.json", &[&house.timestamp], |signed| signed["version"] = json!(0));
    assert_eq!(house.refresh(), Err("catalogue.version_refused"));
    let house = House::open();
    house.resign("1.snapshot.json", &[&house.snapshot], |signed| signed["version"] = json!(0));
    let mut meta = house.meta_of("1.snapshot.json", 0);
    fs_err::rename(house.metadata("1.snapshot.json"), house.metadata("0.snapshot.json")).unwrap();
    meta["version"] = json!(0);
    house.resign("timestamp.json", &[&house.timestamp], |signed| signed["meta"]["snapshot.json"] = meta);
    assert_eq!(house.refresh(), Err("catalogue.version_refused"));
}

#[test]
fn a_stolen_timestamp_key_cannot_lock_the_real_signer_out() {
    let house = House::open();
    let real = fs_err::read(house.metadata("timestamp.json")).unwrap();
    house.resign("timestamp.json", &[&house.timestamp], |signed| signed["version"] = json!(u64::MAX));
    assert_eq!(house.refresh(), Err("catalogue.version_refused"), "to the end of the numbers");
    // A jump that is only large is accepted, and then the real one looks like a rollback …
    house.resign("timestamp.json", &[&house.timestamp], |signed| signed["version"] = json!(900_000));
    assert_eq!(house.refresh(), accepted("one"));
    fs_err::write(house.metadata("timestamp.json"), real).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.rolled_back"));
    // … until a root replaces the stolen key.
    let new = key();
    house.rotate(RoleName::Timestamp, plan_of(&[&new], 1));
    assert_eq!(house.refresh(), Err("catalogue.signature_wrong"), "the old key signs no more");
    assert_eq!(house.last_good(), ["one"], "the last good one stays, under the root that accepted it");
    house.resign("timestamp.json", &[&new], |_| {});
    assert_eq!(house.refresh(), accepted("one"));
}

#[test]
fn missed_root_changes_are_followed_one_by_one() {
    let house = House::open();
    assert_eq!(house.refresh(), accepted("one"));
    for _ in 0..40 {
        house.rotate(RoleName::Root, house.repository.plan().unwrap().role(RoleName::Root).unwrap().clone());
    }
    assert_eq!(house.refresh(), accepted("one"));
    assert_eq!(house.last_good(), ["one"]);
    fs_err::remove_file(house.metadata("41.root.json")).unwrap();
    assert_eq!(house.refresh(), accepted("one"), "what was seen is kept");
}

#[test]
fn another_organisations_root_does_not_open_this_repository() {
    let (house, other) = (House::open(), House::open());
    fs_err::copy(other.metadata("1.root.json"), house.metadata("1.root.json")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.signature_wrong"));
}

#[test]
fn a_forged_root_is_no_root() {
    let house = House::open();
    let mut root: Envelope = Envelope::parse("root", &fs_err::read(house.metadata("1.root.json")).unwrap()).unwrap();
    root.add_signature(&key()).unwrap();
    assert_eq!(root.signed_by().len(), 3);
    assert!(!root.signed_by().contains(&house.root[2].public().id()));
    house.edit("1.root.json", |file| file["signed"]["expires"] = json!("2040-01-01T00:00:00Z"));
    let bytes = fs_err::read(house.metadata("1.root.json")).unwrap();
    let location = canteen_catalogue::Location::File(house.folder());
    let store = std::sync::Arc::new(canteen_catalogue::MemoryStore::default());
    let refused = canteen_catalogue::CatalogueClient::open(&location, bytes, store).unwrap_err();
    assert_eq!(canteen_types::Coded::code(&refused), "catalogue.bad_root");
}
