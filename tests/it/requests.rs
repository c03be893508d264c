//! Asking IT, and saying what is no model, through the front door.

use canteen_app::call::Call;
use canteen_app::client::{self, Client};
use canteen_app::wire::{Computer, DisputeSighting, ListRunSamples, Request, RunSamples, Sighting};
use canteen_tests::{Home, Organisation, Parts, engines, until, weights};
use canteen_types::{Digest, Dispute};

const REASON: &str = "A report for the works council";

fn joined() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    (home, company)
}

fn ask(home: &Home, about: &[&str]) -> Request {
    home.json(&[&["requests", "ask", "--reason", REASON], about].concat()).unwrap()
}

fn requests(home: &Home) -> Vec<Request> {
    home.json(&["requests"]).unwrap()
}

#[test]
fn a_model_is_asked_for_by_its_name_and_once_more_after_it_was_taken_back() {
    let (home, _company) = joined();
    let _host = home.serve().unwrap();
    let first = ask(&home, &["--name", " Phi  5 ", "--details", "Microsoft, https://hub.example/phi-5"]);
    assert_eq!((first.name.as_str(), first.digest, first.state.as_str()), ("Phi 5", None, "sent"));
    assert_eq!(first.details.as_deref(), Some("Microsoft, https://hub.example/phi-5"));
    let twice = ask(&home, &["--name", "phi 5", "--details", "Microsoft, https://hub.example/phi-5"]);
    assert_eq!(twice.id, first.id, "what waits for IT is not asked twice");
    home.canteen(["requests", "ask", "--reason", REASON, "--name", "x"]).unwrap().refused("app.form").unwrap();
    assert_eq!(home.canteen(["requests", "ask", "--reason", REASON]).unwrap().code, Some(2), "nothing is named");

    let id = first.id.to_string();
    home.canteen(["requests", "again", &id]).unwrap().refused("app.unknown").unwrap();
    home.canteen(["requests", "withdraw", &id]).unwrap().succeeded().unwrap();
    let again: Request = home.json(&["requests", "again", &id]).unwrap();
    assert_ne!(again.id, first.id);
    let states: Vec<(String, String)> = requests(&home).into_iter().map(|request| (request.name, request.state)).collect();
    assert_eq!(states, [("Phi 5".to_owned(), "sent".to_owned()), ("Phi 5".to_owned(), "withdrawn".to_owned())]);
    let log = home.canteen(["log", "--verify"]).unwrap();
    assert!(log.succeeded().unwrap().contains("You asked for approval of “Phi 5” for 31 days"), "{log:?}");
}

#[test]
fn a_file_is_asked_for_by_the_digest_of_its_bytes() {
    let (home, company) = joined();
    let _host = home.serve().unwrap();
    let bytes = vec![7_u8; 9 << 20];
    let file = home.path("home/notes.bin");
    fs_err::write(&file, &bytes).unwrap();
    // As a person types it: from the folder where they are.
    let asked = ask(&home, &["--file", "notes.bin"]);
    assert_eq!((asked.name.as_str(), asked.digest), ("notes.bin", Some(Digest::of(&bytes))));
    assert_eq!(ask(&home, &["--file", file.to_str().unwrap()]).id, asked.id);

    for (path, code) in [("missing", "watch.not_there"), ("/dev/zero", "watch.no_file"), (".", "watch.no_file")] {
        home.canteen(["requests", "ask", "--reason", REASON, "--file", path]).unwrap().refused(code).unwrap();
    }
    let approved = company.mirror().join("tiny-1.gguf");
    let refused = home.canteen(["requests", "ask", "--reason", REASON, "--file", approved.to_str().unwrap()]).unwrap();
    assert!(refused.err.contains("approved already: canteen show tiny"), "{refused:?}");
    assert_eq!(requests(&home).len(), 1);
}

async fn connected(home: &Home) -> Client {
    client::connect_or_start(&home.environment()).await.unwrap()
}

/// Other tests of this user run models elsewhere.
fn in_downloads(sightings: &[Sighting]) -> Vec<Sighting> {
    sightings.iter().filter(|one| one.path.starts_with("~/Downloads/")).cloned().collect()
}

#[tokio::test]
async fn what_is_disputed_stays_away_until_a_program_uses_it() {
    let (home, _company) = joined();
    let _host = home.serve().unwrap();
    let private = home.downloads().join("weights.gguf");
    // It comes whole: seen while it is written, it would have one more line of evidence.
    let beside = home.path("weights.gguf");
    engines::altered(&weights::smollm2().unwrap(), &beside).unwrap();
    fs_err::rename(&beside, &private).unwrap();
    let computer = || -> Computer { home.json(&["scan"]).unwrap() };
    let seen = until("the sighting", || {
        let all = computer();
        in_downloads(&all.sightings).into_iter().find(|one| one.verdict.is_some())
    })
    .unwrap();
    let codes: Vec<Option<String>> = seen.evidence.iter().map(|one| one.code.clone()).collect();
    assert_eq!(codes, [Some("digest.unknown".to_owned()), Some("content.weights".to_owned())]);

    let mut client = connected(&home).await;
    let dispute = DisputeSighting { id: seen.id, why: Dispute::NotAModel };
    client.call::<()>(Call::DisputeSighting(dispute)).await.unwrap();
    // Another look at the same bytes is no new evidence.
    let after = computer();
    assert_eq!(in_downloads(&after.sightings), []);
    assert_eq!(after.disputed.iter().map(|one| one.id).collect::<Vec<_>>(), [seen.id]);

    let mut server = engines::run(&home, &private, "notes-app").unwrap();
    let back = until("the program to be noticed", || {
        let all = computer();
        in_downloads(&all.sightings).into_iter().find(|one| one.holder.is_some())
    })
    .unwrap();
    assert_eq!((back.id, back.evidence[0].code.as_deref().map(|code| code.starts_with("holder."))), (seen.id, Some(true)));
    assert_eq!(computer().disputed, []);
    let log = home.canteen(["log"]).unwrap();
    assert_eq!(log.succeeded().unwrap().matches("in Downloads").count(), 2, "reopening is recorded: {log:?}");
    server.kill().unwrap();
}

#[tokio::test]
async fn a_run_is_measured_while_it_lives() {
    let (home, _company) = joined();
    let _host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.canteen(["run", "tiny", "Hello"]).unwrap().succeeded().unwrap();
    let mut client = connected(&home).await;
    let mut samples = Vec::new();
    for _ in 0..200 {
        samples = client.call::<Vec<RunSamples>>(Call::ListRunSamples(ListRunSamples { after: None })).await.unwrap();
        if samples.first().is_some_and(|run| run.samples.len() >= 2) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let run = samples.first().expect("the run");
    assert!(run.samples.is_sorted_by_key(|sample| sample.at), "{run:?}");
    assert!(run.samples.iter().all(|sample| sample.memory > 1 << 20 && (0.0..=100.0).contains(&sample.cpu_percent)), "{run:?}");
    let last = run.samples.last().expect("two samples").at;
    let news = client.call::<Vec<RunSamples>>(Call::ListRunSamples(ListRunSamples { after: Some(last) })).await.unwrap();
    assert!(news.iter().flat_map(|run| &run.samples).all(|sample| sample.at > last), "{news:?}");
    home.canteen(["stop", "tiny"]).unwrap().succeeded().unwrap();
    let gone = client.call::<Vec<RunSamples>>(Call::ListRunSamples(ListRunSamples { after: None })).await.unwrap();
    assert_eq!(gone, []);
}
