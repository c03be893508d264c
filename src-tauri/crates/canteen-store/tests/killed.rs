//! Kills a writing process two hundred times at any moment and looks whether something that it had acknowledged is gone.
//!
//! Without a test harness, because it starts itself again as the writer.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use canteen_audit::Event;
use canteen_store::{KeyPlace, Store};
use canteen_types::{Secret, TestClock, Timestamp};

const NAME: &str = "no_acknowledged_row_is_lost";
const TIMES: u32 = 200;
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn key() -> Secret {
    Secret::new([7; 32])
}

fn open(folder: &Path) -> Store {
    Store::open(folder, &key(), Arc::new(TestClock::at(NOW))).expect("the store opens after every kill")
}

/// Writes rows for ever; each is said on standard output once the store has confirmed it.
fn write_for_ever(folder: &Path) {
    let store = open(folder);
    let mut out = std::io::stdout().lock();
    loop {
        let seq = store.audit().append(Event::SettingsChanged { what: "a row that must not be lost".into() }).expect("a write");
        if writeln!(out, "{seq}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Number of the last row that was confirmed by a whole line.
fn kill_after(folder: &Path, span: Duration) -> u64 {
    let myself = std::env::current_exe().expect("own path");
    let mut writer = Command::new(myself).arg("--write").arg(folder).stdout(Stdio::piped()).spawn().expect("a writer");
    let mut lines = BufReader::new(writer.stdout.take().expect("a pipe"));
    // Read while it writes, or the full pipe would hold it up and nothing would be tested.
    let reader = std::thread::spawn(move || {
        let (mut last, mut line) = (0, String::new());
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some(seq) = line.strip_suffix('\n').and_then(|line| line.parse().ok()) {
                last = seq;
            }
            line.clear();
        }
        last
    });
    std::thread::sleep(span);
    writer.kill().expect("kill");
    writer.wait().expect("wait");
    reader.join().expect("reader")
}

fn no_acknowledged_row_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).expect("a first start");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut acknowledged = 0;
    for round in 0..TIMES {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        acknowledged = kill_after(folder.path(), Duration::from_micros(2_000 + random % 60_000)).max(acknowledged);
        let store = open(folder.path());
        let rows = store.audit().rows().expect("rows");
        assert!(rows >= acknowledged, "round {round}: {acknowledged} rows were confirmed, {rows} are there");
        if round % 20 == 0 {
            let check = store.audit().verify().expect("verify");
            assert_eq!((check.broken_at, check.rows), (None, rows), "round {round}: the chain has a hole");
        }
        store.close().expect("close");
    }
    assert!(acknowledged > 100, "only {acknowledged} rows were written: the test did not test");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    if has("--write") {
        write_for_ever(Path::new(arguments.last().expect("a folder")));
    } else if has("--list") {
        // What cargo-nextest asks of a test without a harness.
        if !has("--ignored") {
            std::io::stdout().write_all(format!("{NAME}: test\n").as_bytes()).expect("standard output");
        }
    } else {
        no_acknowledged_row_is_lost();
    }
}
