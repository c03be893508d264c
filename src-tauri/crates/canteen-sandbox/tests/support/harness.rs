//! The least of libtest that cargo and nextest need, for test programs that must be their own child: they need `main` before
//! any thread exists.

use std::io::Write as _;
use std::panic::catch_unwind;
use std::process::ExitCode;

pub(crate) type Test = (&'static str, fn());

/// Lists, or runs, what the arguments ask for.
pub(crate) fn run(tests: &[Test], arguments: &[String]) -> ExitCode {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let mut out = std::io::stdout();
    if has("--list") {
        for (name, _) in tests.iter().filter(|_| !has("--ignored")) {
            writeln!(out, "{name}: test").expect("standard output is open");
        }
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let matches = |name: &str| {
        wanted.is_empty() || wanted.iter().any(|w| if has("--exact") { name == w.as_str() } else { name.contains(w.as_str()) })
    };
    let mut failed = 0;
    for (name, test) in tests.iter().filter(|(name, _)| matches(name)) {
        let passed = catch_unwind(test).is_ok();
        failed += usize::from(!passed);
        writeln!(out, "test {name} ... {}", if passed { "ok" } else { "FAILED" }).expect("standard output is open");
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(101) }
}
