//! Who signed what is shown: only keys whose signatures were checked, file by file.

use canteen_catalogue::sign::{Department, Lifetimes, RoleName, Signer, Signing};
use canteen_catalogue::{SignedRole, Snapshot};

use crate::house::{House, content, key, plan_of, start};

/// `root 1: 2 of 3, needs 2`
fn told(signed: &SignedRole) -> String {
    let good = signed.keys.iter().filter(|key| key.signed).count();
    format!("{} {}: {good} of {}, needs {}", signed.role, signed.version, signed.keys.len(), signed.needed)
}

fn of(snapshot: &Snapshot, entry: &str) -> Vec<String> {
    snapshot.signatures_of(&entry.parse().unwrap()).into_iter().map(told).collect()
}

#[test]
fn each_file_names_the_keys_that_signed_it_now_and_offline() {
    let house = House::open();
    let wanted =
        ["root 1: 2 of 3, needs 2", "timestamp 1: 1 of 1, needs 1", "snapshot 1: 1 of 1, needs 1", "targets 1: 1 of 1, needs 1"];
    let now = house.refresh_at(start()).unwrap();
    assert_eq!(of(&now, "one"), wanted);
    let signed: Vec<&str> = now.signatures[0].keys.iter().filter(|key| key.signed).map(|key| key.id.get(..8).unwrap()).collect();
    let own: Vec<String> = house.root[..2].iter().map(|key| key.public().id().to_string()).collect();
    assert_eq!(signed, own, "in the order in which the organisation names them");
    // The same catalogue once more, and the one that was kept.
    assert_eq!(of(&house.refresh_at(start()).unwrap(), "one"), wanted);
    assert_eq!(of(&house.client().last_good(start()).unwrap().unwrap(), "one"), wanted);
}

#[test]
fn a_signature_that_is_not_good_does_not_count() {
    let house = House::empty();
    let second = key();
    house.rotate(RoleName::Timestamp, plan_of(&[&house.timestamp, &second], 1));
    house.publish(&content(1, &["one"]));
    house.edit("timestamp.json", |file| {
        let forged = serde_json::json!({ "keyid": second.public().id().to_string(), "sig": "00".repeat(64) });
        file["signatures"].as_array_mut().unwrap().push(forged);
    });
    assert_eq!(of(&house.refresh_at(start()).unwrap(), "one")[1], "timestamp 1: 1 of 2, needs 1");
}

#[test]
fn a_departments_signature_stands_at_its_own_entries_only() {
    let (house, finance) = (House::empty(), key());
    let mut whole = content(1, &["one"]);
    let own = content(1, &["finance-forecast"]).catalogue;
    whole.departments.push(Department { slug: "finance".into(), plan: plan_of(&[&finance], 1), catalogue: Some(own) });
    let signers: [&dyn Signer; 4] = [&house.targets, &house.snapshot, &house.timestamp, &finance];
    house.repository.publish(&whole, Signing { signers: &signers, lifetimes: Lifetimes::default(), now: start() }).unwrap();
    let snapshot = house.refresh_at(start()).unwrap();
    assert_eq!(of(&snapshot, "finance-forecast").last().unwrap(), "dept-finance 1: 1 of 1, needs 1");
    assert_eq!(of(&snapshot, "one").last().unwrap(), "targets 1: 1 of 1, needs 1");
}
