//! `inspect` of both command lines: by the worst that it saw, without a host.

use std::path::Path;

use canteen_tests::{Home, Parts, Said, weights};
use serde_json::Value;

fn home() -> Home {
    Home::start(Parts::BARE).unwrap()
}

fn inspect(home: &Home, program: &str, paths: &[&Path]) -> Said {
    let path = home.programs().path(program);
    Said::by(home.command(path).args(["inspect", "--json"]).args(paths)).unwrap()
}

#[track_caller]
fn check(home: &Home, paths: &[&Path], code: i32, verdict: &str) -> Value {
    let mut seen = Value::Null;
    for program in ["canteen", "canteen-admin"] {
        let said = inspect(home, program, paths);
        assert_eq!(said.code, Some(code), "{said:?}");
        seen = serde_json::from_str(&said.out).unwrap();
        assert_eq!(seen["verdict"], verdict, "{said:?}");
    }
    seen
}

#[test]
fn the_exit_code_is_the_worst_that_was_seen() {
    let home = home();
    let folder = home.path("models");
    fs_err::create_dir(&folder).unwrap();
    let clean = weights::tiny(&folder, 1).unwrap();
    let seen = check(&home, &[&clean], 0, "clean");
    assert_eq!((&seen["files"][0]["kind"], &seen["files"][0]["facts"]["architecture"]), (&"GGUF".into(), &"llama".into()));
    let odd = folder.join("all.7z");
    fs_err::write(&odd, b"7z\xbc\xaf\x27\x1c and more").unwrap();
    check(&home, &[&clean, &odd], 10, "suspicious");
    let program = folder.join("model.safetensors");
    fs_err::write(&program, b"\x7fELF\x02\x01\x01 and more").unwrap();
    let seen = check(&home, &[&folder], 20, "dangerous");
    assert_eq!(seen["files"].as_array().unwrap().len(), 3);
    assert!(!home.path("canteen/data").exists(), "no host was started for it");
}

#[test]
fn a_file_that_cannot_be_read_is_said_and_the_others_are_judged() {
    let home = home();
    let clean = weights::tiny(&home.path("home"), 1).unwrap();
    let seen = check(&home, &[Path::new("/nowhere"), &clean], 1, "unreadable");
    assert_eq!((&seen["files"][0]["verdict"], &seen["files"][1]["verdict"]), (&"unreadable".into(), &"clean".into()));
}

#[test]
fn each_reader_gets_sentences_of_their_own() {
    let home = home();
    let file = home.path("home/model.gguf");
    fs_err::write(&file, b"#!/bin/sh\nexit 1\n").unwrap();
    let said = |program: &str| Said::by(home.command(home.programs().path(program)).arg("inspect").arg(&file)).unwrap().out;
    let (employee, it) = (said("canteen"), said("canteen-admin"));
    assert!(employee.contains("tell IT where it came from"), "{employee}");
    assert!(it.contains("A program has the name of a model file."), "{it}");
    assert!(employee.contains("file.executable") && it.contains("file.executable"));
}

/// What both command lines say of `path` beside `known`: the kinship of the one, the words of the other.
#[track_caller]
fn against(home: &Home, path: &Path, known: &Path, kinship: &str) -> String {
    let by = |program: &str, json: &[&str]| {
        let mut command = home.command(home.programs().path(program));
        Said::by(command.args(json).arg("inspect").arg(path).arg("--compare").arg(known)).unwrap()
    };
    let seen = by("canteen", &["--json"]).json().unwrap();
    assert_eq!(seen["compared"][0]["comparison"]["kinship"], kinship, "{seen}");
    by("canteen-admin", &[]).succeeded().unwrap().to_owned()
}

#[test]
fn a_model_is_held_against_one_that_is_known() {
    let home = home();
    let folder = home.path("home");
    let known = weights::tiny(&folder, 1).unwrap();
    let copy = folder.join("renamed.bin");
    fs_err::copy(&known, &copy).unwrap();
    let said = against(&home, &copy, &known, "identical");
    assert!(said.contains("The same file, byte for byte (certain, 100 %)."), "{said}");

    let mut bytes = fs_err::read(&known).unwrap();
    let at = bytes.windows(8).position(|eight| eight == b"messages").unwrap();
    bytes[at] = b'M';
    let altered = folder.join("altered.gguf");
    fs_err::write(&altered, bytes).unwrap();
    let said = against(&home, &altered, &known, "altered_copy");
    assert!(said.contains("An altered copy: the chat template differs (nearly certain, 99.9 %)."), "{said}");
    assert!(said.contains("“m” became “M”"), "{said}");

    let stranger = weights::tiny(&folder, 2).unwrap();
    let said = against(&home, &stranger, &known, "unrelated");
    assert!(said.contains("No relation was found"), "{said}");
}
