//! Expressions.

use super::{Judge, fold, taint};
use crate::template::hazards;
use crate::template::names;
use crate::template::syntax::{At, Expr, Kind, Literal, Op};
use crate::template::value::{From, Value};

/// No honest template counts so far.
const MOST_NUMBER: f64 = 1e15;

impl Judge {
    pub(super) fn eval(&mut self, expr: &Expr) -> Value {
        let value = match &expr.kind {
            Kind::Name(name) => self.lookup(expr.at, name),
            Kind::Text(literal) => self.literal(expr.at, literal),
            Kind::Number(number) => Value { number: Some(*number), ..Value::default() },
            Kind::Constant => Value::default(),
            Kind::List(list) => {
                let mut value = Value::default();
                for part in list {
                    let part = self.eval(part);
                    value = value.with(&part);
                    value.open |= part.open;
                    value.push(part);
                }
                value
            }
            Kind::Dict(pairs) => {
                let mut value = Value::default();
                for (key, part) in pairs {
                    let key = self.quietly(|judge| judge.eval(key));
                    key.texts.iter().for_each(|key| value.key(key));
                    let part = self.eval(part);
                    value = value.with(&part);
                    value.push(part);
                }
                value
            }
            Kind::Not(inner) => self.eval(inner).derived(),
            Kind::Negative(inner) => {
                let mut value = self.eval(inner);
                value.number = value.number.map(|number| -number);
                value
            }
            Kind::Chain(first, rest) => self.chain(first, rest),
            Kind::Choice(value, tests, otherwise) => {
                let hinge = tests.iter().fold(None, |hinge, test| hinge.or(self.quietly(|judge| judge.eval(test)).hinge));
                let turns = self.turns.take();
                let mut either = self.beneath(hinge, |judge| judge.eval(value));
                if let Some(otherwise) = otherwise {
                    let other = self.beneath(hinge, |judge| judge.eval(otherwise));
                    either = self.either(either, &other);
                }
                self.turns = turns;
                either.hinge = either.hinge.or(hinge);
                either
            }
            Kind::Steps(base, steps) => {
                let value = self.eval(base);
                self.steps(Some(base), value, steps)
            }
        };
        if self.pay(value.weight()) { value } else { Value::unknown() }
    }

    fn lookup(&mut self, at: At, name: &str) -> Value {
        if let Some(value) = self.variable(name) {
            return if self.work > 0 { value.clone() } else { Value::unknown() };
        }
        if self.macros.contains_key(name) {
            return Value { is_macro: true, ..Value::default() };
        }
        if names::leads(name) == names::Leads::Outside {
            self.say(&hazards::REACHES, at, name);
        } else if names::is_outside(name) {
            self.say(&hazards::OUTSIDE_NAME, at, name);
        }
        let messages = matches!(name, "messages" | "conversation" | "documents" | "history");
        Value { from: From { messages, ..From::default() }, ..Value::unknown() }
    }

    pub(super) fn literal(&mut self, at: At, literal: &Literal) -> Value {
        if names::is_internal(&literal.text) {
            self.say(&hazards::REACHES, at, &literal.text);
        }
        if literal.disguised {
            self.say(&hazards::DISGUISED, at, &literal.text);
        }
        self.written(at, &literal.text);
        Value::of(&literal.text)
    }

    fn chain(&mut self, first: &Expr, rest: &[(Op, Expr)]) -> Value {
        if rest.iter().all(|(op, _)| *op == Op::Compare) {
            return self.quietly(|judge| judge.comparison(first, rest));
        }
        let mut value = self.eval(first);
        for (op, expr) in rest {
            let logical = matches!(op, Op::And | Op::Or);
            let hinge = value.hinge.filter(|_| logical);
            let other = self.beneath(hinge, |judge| judge.eval(expr));
            let numbers = value.number.zip(other.number);
            let number = |number: f64| Value { number: Some(number), ..Value::default() }.with(&value).with(&other);
            value = match (op, numbers) {
                (Op::And | Op::Or, _) => self.either(value, &other),
                (Op::Add, Some((one, two))) => number(one + two),
                (Op::Times, Some((one, two))) => number(one * two),
                (Op::Power, Some((one, two))) => number(one.powf(two)),
                (Op::Add, None) => self.both(&value, &other),
                (Op::Join, _) => taint::as_text(&self.both(&value, &other)),
                (Op::Times, None) => self.times(expr.at, &value, &other),
                (Op::Remainder, None) if !value.texts.is_empty() => self.percent(expr.at, &value, std::slice::from_ref(&other)),
                (Op::Remainder | Op::Compare | Op::Other | Op::Power, _) => value.derived().with(&other),
            };
            if value.number.is_some_and(|number| number > MOST_NUMBER) {
                self.say(&hazards::ENDLESS, expr.at, "a huge number");
            }
            // `x and 'text'`, where x is decided.
            value.hinge = value.hinge.or(hinge);
        }
        value
    }

    fn comparison(&mut self, first: &Expr, rest: &[(Op, Expr)]) -> Value {
        let mut left = self.eval(first);
        let mut result = Value::unknown();
        for (_, expr) in rest {
            let right = self.eval(expr);
            result.hinge = result.hinge.or(left.hinge).or(right.hinge);
            result.hinge = result.hinge.or_else(|| self.decides(expr.at, &left, &right));
            left = right;
        }
        result
    }

    fn times(&mut self, at: At, value: &Value, other: &Value) -> Value {
        let (text, count) = if value.number.is_some() { (other, value) } else { (value, other) };
        if count.number.is_some_and(|count| count > super::MOST_REPEATS) {
            self.say(&hazards::ENDLESS, at, "*");
        }
        // `'text' * ('word' in content)`.
        if count.hinge.is_some() {
            self.beneath(count.hinge, |judge| text.texts.iter().for_each(|text| judge.written(at, text)));
        }
        let times = count.number.filter(|count| (0.0..64.0).contains(count));
        let repeated = times.map_or_else(|| text.clone(), |times| text.map(|text| fold::repeat(text, times)));
        // So often goes a loop over it.
        Value { number: count.number, ..repeated.with(count) }
    }
}
