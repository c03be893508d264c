//! What a checkpoint of PyTorch says of itself: its pickle names the members that hold the numbers, with their sizes.

use std::collections::{BTreeMap, HashMap};
use std::io;

use crate::archive::zip::Member;
use crate::hazard::{Hazard, hazards, say};
use crate::section::{Source, read_at};

hazards! {
    Dangerous STORAGE_LIES = "torch.storage_lies", say::LIE,
        "The pickle says that a tensor has another size than the member in which its numbers lie.";
    Suspicious STORAGE_MISSING = "torch.storage_missing", say::BROKEN,
        "The pickle names a tensor, and the member with its numbers is not there.";
    Suspicious BYTE_ORDER = "torch.byte_order", say::ODD,
        "The checkpoint says that its numbers are big-endian, or in an order that does not exist: programs that do not ask read others.";
}

/// The rest of an element that writers of TorchScript leave out of account.
const LARGEST_ELEMENT: u64 = 16;
/// Hazards of each kind.
const MOST: usize = 8;

/// Holds what the pickle in the member `name` says of its storages against the members beside it.
pub(super) fn storages(name: &str, claimed: &BTreeMap<String, Option<u64>>, members: &[Member]) -> Vec<Hazard> {
    let (Some(folder), false) = (name.strip_suffix(".pkl"), claimed.is_empty()) else { return Vec::new() };
    let sizes: HashMap<&[u8], u64> = members.iter().map(|member| (member.name.as_slice(), member.size)).collect();
    let (mut lies, mut missing) = (Vec::new(), Vec::new());
    for (key, bytes) in claimed {
        let path = format!("{folder}/{key}");
        match (sizes.get(path.as_bytes()), bytes) {
            (None, _) => missing.push(Hazard::of(&STORAGE_MISSING, &path)),
            (Some(size), Some(bytes)) if size.checked_sub(*bytes).is_none_or(|more| more >= LARGEST_ELEMENT) => {
                lies.push(Hazard::of(&STORAGE_LIES, &format!("{path}: {size} instead of {bytes} bytes")));
            }
            (Some(_), _) => {}
        }
    }
    lies.truncate(MOST);
    missing.truncate(MOST);
    [lies, missing].concat()
}

/// A member of its own says in which order the bytes of a number stand.
pub(super) fn byte_order(source: &mut dyn Source, members: &[Member]) -> io::Result<Option<Hazard>> {
    let folder = members.iter().find_map(|member| member.name.strip_suffix(b"data.pkl"));
    let Some(folder) = folder else { return Ok(None) };
    let Some(mark) = members.iter().find(|member| member.name.strip_prefix(folder) == Some(b"byteorder")) else {
        return Ok(None);
    };
    let order = read_at(source, mark.data_at, mark.packed.min(32))?;
    Ok((order != b"little").then(|| Hazard::of(&BYTE_ORDER, &String::from_utf8_lossy(&order))))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::ops::ControlFlow;

    use crate::archive::zip::tests::{build, part};
    use crate::examine::bounds::Bounds;
    use crate::examine::look::{Budget, Thing, look};
    use crate::formats::NoFolder;

    /// A list of one tensor's storage of this class, with so many elements.
    fn pickle(class: &str, elements: u8) -> Vec<u8> {
        let id = format!("(X\x07\0\0\0storagectorch\n{class}\nX\x01\0\0\x000X\x03\0\0\0cpu");
        [b"\x80\x02]", id.as_bytes(), &[b'K', elements], b"tQa."].concat()
    }

    #[track_caller]
    fn check(class: &str, elements: u8, data: (&str, usize), order: &str, expected: &[&str]) {
        let (pickle, numbers) = (pickle(class, elements), vec![0; data.1]);
        let zip = build(&[part("m/data.pkl", &pickle), part("m/byteorder", order.as_bytes()), part(data.0, &numbers)]);
        let (bounds, mut go_on) = (Bounds::default(), || ControlFlow::Continue(()));
        let mut budget = Budget { bounds: &bounds, unpacked: 1 << 20, members: 100, go_on: &mut go_on };
        let size = zip.len() as u64;
        let thing = Thing { source: &mut Cursor::new(zip), size, name: "m.pt", depth: 0, folder: &NoFolder };
        let seen = look(thing, &mut budget).unwrap();
        assert_eq!(seen.hazards.iter().map(|hazard| hazard.code.code).collect::<Vec<_>>(), expected, "{class} {data:?}");
    }

    #[test]
    fn what_the_pickle_says_of_its_numbers_is_held_against_them() {
        check("FloatStorage", 6, ("m/data/0", 24), "little", &[]);
        check("UntypedStorage", 24, ("m/data/0", 24), "little", &[]);
        check("HalfStorage", 5, ("m/data/0", 11), "little", &[]);
        check("FloatStorage", 6, ("m/data/0", 20), "little", &["torch.storage_lies"]);
        check("FloatStorage", 6, ("m/data/0", 240), "little", &["torch.storage_lies"]);
        check("FloatStorage", 6, ("m/data/1", 24), "little", &["torch.storage_missing"]);
        check("Float8_e4m3fnStorage", 6, ("m/data/0", 24), "little", &[]);
    }

    #[test]
    fn the_order_of_bytes_is_looked_at() {
        check("FloatStorage", 6, ("m/data/0", 24), "big", &["torch.byte_order"]);
        check("FloatStorage", 6, ("m/data/0", 24), "middle", &["torch.byte_order"]);
    }
}
