//! What an organisation knows about runners: signed beside its catalogue, believed or refused together with it.

use canteen_catalogue::sign::{Content, Lifetimes, Signer, Signing};
use canteen_types::Coded as _;

use crate::house::{House, content, start};

const GOOD: &str = "format = 1\nversion = 3\n\n# Ours.\n[[runner]]\nid = \"acme\"\nname = \"Acme\"\nsource = \"its manual\"\n";

fn with(version: u64, text: &str) -> Content {
    Content { runner_signatures: Some(text.to_owned()), ..content(version, &["one"]) }
}

fn known(house: &House) -> Option<String> {
    let snapshot = house.client().last_good(start()).unwrap()?;
    snapshot.runner_signatures.map(|known| known.runners().map(|runner| runner.name().to_owned()).collect())
}

#[test]
fn it_comes_with_the_catalogue_and_is_kept_as_it_was_written() {
    let house = House::open();
    house.refresh().unwrap();
    assert_eq!(known(&house), None);
    house.publish(&with(2, GOOD));
    let snapshot = house.refresh_at(start()).unwrap();
    assert_eq!(snapshot.runner_signatures.map(|known| known.version()), Some(3));
    assert_eq!(known(&house).as_deref(), Some("Acme"));
    assert_eq!(house.repository.current().unwrap().unwrap().runner_signatures.as_deref(), Some(GOOD));
    house.publish(&content(3, &["one"]));
    house.refresh().unwrap();
    assert_eq!(known(&house), None, "what is no longer published is no longer known");
}

#[test]
fn a_broken_one_is_not_signed() {
    let house = House::open();
    let signers: [&dyn Signer; 3] = [&house.targets, &house.snapshot, &house.timestamp];
    let signing = Signing { signers: &signers, lifetimes: Lifetimes::default(), now: start() };
    let refused = house.repository.publish(&with(2, "format = 1\nversion = 1\nrunner = 7\n"), signing).unwrap_err();
    assert_eq!(refused.code(), "catalogue.document_invalid");
    assert!(refused.to_string().contains("line 3: "), "{refused}");
}

#[test]
fn a_broken_or_hostile_one_is_refused_whole_and_the_last_good_one_stays() {
    let long = format!("{GOOD}#{}\n", "x".repeat(canteen_signatures::LONGEST));
    let nested = format!("{GOOD}programs = {}", "[".repeat(100_000));
    let everything = format!("{GOOD}[[runner.store]]\nlinux = [\"/\"]\n");
    let acts = format!("{GOOD}[[runner.ask]]\npath = \"/api/delete\"\n");
    for (forged, code) in [
        (long.as_bytes(), "catalogue.too_large"),
        (nested.as_bytes(), "catalogue.malformed"),
        (everything.as_bytes(), "catalogue.malformed"),
        (acts.as_bytes(), "catalogue.malformed"),
        (b"\xff\xfe", "catalogue.malformed"),
        (b"", "catalogue.malformed"),
        (b"format = 2\nversion = 9\n", "catalogue.malformed"),
    ] {
        let house = House::open();
        house.publish(&with(2, GOOD));
        house.refresh().unwrap();
        house.publish(&with(3, &GOOD.replace("version = 3", "version = 4")));
        house.forge_target(3, "signatures.toml", forged);
        assert_eq!(house.refresh(), Err(code), "{}", String::from_utf8_lossy(forged.get(..60).unwrap_or(forged)));
        assert_eq!(known(&house).as_deref(), Some("Acme"));
    }
}

#[test]
fn one_that_nobody_signed_is_refused() {
    let house = House::open();
    house.publish(&with(2, GOOD));
    let path = house.target("signatures.toml");
    fs_err::write(&path, GOOD.replace("Acme", "Evil")).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.mixed"));
    fs_err::remove_file(&path).unwrap();
    assert_eq!(house.refresh(), Err("catalogue.missing"));
}
