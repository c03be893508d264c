//! The two figures that the child must know before it can read a frame travel as arguments: its environment is empty.

use canteen_types::ByteSize;

use crate::{Layers, LockIn};

const MEMORY: &str = "--memory-limit";
const PARENT: &str = "--parent";

/// What [`read`] understands.
pub(crate) fn write(memory_limit: ByteSize, parent: u32) -> [String; 4] {
    [MEMORY.into(), memory_limit.bytes().to_string(), PARENT.into(), parent.to_string()]
}

/// Both figures, wherever they stand; `None` when one is missing or no number.
pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Option<LockIn> {
    let (mut memory_limit, mut parent) = (None, None);
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            MEMORY => memory_limit = Some(ByteSize::new(arguments.next()?.parse().ok()?)),
            PARENT => parent = Some(arguments.next()?.parse().ok()?),
            _ => {}
        }
    }
    Some(LockIn { memory_limit: memory_limit?, parent: parent?, layers: Layers::ALL })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parent_writes_the_child_reads() {
        let written = write(ByteSize::new(1 << 30), 4242).into_iter();
        let read = read(["engine".to_owned()].into_iter().chain(written)).unwrap();
        assert_eq!((read.memory_limit, read.parent), (ByteSize::new(1 << 30), 4242));
        assert_eq!(read.layers, Layers::ALL);
    }

    #[test]
    fn a_program_started_by_hand_is_no_child() {
        for wrong in [vec![], vec!["--parent", "1"], vec!["--memory-limit", "x", "--parent", "1"], vec!["--memory-limit"]] {
            assert!(read(wrong.iter().map(|s| (*s).to_owned())).is_none(), "{wrong:?}");
        }
    }
}
