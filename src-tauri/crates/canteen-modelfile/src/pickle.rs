//! Pickles, read without executing one: which names a stream imports and calls, followed through a symbolic stack and memo.
//!
//! Every name is judged by a list of what model files need. What stands before a break is reported: an unpickler has run it by then.

mod decode;
mod hazards;
mod limits;
mod machine;
mod names;
mod report;
mod stack;
mod table;
mod text;
mod value;

use std::collections::BTreeSet;
use std::io::{self, Read};

use crate::hazard::{Hazard, HazardCode};
use decode::{Argument, Break, Decoder, Keep, Op};
use hazards::{BROKEN, NESTED, TOO_MUCH, TRAILING_BYTES};
pub use limits::PickleLimits;
use machine::Machine;
use report::Report;

/// Every hazard that this module finds.
pub(crate) const HAZARDS: &[&HazardCode] = hazards::ALL;
const STOP: u8 = b'.';
/// Longer texts cannot be names; one that is used as a name is reported as computed.
const LONGEST_NAME: usize = 128;

/// Whose file the pickle lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A file of its own, or unknown.
    Plain,
    /// PyTorch's: persistent ids and TorchScript's own class names are normal.
    Torch,
}

impl Context {
    const fn is_torch(self) -> bool {
        matches!(self, Self::Torch)
    }
}

/// What a file of pickles does when it is loaded.
#[derive(Debug)]
pub struct Scan {
    /// In the order in which they stand in the file.
    pub hazards: Vec<Hazard>,
    /// Every name that is imported, `module.name`, as the file has it: not fit for a screen.
    pub globals: BTreeSet<String>,
    /// Streams that were read to their end.
    pub streams: u64,
    /// Where the last stream breaks.
    pub broken_at: Option<u64>,
    /// Torch's old format: raw tensor data, which was not read, begins here.
    pub data_at: Option<u64>,
    /// The reader failed; what it gave before was scanned.
    pub unreadable: Option<io::Error>,
}

/// By the first bytes: a pickle of protocol 2 or newer. Older ones have no mark; scan what a loader would take for one.
#[must_use]
pub fn looks_like_pickle(first: &[u8]) -> bool {
    matches!(first, [0x80, 2..=5, opcode, ..] if decode::is_opcode(*opcode))
}

/// Scans every stream of `reader`, one behind the other, from its beginning to its end.
pub fn scan(reader: &mut dyn Read, context: Context, limits: &PickleLimits) -> Scan {
    Scanner::new(context, limits, 0).read(reader)
}

struct Scanner<'l> {
    report: Report<'l>,
    machine: Machine,
    decoder: Decoder,
    depth: u8,
    opcodes: u64,
    /// Of the stream that is being read.
    begins_at: u64,
    scan: Scan,
    torch: bool,
    done: bool,
}

impl<'l> Scanner<'l> {
    fn new(context: Context, limits: &'l PickleLimits, depth: u8) -> Self {
        let scan =
            Scan { hazards: Vec::new(), globals: BTreeSet::new(), streams: 0, broken_at: None, data_at: None, unreadable: None };
        let keep = Keep { short: LONGEST_NAME, long: limits.nested, begins: looks_like_pickle };
        let (report, decoder) = (Report::new(context, limits), Decoder::new(0, keep));
        Self { report, machine: Machine::default(), decoder, depth, opcodes: 0, begins_at: 0, scan, torch: false, done: false }
    }

    fn read(mut self, reader: &mut dyn Read) -> Scan {
        let mut chunk = vec![0; 64 << 10];
        while !self.done {
            match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => self.feed(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.scan.unreadable = Some(error);
                    break;
                }
            }
        }
        let inside = self.decoder.at() > self.begins_at || !self.decoder.between_opcodes() || self.scan.streams == 0;
        if !self.done && inside {
            self.broken(self.decoder.at(), "ends inside");
        }
        self.scan.hazards = self.report.hazards;
        self.scan.globals = self.report.globals;
        self.scan
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        while !self.done {
            match self.decoder.next(&mut bytes) {
                Ok(Some(op)) => self.apply(&op),
                Ok(None) => break,
                Err(why) => {
                    let detail = match why {
                        Break::UnknownOpcode(code) => format!("unknown opcode 0x{code:02x}"),
                        Break::NegativeLength => "negative length".to_owned(),
                    };
                    self.broken(self.decoder.at().saturating_sub(1), &detail);
                }
            }
        }
        if self.decoder.at() > self.report.limits.bytes {
            self.too_much("bytes");
        }
    }

    fn apply(&mut self, op: &Op) {
        self.opcodes = self.opcodes.saturating_add(1);
        if self.opcodes > self.report.limits.opcodes || self.machine.full(self.report.limits) || self.report.full() {
            return self.too_much("opcodes, objects or names");
        }
        if op.code == STOP {
            return self.stop(op.at);
        }
        self.nested(op);
        if self.machine.apply(op, &mut self.report).is_none() && self.scan.broken_at.is_none() {
            self.scan.broken_at = Some(op.at);
            self.report.add(&BROKEN, op.at, "stack or memo");
        }
    }

    fn stop(&mut self, at: u64) {
        self.scan.streams = self.scan.streams.saturating_add(1);
        self.torch |= self.scan.streams == 1 && self.machine.is_torch_magic();
        if self.torch {
            self.report.context = Context::Torch;
        }
        self.machine = Machine::default();
        self.begins_at = self.decoder.at();
        if self.torch && self.scan.streams == 5 {
            self.scan.data_at = Some(self.begins_at);
            self.done = true;
        } else if self.scan.streams > self.report.limits.streams {
            self.report.add(&TOO_MUCH, at, "streams");
            self.done = true;
        }
    }

    fn broken(&mut self, at: u64, detail: &str) {
        self.done = true;
        self.scan.broken_at.get_or_insert(at);
        // Behind a whole stream, what is no pickle is data of somebody else.
        let code = if self.scan.streams > 0 { &TRAILING_BYTES } else { &BROKEN };
        self.report.add(code, at, detail);
    }

    fn too_much(&mut self, what: &str) {
        self.done = true;
        self.report.add(&TOO_MUCH, self.decoder.at(), what);
    }

    /// A constant that is itself a pickle waits for somebody to load it.
    fn nested(&mut self, op: &Op) {
        let Argument::Body(body) = &op.argument else { return };
        if !looks_like_pickle(&body.head) {
            return;
        }
        if self.depth >= self.report.limits.nested_depth {
            return self.report.add(&TOO_MUCH, op.at, "pickles in pickles");
        }
        let inner =
            Scanner::new(self.report.context, self.report.limits, self.depth.saturating_add(1)).read(&mut body.head.as_slice());
        if inner.streams > 0 || !inner.globals.is_empty() {
            self.report.add(&NESTED, op.at, "");
            for hazard in inner.hazards {
                self.report.hold(hazard.within(&format!("constant at byte {}", op.at)));
            }
        }
    }
}

#[cfg(test)]
mod tests;
