//! HDF5: groups, links, attributes and where the numbers of datasets lie, without its library.
//!
//! Two questions: what a loader reads besides this file, and what a model's configuration in the attributes would run.
//! What cannot be followed is said, since a loader would follow it.

mod bytes;
mod dense;
mod group;
mod hazards;
mod header;
mod heap;
mod message;
mod superblock;

use std::collections::HashSet;

pub(crate) use hazards::{ALL as HAZARDS, TAIL};
use hazards::{EXTERNAL_LINK, EXTERNAL_STORAGE, NOT_FOLLOWED, SHAPE_LIES, UNREADABLE, USER_LINK, VIRTUAL_DATASET};

use self::bytes::{Bytes, Fields};
use self::header::{Message, kind};
use self::message::{Attribute, Datatype, Layout, Target};
use self::superblock::Superblock;
use super::collector::{Gathered, shown};
use super::source::{Source, Step, Stop, too_much};
use super::{Found, keras};
use crate::{ModelFileError, section};

/// Names of groups and datasets. Published models have some thousands.
const MOST_NAMES: usize = 1 << 18;
const LONGEST_PATH: usize = 512;
/// The largest published configuration has some 2 MB.
const LONGEST_CONFIG: u64 = 64 << 20;
/// A model has two.
const MOST_CONFIGS: u32 = 32;
/// What an attribute says that is only shown.
const LONGEST_WORD: u64 = 64;
/// Compressed numbers take a thousandth at least.
const DENSEST: u64 = 1100;
/// Numbers that take less memory harm nobody, however few bytes they are made of.
const HARMLESS: u64 = 64 << 20;

/// Reads a file.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub(crate) fn hdf5(reader: &mut dyn section::Source, size: u64) -> Result<Found, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk { found: Gathered::of(size), objects: Vec::new(), seen: HashSet::new(), names: 0, configs: 0 };
    let walked = walk.file(&mut source);
    walk.found.done(walked, &UNREADABLE)
}

/// An object that is still to be read.
struct Object {
    at: u64,
    path: String,
}

/// What the messages of one object say of its numbers.
#[derive(Default)]
struct Dataset {
    shape: Option<Vec<u64>>,
    kind: Option<Datatype>,
    layout: Option<Layout>,
}

struct Walk {
    found: Gathered,
    objects: Vec<Object>,
    /// Where those stand that were met.
    seen: HashSet<u64>,
    names: usize,
    configs: u32,
}

impl Walk {
    fn file(&mut self, source: &mut Source<'_>) -> Step<()> {
        let size = source.size();
        let at = superblock::place(source)?;
        let (mut bytes, superblock) = superblock::read(source, at)?;
        self.found.facts.version = Some(superblock.version.to_string());
        self.spread(&mut bytes, &superblock)?;
        match superblock.end {
            Some(end) if end < size => self.found.at(&TAIL, end, ""),
            Some(end) if end > size => self.found.stopped(&UNREADABLE, size, "it ends too early"),
            _ => {}
        }
        if let Some(root) = superblock.root {
            self.seen.insert(root);
            self.objects.push(Object { at: root, path: String::new() });
        }
        while let Some(object) = self.objects.pop() {
            self.object(&mut bytes, &object)?;
        }
        Ok(())
    }

    /// A file may be spread over several, which its superblock says, or an extension of it.
    fn spread(&mut self, bytes: &mut Bytes<'_, '_>, superblock: &Superblock) -> Step<()> {
        let mut driver = superblock.driver;
        if let Some(extension) = superblock.extension {
            let (messages, walked) = header::messages(bytes, extension);
            self.note(walked)?;
            driver = messages.iter().find(|message| message.kind == kind::DRIVER).map(|message| message.at);
        }
        if let Some(at) = driver {
            self.found.stopped(&NOT_FOLLOWED, at, "a file that is spread over several");
        }
        Ok(())
    }

    /// A fault in one place loses only that: a library reads the others.
    fn note(&mut self, walked: Step<()>) -> Step<()> {
        match walked {
            Err(Stop::Broken { at, what }) => {
                self.found.stopped(&UNREADABLE, at, what);
                Ok(())
            }
            walked => walked,
        }
    }

    fn object(&mut self, bytes: &mut Bytes<'_, '_>, object: &Object) -> Step<()> {
        let (messages, walked) = header::messages(bytes, object.at);
        self.note(walked)?;
        let mut dataset = Dataset::default();
        for message in messages {
            let read = self.message(bytes, message, (object, &mut dataset));
            self.note(read)?;
        }
        self.dataset(object, dataset, bytes.source.size());
        Ok(())
    }

    fn message(&mut self, bytes: &mut Bytes<'_, '_>, message: Message, (object, dataset): (&Object, &mut Dataset)) -> Step<()> {
        match message.kind {
            // A kind of numbers that several datasets share is named by its place; only what follows links matters.
            kind::DATATYPE if message.shared => {}
            kind::DATASPACE | kind::LINK..=kind::ATTRIBUTE | kind::LINK_INFO | kind::ATTRIBUTE_INFO if message.shared => {
                self.found.stopped(&NOT_FOLLOWED, message.at, &object.path);
            }
            kind::DATASPACE => dataset.shape = Some(message::dataspace(bytes, message)?),
            kind::DATATYPE => dataset.kind = Some(Datatype::read(bytes, message.at)?),
            kind::LAYOUT => dataset.layout = Some(message::layout(bytes, message)?),
            kind::LINK => self.link(bytes, message.at, object)?,
            kind::ATTRIBUTE => self.attribute(bytes, message, object)?,
            kind::EXTERNAL_FILES => {
                let file = message::external_file(bytes, message);
                self.found.at(&EXTERNAL_STORAGE, message.at, &format!("{}: {}", object.path, file.as_deref().unwrap_or("")));
                file?;
            }
            kind::SYMBOL_TABLE => {
                let (tree, heap) = (bytes.address(message.at)?, bytes.address(message.at.saturating_add(bytes.wide))?);
                if let (Some(tree), Some(heap)) = (tree, heap) {
                    return group::members(bytes, (tree, heap), &mut |(name, to)| self.member(object, &name, to));
                }
            }
            kind::LINK_INFO | kind::ATTRIBUTE_INFO => self.dense(bytes, message, object)?,
            _ => {}
        }
        Ok(())
    }

    /// An object may have many names: it is read, and kept in mind, under the first.
    fn member(&mut self, group: &Object, name: &str, to: Option<u64>) -> Step<()> {
        self.names += 1;
        if self.names > MOST_NAMES {
            return too_much(group.at, "more groups and datasets than any published model has");
        }
        let Some(at) = to.filter(|to| self.seen.insert(*to)) else { return Ok(()) };
        let path = if group.path.is_empty() { name.to_owned() } else { format!("{}/{name}", group.path) };
        let path = path.chars().take(LONGEST_PATH).collect();
        self.objects.push(Object { at, path });
        Ok(())
    }

    fn link(&mut self, bytes: &mut Bytes<'_, '_>, at: u64, group: &Object) -> Step<()> {
        let link = message::link(bytes, at)?;
        match link.target {
            Target::Object(to) => return self.member(group, &link.name, to),
            Target::Path => {}
            Target::File(file) => self.found.at(&EXTERNAL_LINK, at, &format!("{}: {file}", link.name)),
            Target::Own(kind) => self.found.at(&USER_LINK, at, &format!("{}: {kind}", link.name)),
        }
        Ok(())
    }

    /// Links or attributes that are too many for the header, in a heap of their own.
    fn dense(&mut self, bytes: &mut Bytes<'_, '_>, message: Message, object: &Object) -> Step<()> {
        let is_links = message.kind == kind::LINK_INFO;
        let flags = bytes.u8(message.at.saturating_add(1))?;
        let mut fields = Fields { bytes, at: message.at.saturating_add(2) };
        if flags & 1 != 0 {
            fields.skip(if is_links { 8 } else { 2 });
        }
        let (Some(heap), Some(tree)) = (fields.address()?, fields.address()?) else { return Ok(()) };
        let mut kept = Vec::new();
        let walked = dense::messages(bytes, (tree, heap), &mut |message| kept.push(message));
        for message in kept {
            let Some((at, size)) = message else {
                self.found.stopped(&NOT_FOLLOWED, heap, &object.path);
                continue;
            };
            let read = if is_links {
                self.link(bytes, at, object)
            } else {
                self.attribute(bytes, Message { kind: kind::ATTRIBUTE, at, size, shared: false }, object)
            };
            self.note(read)?;
        }
        walked
    }

    fn attribute(&mut self, bytes: &mut Bytes<'_, '_>, message: Message, object: &Object) -> Step<()> {
        let Some(attribute) = message::attribute(bytes, message)? else {
            self.found.stopped(&NOT_FOLLOWED, message.at, &object.path);
            return Ok(());
        };
        match attribute.name.as_str() {
            "model_config" | "training_config" => self.config(bytes, &attribute)?,
            "keras_version" => {
                let version = text(bytes, &attribute, LONGEST_WORD)?;
                let version = version.map(|(_, version)| format!("keras {}", String::from_utf8_lossy(&version)));
                self.found.facts.producer = version.as_deref().and_then(shown);
            }
            _ => {}
        }
        Ok(())
    }

    /// Any number of them may have the same text.
    fn config(&mut self, bytes: &mut Bytes<'_, '_>, attribute: &Attribute) -> Step<()> {
        self.configs += 1;
        if self.configs > MOST_CONFIGS {
            return too_much(attribute.value_at, "more configuration than any published model has");
        }
        match text(bytes, attribute, LONGEST_CONFIG)? {
            Some((at, text)) => keras::config(&mut self.found, &text, at, keras::Use::Builds),
            None => self.found.stopped(&NOT_FOLLOWED, attribute.value_at, &attribute.name),
        }
        Ok(())
    }

    fn dataset(&mut self, object: &Object, dataset: Dataset, file: u64) {
        let Dataset { shape: Some(shape), kind: Some(kind), layout: Some(layout) } = dataset else { return };
        let declared = shape.iter().try_fold(kind.size, |product, length| product.checked_mul(*length)).unwrap_or(u64::MAX);
        self.found.tensor(&object.path, shape, kind.name());
        let lies = match layout {
            Layout::Whole { size, at: Some(at) } => declared > size || at.checked_add(size).is_none_or(|end| end > file),
            Layout::Whole { at: None, .. } => declared > HARMLESS.max(file),
            Layout::Pieces => declared > HARMLESS.saturating_add(file.saturating_mul(DENSEST)),
            Layout::Virtual => {
                self.found.at(&VIRTUAL_DATASET, object.at, &object.path);
                false
            }
            Layout::Other => {
                self.found.stopped(&NOT_FOLLOWED, object.at, &object.path);
                false
            }
        };
        if lies {
            self.found.at(&SHAPE_LIES, object.at, &object.path);
        }
    }
}

/// Where the text of an attribute stands, and at most `most` bytes of it. `None` where it is no single text.
fn text(bytes: &mut Bytes<'_, '_>, attribute: &Attribute, most: u64) -> Step<Option<(u64, Vec<u8>)>> {
    let (at, size) = match attribute.kind {
        Some(kind) if kind.is_text() => (attribute.value_at, kind.size.min(attribute.end.saturating_sub(attribute.value_at))),
        Some(kind) if kind.is_long_text() => {
            let length = u64::from(bytes.u32(attribute.value_at)?);
            let Some(heap) = bytes.address(attribute.value_at.saturating_add(4))? else { return Ok(None) };
            let index = bytes.u32(attribute.value_at.saturating_add(4).saturating_add(bytes.wide))?;
            let (at, size) = heap::object(bytes, heap, index)?;
            (at, size.min(length))
        }
        _ => return Ok(None),
    };
    let text = bytes.source.bytes(at, size.min(most))?;
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    Ok(Some((at, text.into_iter().take(end).collect())))
}

#[cfg(test)]
mod tests;
