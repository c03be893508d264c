use std::io::Cursor;

use proptest::prelude::*;

use super::*;

fn block(name: &str, link: &str, kind: u8, size: usize) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link.as_bytes());
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

fn member(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = block(name, "", kind, data.len());
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn read_all(bytes: &[u8]) -> Tar {
    read(&mut Cursor::new(bytes), bytes.len() as u64, 1000).unwrap()
}

#[track_caller]
fn check(parts: &[Vec<u8>], expected: &[&str]) -> Tar {
    let mut bytes = parts.concat();
    bytes.extend_from_slice(&[0; 1024]);
    let tar = read_all(&bytes);
    let codes: Vec<_> = tar.hazards.iter().map(|hazard| hazard.code.code).collect();
    assert_eq!(codes, expected);
    tar
}

#[test]
fn members_are_found() {
    let tar = check(&[member("a/b", b'0', b"hello"), member("c", b'5', b""), member("d", 0, b"x")], &[]);
    let expected = |name: &[u8], at, size| Member { name: name.to_vec(), at, size };
    assert_eq!(tar.members, [expected(b"a/b", 512, 5), expected(b"d", 2048, 1)]);
}

#[test]
fn what_leaves_the_folder_is_found_under_every_kind_of_name() {
    check(&[member("../a", b'0', b"x")], &["tar.outside"]);
    check(&[member("././@LongLink", b'L', b"/etc/passwd\0"), member("a", b'0', b"x")], &["tar.outside"]);
    check(&[member("p", b'x', b"20 path=../../etc/x\n"), member("a", b'0', b"x")], &["tar.outside"]);
    check(&[block("a", "../../x", b'2', 0)], &["tar.link_outside"]);
    check(&[block("a", "/etc/passwd", b'1', 0)], &["tar.link_outside"]);
    check(&[block("a/b", "../c", b'2', 0)], &["tar.link"]);
    check(&[block("a", "", b'3', 0)], &["tar.device"]);
}

#[test]
fn oddities_are_said() {
    check(&[member("a", b'0', b"x"), member("a", b'0', b"y")], &["tar.name_twice"]);
    let mut tail = [member("a", b'0', b"x"), vec![0; 1024]].concat();
    tail.extend_from_slice(b"\x80\x04N.");
    assert_eq!(read_all(&tail).hazards[0].code.code, "tar.tail");
    let cut = member("a", b'0', &[1; 600]);
    assert_eq!(read_all(&cut[..700]).hazards[0].code.code, "tar.damaged");
    let mut wrong = member("a", b'0', b"x");
    wrong[3] = 7;
    assert_eq!(read_all(&wrong).hazards[0].code.code, "tar.damaged");
}

#[test]
fn an_endless_archive_ends() {
    let bytes = member("a", b'0', b"").repeat(1100);
    assert!(read_all(&bytes).hazards.iter().any(|hazard| hazard.code == &hazards::TAR_TOO_MUCH));
}

proptest! {
    #[test]
    fn no_bytes_panic(noise: Vec<u8>, at: prop::sample::Index, with: u8, cut: prop::sample::Index) {
        let mut bytes = [member("p", b'x', b"20 path=../../etc/x\n"), member("a", b'0', b"x"), noise].concat();
        let place = at.index(bytes.len());
        bytes[place] = with;
        read_all(&bytes);
        read_all(&bytes[..cut.index(bytes.len())]);
    }
}
