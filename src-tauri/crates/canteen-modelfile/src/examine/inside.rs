//! Formats that have no archive around them: who reads which.

use std::io;

use super::look::Look;
use crate::kind::Kind;
use crate::section::Source;

/// Reads what there is a reader for, and says of the rest that it was not looked into.
pub(crate) fn look(_source: &mut dyn Source, _size: u64, look: &mut Look) -> io::Result<()> {
    look.looked_into = matches!(look.kind, Kind::Text | Kind::Empty | Kind::Elf | Kind::Pe | Kind::MachO | Kind::Script);
    Ok(())
}
