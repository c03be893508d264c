use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use canteen_inspect::{Reader, people};

use super::Session;

/// Shows every file; the exit code is the worst that was seen.
pub(super) fn run(paths: &[PathBuf], session: &Session) -> anyhow::Result<ExitCode> {
    let report = canteen_inspect::inspect(paths, Reader::It, &mut |_| ControlFlow::Continue(()));
    session.out.show(&report, people)?;
    Ok(ExitCode::from(report.exit_code()))
}
