use super::{AskedToEnd, Program};

/// Nothing here asks a program by the start that it had, so that the wrong one may not be met: the person is told instead.
pub(super) const fn ask_to_end(_: Program) -> AskedToEnd {
    AskedToEnd::NotHere
}
