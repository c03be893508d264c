//! What a person can know about a nudge and do with it, through the front door.

use std::path::Path;
use std::time::Duration;

use canteen_app::wire::{Computer, Nudge, NudgeStep, NudgeWhy, Outcomes, Quiet, Sighting};
use canteen_tests::{Home, Organisation, Parts, engines, until, weights};
use canteen_types::{NudgeReason, Signal};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn nudges(home: &Home) -> Vec<Nudge> {
    home.json(&["nudges"]).unwrap()
}

/// Other tests of this user run models elsewhere.
fn in_downloads(sightings: Vec<Sighting>) -> Vec<Sighting> {
    sightings.into_iter().filter(|sighting| sighting.path.starts_with("~/Downloads/")).collect()
}

fn computer(home: &Home) -> Computer {
    home.json(&["scan"]).unwrap()
}

/// An altered copy that no other test has: what is said about the same bytes elsewhere would be said here, too.
fn alone(path: &Path) {
    let mut bytes = fs_err::read(weights::smollm2().unwrap()).unwrap();
    let at = bytes.len() - 2;
    bytes[at] ^= 0x55;
    fs_err::write(path, bytes).unwrap();
}

#[test]
fn a_nudge_is_explained_silenced_taken_back_disputed_and_counted() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::found(&home).unwrap();
    company.approve("smollm2", &weights::smollm2().unwrap(), "name = \"SmolLM2\"").unwrap();
    company.approve("gemma", &weights::gemma().unwrap(), "name = \"Gemma\"").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    let _host = home.serve().unwrap();
    let private = home.downloads().join("weights.gguf");
    alone(&private);
    let mut server = engines::run(&home, &private, "notes-app").unwrap();
    let nudge = until("the nudge", || nudges(&home).into_iter().find(|nudge| nudge.state == "shown")).unwrap();
    assert_eq!((nudge.reason, nudge.title.ends_with(" is an altered copy of SmolLM2")), (NudgeReason::Altered, true));
    let basis = nudge.basis.unwrap();
    assert_eq!(basis.rule.as_deref(), Some("nudge.altered.toast"));
    assert!(basis.signals.contains(&Signal::Content) && basis.signals.contains(&Signal::Holder), "{basis:?}");
    let ranked: Vec<_> =
        nudge.alternative.iter().chain(&nudge.others).map(|one| (one.name.as_str(), one.reasons.is_empty())).collect();
    assert_eq!(ranked, [("SmolLM2", false), ("Gemma", false)], "the approved form of the same model first");

    let why: NudgeWhy = home.json(&["nudges", "why"]).unwrap();
    let kinds: Vec<&str> = why.recorded.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["nudge.shown", "sighting.opened"]);
    assert!(why.recorded.iter().all(|row| row.sent.is_empty()), "{why:?}");
    let told = home.canteen(["nudges", "why"]).unwrap();
    assert!(told.succeeded().unwrap().contains("What IT was told: nothing."), "{told:?}");

    home.canteen(["nudges", "silence", "--for", "week"]).unwrap().succeeded().unwrap();
    let silenced = nudges(&home).remove(0);
    let until_then = silenced.until.unwrap();
    assert_eq!(silenced.state, "silenced");
    let time = until_then.since(silenced.created);
    assert!(time >= 7 * DAY && time < 8 * DAY, "{time:?}");
    let seen = in_downloads(computer(&home).sightings).remove(0);
    let rests = NudgeStep::Record { because: Quiet::Resting { until: until_then } };
    assert_eq!(seen.decided.map(|decided| decided.step), Some(rests));

    home.canteen(["nudges", "reopen"]).unwrap().succeeded().unwrap();
    assert_eq!(nudges(&home).remove(0).state, "shown");
    home.canteen(["nudges", "reopen", &nudge.id.to_string()]).unwrap().refused("app.unknown").unwrap();
    let counted: Outcomes = home.json(&["nudges", "outcomes"]).unwrap();
    assert_eq!((counted.all.counts.shown, counted.all.counts.waiting, counted.all.models.len()), (1, 1, 1));

    home.canteen(["nudges", "dispute", "--not-me"]).unwrap().succeeded().unwrap();
    let after = computer(&home);
    assert_eq!(in_downloads(after.sightings), []);
    let disputed: Vec<_> = after.disputed.into_iter().map(|one| (one.id, one.disputed)).collect();
    assert_eq!(disputed, [(seen.id, Some("not_me".to_owned()))]);
    assert_eq!(nudges(&home).remove(0).state, "withdrawn");
    let counted: Outcomes = home.json(&["nudges", "outcomes"]).unwrap();
    assert_eq!((counted.month.counts.shown, counted.month.counts.disputed), (1, 1));
    server.kill().unwrap();
}
