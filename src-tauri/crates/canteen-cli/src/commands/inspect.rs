use std::ops::ControlFlow;
use std::path::PathBuf;

use canteen_inspect::{Reader, people};

use crate::failure::Failure;
use crate::out::Out;

/// Needs no host: it reads files and decides nothing.
pub(super) fn inspect(paths: &[PathBuf], out: &Out) -> Result<(), Failure> {
    let report = canteen_inspect::inspect(paths, Reader::Employee, &mut |_| ControlFlow::Continue(()));
    out.show(&report, people)?;
    match report.exit_code() {
        0 => Ok(()),
        code => Err(Failure::Seen(code)),
    }
}
