//! The global heap: texts that are longer than their attribute.

use super::super::source::{Step, broken, too_much};
use super::bytes::Bytes;

/// Objects of one collection; the library makes collections of some kilobytes, or one per long text.
const MOST_OBJECTS: u64 = 1 << 16;

/// Where object `index` of the collection at `at` stands, and its size.
pub(super) fn object(bytes: &mut Bytes<'_, '_>, at: u64, index: u32) -> Step<(u64, u64)> {
    if !bytes.signed(at, *b"GCOL")? {
        return broken(at, "no heap stands where a text should");
    }
    let end = at.saturating_add(bytes.length(at.saturating_add(8))?);
    let head = bytes.long.saturating_add(8);
    let mut place = at.saturating_add(head);
    for _ in 0..MOST_OBJECTS {
        if place.saturating_add(head) > end {
            return broken(place, "a heap does not hold what is to be in it");
        }
        let number = u32::from(bytes.u16(place)?);
        let size = bytes.length(place.saturating_add(8))?;
        let data = place.saturating_add(head);
        if number == index && number != 0 {
            return Ok((data, size));
        }
        if number == 0 {
            return broken(place, "a heap does not hold what is to be in it");
        }
        place = match size.checked_next_multiple_of(8).and_then(|size| data.checked_add(size)) {
            Some(place) => place,
            None => return broken(place, "a size fits no number"),
        };
    }
    too_much(at, "a heap with more in it than any has")
}
