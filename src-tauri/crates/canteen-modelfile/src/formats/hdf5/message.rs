//! Messages that matter: attributes, links, kinds of numbers, shapes, and where numbers lie.

use super::super::source::{Step, broken};
use super::bytes::{Bytes, Fields};
use super::header::Message;

/// Longest name that is kept.
const LONGEST_NAME: u64 = 512;
const MOST_LENGTHS: u64 = 32;

/// An attribute, its value unread.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    /// Kind of its values; `None` where it stands elsewhere.
    pub(super) kind: Option<Datatype>,
    pub(super) value_at: u64,
    pub(super) end: u64,
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An object of this file.
    Object(Option<u64>),
    /// A path in this file.
    Path,
    /// Another file.
    File(String),
    /// Only a program of one's own knows.
    Own(u8),
}

#[derive(Debug)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) target: Target,
}

/// Class, first bits and size of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datatype {
    pub(super) class: u8,
    pub(super) bits: u8,
    pub(super) size: u64,
}

impl Datatype {
    pub(super) fn read(bytes: &mut Bytes<'_, '_>, at: u64) -> Step<Self> {
        let [class, bits] = bytes.source.array(at)?;
        let size = u64::from(bytes.u32(at.saturating_add(4))?);
        Ok(Self { class: class & 0x0f, bits, size })
    }

    /// A text of a length of its own, in the heap.
    pub(super) const fn is_long_text(self) -> bool {
        self.class == 9 && self.bits & 0x0f == 1
    }

    pub(super) const fn is_text(self) -> bool {
        self.class == 3
    }

    pub(super) const fn name(self) -> &'static str {
        match (self.class, self.size) {
            (1, 2) => "FLOAT16",
            (1, 4) => "FLOAT32",
            (1, 8) => "FLOAT64",
            (0, 1) => "INT8",
            (0, 2) => "INT16",
            (0, 4) => "INT32",
            (0, 8) => "INT64",
            _ => "OTHER",
        }
    }
}

/// An attribute's name, and where its value stands. `None` for a form that is not known.
pub(super) fn attribute(bytes: &mut Bytes<'_, '_>, message: Message) -> Step<Option<Attribute>> {
    let [version, flags] = bytes.source.array(message.at)?;
    let mut fields = Fields { bytes, at: message.at.saturating_add(2) };
    let (name, kind, shape) = (fields.number(2)?, fields.number(2)?, fields.number(2)?);
    let padded = |size: u64| if version == 1 { size.next_multiple_of(8) } else { size };
    match version {
        1 | 2 => {}
        3 => fields.skip(1),
        _ => return Ok(None),
    }
    let name_at = fields.at;
    let kind_at = name_at.saturating_add(padded(name));
    let value_at = kind_at.saturating_add(padded(kind)).saturating_add(padded(shape));
    let shared = version > 1 && flags & 1 != 0;
    let text = bytes.text(name_at, name.min(LONGEST_NAME))?;
    let kind = if shared { None } else { Some(Datatype::read(bytes, kind_at)?) };
    Ok(Some(Attribute { name: text, kind, value_at, end: message.end() }))
}

pub(super) fn link(bytes: &mut Bytes<'_, '_>, at: u64) -> Step<Link> {
    let [version, flags] = bytes.source.array(at)?;
    if version != 1 {
        return broken(at, "a link of a form that does not exist");
    }
    let mut fields = Fields { bytes, at: at.saturating_add(2) };
    let kind = if flags & 0x08 != 0 { fields.number(1)? } else { 0 };
    fields.skip(if flags & 0x04 != 0 { 8 } else { 0 });
    fields.skip(if flags & 0x10 != 0 { 1 } else { 0 });
    let length = fields.number(1 << (flags & 3))?;
    let name_at = fields.at;
    fields.skip(length);
    let target = match kind {
        0 => Target::Object(fields.address()?),
        1 => Target::Path,
        64 => {
            let value = fields.number(2)?;
            // A byte of version and flags stands in front of the name.
            let name_at = fields.at.saturating_add(1);
            Target::File(fields.bytes.text(name_at, value.saturating_sub(1).min(4096))?)
        }
        other => Target::Own(u8::try_from(other).unwrap_or(u8::MAX)),
    };
    let name = bytes.text(name_at, length.min(LONGEST_NAME))?;
    Ok(Link { name, target })
}

/// The lengths of a dataset, outermost first.
pub(super) fn dataspace(bytes: &mut Bytes<'_, '_>, message: Message) -> Step<Vec<u64>> {
    let [version, rank] = bytes.source.array(message.at)?;
    let head = match version {
        1 => 8,
        2 => 4,
        _ => return broken(message.at, "a shape of a form that does not exist"),
    };
    let rank = u64::from(rank);
    if rank > MOST_LENGTHS {
        return broken(message.at, "a shape with more lengths than there can be");
    }
    let mut fields = Fields { bytes, at: message.at.saturating_add(head) };
    (0..rank).map(|_| fields.length()).collect()
}

/// Where the numbers of a dataset lie.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// In the header, or in one piece.
    Whole {
        /// In bytes.
        size: u64,
        /// Nothing was written yet where this is absent: a reader makes it up.
        at: Option<u64>,
    },
    /// In pieces, which may be compressed.
    Pieces,
    /// In datasets of other files.
    Virtual,
    /// In a form that is not read.
    Other,
}

pub(super) fn layout(bytes: &mut Bytes<'_, '_>, message: Message) -> Step<Layout> {
    let [version, class] = bytes.source.array(message.at)?;
    match version {
        // The first forms do not say how many bytes there are.
        1 | 2 => return Ok(Layout::Pieces),
        3..=5 => {}
        _ => return Ok(Layout::Other),
    }
    let mut fields = Fields { bytes, at: message.at.saturating_add(2) };
    Ok(match class {
        0 => Layout::Whole { size: fields.number(2)?, at: Some(fields.at) },
        1 => {
            let at = fields.address()?;
            Layout::Whole { size: fields.length()?, at }
        }
        2 => Layout::Pieces,
        3 => Layout::Virtual,
        _ => Layout::Other,
    })
}

/// The name of the first file that holds a dataset's numbers.
pub(super) fn external_file(bytes: &mut Bytes<'_, '_>, message: Message) -> Step<String> {
    let heap_at = bytes.address(message.at.saturating_add(8))?;
    let name_at = bytes.length(message.at.saturating_add(8).saturating_add(bytes.wide))?;
    match heap_at {
        Some(heap) => super::group::name(bytes, heap, name_at),
        None => Ok(String::new()),
    }
}
