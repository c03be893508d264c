//! One pass over a file, stream by stream.

use std::io::Cursor;
use std::mem;

use super::calls::Array;
use super::hazards::{BROKEN, HIDDEN_ARRAY, NESTED, ODD_OPCODES, TOO_MUCH, TRAILING_BYTES};
use super::legacy::{self, Raw};
use super::machine::{Machine, Step};
use super::opcodes::begins_with_protocol;
use super::reader::{Argument, Break, Op, Reader};
use super::report::Report;
use super::{Context, Scan, disguise, scan_within};
use crate::section::{self, Section, Source};

pub(super) const STOP: u8 = b'.';
const FRAME: u8 = 0x95;
/// In opcodes, of a look aside: the reader goes back, and reads what it had read.
const LOOK_ASIDE: u64 = 1000;
/// Torch's old format: magic number, version, system, objects, keys. Raw tensors follow.
const STREAMS_OF_TORCH: u64 = 5;

/// What stands behind the place-holder of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrays {
    /// Its bytes, as joblib reads it.
    SteppedOver,
    /// Opcodes, as everybody else reads it.
    Opcodes,
}

pub(super) struct Pass<'s, 'l> {
    reader: Reader<'s>,
    arrays: Arrays,
    report: Report<'l>,
    machine: Machine,
    /// Of joblib's stream, while the pickle of an array of objects in it is read.
    outer: Option<Machine>,
    depth: u8,
    frame_end: u64,
    arrays_seen: bool,
    torch: bool,
    /// Bytes in which streams may still be looked for.
    search: u64,
    scan: Scan,
}

/// How a stream came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Stop,
    Broken,
    /// A limit, or something that hides the rest.
    GivenUp,
}

impl<'s, 'l> Pass<'s, 'l> {
    pub(super) fn new(source: &'s mut dyn Source, size: u64, arrays: Arrays, report: Report<'l>, depth: u8) -> Self {
        let search = if arrays == Arrays::SteppedOver { report.limits.search } else { 0 };
        Self {
            reader: Reader::new(source, size),
            arrays,
            report,
            machine: Machine::default(),
            outer: None,
            depth,
            frame_end: 0,
            arrays_seen: false,
            torch: false,
            search,
            scan: Scan::default(),
        }
    }

    /// And whether arrays were seen, which others read in another way.
    pub(super) fn run(mut self) -> (Scan, bool) {
        if self.stream() == End::Stop {
            self.ended();
            if let Err(Break::Unreadable(error)) = self.behind() {
                self.scan.unreadable = Some(error);
            }
        }
        self.scan.hazards = self.report.hazards;
        self.scan.globals = self.report.globals;
        self.scan.storages = self.report.storages;
        (self.scan, self.arrays_seen)
    }

    fn stream(&mut self) -> End {
        (self.machine, self.outer, self.frame_end) = (Machine::default(), None, 0);
        loop {
            let op = match self.reader.next() {
                Ok(op) => op,
                Err(broken) => return self.broken(broken),
            };
            if !self.report.spend(1) || self.machine.full(self.report.limits) || self.report.full() {
                return self.too_much("opcodes, objects, names or storages");
            }
            self.frame(&op);
            self.nested(&op);
            let end = match self.apply(&op) {
                Step::Done if op.code == STOP => Some(End::Stop),
                Step::Done => None,
                Step::Array(array) => self.array(array),
                Step::Fails => self.fails(op.at),
            };
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// STOP is done where the stream ends; that of an array's objects is not.
    fn apply(&mut self, op: &Op) -> Step {
        if op.code != STOP {
            return self.machine.apply(op, &mut self.report);
        }
        if self.machine.top().is_none() {
            return Step::Fails;
        }
        match self.outer.take() {
            None => Step::Done,
            Some(outer) => {
                self.machine = outer;
                self.machine.array_is_read();
                Step::Array(Array::Read)
            }
        }
    }

    /// Some unpicklers are more lenient than others, so opcodes are followed further, with doubt. Not in the bytes of an array.
    fn fails(&mut self, at: u64) -> Option<End> {
        self.report.add(&BROKEN, at, "stack or memo");
        self.report.doubt = true;
        (self.arrays == Arrays::Opcodes && self.arrays_seen).then_some(End::Broken)
    }

    fn broken(&mut self, broken: Break) -> End {
        match broken {
            Break::Unreadable(error) => {
                self.scan.unreadable = Some(error);
                End::GivenUp
            }
            Break::LongLine => self.too_much("a line"),
            Break::UnknownOpcode(_) | Break::NegativeLength | Break::Ends => {
                self.report.add(&BROKEN, self.reader.at(), &broken.to_string());
                End::Broken
            }
        }
    }

    fn too_much(&mut self, what: &str) -> End {
        self.report.hold(crate::Hazard::at(&TOO_MUCH, self.reader.at(), what));
        End::GivenUp
    }

    fn frame(&mut self, op: &Op) {
        if let (FRAME, Argument::Number(length)) = (op.code, &op.argument) {
            self.frame_end = self.reader.at().saturating_add(*length);
            if *length > self.reader.left() {
                self.report.add(&ODD_OPCODES, op.at, "frame");
            }
        }
    }

    fn array(&mut self, array: Array) -> Option<End> {
        // The pickle of an array of objects is read by an unpickler that knows no arrays.
        if self.outer.is_some() {
            return None;
        }
        self.arrays_seen = true;
        if self.arrays == Arrays::Opcodes {
            return None;
        }
        let at = self.reader.at();
        let stepped = match array {
            // Joblib takes an array from behind the frame, and goes on inside of it: another order than that of the file. Behind
            // the objects of one it steps over what is left of theirs.
            _ if at < self.frame_end => Err(()),
            Array::Unknown => Err(()),
            Array::Read => Ok(Ok(())),
            Array::Pickle => {
                self.outer = Some(mem::take(&mut self.machine));
                Ok(Ok(()))
            }
            Array::Bytes { padded, bytes } => {
                self.machine.array_is_read();
                let padding = if padded { self.reader.byte().map(u64::from) } else { Ok(0) };
                Ok(padding.and_then(|padding| self.reader.skip(padding)).and_then(|()| self.reader.skip(bytes)))
            }
        };
        match stepped {
            Ok(Ok(())) => None,
            Ok(Err(broken)) => Some(self.broken(broken)),
            Err(()) => {
                self.report.hold(crate::Hazard::at(&HIDDEN_ARRAY, at, ""));
                Some(End::GivenUp)
            }
        }
    }

    /// A constant that is itself a pickle waits for somebody to load it.
    fn nested(&mut self, op: &Op) {
        let Argument::Body(body) = &op.argument else { return };
        let disguise = disguise::of(body.head()).filter(|_| body.length <= disguise::LONGEST);
        if disguise.is_none() && !begins_with_protocol(body.head()) {
            return;
        }
        if !self.report.spend(LOOK_ASIDE) || self.depth >= self.report.limits.nested_depth {
            return self.report.add(&TOO_MUCH, op.at, "pickles in pickles");
        }
        let (behind, report) = (self.reader.at(), self.report.trial());
        let (mut section, depth) = (Section::new(self.reader.source(), body.at, body.length), self.depth.saturating_add(1));
        let inner = match disguise {
            None => scan_within(&mut section, body.length, report, depth),
            Some(disguise) => {
                let bytes = section::read_at(&mut section, 0, body.length).unwrap_or_default();
                let bare = disguise::take_off(disguise, &bytes).unwrap_or_default();
                self.report.spend(bare.len() as u64);
                scan_within(&mut Cursor::new(&bare), bare.len() as u64, report, depth)
            }
        };
        if inner.streams > 0 || !inner.globals.is_empty() {
            self.report.add(&NESTED, op.at, "");
            for hazard in inner.hazards {
                self.report.hold(hazard.within(&format!("constant at byte {}", op.at)));
            }
        }
        if let Err(Break::Unreadable(error)) = self.reader.go_to(behind) {
            self.scan.unreadable = Some(error);
        }
    }

    fn ended(&mut self) {
        self.scan.streams = self.scan.streams.saturating_add(u64::from(!self.report.doubt));
        self.torch |= self.scan.streams == 1 && self.machine.is_torch_magic();
        if self.torch {
            self.report.context = Context::Torch;
        }
    }

    /// What stands behind a STOP is a stream only if it reads like one. Behind raw data, streams are looked for that import.
    fn behind(&mut self) -> Result<(), Break> {
        let mut raw = false;
        self.report.doubt = false;
        while self.reader.left() > 0 {
            let begins = self.reader.at();
            let known = self.machine.top().and_then(legacy::raw_behind);
            match self.trial(raw) {
                Trial::Stream => raw = false,
                Trial::Over => break,
                Trial::Raw if !raw && self.step_over(begins, known)? => {}
                Trial::Raw => {
                    let spent = self.reader.at().saturating_sub(begins).max(1);
                    self.search = self.search.saturating_sub(spent);
                    self.raw(begins)?;
                    raw = true;
                    self.reader.go_to(begins.saturating_add(1))?;
                    if !self.reader.find_protocol(self.search)? {
                        break;
                    }
                    self.search = self.search.saturating_sub(self.reader.at().saturating_sub(begins));
                }
            }
        }
        Ok(())
    }

    fn step_over(&mut self, begins: u64, known: Option<Raw>) -> Result<bool, Break> {
        let Some(known) = known else { return Ok(false) };
        self.reader.go_to(begins)?;
        let stepped = known.step_over(&mut self.reader);
        self.machine = Machine::default();
        match stepped {
            Ok(()) => Ok(true),
            Err(Break::Unreadable(error)) => Err(error.into()),
            Err(_) => Ok(false),
        }
    }

    fn trial(&mut self, raw: bool) -> Trial {
        if self.scan.streams > self.report.limits.streams {
            self.too_much("streams");
            return Trial::Over;
        }
        if raw {
            self.report.spend(LOOK_ASIDE);
        }
        let report = self.report.trial();
        let kept = mem::replace(&mut self.report, report);
        let end = self.stream();
        let trial = mem::replace(&mut self.report, kept);
        let whole = end == End::Stop && !trial.doubt;
        let known = trial.imports > 0 || (!raw && (whole || end == End::GivenUp));
        if known {
            self.report.absorb(trial);
        }
        match end {
            End::GivenUp => Trial::Over,
            End::Stop | End::Broken if !known => Trial::Raw,
            End::Stop | End::Broken => {
                if whole {
                    self.ended();
                }
                Trial::Stream
            }
        }
    }

    fn raw(&mut self, begins: u64) -> Result<(), Break> {
        // Texts get a line end from the tools that they go through.
        let blank = self.reader.is_blank_from(begins)?;
        let of_torch = self.torch && self.scan.streams >= STREAMS_OF_TORCH;
        if self.scan.data_at.is_none() {
            self.scan.data_at = Some(begins);
            if !of_torch && !blank {
                self.report.add(&TRAILING_BYTES, begins, "");
            }
        }
        Ok(())
    }
}

enum Trial {
    Stream,
    Raw,
    Over,
}
