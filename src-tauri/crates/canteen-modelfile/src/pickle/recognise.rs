//! Whether a file is a pickle at all. Protocol 2 and later say so; the older ones are text that happens to be opcodes, and so are
//! other texts for a while.

use std::io::Cursor;

use super::machine::{Machine, Step};
use super::opcodes::{begins_with_protocol, calls};
use super::pass::STOP;
use super::reader::{Break, Reader};
use super::report::Report;
use super::{Context, PickleLimits};
use crate::section::Source;

/// Opcodes that follow from each other; no text does that by chance so often.
const ENOUGH: u64 = 8;

/// No text gets so far.
const MOST: u64 = 1 << 20;

/// Tells by the first bytes; `whole` if these are all.
pub(crate) fn begins_like_one(first: &[u8], whole: bool) -> bool {
    begins_with_protocol(first) || reads_like_one(&mut Cursor::new(first), first.len() as u64, whole)
}

/// Tells by the file: a long text in front hides an old pickle from those who see only its first bytes.
pub(crate) fn is_one(source: &mut dyn Source, size: u64) -> bool {
    reads_like_one(source, size, true)
}

fn reads_like_one(source: &mut dyn Source, size: u64, whole: bool) -> bool {
    let limits = PickleLimits::default();
    let mut reader = Reader::new(source, size);
    let (mut machine, mut report) = (Machine::default(), Report::new(Context::Plain, &limits));
    // From the beginning: what cannot be a name speaks against a pickle.
    report.doubt = true;
    let mut opcodes = 0_u64;
    loop {
        let op = match reader.next() {
            Ok(op) => op,
            Err(Break::Ends) => return !whole && opcodes >= ENOUGH,
            Err(_) => return false,
        };
        opcodes = opcodes.saturating_add(1);
        if op.code == STOP {
            if machine.top().is_none() {
                return false;
            }
            if reader.left() == 0 {
                return whole && opcodes > 1;
            }
            machine = Machine::default();
            continue;
        }
        let step = machine.apply(&op, &mut report);
        let called = calls(op.code) && report.imports > 0;
        if matches!(step, Step::Fails) {
            return false;
        }
        if called || report.known || machine.full(&limits) || opcodes > MOST {
            return true;
        }
    }
}
