//! Follows what an unpickler would do with names, and does none of it.

use std::rc::Rc;

use crate::pickle::decode::{Argument, Kept, Op};
use crate::pickle::hazards::{COMPUTED_CALL, COMPUTED_NAME, EXTENSION, ODD_OPCODES, PATCHES, PERSISTENT_ID};
use crate::pickle::report::Report;
use crate::pickle::stack::{Memo, Stack};
use crate::pickle::value::Value;
use crate::pickle::{Context, PickleLimits, text};

/// Torch's old format begins with this number.
const TORCH_MAGIC: &[u8] = &[0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

#[derive(Default)]
pub(super) struct Machine {
    stack: Stack,
    memo: Memo,
}

impl Machine {
    pub(super) fn full(&self, limits: &PickleLimits) -> bool {
        self.stack.full(limits) || self.memo.full(limits)
    }

    /// What the stream leaves: torch's magic number is known by it.
    pub(super) fn is_torch_magic(&self) -> bool {
        matches!(self.stack.top(), Some(Value::TorchMagic))
    }

    /// `None` where the unpickler would give up; the machine goes on, for a reader that is more lenient.
    pub(super) fn apply(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        match op.code {
            b'(' => self.stack.mark(),
            b'0' => self.stack.drop_one()?,
            b'1' => drop(self.stack.take_to_mark()?),
            b'2' => self.stack.push(self.stack.top()?.clone()),
            0x97 | 0x95 | 0x98 => {
                if op.code == 0x97 {
                    self.stack.push(Value::Other);
                }
            }
            0x80 => {
                if matches!(op.argument, Argument::Number(6..)) {
                    report.add(&ODD_OPCODES, op.at, "protocol");
                }
            }
            b'p' | b'q' | b'r' | 0x94 => self.remember(op, report)?,
            b'g' | b'h' | b'j' => self.recall(op)?,
            b'P' | b'Q' => self.persistent(op, report)?,
            b'c' | b'i' | 0x93 | 0x82..=0x84 => self.import(op, report)?,
            b'R' | b'o' | 0x81 | 0x92 => self.call(op, report)?,
            b'b' | b's' | b'u' | b'a' | b'e' | 0x90 => self.change(op, report)?,
            b't' | 0x85..=0x87 | b'l' | b'd' | 0x91 => self.gather(op)?,
            _ => self.stack.push(constant(op)),
        }
        Some(())
    }

    fn remember(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let index = if op.code == 0x94 { self.memo.used() } else { index(op)? };
        if index > self.memo.used().saturating_mul(4).saturating_add(1 << 16) {
            report.add(&ODD_OPCODES, op.at, &format!("memo index {index}"));
        }
        self.memo.put(index, self.stack.top()?.clone());
        Some(())
    }

    fn recall(&mut self, op: &Op) -> Option<()> {
        let known = index(op).and_then(|index| self.memo.get(index)).cloned();
        self.stack.push(known.clone().unwrap_or(Value::Other));
        known.map(|_| ())
    }

    fn persistent(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let popped = if op.code == b'Q' { self.stack.pop().map(|_| ()) } else { Some(()) };
        if report.context == Context::Plain {
            report.add(&PERSISTENT_ID, op.at, "");
        }
        self.stack.push(Value::Other);
        popped
    }

    fn import(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let value = match (&op.argument, op.code) {
            (Argument::Number(code), _) => {
                report.add(&EXTENSION, op.at, &format!("code {code}"));
                Value::Global
            }
            (Argument::Lines(module, name), b'c') => named(whole(module), whole(name), op, report),
            (Argument::Lines(module, name), _) => {
                named(whole(module), whole(name), op, report);
                let items = self.stack.take_to_mark();
                self.stack.push(Value::Made);
                return items.map(|_| ());
            }
            _ => {
                let (name, module) = (self.stack.pop(), self.stack.pop());
                let found = module.is_some();
                let value = named(module.and_then(|text| text.text()), name.and_then(|text| text.text()), op, report);
                self.stack.push(value);
                return found.then_some(());
            }
        };
        self.stack.push(value);
        Some(())
    }

    fn call(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let callee = match op.code {
            b'o' => self.stack.take_to_mark().and_then(|items| items.first().cloned()),
            code => {
                self.stack.pop();
                if code == 0x92 {
                    self.stack.pop();
                }
                self.stack.pop()
            }
        };
        if !matches!(callee, Some(Value::Global)) {
            report.add(&COMPUTED_CALL, op.at, "");
        }
        self.stack.push(Value::Made);
        callee.map(|_| ())
    }

    /// BUILD, SETITEM and APPEND change what stands below their operands. On a class or a function that is an attack.
    fn change(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let operands = match op.code {
            b's' => self.stack.pop().and_then(|value| Some(vec![self.stack.pop()?, value])),
            b'b' | b'a' => self.stack.pop().map(|value| vec![value]),
            _ => self.stack.take_to_mark(),
        };
        if matches!(self.stack.top(), Some(Value::Global)) {
            report.add(&PATCHES, op.at, "a class or function");
        }
        if matches!(op.code, b's' | b'u') {
            let keys = operands.iter().flatten().step_by(2).filter_map(Value::text_ref);
            for key in keys.filter(|key| special(key)) {
                report.add(&PATCHES, op.at, &String::from_utf8_lossy(key));
            }
        }
        let found = operands.is_some() && self.stack.top().is_some();
        found.then_some(())
    }

    fn gather(&mut self, op: &Op) -> Option<()> {
        let mut found = true;
        match op.code {
            0x85..=0x87 => {
                for _ in 0x85..=op.code {
                    found &= self.stack.pop().is_some();
                }
            }
            _ => found = self.stack.take_to_mark().is_some(),
        }
        self.stack.push(Value::Other);
        found.then_some(())
    }
}

fn whole(kept: &Kept) -> Option<Rc<[u8]>> {
    kept.whole().map(Rc::from)
}

fn named(module: Option<Rc<[u8]>>, name: Option<Rc<[u8]>>, op: &Op, report: &mut Report<'_>) -> Value {
    match module.zip(name) {
        Some((module, name)) => report.import(&module, &name, op.at),
        None => report.add(&COMPUTED_NAME, op.at, ""),
    }
    Value::Global
}

fn index(op: &Op) -> Option<u64> {
    match &op.argument {
        Argument::Number(index) => Some(*index),
        Argument::Lines(line, _) => u64::try_from(text::number(line.whole()?)?).ok(),
        Argument::None | Argument::Body(_) => None,
    }
}

fn constant(op: &Op) -> Value {
    let text = match (&op.argument, op.code) {
        (Argument::Lines(line, _), b'S') => line.whole().and_then(text::quoted),
        (Argument::Lines(line, _), b'V') => line.whole().map(text::raw_unicode),
        (Argument::Body(body), b'T' | b'U' | b'X' | 0x8c | 0x8d) => body.whole().map(<[u8]>::to_vec),
        (Argument::Body(body), 0x8a) if body.whole() == Some(TORCH_MAGIC) => return Value::TorchMagic,
        _ => None,
    };
    text.map_or(Value::Other, |text| Value::Text(Rc::from(text)))
}

/// Attributes that change what an object does, rather than what it holds.
fn special(key: &[u8]) -> bool {
    const SPECIAL: &[&str] =
        &["__setstate__", "__class__", "__reduce__", "__reduce_ex__", "__getattr__", "__call__", "__code__", "__globals__"];
    SPECIAL.iter().any(|special| special.as_bytes() == key)
}
