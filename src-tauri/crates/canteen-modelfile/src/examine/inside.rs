//! Formats that have no archive around them: who reads which.

use std::io;

use super::look::Look;
use crate::kind::Kind;
use crate::numpy;
use crate::pickle::{self, Context, PickleLimits};
use crate::section::Source;

/// Reads what there is a reader for, and says of the rest that it was not looked into.
pub(crate) fn look(source: &mut dyn Source, size: u64, name: &str, look: &mut Look) -> io::Result<()> {
    if matches!(look.kind, Kind::Text | Kind::Unknown) && pickle::is_one(source, size) {
        look.kind = Kind::Pickle;
    }
    if look.kind == Kind::Npy {
        look.hazards.extend(numpy::read(source, size)?.hazards);
        return Ok(());
    }
    if look.kind == Kind::Pickle {
        // PyTorch's zips hold theirs under this name; its old format is told by its own magic number.
        // In its oldest, a tar, it is a member of this name.
        let torch = name.ends_with("/data.pkl") || name.ends_with("/constants.pkl") || name == "pickle";
        let context = if torch { Context::Torch } else { Context::Plain };
        let scan = pickle::scan(source, size, context, &PickleLimits::default());
        look.hazards.extend(scan.hazards);
        return scan.unreadable.map_or(Ok(()), Err);
    }
    look.looked_into = matches!(look.kind, Kind::Text | Kind::Empty | Kind::Elf | Kind::Pe | Kind::MachO | Kind::Script);
    Ok(())
}
