//! What the parent makes of it.

use canteen_runner::{RunEvent, RunHandle, RunTicket, RunnerError, StartOptions, start};
use canteen_types::frames::{AnswerEnd, FaultCause};
use canteen_types::{ByteSize, EndReason, Enforcement, EngineSettings};
use serde_json::json;

use crate::harness::Test;
use crate::listener::{Listener, Outcome, ask, user};
use crate::ticket::Kitchen;

pub(crate) const TESTS: &[Test] = &[
    ("a_good_engine_answers_twice", a_good_engine_answers_twice),
    ("an_engine_without_landlock_is_refused", an_engine_without_landlock_is_refused),
    ("an_engine_without_seccomp_runs_where_policy_allows", an_engine_without_seccomp_runs_where_policy_allows),
    ("a_broken_protocol_ends_the_run", a_broken_protocol_ends_the_run),
    ("a_model_that_is_refused_says_why", a_model_that_is_refused_says_why),
    ("a_crash_while_loading_is_the_models_fault", a_crash_while_loading_is_the_models_fault),
    ("a_mapped_file_that_was_cut_is_a_changed_file", a_mapped_file_that_was_cut_is_a_changed_file),
    ("last_words_are_printable", last_words_are_printable),
    ("a_broken_answer_ends_the_run", a_broken_answer_ends_the_run),
    ("an_engine_that_talks_unasked_blocks_nobody", an_engine_that_talks_unasked_blocks_nobody),
    ("a_forbidden_call_is_named", a_forbidden_call_is_named),
    ("passing_the_memory_limit_is_out_of_memory", passing_the_memory_limit_is_out_of_memory),
    ("a_failed_answer_leaves_the_run_ready", a_failed_answer_leaves_the_run_ready),
    ("a_killed_engine_is_an_event", a_killed_engine_is_an_event),
    ("an_engine_that_does_not_leave_is_killed", an_engine_that_does_not_leave_is_killed),
    ("a_dropped_handle_ends_the_engine", a_dropped_handle_ends_the_engine),
    ("answers_are_asked_for_in_order_only", answers_are_asked_for_in_order_only),
    ("a_missing_engine_is_an_error", a_missing_engine_is_an_error),
    ("proofs_of_different_bytes_make_no_ticket", proofs_of_different_bytes_make_no_ticket),
];

fn begin(ticket: RunTicket) -> (RunHandle, Listener) {
    let engine = std::env::current_exe().expect("this program");
    let (run, events) = start(ticket, StartOptions { engine, threads: 1 }).expect("started");
    (run, Listener::new(events))
}

fn kitchen(task: &str) -> Kitchen {
    Kitchen::with(task.as_bytes(), json!({}))
}

fn run(task: &str) -> (RunHandle, Listener) {
    begin(kitchen(task).ticket())
}

/// Runs until it ends by itself.
fn end_of(task: &str) -> (EndReason, String, Listener) {
    let (handle, mut listener) = run(task);
    let (reason, detail) = listener.end();
    drop(handle);
    (reason, detail, listener)
}

/// Loads, asks, and runs until it ends by itself.
fn end_of_answer(task: &str) -> (EndReason, String) {
    let (handle, mut listener) = run(task);
    listener.ready();
    handle.answer(user("Hello"), EngineSettings::default(), None).expect("ready");
    listener.end()
}

fn a_good_engine_answers_twice() {
    let (handle, mut listener) = run("good");
    listener.ready();
    for _ in 0..2 {
        let (text, outcome) = ask(&handle, &mut listener, "Hello", EngineSettings::default());
        assert_eq!(text, "Good day.");
        assert!(matches!(outcome, Outcome::Done(AnswerEnd::Finished, _)), "{outcome:?}");
    }
    let enforced = listener.heard.iter().any(|event| matches!(event, RunEvent::Report(_, Enforcement::Enforced)));
    assert!(enforced, "{:?}", listener.heard);
    assert!(handle.pid().is_some());
    handle.stop(EndReason::StoppedByPerson);
    assert_eq!(listener.end().0, EndReason::StoppedByPerson);
    assert_eq!(handle.pid(), None);
    assert!(matches!(handle.answer(user("Hello"), EngineSettings::default(), None), Err(RunnerError::Ended)));
}

fn an_engine_without_landlock_is_refused() {
    let (reason, _, listener) = end_of("no landlock");
    assert_eq!(reason, EndReason::SandboxMissing);
    let refused = Enforcement::Refused { missing: vec!["landlock".into()] };
    assert!(listener.heard.iter().any(|event| matches!(event, RunEvent::Report(_, found) if *found == refused)));
    assert!(!listener.heard.iter().any(|event| matches!(event, RunEvent::Loaded { .. })), "{:?}", listener.heard);
}

fn an_engine_without_seccomp_runs_where_policy_allows() {
    let kitchen = kitchen("no seccomp");
    assert_eq!(begin(kitchen.ticket()).1.end().0, EndReason::SandboxMissing);
    let (handle, mut listener) = begin(kitchen.ticket_with(true));
    listener.ready();
    let partly = Enforcement::Partly { missing: vec!["seccomp".into()] };
    assert!(listener.heard.iter().any(|event| matches!(event, RunEvent::Report(_, found) if *found == partly)));
    handle.stop(EndReason::Idle);
    assert_eq!(listener.end().0, EndReason::Idle);
}

fn a_broken_protocol_ends_the_run() {
    for (task, sign) in [
        ("leave at once", "without being asked"),
        ("loaded before hello", "out of order"),
        ("another protocol", "another version"),
        ("endless frame", "no frame"),
        ("no json", "no frame"),
        ("hello twice", "out of order"),
    ] {
        let (reason, detail, _) = end_of(task);
        assert_eq!(reason, EndReason::Crashed, "{task}");
        assert!(detail.contains(sign), "{task}: {detail}");
    }
}

fn a_model_that_is_refused_says_why() {
    let (reason, detail, listener) = end_of("refuses the model");
    assert_eq!((reason, detail.as_str()), (EndReason::ModelRefused, "the header | lies[2J"));
    let fault = |event: &RunEvent| matches!(event, RunEvent::Fault { answer: None, cause: FaultCause::ModelRefused, .. });
    assert!(listener.heard.iter().any(fault), "{:?}", listener.heard);
}

fn a_crash_while_loading_is_the_models_fault() {
    let (reason, detail, _) = end_of("crash while loading");
    assert_eq!(reason, EndReason::ModelRefused);
    assert!(detail.contains("signal 6"), "{detail}");
}

fn a_mapped_file_that_was_cut_is_a_changed_file() {
    assert_eq!(end_of("bus error").0, EndReason::FileChanged);
}

fn last_words_are_printable() {
    let (_, detail, _) = end_of("last words");
    assert!(detail.ends_with("GGML_ASSERT(x) failed[31m"), "{detail}");
}

fn a_broken_answer_ends_the_run() {
    for (task, sign) in [
        ("another answer", "out of order"),
        ("floods", "more text"),
        ("claims too many tokens", "cannot be"),
        ("done twice", "out of order"),
    ] {
        let (reason, detail) = end_of_answer(task);
        assert_eq!(reason, EndReason::Crashed, "{task}");
        assert!(detail.contains(sign), "{task}: {detail}");
    }
}

fn an_engine_that_talks_unasked_blocks_nobody() {
    for _ in 0..10 {
        let (handle, mut listener) = run("talks unasked");
        listener.ready();
        let asked = handle.answer(user("Hello"), EngineSettings::default(), None);
        assert!(matches!(asked, Ok(_) | Err(RunnerError::Ended)), "{asked:?}");
        // Words of an answer that was asked for in the same moment may pass for its own.
        handle.stop(EndReason::Quit);
        assert!(matches!(listener.end().0, EndReason::Crashed | EndReason::Quit));
    }
}

fn a_forbidden_call_is_named() {
    let (reason, detail) = end_of_answer("opens a socket");
    assert_eq!(reason, EndReason::SandboxViolation);
    assert!(detail.contains("socket"), "{detail}");
}

fn passing_the_memory_limit_is_out_of_memory() {
    let ticket = kitchen("eats memory").ticket().with_memory_at_most(ByteSize::new(128 << 20));
    assert_eq!(ticket.memory_limit(), ByteSize::new(128 << 20));
    assert_eq!(ticket.key().version, 3);
    let (handle, mut listener) = begin(ticket);
    listener.ready();
    handle.answer(user("Hello"), EngineSettings::default(), None).expect("ready");
    assert_eq!(listener.end().0, EndReason::OutOfMemory);
}

fn a_failed_answer_leaves_the_run_ready() {
    let (handle, mut listener) = run("fails an answer");
    listener.ready();
    for _ in 0..2 {
        let (_, outcome) = ask(&handle, &mut listener, "Hello", EngineSettings::default());
        assert_eq!(outcome, Outcome::Fault(FaultCause::PromptTooLong));
    }
}

fn a_killed_engine_is_an_event() {
    let (reason, detail) = end_of_answer("killed from outside");
    // Where the kernel counts its own kills, this was none of them.
    assert!(matches!(reason, EndReason::OutOfMemory | EndReason::Crashed), "{reason:?} {detail}");
}

fn an_engine_that_does_not_leave_is_killed() {
    let (handle, mut listener) = run("never leaves");
    listener.ready();
    handle.stop(EndReason::StoppedByPerson);
    assert_eq!(listener.end().0, EndReason::StoppedByPerson);
}

fn a_dropped_handle_ends_the_engine() {
    let (handle, mut listener) = run("good");
    listener.ready();
    drop(handle);
    assert_eq!(listener.end().0, EndReason::Quit);
}

fn answers_are_asked_for_in_order_only() {
    let (handle, mut listener) = run("floods");
    let settings = EngineSettings::default();
    assert!(matches!(handle.answer(vec![], settings, None), Err(RunnerError::NothingAsked)));
    assert!(matches!(handle.answer(user(&"\"".repeat(600_000)), settings, None), Err(RunnerError::TooLong { .. })));
    listener.ready();
    handle.answer(user("Hello"), settings, None).expect("ready");
    let second = handle.answer(user("Hello"), settings, None);
    assert!(matches!(second, Err(RunnerError::Busy | RunnerError::Ended)), "{second:?}");
}

fn a_missing_engine_is_an_error() {
    let options = StartOptions { engine: "/nowhere/canteen-engine".into(), threads: 1 };
    let error = start(kitchen("good").ticket(), options).map(drop).expect_err("there is none");
    assert_eq!(canteen_types::Coded::code(&error), "sandbox.no_program");
}

fn proofs_of_different_bytes_make_no_ticket() {
    let (one, other) = (kitchen("good"), kitchen("no seccomp"));
    let mixed = RunTicket::new(&one.entry, other.file(), one.permit(false));
    assert!(matches!(mixed, Err(RunnerError::TicketMismatch { what: "file" })));
    let mixed = RunTicket::new(&one.entry, one.file(), other.permit(false));
    assert!(matches!(mixed, Err(RunnerError::TicketMismatch { what: "permit" })));
    // Bytes that were changed after the approval make not even a file.
    let path = one.library.path_of(&one.entry.artifact.digest);
    fs_err::remove_file(&path).and_then(|()| fs_err::write(&path, b"evil")).expect("changed");
    assert!(one.open(&one.entry.artifact).is_err());
}
