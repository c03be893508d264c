//! Writes a store with one row of every table, for `fixtures/`: `cargo run -p canteen-store --example write_fixture -- FOLDER`.
//!
//! Run it once for each release whose migrations are new, and commit what it writes. Never write an old one again.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use canteen_audit::Event;
use canteen_store::{
    Approved, ConversationRow, EvidenceRow, FileIdentity, Kept, KeyPlace, MessageRow, NudgeBasis, NudgeRow, RequestRow, RunRow,
    SightingRow, Store,
};
use canteen_types::frames::{AnswerFigures, Role};
use canteen_types::{
    Artifact, Attachment, ByteSize, ChatSettings, ConversationId, Digest, EndReason, EntryKey, EvidenceSource, Grade, MessageId,
    NudgeId, NudgeState, Prompt, RequestId, RequestState, RunId, SandboxReport, Secret, SightingId, Signal, Task, TestClock,
    Timestamp, Verdict, WeightFormat,
};

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a new folder")?;
    let folder = Path::new(&folder);
    fs_err::create_dir(folder)?;
    let key = Secret::new([7; 32]);
    Store::prepare(folder, KeyPlace::Keyring, &key, NOW)?;
    let store = Store::open(folder, &key, Arc::new(TestClock::at(NOW)))?;
    models(&store)?;
    talk(&store)?;
    watch(&store)?;
    store.close()?;
    fs_err::remove_file(folder.join("ballast"))?;
    Ok(())
}

fn models(store: &Store) -> Result<(), Box<dyn Error>> {
    let key = EntryKey { id: "smollm2".parse()?, version: 3 };
    let digest = Digest::of(b"weights");
    let artifact = Artifact { digest, size: ByteSize::new(98), format: WeightFormat::Gguf, sources: Vec::new() };
    store.settings().put("theme", &"dark", Some(Event::SettingsChanged { what: "theme".into() }))?;
    store.catalogue_files().save("timestamp.json", b"{}")?;
    store.licences().accept(&key.id, digest, Event::LicenceAccepted { entry: key.id.clone(), licence: "Terms".into() })?;
    let installed = Event::ModelInstalled { entry: key.id.clone(), version: 3, digest, how: "was fetched".into() };
    store.installations().set(
        Approved { key: &key, artifact: &artifact, document: "{}".to_owned() },
        Kept::Installed,
        Some(installed),
    )?;
    Ok(())
}

fn talk(store: &Store) -> Result<(), Box<dyn Error>> {
    let (id, entry) = (RunId::new(NOW, [1; 10]), EntryKey { id: "smollm2".parse()?, version: 3 });
    let conversation = ConversationId::new(NOW, [1; 10]);
    store.runs().begin(&RunRow {
        id,
        key: entry.clone(),
        digest: Digest::of(b"weights"),
        started: NOW,
        ended_at: None,
        reason: None,
        report: None,
        answer_tokens: 0,
        speed_milli: None,
    })?;
    let report =
        SandboxReport { seccomp: true, landlock_abi: 7, no_new_privs: true, limits: true, memory_limit: ByteSize::new(1 << 30) };
    store.runs().locked_in(id, &report, Event::HostStarted { version: "0.1.0".into(), host: "tray".into() })?;
    store.conversations().create(&ConversationRow {
        id: conversation,
        title: "Grüße".into(),
        model: entry.id.clone(),
        created: NOW,
        updated: NOW,
        named: true,
        settings: ChatSettings { instructions: Some("Be brief.".into()), temperature: Some(0.5), ..ChatSettings::default() },
    })?;
    let figures = AnswerFigures { prompt_tokens: 9, answer_tokens: 8, first_token_ms: u64::MAX, generation_ms: 6 };
    let answer = MessageRow {
        id: MessageId::new(NOW, [1; 10]),
        conversation,
        role: Role::Assistant,
        text: Prompt::new("Good day.".into()),
        attachments: vec![Attachment { name: "notes.txt".into(), text: Prompt::new("Grüße".into()) }],
        at: NOW,
        model: Some(entry.id.clone()),
        run: Some(id),
        end: Some("finished".into()),
        figures: Some(figures),
    };
    store
        .messages()
        .append(&answer, Some(Event::AnswerGiven { run: id, entry: entry.id.clone(), end: "finished".into(), figures }))?;
    store.runs().answered(id, 8, Some(41_500))?;
    store.runs().end(id, EndReason::Idle, Event::RunEnded { run: id, entry: entry.id, reason: EndReason::Idle })?;
    Ok(())
}

fn watch(store: &Store) -> Result<(), Box<dyn Error>> {
    let (sighting, digest) = (SightingId::new(NOW, [1; 10]), Digest::of(b"other weights"));
    let row = SightingRow {
        id: sighting,
        identity: FileIdentity { device: u64::MAX, inode: 2, size: 98, modified_ns: -5, changed_ns: 6 },
        digest: Some(digest),
        path: PathBuf::from("/home/ada/Downloads/other.gguf"),
        shown_path: "~/Downloads/other.gguf".into(),
        name: "Other".into(),
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
        tasks: vec![Task::Chat],
    };
    store.sightings().put(&row, Some(Event::SightingOpened { sighting, name: "Other".into(), found_in: "Downloads".into() }))?;
    let text = "python3 maps the file".to_owned();
    store.sightings().note(&EvidenceRow {
        sighting,
        source: EvidenceSource::Maps,
        signal: Some(Signal::Holder),
        code: Some("holder.maps".into()),
        fields: [("holder".to_owned(), "python3".to_owned())].into(),
        text,
        at: NOW,
    })?;
    let nudge = NudgeRow {
        id: NudgeId::new(NOW, [1; 10]),
        sighting,
        digest,
        reason: "unapproved".into(),
        title: "t".into(),
        body: "b".into(),
        why: vec!["rule".into()],
        basis: Some(NudgeBasis { rules_version: 3, signals: vec![Signal::Content, Signal::Holder], ..NudgeBasis::default() }),
        alternative: Some("smollm2".parse()?),
        state: NudgeState::Snoozed { until: NOW },
        shown_by: Some("notification".into()),
        created: NOW,
        shown_at: Some(NOW),
        updated: NOW,
    };
    store.nudges().put(&nudge, Some(Event::NudgeAnswered { nudge: nudge.id, digest, answer: "snoozed".into() }))?;
    let request = RequestRow {
        id: RequestId::new(NOW, [1; 10]),
        sighting: Some(sighting),
        digest: Some(digest),
        name: "Other".into(),
        details: None,
        reason: "for the report".into(),
        days: 31,
        state: RequestState::Granted { until: NOW },
        asked: NOW,
        seen: None,
        updated: NOW,
    };
    let sent = Event::RequestSent { request: request.id, digest: Some(digest), name: "Other".into(), days: 31 };
    store.requests().put(&request, sent)?;
    Ok(())
}
