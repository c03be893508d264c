//! Groups and attributes of the second form: a tree of keys into a fractal heap, in which the messages lie.

use std::collections::HashSet;

use super::super::source::{Step, broken, too_much};
use super::bytes::{Bytes, Fields};

const MOST_RECORDS: usize = 1 << 18;
/// Levels of a tree, and of a heap's blocks in blocks. Sizes double with each, so no honest file comes near.
const DEEPEST: usize = 24;
/// Mark, version, kind and check sum around the records of a node.
const NODE_PREFIX: u64 = 10;

/// A message in a heap: where it stands, and its size. `None` for one that is kept in a form that is not read.
pub(super) type Kept = Option<(u64, u64)>;

/// The bytes that a number up to `most` is written in.
fn width(most: u64) -> u64 {
    u64::from(most.max(1).ilog2()) / 8 + 1
}

/// Every message below the tree at `tree`, whose keys point into the heap at `heap`.
pub(super) fn messages(bytes: &mut Bytes<'_, '_>, (tree, heap): (u64, u64), take: &mut dyn FnMut(Kept)) -> Step<()> {
    let heap = Heap::read(bytes, heap)?;
    let tree = Tree::read(bytes, tree)?;
    let mut keys = Vec::new();
    let walked = tree.keys(bytes, &mut keys);
    for key in keys {
        take(heap.find(bytes, key)?);
    }
    walked
}

/// A tree of the second form.
struct Tree {
    record: u64,
    depth: u16,
    root: Option<u64>,
    root_records: u64,
    /// Bytes of a number of records in a node, and of those below a node of each depth.
    count_width: u64,
    below: Vec<u64>,
    /// Bytes of a record in front of the key into the heap.
    key_at: u64,
}

impl Tree {
    fn read(bytes: &mut Bytes<'_, '_>, at: u64) -> Step<Self> {
        if !bytes.signed(at, *b"BTHD")? {
            return broken(at, "no tree stands where names should");
        }
        let mut fields = Fields { bytes, at: at.saturating_add(5) };
        // Names of links come behind a hash of four bytes, attributes begin with their key.
        let key_at = match fields.number(1)? {
            5 => 4,
            8 => 0,
            _ => return broken(at, "a tree of a kind that does not belong here"),
        };
        let (node, record, depth) = (fields.number(4)?, fields.number(2)?, fields.number(2)?);
        fields.skip(2);
        let root = fields.address()?;
        let root_records = fields.number(2)?;
        let depth = u16::try_from(depth).unwrap_or(u16::MAX);
        if usize::from(depth) > DEEPEST || record < key_at + 7 {
            return broken(at, "a tree that cannot be");
        }
        let wide = bytes.wide;
        let most = node.saturating_sub(NODE_PREFIX) / record;
        let (count_width, mut below, mut all) = (width(most), vec![0], most);
        for _ in 0..depth {
            let pointer = wide + count_width + below.last().copied().unwrap_or(0);
            let most = node.saturating_sub(NODE_PREFIX + pointer) / (record + pointer);
            all = most.saturating_add(1).saturating_mul(all).saturating_add(most);
            below.push(width(all));
        }
        Ok(Self { record, depth, root, root_records, count_width, below, key_at })
    }

    /// Places of all keys.
    fn keys(&self, bytes: &mut Bytes<'_, '_>, keys: &mut Vec<u64>) -> Step<()> {
        let mut nodes: Vec<(u64, u64, u16)> = self.root.map(|root| (root, self.root_records, self.depth)).into_iter().collect();
        let mut seen = HashSet::new();
        while let Some((node, count, depth)) = nodes.pop() {
            let mark = if depth == 0 { *b"BTLF" } else { *b"BTIN" };
            if !bytes.signed(node, mark)? {
                return broken(node, "no node stands where one should");
            }
            if !seen.insert(node) || keys.len().saturating_add(usize::try_from(count).unwrap_or(usize::MAX)) > MOST_RECORDS {
                return too_much(node, "a tree with more names than any has");
            }
            let records = node.saturating_add(6);
            for number in 0..count {
                keys.push(records.saturating_add(number.saturating_mul(self.record)).saturating_add(self.key_at));
            }
            let Some(below) = depth.checked_sub(1) else { continue };
            let skip = self.below.get(usize::from(below)).copied().unwrap_or(0);
            let mut fields = Fields { bytes, at: records.saturating_add(count.saturating_mul(self.record)) };
            for _ in 0..=count {
                let child = fields.address()?;
                let records = fields.number(self.count_width)?;
                fields.skip(skip);
                nodes.extend(child.map(|child| (child, records, below)));
            }
        }
        Ok(())
    }
}

/// A fractal heap: blocks whose sizes double row by row, in tables that nest.
struct Heap {
    offset_width: u64,
    length_width: u64,
    /// Bits of the largest offset.
    bits: u64,
    columns: u64,
    smallest: u64,
    largest_direct: u64,
    root: Option<u64>,
    /// Rows of the table at the root; 0 where the root is a block.
    rows: u64,
    filtered: bool,
}

impl Heap {
    fn read(bytes: &mut Bytes<'_, '_>, at: u64) -> Step<Self> {
        if !bytes.signed(at, *b"FRHP")? {
            return broken(at, "no heap stands where messages should");
        }
        let long = bytes.long;
        let mut fields = Fields { bytes, at: at.saturating_add(7) };
        let filtered = fields.number(2)? != 0;
        fields.skip(1);
        let largest_object = fields.number(4)?;
        // Sizes, counts and addresses of objects that are kept in other ways, and of the free space.
        fields.skip(long);
        fields.address()?;
        fields.skip(long);
        fields.address()?;
        fields.skip(long.saturating_mul(8));
        let columns = fields.number(2)?;
        let (smallest, largest_direct) = (fields.length()?, fields.length()?);
        let bits = fields.number(2)?;
        fields.skip(2);
        let root = fields.address()?;
        let rows = fields.number(2)?;
        if columns == 0 || !smallest.is_power_of_two() || !largest_direct.is_power_of_two() || bits > 64 {
            return broken(at, "a heap that cannot be");
        }
        let (offset_width, length_width) = (bits.div_ceil(8), width(largest_direct).min(width(largest_object)));
        Ok(Self { offset_width, length_width, bits, columns, smallest, largest_direct, root, rows, filtered })
    }

    /// What the key at `key` stands for.
    fn find(&self, bytes: &mut Bytes<'_, '_>, key: u64) -> Step<Kept> {
        // The kind: 0 in a block, 1 by itself, 2 in the key.
        let first = bytes.u8(key)?;
        match first >> 4 & 3 {
            2 => return Ok(Some((key.saturating_add(1), u64::from(first & 0x0f) + 1))),
            0 if !self.filtered => {}
            _ => return Ok(None),
        }
        let offset = bytes.number(key.saturating_add(1), self.offset_width)?;
        let length = bytes.number(key.saturating_add(1).saturating_add(self.offset_width), self.length_width)?;
        let place = self.place(bytes, offset)?;
        Ok(place.map(|place| (place, length)))
    }

    fn row_size(&self, row: u64) -> Option<u64> {
        self.smallest.checked_shl(u32::try_from(row.saturating_sub(1)).ok()?).filter(|size| *size > 0)
    }

    /// From an offset in the heap to a place in the file.
    fn place(&self, bytes: &mut Bytes<'_, '_>, mut offset: u64) -> Step<Option<u64>> {
        let Some(mut block) = self.root else { return Ok(None) };
        if self.rows == 0 {
            return Ok(block.checked_add(offset));
        }
        let mut rows = self.rows;
        for _ in 0..DEEPEST {
            if !bytes.signed(block, *b"FHIB")? {
                return broken(block, "no table stands where a heap's blocks should");
            }
            let (mut row, mut start) = (0, 0_u64);
            let size = loop {
                let Some(size) = self.row_size(row).filter(|_| row < rows) else {
                    return broken(block, "a key past the end of its heap");
                };
                let end = size.checked_mul(self.columns).and_then(|size| start.checked_add(size));
                match end {
                    Some(end) if offset >= end => start = end,
                    _ => break size,
                }
                row += 1;
            };
            let column = (offset - start) / size;
            let entry = row.saturating_mul(self.columns).saturating_add(column).saturating_mul(bytes.wide);
            let entries = block.saturating_add(5).saturating_add(bytes.wide).saturating_add(self.bits.div_ceil(8));
            let Some(child) = bytes.address(entries.saturating_add(entry))? else {
                return broken(block, "a key into a block that is not there");
            };
            offset = offset.saturating_sub(start.saturating_add(column.saturating_mul(size)));
            if size <= self.largest_direct {
                return Ok(child.checked_add(offset));
            }
            block = child;
            let first_row = self.smallest.saturating_mul(self.columns).max(1);
            rows = u64::from((size / first_row).max(1).ilog2()) + 1;
        }
        too_much(block, "a heap nested deeper than any is")
    }
}
