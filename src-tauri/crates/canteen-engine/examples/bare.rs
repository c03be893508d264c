//! The same llama.cpp build without Canteen: no sandbox, no frames, no template. For comparing figures.
//!
//! `cargo run --release -p canteen-engine --example bare -- MODEL.gguf THREADS PROMPT_TOKENS ANSWER_TOKENS`
//!
//! Prints the milliseconds to load, those to the first token, and the tokens per second from the first to the last.

#![expect(unsafe_code, reason = "calls llama.cpp as its own examples do")]

use std::ffi::CString;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use llama_cpp_sys_2 as sys;

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

extern "C" fn quiet(_: sys::ggml_log_level, _: *const std::ffi::c_char, _: *mut std::ffi::c_void) {}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, threads, prompt, answer] = arguments.as_slice() else {
        return ExitCode::from(2);
    };
    let numbers = [threads, prompt, answer].map(|text| text.parse::<i32>());
    let ([Ok(threads), Ok(prompt), Ok(answer)], Ok(path)) = (numbers, CString::new(path.as_str())) else {
        return ExitCode::from(2);
    };
    match measure(&path, threads, prompt, answer) {
        Some(line) => {
            drop(writeln!(std::io::stdout(), "{line}"));
            ExitCode::SUCCESS
        }
        None => ExitCode::FAILURE,
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands of milliseconds")]
fn measure(path: &CString, threads: i32, prompt: i32, answer: i32) -> Option<String> {
    // SAFETY: one thread; every pointer is looked at before use and lives to the end of the process.
    unsafe {
        sys::llama_log_set(Some(quiet), std::ptr::null_mut());
        sys::llama_backend_init();
        let start = now();
        let model = sys::llama_model_load_from_file(path.as_ptr(), sys::llama_model_default_params());
        if model.is_null() {
            return None;
        }
        let mut parameters = sys::llama_context_default_params();
        parameters.n_ctx = 2048;
        parameters.n_batch = 512;
        parameters.n_ubatch = 512;
        parameters.n_threads = threads;
        parameters.n_threads_batch = threads;
        let context = sys::llama_init_from_model(model, parameters);
        if context.is_null() {
            return None;
        }
        let load = start.elapsed().as_millis();
        let vocabulary = sys::llama_model_get_vocab(model);
        let text = "The quick brown fox jumps over the lazy dog. ".repeat(usize::try_from(prompt).ok()? / 4);
        let mut tokens = vec![0; text.len() + 8];
        let length = i32::try_from(text.len()).ok()?;
        let room = i32::try_from(tokens.len()).ok()?;
        let count = sys::llama_tokenize(vocabulary, text.as_ptr().cast(), length, tokens.as_mut_ptr(), room, true, false);
        tokens.truncate(usize::try_from(count.min(prompt)).ok()?);
        let sampler = sys::llama_sampler_init_greedy();
        let start = now();
        for part in tokens.chunks_mut(512) {
            let batch = sys::llama_batch_get_one(part.as_mut_ptr(), i32::try_from(part.len()).ok()?);
            if sys::llama_decode(context, batch) != 0 {
                return None;
            }
        }
        let mut token = sys::llama_sampler_sample(sampler, context, -1);
        let first = start.elapsed().as_millis();
        let start = now();
        for _ in 1..answer {
            // The end is written over, so that every run has the same length.
            if sys::llama_decode(context, sys::llama_batch_get_one(&raw mut token, 1)) != 0 {
                return None;
            }
            token = sys::llama_sampler_sample(sampler, context, -1);
        }
        let speed = f64::from(answer - 1) * 1000.0 / start.elapsed().as_millis().max(1) as f64;
        Some(format!(
            "load {load} ms; prompt {} tokens, first token {first} ms; {answer} tokens, {speed:.1} tokens/s",
            tokens.len()
        ))
    }
}
