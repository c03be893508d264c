//! tar: a header of 512 bytes in front of each member. Long names and sizes of GNU's and POSIX's extensions are followed,
//! because an unpacker follows them.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io;

use super::hazards;
use super::names::{self, Name};
use crate::hazard::Hazard;
use crate::section::{Source, read_at};

pub(crate) const BLOCK: u64 = 512;
/// A long name or a list of POSIX attributes.
const LONGEST_EXTENSION: u64 = 1 << 20;
const LONGEST_NAME: usize = 4096;

/// A member that holds bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) at: u64,
    pub(crate) size: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Tar {
    pub(crate) members: Vec<Member>,
    pub(crate) hazards: Vec<Hazard>,
    /// Behind the end marks.
    pub(crate) end: u64,
}

/// What an extension says about the member behind it.
#[derive(Default)]
struct Next {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

struct Header {
    name: Vec<u8>,
    link: Vec<u8>,
    size: u64,
    kind: u8,
}

pub(crate) fn read(source: &mut dyn Source, size: u64, most: u64) -> io::Result<Tar> {
    let (mut tar, mut next, mut names) = (Tar::default(), Next::default(), HashSet::new());
    let (mut at, mut headers) = (0_u64, 0_u64);
    loop {
        let block = read_at(source, at, BLOCK)?;
        if block.len() < 512 {
            tar.hazards.push(Hazard::at(&hazards::TAR_DAMAGED, at, "it has no end mark"));
            break;
        }
        if block.iter().all(|byte| *byte == 0) {
            at = at.saturating_add(BLOCK);
            break;
        }
        headers = headers.saturating_add(1);
        if headers > most {
            tar.hazards.push(Hazard::at(&hazards::TAR_TOO_MUCH, at, ""));
            break;
        }
        let Some(mut header) = header(&block) else {
            tar.hazards.push(Hazard::at(&hazards::TAR_DAMAGED, at, "a header's check sum is wrong"));
            break;
        };
        let data_at = at.saturating_add(BLOCK);
        if matches!(header.kind, b'L' | b'K' | b'x' | b'g') {
            let bytes = read_at(source, data_at, header.size.min(LONGEST_EXTENSION))?;
            next.take(header.kind, bytes);
        } else {
            header.name = next.name.take().unwrap_or(header.name);
            header.link = next.link.take().unwrap_or(header.link);
            header.size = next.size.take().unwrap_or(header.size);
            tar.judge(at, &header, &mut names);
            if matches!(header.kind, 0 | b'0' | b'7' | b'S') && header.size > 0 {
                tar.members.push(Member { name: header.name, at: data_at, size: header.size });
            }
        }
        let Some(behind) = header.size.checked_next_multiple_of(BLOCK).and_then(|size| data_at.checked_add(size)) else {
            tar.hazards.push(Hazard::at(&hazards::TAR_DAMAGED, at, "a size does not fit a number"));
            break;
        };
        if data_at.saturating_add(header.size) > size {
            tar.hazards.push(Hazard::at(&hazards::TAR_DAMAGED, at, "a member ends behind the file"));
            break;
        }
        at = behind;
    }
    tar.end = at.min(size);
    tail(source, &mut tar)?;
    tar.hazards = super::zip::few(std::mem::take(&mut tar.hazards));
    tar.hazards.iter_mut().for_each(|hazard| hazard.keep_inside(size));
    Ok(tar)
}

impl Tar {
    fn judge(&mut self, at: u64, header: &Header, names: &mut HashSet<Vec<u8>>) {
        let shown = String::from_utf8_lossy(&header.name).into_owned();
        let mut say = |code| self.hazards.push(Hazard::at(code, at, &shown));
        if names::judge(&header.name) == Name::LeavesTheFolder {
            say(&hazards::TAR_OUTSIDE);
        }
        match header.kind {
            // A hard link's target is named from the root of the archive, a symbolic one's from where it stands.
            b'1' if names::judge(&header.link) == Name::LeavesTheFolder => say(&hazards::TAR_LINK_OUTSIDE),
            b'2' if names::judge_link(&header.name, &header.link) == Name::LeavesTheFolder => say(&hazards::TAR_LINK_OUTSIDE),
            b'1' | b'2' => say(&hazards::TAR_LINK),
            b'3' | b'4' | b'6' => say(&hazards::TAR_DEVICE),
            b'S' => say(&hazards::NOT_LOOKED_INTO),
            _ => {}
        }
        if header.name.len() > LONGEST_NAME {
            say(&hazards::TAR_TOO_MUCH);
        }
        if header.kind != b'5' && !names.insert(header.name.clone()) {
            say(&hazards::TAR_NAME_TWICE);
        }
    }
}

impl Next {
    fn take(&mut self, kind: u8, bytes: Vec<u8>) {
        let text = |bytes: &[u8]| bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
        match kind {
            b'L' => self.name = Some(text(&bytes)),
            b'K' => self.link = Some(text(&bytes)),
            _ => {
                for (key, value) in attributes(&bytes) {
                    match key {
                        b"path" => self.name = Some(value.to_vec()),
                        b"linkpath" => self.link = Some(value.to_vec()),
                        b"size" => self.size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()),
                        _ => {}
                    }
                }
            }
        }
    }
}

/// POSIX attributes: `length key=value\n`, again and again.
fn attributes(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut all = Vec::new();
    while all.len() < 1000 {
        let Some(blank) = bytes.iter().position(|byte| *byte == b' ') else { break };
        let length = bytes.get(..blank).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
        let Some((record, rest)) = length.filter(|length| *length > blank).and_then(|length| bytes.split_at_checked(length))
        else {
            break;
        };
        bytes = rest;
        let record = record.get(blank + 1..).unwrap_or_default();
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        if let Some(equals) = record.iter().position(|byte| *byte == b'=') {
            let (key, value) = record.split_at(equals);
            all.push((key, value.get(1..).unwrap_or_default()));
        }
    }
    all
}

fn header(block: &[u8]) -> Option<Header> {
    if !sum_is_right(block) {
        return None;
    }
    let text = |from: usize, to: usize| block.get(from..to)?.split(|byte| *byte == 0).next().map(<[u8]>::to_vec);
    let mut name = text(0, 100)?;
    // A prefix only where POSIX's magic is: GNU keeps times there.
    if block.get(257..263)? == b"ustar\0" {
        let mut prefix = text(345, 500)?;
        if !prefix.is_empty() {
            prefix.push(b'/');
            prefix.append(&mut name);
            name = prefix;
        }
    }
    Some(Header { name, link: text(157, 257)?, size: number(block.get(124..136)?)?, kind: *block.get(156)? })
}

/// Octal digits, or big-endian bytes behind a set first bit.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((0x80, rest)) = field.split_first() {
        return rest.iter().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches(|c: char| c == ' ' || c == '\0');
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

/// The sum of all bytes, with the sum's own place taken as blanks; old writers added signed bytes.
pub(crate) fn sum_is_right(block: &[u8]) -> bool {
    let Some(claimed) = block.get(148..156).and_then(number) else { return false };
    let without = |at: usize| (148..156).contains(&at);
    let bytes = || block.iter().take(512).enumerate().map(|(at, byte)| if without(at) { b' ' } else { *byte });
    let unsigned: u64 = bytes().map(u64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(i8::from_ne_bytes([byte]))).sum();
    claimed > 0 && (claimed == unsigned || i64::try_from(claimed) == Ok(signed))
}

/// Behind the end mark only zeros fill up the last record.
fn tail(source: &mut dyn Source, tar: &mut Tar) -> io::Result<()> {
    let bytes = read_at(source, tar.end, 1 << 20)?;
    if let Some(at) = bytes.iter().position(|byte| *byte != 0)
        && !tar.hazards.iter().any(|hazard| hazard.code == &hazards::TAR_DAMAGED)
    {
        tar.hazards.push(Hazard::at(&hazards::TAR_TAIL, tar.end.saturating_add(at as u64), ""));
    }
    Ok(())
}
