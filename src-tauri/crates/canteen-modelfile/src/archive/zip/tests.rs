use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::*;

/// One member, and what is to be wrong with it.
#[derive(Clone)]
pub(crate) struct Part {
    name: Vec<u8>,
    local_name: Vec<u8>,
    data: Vec<u8>,
    deflated: bool,
    flags: u16,
    attributes: u32,
    crc_off: u32,
    size_off: u32,
    /// Left out of the directory.
    hidden: bool,
    /// In front of its header.
    before: Vec<u8>,
}

pub(crate) fn part(name: &str, data: &[u8]) -> Part {
    let name = name.as_bytes().to_vec();
    Part {
        local_name: name.clone(),
        name,
        data: data.to_vec(),
        deflated: false,
        flags: 0,
        attributes: 0,
        crc_off: 0,
        size_off: 0,
        hidden: false,
        before: Vec::new(),
    }
}

impl Part {
    pub(crate) fn deflated(mut self) -> Self {
        self.deflated = true;
        self
    }
}

fn wide(length: usize) -> u32 {
    u32::try_from(length).unwrap()
}

pub(crate) fn build(parts: &[Part]) -> Vec<u8> {
    let (mut bytes, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for part in parts {
        bytes.extend_from_slice(&part.before);
        let at = wide(bytes.len());
        let mut crc = flate2::Crc::new();
        crc.update(&part.data);
        let packed = if part.deflated {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(&part.data).unwrap();
            encoder.finish().unwrap()
        } else {
            part.data.clone()
        };
        let common = |crc: u32, name: &[u8], local: bool| {
            let mut fields = [20_u16, part.flags, if part.deflated { 8 } else { 0 }, 0, 0].map(u16::to_le_bytes).concat();
            let size = wide(part.data.len()) + if local { part.size_off } else { 0 };
            fields.extend([crc, wide(packed.len()), size].map(u32::to_le_bytes).concat());
            fields.extend([u16::try_from(name.len()).unwrap(), 0].map(u16::to_le_bytes).concat());
            fields
        };
        bytes.extend([b"PK\x03\x04".to_vec(), common(crc.sum() ^ part.crc_off, &part.local_name, true)].concat());
        bytes.extend([part.local_name.clone(), packed.clone()].concat());
        if !part.hidden {
            count += 1;
            directory.extend([b"PK\x01\x02\x14\x03".to_vec(), common(crc.sum() ^ part.crc_off, &part.name, false)].concat());
            directory.extend([0_u16; 3].map(u16::to_le_bytes).concat());
            directory.extend([part.attributes, at].map(u32::to_le_bytes).concat());
            directory.extend(&part.name);
        }
    }
    let at = wide(bytes.len());
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].map(u16::to_le_bytes).concat());
    bytes.extend([wide(directory.len()), at].map(u32::to_le_bytes).concat());
    bytes.extend([0, 0]);
    bytes
}

fn read_all(bytes: &[u8]) -> Option<Zip> {
    read(&mut Cursor::new(bytes), bytes.len() as u64, Bounds { members: 100 }).unwrap()
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read_all(bytes).unwrap().hazards.iter().map(|hazard| hazard.code.code).collect()
}

fn wrong(change: impl FnOnce(&mut Part)) -> Vec<&'static str> {
    let mut changed = part("b", b"world");
    change(&mut changed);
    codes(&build(&[part("a", b"hello"), changed, part("c", b"again")]))
}

#[test]
fn an_honest_zip_is_clean() {
    let bytes = build(&[part("a", b"hello"), part("d/", b""), part("d/b", &[7; 5000]).deflated()]);
    let zip = read_all(&bytes).unwrap();
    assert_eq!(zip.hazards, []);
    assert_eq!(zip.members.iter().map(Member::shown).collect::<Vec<_>>(), ["a", "d/", "d/b"]);
    assert_eq!(codes(&build(&[])), [""; 0]);
}

#[test]
fn the_two_headers_must_agree() {
    assert_eq!(wrong(|_| {}), [""; 0]);
    assert_eq!(wrong(|part| part.local_name = b"x".to_vec()), ["zip.header_mismatch"]);
    assert_eq!(wrong(|part| part.size_off = 1), ["zip.header_mismatch"]);
    assert_eq!(wrong(|part| part.flags = 1), ["zip.encrypted"]);
}

#[test]
fn names_and_kinds_of_members_are_judged() {
    let named = |name: &str| {
        wrong(|part| {
            part.name = name.into();
            part.local_name = name.into();
        })
    };
    for name in ["../b", "/b", "C:\\b", "b\\c", "x/../../b"] {
        assert_eq!(named(name), ["zip.outside"], "{name}");
    }
    assert_eq!(named("a"), ["zip.name_twice"]);
    assert_eq!(named("A"), ["zip.name_twice"], "one file on Windows and macOS");
    assert_eq!(named("b/"), ["zip.folder_with_data"]);
    assert_eq!(wrong(|part| part.attributes = 0o120_777 << 16), ["zip.link"]);
}

#[test]
fn every_byte_belongs_to_a_member() {
    assert_eq!(wrong(|part| part.before = b"hidden".to_vec()), ["zip.hidden_bytes"]);
    assert_eq!(wrong(|part| part.hidden = true), ["zip.hidden_member"]);
    assert_eq!(codes(&build(&[Part { hidden: true, ..part("a", b"x") }, part("b", b"y")])), ["zip.hidden_member"]);
    let mut tail = build(&[part("a", b"hello")]);
    tail.extend_from_slice(b"tail");
    assert_eq!(codes(&tail), ["zip.tail"]);
    let two = [build(&[part("a", b"hello")]), build(&[part("b", b"world")])].concat();
    assert_eq!(codes(&two), ["zip.hidden_member"]);
    let mut comment = build(&[part("a", b"hello")]);
    let end = comment[comment.len() - 22..].to_vec();
    let length = comment.len();
    comment[length - 2] = 22;
    comment.extend_from_slice(&end);
    assert!(codes(&comment).contains(&"zip.second_end"), "{:?}", codes(&comment));
    let mut cut = build(&[part("a", b"hello")]);
    *cut.iter_mut().nth_back(1).unwrap() = 9;
    assert_eq!(codes(&cut), ["zip.comment_cut"], "nothing stands behind the end");
}

#[test]
fn members_that_share_bytes_are_found() {
    let mut bytes = build(&[part("a", b"hello"), part("a", b"hello")]);
    // The second entry of the directory is made to point to the first member.
    let second = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].fill(0);
    let codes = codes(&bytes);
    assert!(codes.contains(&"zip.overlap"), "{codes:?}");
}

#[test]
fn without_a_directory_the_headers_are_walked() {
    let bytes = build(&[part("a", b"hello"), part("b", b"world").deflated()]);
    let cut = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let zip = read_all(&bytes[..cut]).unwrap();
    assert_eq!(zip.members.len(), 2);
    assert_eq!(zip.hazards[0].code.code, "zip.no_directory");
    let mut zeroed = bytes;
    zeroed[cut..].fill(0);
    assert_eq!(read_all(&zeroed).unwrap().members.len(), 2);
}

#[test]
fn a_zip_behind_something_else_is_found_where_it_begins() {
    let zip = build(&[part("a", b"hello")]);
    let bytes = [&b"#!/bin/sh\nexit\n"[..], &zip].concat();
    let zip = read_all(&bytes).unwrap();
    assert_eq!((zip.start, zip.members.len(), zip.hazards.len()), (15, 1, 0));
    assert!(read_all(b"no zip at all, and long enough to be one").is_none());
}

proptest! {
    #[test]
    fn no_bytes_panic(at: prop::sample::Index, with: u8, cut: prop::sample::Index, noise: Vec<u8>) {
        let good = build(&[part("a", b"hello"), part("b/c", &[3; 900]).deflated(), part("d/", b"")]);
        let mut bytes = good.clone();
        let place = at.index(bytes.len());
        bytes[place] = with;
        read_all(&bytes);
        read_all(&good[..cut.index(good.len())]);
        read_all(&[good, noise].concat());
    }
}
