//! Formats that have no archive around them: who reads which.

use std::io;

use super::hazards;
use super::look::Look;
use crate::hazard::Hazard;
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
        return pickle(source, size, name, look);
    }
    look.looked_into = matches!(look.kind, Kind::Text | Kind::Empty | Kind::Elf | Kind::Pe | Kind::MachO | Kind::Script);
    Ok(())
}

/// A file of any other kind whose bytes an unpickler would run all the same, from the first one on.
pub(crate) fn also_a_pickle(source: &mut dyn Source, size: u64, name: &str, look: &mut Look) -> io::Result<()> {
    if !matches!(look.kind, Kind::Pickle | Kind::Text | Kind::Unknown) && pickle::is_one(source, size) {
        look.hazards.push(Hazard::at(&hazards::TWO_THINGS, 0, Kind::Pickle.name()));
        pickle(source, size, name, look)?;
    }
    Ok(())
}

fn pickle(source: &mut dyn Source, size: u64, name: &str, look: &mut Look) -> io::Result<()> {
    // PyTorch's zips hold theirs under these names, its oldest format, a tar, under the last; that in between has a magic number.
    let torch = name.ends_with("/data.pkl") || name.ends_with("/constants.pkl") || name == "pickle";
    let context = if torch { Context::Torch } else { Context::Plain };
    let scan = pickle::scan(source, size, context, &PickleLimits::default());
    look.hazards.extend(scan.hazards);
    scan.unreadable.map_or(Ok(()), Err)
}
