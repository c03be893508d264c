//! What the person reads at a terminal: a name and an English sentence for each event. The window makes its own from kind and fields.

use canteen_types::{EndReason, Enforcement};

use crate::Event;

impl Event {
    /// The event's name, as it is stored: `run.started`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::HostStarted { .. } => "host.started",
            Self::HostStopped => "host.stopped",
            Self::CatalogueAccepted { .. } => "catalogue.accepted",
            Self::CatalogueRefused { .. } => "catalogue.refused",
            Self::SignaturesAccepted { .. } => "signatures.accepted",
            Self::ServerAsked { .. } => "server.asked",
            Self::ServerAnswered { .. } => "server.answered",
            Self::LicenceAccepted { .. } => "licence.accepted",
            Self::ModelInstalled { .. } => "model.installed",
            Self::ModelInstallFailed { .. } => "model.install_failed",
            Self::ModelRemoved { .. } => "model.removed",
            Self::FileAltered { .. } => "file.altered",
            Self::RunStarted { .. } => "run.started",
            Self::RunEnded { .. } => "run.ended",
            Self::AnswerGiven { .. } => "answer.given",
            Self::ConversationRewritten { .. } => "conversation.rewritten",
            Self::ConversationExported { .. } => "conversation.exported",
            Self::SightingOpened { .. } => "sighting.opened",
            Self::SightingResolved { .. } => "sighting.resolved",
            Self::NudgeShown { .. } => "nudge.shown",
            Self::NudgeAnswered { .. } => "nudge.answered",
            Self::ProgramAskedToEnd { .. } => "sighting.asked_to_end",
            Self::RequestSent { .. } => "request.sent",
            Self::RequestWithdrawn { .. } => "request.withdrawn",
            Self::PolicyRefused { .. } => "policy.refused",
            Self::LogVerified { .. } => "log.verified",
            Self::LogExported { .. } => "log.exported",
            Self::DataExported { .. } => "data.exported",
            Self::DataDeleted { .. } => "data.deleted",
            Self::SettingsChanged { .. } => "settings.changed",
        }
    }

    /// What happened, in plain words.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::HostStarted { version, host } => format!("Canteen {version} started ({host})"),
            Self::HostStopped => "Canteen ended".into(),
            Self::CatalogueAccepted { version, policy_version } => {
                format!("Catalogue {version} received and its signatures checked (rules version {policy_version})")
            }
            Self::CatalogueRefused { code } => format!("A catalogue was refused ({code}); the last good one stays"),
            Self::SignaturesAccepted { version } => {
                format!("What your organisation knows about programs that run models was taken over (version {version})")
            }
            Self::ServerAsked { program, port } => format!("{program} was asked at port {port} of this computer what it is"),
            Self::ServerAnswered { program, port, product, forwards_to: None } => {
                format!("{program} answered at port {port} that it is {product}")
            }
            Self::ServerAnswered { program, port, product, forwards_to: Some(to) } => {
                format!("{program} answered at port {port} that it is {product} and forwards to another computer, {to}")
            }
            Self::LicenceAccepted { entry, licence } => format!("You accepted the licence “{licence}” of {entry}"),
            Self::ModelInstalled { entry, version, digest, how } => {
                format!("Installed {entry} (version {version}); it {how}, digest {} verified", digest.short())
            }
            Self::ModelInstallFailed { entry, code } => format!("Installing {entry} failed ({code})"),
            Self::ModelRemoved { entry, .. } => format!("Removed {entry} from this computer"),
            Self::FileAltered { entry, .. } => format!("The file of {entry} is not what was approved; it was not started"),
            Self::RunStarted { entry, version, digest, enforcement, .. } => {
                format!(
                    "Started {entry} (version {version}), digest {} verified, sandbox {}",
                    digest.short(),
                    sandbox(enforcement)
                )
            }
            Self::RunEnded { entry, reason, .. } => format!("{entry} ended: {}", ended(*reason)),
            Self::AnswerGiven { entry, figures, end, .. } => {
                format!(
                    "{entry} answered: {} tokens read, {} written, {}",
                    figures.prompt_tokens,
                    figures.answer_tokens,
                    end.replace('_', " ")
                )
            }
            Self::ConversationRewritten { removed, why, .. } => {
                let messages = if *removed == 1 { "message" } else { "messages" };
                format!("{removed} {messages} of a conversation replaced ({why})")
            }
            Self::ConversationExported { format, .. } => format!("A conversation was written into a {format} file"),
            Self::SightingOpened { name, found_in, .. } => format!("Noticed the model “{name}” in {found_in}"),
            Self::SightingResolved { why, .. } => format!("A noticed model was resolved: {why}"),
            Self::ProgramAskedToEnd { program, outcome, .. } => {
                format!("The date for {program} had passed, so it was asked to end: {}", outcome.replace('_', " "))
            }
            Self::NudgeShown { by, .. } => format!("A nudge was shown ({by})"),
            Self::NudgeAnswered { answer, .. } => format!("A nudge was answered: {answer}"),
            Self::RequestSent { name, days, .. } => format!("You asked for approval of “{name}” for {days} days"),
            Self::RequestWithdrawn { .. } => "You took a request back".into(),
            Self::PolicyRefused { reasons } => format!("Not allowed by the rules: {}", reasons.join(", ")),
            Self::LogVerified { rows, unbroken: true } => format!("This log was checked: {rows} rows, unbroken"),
            Self::LogVerified { rows, unbroken: false } => format!("This log was checked: {rows} rows, broken"),
            Self::LogExported { rows, form, to } => format!("You exported this log: {rows} rows as {form} to {to}"),
            Self::DataExported { rows } => format!("You exported everything about you: {rows} rows"),
            Self::DataDeleted { conversations, messages, sightings, nudges, requests, runs, .. } => format!(
                "You deleted your data: {conversations} conversations with {messages} messages, {sightings} models that were seen earlier, {nudges} nudges, {requests} requests, {runs} runs"
            ),
            Self::SettingsChanged { what } => format!("A setting was changed: {what}"),
        }
    }
}

fn sandbox(enforcement: &Enforcement) -> String {
    match enforcement {
        Enforcement::Enforced => "enforced".into(),
        Enforcement::Partly { missing } => format!("enforced partly (without {})", missing.join(", ")),
        Enforcement::Refused { missing } => format!("refused (no {})", missing.join(", ")),
    }
}

const fn ended(reason: EndReason) -> &'static str {
    match reason {
        EndReason::StoppedByPerson => "you stopped it",
        EndReason::Idle => "unused for a while",
        EndReason::Quit => "Canteen ended",
        EndReason::OutOfMemory => "out of memory",
        EndReason::ModelRefused => "the engine could not read the file",
        EndReason::RefusedByPolicy => "no longer allowed",
        EndReason::FileChanged => "the file changed while in use",
        EndReason::SandboxMissing => "the sandbox could not be enforced",
        EndReason::SandboxViolation => "it tried something forbidden",
        EndReason::Crashed => "the engine failed",
        EndReason::Recalled => "recalled by IT",
        EndReason::Limit => "a limit was passed",
    }
}

#[cfg(test)]
mod tests {
    use canteen_types::frames::AnswerFigures;
    use canteen_types::{ConversationId, Digest, NudgeId, RequestId, RunId, SightingId, Timestamp};

    use super::*;
    use crate::Record;

    const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn all() -> Vec<Event> {
        let entry = || "smollm2".parse().unwrap();
        let digest = Digest::of(b"weights");
        let (run, nudge) = (RunId::new(AT, [1; 10]), NudgeId::new(AT, [2; 10]));
        let (sighting, request) = (SightingId::new(AT, [3; 10]), RequestId::new(AT, [4; 10]));
        let conversation = ConversationId::new(AT, [5; 10]);
        let figures = AnswerFigures { prompt_tokens: 31, answer_tokens: 118, first_token_ms: 84, generation_ms: 1900 };
        vec![
            Event::HostStarted { version: "0.1.0".into(), host: "tray".into() },
            Event::HostStopped,
            Event::CatalogueAccepted { version: 42, policy_version: 3 },
            Event::CatalogueRefused { code: "catalogue.rolled_back".into() },
            Event::SignaturesAccepted { version: 7 },
            Event::ServerAsked { program: "notes-app".into(), port: 8080 },
            Event::ServerAnswered { program: "notes-app".into(), port: 8080, product: "llama.cpp".into(), forwards_to: None },
            Event::ServerAnswered {
                program: "ollama".into(),
                port: 11434,
                product: "Ollama".into(),
                forwards_to: Some("https://models.example:443".into()),
            },
            Event::LicenceAccepted { entry: entry(), licence: "Gemma Terms of Use".into() },
            Event::ModelInstalled { entry: entry(), version: 1, digest, how: "was fetched".into() },
            Event::ModelInstallFailed { entry: entry(), code: "library.disk_full".into() },
            Event::ModelRemoved { entry: entry(), digest },
            Event::FileAltered { entry: entry(), digest },
            Event::RunStarted { run, entry: entry(), version: 1, digest, enforcement: Enforcement::Enforced },
            Event::RunEnded { run, entry: entry(), reason: EndReason::Idle },
            Event::AnswerGiven { run, entry: entry(), end: "finished".into(), figures },
            Event::ConversationRewritten { conversation, removed: 3, why: "edited".into() },
            Event::ConversationExported { conversation, format: "markdown".into() },
            Event::SightingOpened { sighting, name: "Llama".into(), found_in: "Downloads".into() },
            Event::SightingResolved { sighting, why: "gone".into() },
            Event::NudgeShown { nudge, digest, by: "notification".into() },
            Event::NudgeAnswered { nudge, digest, answer: "used".into() },
            Event::ProgramAskedToEnd { sighting, digest, program: "notes-app".into(), outcome: "asked".into() },
            Event::RequestSent { request, digest: Some(digest), name: "Llama".into(), days: 31 },
            Event::RequestSent { request, digest: None, name: "Phi 5".into(), days: 1 },
            Event::RequestWithdrawn { request },
            Event::PolicyRefused { reasons: vec!["policy.catalogue_stale".into()] },
            Event::LogVerified { rows: 12, unbroken: true },
            Event::LogExported { rows: 12, form: "jsonl".into(), to: "downloads".into() },
            Event::DataExported { rows: 345 },
            Event::DataDeleted { conversations: 1, messages: 2, sightings: 3, evidence: 4, nudges: 5, requests: 6, runs: 7 },
            Event::SettingsChanged { what: "nudges.paused_until".into() },
        ]
    }

    #[test]
    fn every_event_has_one_stored_form_and_one_sentence() {
        let lines: Vec<String> = all()
            .iter()
            .map(|event| {
                let body = String::from_utf8(event.encode(AT).unwrap()).unwrap();
                format!("{body}\n  {}\n  {}", event.sentence(), event.fields().iter().map(listed).collect::<Vec<_>>().join(" · "))
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    fn listed(field: &crate::Field) -> String {
        let kept = if field.kept == crate::Kept::Plain { " (plain)" } else { "" };
        format!("{}={}{kept}", field.name, field.value.as_deref().unwrap_or("elsewhere"))
    }

    #[test]
    fn every_stored_part_is_listed_and_every_kind_has_a_group() {
        for event in all() {
            let stored = serde_json::to_value(&event).unwrap();
            let listed = event.fields();
            for name in stored.as_object().unwrap().keys().filter(|name| *name != "kind") {
                let has = |field: &crate::Field| field.name == *name || field.name.starts_with(&format!("{name}."));
                assert!(listed.iter().any(has), "{}: {name} is stored and not listed", event.kind());
            }
            assert!(crate::Group::of(event.kind()).is_some(), "{} has no group", event.kind());
            let sketch = crate::Sketch::of(&event.encode(AT).unwrap());
            assert_eq!((sketch.at, sketch.kind.as_deref()), (Some(AT), Some(event.kind())));
            assert_eq!(sketch.fields.len(), listed.iter().filter(|field| field.value.is_some()).count());
        }
    }

    #[test]
    fn a_row_of_another_version_still_says_what_it_holds() {
        let sketch =
            crate::Sketch::of(br#"{"at":"1970-01-01T00:00:00Z","event":{"kind":"new.thing","a":{"b":[1,"x"]},"c":null}}"#);
        assert_eq!((sketch.at, sketch.kind.as_deref()), (Some(Timestamp::from_millis(0)), Some("new.thing")));
        let fields: Vec<String> = sketch.fields.iter().map(listed).collect();
        assert_eq!(fields, ["a.b=1, x"]);
        for body in [&b""[..], b"[]", b"7", b"\xff", b"{\"event\":7}"] {
            assert_eq!(crate::Sketch::of(body), crate::Sketch::default());
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for event in all() {
            let body = event.encode(AT).unwrap();
            let named: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(named["event"]["kind"], event.kind());
            assert_eq!(Record::decode(&body).unwrap(), Record { at: AT, event });
        }
    }

    #[test]
    fn numbers_that_canonical_json_would_change_come_back_exactly() {
        for number in [0, 1 << 53, (1 << 53) + 1, u64::MAX] {
            let figures =
                AnswerFigures { prompt_tokens: u32::MAX, answer_tokens: 0, first_token_ms: number, generation_ms: number };
            let (run, entry) = (RunId::new(AT, [1; 10]), "smollm2".parse().unwrap());
            for event in [
                Event::AnswerGiven { run, entry, end: "finished".into(), figures },
                Event::CatalogueAccepted { version: number, policy_version: number },
                Event::LogVerified { rows: number, unbroken: false },
            ] {
                assert_eq!(Record::decode(&event.encode(AT).unwrap()).unwrap().event, event);
            }
        }
    }

    #[test]
    fn a_number_has_one_text_and_the_first_builds_are_still_read() {
        let body = |rows: &str| {
            format!(r#"{{"at":"1970-01-01T00:00:00Z","event":{{"kind":"log.verified","rows":{rows},"unbroken":true}}}}"#)
        };
        for good in ["12", "\"12\""] {
            assert_eq!(Record::decode(body(good).as_bytes()).unwrap().event, Event::LogVerified { rows: 12, unbroken: true });
        }
        for bad in ["\"012\"", "\"+12\"", "\" 12\"", "-1", "1.5", "\"18446744073709551616\"", "null"] {
            assert!(Record::decode(body(bad).as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_event_that_is_too_long_is_refused() {
        let event = |length| Event::SettingsChanged { what: "x".repeat(length) };
        assert!(event(crate::MAX_BODY - 200).encode(AT).is_ok());
        assert!(matches!(event(crate::MAX_BODY).encode(AT), Err(crate::AuditError::TooLong { .. })));
    }

    #[test]
    fn bytes_of_another_version_are_an_error_and_no_panic() {
        for body in [&b""[..], b"{}", b"{\"at\":\"x\"}", b"{\"at\":\"1970-01-01T00:00:00Z\",\"event\":{\"kind\":\"new.thing\"}}"]
        {
            assert!(Record::decode(body).is_err());
        }
    }
}
