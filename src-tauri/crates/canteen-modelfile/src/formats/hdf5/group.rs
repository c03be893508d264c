//! Groups of the first form: a tree of symbol tables, with the names in a heap.

use super::super::source::{Step, broken, too_much};
use super::bytes::Bytes;

const LONGEST_NAME: u64 = 512;
/// Nodes of one group's tree.
const MOST_NODES: usize = 1 << 16;

/// A name of the group, and the object it stands for; `None` for a path within the file.
pub(super) type Member = (String, Option<u64>);

/// What is done with one.
type Take<'t> = &'t mut dyn FnMut(Member) -> Step<()>;

/// The text at `offset` of the local heap at `heap`.
pub(super) fn name(bytes: &mut Bytes<'_, '_>, heap: u64, offset: u64) -> Step<String> {
    if !bytes.signed(heap, *b"HEAP")? {
        return broken(heap, "no heap stands where names should");
    }
    let data_at = heap.saturating_add(8).saturating_add(bytes.long.saturating_mul(2));
    match bytes.address(data_at)? {
        Some(data) => bytes.text(data.saturating_add(offset), LONGEST_NAME),
        None => broken(heap, "a heap without data"),
    }
}

/// Every member below the tree at `tree`. `take` is given each as it is read, so that a fault loses none before it.
pub(super) fn members(bytes: &mut Bytes<'_, '_>, (tree, heap): (u64, u64), take: Take<'_>) -> Step<()> {
    let mut nodes = vec![tree];
    let mut seen = std::collections::HashSet::new();
    while let Some(node) = nodes.pop() {
        if !seen.insert(node) || seen.len() > MOST_NODES {
            return too_much(node, "a group's tree that does not end");
        }
        if bytes.signed(node, *b"TREE")? {
            children(bytes, node, &mut nodes)?;
        } else if bytes.signed(node, *b"SNOD")? {
            symbols(bytes, (node, heap), take)?;
        } else {
            return broken(node, "no table stands where a group's names should");
        }
    }
    Ok(())
}

fn children(bytes: &mut Bytes<'_, '_>, node: u64, nodes: &mut Vec<u64>) -> Step<()> {
    let count = u64::from(bytes.u16(node.saturating_add(6))?);
    let step = bytes.wide.saturating_add(bytes.long);
    let first = node.saturating_add(8).saturating_add(bytes.wide.saturating_mul(2)).saturating_add(bytes.long);
    for number in 0..count {
        nodes.extend(bytes.address(first.saturating_add(number.saturating_mul(step)))?);
    }
    Ok(())
}

fn symbols(bytes: &mut Bytes<'_, '_>, (node, heap): (u64, u64), take: Take<'_>) -> Step<()> {
    let count = u64::from(bytes.u16(node.saturating_add(6))?);
    let step = bytes.wide.saturating_mul(2).saturating_add(24);
    for number in 0..count {
        let entry = node.saturating_add(8).saturating_add(number.saturating_mul(step));
        let offset = bytes.number(entry, bytes.wide)?;
        let object = bytes.address(entry.saturating_add(bytes.wide))?;
        // 2: a path, whose text stands in the heap.
        let is_path = bytes.u32(entry.saturating_add(bytes.wide.saturating_mul(2)))? == 2;
        let name = name(bytes, heap, offset)?;
        take((name, object.filter(|_| !is_path)))?;
    }
    Ok(())
}
