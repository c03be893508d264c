//! The main job from the command line alone, with real weights, a real engine and a model runner that nobody here wrote.

use canteen_app::wire::{Computer, LogCheck, Message, Model, Nudge, Request, Run};
use canteen_tests::{Home, Notes, Organisation, Parts, engines, until, weights};
use canteen_types::{Enforcement, Grade, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Log {
    check: Option<LogCheck>,
}

fn joined(parts: Parts) -> (Home, Organisation) {
    let home = Home::start(parts).unwrap();
    let company = Organisation::found(&home).unwrap();
    company.approve("smollm2", &weights::smollm2().unwrap(), "name = \"SmolLM2\"").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    (home, company)
}

fn nudges(home: &Home) -> Vec<Nudge> {
    home.json(&["nudges"]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_runs_the_approved_model_and_is_nudged_away_from_an_unapproved_one() {
    let (home, _company) = joined(Parts { display: false, ..Parts::DESKTOP });
    home.canteen(["install", "smollm2"]).unwrap().succeeded().unwrap();
    let answer: Message = home.json(&["run", "smollm2", "What is the capital of France?"]).unwrap();
    assert!(answer.text.contains("Paris"), "{}", answer.text);
    let runs: Vec<Run> = home.json(&["ps"]).unwrap();
    assert_eq!(runs[0].sandbox, Some(Enforcement::Enforced));
    home.canteen(["stop", "--all"]).unwrap().succeeded().unwrap();

    let private = home.downloads().join("holiday-pictures.bin");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "photo-viewer").unwrap();
    let notes = Notes::of(&home).await.unwrap();
    let note = notes.wait("the nudge", |note| note.title.ends_with("is an altered copy of SmolLM2")).await.unwrap();
    assert!(note.body.contains("photo-viewer is running it. SmolLM2 is approved for the same work"), "{}", note.body);
    let labels: Vec<&str> = note.buttons.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["Use SmolLM2", "Ask for approval", "Tomorrow at 9:00"]);
    let computer: Computer = home.json(&["scan"]).unwrap();
    let sighting = computer.sightings.iter().find(|sighting| sighting.verdict == Some(Verdict::Altered)).unwrap();
    assert_eq!((sighting.grade, sighting.holder.as_deref()), (Grade::Loaded, Some("photo-viewer")));

    notes.press(&note, "Use SmolLM2").await.unwrap();
    let ready = || {
        let runs: Vec<Run> = home.json(&["ps"]).ok()?;
        runs.into_iter().find(|run| run.model.as_str() == "smollm2" && run.ended.is_none())
    };
    until("the approved model to run", ready).unwrap();
    assert_eq!(nudges(&home)[0].state, "used");

    // The same bytes again, by another program: they have been spoken about.
    server.kill().unwrap();
    let mut again = engines::run(&home, &private, "calculator").unwrap();
    let seen = || {
        let computer: Computer = home.json(&["scan"]).ok()?;
        computer.sightings.into_iter().find(|sighting| sighting.holder.as_deref() == Some("calculator"))
    };
    until("the second program to be noticed", seen).unwrap();
    assert_eq!(notes.all().await.unwrap().len(), 1, "the same finding is not shown again within its quiet time");
    again.kill().unwrap();

    let log: Log = home.json(&["log", "--verify"]).unwrap();
    assert_eq!(log.check.unwrap().broken_at, None);
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
}

#[test]
fn without_a_notification_daemon_the_nudge_waits_and_asking_ends_it() {
    let (home, _company) = joined(Parts::HEADLESS);
    let _host = home.serve().unwrap();
    let private = home.downloads().join("weights.gguf");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "notes-app").unwrap();
    let nudge = until("the nudge", || nudges(&home).into_iter().find(|nudge| nudge.state == "shown")).unwrap();
    assert_eq!(nudge.shown_by.as_deref(), Some("window"));

    let refused = home.canteen(["nudges", "ask", "--reason", "short"]).unwrap();
    refused.refused("app.form").unwrap();
    home.canteen(["nudges", "ask", "--reason", "A report for the works council"]).unwrap().succeeded().unwrap();
    let requests: Vec<Request> = home.json(&["requests"]).unwrap();
    assert_eq!((requests.len(), requests[0].state.as_str(), requests[0].days), (1, "sent", 31));
    assert_eq!(nudges(&home)[0].state, "asked");
    server.kill().unwrap();
}

#[test]
fn a_nudge_put_off_until_tomorrow_names_its_time() {
    let (home, _company) = joined(Parts::HEADLESS);
    let _host = home.serve().unwrap();
    let private = home.downloads().join("weights.gguf");
    engines::altered(&weights::smollm2().unwrap(), &private).unwrap();
    let mut server = engines::run(&home, &private, "notes-app").unwrap();
    until("the nudge", || nudges(&home).into_iter().find(|nudge| nudge.state == "shown")).unwrap();
    home.canteen(["nudges", "snooze"]).unwrap().succeeded().unwrap();
    let snoozed = nudges(&home).remove(0);
    assert_eq!(snoozed.state, "snoozed");
    assert!(snoozed.until.unwrap() > snoozed.created);
    server.kill().unwrap();
}

#[test]
fn the_same_bytes_on_this_disk_are_imported_instead_of_fetched() {
    let (home, company) = joined(Parts::HEADLESS);
    let store = home.path("home/.ollama/models/blobs");
    fs_err::create_dir_all(&store).unwrap();
    fs_err::copy(weights::smollm2().unwrap(), store.join("sha256-b179c952")).unwrap();
    // No source is left: only the copy can be it.
    fs_err::remove_dir_all(company.mirror()).unwrap();
    let _host = home.serve().unwrap();
    until("the copy to be seen", || {
        let computer: Computer = home.json(&["scan"]).ok()?;
        computer.sightings.into_iter().find(|sighting| sighting.verdict == Some(Verdict::Approved))
    })
    .unwrap();
    home.canteen(["install", "smollm2"]).unwrap().succeeded().unwrap();
    let models: Vec<Model> = home.json(&["list"]).unwrap();
    assert_eq!(models[0].installation, canteen_app::wire::Installation::Installed);
    let log = home.canteen(["log"]).unwrap();
    assert!(log.succeeded().unwrap().contains("was on this disk already"), "{log:?}");
}
