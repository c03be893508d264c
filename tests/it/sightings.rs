//! What becomes of a model that is seen on this computer, through the front door.

use canteen_app::wire::{Computer, Nudge, Sighting};
use canteen_tests::{Home, Organisation, Parts, engines, until, weights};
use canteen_types::Verdict;

fn joined() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    (home, company)
}

/// Those in Downloads, once each has its verdict and `wanted` holds. Other tests of this user run models elsewhere.
fn sightings(home: &Home, what: &str, wanted: impl Fn(&[Sighting]) -> bool) -> Vec<Sighting> {
    until(what, || {
        let mut sightings = home.json::<Computer>(&["scan"]).ok()?.sightings;
        sightings.retain(|sighting| sighting.path.starts_with("~/Downloads/"));
        let judged = sightings.iter().all(|sighting| sighting.verdict.is_some());
        (judged && wanted(&sightings)).then_some(sightings)
    })
    .unwrap()
}

fn nudges(home: &Home) -> Vec<Nudge> {
    home.json(&["nudges"]).unwrap()
}

#[test]
fn a_model_that_gets_another_name_while_in_use_stays_the_same_sighting_and_its_nudge_stays() {
    let (home, _company) = joined();
    let _host = home.serve().unwrap();
    let private = home.downloads().join("weights.gguf");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "notes-app").unwrap();
    until("the weights to be loaded", || server.said().contains("loaded").then_some(())).unwrap();
    until("the nudge", || nudges(&home).into_iter().find(|nudge| nudge.state == "shown")).unwrap();
    let before = sightings(&home, "the sighting", |all| all.len() == 1).remove(0);

    fs_err::rename(&private, home.downloads().join("holiday.mp4")).unwrap();
    let renamed = |all: &[Sighting]| all.iter().all(|one| one.path.ends_with("holiday.mp4"));
    let after = sightings(&home, "the new name", |all| all.len() == 1 && renamed(all)).remove(0);
    assert_eq!((after.id, after.digest, after.grade, after.holder), (before.id, before.digest, before.grade, before.holder));
    let states: Vec<String> = nudges(&home).into_iter().map(|nudge| nudge.state).collect();
    assert_eq!(states, ["shown"]);
    server.kill().unwrap();
}

#[test]
fn other_bytes_behind_the_old_time_get_a_verdict_of_their_own() {
    let (home, company) = joined();
    let approved = company.mirror().join("smollm2.gguf");
    fs_err::copy(weights::smollm2().unwrap(), &approved).unwrap();
    company.approve("smollm2", &approved, "").unwrap();
    company.publish().unwrap();
    let _host = home.serve().unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    let file = home.downloads().join("weights.gguf");
    fs_err::copy(&approved, &file).unwrap();
    let is = |verdict| move |all: &[Sighting]| all.len() == 1 && all.iter().all(|one| one.verdict == Some(verdict));
    sightings(&home, "the approved bytes", is(Verdict::Approved));

    let time = fs_err::metadata(&file).unwrap().modified().unwrap();
    engines::altered(&approved, &file).unwrap();
    fs_err::OpenOptions::new().write(true).open(&file).unwrap().file().set_modified(time).unwrap();
    sightings(&home, "the altered bytes", is(Verdict::Altered));
}

#[test]
fn what_was_deleted_while_canteen_was_closed_is_gone_when_it_opens() {
    let (home, _company) = joined();
    let mut host = home.serve().unwrap();
    for name in ["a.gguf", "b.gguf"] {
        engines::altered(&weights::smollm2().unwrap(), &home.downloads().join(name)).unwrap();
    }
    sightings(&home, "both", |all| all.len() == 2);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());
    fs_err::remove_file(home.downloads().join("a.gguf")).unwrap();
    fs_err::rename(home.downloads().join("b.gguf"), home.downloads().join("c.bin")).unwrap();
    let _host = home.serve().unwrap();
    let left = sightings(&home, "one to be gone", |all| all.len() == 1);
    assert!(left.iter().all(|sighting| sighting.path.ends_with("c.bin")), "{left:?}");
}
