//! What is recorded, from the command line alone: found again, taken along and checked by hand, and what can be deleted.

use std::process::{Command, Stdio};

use canteen_app::wire::{DeletedData, Exported, Ledger, LogRow, Message, Status};
use canteen_tests::{Home, Organisation, Parts, weights};
use serde::Deserialize;

#[derive(Deserialize)]
struct Log {
    rows: Vec<LogRow>,
}

fn kinds(home: &Home, filter: &[&str]) -> Vec<String> {
    let log: Log = home.json(&[&["log"], filter].concat()).unwrap();
    log.rows.into_iter().map(|row| row.kind).collect()
}

/// SHA-256 by another program than ours.
fn sha256(bytes: &[u8]) -> String {
    use std::io::Write as _;
    let mut child = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    said.split_whitespace().next().unwrap().to_owned()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap()).collect()
}

#[test]
fn the_exported_log_can_be_checked_with_another_program() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    home.json::<Status>(&["status"]).unwrap();
    home.canteen(["log", "--verify"]).unwrap().succeeded().unwrap();
    let said = home.canteen(["log", "--export", "jsonl"]).unwrap();
    let (mut previous, mut rows) = ("0".repeat(64), 0_u64);
    for line in said.succeeded().unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        rows += 1;
        let body = row["body"].as_str().unwrap().as_bytes();
        let length = (body.len() as u64).to_be_bytes();
        let message = [b"canteen-audit-1\0", bytes(&previous).as_slice(), &rows.to_be_bytes(), &length, body].concat();
        previous = sha256(&message);
        assert_eq!((row["seq"].as_u64(), row["hash"].as_str()), (Some(rows), Some(previous.as_str())));
    }
    // The export is an entry of its own, and in what it exports.
    assert_eq!(kinds(&home, &["--kind", "data"]), ["log.verified", "log.exported"]);
    assert!(rows >= 3, "start, check, export, and what the watch has seen of other programs of this user: {rows}");
    assert_eq!(kinds(&home, &["--kind", "host.started"]), ["host.started"]);
    assert_eq!(kinds(&home, &["--until", "2020-01-01"]), Vec::<String>::new());
}

#[test]
fn what_a_person_said_is_taken_along_and_then_deleted_and_the_log_stays() {
    const QUESTION: &str = "What is the capital of France?";
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::found(&home).unwrap();
    company.approve("smollm2", &weights::smollm2().unwrap(), "name = \"SmolLM2\"").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    home.canteen(["install", "smollm2"]).unwrap().succeeded().unwrap();
    let _answer: Message = home.json(&["run", "smollm2", QUESTION]).unwrap();
    assert_eq!(kinds(&home, &["--model", "smollm2", "--kind", "runs"]).last().map(String::as_str), Some("answer.given"));

    let exported: Exported = home.json(&["export-data"]).unwrap();
    let folder = home.path("home").join(exported.path.trim_start_matches("~/"));
    let conversations = fs_err::read_to_string(folder.join("conversations.json")).unwrap();
    assert!(conversations.contains(QUESTION));
    assert!(!fs_err::read_to_string(folder.join("ledger.jsonl")).unwrap().contains("France"), "the log holds no words");

    let before: Ledger = home.json(&["delete-data"]).unwrap();
    assert_eq!(before.held.messages, 2, "only told what would go");
    let deleted: DeletedData = home.json(&["delete-data", "--yes"]).unwrap();
    assert_eq!((deleted.conversations, deleted.messages), (1, 2));
    let after: Ledger = home.json(&["delete-data"]).unwrap();
    assert_eq!((after.held.conversations, after.held.messages), (0, 0));
    assert!(after.rows > before.rows, "and the log says so");
    home.canteen(["log", "--verify"]).unwrap().succeeded().unwrap();
    // It goes on: the model still runs and answers.
    let again: Message = home.json(&["run", "smollm2", QUESTION]).unwrap();
    assert!(!again.text.is_empty());
}
