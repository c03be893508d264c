//! Formats that have no archive around them: who reads which.

use std::io;

use super::hazards;
use super::look::{Look, Thing};
use crate::formats;
use crate::hazard::Hazard;
use crate::kind::Kind;
use crate::numpy;
use crate::pickle::{self, Context, PickleLimits};
use crate::section::{Source, read_at};

/// The largest configuration of a published model has some 2 MB.
const LONGEST_JSON: u64 = 64 << 20;
const FIRST_JSON: u64 = 64 << 10;

/// Reads what there is a reader for, and says of the rest that it was not looked into.
pub(crate) fn look(thing: Thing<'_>, look: &mut Look) -> io::Result<()> {
    let Thing { source, size, name, folder, .. } = thing;
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
    if let Some(found) = formats::read(look.kind, formats::File { reader: source, size, name, folder })? {
        look.hazards.extend(found.hazards);
        look.described = Some(found.facts);
        // Compiled: what it does, nobody sees.
        look.looked_into = look.kind != Kind::TensorRt;
        return Ok(());
    }
    let is_xml = look.kind == Kind::Text && name.to_ascii_lowercase().ends_with(".xml");
    if is_xml && let Some(found) = formats::network(formats::File { reader: source, size, name, folder })? {
        // What stands in front of the network was longer than what kinds are told by.
        look.kind = Kind::OpenVino;
        look.hazards.extend(found.hazards);
        look.described = Some(found.facts);
        return Ok(());
    }
    let is_graph = look.kind == Kind::Text && name.to_ascii_lowercase().ends_with(".pbtxt") && size <= LONGEST_JSON;
    if is_graph && let Some(found) = formats::graph_in_text(&String::from_utf8_lossy(&read_at(source, 0, size)?)) {
        look.kind = Kind::SavedModel;
        look.hazards.extend(found.hazards);
        look.described = Some(found.facts);
        return Ok(());
    }
    if let Some((kind, found)) = document(source, size, (name, look.kind))? {
        look.kind = kind;
        look.hazards.extend(found.hazards);
        look.described = Some(found.facts);
        return Ok(());
    }
    look.looked_into = matches!(
        look.kind,
        Kind::Text
            | Kind::TensorFlowFingerprint
            | Kind::Empty
            | Kind::Elf
            | Kind::Pe
            | Kind::MachO
            | Kind::OtherProgram
            | Kind::Script
    );
    Ok(())
}

/// JSON that says something of a model. Keras reads its own whatever the encoding, so a name is enough to look.
fn document(source: &mut dyn Source, size: u64, (name, kind): (&str, Kind)) -> io::Result<Option<(Kind, formats::Found)>> {
    let name = name.to_ascii_lowercase();
    let is_config = name.rsplit('/').next() == Some("config.json");
    let may = kind == Kind::Text && name.ends_with(".json") || is_config && kind == Kind::Unknown;
    if !may || size > LONGEST_JSON {
        return Ok(None);
    }
    // What else is JSON beside weights can be large, and says neither at its beginning.
    let first = read_at(source, 0, FIRST_JSON)?;
    let says = |word: &[u8]| first.windows(word.len()).any(|part| part == word);
    if !is_config && !says(b"\"class_name\"") && !says(b"\"itemInfoEntries\"") && !says(b"\"__loader__\"") {
        return Ok(None);
    }
    Ok(formats::document(&read_at(source, 0, size)?))
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
    look.storages = scan.storages;
    scan.unreadable.map_or(Ok(()), Err)
}
