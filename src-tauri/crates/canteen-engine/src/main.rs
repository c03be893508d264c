//! See the library: it has the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    canteen_engine::run()
}
