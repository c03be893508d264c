use std::sync::Arc;

use canteen_audit::{Group, seal};
use canteen_store::{ConversationRow, MessageRow};
use canteen_types::frames::Role;
use canteen_types::{ConversationId, MessageId, Prompt, Timestamp};

use super::*;
use crate::wire::{ExportLog, ExportLogPart, LogForm};

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

struct Scene {
    home: tempfile::TempDir,
    app: Arc<App>,
}

impl Scene {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let app = crate::bare_app::bare_app(home.path(), NOW);
        Self { home, app }
    }

    fn with_events(count: u64) -> Self {
        let scene = Self::new();
        for rows in 0..count {
            scene.app.store.audit().append(Event::LogVerified { rows, unbroken: true }).unwrap();
        }
        scene
    }

    fn say(&self, text: &str) {
        let id = ConversationId::new(NOW, [1; 10]);
        let title = "Thursday".to_owned();
        let model = "smollm2".parse().unwrap();
        let settings = canteen_types::ChatSettings::default();
        let row = ConversationRow { id, title, named: false, model, created: NOW, updated: NOW, settings };
        self.app.store.conversations().create(&row).unwrap();
        let message = MessageRow {
            id: MessageId::new(NOW, [1; 10]),
            conversation: id,
            role: Role::User,
            text: Prompt::new(text.to_owned()),
            at: NOW,
            model: None,
            run: None,
            end: None,
            figures: None,
            attachments: Vec::new(),
        };
        self.app.store.messages().append(&message, None).unwrap();
    }

    fn downloads(&self) -> Vec<String> {
        let Ok(folder) = fs_err::read_dir(self.home.path().join("Downloads")) else { return Vec::new() };
        let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn kinds(&self) -> Vec<&'static str> {
        let rows = self.app.store.audit().page(None, 100).unwrap();
        rows.iter().rev().map(|row| row.record.as_ref().unwrap().event.kind()).collect()
    }

    fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.home.path().join(path.trim_start_matches("~/"))).unwrap()
    }
}

fn all(limit: u32) -> ReadLog {
    ReadLog { before: None, limit, filter: None }
}

#[tokio::test]
async fn a_row_says_what_is_kept_and_that_nothing_was_sent() {
    let scene = Scene::new();
    let entry = "smollm2".parse().unwrap();
    let event = Event::ModelInstalled { entry, version: 1, digest: Digest::of(b"x"), how: "was fetched".into() };
    scene.app.store.audit().append(event).unwrap();
    let row = scene.app.read_log(all(1)).await.unwrap().rows.remove(0);
    let fields: Vec<(&str, &str)> = row.fields.iter().map(|field| (field.name.as_str(), field.kept.as_str())).collect();
    let encrypted = |name| (name, "encrypted");
    assert_eq!(
        fields,
        [encrypted("entry"), encrypted("version"), encrypted("digest"), encrypted("how"), ("model_file", "plain")]
    );
    assert_eq!((row.fields[4].value.as_deref(), row.sent.as_slice()), (None, &[] as &[String]));
}

#[tokio::test]
async fn a_group_or_one_kind_is_asked_for() {
    let scene = Scene::with_events(2);
    scene.app.store.audit().append(Event::HostStopped).unwrap();
    let count =
        async |filter: wire::LogFilter| scene.app.read_log(ReadLog { filter: Some(filter), ..all(10) }).await.unwrap().rows.len();
    assert_eq!(count(wire::LogFilter { group: Some(Group::Data), ..Default::default() }).await, 2);
    assert_eq!(count(wire::LogFilter { group: Some(Group::Canteen), ..Default::default() }).await, 1);
    assert_eq!(count(wire::LogFilter { kind: Some("log.exported".into()), ..Default::default() }).await, 0);
}

#[tokio::test]
async fn the_hash_of_an_entry_can_be_worked_out_by_hand() {
    let scene = Scene::with_events(2);
    let entry = scene.app.get_log_entry(GetLogEntry { seq: 2 }).await.unwrap();
    let previous = scene.app.get_log_entry(GetLogEntry { seq: 1 }).await.unwrap();
    assert!(entry.fits && entry.follows && previous.follows);
    assert_eq!((&entry.previous, previous.previous), (&previous.row.hash, "0".repeat(64)));
    assert_eq!(
        hex::encode(b"canteen-audit-1\0")
            + &entry.previous
            + "0000000000000002"
            + &format!("{:016x}", entry.body.len())
            + &hex::encode(entry.body.as_bytes()),
        entry.message
    );
    let unknown = scene.app.get_log_entry(GetLogEntry { seq: 9 }).await.unwrap_err();
    assert_eq!(unknown.code, "app.unknown");
}

#[tokio::test]
async fn the_last_check_is_remembered() {
    let scene = Scene::with_events(3);
    assert_eq!(scene.app.get_ledger().await.unwrap().check, None);
    let check = scene.app.verify_log().await.unwrap();
    assert_eq!((check.rows, check.unbroken, check.how, check.checked), (3, true, None, NOW));
    let ledger = scene.app.get_ledger().await.unwrap();
    assert_eq!((ledger.check, ledger.rows, ledger.oldest), (Some(check), 4, Some(NOW)));
}

#[test]
fn an_entry_that_cannot_be_read_is_shown_as_such() {
    let row = |body: &[u8]| log_row(&AuditRow { seq: 2, record: None, body: body.to_vec(), previous: GENESIS, hash: GENESIS });
    let newer = row(br#"{"at":"2026-11-18T11:06:40Z","event":{"kind":"new.thing","what":"x"}}"#);
    assert_eq!((newer.kind.as_str(), newer.at, newer.fields[0].value.as_deref()), ("new.thing", Some(NOW), Some("x")));
    let changed = row(b"\x00");
    assert_eq!((changed.kind.as_str(), changed.at, changed.fields), ("", None, Vec::new()));
}

#[tokio::test]
async fn an_export_never_overwrites_and_is_recorded() {
    let scene = Scene::with_events(3);
    for form in [LogForm::Jsonl, LogForm::Csv, LogForm::Jsonl] {
        scene.app.export_log(ExportLog { form }).await.unwrap();
    }
    let day = canteen_os::local_date(NOW);
    assert_eq!(
        scene.downloads(),
        [format!("canteen-log-{day} (2).jsonl"), format!("canteen-log-{day}.csv"), format!("canteen-log-{day}.jsonl")]
    );
    let exported = scene.app.export_log(ExportLog { form: LogForm::Jsonl }).await.unwrap();
    assert_eq!((exported.path.as_str(), exported.rows), (format!("~/Downloads/canteen-log-{day} (3).jsonl").as_str(), 6));
    let text = scene.read(&exported.path);
    let mut previous = GENESIS;
    for (at, line) in text.lines().enumerate() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        previous = seal(&previous, at as u64 + 1, line["body"].as_str().unwrap().as_bytes());
        assert_eq!(line["hash"], Digest::new(previous).hex());
    }
    assert_eq!(text.lines().count(), 6);
    assert_eq!(scene.kinds()[3..], ["log.exported"; 4]);
}

#[tokio::test]
async fn the_parts_of_an_export_are_the_whole() {
    let scene = Scene::with_events(2_345);
    for form in [LogForm::Jsonl, LogForm::Csv] {
        let mut whole = Vec::new();
        scene.app.write_log(&mut whole, form).unwrap();
        let (mut text, mut after) = (String::new(), Some(0));
        while let Some(from) = after {
            let part = scene.app.export_log_part(ExportLogPart { form, after: from }).await.unwrap();
            text.push_str(&part.text);
            after = part.next;
        }
        let whole = String::from_utf8(whole).unwrap();
        // The export itself was recorded at its beginning, so it is in what was written out.
        assert!(text.starts_with(&whole) && text.len() > whole.len(), "{form:?}");
        assert_eq!(text.lines().count(), whole.lines().count() + 1);
    }
}

#[tokio::test]
async fn an_export_that_fails_leaves_nothing_and_records_nothing() {
    let scene = Scene::with_events(1);
    // Where the folder should be lies a file.
    fs_err::write(scene.home.path().join("Downloads"), "").unwrap();
    let fault = scene.app.export_log(ExportLog { form: LogForm::Csv }).await.unwrap_err();
    assert_eq!(fault.code, "os.file_failed");
    assert_eq!(scene.app.export_data().await.unwrap_err().code, "os.file_failed");
    assert_eq!(scene.kinds(), ["log.verified"]);
}

#[tokio::test]
async fn everything_about_the_person_is_written_out() {
    let scene = Scene::with_events(2);
    scene.say("The merger is on Thursday.");
    let exported = scene.app.export_data().await.unwrap();
    let files: Vec<String> = {
        let folder = fs_err::read_dir(scene.home.path().join(exported.path.trim_start_matches("~/"))).unwrap();
        let mut names: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(files, ["README.txt", "conversations.json", "ledger.jsonl", "settings.json"]);
    let conversations: serde_json::Value =
        serde_json::from_str(&scene.read(&format!("{}/conversations.json", exported.path))).unwrap();
    assert_eq!(conversations[0]["messages"][0]["body"], "The merger is on Thursday.");
    assert_eq!(scene.read(&format!("{}/ledger.jsonl", exported.path)).lines().count(), 2);
    // Two entries, one conversation with one message, and the count of starts.
    assert_eq!(exported.rows, 5);
    assert_eq!(scene.kinds().last(), Some(&"data.exported"));
}

#[tokio::test]
async fn what_was_said_goes_and_the_log_stays() {
    let scene = Scene::with_events(2);
    scene.say("The merger is on Thursday.");
    assert_eq!(scene.app.get_ledger().await.unwrap().held.messages, 1);
    let deleted = scene.app.delete_data().await.unwrap();
    assert_eq!((deleted.conversations, deleted.messages), (1, 1));
    let ledger = scene.app.get_ledger().await.unwrap();
    assert_eq!((ledger.held, ledger.rows), (Held::default(), 3));
    assert_eq!(scene.kinds().last(), Some(&"data.deleted"));
    assert!(scene.app.verify_log().await.unwrap().unbroken);
}

#[tokio::test]
async fn nothing_is_deleted_while_a_model_is_being_started() {
    let scene = Scene::new();
    scene.say("The merger is on Thursday.");
    let starting = scene.app.runs.starting.lock().await;
    assert_eq!(scene.app.delete_data().await.unwrap_err().code, "app.answering");
    assert_eq!(scene.app.get_ledger().await.unwrap().held.conversations, 1);
    drop(starting);
    scene.app.delete_data().await.unwrap();
}
