//! Formats that have no archive around them: who reads which.

use std::io;

use super::look::Look;
use crate::kind::Kind;
use crate::pickle::{self, Context, PickleLimits};
use crate::section::{Section, Source};

/// Reads what there is a reader for, and says of the rest that it was not looked into.
pub(crate) fn look(source: &mut dyn Source, size: u64, name: &str, look: &mut Look) -> io::Result<()> {
    if look.kind == Kind::Pickle {
        // PyTorch's zips hold theirs under this name; its old format is told by its own magic number.
        let context = if name.ends_with("/data.pkl") { Context::Torch } else { Context::Plain };
        let scan = pickle::scan(&mut Section::new(source, 0, size), context, &PickleLimits::default());
        look.hazards.extend(scan.hazards);
        return scan.unreadable.map_or(Ok(()), Err);
    }
    look.looked_into = matches!(look.kind, Kind::Text | Kind::Empty | Kind::Elf | Kind::Pe | Kind::MachO | Kind::Script);
    Ok(())
}
