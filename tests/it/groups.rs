//! What is approved for some groups of the organisation only.

use canteen_app::wire::{Computer, Installation, Model, Run};
use canteen_tests::{Home, Managed, Organisation, Parts, until, weights};
use canteen_types::Verdict;

fn tiny(home: &Home) -> Installation {
    home.json::<Vec<Model>>(&["list"]).unwrap().remove(0).installation
}

fn belong(home: &Home, managed: &Managed, groups: &str) {
    managed.write("groups.json", groups, 0o644).unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
}

#[test]
fn a_model_of_another_group_is_shown_and_neither_installed_nor_started() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "groups = [\"finance\", \"audit\"]").unwrap();
    let managed = Managed::of(&home).unwrap();
    let _host = managed.serve(&home).unwrap();
    assert_eq!(tiny(&home), Installation::NotForGroup { here: false }, "a computer belongs to no group by itself");
    home.canteen(["install", "tiny"]).unwrap().refused("policy.not_for_group").unwrap();

    belong(&home, &managed, r#"{ "groups": ["audit", "berlin"] }"#);
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    assert_eq!(home.json::<Vec<Run>>(&["ps"]).unwrap().len(), 1);

    belong(&home, &managed, r#"{ "groups": ["berlin"] }"#);
    until("the run to end", || home.json::<Vec<Run>>(&["ps"]).unwrap().is_empty().then_some(())).unwrap();
    assert_eq!(tiny(&home), Installation::NotForGroup { here: true });
    home.canteen(["run", "tiny", "hello"]).unwrap().refused("policy.not_for_group").unwrap();
    let page = home.canteen(["show", "tiny"]).unwrap();
    let shown = page.succeeded().unwrap();
    assert!(shown.contains("not for your group") && shown.contains("finance, audit"), "{shown}");
    home.canteen(["remove", "tiny"]).unwrap().succeeded().unwrap();
    assert_eq!(tiny(&home), Installation::NotForGroup { here: false });
}

#[test]
fn groups_that_cannot_be_believed_are_none() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "groups = [\"finance\"]").unwrap();
    let managed = Managed::of(&home).unwrap();
    managed.write("groups.json", r#"{ "groups": ["finance"] }"#, 0o644).unwrap();
    let _host = managed.serve(&home).unwrap();
    assert_eq!(tiny(&home), Installation::Absent);
    for (text, mode) in [
        ("{", 0o644),
        (r#"{ "groups": ["Finance"] }"#, 0o644),
        (r#"{ "groups": ["finance"], "all": true }"#, 0o644),
        (r#"{ "groups": ["finance"] }"#, 0o666),
    ] {
        managed.write("groups.json", text, mode).unwrap();
        home.canteen(["sync"]).unwrap().succeeded().unwrap();
        assert_eq!(tiny(&home), Installation::NotForGroup { here: false }, "{text}");
    }
}

#[test]
fn weights_of_another_group_are_approved_for_others() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::found(&home).unwrap();
    let approved = company.mirror().join("smollm2.gguf");
    fs_err::copy(weights::smollm2().unwrap(), &approved).unwrap();
    company.approve("smollm2", &approved, "groups = [\"finance\"]").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    fs_err::copy(&approved, home.downloads().join("weights.gguf")).unwrap();
    let _host = home.serve().unwrap();
    let verdict = || {
        let sightings = home.json::<Computer>(&["scan"]).ok()?.sightings;
        sightings.into_iter().find(|sighting| sighting.path.starts_with("~/Downloads/"))?.verdict
    };
    assert_eq!(until("the verdict", verdict).unwrap(), Verdict::ApprovedForOthers);
}
