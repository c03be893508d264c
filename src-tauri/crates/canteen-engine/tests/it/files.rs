use std::process::Command;

use canteen_runner::RunEvent;
use canteen_types::{ByteSize, EndReason};
use serde_json::json;

use crate::house::{begin, greedy, kitchen, long, ready, tiny};
use crate::listener::{ask, user};
use crate::ticket::Kitchen;

/// Starts a model that must not load; this process must live on.
fn end_of(model: &[u8]) -> (EndReason, String) {
    let (run, mut listener) = begin(kitchen(model).ticket());
    let end = listener.end();
    assert!(!listener.heard.iter().any(|event| matches!(event, RunEvent::Loaded { .. })), "{:?}", listener.heard);
    drop(run);
    end
}

/// Where `what` begins in the file.
fn find(model: &[u8], what: &str) -> usize {
    model.windows(what.len()).position(|window| window == what.as_bytes()).expect("in the file")
}

fn changed(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut model = tiny();
    model[at..at + bytes.len()].copy_from_slice(bytes);
    model
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    for model in [&b"hello, this is no model at all"[..], b"GGUF", &[0; 4096]] {
        let (reason, detail) = end_of(model);
        assert_eq!(reason, EndReason::ModelRefused, "{detail}");
    }
}

#[test]
fn a_cut_model_is_refused() {
    let model = tiny();
    for length in [20, 500, 5_000, model.len() / 2, model.len() - 4096] {
        let (reason, detail) = end_of(&model[..length]);
        assert_eq!(reason, EndReason::ModelRefused, "{length}: {detail}");
    }
}

#[test]
fn a_header_that_lies_is_refused() {
    let model = tiny();
    let tensors = 8;
    let block_count = find(&model, "llama.block_count") + "llama.block_count".len() + 4;
    let heads = find(&model, "llama.attention.head_count") + "llama.attention.head_count".len() + 4;
    for (what, lie) in [
        ("tensor count", changed(tensors, &u64::MAX.to_le_bytes())),
        ("key count", changed(tensors + 8, &u64::MAX.to_le_bytes())),
        ("version", changed(4, &9u32.to_le_bytes())),
        ("layers", changed(block_count, &1_000_000u32.to_le_bytes())),
        ("more layers than there are", changed(block_count, &3u32.to_le_bytes())),
        ("no heads", changed(heads, &0u32.to_le_bytes())),
        ("architecture", changed(find(&model, "llama"), b"lamma")),
    ] {
        let (reason, detail) = end_of(&lie);
        assert_eq!(reason, EndReason::ModelRefused, "{what}: {detail}");
    }
}

#[test]
fn no_broken_header_harms_the_parent() {
    // A number generator's worth of damage (xorshift, Marsaglia 2003), the same on every computer.
    let (model, mut state) = (tiny(), 0x9e37_79b9_7f4a_7c15_u64);
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("below a usize")
    };
    for round in 0..24 {
        let mut broken = model.clone();
        for _ in 0..=next(4) {
            broken[next(6_000)] = u8::try_from(next(256)).expect("a byte");
        }
        let (run, mut listener) = begin(kitchen(&broken).ticket());
        // Some damage is harmless: such a model loads, and is stopped.
        let loaded = std::iter::from_fn(|| listener.next()).find_map(|event| match event {
            RunEvent::Loaded { .. } => Some(true),
            RunEvent::Ended { reason, detail } => {
                assert!(matches!(reason, EndReason::ModelRefused | EndReason::OutOfMemory), "{round}: {reason:?} {detail}");
                Some(false)
            }
            _ => None,
        });
        if loaded == Some(true) {
            run.stop(EndReason::Quit);
            assert_eq!(listener.end().0, EndReason::Quit);
        }
    }
}

#[test]
fn a_context_larger_than_the_memory_limit_is_out_of_memory() {
    // The header promises a context of a million tokens, and the entry asks for it.
    let model = tiny();
    let at = find(&model, "llama.context_length") + "llama.context_length".len() + 4;
    let large = changed(at, &(1u32 << 20).to_le_bytes());
    let kitchen = Kitchen::with(&large, json!({ "context_tokens": 1 << 20 }));
    let (run, mut listener) = begin(kitchen.ticket().with_memory_at_most(ByteSize::new(200 << 20)));
    let (reason, detail) = listener.end();
    assert_eq!(reason, EndReason::OutOfMemory, "{detail}");
    drop(run);
}

#[test]
fn an_engine_killed_in_mid_sentence_is_an_event() {
    let (run, mut listener) = begin(long().ticket());
    listener.ready();
    run.answer(user("Hello"), greedy(60_000), None).expect("ready");
    while !matches!(listener.next().expect("a living run"), RunEvent::Piece { .. }) {}
    let pid = run.pid().expect("a living process").to_string();
    assert!(Command::new("kill").args(["-9", &pid]).status().expect("kill").success());
    let (reason, detail) = listener.end();
    // Where the kernel counts its own kills, this was none of them.
    assert!(matches!(reason, EndReason::OutOfMemory | EndReason::Crashed), "{reason:?} {detail}");
    assert_eq!(run.pid(), None);
}

#[test]
fn a_model_that_was_cut_under_a_running_engine_is_a_changed_file() {
    let kitchen = kitchen(&tiny());
    let (run, mut listener) = begin(kitchen.ticket());
    listener.ready();
    let path = kitchen.library.path_of(&kitchen.entry.artifact.digest);
    make_writable(&path);
    fs_err::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(0)).expect("cut");
    run.answer(user("Hello"), greedy(5), None).expect("ready");
    assert_eq!(listener.end().0, EndReason::FileChanged);
}

#[test]
fn a_model_that_was_changed_after_the_approval_does_not_start() {
    let kitchen = kitchen(&tiny());
    let path = kitchen.library.path_of(&kitchen.entry.artifact.digest);
    make_writable(&path);
    fs_err::write(&path, changed(150_000, &[1])).expect("changed");
    assert!(kitchen.open(&kitchen.entry.artifact).is_err(), "no file, so no ticket and no start");
}

#[expect(clippy::permissions_set_readonly_false, reason = "a private file of this test")]
fn make_writable(path: &std::path::Path) {
    let mut permissions = fs_err::metadata(path).expect("a file").permissions();
    permissions.set_readonly(false);
    fs_err::set_permissions(path, permissions).expect("writable");
}

#[test]
fn a_program_started_by_hand_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_canteen-engine")).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be started by hand"), "{output:?}");
}

#[test]
fn the_locked_engine_is_small_and_has_no_way_out() {
    let (run, mut listener) = ready(&tiny());
    ask(&run, &mut listener, "Hello", greedy(5));
    let status = fs_err::read_to_string(format!("/proc/{}/status", run.pid().expect("a process"))).expect("procfs");
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim().to_owned());
    assert_eq!(field("NoNewPrivs:").as_deref(), Some("1"));
    assert_eq!(field("Seccomp:").as_deref(), Some("2"));
    assert_eq!(field("Seccomp_filters:").as_deref(), Some("3"));
}
