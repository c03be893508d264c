#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks for one of many")]

use canteen_sandbox::HowEnded;
use canteen_types::SandboxReport;
use canteen_types::frames::{AnswerFigures, FaultCause};
use proptest::prelude::*;

use super::*;

fn terms(allow_partial: bool) -> Terms {
    Terms { settings: EngineSettings::default(), threads: 2, size: ByteSize::new(1 << 20), allow_partial }
}

fn report(landlock_abi: u32) -> SandboxReport {
    SandboxReport { seccomp: true, landlock_abi, no_new_privs: true, limits: true, memory_limit: ByteSize::new(1 << 30) }
}

fn hello(landlock_abi: u32) -> Input {
    Input::Frame(FromEngine::Hello { protocol: PROTOCOL, build: "test".into(), report: report(landlock_abi) })
}

fn loaded() -> Input {
    Input::Frame(FromEngine::Loaded { context_tokens: 2048, load_ms: 3 })
}

fn ask(id: u64) -> Input {
    let frame = ToEngine::Answer { id, turns: vec![], settings: EngineSettings::default(), seed: None };
    Input::Ask { id, frame, max_tokens: 8 }
}

fn figures(answer_tokens: u32) -> AnswerFigures {
    AnswerFigures { prompt_tokens: 1, answer_tokens, first_token_ms: 1, generation_ms: 1 }
}

fn done(id: u64, answer_tokens: u32) -> Input {
    Input::Frame(FromEngine::Done { id, end: AnswerEnd::Finished, figures: figures(answer_tokens) })
}

fn exited(how: HowEnded) -> Input {
    Input::Exited(Exit { how, stderr: String::new() })
}

/// All actions of these inputs, one after the other.
fn after(allow_partial: bool, inputs: impl IntoIterator<Item = Input>) -> (Machine, Vec<Action>) {
    let (mut machine, mut actions) = Machine::new(terms(allow_partial));
    for input in inputs {
        let more;
        (machine, more) = machine.step(input);
        actions.extend(more);
    }
    (machine, actions)
}

fn end(actions: &[Action]) -> Option<EndReason> {
    actions.iter().find_map(|action| match action {
        Action::Tell(RunEvent::Ended { reason, .. }) => Some(*reason),
        _ => None,
    })
}

#[test]
fn the_model_is_loaded_only_after_a_good_report() {
    let load = |actions: &[Action]| actions.iter().any(|action| matches!(action, Action::Send(ToEngine::Load { .. })));
    let (machine, actions) = after(false, [hello(7)]);
    assert!(load(&actions) && *machine.phase() == Phase::Loading);
    let (machine, actions) = after(false, [hello(0)]);
    assert!(!load(&actions) && *machine.phase() == Phase::Stopping);
    assert!(actions.contains(&Action::Kill));
    let (_, actions) = after(true, [hello(0)]);
    assert!(load(&actions));
}

#[test]
fn the_end_waits_for_frames_that_were_sent_before_it() {
    let refused = FromEngine::Fault { id: None, cause: FaultCause::OutOfMemory, detail: "no".into() };
    let (machine, actions) = after(false, [hello(7), exited(HowEnded::Finished), Input::Frame(refused)]);
    assert_eq!(end(&actions), None);
    let (machine, actions) = machine.step(Input::ChannelClosed);
    assert_eq!(end(&actions), Some(EndReason::OutOfMemory));
    assert_eq!(*machine.phase(), Phase::Ended);
}

#[test]
fn a_channel_that_stays_open_does_not_hold_up_the_end() {
    let (_, actions) = after(false, [hello(7), loaded(), exited(HowEnded::FileChanged), Input::DeadlinePassed]);
    assert_eq!(end(&actions), Some(EndReason::FileChanged));
    // Nor does a last frame take the deadline away.
    let (machine, _) = after(false, [hello(7), loaded(), ask(1), exited(HowEnded::FileChanged)]);
    let (_, actions) = machine.step(done(1, 1));
    assert!(actions.contains(&Action::Deadline(Some(deadlines::STOP))), "{actions:?}");
}

#[test]
fn an_engine_that_is_late_is_ended() {
    for (inputs, word) in [(vec![], "report"), (vec![hello(7)], "load")] {
        let (machine, actions) = after(false, inputs.into_iter().chain([Input::DeadlinePassed]));
        assert!(actions.contains(&Action::Kill));
        let (_, actions) = after_more(machine, [exited(HowEnded::Killed), Input::ChannelClosed]);
        let detail = actions.iter().find_map(|action| match action {
            Action::Tell(RunEvent::Ended { reason: EndReason::Crashed, detail }) => Some(detail.clone()),
            _ => None,
        });
        assert!(detail.is_some_and(|detail| detail.contains(word)), "{actions:?}");
    }
}

fn after_more(mut machine: Machine, inputs: impl IntoIterator<Item = Input>) -> (Machine, Vec<Action>) {
    let mut actions = vec![];
    for input in inputs {
        let more;
        (machine, more) = machine.step(input);
        actions.extend(more);
    }
    (machine, actions)
}

#[test]
fn a_stop_closes_the_channel_and_then_kills() {
    let (machine, actions) = after(false, [hello(7), loaded(), ask(1), Input::Stop(EndReason::Idle)]);
    assert!(actions.contains(&Action::CloseChannel) && !actions.contains(&Action::Kill));
    let (machine, actions) = after_more(machine, [Input::ChannelClosed, Input::DeadlinePassed]);
    assert!(actions.contains(&Action::Kill));
    let (_, actions) = machine.step(exited(HowEnded::Killed));
    assert_eq!(end(&actions), Some(EndReason::Idle));
}

#[test]
fn an_answer_is_stopped_once() {
    let stop = || Input::StopAnswer { id: 1 };
    let (machine, actions) = after(false, [hello(7), loaded(), ask(1), stop(), stop(), Input::StopAnswer { id: 2 }]);
    assert_eq!(actions.iter().filter(|action| matches!(action, Action::Send(ToEngine::Stop { .. }))).count(), 1);
    let stopped = FromEngine::Done { id: 1, end: AnswerEnd::Stopped, figures: figures(1) };
    let (machine, actions) = machine.step(Input::Frame(stopped));
    assert_eq!(*machine.phase(), Phase::Ready);
    assert!(actions.contains(&Action::Deadline(None)));
}

fn count(id: u64) -> Input {
    Input::Count { id, frame: ToEngine::Count { id, turns: vec![] } }
}

fn counted(id: u64) -> Input {
    Input::Frame(FromEngine::Counted { id, tokens: 24 })
}

#[test]
fn a_count_is_answered_once_and_the_run_stays_ready() {
    let (machine, actions) = after(false, [hello(7), loaded(), count(1)]);
    assert_eq!(actions.last(), Some(&Action::Deadline(Some(deadlines::COUNT))));
    let (machine, actions) = machine.step(counted(1));
    assert_eq!(actions, [Action::Deadline(None), Action::Tell(RunEvent::Counted { answer: AnswerId(1), tokens: 24 })]);
    assert_eq!(*machine.phase(), Phase::Ready);
    let (_, actions) = machine.step(counted(1));
    assert!(actions.contains(&Action::Kill), "nobody asked again: {actions:?}");
}

#[test]
fn an_engine_that_does_not_count_or_counts_for_another_question_is_ended() {
    for odd in [Input::DeadlinePassed, counted(2), done(1, 1)] {
        let (_, actions) = after(false, [hello(7), loaded(), count(1), odd]);
        assert!(actions.contains(&Action::Kill), "{actions:?}");
    }
}

fn any_how() -> impl Strategy<Value = HowEnded> {
    prop_oneof![
        Just(HowEnded::Finished),
        Just(HowEnded::Killed),
        Just(HowEnded::OutOfMemory),
        Just(HowEnded::FileChanged),
        Just(HowEnded::Violation { call: None }),
        any::<i32>().prop_map(|signal| HowEnded::Fault { signal }),
        any::<i32>().prop_map(|code| HowEnded::Failed { code }),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => (0u32..3).prop_map(hello),
        4 => Just(loaded()),
        4 => (1u64..4).prop_map(ask),
        2 => (1u64..4).prop_map(count),
        2 => (1u64..4).prop_map(counted),
        3 => (1u64..4, 0u32..12).prop_map(|(id, tokens)| done(id, tokens)),
        3 => (1u64..4, "[a-z]{0,20}").prop_map(|(id, text)| Input::Frame(FromEngine::Piece { id, text })),
        1 => (proptest::option::of(1u64..4), ".{0,40}").prop_map(|(id, detail)| {
            Input::Frame(FromEngine::Fault { id, cause: FaultCause::Internal, detail })
        }),
        1 => (1u64..4).prop_map(|id| Input::StopAnswer { id }),
        1 => Just(Input::Stop(EndReason::StoppedByPerson)),
        1 => Just(Input::DeadlinePassed),
        1 => Just(Input::Deaf),
        1 => Just(Input::Garbage("x".into())),
        1 => Just(Input::ChannelClosed),
        1 => any_how().prop_map(exited),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn ready_needs_a_report_and_a_loaded_model_and_the_end_is_final(
        inputs in proptest::collection::vec(any_input(), 0..24),
        allow_partial: bool,
    ) {
        let (mut machine, _) = Machine::new(terms(allow_partial));
        let (mut good_report, mut model, mut ended) = (false, false, false);
        let mut asked = None;
        for input in inputs {
            if let Input::Frame(FromEngine::Hello { report, .. }) = &input {
                good_report |= *machine.phase() == Phase::Locking && (allow_partial || report.missing().is_empty());
            }
            model |= good_report && *machine.phase() == Phase::Loading && matches!(input, Input::Frame(FromEngine::Loaded { .. }));
            if let Input::Ask { id, .. } | Input::Count { id, .. } = &input && *machine.phase() == Phase::Ready {
                asked = Some(*id);
            }
            let actions;
            (machine, actions) = machine.step(input);

            if matches!(machine.phase(), Phase::Ready | Phase::Answering { .. } | Phase::Counting { .. }) {
                prop_assert!(good_report && model, "ready without a report or a model");
            }
            for action in &actions {
                prop_assert!(!ended, "something follows the end: {action:?}");
                match action {
                    Action::Send(ToEngine::Load { .. }) => prop_assert!(good_report),
                    Action::Send(ToEngine::Answer { .. } | ToEngine::Count { .. }) => prop_assert!(model),
                    Action::Tell(
                        RunEvent::Piece { answer, .. } | RunEvent::Done { answer, .. } | RunEvent::Counted { answer, .. },
                    ) => {
                        prop_assert_eq!(Some(answer.0), asked, "words that nobody asked for");
                    }
                    _ => {}
                }
            }
            ended |= end(&actions).is_some();
            prop_assert_eq!(ended, *machine.phase() == Phase::Ended);
        }
    }

    #[test]
    fn every_run_ends_once_its_process_has(inputs in proptest::collection::vec(any_input(), 0..24), how in any_how()) {
        let (machine, first) = after(true, inputs);
        let (machine, second) = after_more(machine, [exited(how), Input::ChannelClosed]);
        prop_assert_eq!(machine.phase(), &Phase::Ended);
        let ends = first.iter().chain(&second).filter(|action| matches!(action, Action::Tell(RunEvent::Ended { .. }))).count();
        prop_assert_eq!(ends, 1);
    }
}
