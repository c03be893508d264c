//! Runs of engines that misbehave. The engine is this program itself, and the model tells it what to do.

#[path = "../../../canteen-sandbox/tests/support/harness.rs"]
mod harness;

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    harness::run(&[], &[])
}

#[cfg(target_os = "linux")]
mod engine;
#[cfg(target_os = "linux")]
#[path = "../support/listener.rs"]
mod listener;
#[cfg(target_os = "linux")]
mod runs;
#[cfg(target_os = "linux")]
#[path = "../support/ticket.rs"]
mod ticket;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--parent") {
        return engine::run(&arguments);
    }
    harness::run(runs::TESTS, &arguments)
}
