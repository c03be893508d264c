use std::sync::Arc;

use canteen_audit::Event;
use canteen_types::{Digest, Secret, TestClock, Timestamp};
use rusqlite::Connection;

use super::*;
use crate::KeyPlace;
use crate::connection::{Access, open};

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const WORDS: &str = "the merger with Nordwind is on Thursday";

/// A bit of everything: rows that go and rows that stay.
const EVERYTHING: &str = "
  INSERT INTO conversations (id, title, model, created_utc, updated_utc) VALUES
    (zeroblob(16), 'the merger with Nordwind is on Thursday', 'a', 0, 0);
  INSERT INTO messages (id, conversation, place, role, body, at_utc) VALUES
    (x'00000000000000000000000000000001', zeroblob(16), 1, 'user', 'the merger with Nordwind is on Thursday', 1),
    (x'00000000000000000000000000000002', zeroblob(16), 2, 'assistant', replace(hex(zeroblob(9000)), '00', 'the merger with Nordwind is on Thursday '), 2);
  INSERT INTO sightings VALUES
    (x'00000000000000000000000000000001', 1, 1, 1, 1, 1, NULL, x'2f61', '/a', 'there', 'a', 'f', 'loaded', NULL, NULL, 0, NULL, 0, 0, NULL, NULL, NULL),
    (x'00000000000000000000000000000002', 1, 2, 1, 1, 1, zeroblob(32), x'2f62', '/b', 'gone', 'a', 'f', 'present', NULL, NULL, 0, NULL, 0, 0, 'gone', '[\"pickle.global_not_allowed\"]', '[\"code\"]');
  INSERT INTO evidence (sighting, source, signal, body, at_utc) VALUES
    (x'00000000000000000000000000000001', 'content', NULL, 'seen', 0), (x'00000000000000000000000000000002', 'content', NULL, 'seen', 0);
  INSERT INTO nudges (id, sighting, digest, reason, title, body, why_json, alternative, state, until_utc, shown_by, created_utc,
    shown_utc, updated_utc) VALUES (zeroblob(16), zeroblob(16), zeroblob(32), 'r', 't', 'b', '[\"why\"]', NULL, 'shown', NULL, NULL, 0, NULL, 0);
  INSERT INTO requests (id, sighting, digest, name, reason, days, state, until_utc, answer, asked_utc, updated_utc) VALUES
    (x'00000000000000000000000000000001', NULL, zeroblob(32), 'waits', 'r', 1, 'sent', NULL, NULL, 0, 0),
    (x'00000000000000000000000000000002', NULL, zeroblob(32), 'holds', 'r', 1, 'granted', 1795000000001, NULL, 0, 0),
    (x'00000000000000000000000000000003', NULL, zeroblob(32), 'held', 'r', 1, 'granted', 1795000000000, NULL, 0, 0),
    (x'00000000000000000000000000000004', NULL, zeroblob(32), 'declined', 'r', 1, 'declined', NULL, 'no', 0, 0);
  INSERT INTO runs VALUES
    (x'00000000000000000000000000000001', 'a', 1, zeroblob(32), 0, 1, 'idle', NULL, 7, 41500),
    (x'00000000000000000000000000000002', 'a', 1, zeroblob(32), 0, NULL, NULL, NULL, 7, 41500);
  INSERT INTO settings VALUES ('theme', '\"dark\"');
  INSERT INTO licences VALUES ('a', zeroblob(32), 0);
  INSERT INTO home_sweep VALUES (1, 3, x'2f686f6d652f616461');
  INSERT INTO looked_into VALUES (1, 1, 7, 20000000, 1, 1, 1, 3);
  INSERT INTO installations VALUES ('a', 1, zeroblob(32), 1, 'installed', NULL, NULL, NULL, NULL, 0, '{\"id\":\"a\"}');
";

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let key = Secret::new([7; 32]);
    Store::prepare(folder.path(), KeyPlace::Keyring, &key, NOW).unwrap();
    let store = Store::open(folder.path(), &key, Arc::new(TestClock::at(NOW))).unwrap();
    store.write(|transaction| Ok(transaction.execute_batch(EVERYTHING)?)).unwrap();
    (folder, store)
}

fn count(store: &Store, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM {table}");
    store.read(|connection| Ok(connection.query_row(&sql, [], |row| crate::column::count(row, 0))?)).unwrap()
}

#[test]
fn somebody_has_decided_about_every_table() {
    let (_folder, store) = store();
    let mut tables = store.read(tables).unwrap();
    tables.sort();
    let decided: Vec<&str> = TABLES.iter().map(|(name, ..)| *name).collect();
    let open: Vec<&String> = tables.iter().filter(|table| !decided.contains(&table.as_str())).collect();
    assert!(open.is_empty(), "say in TABLES what becomes of {open:?}, and delete their rows if they go");
    assert_eq!(tables, decided, "in the order of the alphabet");
    store.personal().delete().unwrap();
    for (table, fate) in store.personal().tables().unwrap() {
        assert_eq!(count(&store, &table) == 0, fate == Fate::Deleted, "{table}");
    }
}

#[test]
fn what_goes_is_counted_and_what_must_stay_stays() {
    let (_folder, store) = store();
    let held = store.personal().held().unwrap();
    let deleted = store.personal().delete().unwrap();
    assert_eq!((deleted, held.all.requests, held.all.sightings, held.all.runs), (held.would_go, 4, 2, 2));
    let expected = Deleted { conversations: 1, messages: 2, sightings: 1, evidence: 2, nudges: 1, requests: 2, runs: 1 };
    assert_eq!(deleted, expected);
    let event = store.audit().page(None, 1).unwrap().remove(0).record.unwrap().event;
    let Deleted { conversations, messages, sightings, evidence, nudges, requests, runs } = expected;
    assert_eq!(event, Event::DataDeleted { conversations, messages, sightings, evidence, nudges, requests, runs });
    let waiting: Vec<String> = store.requests().all().unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(waiting, ["holds", "waits"]);
    assert_eq!(store.requests().granted_until(Digest::new([0; 32])).unwrap(), Some(Timestamp::from_millis(1_795_000_000_001)));
    let open = store.sightings().open().unwrap().remove(0);
    assert_eq!((open.name.as_str(), open.first_seen, open.last_seen), ("there", NOW, NOW));
    assert!(store.runs().last_speeds_milli().unwrap().is_empty());
    assert_eq!(store.personal().delete().unwrap(), Deleted::default(), "nothing is left to delete");
    assert_eq!(store.audit().verify().unwrap().broken_at, None);
}

#[test]
fn every_row_is_handed_out_as_people_read_it() {
    let (_folder, store) = store();
    let mut rows = Vec::new();
    let done = store.personal().each::<StoreError>(|table, row| {
        rows.push(format!("{table} {}", Value::Object(row)));
        Ok(())
    });
    done.unwrap();
    let shown: Vec<&String> = rows.iter().filter(|row| row.len() < 400 && !row.contains("store.canary")).collect();
    insta::assert_snapshot!(shown.iter().map(|row| row.as_str()).collect::<Vec<_>>().join("\n"));
    for (table, _) in store.personal().tables().unwrap() {
        let handed = rows.iter().filter(|row| row.starts_with(&format!("{table} "))).count() as u64;
        assert_eq!(handed, count(&store, &table), "{table}");
    }
    let refused = store.personal().each(|_, _| Err(StoreError::Closed));
    assert!(matches!(refused, Err(StoreError::Closed)), "who takes the rows may stop");
}

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(WORDS.len()).any(|part| part == WORDS.as_bytes())
}

/// The same SQL on a file that is not encrypted: what lies in its free pages can be read there, and the cipher lies below.
fn left_behind(secure: bool) -> (bool, bool) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plain");
    let mut connection = Connection::open(&file).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "secure_delete", secure).unwrap();
    crate::migrate::run(&mut connection, NOW).unwrap();
    connection.execute_batch(EVERYTHING).unwrap();
    let merge = || connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    merge();
    let before = holds(&fs_err::read(&file).unwrap());
    let transaction = connection.unchecked_transaction().unwrap();
    delete(&transaction, NOW.as_millis()).unwrap();
    transaction.commit().unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let wal = fs_err::read(folder.path().join("plain-wal")).unwrap_or_default();
    (before, holds(&fs_err::read(&file).unwrap()) || holds(&wal))
}

#[test]
fn what_was_deleted_is_overwritten_in_free_pages() {
    assert_eq!(left_behind(true), (true, false));
    assert_eq!(left_behind(false), (true, true), "without the setting it would lie there: this test can fail");
}

#[test]
fn the_writer_overwrites_what_it_deletes_and_empties_its_log() {
    let (folder, store) = store();
    store.personal().delete().unwrap();
    let wal = fs_err::read_dir(folder.path())
        .unwrap()
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().ends_with("-wal"));
    assert_eq!(wal.unwrap().metadata().unwrap().len(), 0);
    let writer = open(&folder.path().join(crate::first::FILE), &Secret::new([7; 32]), Access::Write { create: false }).unwrap();
    assert_eq!(writer.query_row("PRAGMA secure_delete", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}
