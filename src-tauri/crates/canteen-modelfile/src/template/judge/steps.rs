//! What follows a value: attributes, items, calls, filters and tests.

use super::{Judge, fold, taint};
use crate::template::hazards;
use crate::template::names;
use crate::template::syntax::{Args, At, Expr, Kind, Step, StepKind};
use crate::template::value::{From, Value};

/// What a call would call.
enum Callee<'e> {
    Name(&'e str),
    Method(&'e str, Value),
    Computed,
}

impl Judge {
    pub(super) fn steps(&mut self, base: Option<&Expr>, mut value: Value, steps: &[Step]) -> Value {
        let mut callee = match base.map(|base| &base.kind) {
            Some(Kind::Name(name)) => Callee::Name(name),
            _ => Callee::Computed,
        };
        for step in steps {
            if !self.pay(value.weight()) {
                value = Value::unknown();
            }
            let at = step.at;
            (value, callee) = match (&step.kind, callee) {
                (StepKind::Attribute(name), before) => {
                    let field = self.attribute(at, &value, name, &before);
                    (field, Callee::Method(name, value))
                }
                (StepKind::Item(index), before) => {
                    self.outside(at, &before);
                    let key = self.quietly(|judge| judge.eval(index));
                    (self.item(at, &value, &key), Callee::Computed)
                }
                (StepKind::Slice(bounds), _) => (self.slice(&value, bounds), Callee::Computed),
                (StepKind::Call(args), Callee::Name(name)) => (self.call(at, name, args), Callee::Computed),
                (StepKind::Call(args), Callee::Method(name, receiver)) => {
                    if names::is_executor(name) {
                        self.say(&hazards::REACHES, at, name);
                    } else if !names::is_method(name) {
                        self.say(&hazards::UNKNOWN_CALL, at, name);
                    }
                    (self.method(at, &receiver, name, args), Callee::Computed)
                }
                (StepKind::Call(args), Callee::Computed) => {
                    self.call_value(at, &value, "");
                    self.values(args);
                    (value.derived(), Callee::Computed)
                }
                (StepKind::Filter(name, args), _) => (self.filter(at, &value, name, args), Callee::Computed),
                (StepKind::Test(name, args), _) => (self.test(at, &value, name, args), Callee::Computed),
            };
        }
        value
    }

    /// A step from a name of the program around.
    fn outside(&mut self, at: At, callee: &Callee<'_>) {
        if let Callee::Name(name) = callee
            && names::is_outside(name)
            && self.variable(name).is_none()
        {
            self.say(&hazards::REACHES, at, name);
        }
    }

    fn attribute(&mut self, at: At, value: &Value, name: &str, before: &Callee<'_>) -> Value {
        self.reached(at, name);
        self.outside(at, before);
        if let Callee::Name(space) = before {
            if let Some(field) = self.variable(&format!("{space}.{name}")).filter(|_| self.work > 0) {
                return field.clone();
            }
            if *space == "loop" && matches!(name, "previtem" | "nextitem") {
                return Value { from: From { messages: true, ..From::default() }, ..Value::unknown() };
            }
        }
        taint::field(value, name)
    }

    pub(super) fn item(&mut self, at: At, value: &Value, key: &Value) -> Value {
        self.reached_by(at, key);
        let chosen = key.from.varies() || key.hinge.is_some();
        if chosen && value.is_fixed() {
            // A list or a dict of texts, from which a message or the date picks one.
            let texts = value.element().texts;
            self.beneath(Some(at), |judge| texts.iter().for_each(|text| judge.written(at, text)));
        }
        let mut item = match key.texts.as_slice() {
            [] if value.from.single && key.number.is_none() => taint::as_text(&value.derived()),
            [] => Value { parts: Vec::new(), ..value.element() },
            texts => texts.iter().map(|text| taint::field(value, text)).reduce(|one, two| one.or(&two)).unwrap_or_default(),
        };
        item.hinge = item.hinge.or(key.hinge).or((chosen && value.is_fixed()).then_some(at));
        item
    }

    fn slice(&mut self, value: &Value, bounds: &[Option<Expr>]) -> Value {
        let mut numbers = [None; 3];
        for (number, bound) in numbers.iter_mut().zip(bounds) {
            *number = bound.as_ref().and_then(|bound| self.quietly(|judge| judge.eval(bound)).number);
        }
        let [start, stop, step] = numbers;
        let mut sliced = value.map(|text| fold::slice(text, start, stop, step));
        if step.is_some_and(|step| step < 0.0) {
            sliced.parts.reverse();
        }
        sliced
    }

    /// All arguments, named ones behind the others.
    pub(super) fn values(&mut self, args: &Args) -> Vec<Value> {
        args.plain.iter().chain(args.named.iter().map(|(_, value)| value)).map(|value| self.eval(value)).collect()
    }

    fn call(&mut self, at: At, name: &str, args: &Args) -> Value {
        if self.macros.contains_key(name) {
            return self.call_macro(name, args);
        }
        match name {
            "raise_exception" => {
                self.quietly(|judge| judge.values(args));
                return Value::default();
            }
            "strftime_now" => {
                self.quietly(|judge| judge.values(args));
                return Value { from: From { date: true, ..From::default() }, ..Value::unknown() };
            }
            _ => {}
        }
        let values = self.values(args);
        match name {
            "caller" => self.names.get("caller()").filter(|_| self.work > 0).cloned().unwrap_or_else(Value::unknown),
            "range" => self.range(at, &values),
            "dict" | "namespace" => {
                let mut value = values.first().filter(|_| !args.plain.is_empty()).cloned().unwrap_or_default();
                for ((key, _), part) in args.named.iter().zip(values.into_iter().skip(args.plain.len())) {
                    self.reached(at, key);
                    value.key(key);
                    value = value.with(&part);
                    value.push(part);
                }
                value
            }
            _ if names::is_outside(name) && names::is_dangerous(name) && self.variable(name).is_none() => {
                self.say(&hazards::REACHES, at, name);
                Value::unknown()
            }
            _ if names::is_function(name) || names::is_outside(name) => Value::unknown(),
            _ if self.variable(name).is_some() => {
                let value = self.variable(name).cloned().unwrap_or_default();
                self.call_value(at, &value, name);
                Value::unknown()
            }
            _ => {
                self.say(&hazards::UNKNOWN_CALL, at, name);
                Value::unknown()
            }
        }
    }

    /// Something computed is called: any of the template's own macros, or nobody knows what.
    fn call_value(&mut self, at: At, value: &Value, name: &str) {
        if !value.is_macro {
            return self.say(&hazards::COMPUTED_CALL, at, name);
        }
        let under = self.under.or(self.called_under);
        self.macros.values_mut().for_each(|known| known.hinge = known.hinge.or(under));
    }

    fn range(&mut self, at: At, values: &[Value]) -> Value {
        let (start, stop) = match values {
            [stop] => (Some(0.0), stop.number),
            [start, stop, ..] => (start.number, stop.number),
            [] => (None, None),
        };
        let step = values.get(2).and_then(|step| step.number).filter(|step| *step != 0.0).unwrap_or(1.0);
        let count = stop.map(|stop| ((stop - start.unwrap_or(0.0)) / step).abs());
        if count.is_some_and(|count| count > super::MOST_REPEATS) {
            self.say(&hazards::ENDLESS, at, "range");
        }
        let mut range = Value { number: count, ..Value::unknown() };
        // What decides how often, decides over what stands in the loop.
        values.iter().for_each(|value| range.hinge = range.hinge.or(value.hinge));
        range
    }

    fn call_macro(&mut self, name: &str, args: &Args) -> Value {
        let values = self.values(args);
        let Some(known) = self.macros.get_mut(name) else { return Value::unknown() };
        known.hinge = known.hinge.or(self.under).or(self.called_under);
        let output = if self.work > 0 { known.output.clone() } else { Value::unknown() };
        let mut named: Vec<String> = known.parameters.iter().take(args.plain.len()).cloned().collect();
        named.resize(args.plain.len(), "varargs".to_owned());
        named.extend(args.named.iter().map(|(name, _)| name.clone()));
        for (parameter, value) in named.iter().zip(values) {
            self.put_into(&format!("{name}\0{parameter}"), value);
        }
        output
    }

    fn test(&mut self, at: At, value: &Value, name: &str, args: &Args) -> Value {
        let values = self.quietly(|judge| judge.values(args));
        let mut result = Value { hinge: value.hinge, ..Value::unknown() };
        for other in &values {
            result.hinge = result.hinge.or(other.hinge).or_else(|| self.decides(at, value, other));
        }
        // They count what people wrote.
        if value.from.varies() && matches!(name, "even" | "odd" | "divisibleby") {
            result.hinge = Some(at);
        }
        result
    }
}
