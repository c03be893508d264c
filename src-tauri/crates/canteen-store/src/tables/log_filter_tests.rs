use std::sync::Arc;
use std::time::Duration;

use canteen_audit::{Event, GENESIS, Group, seal};
use canteen_types::frames::AnswerFigures;
use canteen_types::{EndReason, RunId, Secret, SightingId, TestClock};
use proptest::prelude::*;

use super::*;
use crate::tables::audit::append;
use crate::{KeyPlace, Store};

const START: i64 = 1_795_000_000_000;
/// Few moments, so that bounds and rows often meet to the millisecond.
const STEP: i64 = 250;

fn store() -> (tempfile::TempDir, Store, Arc<TestClock>) {
    let folder = tempfile::tempdir().unwrap();
    let (key, clock) = (Secret::new([7; 32]), Arc::new(TestClock::at(Timestamp::from_millis(START))));
    Store::prepare(folder.path(), KeyPlace::Keyring, &key, Timestamp::from_millis(START)).unwrap();
    let store = Store::open(folder.path(), &key, clock.clone()).unwrap();
    (folder, store, clock)
}

fn event(kind: u8, model: u8) -> Event {
    let entry = || ["smollm2", "gemma", "qwen"][usize::from(model % 3)].parse().unwrap();
    let run = RunId::new(Timestamp::from_millis(0), [model; 10]);
    match kind % 6 {
        0 => Event::HostStarted { version: "0.1.0".into(), host: "tray".into() },
        1 => Event::RunEnded { run, entry: entry(), reason: EndReason::Idle },
        2 => Event::ModelInstallFailed { entry: entry(), code: "library.disk_full".into() },
        3 => Event::SightingOpened {
            sighting: SightingId::new(Timestamp::from_millis(0), [model; 10]),
            name: ["Llama", "ÄPFEL", "100 % ok"][usize::from(model % 3)].into(),
            found_in: "Downloads".into(),
        },
        4 => Event::AnswerGiven {
            run,
            entry: entry(),
            end: "finished".into(),
            figures: AnswerFigures { prompt_tokens: 1, answer_tokens: 2, first_token_ms: 3, generation_ms: 4 },
        },
        _ => Event::SettingsChanged { what: "nudges.paused_until".into() },
    }
}

/// The same question, asked of the event itself.
fn plainly(filter: &LogFilter, at: i64, event: &Event) -> bool {
    let kind = event.kind();
    let first = kind.split('.').next().unwrap();
    let entry = event.fields().into_iter().find(|field| field.name == "entry").and_then(|field| field.value);
    let holds = |word: &LogWord| {
        let text = word.text.to_lowercase();
        let values = event.fields().into_iter().filter_map(|field| field.value);
        word.kinds.iter().any(|named| named == kind)
            || kind.contains(&text)
            || values.into_iter().any(|value| value.to_lowercase().contains(&text))
    };
    (filter.kinds.is_empty() || filter.kinds.iter().any(|asked| asked == kind || asked == first))
        && filter.entry.as_ref().is_none_or(|asked| Some(asked.to_string()) == entry)
        && filter.since.is_none_or(|since| at >= since.as_millis())
        && filter.until.is_none_or(|until| at < until.as_millis())
        && filter.words.iter().all(holds)
}

fn filters() -> impl Strategy<Value = LogFilter> {
    let kinds = prop::sample::subsequence(vec!["host", "run", "run.ended", "model", "sighting", "answer.given", "other"], 0..4);
    let entry = prop::option::of(prop::sample::select(vec!["smollm2", "gemma", "absent"]));
    let moment = || prop::option::of((-8..80_i64).prop_map(|step| Timestamp::from_millis(START + step * STEP)));
    let word = (
        prop::sample::select(vec!["llama", "Äpfel", "apfel", "%", "TRAY", "disk", "run.", "idle\""]),
        prop::sample::subsequence(vec!["host.started".to_owned(), "settings.changed".to_owned()], 0..2),
    );
    let words = prop::collection::vec(word.prop_map(|(text, kinds)| LogWord { text: text.into(), kinds }), 0..3);
    (kinds, entry, moment(), moment(), words).prop_map(|(kinds, entry, since, until, words)| LogFilter {
        kinds: kinds.into_iter().map(str::to_owned).collect(),
        entry: entry.map(|entry| entry.parse().unwrap()),
        since,
        until,
        words,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_row_is_lost_and_none_comes_twice(
        events in prop::collection::vec((any::<u8>(), any::<u8>(), 0..4_u64), 0..60),
        filters in prop::collection::vec((filters(), 1..20_u32), 1..8),
    ) {
        let (_folder, store, clock) = store();
        let mut all = Vec::new();
        for (kind, model, pause) in events {
            clock.advance(Duration::from_millis(pause * STEP.unsigned_abs()));
            let (seq, at) = (store.audit().append(event(kind, model)).unwrap(), store.now().as_millis());
            all.push((seq, at, event(kind, model)));
        }
        for (filter, limit) in filters {
            let expected: Vec<u64> =
                all.iter().rev().filter(|(_, at, event)| plainly(&filter, *at, event)).map(|(seq, ..)| *seq).collect();
            let (mut found, mut before) = (Vec::new(), None);
            loop {
                let page = store.audit().find(&filter, before, limit).unwrap();
                prop_assert!(page.rows.len() <= limit as usize);
                found.extend(page.rows.iter().map(|row| row.seq));
                match page.next {
                    Some(next) => {
                        prop_assert!(before.is_none_or(|before| next < before), "it goes on");
                        before = Some(next);
                    }
                    None => break,
                }
            }
            prop_assert_eq!(found, expected, "{:?}", filter);
        }
    }
}

#[test]
fn a_group_is_asked_for_by_the_first_words_of_its_kinds() {
    let (_folder, store, _clock) = store();
    for kind in 0..6 {
        store.audit().append(event(kind, 0)).unwrap();
    }
    let filter =
        LogFilter { kinds: Group::Runs.prefixes().iter().map(|word| (*word).to_owned()).collect(), ..LogFilter::default() };
    let rows = store.audit().find(&filter, None, 10).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [5, 2]);
}

#[test]
fn rows_that_cannot_be_read_are_shown_and_hide_nothing() {
    let (_folder, store, _clock) = store();
    store.audit().append(event(1, 0)).unwrap();
    // As another version, or another program with the key, would leave them.
    store
        .write(|transaction| {
            for (seq, body) in
                [(2, &b"no json \xff"[..]), (3, br#"{"at":"2026-11-18T11:06:41Z","event":{"kind":"new.thing","entry":"gemma"}}"#)]
            {
                let sql = "INSERT INTO audit (seq, previous, body, hash) VALUES (?1, ?2, ?3, ?4)";
                transaction.execute(sql, (seq, GENESIS, body, seal(&GENESIS, 2, body)))?;
            }
            append(transaction, Some(event(0, 0)), Timestamp::from_millis(START))
        })
        .unwrap();
    let rows = store.audit().page(None, 10).unwrap();
    let known: Vec<bool> = rows.iter().map(|row| row.record.is_some()).collect();
    assert_eq!(known, [true, false, false, true]);
    assert_eq!(rows[1].at(), Some(Timestamp::from_millis(START + 1000)));
    assert_eq!((rows[2].at(), rows[2].fits(), rows[1].fits(), rows[3].fits()), (None, true, false, true));
    let gemma = LogFilter { entry: Some("gemma".parse().unwrap()), ..LogFilter::default() };
    assert_eq!(store.audit().find(&gemma, None, 10).unwrap().rows[0].seq, 3, "an index knows what a later version wrote");
    assert_eq!(store.audit().entries().unwrap().iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["gemma", "smollm2"]);
}

#[test]
fn filters_are_answered_by_an_index() {
    let (_folder, store, _clock) = store();
    let plan = |condition: &str| {
        let sql = format!("EXPLAIN QUERY PLAN SELECT seq FROM audit WHERE +seq < 9 AND {condition} ORDER BY +seq DESC LIMIT 9");
        store.read(|connection| Ok(connection.query_row(&sql, [], |row| row.get::<_, String>(3))?)).unwrap()
    };
    for condition in ["kind = 'a.b'", "(kind >= 'a.' AND kind < 'a/')", "entry = 'a'", "at >= '2026' AND at < '2027'"] {
        let plan = plan(condition);
        assert!(plan.starts_with("SEARCH audit USING"), "{condition}: {plan}");
    }
}

#[test]
fn moments_sort_as_texts() {
    for (at, since, until) in
        [(0, "1970-01-01T00:00:00", "1970-01-01T00:00:00"), (1, "1970-01-01T00:00:00", "1970-01-01T00:00:01")]
    {
        let at = Timestamp::from_millis(at);
        assert_eq!((second(at, 0).as_str(), second(at, 999).as_str()), (since, until));
    }
    for far in [i64::MIN, i64::MAX] {
        assert_eq!(second(Timestamp::from_millis(far), 999).len(), 19);
    }
}
