//! Object headers: the list of messages that an object is made of.

use super::super::source::{Step, broken, too_much};
use super::bytes::Bytes;

/// Of one object. Groups have some, datasets a dozen.
const MOST_MESSAGES: usize = 1 << 16;
const MOST_PIECES: usize = 1 << 10;

/// What a message is about.
pub(super) mod kind {
    pub(in super::super) const DATASPACE: u16 = 0x01;
    pub(in super::super) const LINK_INFO: u16 = 0x02;
    pub(in super::super) const DATATYPE: u16 = 0x03;
    pub(in super::super) const LINK: u16 = 0x06;
    pub(in super::super) const EXTERNAL_FILES: u16 = 0x07;
    pub(in super::super) const LAYOUT: u16 = 0x08;
    pub(in super::super) const ATTRIBUTE: u16 = 0x0c;
    pub(in super::super) const CONTINUATION: u16 = 0x10;
    pub(in super::super) const SYMBOL_TABLE: u16 = 0x11;
    pub(in super::super) const DRIVER: u16 = 0x14;
    pub(in super::super) const ATTRIBUTE_INFO: u16 = 0x15;
}

/// One message, unread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message {
    pub(super) kind: u16,
    pub(super) at: u64,
    pub(super) size: u64,
    /// It stands elsewhere, and here is only where.
    pub(super) shared: bool,
}

impl Message {
    pub(super) const fn end(&self) -> u64 {
        self.at.saturating_add(self.size)
    }
}

/// How the messages of one header are laid out.
#[derive(Clone, Copy)]
struct Form {
    /// Bytes in front of each message.
    prefix: u64,
    second: bool,
}

/// A run of messages.
#[derive(Clone, Copy)]
struct Piece {
    at: u64,
    end: u64,
}

/// The messages of the object at `at`; as many as stand before a fault, and the fault.
pub(super) fn messages(bytes: &mut Bytes<'_, '_>, at: u64) -> (Vec<Message>, Step<()>) {
    let mut found = Vec::new();
    let walked = walk(bytes, at, &mut found);
    (found, walked)
}

fn walk(bytes: &mut Bytes<'_, '_>, at: u64, found: &mut Vec<Message>) -> Step<()> {
    let (form, first) = if bytes.signed(at, *b"OHDR")? { second(bytes, at)? } else { first(bytes, at)? };
    let mut pieces = vec![first];
    let mut done = 0;
    while let Some(piece) = pieces.get(done).copied() {
        done += 1;
        if done > MOST_PIECES {
            return too_much(at, "an object in more pieces than any has");
        }
        run(bytes, piece, form, found, &mut pieces)?;
    }
    Ok(())
}

/// Version 1: counts, then messages with a header of eight bytes.
fn first(bytes: &mut Bytes<'_, '_>, at: u64) -> Step<(Form, Piece)> {
    if bytes.u8(at)? != 1 {
        return broken(at, "no object stands where one should");
    }
    let size = u64::from(bytes.u32(at.saturating_add(8))?);
    let start = at.saturating_add(16);
    Ok((Form { prefix: 8, second: false }, Piece { at: start, end: start.saturating_add(size) }))
}

/// Version 2: flags say which fields there are.
fn second(bytes: &mut Bytes<'_, '_>, at: u64) -> Step<(Form, Piece)> {
    let flags = bytes.u8(at.saturating_add(5))?;
    let times = if flags & 0x20 != 0 { 16 } else { 0 };
    let bounds = if flags & 0x10 != 0 { 4 } else { 0 };
    let width = 1_u64 << (flags & 3);
    let place = at.saturating_add(6 + times + bounds);
    let size = bytes.number(place, width)?;
    let start = place.saturating_add(width);
    let prefix = if flags & 0x04 != 0 { 6 } else { 4 };
    Ok((Form { prefix, second: true }, Piece { at: start, end: start.saturating_add(size) }))
}

fn run(bytes: &mut Bytes<'_, '_>, piece: Piece, form: Form, found: &mut Vec<Message>, pieces: &mut Vec<Piece>) -> Step<()> {
    let mut at = piece.at;
    while at.saturating_add(form.prefix) <= piece.end {
        let message = if form.second { short(bytes, at, form)? } else { long(bytes, at, form)? };
        if message.end() > piece.end {
            return broken(at, "a message goes past the end of its object");
        }
        at = message.end();
        if message.kind == kind::CONTINUATION {
            let start = bytes.address(message.at)?;
            let size = bytes.length(message.at.saturating_add(bytes.wide))?;
            if let Some(start) = start {
                // Pieces of the second form begin with a mark and end with a check sum.
                let (head, tail) = if form.second { (4, 4) } else { (0, 0) };
                let end = start.saturating_add(size).saturating_sub(tail);
                pieces.push(Piece { at: start.saturating_add(head), end });
            }
        } else if message.kind != 0 {
            if found.len() >= MOST_MESSAGES {
                return too_much(at, "an object with more messages than any has");
            }
            found.push(message);
        }
    }
    Ok(())
}

fn long(bytes: &mut Bytes<'_, '_>, at: u64, form: Form) -> Step<Message> {
    let [kind_low, kind_high, size_low, size_high, flags] = bytes.source.array(at)?;
    let size = u64::from(u16::from_le_bytes([size_low, size_high]));
    let kind = u16::from_le_bytes([kind_low, kind_high]);
    Ok(Message { kind, at: at.saturating_add(form.prefix), size, shared: flags & 2 != 0 })
}

fn short(bytes: &mut Bytes<'_, '_>, at: u64, form: Form) -> Step<Message> {
    let [kind, size_low, size_high, flags] = bytes.source.array(at)?;
    let size = u64::from(u16::from_le_bytes([size_low, size_high]));
    Ok(Message { kind: u16::from(kind), at: at.saturating_add(form.prefix), size, shared: flags & 2 != 0 })
}
