use canteen_runner::RunEvent;
use canteen_types::frames::{AnswerEnd, FaultCause, Role, Turn};
use canteen_types::{EndReason, Enforcement, EngineSettings};

use crate::house::{begin, bytes, greedy, long, ready, tiny};
use crate::listener::{Listener, Outcome, ask, user};

fn figures(outcome: &Outcome) -> canteen_types::frames::AnswerFigures {
    match outcome {
        Outcome::Done(_, figures) => *figures,
        other => unreachable!("no answer: {other:?}"),
    }
}

/// Waits until this answer has begun to come.
fn wait_for_a_piece(listener: &mut Listener) {
    while !matches!(listener.next().expect("a living run"), RunEvent::Piece { .. }) {}
}

#[test]
fn an_answer_comes_in_pieces_and_ends_at_its_limit() {
    let (run, mut listener) = ready(&tiny());
    let (text, outcome) = ask(&run, &mut listener, "Hello", greedy(40));
    assert!(matches!(outcome, Outcome::Done(AnswerEnd::Length, _)), "{outcome:?}");
    let figures = figures(&outcome);
    assert_eq!(figures.answer_tokens, 40);
    // One letter or the pair “th” per token.
    assert!((40..=80).contains(&text.len()), "{text}");
    // <|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n: three marks, 21 bytes of text.
    assert_eq!(figures.prompt_tokens, 24);
    assert!(
        listener.heard.iter().any(|event| matches!(event, RunEvent::Report(_, Enforcement::Enforced))),
        "{:?}",
        listener.heard
    );
}

#[test]
fn counting_says_what_an_answer_would_read_and_the_run_stays_ready() {
    let (run, mut listener) = ready(&tiny());
    let mut counted = |turns: Vec<Turn>| {
        let asked = run.count(turns).expect("ready");
        loop {
            match listener.next().expect("a living run") {
                RunEvent::Counted { answer, tokens } if answer == asked => return tokens,
                RunEvent::Ended { reason, detail } => panic!("{reason:?}: {detail}"),
                _ => {}
            }
        }
    };
    assert_eq!(counted(user("Hello")), 24);
    // Also what has no room in the context.
    assert!(counted(user(&"x".repeat(3000))) > 2048);
    let (_, outcome) = ask(&run, &mut listener, "Hello", greedy(5));
    assert_eq!(figures(&outcome).prompt_tokens, 24);
}

#[test]
fn the_same_seed_gives_the_same_answer() {
    let (run, mut listener) = ready(&tiny());
    let settings = EngineSettings { max_answer_tokens: 30, temperature: 1.0, ..EngineSettings::default() };
    let first = ask(&run, &mut listener, "Hello", settings).0;
    let second = ask(&run, &mut listener, "Hello", settings).0;
    assert_eq!(first, second);
    let other = run.answer(user("Hello"), settings, Some(8)).expect("ready");
    assert_ne!(listener.outcome(other).0, first);
    let mut unseeded = || {
        let answer = run.answer(user("Hello"), settings, None).expect("ready");
        listener.outcome(answer).0
    };
    assert_ne!(unseeded(), unseeded(), "without a seed each answer is a new one");
}

#[test]
fn what_was_read_once_is_not_read_again() {
    let model = tiny();
    let (run, mut listener) = ready(&model);
    let first = "A question. ".repeat(20);
    let (answer, _) = ask(&run, &mut listener, &first, greedy(20));
    let turns = vec![
        Turn { role: Role::User, content: first },
        Turn { role: Role::Assistant, content: answer },
        Turn { role: Role::User, content: "And another?".to_owned() },
    ];
    let warm = run.answer(turns.clone(), greedy(20), None).expect("ready");
    let (warm, outcome) = listener.outcome(warm);
    // Cache or not, the whole prompt is counted, and the answer is the same.
    let (cold_run, mut cold_listener) = ready(&model);
    let cold = cold_run.answer(turns, greedy(20), None).expect("ready");
    let (cold, cold_outcome) = cold_listener.outcome(cold);
    assert_eq!(warm, cold);
    assert_eq!(figures(&outcome).prompt_tokens, figures(&cold_outcome).prompt_tokens);
}

#[test]
fn stop_ends_an_answer_and_the_run_goes_on() {
    let (run, mut listener) = begin(long().ticket());
    listener.ready();
    let answer = run.answer(user("Hello"), greedy(60_000), None).expect("ready");
    wait_for_a_piece(&mut listener);
    run.stop_answer(answer);
    let (_, outcome) = listener.outcome(answer);
    assert!(matches!(outcome, Outcome::Done(AnswerEnd::Stopped, _)), "{outcome:?}");
    assert!(figures(&outcome).answer_tokens < 60_000);
    let (_, outcome) = ask(&run, &mut listener, "Again", greedy(5));
    assert!(matches!(outcome, Outcome::Done(AnswerEnd::Length, _)), "{outcome:?}");
}

#[test]
fn stop_ends_the_reading_of_a_prompt() {
    let (run, mut listener) = begin(long().ticket());
    listener.ready();
    let answer = run.answer(user(&"x".repeat(60_000)), greedy(5), None).expect("ready");
    run.stop_answer(answer);
    let (text, outcome) = listener.outcome(answer);
    assert!(matches!(outcome, Outcome::Done(AnswerEnd::Stopped, _)), "{outcome:?}");
    assert_eq!((text.as_str(), figures(&outcome).answer_tokens), ("", 0));
    // What the context holds after it is sound.
    let expected = ask(&run, &mut listener, "Hello", greedy(20)).0;
    let (fresh, mut fresh_listener) = ready(&tiny());
    assert_eq!(ask(&fresh, &mut fresh_listener, "Hello", greedy(20)).0, expected);
}

#[test]
fn stop_ends_a_run_in_the_middle_of_an_answer() {
    let (run, mut listener) = begin(long().ticket());
    listener.ready();
    run.answer(user("Hello"), greedy(60_000), None).expect("ready");
    wait_for_a_piece(&mut listener);
    run.stop(EndReason::StoppedByPerson);
    assert_eq!(listener.end().0, EndReason::StoppedByPerson);
}

#[test]
fn an_answer_ends_where_the_context_does() {
    let (run, mut listener) = ready(&tiny());
    let (_, outcome) = ask(&run, &mut listener, &"x".repeat(1800), greedy(4000));
    let Outcome::Done(AnswerEnd::ContextFull, figures) = outcome else { panic!("{outcome:?}") };
    assert_eq!(figures.prompt_tokens + figures.answer_tokens, 2048 + 1, "the last token needs no room");
}

#[test]
fn a_conversation_longer_than_the_context_is_refused_and_the_run_goes_on() {
    let (run, mut listener) = ready(&tiny());
    let (_, outcome) = ask(&run, &mut listener, &"x".repeat(3000), greedy(5));
    assert_eq!(outcome, Outcome::Fault(FaultCause::PromptTooLong));
    assert!(matches!(ask(&run, &mut listener, "Hello", greedy(5)).1, Outcome::Done(AnswerEnd::Length, _)));
}

#[test]
fn bytes_that_are_no_text_become_text() {
    let (run, mut listener) = ready(&bytes());
    let settings = EngineSettings { max_answer_tokens: 200, temperature: 2.0, top_p: 1.0, top_k: 0, ..EngineSettings::default() };
    let (text, outcome) = ask(&run, &mut listener, "Hello", settings);
    assert!(matches!(outcome, Outcome::Done(..)), "{outcome:?}");
    assert!(text.contains('\u{fffd}'), "{text}");
}

#[test]
fn odd_settings_are_bent_into_shape() {
    let (run, mut listener) = ready(&tiny());
    let odd = EngineSettings { temperature: -1.0, top_p: 7.0, top_k: u32::MAX, repeat_penalty: 0.0, ..greedy(5) };
    let (_, outcome) = ask(&run, &mut listener, "Hello", odd);
    assert!(matches!(outcome, Outcome::Done(AnswerEnd::Length, _)), "{outcome:?}");
    let hot = EngineSettings { temperature: f32::MAX, top_p: 0.0, ..odd };
    assert!(matches!(ask(&run, &mut listener, "Hello", hot).1, Outcome::Done(AnswerEnd::Length, _)));
}
