//! Follows what an unpickler would do with names, and does none of it.

use std::rc::Rc;

use super::calls::{self, Array};
use super::constants::constant;
use super::hazards::{COMPUTED_NAME, EXTENSION, ODD_OPCODES, PATCHES, PERSISTENT_ID};
use super::reader::{Argument, Op};
use super::report::Report;
use super::stack::{Memo, Stack};
use super::value::{Facts, Object, Value};
use super::{Context, PickleLimits, text};

#[derive(Default)]
pub(super) struct Machine {
    stack: Stack,
    memo: Memo,
}

/// What an opcode came to.
#[derive(Debug)]
pub(super) enum Step {
    Done,
    /// An unpickler of joblib reads an array here.
    Array(Array),
    /// The unpickler gives up; the machine can go on, for one that is more lenient.
    Fails,
}

impl Machine {
    pub(super) fn full(&self, limits: &PickleLimits) -> bool {
        self.stack.full(limits) || self.memo.full(limits)
    }

    /// What the stream leaves.
    pub(super) fn top(&self) -> Option<&Value> {
        self.stack.top()
    }

    pub(super) fn is_torch_magic(&self) -> bool {
        matches!(self.top(), Some(Value::TorchMagic))
    }

    /// The array has taken its place-holder's place.
    pub(super) fn array_is_read(&mut self) {
        self.stack.pop();
        self.stack.push(Value::made());
    }

    pub(super) fn apply(&mut self, op: &Op, report: &mut Report<'_>) -> Step {
        let done = match op.code {
            b'b' => return self.build(op, report).unwrap_or(Step::Fails),
            b'(' => {
                self.stack.mark();
                Some(())
            }
            b'0' => self.stack.drop_one(),
            b'1' => self.stack.take_to_mark().map(drop),
            b'2' => self.stack.top().cloned().map(|top| self.stack.push(top)),
            0x95 | 0x98 => Some(()),
            0x80 => self.protocol(op, report),
            b'p' | b'q' | b'r' | 0x94 => self.remember(op, report),
            b'g' | b'h' | b'j' => self.recall(op),
            b'P' | b'Q' => self.persistent(op, report),
            b'c' | b'i' | 0x93 | 0x82..=0x84 => self.import(op, report),
            b'R' | b'o' | 0x81 | 0x92 => self.call(op, report),
            b's' | b'u' | b'a' | b'e' | 0x90 => self.change(op, report),
            b't' | 0x85..=0x87 | b'l' | b'd' | 0x91 => self.gather(op),
            _ => constant(op).map(|value| self.stack.push(value)),
        };
        done.map_or(Step::Fails, |()| Step::Done)
    }

    fn protocol(&self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        if matches!(op.argument, Argument::Number(6..)) {
            report.add(&ODD_OPCODES, op.at, "protocol");
            return None;
        }
        Some(())
    }

    fn remember(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let index = if op.code == 0x94 { self.memo.used() } else { index(op)? };
        let value = self.stack.top()?.clone();
        if index > self.memo.used().saturating_mul(4).saturating_add(1 << 16) {
            report.add(&ODD_OPCODES, op.at, &format!("memo index {index}"));
        }
        self.memo.put(index, value);
        Some(())
    }

    fn recall(&mut self, op: &Op) -> Option<()> {
        let known = index(op).and_then(|index| self.memo.get(index)).cloned();
        let found = known.is_some();
        self.stack.push(known.unwrap_or(Value::Unknown));
        found.then_some(())
    }

    fn persistent(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let id = if op.code == b'Q' { self.stack.pop()? } else { Value::Unknown };
        if report.context == Context::Plain {
            report.add(&PERSISTENT_ID, op.at, "");
        }
        let known = calls::storage(&id, report).or_else(|| calls::class_of_module(&id));
        self.stack.push(known.unwrap_or(Value::Unknown));
        Some(())
    }

    fn import(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let value = match (&op.argument, op.code) {
            (Argument::Number(code), _) => {
                report.add(&EXTENSION, op.at, &format!("code {code}"));
                Value::nameless()
            }
            (Argument::Lines(module, name), code) => {
                let value = match (module.whole(), name.whole()) {
                    (Some(module), Some(name)) => report.import(module, name, op.at)?,
                    _ => computed(op, report),
                };
                if code == b'i' {
                    let items = self.stack.take_to_mark()?;
                    calls::not_only_made(&value, op.at, report);
                    self.stack.push(calls::call(&value, &Value::tuple(items), op.at, report)?);
                    return Some(());
                }
                value
            }
            _ => {
                let (name, module) = (self.stack.pop()?, self.stack.pop()?);
                if name.is_no_text() || module.is_no_text() {
                    self.stack.push(Value::Unknown);
                    return None;
                }
                match (module.text(), name.text()) {
                    (Some(module), Some(name)) => report.import(module, name, op.at)?,
                    _ => computed(op, report),
                }
            }
        };
        self.stack.push(value);
        Some(())
    }

    fn call(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let (callee, arguments) = if op.code == b'o' {
            let mut items = self.stack.take_to_mark()?.into_iter();
            (items.next()?, Value::tuple(items.collect()))
        } else {
            let named = if op.code == 0x92 { Some(self.stack.pop()?) } else { None };
            let arguments = self.stack.pop()?;
            // By name or by place, they count alike: nothing that picklers write gives both.
            let both = named.is_some() && arguments.items().is_none_or(|items| !items.is_empty());
            (self.stack.pop()?, if both { Value::Tuple(None) } else { arguments })
        };
        if op.code != 0x81 {
            calls::not_only_made(&callee, op.at, report);
        }
        let made = calls::call(&callee, &arguments, op.at, report);
        let done = made.as_ref().map(|_| ());
        self.stack.push(made.unwrap_or(Value::Unknown));
        done
    }

    fn build(&mut self, op: &Op, report: &mut Report<'_>) -> Option<Step> {
        let state = self.stack.pop()?;
        let object = match self.stack.top()? {
            Value::Object(object) => Rc::clone(object),
            Value::Global(_) => {
                report.add(&PATCHES, op.at, "a class or function");
                return Some(Step::Done);
            }
            // No state changes nothing, and any other ends the stream.
            Value::Other
            | Value::Nothing
            | Value::Unknown
            | Value::TorchMagic
            | Value::Number(_)
            | Value::Text(_)
            | Value::Tuple(_) => return Some(Step::Done),
        };
        if object.built.replace(true) {
            report.add(&PATCHES, op.at, "an object that has its state already");
        }
        if state.has_methods() {
            report.add(&PATCHES, op.at, "a method that is called by itself");
        }
        Some(match object.facts.get() {
            Facts::ArrayBehind => Step::Array(calls::array(&state)),
            Facts::Dtype(dtype) => {
                object.facts.set(Facts::Dtype(calls::build_dtype(dtype, &state, op.at, report)));
                Step::Done
            }
            Facts::Dict(_) | Facts::Made(_) | Facts::MadeText(_) | Facts::Range | Facts::Storage(_) => Step::Done,
        })
    }

    /// SETITEM and APPEND change what stands below their operands: by methods of its own, if it is no plain list or dictionary.
    fn change(&mut self, op: &Op, report: &mut Report<'_>) -> Option<()> {
        let operands = match op.code {
            b's' => {
                let value = self.stack.pop()?;
                vec![self.stack.pop()?, value]
            }
            b'a' => vec![self.stack.pop()?],
            _ => self.stack.take_to_mark()?,
        };
        let changed = self.stack.top()?;
        if operands.is_empty() {
            return Some(());
        }
        match changed {
            Value::Global(_) => report.add(&PATCHES, op.at, "a class or function"),
            Value::Object(object) => {
                if object.built.get() {
                    report.add(&PATCHES, op.at, "an object that has its state already");
                }
                if matches!(op.code, b's' | b'u') {
                    put(object, &operands);
                }
            }
            Value::Number(_) | Value::Text(_) | Value::Tuple(_) | Value::Nothing => return None,
            Value::Other | Value::Unknown | Value::TorchMagic => {}
        }
        Some(())
    }

    fn gather(&mut self, op: &Op) -> Option<()> {
        let items = match op.code {
            0x85..=0x87 => {
                let mut items = Vec::new();
                for _ in 0x85..=op.code {
                    items.push(self.stack.pop()?);
                }
                items.reverse();
                items
            }
            _ => self.stack.take_to_mark()?,
        };
        self.stack.push(match op.code {
            b't' | 0x85..=0x87 => Value::tuple(items),
            b'd' => {
                let dict = Value::dict();
                if let Value::Object(dict) = &dict {
                    put(dict, &items);
                }
                dict
            }
            _ => Value::Other,
        });
        Some(())
    }
}

/// Keys and values, in turn.
fn put(object: &Object, operands: &[Value]) {
    let mut facts = object.facts.get();
    if let Facts::Dict(items) | Facts::Made(items) | Facts::MadeText(items) = &mut facts {
        for pair in operands.chunks(2) {
            if let [key, value] = pair {
                items.put(key, value);
            }
        }
        object.facts.set(facts);
    }
}

fn computed(op: &Op, report: &mut Report<'_>) -> Value {
    report.add(&COMPUTED_NAME, op.at, "");
    Value::nameless()
}

fn index(op: &Op) -> Option<u64> {
    match &op.argument {
        Argument::Number(index) => Some(*index),
        Argument::Line(line) => u64::try_from(text::number(line.whole()?)?).ok(),
        Argument::None | Argument::Body(_) | Argument::Lines(..) => None,
    }
}
