//! The escape table: a locked child tries to open, connect, execute, fork, trace and write, and must fail at each. The same
//! attempts by a child that is not locked in show that they would work, so this test can fail.

#[path = "../support/harness.rs"]
mod harness;

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    harness::run(&[], &[])
}

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod parent;
#[cfg(target_os = "linux")]
mod probes;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == child::FLAG) {
        return child::run(&arguments);
    }
    harness::run(parent::TESTS, &arguments)
}
