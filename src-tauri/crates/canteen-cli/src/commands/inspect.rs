use std::path::{Path, PathBuf};

use canteen_inspect::{Reader, people, until_interrupted};

use crate::failure::Failure;
use crate::out::Out;

/// Needs no host: it reads files and decides nothing.
pub(super) fn inspect(paths: &[PathBuf], known: Option<&Path>, out: &Out) -> Result<(), Failure> {
    let report = until_interrupted(paths, known, Reader::Employee, &mut |text| out.note(text))?;
    out.show(&report, people)?;
    match report.exit_code() {
        0 => Ok(()),
        code => Err(Failure::Seen(code)),
    }
}
