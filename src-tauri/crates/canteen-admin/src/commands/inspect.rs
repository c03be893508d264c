use std::process::ExitCode;

use canteen_inspect::{Asked, people, until_interrupted};

use super::Session;

/// Shows every file; the exit code is the worst that was seen.
pub(super) fn run(asked: Asked<'_>, session: &Session) -> anyhow::Result<ExitCode> {
    let out = session.out;
    let report = until_interrupted(asked, &mut |text| out.note(text))?;
    out.show(&report, people)?;
    Ok(ExitCode::from(report.exit_code()))
}
