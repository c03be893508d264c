use std::path::{Path, PathBuf};
use std::process::ExitCode;

use canteen_inspect::{Reader, people, until_interrupted};

use super::Session;

/// Shows every file; the exit code is the worst that was seen.
pub(super) fn run(paths: &[PathBuf], known: Option<&Path>, session: &Session) -> anyhow::Result<ExitCode> {
    let report = until_interrupted(paths, known, Reader::It, &mut |text| session.out.note(text))?;
    session.out.show(&report, people)?;
    Ok(ExitCode::from(report.exit_code()))
}
