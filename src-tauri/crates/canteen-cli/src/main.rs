//! `canteen`: the employee's command line, and the host where there is no desktop.
//!
//! A face like the window: it asks the running host over the local socket and starts a headless one where none runs. Exit
//! codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the host cannot be reached, 130 interrupted; `inspect`
//! adds 10 suspicious and 20 dangerous.

mod args;
mod chat;
mod commands;
mod failure;
mod out;
mod progress;

use std::process::ExitCode;

use canteen_os::Environment;
use clap::Parser as _;

use crate::args::Arguments;
use crate::failure::Failure;
use crate::out::Out;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let environment = Environment::from_process();
    let out = Out::new(arguments.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out.fail(&Failure::Other(error.into())),
    };
    match runtime.block_on(commands::run(arguments.command, &environment, &out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => out.fail(&failure),
    }
}
