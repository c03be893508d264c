use super::Counter;

/// Windows has no such counters for ordinary programs.
#[derive(Debug)]
pub(super) enum Counters {}

pub(super) const fn find() -> Option<Counters> {
    None
}

pub(super) const fn read(counters: &Counters) -> Option<Vec<Counter>> {
    match *counters {}
}
