use std::collections::BTreeSet;

use canteen_types::Signal;

/// The signals that count. Something must say that these are weights: the file's content, or its digest in a program's arguments.
/// A port and computing time name no weights, so without that they count as nothing (of nine name or port matches in a published
/// case, seven were false); and computing time tells only where the program is known whose it is.
pub(super) fn counted(signals: &BTreeSet<Signal>) -> BTreeSet<Signal> {
    let has = |signal| signals.contains(&signal);
    let weights = has(Signal::Content) || has(Signal::Arguments);
    let program = has(Signal::Holder) || has(Signal::Arguments);
    let counts = |signal: &Signal| match signal {
        Signal::Content | Signal::Arguments => true,
        Signal::Holder | Signal::Port => weights,
        Signal::Computing => weights && program,
    };
    signals.iter().copied().filter(counts).collect()
}

#[cfg(test)]
mod tests {
    use Signal::{Arguments, Computing, Content, Holder, Port};

    use super::*;

    #[test]
    fn a_port_or_computing_time_names_no_weights() {
        let count = |signals: &[Signal]| counted(&signals.iter().copied().collect()).len();
        assert_eq!(count(&[Content, Holder]), 2);
        assert_eq!(count(&[Content, Holder, Computing, Port]), 4);
        assert_eq!(count(&[Arguments, Computing]), 2);
        assert_eq!(count(&[Content, Computing]), 1, "whose computing time?");
        for nothing in [&[Port][..], &[Computing], &[Port, Computing], &[Holder], &[Holder, Port, Computing]] {
            assert_eq!(count(nothing), 0, "{nothing:?}");
        }
    }
}
