//! Catalogues that must not be believed, or no longer: said in the sync, the status and the log, and the last good one stays.

use std::path::PathBuf;
use std::time::Duration;

use canteen_app::wire::{Installation, Message, Model, ModelPage, Status};
use canteen_os::SystemClock;
use canteen_tests::{Home, Organisation, Parts, Running, until, weights};
use canteen_types::{Clock as _, Timestamp};
use serde_json::Value;

struct Company {
    home: Home,
    company: Organisation,
    _host: Running,
}

impl Company {
    /// One model, `tiny`, in a catalogue that the running host knows.
    fn joined(prepare: impl FnOnce(&Organisation)) -> Self {
        let home = Home::start(Parts::HEADLESS).unwrap();
        let company = Organisation::found(&home).unwrap();
        prepare(&company);
        approve(&company, "tiny", 1);
        company.publish().unwrap();
        company.join(&home).unwrap();
        let _host = home.serve().unwrap();
        home.canteen(["sync"]).unwrap().succeeded().unwrap();
        Self { home, company, _host }
    }

    fn timestamp(&self) -> PathBuf {
        self.company.repository().join("metadata/timestamp.json")
    }

    /// The update is refused, and everything goes on as before.
    fn refuses(&self, code: &str) {
        self.home.canteen(["sync"]).unwrap().refused(code).unwrap();
        let status = self.status();
        assert_eq!((status.catalogue.state.as_str(), status.catalogue.entries), ("fresh", 1));
        assert_eq!(status.catalogue.refused.unwrap().code, code);
        let shown = self.home.canteen(["status"]).unwrap();
        assert!(shown.succeeded().unwrap().contains("Last update refused"), "{shown:?}");
        let log = self.home.canteen(["log"]).unwrap();
        assert!(log.succeeded().unwrap().contains(code), "{log:?}");
        assert_eq!(self.models().iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["tiny"]);
        self.home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
        assert_eq!(self.models()[0].installation, Installation::Installed);
    }

    fn status(&self) -> Status {
        self.home.json(&["status"]).unwrap()
    }

    fn models(&self) -> Vec<Model> {
        self.home.json(&["list"]).unwrap()
    }
}

fn approve(company: &Organisation, id: &str, seed: u64) {
    let model = weights::tiny(&company.mirror(), seed).unwrap();
    company.approve(id, &model, "max_answer_tokens = 4").unwrap();
}

fn admin(company: &Organisation, arguments: &[&str]) {
    let place = company.path().display().to_string();
    let arguments = arguments.iter().map(|argument| if *argument == "COMPANY" { place.as_str() } else { argument });
    company.admin(arguments).unwrap().succeeded().unwrap();
}

/// What was signed then for the usual seven days runs out now.
fn a_week_ago() -> Timestamp {
    Timestamp::from_millis(SystemClock.now().as_millis() - 7 * 24 * 60 * 60 * 1000)
}

/// The host knows a catalogue whose signature runs out in some seconds. More of them where this computer is slow.
fn sync_just_before_it_runs_out(own: &Company) {
    let synced = [10, 20, 40].into_iter().any(|seconds| {
        let then = a_week_ago().plus(Duration::from_secs(seconds)).to_string();
        admin(&own.company, &["publish", "COMPANY", "--timestamp-only", "--at", &then]);
        own.home.canteen(["sync"]).unwrap().code == Some(0)
    });
    assert!(synced);
}

#[test]
fn a_catalogue_that_somebody_else_signed_is_refused() {
    let own = Company::joined(|_| {});
    let other = Organisation::found(&own.home).unwrap();
    approve(&other, "other", 2);
    for _ in 0..2 {
        // Newer by its number.
        other.publish().unwrap();
    }
    fs_err::copy(other.repository().join("metadata/timestamp.json"), own.timestamp()).unwrap();
    own.refuses("catalogue.signature_wrong");
}

#[test]
fn a_catalogue_with_fewer_signatures_than_its_threshold_is_refused() {
    let own = Company::joined(|company| {
        for name in ["one", "two"] {
            admin(company, &["keys", "new", "COMPANY", name]);
        }
        let key = |name: &str| company.path().join("keys").join(format!("{name}.pem")).display().to_string();
        let (one, two) = (key("one"), key("two"));
        let with = ["--with", &one, "--with", &two];
        admin(company, &[["keys", "rotate", "COMPANY", "timestamp"].as_slice(), &with, &["--threshold", "2"]].concat());
    });
    own.company.publish().unwrap();
    let whole = fs_err::read_to_string(own.timestamp()).unwrap();
    let mut short: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(short["signatures"].as_array_mut().unwrap().drain(1..).count(), 1, "two had signed");
    fs_err::write(own.timestamp(), short.to_string()).unwrap();
    own.refuses("catalogue.signature_wrong");
    let said = own.home.canteen(["sync"]).unwrap();
    assert!(said.err.contains("1 of 2 valid signatures"), "{said:?}");
    fs_err::write(own.timestamp(), whole).unwrap();
    own.home.canteen(["sync"]).unwrap().succeeded().unwrap();
    assert!(own.status().catalogue.refused.is_none());
}

#[test]
fn an_update_whose_signature_has_run_out_is_refused() {
    let own = Company::joined(|_| {});
    let then = a_week_ago().to_string();
    admin(&own.company, &["publish", "COMPANY", "--timestamp-only", "--at", &then]);
    own.refuses("catalogue.expired");
}

/// The rule of this organisation: `stop`, and no grace.
#[test]
fn an_expired_catalogue_still_shows_everything_and_starts_nothing_until_it_is_renewed() {
    let own = Company::joined(|company| {
        admin(company, &["policy", "set", "COMPANY", "--expired-after-hours", "0", "--when-expired", "stop"]);
        approve(company, "second", 2);
    });
    own.home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    sync_just_before_it_runs_out(&own);
    until("the catalogue to run out", || (own.status().catalogue.state == "expired").then_some(())).unwrap();

    let shown = own.home.canteen(["status"]).unwrap();
    assert!(shown.succeeded().unwrap().contains("expired · 2 entries"), "{shown:?}");
    assert_eq!(own.models().len(), 2, "what was known is still shown");
    assert_eq!(own.models()[0].installation, Installation::Installed);
    own.home.canteen(["show", "second"]).unwrap().succeeded().unwrap();
    own.home.canteen(["run", "tiny", "hello"]).unwrap().refused("policy.catalogue_expired").unwrap();
    own.home.canteen(["install", "second"]).unwrap().refused("policy.catalogue_expired").unwrap();
    own.home.canteen(["sync"]).unwrap().refused("catalogue.expired").unwrap();
    own.home.canteen(["log", "--verify"]).unwrap().succeeded().unwrap();

    own.company.publish().unwrap();
    own.home.canteen(["sync"]).unwrap().succeeded().unwrap();
    assert_eq!(own.status().catalogue.state, "fresh");
    own.home.json::<Message>(&["run", "tiny", "hello"]).unwrap();
    own.home.canteen(["install", "second"]).unwrap().succeeded().unwrap();
}

/// The usual rule: installed models run and the start says that the catalogue is old; nothing new is fetched.
#[test]
fn with_the_usual_rules_installed_models_outlive_the_signature() {
    let own = Company::joined(|company| approve(company, "second", 2));
    own.home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    sync_just_before_it_runs_out(&own);
    until("the signature to run out", || (own.status().catalogue.state == "stale").then_some(())).unwrap();
    own.home.json::<Message>(&["run", "tiny", "hello"]).unwrap();
    own.home.canteen(["install", "second"]).unwrap().refused("policy.catalogue_stale").unwrap();
}

#[test]
fn a_list_that_is_longer_than_a_frame_crosses_the_socket_whole_and_its_signatures_are_told() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    canteen_dev::many::Many { home: home.path("canteen"), entries: 3_000 }.set_up(SystemClock.now()).unwrap();
    let _host = home.serve().unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    let said = home.canteen(["--json", "list"]).unwrap();
    let text = said.succeeded().unwrap();
    assert!(text.len() > canteen_os::MAX_FRAME, "{} bytes", text.len());
    let models: Vec<Model> = serde_json::from_str(text).unwrap();
    let names: std::collections::BTreeSet<&str> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!((models.len(), names.len()), (3_000, 3_000));
    let page: ModelPage = home.json(&["show", models[0].id.as_str()]).unwrap();
    let signed: Vec<&str> = page.signatures.iter().map(|file| file.role.as_str()).collect();
    assert_eq!(signed, ["root", "timestamp", "snapshot", "targets"]);
    assert!(page.signatures.iter().all(|file| file.keys.iter().all(|key| key.signed)), "{page:?}");
}
