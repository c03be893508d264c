use std::path::Path;

use canteen_store::{Kept, KeyPlace, Store};
use canteen_types::{ConversationId, Digest, EndReason, NudgeId, NudgeState, RequestId, RequestState, SightingId};

use super::{NOW, open};

/// Stores that releases wrote; each must open for ever. How they were made: `fixtures/README.md`.
fn written_by(release: &str) -> (tempfile::TempDir, Store) {
    let (from, folder) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(release), tempfile::tempdir().unwrap());
    for name in ["store.sqlite", "store.meta"] {
        fs_err::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    let store = open(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn a_store_of_the_first_format_opens_with_all_its_rows() {
    let store = opens_with_all_its_rows("v1");
    assert_eq!(store.1.installations().all().unwrap()[0].document, None);
}

#[test]
fn a_store_of_the_second_format_opens_with_all_its_rows() {
    let store = opens_with_all_its_rows("v2");
    assert_eq!(store.1.installations().all().unwrap()[0].document.as_deref(), Some("{}"));
}

#[test]
fn a_store_of_the_third_format_opens_with_all_its_rows() {
    let (_folder, store) = opens_with_all_its_rows("v3");
    let conversation = store.conversations().newest(1).unwrap().remove(0);
    assert!(conversation.named);
    assert_eq!(conversation.settings.instructions.as_deref(), Some("Be brief."));
    let message = store.messages().of_conversation(conversation.id).unwrap().remove(0);
    assert_eq!((message.attachments[0].name.as_str(), message.attachments[0].text.expose()), ("notes.txt", "Grüße"));
}

fn opens_with_all_its_rows(release: &str) -> (tempfile::TempDir, Store) {
    let (folder, store) = written_by(release);
    assert_eq!(Store::meta(folder.path()).unwrap().unwrap().key_place, KeyPlace::Keyring);
    let (entry, digest) = ("smollm2".parse().unwrap(), Digest::of(b"weights"));
    assert_eq!(store.settings().get::<String>("theme").unwrap().as_deref(), Some("dark"));
    assert_eq!(store.catalogue_files().load("timestamp.json").unwrap().as_deref(), Some(&b"{}"[..]));
    assert_eq!(store.licences().accepted(&entry).unwrap(), Some(digest));
    assert_eq!(store.installations().all().unwrap().remove(0).state, Kept::Installed);
    let run = store.runs().newest(1).unwrap().remove(0);
    assert_eq!((run.reason, run.report.unwrap().landlock_abi, run.speed_milli), (Some(EndReason::Idle), 7, Some(41_500)));
    let conversation = store.conversations().newest(1).unwrap().remove(0);
    assert_eq!((conversation.title.as_str(), conversation.id), ("Grüße", ConversationId::new(NOW, [1; 10])));
    let message = store.messages().of_conversation(conversation.id).unwrap().remove(0);
    assert_eq!((message.text.expose(), message.figures.unwrap().first_token_ms), ("Good day.", u64::MAX));
    let sighting = store.sightings().open().unwrap().remove(0);
    assert_eq!((sighting.id, sighting.identity.device), (SightingId::new(NOW, [1; 10]), u64::MAX));
    assert_eq!(store.sightings().evidence(sighting.id).unwrap().remove(0).text, "python3 maps the file");
    let nudge = store.nudges().get(NudgeId::new(NOW, [1; 10])).unwrap().unwrap();
    assert_eq!((nudge.state, nudge.why), (NudgeState::Snoozed { until: NOW }, vec!["rule".to_owned()]));
    let request = store.requests().get(RequestId::new(NOW, [1; 10])).unwrap().unwrap();
    assert_eq!((request.digest, request.seen), (sighting.digest, None));
    assert_eq!(request.state, RequestState::Granted { until: NOW });
    let check = store.audit().verify().unwrap();
    assert_eq!((check.rows, check.broken_at), (9, None));
    let rows = store.audit().page(None, 20).unwrap();
    let kinds: Vec<&str> = rows.iter().rev().map(|row| row.record.as_ref().unwrap().event.kind()).collect();
    let written = [
        "settings.changed",
        "licence.accepted",
        "model.installed",
        "host.started",
        "answer.given",
        "run.ended",
        "sighting.opened",
        "nudge.answered",
        "request.sent",
    ];
    assert_eq!(kinds, written);
    assert_eq!(store.audit().append(canteen_audit::Event::HostStopped).unwrap(), 10, "it goes on where it ended");
    (folder, store)
}
