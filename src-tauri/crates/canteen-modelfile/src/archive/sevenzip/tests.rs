use std::io::Cursor;

use proptest::prelude::*;

use super::*;

/// A number in its longest form: the parser takes every form.
fn number(number: u64) -> Vec<u8> {
    [&[0xff][..], &number.to_le_bytes()].concat()
}

/// A 7z of streams that are not packed, with this listing behind them.
fn made(streams: &[u8], listing: &[u8]) -> Vec<u8> {
    let mut place = [(streams.len() as u64).to_le_bytes(), (listing.len() as u64).to_le_bytes()].concat();
    place.extend(unpack::crc(listing).to_le_bytes());
    let start = [&b"7z\xbc\xaf\x27\x1c\0\x04"[..], &unpack::crc(&place).to_le_bytes(), &place].concat();
    [&start, streams, listing].concat()
}

/// What is written of one file.
#[derive(Clone)]
struct Part {
    name: &'static str,
    data: &'static [u8],
    attributes: u32,
    deletes: bool,
    packed: u64,
    size: u64,
    method: &'static [u8],
}

fn part(name: &'static str, data: &'static [u8]) -> Part {
    let size = data.len() as u64;
    Part { name, data, attributes: 0x20, deletes: false, packed: size, size, method: &[0x01, 0x00] }
}

/// Each file that holds bytes in a folder of its own.
fn listing(parts: &[Part]) -> Vec<u8> {
    let holding: Vec<_> = parts.iter().filter(|part| part.size > 0).collect();
    let count = number(holding.len() as u64);
    let sizes = |of: fn(&Part) -> u64| holding.iter().flat_map(|part| number(of(part))).collect::<Vec<_>>();
    let coders: Vec<u8> = holding.iter().flat_map(|part| [&[1], part.method].concat()).collect();
    let packed = [&[0x06][..], &number(0), &count, &[0x09], &sizes(|part| part.packed), &[0x00]].concat();
    let folders = [&[0x07, 0x0b][..], &count, &[0x00], &coders, &[0x0c], &sizes(|part| part.size), &[0x00]].concat();
    let property = |mark: u8, bytes: &[u8]| [&[mark][..], &number(bytes.len() as u64), bytes].concat();
    let bits = |set: &[bool]| -> Vec<u8> {
        let byte = |bits: &[bool]| bits.iter().enumerate().map(|(at, bit)| u8::from(*bit) << (7 - at)).sum();
        set.chunks(8).map(byte).collect()
    };
    let empty: Vec<_> = parts.iter().map(|part| part.size == 0).collect();
    let deletes: Vec<_> = parts.iter().filter(|part| part.size == 0).map(|part| part.deletes).collect();
    let names: Vec<u8> = parts.iter().flat_map(|part| part.name.encode_utf16().chain([0])).flat_map(u16::to_le_bytes).collect();
    let attributes: Vec<u8> = parts.iter().flat_map(|part| part.attributes.to_le_bytes()).collect();
    let files = [
        [&[0x05][..], &number(parts.len() as u64)].concat(),
        property(0x0e, &bits(&empty)),
        property(0x0f, &bits(&vec![true; deletes.len()])),
        property(0x10, &bits(&deletes)),
        property(0x11, &[&[0][..], &names].concat()),
        property(0x15, &[&[1, 0][..], &attributes].concat()),
        property(0x19, &[0; 3]),
        vec![0],
    ];
    [&[0x01, 0x04][..], &packed, &folders, &[0], &files.concat(), &[0]].concat()
}

fn build(parts: &[Part]) -> Vec<u8> {
    made(&parts.iter().flat_map(|part| part.data).copied().collect::<Vec<_>>(), &listing(parts))
}

fn read_all(bytes: &[u8]) -> SevenZip {
    read(&mut Cursor::new(bytes.to_vec()), bytes.len() as u64).unwrap()
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read_all(bytes).hazards.iter().map(|hazard| hazard.code.code).collect()
}

fn wrong(change: impl FnOnce(&mut Part)) -> Vec<&'static str> {
    let mut changed = part("b", b"world");
    change(&mut changed);
    codes(&build(&[part("a", b"hello"), changed, part("c", b"again")]))
}

#[test]
fn an_honest_one_is_clean_and_its_members_are_found() {
    let bytes = build(&[part("a", b"hello"), part("empty", b""), part("d/b", b"world")]);
    let seven = read_all(&bytes);
    assert_eq!((seven.hazards, seven.listed), (vec![], true));
    let found = |(folder, members): &(Folder, Vec<Member>)| (folder.plain(), members[0].name.clone(), members[0].size);
    let found: Vec<_> = seven.folders.iter().map(found).collect();
    assert_eq!(found, [(Some(32), "a".to_owned(), 5), (Some(37), "d/b".to_owned(), 5)]);
    assert_eq!(codes(&made(b"", b"")), [""; 0], "one without anything");
}

#[test]
fn numbers_of_every_length_are_read() {
    // The header ends behind a property of this length, which is longer than what is left.
    let with = |length: &[u8]| header::read(&[&[0x01, 0x02, 0x07][..], length, &[9; 4]].concat(), 0).unwrap_err();
    assert_eq!(with(&[4]), Wrong::Cut, "the end is missing");
    assert_eq!(with(&[0x80, 0x04]), Wrong::Cut);
    for length in [&[0x80, 0x80][..], &[0xc0, 0, 1], &[0xfe, 0, 0, 0, 0, 0, 0, 0], &[0xff, 1, 0, 0, 0, 0, 0, 0, 0x80]] {
        assert!(matches!(with(length), Wrong::Cut | Wrong::Lies(_)), "{length:?}");
    }
    let whole = |length: &[u8], bytes: usize| {
        let listing = [&[0x01, 0x02, 0x07][..], length, &vec![9; bytes], &[0, 0]].concat();
        assert!(header::read(&listing, 0).is_ok(), "{length:?}");
    };
    whole(&[0x05], 5);
    whole(&[0x81, 0x02], 0x102);
    whole(&[0xc0, 0x02, 0x01], 0x102);
    whole(&[0xff, 3, 0, 0, 0, 0, 0, 0, 0], 3);
}

#[test]
fn names_and_kinds_of_members_are_judged() {
    for name in ["../b", "/b", "C:\\b", "b\\c", "x/../../b"] {
        assert_eq!(wrong(|part| part.name = name), ["7z.outside"], "{name}");
    }
    assert_eq!(wrong(|_| {}), [""; 0]);
    assert_eq!(wrong(|part| part.name = "A"), ["7z.name_twice"], "one file on Windows and macOS");
    assert_eq!(wrong(|part| part.attributes = 0xa1ff_8000), ["7z.link"]);
    assert_eq!(wrong(|part| part.attributes = 0x400), ["7z.link"], "as Windows marks it");
    assert_eq!(wrong(|part| part.attributes = 0x81a4_8020), [""; 0], "a plain file with a mode of Unix");
    assert_eq!(codes(&build(&[part("a", b"x"), Part { deletes: true, ..part("b", b"") }])), ["7z.deletes"]);
}

#[test]
fn what_cannot_be_true_is_said() {
    assert_eq!(wrong(|part| part.packed = 1 << 40), ["7z.header_lies"], "packed bytes behind the file");
    assert_eq!(wrong(|part| part.packed = u64::MAX), ["7z.header_lies"]);
    assert_eq!(wrong(|part| part.method = &[0x21, 0x21, 0xff, 1, 0, 0, 0, 0, 0, 0, 0x80]), ["7z.damaged"]);
    let honest = listing(&[part("a", b"hello")]);
    let mark = |mark: &[u8]| honest.windows(mark.len()).position(|part| part == mark).unwrap();
    let mut many = honest.clone();
    // The number of files.
    many[mark(&[0x05, 0xff, 1]) + 8] = 1;
    assert_eq!(codes(&made(b"hello", &many)), ["7z.header_lies"]);
    let mut twice = honest.clone();
    twice.splice(mark(&[0x05, 0xff, 1]).., []);
    twice.extend([0x04, 0, 0]);
    assert_eq!(codes(&made(b"hello", &twice)), ["7z.header_lies"], "streams twice");
    assert_eq!(codes(&made(b"hello", &honest[..honest.len() - 1])), ["7z.damaged"]);
    assert_eq!(codes(&made(b"hello", &[0x17, 0x00])), ["7z.header_lies"], "a packed listing of nothing");
}

#[test]
fn a_stream_is_divided_into_no_more_than_it_holds() {
    let divided = |sizes: [u64; 2]| {
        let packed = [&[0x06][..], &number(0), &number(1), &[0x09], &number(5), &[0x00]].concat();
        let folders = [&[0x07, 0x0b][..], &number(1), &[0, 1, 1, 0, 0x0c], &number(5), &[0]].concat();
        let sizes = [&[0x08, 0x0d][..], &number(3), &[0x09], &number(sizes[0]), &number(sizes[1]), &[0]].concat();
        header::read(&[&[0x01, 0x04][..], &packed, &folders, &sizes, &[0, 0]].concat(), 40)
    };
    let Ok(header::Read::Listing(listing)) = divided([2, 2]) else { panic!("it is honest") };
    assert_eq!(listing.folders[0].streams, [(2, None), (2, None), (1, None)]);
    for sizes in [[4, 4], [6, 0], [u64::MAX, 7]] {
        assert!(matches!(divided(sizes), Err(Wrong::Lies(_))), "{sizes:?}");
    }
}

#[test]
fn a_coder_that_reads_itself_ends() {
    // Two coders: the first reads itself, and the second the packed bytes.
    let coders = [&[2, 0x01, 0x00, 0x01, 0x00][..], &number(0), &number(0)].concat();
    let packed = [&[0x06][..], &number(0), &number(1), &[0x09], &number(5), &[0x00]].concat();
    let folders = [&[0x07, 0x0b][..], &number(1), &[0], &coders, &[0x0c], &number(5), &number(5), &[0]].concat();
    let bytes = made(b"hello", &[&[0x01, 0x04][..], &packed, &folders, &[0, 0]].concat());
    let seven = read_all(&bytes);
    let mut source = Cursor::new(bytes);
    let shared = shared(&mut source);
    assert!(seven.folders.iter().all(|(folder, _)| folder.open(&shared).is_err()));
    assert_eq!(seven.hazards[0].code.code, "7z.header_lies", "a stream without a name");
}

#[test]
fn every_byte_belongs_to_something() {
    let honest = [part("a", b"hello"), part("b", b"world")];
    let tail = [build(&honest), b"tail".to_vec()].concat();
    assert_eq!(codes(&tail), ["7z.tail"]);
    assert_eq!(codes(&[build(&honest), b"\r\n".to_vec()].concat()), [""; 0]);
    assert_eq!(codes(&made(b"helloworldhidden", &listing(&honest))), ["7z.hidden_bytes"]);
    let mut cut = build(&honest);
    cut.truncate(60);
    assert_eq!(codes(&cut), ["7z.damaged"]);
    let mut flipped = build(&honest);
    *flipped.last_mut().unwrap() ^= 0x80;
    assert_eq!(codes(&flipped)[0], "7z.damaged");
    // The listing is said to lie within the stream.
    let listing = listing(&honest);
    let overlap = made(&listing, &listing);
    let mut place = overlap[12..32].to_vec();
    place[..8].fill(0);
    let start = [&overlap[..8], &unpack::crc(&place).to_le_bytes(), &place].concat();
    assert!(codes(&[&start, &overlap[32..]].concat()).contains(&"7z.overlap"));
}

proptest! {
    #[test]
    fn no_bytes_panic(at: prop::sample::Index, with: u8, cut: prop::sample::Index, noise: Vec<u8>) {
        let honest = listing(&[part("a", b"hello"), part("d", b""), part("b", b"world")]);
        let mut changed = honest.clone();
        let place = at.index(changed.len());
        changed[place] = with;
        for listing in [&changed[..], &honest[..cut.index(honest.len())], &[&[0x17][..], &noise].concat(), &[&[0x01][..], &noise].concat()] {
            let bytes = made(b"helloworld", listing);
            let mut source = Cursor::new(bytes.clone());
            for (folder, _) in read_all(&bytes).folders {
                let shared = shared(&mut source);
                if let Ok(mut stream) = folder.open(&shared) {
                    unpack::exactly(&mut *stream, folder.size(), 1 << 20).unwrap();
                }
            }
        }
    }
}
