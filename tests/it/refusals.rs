//! Bad input and bad luck: a sentence with what to do next, and nothing lost.

use canteen_app::wire::{Installation, Model, Run, Status};
use canteen_tests::{Home, Keyring, Organisation, Parts, until, weights};

fn joined() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "max_answer_tokens = 400").unwrap();
    (home, company)
}

fn state(home: &Home) -> Installation {
    home.json::<Vec<Model>>(&["list"]).unwrap().remove(0).installation
}

fn files_in_library(home: &Home) -> usize {
    ["blobs", "partial"]
        .iter()
        .map(|folder| fs_err::read_dir(home.path("canteen/data/models").join(folder)).map_or(0, Iterator::count))
        .sum()
}

#[test]
fn a_wrong_byte_is_refused_and_nothing_is_left_behind() {
    let (home, company) = joined();
    let _host = home.serve().unwrap();
    let artifact = company.mirror().join("tiny-1.gguf");
    let good = fs_err::read(&artifact).unwrap();
    let mut wrong = good.clone();
    wrong[150_000] ^= 1;
    fs_err::write(&artifact, &wrong).unwrap();
    home.canteen(["install", "tiny"]).unwrap().refused("library.wrong_digest").unwrap();
    assert_eq!(files_in_library(&home), 0);
    fs_err::write(&artifact, &good[..100_000]).unwrap();
    home.canteen(["install", "tiny"]).unwrap().refused("library.truncated").unwrap();
    fs_err::write(&artifact, [good.as_slice(), b"more"].concat()).unwrap();
    home.canteen(["install", "tiny"]).unwrap().refused("library.too_large").unwrap();
    fs_err::remove_file(&artifact).unwrap();
    home.canteen(["install", "tiny"]).unwrap().refused("library.source_gone").unwrap();
    assert!(matches!(state(&home), Installation::Failed { .. }));
    fs_err::write(&artifact, &good).unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    assert_eq!(state(&home), Installation::Installed);
}

#[test]
fn approved_bytes_are_looked_into_once_more() {
    let (home, company) = joined();
    let file = company.mirror().join("odd.gguf");
    let odd = [fs_err::read(weights::tiny(&company.mirror(), 2).unwrap()).unwrap(), b"who knows what this is".to_vec()].concat();
    fs_err::write(&file, odd).unwrap();
    company.approve("odd", &file, "accept_hazards = \"Padding of the maker.\"").unwrap();
    company.publish().unwrap();
    let _host = home.serve().unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    home.canteen(["install", "odd"]).unwrap().succeeded().unwrap();
    home.canteen(["remove", "odd"]).unwrap().succeeded().unwrap();

    // Approved by a version that knew of nothing: what stands there now was never accepted.
    let entry = company.path().join("draft/entries/odd.json");
    let mut draft: serde_json::Value = serde_json::from_slice(&fs_err::read(&entry).unwrap()).unwrap();
    assert!(draft["approval"].as_object_mut().unwrap().remove("accepted_hazards").is_some());
    draft["version"] = 2.into();
    fs_err::write(&entry, draft.to_string()).unwrap();
    company.publish().unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    home.canteen(["install", "odd"]).unwrap().refused("app.hazardous").unwrap();
    assert_eq!(files_in_library(&home), 0);
}

#[test]
fn a_licence_must_be_accepted_first() {
    let (home, company) = joined();
    let fields = "licence_name = \"Strict Terms\"\nlicence_text = \"terms.txt\"\nmust_accept = true";
    fs_err::write(company.path().parent().unwrap().join("terms.txt"), "Do good.").unwrap();
    company.approve("strict", &weights::tiny(&company.mirror(), 2).unwrap(), fields).unwrap();
    company.publish().unwrap();
    let _host = home.serve().unwrap();
    home.canteen(["install", "strict"]).unwrap().refused("policy.licence_not_accepted").unwrap();
    let page = home.canteen(["show", "strict"]).unwrap();
    assert!(page.succeeded().unwrap().contains("Do good."), "{page:?}");
    home.canteen(["install", "strict", "--accept-licence"]).unwrap().succeeded().unwrap();
}

#[test]
fn an_installed_file_that_was_altered_does_not_start() {
    let (home, _company) = joined();
    let _host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let blob = fs_err::read_dir(home.path("canteen/data/models/blobs")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs_err::read(&blob).unwrap();
    bytes[150_000] ^= 1;
    fs_err::remove_file(&blob).unwrap();
    fs_err::write(&blob, bytes).unwrap();
    home.canteen(["run", "tiny", "hello"]).unwrap().refused("library.altered").unwrap();
    let log = home.canteen(["log"]).unwrap();
    assert!(log.succeeded().unwrap().contains("is not what was approved"), "{log:?}");
}

#[test]
fn a_file_that_is_no_model_is_not_approved_and_does_not_run() {
    let (home, company) = joined();
    let junk = company.mirror().join("junk.gguf");
    fs_err::write(&junk, vec![0; 100_000]).unwrap();
    assert!(company.approve("junk", &junk, "").is_err(), "canteen-admin refuses it");
    drop(home);
}

#[test]
fn a_tampered_catalogue_is_refused_and_the_last_good_one_stays() {
    let (home, company) = joined();
    let _host = home.serve().unwrap();
    assert_eq!(home.json::<Vec<Model>>(&["list"]).unwrap().len(), 1);
    company.approve("second", &weights::tiny(&company.mirror(), 2).unwrap(), "").unwrap();
    let old = fs_err::read(company.repository().join("metadata/timestamp.json")).unwrap();
    company.publish().unwrap();
    let timestamp = company.repository().join("metadata/timestamp.json");
    let new = fs_err::read_to_string(&timestamp).unwrap();
    fs_err::write(
        &timestamp,
        new.replacen("\"expires\":\"2", "\"expires\":\"3", 1).replacen("\"expires\": \"2", "\"expires\": \"3", 1),
    )
    .unwrap();
    home.canteen(["sync"]).unwrap().refused("catalogue.signature_wrong").unwrap();
    let status: Status = home.json(&["status"]).unwrap();
    assert_eq!((status.catalogue.state.as_str(), status.catalogue.entries), ("fresh", 1));
    assert_eq!(status.catalogue.refused.unwrap().code, "catalogue.signature_wrong");

    fs_err::write(&timestamp, &new).unwrap();
    home.canteen(["sync"]).unwrap().succeeded().unwrap();
    fs_err::write(&timestamp, old).unwrap();
    home.canteen(["sync"]).unwrap().refused("catalogue.rolled_back").unwrap();
    assert_eq!(home.json::<Vec<Model>>(&["list"]).unwrap().len(), 2);
    fs_err::remove_dir_all(company.repository()).unwrap();
    home.canteen(["sync"]).unwrap().refused("catalogue.unreachable").unwrap();
    assert_eq!(home.json::<Vec<Model>>(&["list"]).unwrap().len(), 2);
}

#[test]
fn another_organisations_root_is_refused() {
    let (home, company) = joined();
    let _host = home.serve().unwrap();
    let other = Organisation::found(&home).unwrap();
    let (location, root) = (company.repository().display().to_string(), other.root().display().to_string());
    let said = home.canteen(["join", &location, "--root", &root]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("catalogue."), "{said:?}");
    let digest = format!("sha256:{}", "0".repeat(64));
    let own = company.root().display().to_string();
    home.canteen(["join", &location, "--root", &own, "--root-digest", &digest]).unwrap().refused("app.wrong_root").unwrap();
}

#[test]
fn a_join_that_fails_leaves_the_last_good_catalogue_for_the_next_start() {
    let (home, company) = joined();
    let mut host = home.serve().unwrap();
    assert_eq!(home.json::<Vec<Model>>(&["list"]).unwrap().len(), 1);
    let other = Organisation::found(&home).unwrap();
    let nowhere = home.path("nowhere").display().to_string();
    let root = other.root().display().to_string();
    home.canteen(["join", &nowhere, "--root", &root]).unwrap().refused("catalogue.").unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());
    fs_err::remove_dir_all(company.repository()).unwrap();
    let _host = home.serve().unwrap();
    assert_eq!(home.json::<Vec<Model>>(&["list"]).unwrap().len(), 1, "the last good one is still known");
    let log = home.canteen(["log"]).unwrap();
    assert!(log.succeeded().unwrap().contains("Canteen ended"), "an end in order is recorded: {log:?}");
}

#[test]
fn an_engine_killed_in_mid_sentence_is_an_event_and_the_host_goes_on() {
    let (home, company) = joined();
    let long = "context_tokens = 2048\nmax_answer_tokens = 1900";
    company.approve("tiny", &company.mirror().join("tiny-1.gguf"), long).unwrap();
    company.publish().unwrap();
    let mut host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    let mut talking = home.canteen_beside("talking", ["run", "tiny", "hello"]).unwrap();
    let engine = until("the engine", || engine_of(host.pid())).unwrap();
    until("its first words", || Some(talking.said()).filter(|said| !said.is_empty())).unwrap();
    std::process::Command::new("kill").args(["-9", &engine.to_string()]).status().unwrap();
    assert_eq!(talking.wait().unwrap().code(), Some(1), "{}", talking.said());
    assert!(talking.said().contains("runner."), "{}", talking.said());
    assert!(host.is_alive());
    let runs: Vec<Run> = home.json(&["ps"]).unwrap();
    assert_eq!(runs, []);
    let answer: canteen_app::wire::Message = home.json(&["run", "tiny", "again"]).unwrap();
    assert!(answer.answer_tokens > Some(0), "it starts again");
}

/// What the escape tests hold from inside, seen from outside at the engine of a real run.
#[cfg(target_os = "linux")]
#[test]
fn the_engine_of_a_run_is_locked_in() {
    let (home, _company) = joined();
    let host = home.serve().unwrap();
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
    assert_eq!(home.json::<Vec<Run>>(&["ps"]).unwrap()[0].sandbox, Some(canteen_types::Enforcement::Enforced));
    let engine = engine_of(host.pid()).unwrap();
    let of_engine = |name: &str| std::path::PathBuf::from(format!("/proc/{engine}/{name}"));
    let threads: Vec<_> = fs_err::read_dir(of_engine("task")).unwrap().map(|thread| thread.unwrap().path()).collect();
    assert!(!threads.is_empty());
    for thread in threads {
        let status = fs_err::read_to_string(thread.join("status")).unwrap();
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        assert_eq!((field("NoNewPrivs:"), field("Seccomp:")), (Some("1"), Some("2")));
    }
    let environment = fs_err::read_to_string(of_engine("environ")).unwrap();
    for secret in ["HOME=", "DBUS_SESSION_BUS_ADDRESS=", "CANTEEN_HOME="] {
        assert!(!environment.contains(secret), "{environment}");
    }
}

/// The engine has an environment of its own, so it is found by its parent.
fn engine_of(host: u32) -> Option<u32> {
    fs_err::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs_err::read_to_string(entry.path().join("stat")).ok()?;
        let (name, rest) = stat.rsplit_once(')')?;
        let parent: u32 = rest.split_ascii_whitespace().nth(1)?.parse().ok()?;
        (parent == host && name.contains("canteen-engine")).then_some(pid)
    })
}

#[test]
fn of_hosts_started_at_once_exactly_one_stays() {
    let (home, _company) = joined();
    let mut hosts: Vec<_> = (0..6).map(|n| home.canteen_beside(&format!("host-{n}"), ["serve"]).unwrap()).collect();
    until("all but one to end", || {
        (hosts.iter_mut().filter_map(|host| host.is_alive().then_some(())).count() == 1).then_some(())
    })
    .unwrap();
    home.json::<Status>(&["status"]).unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    until("the last to end", || (!hosts.iter_mut().any(canteen_tests::Running::is_alive)).then_some(())).unwrap();
}

#[test]
fn without_a_keyring_a_passphrase_opens_the_store_and_a_wrong_one_does_not() {
    let home = Home::start(Parts::BARE).unwrap();
    home.canteen(["status"]).unwrap().refused("keyring.no_service").unwrap();
    let (right, wrong) = (home.path("right"), home.path("wrong"));
    fs_err::write(&right, "correct horse battery\n").unwrap();
    fs_err::write(&wrong, "another long passphrase\n").unwrap();
    home.canteen(["unlock".as_ref(), "--passphrase-file".as_ref(), right.as_os_str()]).unwrap().succeeded().unwrap();
    let status: Status = home.json(&["status"]).unwrap();
    assert_eq!(status.key_place, "passphrase");
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    until("the host to end", || home.canteen(["quit"]).ok().filter(|said| said.out.contains("No host"))).unwrap();
    home.canteen(["status"]).unwrap().refused("keyring.passphrase_needed").unwrap();
    home.canteen(["unlock".as_ref(), "--passphrase-file".as_ref(), wrong.as_os_str()])
        .unwrap()
        .refused("keyring.wrong_passphrase")
        .unwrap();
    home.canteen(["unlock".as_ref(), "--passphrase-file".as_ref(), right.as_os_str()]).unwrap().succeeded().unwrap();
}

#[test]
fn a_bus_without_a_keyring_is_as_none_and_a_passphrase_serves() {
    let home = Home::start(Parts { keyring: Keyring::None, ..Parts::HEADLESS }).unwrap();
    home.canteen(["status"]).unwrap().refused("keyring.no_service").unwrap();
    let passphrase = home.path("passphrase");
    fs_err::write(&passphrase, "correct horse battery\n").unwrap();
    home.canteen(["unlock".as_ref(), "--passphrase-file".as_ref(), passphrase.as_os_str()]).unwrap().succeeded().unwrap();
    assert_eq!(home.json::<Status>(&["status"]).unwrap().key_place, "passphrase");
}

#[test]
fn a_keyring_that_went_away_is_said_and_nothing_is_made_anew() {
    let mut home = Home::start(Parts::HEADLESS).unwrap();
    home.canteen(["status"]).unwrap().succeeded().unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    until("the host to end", || home.canteen(["quit"]).ok().filter(|said| said.out.contains("No host"))).unwrap();
    home.stop_keyring();
    let said = home.canteen(["status"]).unwrap();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("keyring."), "{said:?}");
}

#[test]
fn without_a_display_the_desktop_app_says_so_and_leaves_the_host_alone() {
    let (home, _company) = joined();
    let mut host = home.serve().unwrap();
    let mut desktop = home.desktop(["--hidden"]).unwrap();
    assert_eq!(desktop.wait().unwrap().code(), Some(1));
    assert!(desktop.said().contains("There is no display"), "{}", desktop.said());
    assert!(host.is_alive());
    assert_eq!(home.json::<Status>(&["status"]).unwrap().host, "headless");
}

#[test]
fn usage_errors_and_unknown_models_have_their_exit_codes() {
    let (home, _company) = joined();
    assert_eq!(home.canteen(["frobnicate"]).unwrap().code, Some(2));
    assert_eq!(home.canteen(["show", "Not A Slug"]).unwrap().code, Some(2));
    home.canteen(["show", "nothing"]).unwrap().refused("app.unknown").unwrap();
    let completions = home.canteen(["completions", "bash"]).unwrap();
    assert!(completions.succeeded().unwrap().contains("canteen"));
}
