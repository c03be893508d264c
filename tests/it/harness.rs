//! The harness itself: a part that is left out is absent, and nothing is left behind.

use canteen_app::wire::{Model, Status};
use canteen_tests::{Home, Keyring, Organisation, Parts, weights};

#[test]
fn a_person_without_a_desktop_installs_a_model_and_nothing_is_left_behind() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::found(&home).unwrap();
    company.approve("tiny", &weights::tiny(&company.mirror(), 1).unwrap(), "").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    let mut host = home.serve().unwrap();
    let models: Vec<Model> = home.json(&["list"]).unwrap();
    assert_eq!(models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["tiny"]);
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let status: Status = home.json(&["status"]).unwrap();
    assert_eq!((status.host.as_str(), status.key_place.as_str()), ("headless", "keyring"));
    assert!(!status.notifications);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());
    let left: Vec<_> = home.processes().into_iter().filter(|pid| *pid != std::process::id()).collect();
    assert!(left.len() <= 1, "only the keyring is left: {left:?}");
}

#[test]
fn a_bare_computer_has_no_keyring_and_says_so() {
    let home = Home::start(Parts::BARE).unwrap();
    let said = home.canteen(["status"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("keyring."), "{said:?}");
}

#[test]
fn a_closed_keyring_is_not_an_open_one() {
    let home = Home::start(Parts { keyring: Keyring::Closed, ..Parts::HEADLESS }).unwrap();
    let said = home.canteen(["status"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
}
