//! Kills writing processes at any moment and looks whether something that they had acknowledged is gone.
//!
//! Without a test harness, because it starts itself again as the process that is killed.
#![expect(clippy::expect_used, reason = "a test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use canteen_audit::Event;
use canteen_store::{ConversationRow, FileIdentity, HomeStep, KeyPlace, MessageRow, Store, StoreError};
use canteen_types::frames::Role;
use canteen_types::{ChatSettings, ConversationId, FoundStore, MessageId, Prompt, Secret, TestClock, Timestamp};

const TESTS: [(&str, fn()); 3] = [
    ("no_acknowledged_row_is_lost", no_acknowledged_row_is_lost),
    ("a_first_start_that_is_killed_goes_on_with_the_next", a_first_start_that_is_killed_goes_on_with_the_next),
    ("processes_that_open_a_new_store_at_once_share_one_chain", processes_that_open_a_new_store_at_once_share_one_chain),
];
const KILLS: u64 = 200;
const FIRST_STARTS: u64 = 60;
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn key() -> Secret {
    Secret::new([7; 32])
}

fn try_open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder, &key(), Arc::new(TestClock::at(NOW)))
}

fn open(folder: &Path) -> Store {
    try_open(folder).expect("the store opens after every kill")
}

fn conversation() -> ConversationId {
    ConversationId::new(NOW, [1; 10])
}

const fn looked_into(n: u64) -> FileIdentity {
    FileIdentity { device: 1, inode: n, size: 1 << 24, modified_ns: 0, changed_ns: 0 }
}

/// One act with its audit row: the odd ones change a setting, the even ones add a message. A step of the home sweep comes before.
fn act(store: &Store, n: u64) -> Result<(), StoreError> {
    let position = Some(Path::new("/home").join(n.to_string()));
    store.home_sweep().step(&HomeStep { position, over: None, looked_into: vec![looked_into(n)], reader: 1 })?;
    let event = Some(Event::SettingsChanged { what: format!("act {n}") });
    if n % 2 == 1 {
        return store.settings().put("last", &n, event);
    }
    let mut entropy = [0; 10];
    entropy[..8].copy_from_slice(&n.to_be_bytes());
    let message = MessageRow {
        id: MessageId::new(NOW, entropy),
        conversation: conversation(),
        role: Role::User,
        text: Prompt::new(format!("message {n}")),
        attachments: Vec::new(),
        at: NOW,
        model: None,
        run: None,
        end: None,
        figures: None,
    };
    store.messages().append(&message, event)
}

/// Every act that was recorded was done, and the other way round.
fn check(store: &Store, acknowledged: u64, all: bool) -> u64 {
    let rows = store.audit().rows().expect("rows");
    assert!(rows >= acknowledged, "{acknowledged} acts were confirmed, {rows} are there");
    let last_odd = if rows % 2 == 1 { rows } else { rows.saturating_sub(1) };
    assert_eq!(store.settings().get::<u64>("last").expect("setting").unwrap_or(0), last_odd, "recorded and not done");
    let position = store.home_sweep().position().expect("a position");
    let steps = position.and_then(|path| path.file_name()?.to_str()?.parse().ok()).unwrap_or(0);
    assert!(steps == rows || steps == rows + 1, "{rows} acts, {steps} steps");
    if all {
        for n in 0..=steps + 1 {
            let known = store.home_sweep().is_looked_into(&looked_into(n), 1).expect("a file");
            assert_eq!(known, (1..=steps).contains(&n), "the position is past what was looked into, or before it");
        }
        let check = store.audit().verify().expect("verify");
        assert_eq!((check.broken_at, check.rows), (None, rows), "the chain has a hole");
        let messages = store.messages().of_conversation(conversation()).expect("messages");
        assert_eq!(messages.len() as u64, rows / 2, "recorded and not done");
        for (n, message) in (1..).zip(&messages) {
            assert_eq!(message.text.expose(), format!("message {}", 2 * n));
        }
    }
    rows
}

/// Acts for ever; each is said on standard output once the store has confirmed it.
fn act_for_ever(folder: &Path) {
    let store = open(folder);
    let mut out = std::io::stdout().lock();
    for n in store.audit().rows().expect("rows") + 1.. {
        act(&store, n).expect("a write");
        if writeln!(out, "{n}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Starts for the first time, unless another did.
fn first_start(folder: &Path) {
    match Store::prepare(folder, KeyPlace::Keyring, &key(), NOW) {
        Ok(()) | Err(StoreError::Exists) => {}
        other => other.expect("a first start"),
    }
    let store = open(folder);
    let seq = store.audit().append(Event::HostStopped).expect("a write");
    writeln!(std::io::stdout(), "{seq}").expect("standard output");
}

fn myself(role: &str, folder: &Path) -> (Child, Receiver<u64>) {
    let myself = std::env::current_exe().expect("own path");
    let mut child = Command::new(myself).arg(role).arg(folder).stdout(Stdio::piped()).spawn().expect("a child");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
    let (said, heard) = channel();
    // Read while it writes, or the full pipe would hold it up and nothing would be tested.
    std::thread::spawn(move || {
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            // A line that was torn by the kill is no word.
            if let Some(number) = line.strip_suffix('\n').and_then(|line| line.parse().ok())
                && said.send(number).is_err()
            {
                return;
            }
            line.clear();
        }
    });
    (child, heard)
}

fn kill(mut child: Child) {
    child.kill().expect("kill");
    child.wait().expect("wait");
}

/// Anything below `most`, the same at every run (xorshift).
struct Moments(u64);

impl Moments {
    fn next(&mut self, most: u64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_micros(self.0 % most)
    }
}

fn no_acknowledged_row_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).expect("a first start");
    let row = ConversationRow {
        id: conversation(),
        title: "Kills".into(),
        model: "smollm2".parse().expect("an id"),
        created: NOW,
        updated: NOW,
        named: false,
        settings: ChatSettings::default(),
    };
    open(folder.path()).conversations().create(&row).expect("a conversation");
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15);
    let (mut acknowledged, mut rounds_with_words) = (0, 0);
    for round in 0..KILLS {
        let (writer, words) = myself("--act", folder.path());
        let mut heard = None;
        // Each fourth is killed at any time of its start, the others while they write.
        if round % 4 != 0 {
            heard = words.recv().ok();
        }
        std::thread::sleep(moments.next(30_000));
        kill(writer);
        heard = words.iter().last().or(heard);
        rounds_with_words += u64::from(heard.is_some());
        acknowledged = heard.unwrap_or(0).max(acknowledged);
        let store = open(folder.path());
        check(&store, acknowledged, round % 20 == 0 || round + 1 == KILLS);
        store.close().expect("close");
    }
    assert!(rounds_with_words >= KILLS * 3 / 4, "{rounds_with_words} writers wrote: the test did not test");
}

fn a_first_start_that_is_killed_goes_on_with_the_next() {
    let mut moments = Moments(0x2545_f491_4f6c_dd1d);
    let mut unfinished = 0;
    for _ in 0..FIRST_STARTS {
        let folder = tempfile::tempdir().expect("a folder");
        let (starter, words) = myself("--first", folder.path());
        std::thread::sleep(moments.next(80_000));
        kill(starter);
        let acknowledged = words.iter().last().unwrap_or(0);
        unfinished += u64::from(acknowledged == 0);
        first_start_here(folder.path());
        let check = open(folder.path()).audit().verify().expect("verify");
        assert!(check.rows >= acknowledged && check.broken_at.is_none(), "{check:?}, confirmed {acknowledged}");
    }
    assert!(unfinished > 0, "no start was cut off: the test did not test");
}

/// What the host does: a note says that there is a store; without one this is the first start.
fn first_start_here(folder: &Path) {
    if Store::meta(folder).expect("the note is whole or not there").is_none() {
        Store::prepare(folder, KeyPlace::Keyring, &key(), NOW).expect("a first start");
    }
    assert!(Store::found(folder) != FoundStore::Absent, "the key is not taken for that of a lost store");
    open(folder).close().expect("close");
}

fn processes_that_open_a_new_store_at_once_share_one_chain() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().expect("a folder");
        Store::prepare(folder.path(), KeyPlace::Keyring, &key(), NOW).expect("a first start");
        let starters: Vec<_> = (0..4).map(|_| myself("--first", folder.path())).collect();
        let mut numbers: Vec<u64> = starters
            .into_iter()
            .map(|(mut starter, words)| {
                assert!(starter.wait().expect("wait").success());
                words.recv().expect("a number")
            })
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4], "one store, one chain");
        assert_eq!(open(folder.path()).audit().verify().expect("verify").broken_at, None);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    let folder = || Path::new(arguments.last().expect("a folder"));
    if has("--act") {
        return act_for_ever(folder());
    }
    if has("--first") {
        return first_start(folder());
    }
    // What cargo and cargo-nextest ask of a test without a harness: a list, or those whose name is given.
    let mut out = std::io::stdout();
    let named: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let of_interest = |name: &str| named.is_empty() || named.iter().any(|part| name.contains(part.as_str()));
    for (name, test) in TESTS.iter().filter(|_| !has("--ignored")) {
        if has("--list") {
            writeln!(out, "{name}: test").expect("standard output");
        } else if of_interest(name) {
            test();
            writeln!(out, "test {name} ... ok").expect("standard output");
        }
    }
}
