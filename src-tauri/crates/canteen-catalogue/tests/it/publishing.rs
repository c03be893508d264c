//! IT's side: what is refused before anybody sees it, keys that change, people that sign one after the other.

use canteen_catalogue::sign::{Lifetimes, Repository, RoleName, RolePlan, RootPlan, SignError, Signer, Signing, Urgency};
use canteen_types::Coded as _;

use crate::house::{House, content, days, key, plan_of, start};

fn signing<'a>(signers: &'a [&'a dyn Signer]) -> Signing<'a> {
    Signing { signers, lifetimes: Lifetimes::default(), now: start() }
}

#[test]
fn a_repository_is_never_made_over_another() {
    let house = House::open();
    let other = key();
    let plan = RootPlan::for_all_roles(plan_of(&[&other], 1));
    let refused = Repository::create(&house.folder(), &plan, signing(&[&other])).unwrap_err();
    assert_eq!(refused.code(), "catalogue.repository_exists");
    assert_eq!(Repository::open(&house.store()).unwrap_err().code(), "catalogue.no_repository");
}

#[test]
fn a_plan_that_nobody_could_sign_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let one = key();
    for plan in [plan_of(&[&one], 0), plan_of(&[&one], 2), plan_of(&[&one, &one], 2)] {
        let plan = RootPlan::for_all_roles(plan);
        let refused = Repository::create(folder.path(), &plan, signing(&[&one])).unwrap_err();
        assert_eq!(refused.code(), "catalogue.threshold_impossible");
    }
}

#[test]
fn publishing_without_the_keys_changes_nothing() {
    let house = House::open();
    let before = fs_err::read_dir(house.folder().join("metadata")).unwrap().count();
    let refused = house.repository.publish(&content(2, &["two"]), signing(&[&house.snapshot, &house.timestamp])).unwrap_err();
    assert!(matches!(refused, SignError::TooFewKeys { found: 0, threshold: 1, .. }), "{refused}");
    assert_eq!(fs_err::read_dir(house.folder().join("metadata")).unwrap().count(), before);
    assert_eq!(house.refresh(), Ok(vec!["one".to_owned()]));
}

#[test]
fn documents_that_break_the_rules_are_not_signed() {
    let house = House::open();
    let signers: [&dyn Signer; 3] = [&house.targets, &house.snapshot, &house.timestamp];
    let refused = house.repository.publish(&content(2, &["two", "two"]), signing(&signers)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The catalogue cannot be published: entries: “two” stands there twice. Correct it, then publish again."
    );
}

#[test]
fn what_was_altered_in_the_folder_is_not_signed_again() {
    let house = House::open();
    let file = house.target("catalogue.json");
    let text = fs_err::read_to_string(&file).unwrap();
    fs_err::write(&file, text.replace("Somebody", "Nobody!!")).unwrap();
    assert_eq!(house.repository.current().unwrap_err().code(), "catalogue.repository_damaged");
    let refused = house.repository.renew_timestamp(signing(&[&house.timestamp])).unwrap_err();
    assert_eq!(refused.code(), "catalogue.repository_damaged");
}

#[test]
fn a_renewed_timestamp_keeps_a_catalogue_fresh() {
    let house = House::open();
    assert_eq!(house.refresh_at(days(8)).unwrap_err().code(), "catalogue.expired");
    let renew = Signing { signers: &[&house.timestamp], lifetimes: Lifetimes::default(), now: days(6) };
    assert_eq!(house.repository.renew_timestamp(renew).unwrap(), 2);
    house.refresh_at(days(8)).unwrap();
}

#[test]
fn a_root_goes_from_person_to_person_until_enough_have_signed() {
    let house = House::open();
    let newcomer = key();
    let plan = house.repository.plan().unwrap().with(RoleName::Root, plan_of(&[&house.root[0], &house.root[1], &newcomer], 2));
    let mut root = house.repository.next_root(&plan, Lifetimes::default(), start()).unwrap();
    root.add_signature(&newcomer).unwrap();
    assert_eq!(house.repository.accept_root(&root).unwrap_err().code(), "catalogue.too_few_keys");
    root.add_signature(&house.root[0]).unwrap();
    root.add_signature(&house.root[0]).unwrap();
    let refused = house.repository.accept_root(&root).unwrap_err();
    assert!(matches!(refused, SignError::TooFewKeys { found: 1, threshold: 2, .. }), "one old key twice is one: {refused}");
    let posted = root.to_bytes();
    let mut root = canteen_catalogue::sign::Envelope::parse("root", &posted).unwrap();
    root.add_signature(&house.root[1]).unwrap();
    assert_eq!(house.repository.accept_root(&root).unwrap(), 2);
    assert_eq!(house.refresh(), Ok(vec!["one".to_owned()]));
}

#[test]
fn keys_are_replaced_and_everything_is_signed_anew_in_one_step() {
    let house = House::open();
    house.refresh().unwrap();
    let (targets, snapshot, timestamp) = (key(), key(), key());
    let single = |key| RolePlan { threshold: 1, ..plan_of(&[key], 1) };
    let plan = house.repository.plan().unwrap();
    let plan = plan.with(RoleName::Targets, single(&targets)).with(RoleName::Snapshot, single(&snapshot));
    let plan = plan.with(RoleName::Timestamp, single(&timestamp));
    let mut root = house.repository.next_root(&plan, Lifetimes::default(), start()).unwrap();
    root.add_signature(&house.root[1]).unwrap();
    root.add_signature(&house.root[2]).unwrap();
    let now = house.repository.current().unwrap().unwrap();
    let signers: [&dyn Signer; 3] = [&targets, &snapshot, &timestamp];
    let published = house.repository.publish_with_root(&root, &now, signing(&signers)).unwrap();
    assert_eq!((published.root, published.targets, published.timestamp), (2, 2, 2));
    assert_eq!(house.refresh(), Ok(vec!["one".to_owned()]));
    // The old keys open nothing any more.
    let old: [&dyn Signer; 3] = [&house.targets, &house.snapshot, &house.timestamp];
    let refused = house.repository.publish(&content(2, &["two"]), signing(&old)).unwrap_err();
    assert_eq!(refused.code(), "catalogue.too_few_keys");
}

#[test]
fn two_people_cannot_publish_at_once() {
    let house = House::open();
    let held = fs_err::File::create(house.folder().join(".lock")).unwrap();
    held.file().lock().unwrap();
    let signers: [&dyn Signer; 3] = [&house.targets, &house.snapshot, &house.timestamp];
    let refused = house.repository.publish(&content(2, &["two"]), signing(&signers)).unwrap_err();
    assert_eq!(refused.code(), "catalogue.repository_busy");
    drop(held);
    house.publish(&content(2, &["two"]));
}

#[test]
fn the_status_warns_before_something_runs_out() {
    let house = House::open();
    let urgencies =
        |day| -> Vec<Urgency> { house.repository.status(days(day)).unwrap().roles.iter().map(|role| role.urgency).collect() };
    assert_eq!(urgencies(0), [Urgency::Fine; 4]);
    assert_eq!(urgencies(5), [Urgency::Fine, Urgency::Fine, Urgency::Fine, Urgency::Days]);
    assert_eq!(urgencies(20), [Urgency::Fine, Urgency::Fine, Urgency::Fortnight, Urgency::Expired]);
    assert_eq!(urgencies(61), [Urgency::Fine, Urgency::Month, Urgency::Expired, Urgency::Expired]);
    assert_eq!(urgencies(364), [Urgency::Days, Urgency::Expired, Urgency::Expired, Urgency::Expired]);
    let status = house.repository.status(days(8)).unwrap();
    assert!(status.refused.unwrap().contains("timestamp"), "says what a client would say");
    assert_eq!(status.roles[0].signed_by.len(), 2);
    assert_eq!(status.catalogue.unwrap().3, 1);
}
