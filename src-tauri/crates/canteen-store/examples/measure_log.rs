//! How long the ledger takes over a log of 100,000 rows: `cargo run -p canteen-store --example measure_log`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement for people"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use canteen_audit::{Event, GENESIS, seal};
use canteen_store::{KeyPlace, LogFilter, LogWord, Store};
use canteen_types::frames::AnswerFigures;
use canteen_types::{EndReason, RunId, Secret, TestClock, Timestamp};

const ROWS: u32 = 100_000;
const START: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn event(n: u32) -> Event {
    let run = RunId::new(START, [7; 10]);
    let entry = || ["smollm2-135m-instruct", "gemma-3-270m", "qwen-2.5-7b"][n as usize % 3].parse().unwrap();
    let figures = AnswerFigures { prompt_tokens: n, answer_tokens: 118, first_token_ms: 84, generation_ms: 1900 };
    match n % 20 {
        0 => Event::RunEnded { run, entry: entry(), reason: EndReason::Idle },
        1 => Event::LogVerified { rows: u64::from(n), unbroken: true },
        _ => Event::AnswerGiven { run, entry: entry(), end: "finished".into(), figures },
    }
}

/// Past the writer, which waits for the disk after each row.
fn fill(file: &std::path::Path, key: &Secret) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.key(None::<&str>, format!("x'{}'", hex::encode(key.expose())), false).unwrap();
    let transaction = connection.unchecked_transaction().unwrap();
    let mut previous = GENESIS;
    for n in 0..ROWS {
        let body = event(n).encode(START.plus(Duration::from_secs(60 * u64::from(n)))).unwrap();
        let (seq, hash) = (n + 1, seal(&previous, u64::from(n + 1), &body));
        let sql = "INSERT INTO audit (seq, previous, body, hash) VALUES (?1, ?2, ?3, ?4)";
        transaction.prepare_cached(sql).unwrap().execute((seq, previous, body, hash)).unwrap();
        previous = hash;
    }
    transaction.commit().unwrap();
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (key, clock) = (Secret::new([7; 32]), Arc::new(TestClock::at(START)));
    Store::prepare(folder.path(), KeyPlace::Keyring, &key, START).unwrap();
    let store = Store::open(folder.path(), &key, clock.clone()).unwrap();
    let begun = Instant::now();
    fill(&folder.path().join("store.sqlite"), &key);
    println!("{:>28}: {:?}", "one row, in one transaction", begun.elapsed() / ROWS);
    let begun = Instant::now();
    for n in 0..100 {
        clock.advance(Duration::from_secs(60));
        store.audit().append(event(n)).unwrap();
    }
    println!("{:>28}: {:?}", "one row, on the disk", begun.elapsed() / 100);
    let size = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>();
    println!("{:>28}: {} MB", "the store", size / 1_000_000);
    let word = |text: &str| LogFilter { words: vec![LogWord { text: text.into(), kinds: Vec::new() }], ..LogFilter::default() };
    let day = |n: u64| Some(START.plus(Duration::from_secs(n * 86_400)));
    let cases = [
        ("everything", LogFilter::default(), None),
        ("everything, the last page", LogFilter::default(), Some(120)),
        ("one kind, few", LogFilter { kinds: vec!["log".into()], ..LogFilter::default() }, None),
        ("a group, nearly all", LogFilter { kinds: vec!["answer".into(), "run".into()], ..LogFilter::default() }, None),
        ("one model", LogFilter { entry: Some("gemma-3-270m".parse().unwrap()), ..LogFilter::default() }, None),
        ("one day, long ago", LogFilter { since: day(3), until: day(4), ..LogFilter::default() }, None),
        ("a word that is everywhere", word("gemma"), None),
        ("a word that is nowhere", word("nowhere"), None),
    ];
    for (name, filter, before) in cases {
        let mut times: Vec<(Duration, usize)> = (0..9)
            .map(|_| {
                let begun = Instant::now();
                let found = store.audit().find(&filter, before, 100).unwrap();
                (begun.elapsed(), found.rows.len())
            })
            .collect();
        times.sort_unstable();
        println!("{name:>28}: {:?} at best, {:?} at worst, {} rows", times[0].0, times[8].0, times[0].1);
    }
    for (name, act) in [
        ("entries", (&|| drop(store.audit().entries().unwrap())) as &dyn Fn()),
        ("the chain", &|| assert_eq!(store.audit().verify().unwrap().broken_at, None)),
    ] {
        let begun = Instant::now();
        act();
        println!("{name:>28}: {:?}", begun.elapsed());
    }
}
