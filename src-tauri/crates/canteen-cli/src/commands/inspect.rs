use canteen_inspect::{Asked, people, until_interrupted};

use crate::failure::Failure;
use crate::out::Out;

/// Needs no host: it reads files and decides nothing.
pub(super) fn inspect(asked: Asked<'_>, out: &Out) -> Result<(), Failure> {
    let report = until_interrupted(asked, &mut |text| out.note(text))?;
    out.show(&report, people)?;
    match report.exit_code() {
        0 => Ok(()),
        code => Err(Failure::Seen(code)),
    }
}
