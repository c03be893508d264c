//! Departments sign for their own names and for nothing else.

use canteen_catalogue::sign::{Content, Department, Lifetimes, SignError, Signer, Signing, SigningKey};
use canteen_types::Coded as _;
use serde_json::json;

use crate::house::{House, content, days, entry, ids, key, plan_of, start};

fn with_finance(version: u64, finance: &SigningKey, ids: &[&str]) -> Content {
    let mut whole = content(version, &["one"]);
    let mut own = content(version, ids).catalogue;
    own.organisation = "Finance".into();
    whole.departments.push(Department { slug: "finance".into(), plan: plan_of(&[finance], 1), catalogue: Some(own) });
    whole
}

fn publish(house: &House, finance: &SigningKey, content: &Content) -> Result<(), SignError> {
    let signers: [&dyn Signer; 4] = [&house.targets, &house.snapshot, &house.timestamp, finance];
    let signing = Signing { signers: &signers, lifetimes: Lifetimes::default(), now: start() };
    house.repository.publish(content, signing).map(drop)
}

#[test]
fn a_departments_entries_stand_beside_the_organisations() {
    let (house, finance) = (House::empty(), key());
    publish(&house, &finance, &with_finance(1, &finance, &["finance-forecast"])).unwrap();
    assert_eq!(house.refresh(), Ok(vec!["finance-forecast".to_owned(), "one".to_owned()]));
    assert_eq!(house.last_good(), ["finance-forecast", "one"], "offline as well");
}

#[test]
fn the_publisher_refuses_an_entry_under_a_foreign_name() {
    let (house, finance) = (House::empty(), key());
    let refused = publish(&house, &finance, &with_finance(1, &finance, &["finance-x", "hiring-helper"])).unwrap_err();
    assert_eq!(refused.code(), "catalogue.would_be_ignored");
    assert_eq!(house.refresh(), Err("catalogue.missing"), "nothing was published");
}

#[test]
fn a_departments_key_is_needed_for_its_entries_only() {
    let (house, finance, other) = (House::empty(), key(), key());
    let refused = publish(&house, &other, &with_finance(1, &finance, &["finance-x"])).unwrap_err();
    assert_eq!(refused.code(), "catalogue.too_few_keys");
    publish(&house, &finance, &with_finance(1, &finance, &["finance-x"])).unwrap();
    // The organisation publishes again without the department's key: its last entries stay.
    let mut second = with_finance(2, &finance, &[]);
    second.catalogue.entries.push(entry("two"));
    second.departments[0].catalogue = None;
    house.publish(&second);
    assert_eq!(house.refresh(), Ok(vec!["finance-x".to_owned(), "one".to_owned(), "two".to_owned()]));
    let current = house.repository.current().unwrap().unwrap();
    assert_eq!(current.departments[0].catalogue.as_ref().unwrap().organisation, "Finance");
    // And then without the department: its entries go, and clients that know it take that.
    house.publish(&content(3, &["one"]));
    assert_eq!(house.refresh(), Ok(vec!["one".to_owned()]));
}

/// A department that signs what the publisher would not have let through.
fn forge(house: &House, finance: &SigningKey, change: impl FnOnce(&mut serde_json::Value)) {
    house.resign("1.dept-finance.json", &[finance], change);
    let meta = house.meta_of("1.dept-finance.json", 1);
    house.resign("1.snapshot.json", &[&house.snapshot], |signed| signed["meta"]["dept-finance.json"] = meta);
    house.pin_snapshot(1);
}

#[test]
fn a_department_that_speaks_for_others_is_ignored_and_reported() {
    let (house, finance) = (House::empty(), key());
    publish(&house, &finance, &with_finance(1, &finance, &["finance-x"])).unwrap();
    forge(&house, &finance, |signed| {
        let own = signed["targets"]["dept-finance/catalogue.json"].clone();
        signed["targets"]["catalogue.json"] = own.clone();
        signed["targets"]["dept-hr/catalogue.json"] = own;
    });
    let snapshot = house.refresh_at(start()).unwrap();
    assert_eq!(ids(&snapshot), ["finance-x", "one"]);
    let reported: Vec<String> = snapshot.ignored.iter().map(ToString::to_string).collect();
    assert_eq!(
        reported,
        [
            "dept-finance: it lists “catalogue.json”, which is not its own",
            "dept-finance: it lists “dept-hr/catalogue.json”, which is not its own",
        ]
    );
}

#[test]
fn a_damaged_or_expired_department_costs_only_its_own_entries() {
    let (house, finance) = (House::empty(), key());
    publish(&house, &finance, &with_finance(1, &finance, &["finance-x"])).unwrap();
    forge(&house, &finance, |signed| signed["expires"] = json!("2026-11-25T00:00:00Z"));
    assert_eq!(ids(&house.refresh_at(start()).unwrap()), ["finance-x", "one"]);
    let later = house.refresh_at(days(2)).unwrap();
    assert_eq!(ids(&later), ["one"]);
    assert!(later.ignored[0].because.starts_with("catalogue.expired"), "{later:?}");

    fs_err::remove_file(house.metadata("1.dept-finance.json")).unwrap();
    fs_err::remove_dir_all(house.store()).unwrap();
    let damaged = house.refresh_at(start()).unwrap();
    assert_eq!(ids(&damaged), ["one"]);
    assert!(damaged.ignored[0].because.starts_with("catalogue.missing"), "{damaged:?}");
}

#[test]
fn role_names_that_are_no_departments_are_ignored() {
    for name in ["../x", "finance", "dept-a/b", "2.root", "dept-", "targets"] {
        let (house, finance) = (House::empty(), key());
        publish(&house, &finance, &with_finance(1, &finance, &["finance-x"])).unwrap();
        house.resign("1.targets.json", &[&house.targets], |signed| signed["delegations"]["roles"][0]["name"] = json!(name));
        let meta = house.meta_of("1.targets.json", 1);
        house.resign("1.snapshot.json", &[&house.snapshot], |signed| signed["meta"]["targets.json"] = meta);
        house.pin_snapshot(1);
        let snapshot = house.refresh_at(start()).unwrap();
        assert_eq!((ids(&snapshot), snapshot.ignored.len()), (vec!["one".to_owned()], 1), "{name}");
    }
}
