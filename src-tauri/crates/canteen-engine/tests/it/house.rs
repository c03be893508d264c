//! Models and runs.

use canteen_dev::tiny_model::{TinyModel, Vocabulary};
use canteen_runner::{RunHandle, RunTicket, StartOptions, start};
use canteen_types::EngineSettings;
use serde_json::json;

use crate::listener::Listener;
use crate::ticket::Kitchen;

/// Says printable letters, and never comes to an end by itself.
pub(crate) fn tiny() -> Vec<u8> {
    TinyModel { seed: 1, vocabulary: Vocabulary::Printable, layers: TinyModel::LAYERS }.bytes()
}

/// [`tiny`] with a context of 65,536 tokens: reading and answering take seconds, so that a test is always quicker.
pub(crate) fn long() -> Kitchen {
    let mut model = tiny();
    let key = "llama.context_length";
    let at = model.windows(key.len()).position(|window| window == key.as_bytes()).expect("in the header") + key.len() + 4;
    model[at..at + 4].copy_from_slice(&65_536u32.to_le_bytes());
    Kitchen::with(&model, json!({ "context_tokens": 65_536 }))
}

/// Says bytes that are no valid UTF-8.
pub(crate) fn bytes() -> Vec<u8> {
    TinyModel { seed: 1, vocabulary: Vocabulary::AnyByte, layers: TinyModel::LAYERS }.bytes()
}

pub(crate) fn kitchen(model: &[u8]) -> Kitchen {
    Kitchen::with(model, json!({ "context_tokens": 2048 }))
}

pub(crate) fn begin(ticket: RunTicket) -> (RunHandle, Listener) {
    let options = StartOptions { engine: env!("CARGO_BIN_EXE_canteen-engine").into(), threads: 2 };
    let (run, events) = start(ticket, options).expect("started");
    (run, Listener::new(events))
}

/// A run that is ready.
pub(crate) fn ready(model: &[u8]) -> (RunHandle, Listener) {
    let (run, mut listener) = begin(kitchen(model).ticket());
    listener.ready();
    (run, listener)
}

/// Always the likeliest token, so that answers can be compared.
pub(crate) fn greedy(max_answer_tokens: u32) -> EngineSettings {
    EngineSettings { max_answer_tokens, temperature: 0.0, repeat_penalty: 1.0, ..EngineSettings::default() }
}
