//! Whose weights an unapproved file holds: told by measuring them, whatever they are called.

use canteen_app::wire::{Computer, ModelPage, Relation, Sighting};
use canteen_tests::{Home, Organisation, Parts, engines, until, weights};
use canteen_types::Verdict;

fn company() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::found(&home).unwrap();
    let approved = company.mirror().join("smollm2.gguf");
    fs_err::copy(weights::smollm2().unwrap(), &approved).unwrap();
    company.approve("smollm2", &approved, "").unwrap();
    (home, company)
}

#[test]
fn an_altered_copy_is_known_by_its_weights() {
    let (home, company) = company();
    company.publish().unwrap();
    company.join(&home).unwrap();
    engines::altered(&weights::smollm2().unwrap(), &home.downloads().join("holiday.mp4")).unwrap();
    weights::tiny(&home.downloads(), 9).unwrap();
    let _host = home.serve().unwrap();
    let seen = |name: &str| -> Option<Sighting> {
        let sightings = home.json::<Computer>(&["scan"]).ok()?.sightings;
        sightings.into_iter().find(|one| one.path == format!("~/Downloads/{name}") && one.verdict.is_some())
    };
    let copy = until("the copy", || seen("holiday.mp4")).unwrap();
    let entry = copy.entry.as_ref().map(ToString::to_string);
    assert_eq!((copy.verdict, entry.as_deref()), (Some(Verdict::Altered), Some("smollm2")));
    let said: Vec<&str> = copy.evidence.iter().filter_map(|seen| seen.code.as_deref()).collect();
    assert!(said.contains(&"lineage.altered_copy") && said.contains(&"digest.unknown"), "{said:?}");
}

#[test]
fn kin_in_the_catalogue_know_each_other() {
    let (home, company) = company();
    let copy = company.mirror().join("copy.gguf");
    engines::altered(&weights::smollm2().unwrap(), &copy).unwrap();
    company.approve("copy", &copy, "").unwrap();
    company.approve("tiny", &weights::tiny(&company.mirror(), 9).unwrap(), "").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    let _host = home.serve().unwrap();
    let kin = |id: &str| -> Vec<(String, Relation)> {
        let page = home.json::<ModelPage>(&["show", id]).unwrap();
        page.kin.into_iter().map(|kin| (kin.entry.to_string(), kin.relation)).collect()
    };
    assert_eq!(kin("smollm2"), [("copy".to_owned(), Relation::AlteredCopy)]);
    assert_eq!(kin("copy"), [("smollm2".to_owned(), Relation::AlteredCopy)]);
    assert_eq!(kin("tiny"), []);
}
