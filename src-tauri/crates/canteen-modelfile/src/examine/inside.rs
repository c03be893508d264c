//! Formats that have no archive around them: who reads which.

use std::io;

use super::look::{Look, Thing};
use crate::formats;
use crate::kind::Kind;
use crate::pickle::{self, Context, PickleLimits};
use crate::section::Section;

/// Reads what there is a reader for, and says of the rest that it was not looked into.
pub(crate) fn look(thing: Thing<'_>, look: &mut Look) -> io::Result<()> {
    let Thing { source, size, name, folder, .. } = thing;
    if look.kind == Kind::Pickle {
        // PyTorch's zips hold theirs under this name; its old format is told by its own magic number.
        let context = if name.ends_with("/data.pkl") { Context::Torch } else { Context::Plain };
        let scan = pickle::scan(&mut Section::new(source, 0, size), context, &PickleLimits::default());
        look.hazards.extend(scan.hazards);
        return scan.unreadable.map_or(Ok(()), Err);
    }
    if let Some(found) = formats::read(look.kind, formats::File { reader: source, size, name, folder })? {
        look.hazards.extend(found.hazards);
        look.described = Some(found.facts);
        return Ok(());
    }
    look.looked_into = matches!(look.kind, Kind::Text | Kind::Empty | Kind::Elf | Kind::Pe | Kind::MachO | Kind::Script);
    Ok(())
}
