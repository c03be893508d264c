//! The catalogue moves on while models are installed: an update, a withdrawal, and what becomes of the bytes and the runs.

use canteen_app::wire::{Installation, Model, Run};
use canteen_tests::{Home, Organisation, Parts, until, weights};

fn company_with_tiny() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "max_answer_tokens = 400").unwrap();
    (home, company)
}

fn sync(home: &Home) {
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
}

fn models(home: &Home) -> Vec<(String, Installation)> {
    home.json::<Vec<Model>>(&["list"]).unwrap().into_iter().map(|model| (model.id.to_string(), model.installation)).collect()
}

fn blobs(home: &Home) -> usize {
    fs_err::read_dir(home.path("canteen/data/models/blobs")).unwrap().count()
}

#[test]
fn a_withdrawn_model_stays_in_sight_does_not_start_and_can_be_removed() {
    let (home, company) = company_with_tiny();
    let _host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    company
        .admin(["model".as_ref(), "remove".as_ref(), company.path().as_os_str(), "tiny".as_ref()])
        .unwrap()
        .succeeded()
        .unwrap();
    company.approve("other", &weights::tiny(&company.mirror(), 2).unwrap(), "").unwrap();
    company.publish().unwrap();
    sync(&home);
    let expected = [("other".to_owned(), Installation::Absent), ("tiny".to_owned(), Installation::Withdrawn)];
    assert_eq!(models(&home), expected);
    let page = home.canteen(["show", "tiny"]).unwrap();
    let shown = page.succeeded().unwrap();
    assert!(shown.contains("withdrawn") && shown.contains("Approved by"), "what it was stays known: {shown}");
    home.canteen(["run", "tiny", "hello"]).unwrap().refused("policy.withdrawn").unwrap();
    home.canteen(["install", "tiny"]).unwrap().refused("policy.withdrawn").unwrap();
    home.canteen(["remove", "tiny"]).unwrap().succeeded().unwrap();
    assert_eq!((models(&home).len(), blobs(&home)), (1, 0));
    home.canteen(["show", "tiny"]).unwrap().refused("app.unknown").unwrap();
}

#[test]
fn a_model_that_is_withdrawn_while_it_runs_is_ended() {
    let (home, company) = company_with_tiny();
    let _host = home.serve().unwrap();
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    assert_eq!(home.json::<Vec<Run>>(&["ps"]).unwrap().len(), 1);
    company
        .admin(["model".as_ref(), "remove".as_ref(), company.path().as_os_str(), "tiny".as_ref()])
        .unwrap()
        .succeeded()
        .unwrap();
    company.publish().unwrap();
    sync(&home);
    until("the run to end", || home.json::<Vec<Run>>(&["ps"]).unwrap().is_empty().then_some(())).unwrap();
    // Its end is written down a moment after it has gone from the list.
    let said = || home.canteen(["log"]).unwrap().succeeded().unwrap().contains("no longer allowed").then_some(());
    until("the log to say why", said).unwrap();
}

#[test]
fn bytes_that_another_entry_needs_stay() {
    let (home, company) = company_with_tiny();
    company.approve("twin", &company.mirror().join("tiny-1.gguf"), "").unwrap();
    company.publish().unwrap();
    let _host = home.serve().unwrap();
    sync(&home);
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.canteen(["install", "twin"]).unwrap().succeeded().unwrap();
    home.canteen(["remove", "tiny"]).unwrap().succeeded().unwrap();
    let left = [("twin".to_owned(), Installation::Installed), ("tiny".to_owned(), Installation::Absent)];
    assert_eq!((models(&home), blobs(&home)), (left.into(), 1));
    home.canteen(["remove", "twin"]).unwrap().succeeded().unwrap();
    assert_eq!(blobs(&home), 0);
}

#[test]
fn an_update_replaces_the_bytes_and_nothing_of_the_old_is_left() {
    let (home, company) = company_with_tiny();
    let _host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    company.approve("tiny", &weights::tiny(&company.mirror(), 2).unwrap(), "max_answer_tokens = 400").unwrap();
    company.publish().unwrap();
    sync(&home);
    assert_eq!(models(&home), [("tiny".to_owned(), Installation::UpdateAvailable { installed_version: 1 })]);
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    assert_eq!((models(&home), blobs(&home)), (vec![("tiny".to_owned(), Installation::Installed)], 1));
    let log = home.canteen(["log"]).unwrap();
    assert!(log.succeeded().unwrap().contains("Removed tiny"), "{log:?}");
}

#[test]
fn a_new_version_of_the_same_bytes_needs_no_update() {
    let (home, company) = company_with_tiny();
    let _host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    company.approve("tiny", &company.mirror().join("tiny-1.gguf"), "max_answer_tokens = 300").unwrap();
    company.publish().unwrap();
    sync(&home);
    assert_eq!(models(&home), [("tiny".to_owned(), Installation::Installed)]);
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
}
