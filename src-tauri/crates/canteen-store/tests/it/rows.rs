use std::path::PathBuf;

use canteen_audit::{Event, Record};
use canteen_store::{
    Approved, ConversationRow, DISPUTED, EvidenceRow, FileIdentity, Kept, MessageRow, NudgeBasis, NudgeRow, Replacement,
    RequestRow, RunRow, SightingRow, StoreError,
};
use canteen_types::frames::{AnswerFigures, Role};
use canteen_types::{
    AfterDeadline, Artifact, Attachment, ByteSize, ChatSettings, ConversationId, Deadline, Digest, EndReason, EntryKey,
    EvidenceSource, Grade, HeldBy, MessageId, NudgeId, NudgeState, PauseReason, Prompt, Remedy, RequestId, RequestState, RunId,
    SandboxReport, SightingId, Signal, Task, Timestamp, Verdict, WeightFormat,
};

use super::{NOW, new};

fn entry() -> EntryKey {
    EntryKey { id: "smollm2".parse().unwrap(), version: 3 }
}

fn digest() -> Digest {
    Digest::of(b"weights")
}

fn artifact() -> Artifact {
    Artifact { digest: digest(), size: ByteSize::new(98), format: WeightFormat::Gguf, sources: Vec::new() }
}

#[test]
fn every_state_of_an_installation_comes_back() {
    let (_folder, store) = new();
    let states = [
        Kept::Fetching,
        Kept::Paused { reason: PauseReason::Quit },
        Kept::Installed,
        Kept::Failed { code: "library.disk_full".into(), message: "Full.".into(), remedy: Remedy::FreeSpace },
    ];
    for state in states {
        let approved = Approved { key: &entry(), artifact: &artifact(), document: "{}".into() };
        store.installations().set(approved, state.clone(), None).unwrap();
        let all = store.installations().all().unwrap();
        assert_eq!(all[0].document.as_deref(), Some("{}"));
        assert_eq!((all.len(), &all[0].state, &all[0].key, all[0].digest), (1, &state, &entry(), digest()));
    }
    store.installations().remove(&entry().id, None).unwrap();
    assert_eq!(store.installations().all().unwrap(), []);
}

#[test]
fn what_is_recorded_and_what_is_done_are_one() {
    let (_folder, store) = new();
    let event = Event::LicenceAccepted { entry: entry().id, licence: "Terms".into() };
    store.licences().accept(&entry().id, digest(), event.clone()).unwrap();
    assert_eq!(store.licences().accepted(&entry().id).unwrap(), Some(digest()));
    let rows = store.audit().page(None, 10).unwrap();
    assert_eq!((rows.len(), rows[0].seq, rows[0].record.as_ref()), (1, 1, Some(&Record { at: NOW, event })));
    assert_eq!(store.audit().page(Some(1), 10).unwrap(), []);
}

#[test]
fn no_figure_that_an_engine_says_makes_the_log_unreadable() {
    let (_folder, store) = new();
    let figures = AnswerFigures { prompt_tokens: 1, answer_tokens: 1, first_token_ms: u64::MAX, generation_ms: (1 << 53) + 1 };
    let event = Event::AnswerGiven { run: RunId::new(NOW, [1; 10]), entry: entry().id, end: "finished".into(), figures };
    store.audit().append(event.clone()).unwrap();
    assert_eq!(store.audit().page(Some(u64::MAX), 10).unwrap()[0].record, Some(Record { at: NOW, event }));
}

fn conversation() -> ConversationRow {
    ConversationRow {
        id: ConversationId::new(NOW, [1; 10]),
        title: "Hello".into(),
        model: entry().id,
        created: NOW,
        updated: NOW,
        named: false,
        settings: ChatSettings::default(),
    }
}

#[test]
fn messages_keep_their_order_and_go_with_their_conversation() {
    let (_folder, store) = new();
    store.conversations().create(&conversation()).unwrap();
    for n in 0..5_u8 {
        let answer = n % 2 == 1;
        let figures = AnswerFigures { prompt_tokens: 9, answer_tokens: 8, first_token_ms: 7, generation_ms: 6 };
        let row = MessageRow {
            id: MessageId::new(NOW, [n; 10]),
            conversation: conversation().id,
            role: if answer { Role::Assistant } else { Role::User },
            text: Prompt::new(format!("message {n}")),
            attachments: Vec::new(),
            at: NOW,
            model: answer.then(|| entry().id),
            run: answer.then(|| RunId::new(NOW, [n; 10])),
            end: answer.then(|| "finished".to_owned()),
            figures: answer.then_some(figures),
        };
        store.messages().append(&row, None).unwrap();
        assert_eq!(store.messages().of_conversation(conversation().id).unwrap().last(), Some(&row));
    }
    let texts: Vec<String> =
        store.messages().of_conversation(conversation().id).unwrap().iter().map(|row| row.text.expose().to_owned()).collect();
    assert_eq!(texts, ["message 0", "message 1", "message 2", "message 3", "message 4"]);
    store.conversations().delete(conversation().id).unwrap();
    assert_eq!(store.messages().of_conversation(conversation().id).unwrap(), []);
}

fn said(n: u8, text: &str) -> MessageRow {
    MessageRow {
        id: MessageId::new(NOW, [n; 10]),
        conversation: conversation().id,
        role: if n % 2 == 1 { Role::Assistant } else { Role::User },
        text: Prompt::new(text.to_owned()),
        attachments: Vec::new(),
        at: NOW,
        model: None,
        run: None,
        end: None,
        figures: None,
    }
}

fn rewritten(removed: u32) -> Event {
    Event::ConversationRewritten { conversation: conversation().id, removed, why: "edited".into() }
}

#[test]
fn a_message_that_is_edited_takes_its_place_and_what_followed_goes() {
    let (_folder, store) = new();
    store.conversations().create(&conversation()).unwrap();
    for (n, text) in (0_u8..).zip(["one", "answer one", "two", "answer two"]) {
        store.messages().append(&said(n, text), None).unwrap();
    }
    let file = Attachment { name: "notes.txt".into(), text: Prompt::new("of a file".into()) };
    let new = MessageRow { attachments: vec![file], ..said(8, "two, better") };
    let with = Replacement {
        conversation: conversation().id,
        from: said(2, "").id,
        new: Some(new.clone()),
        title: Some("Another".into()),
    };
    assert!(store.messages().replace(with, rewritten).unwrap());
    let left = store.messages().of_conversation(conversation().id).unwrap();
    assert_eq!(left, [said(0, "one"), said(1, "answer one"), new]);
    assert_eq!(store.conversations().get(conversation().id).unwrap().unwrap().title, "Another");
    assert_eq!(store.audit().page(None, 1).unwrap()[0].record.clone().unwrap().event, rewritten(2));
    // Only an answer: nothing takes its place, and a title of the person's own stays.
    assert!(store.conversations().rename(conversation().id, "Mine").unwrap());
    let with = Replacement { conversation: conversation().id, from: said(1, "").id, new: None, title: Some("Never".into()) };
    assert!(store.messages().replace(with, rewritten).unwrap());
    assert_eq!(store.messages().of_conversation(conversation().id).unwrap(), [said(0, "one")]);
    assert_eq!(store.conversations().get(conversation().id).unwrap().unwrap().title, "Mine");
}

#[test]
fn a_message_of_another_conversation_is_not_touched() {
    let (_folder, store) = new();
    store.conversations().create(&conversation()).unwrap();
    store.messages().append(&said(0, "one"), None).unwrap();
    let other = ConversationId::new(NOW, [9; 10]);
    let with = Replacement { conversation: other, from: said(0, "").id, new: None, title: None };
    assert!(!store.messages().replace(with, rewritten).unwrap());
    assert_eq!(store.messages().of_conversation(conversation().id).unwrap().len(), 1);
    assert_eq!(store.audit().page(None, 10).unwrap(), []);
}

#[test]
fn what_was_chosen_for_a_conversation_is_kept_and_reset() {
    let (_folder, store) = new();
    store.conversations().create(&conversation()).unwrap();
    let chosen = ChatSettings { instructions: Some(String::new()), top_k: Some(0), ..ChatSettings::default() };
    assert!(store.conversations().set_settings(conversation().id, &chosen).unwrap());
    assert_eq!(store.conversations().get(conversation().id).unwrap().unwrap().settings, chosen);
    assert!(store.conversations().set_settings(conversation().id, &ChatSettings::default()).unwrap());
    assert_eq!(store.conversations().get(conversation().id).unwrap().unwrap(), conversation());
    assert!(!store.conversations().rename(ConversationId::new(NOW, [9; 10]), "x").unwrap());
}

#[test]
fn conversations_are_found_by_title_and_by_text_whatever_the_case() {
    let (_folder, store) = new();
    for n in 0..4_u8 {
        let id = ConversationId::new(NOW, [n; 10]);
        let title = if n == 3 { "GRÜSSE an alle".to_owned() } else { format!("Talk {n}") };
        store.conversations().create(&ConversationRow { id, title, ..conversation() }).unwrap();
        let text = if n == 1 { "Schöne Grüsse aus der Küche" } else { "100 % nothing_" };
        store.messages().append(&MessageRow { conversation: id, ..said(n, text) }, None).unwrap();
    }
    let found = |words: &str, limit: usize| {
        let found = store.conversations().search(words, limit).unwrap();
        let titles: Vec<String> = found.rows.iter().map(|row| row.conversation.title.clone()).collect();
        (titles, found.more)
    };
    assert_eq!(found("grüsse", 9), (vec!["GRÜSSE an alle".into(), "Talk 1".into()], false));
    assert_eq!(found("grüsse", 1), (vec!["GRÜSSE an alle".into()], true));
    let excerpt = store.conversations().search("GRÜSSE  AUS", 9).unwrap().rows.remove(0).excerpt;
    assert_eq!(excerpt.as_deref(), Some("Schöne Grüsse aus der Küche"));
    assert_eq!(found("100 % n", 9).0.len(), 3, "no letter is a wildcard");
    assert_eq!(found("1_0", 9).0.len(), 0);
    assert_eq!(found("  ", 9), (vec![], false));
}

#[test]
fn runs_that_a_killed_host_left_behind_end_with_it() {
    let (_folder, store) = new();
    let id = RunId::new(NOW, [1; 10]);
    let run = RunRow {
        id,
        key: entry(),
        digest: digest(),
        started: NOW,
        ended_at: None,
        reason: None,
        report: None,
        answer_tokens: 0,
        speed_milli: None,
    };
    store.runs().begin(&run).unwrap();
    let report =
        SandboxReport { seccomp: true, landlock_abi: 7, no_new_privs: true, limits: true, memory_limit: ByteSize::new(1) };
    store.runs().locked_in(id, &report, Event::HostStopped).unwrap();
    store.runs().answered(id, 12, Some(41_500)).unwrap();
    assert_eq!(store.runs().last_speeds_milli().unwrap().get(&entry().id), Some(&41_500));
    assert_eq!(store.runs().end_orphans(NOW).unwrap(), 1);
    assert_eq!(store.runs().end_orphans(NOW).unwrap(), 0);
    let ended = store.runs().newest(5).unwrap().remove(0);
    assert_eq!(
        (ended.reason, ended.ended_at, ended.report, ended.answer_tokens),
        (Some(EndReason::Quit), Some(NOW), Some(report), 12)
    );
}

fn sighting(inode: u64) -> SightingRow {
    SightingRow {
        id: SightingId::new(NOW, [u8::try_from(inode).unwrap(); 10]),
        identity: FileIdentity { device: u64::MAX, inode, size: 98, modified_ns: -5, changed_ns: 6 },
        digest: None,
        path: PathBuf::from("/home/ada/Downloads/ä.gguf"),
        shown_path: "~/Downloads/ä.gguf".into(),
        name: "Llama".into(),
        about: "GGUF".into(),
        found_in: "Downloads".into(),
        grade: Grade::Loaded,
        verdict: Some(Verdict::Unapproved),
        entry: None,
        inventory: false,
        holder: Some("python3".into()),
        first_seen: NOW,
        last_seen: NOW,
        resolved: None,
        hazards: Vec::new(),
        tasks: vec![Task::Code, Task::Chat],
    }
}

#[test]
fn sightings_are_found_by_their_file_and_as_candidates_for_an_import() {
    let (_folder, store) = new();
    store.sightings().put(&sighting(1), None).unwrap();
    let known = SightingRow { digest: Some(digest()), ..sighting(2) };
    store.sightings().put(&known, None).unwrap();
    store.sightings().put(&SightingRow { digest: Some(Digest::of(b"other")), ..sighting(3) }, None).unwrap();
    assert_eq!(store.sightings().by_identity(&known.identity).unwrap(), Some(known.clone()));
    assert_eq!(store.sightings().candidates(ByteSize::new(98), digest()).unwrap().len(), 2);
    store.sightings().put(&SightingRow { resolved: Some("gone".into()), ..known }, None).unwrap();
    assert_eq!(store.sightings().open().unwrap().len(), 2);
}

#[test]
fn a_file_with_another_name_is_found_and_keeps_its_sighting() {
    let (_folder, store) = new();
    let row = sighting(1);
    store.sightings().put(&row, None).unwrap();
    let renamed = FileIdentity { changed_ns: 7, ..row.identity };
    assert_eq!(store.sightings().by_identity(&renamed).unwrap(), None);
    assert_eq!(store.sightings().by_file(&renamed).unwrap(), Some(row.clone()));
    for other in [FileIdentity { size: 99, ..renamed }, FileIdentity { modified_ns: 1, ..renamed }, sighting(2).identity] {
        assert_eq!(store.sightings().by_file(&other).unwrap(), None);
    }
    store.sightings().put(&SightingRow { identity: renamed, ..row.clone() }, None).unwrap();
    assert_eq!(store.sightings().by_identity(&row.identity).unwrap(), None);
    assert_eq!(store.sightings().by_identity(&renamed).unwrap().unwrap().id, row.id);
    let disputed = SightingRow { identity: renamed, resolved: Some("disputed".into()), ..row.clone() };
    store.sightings().put(&disputed, None).unwrap();
    assert_eq!(store.sightings().by_file(&row.identity).unwrap(), Some(disputed), "what was disputed stays the same file");
    store.sightings().put(&SightingRow { identity: renamed, resolved: Some("gone".into()), ..row.clone() }, None).unwrap();
    assert_eq!(store.sightings().by_file(&row.identity).unwrap(), None, "what was resolved is another matter");
}

#[test]
fn a_file_that_grew_while_it_arrived_keeps_its_sighting() {
    let (_folder, store) = new();
    let row = SightingRow { grade: Grade::Arriving, ..sighting(1) };
    store.sightings().put(&row, None).unwrap();
    let grown = FileIdentity { size: 198, modified_ns: 8, changed_ns: 8, ..row.identity };
    assert_eq!(store.sightings().by_file(&grown).unwrap(), None);
    assert_eq!(store.sightings().arriving(&grown).unwrap(), Some(row.clone()));
    assert_eq!(store.sightings().arriving(&sighting(2).identity).unwrap(), None);
    store.sightings().put(&SightingRow { grade: Grade::Present, ..row }, None).unwrap();
    assert_eq!(store.sightings().arriving(&grown).unwrap(), None, "what is there whole has bytes of its own");
}

#[test]
fn what_was_observed_is_cut_between_characters() {
    let (_folder, store) = new();
    let endless = "ä".repeat(50_000);
    let row = SightingRow { name: endless.clone(), about: endless.clone(), holder: Some(endless.clone()), ..sighting(1) };
    store.sightings().put(&row, None).unwrap();
    let kept = store.sightings().get(row.id).unwrap().unwrap();
    assert_eq!((kept.name.len(), kept.about.len(), kept.holder.unwrap().len()), (512, 512, 512));
    let evidence = EvidenceRow {
        sighting: row.id,
        source: EvidenceSource::Content,
        signal: None,
        code: None,
        fields: [("about".to_owned(), endless.clone())].into(),
        text: endless,
        at: NOW,
    };
    store.sightings().note(&evidence).unwrap();
    let kept = store.sightings().evidence(row.id).unwrap().remove(0);
    assert_eq!((kept.text.len(), kept.fields["about"].len()), (8192, 512));
}

#[test]
fn evidence_beyond_fifty_drops_the_oldest() {
    let (_folder, store) = new();
    store.sightings().put(&sighting(1), None).unwrap();
    for n in 0..60 {
        let evidence = EvidenceRow {
            sighting: sighting(1).id,
            source: EvidenceSource::Maps,
            signal: Some(Signal::Holder),
            code: Some("holder.maps".into()),
            fields: [("pid".to_owned(), n.to_string())].into(),
            text: format!("{n}"),
            at: Timestamp::from_millis(n),
        };
        store.sightings().note(&evidence).unwrap();
    }
    let kept = store.sightings().evidence(sighting(1).id).unwrap();
    assert_eq!((kept.len(), kept[0].text.as_str(), kept[49].text.as_str()), (50, "59", "10"));
    assert_eq!((kept[0].code.as_deref(), kept[0].fields["pid"].as_str()), (Some("holder.maps"), "59"));
}

#[test]
fn every_state_of_a_nudge_comes_back() {
    let (_folder, store) = new();
    let until = Timestamp::from_millis(5);
    let states = [
        NudgeState::Due,
        NudgeState::Held { until },
        NudgeState::Shown,
        NudgeState::Used,
        NudgeState::Asked,
        NudgeState::Snoozed { until },
        NudgeState::Dismissed,
        NudgeState::Ignored,
        NudgeState::Withdrawn,
        NudgeState::Silenced { until },
    ];
    for (n, state) in (0_u8..).zip(states) {
        let row = NudgeRow {
            id: NudgeId::new(NOW, [n; 10]),
            sighting: sighting(1).id,
            digest: digest(),
            reason: "unapproved".into(),
            title: "t".into(),
            body: "b".into(),
            why: vec!["rule".into()],
            basis: (n > 0).then(|| NudgeBasis {
                rules_version: 4,
                rules_by: Some("Nordwind".into()),
                signals: vec![Signal::Content, Signal::Holder],
                rule: Some("nudge.unapproved.stop".into()),
                held_by: vec![HeldBy::Budget],
                held_until: Some(until),
                deadline: Some(Deadline { announced: NOW, at: until, then: AfterDeadline::Stop }),
                notified: vec![NOW; 64],
            }),
            alternative: Some(entry().id),
            state,
            shown_by: Some("notification".into()),
            created: NOW,
            shown_at: Some(NOW),
            updated: NOW,
        };
        store.nudges().put(&row, None).unwrap();
        assert_eq!(store.nudges().get(row.id).unwrap(), Some(row));
    }
    assert_eq!(store.nudges().of_digest(digest()).unwrap().len(), 10);
    assert_eq!(store.nudges().shown(9).unwrap().iter().map(|row| row.state).collect::<Vec<_>>(), [NudgeState::Shown]);
    assert_eq!(store.nudges().standing(NOW).unwrap().len(), 10);
    let open = store.nudges().standing(Timestamp::from_millis(NOW.as_millis() + 1)).unwrap();
    assert_eq!(open.iter().map(|row| row.state.word()).collect::<Vec<_>>(), ["due", "held", "shown"], "no sighting is open");
}

fn nudge(n: u8, state: NudgeState) -> NudgeRow {
    NudgeRow {
        id: NudgeId::new(NOW, [n; 10]),
        sighting: sighting(u64::from(n)).id,
        digest: digest(),
        reason: "unapproved".into(),
        title: "t".into(),
        body: "b".into(),
        why: Vec::new(),
        basis: None,
        alternative: None,
        state,
        shown_by: Some("window".into()),
        created: Timestamp::from_millis(i64::from(n)),
        shown_at: Some(Timestamp::from_millis(i64::from(n))),
        updated: NOW,
    }
}

#[test]
fn what_is_put_off_or_silenced_is_listed_however_old_until_its_time_has_come() {
    let (_folder, store) = new();
    let until = |until| NudgeState::Silenced { until: Timestamp::from_millis(until) };
    let states = [until(10), until(9), NudgeState::Snoozed { until: Timestamp::from_millis(10) }, NudgeState::Used];
    for (n, state) in (1..).zip(states) {
        store.nudges().put(&nudge(n, state), None).unwrap();
    }
    let listed = store.nudges().listed(1, Timestamp::from_millis(9)).unwrap();
    let listed: Vec<i64> = listed.iter().map(|row| row.created.as_millis()).collect();
    assert_eq!(listed, [4, 3], "the newest, and the newest of those that rest: the limit holds for each");
    assert_eq!(store.nudges().listed(9, Timestamp::from_millis(9)).unwrap().len(), 4);
}

#[test]
fn outcomes_are_of_what_was_shown_with_the_name_and_the_dispute_of_the_sighting() {
    let (_folder, store) = new();
    store.sightings().put(&SightingRow { resolved: Some("not_me".into()), ..sighting(1) }, None).unwrap();
    store.sightings().put(&SightingRow { resolved: Some("gone".into()), ..sighting(2) }, None).unwrap();
    for n in 1..=3 {
        store.nudges().put(&nudge(n, NudgeState::Withdrawn), None).unwrap();
    }
    store.nudges().put(&NudgeRow { shown_at: None, ..nudge(4, NudgeState::Due) }, None).unwrap();
    let rows = store.nudges().outcomes(9).unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.shown_at.as_millis(), row.name.is_some(), row.disputed)).collect();
    assert_eq!(told, [(3, false, false), (2, true, false), (1, true, true)]);
    assert_eq!(store.nudges().outcomes(1).unwrap().len(), 1);
}

#[test]
fn a_request_is_open_until_it_is_answered_and_a_grant_has_an_end() {
    let (_folder, store) = new();
    let until = Timestamp::from_millis(9);
    let mut row = RequestRow {
        id: RequestId::new(NOW, [1; 10]),
        sighting: Some(sighting(1).id),
        digest: Some(digest()),
        name: "Llama".into(),
        details: None,
        reason: "for the report".into(),
        days: 31,
        state: RequestState::Sent,
        asked: NOW,
        seen: None,
        updated: NOW,
    };
    store.requests().put(&row, Event::HostStopped).unwrap();
    assert_eq!(store.requests().open_for(digest()).unwrap(), Some(row.clone()));
    for state in [RequestState::Granted { until }, RequestState::Declined { why: "No.".into() }, RequestState::Withdrawn] {
        row.state = state;
        store.requests().put(&row, Event::HostStopped).unwrap();
        assert_eq!(store.requests().get(row.id).unwrap(), Some(row.clone()));
        assert_eq!(store.requests().open_for(digest()).unwrap(), None);
    }
    row.state = RequestState::Granted { until };
    store.requests().put(&row, Event::HostStopped).unwrap();
    assert_eq!(store.requests().granted_until(digest()).unwrap(), Some(until));
}

#[test]
fn a_request_about_a_name_has_no_digest_and_is_about_no_bytes() {
    let (_folder, store) = new();
    let mut row = RequestRow {
        id: RequestId::new(NOW, [1; 10]),
        sighting: None,
        digest: None,
        name: "Phi 5".into(),
        details: Some("Microsoft, https://hub.example/phi-5".into()),
        reason: "for the report".into(),
        days: 31,
        state: RequestState::Seen,
        asked: NOW,
        seen: Some(Timestamp::from_millis(3)),
        updated: NOW,
    };
    store.requests().put(&row, Event::HostStopped).unwrap();
    assert_eq!(store.requests().get(row.id).unwrap(), Some(row.clone()));
    row.state = RequestState::Granted { until: Timestamp::from_millis(9) };
    store.requests().put(&row, Event::HostStopped).unwrap();
    assert_eq!(store.requests().all().unwrap(), [row.clone()]);
    assert_eq!(store.requests().granted_until(digest()).unwrap(), None);
    row.details = Some("x".repeat(9000));
    assert!(matches!(store.requests().put(&row, Event::HostStopped), Err(StoreError::TooLong { .. })));
}

#[test]
fn what_was_disputed_is_not_open_and_stays_in_the_list() {
    let (_folder, store) = new();
    for (n, word) in (10..).zip(DISPUTED) {
        let row = SightingRow { resolved: Some(word.into()), ..sighting(n) };
        store.sightings().put(&row, None).unwrap();
        assert!(store.sightings().disputed().unwrap().contains(&row), "{word}");
    }
    store.sightings().put(&SightingRow { resolved: Some("gone".into()), ..sighting(2) }, None).unwrap();
    assert_eq!(store.sightings().open().unwrap(), []);
    assert_eq!(store.sightings().disputed().unwrap().len(), DISPUTED.len());
}

#[test]
fn what_the_catalogue_client_saves_comes_back_byte_for_byte() {
    let (_folder, store) = new();
    let files = store.catalogue_files();
    files.save("timestamp.json", &[0, 255, 1]).unwrap();
    files.save("timestamp.json", &[2]).unwrap();
    files.save("root_history/1.root.json", b"{}").unwrap();
    assert_eq!(files.load("timestamp.json").unwrap(), Some(vec![2]));
    files.remove("timestamp.json").unwrap();
    assert_eq!(files.load("timestamp.json").unwrap(), None);
    files.remove("root_history/1.root.json").unwrap();
    assert_eq!(files.load("root_history/1.root.json").unwrap(), None);
}
