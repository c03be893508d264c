//! Tags with a body, and those that set a variable.

use super::{Judge, MOST_REPEATS, Macro, taint};
use crate::template::hazards;
use crate::template::syntax::{Expr, For, Kind, Op, Parameter, Statement, Step, StepKind};
use crate::template::value::Value;

impl Judge {
    pub(super) fn branches(&mut self, branches: &[(Option<Expr>, Vec<Statement<'_>>)]) -> Value {
        let (mut hinge, mut output): (_, Option<Value>) = (None, None);
        let turns = self.turns;
        for (test, body) in branches {
            if let Some(test) = test {
                hinge = hinge.or(self.quietly(|judge| judge.eval(test)).hinge);
                if !taint::asks_for_role_only(test) {
                    self.turns = None;
                }
            }
            let written = self.beneath(hinge, |judge| judge.decided(body));
            output = Some(match output {
                Some(output) => self.either(output, &written),
                None => written,
            });
        }
        self.turns = turns;
        output.unwrap_or_default()
    }

    /// A body that something decides over: a sentence may be written in pieces.
    fn decided(&mut self, body: &[Statement<'_>]) -> Value {
        let written = self.walk(body);
        if let Some(hinge) = self.under {
            written.texts.iter().for_each(|text| self.written(hinge, text));
        }
        written
    }

    pub(super) fn repeat(&mut self, repeat: &For<'_>) -> Value {
        let over = self.eval(&repeat.over);
        self.assign(&repeat.target, over.element());
        let only = repeat.only.as_ref().and_then(|only| self.quietly(|judge| judge.eval(only)).hinge);
        let (repeats, turns) = (self.repeats, self.turns);
        self.repeats *= over.number.unwrap_or(over.parts.len() as f64).max(1.0);
        if self.repeats > MOST_REPEATS * 10.0 {
            self.say(&hazards::ENDLESS, repeat.target.at, "loops in loops");
        }
        self.turns = (over.from.messages && !over.from.content).then_some(repeat.target.at).or(turns);
        self.loops += 1;
        let body = self.beneath(over.hinge.or(only), |judge| judge.decided(&repeat.body));
        self.loops -= 1;
        (self.repeats, self.turns) = (repeats, turns);
        let otherwise = self.beneath(over.hinge.or(only), |judge| judge.decided(&repeat.otherwise));
        self.either(body, &otherwise)
    }

    pub(super) fn set(&mut self, target: &Expr, expr: &Expr) {
        if self.loops > 0 && doubles(target, expr) {
            self.say(&hazards::ENDLESS, target.at, "a text that doubles in a loop");
        }
        // A namespace is its attributes.
        if let (Kind::Name(name), Kind::Steps(base, steps)) = (&target.kind, &expr.kind)
            && let (Kind::Name(function), [step]) = (&base.kind, steps.as_slice())
            && let (true, StepKind::Call(args)) = (function == "namespace", &step.kind)
        {
            for (field, value) in &args.named {
                let value = self.eval(value);
                self.put(&format!("{name}.{field}"), value);
            }
        }
        let value = self.eval(expr);
        if self.under.is_some() {
            value.texts.iter().for_each(|text| self.written(expr.at, text));
        }
        self.assign(target, value);
    }

    pub(super) fn assign(&mut self, target: &Expr, value: Value) {
        if let Kind::Name(name) = &target.kind {
            self.put(name, value);
        } else if let Kind::List(targets) = &target.kind {
            let element = value.element();
            targets.iter().for_each(|target| self.assign(target, element.clone()));
        }
    }

    pub(super) fn parameters(&mut self, parameters: &[Parameter]) {
        for (name, default) in parameters {
            let value = default.as_ref().map_or_else(Value::default, |default| self.eval(default));
            self.put(name, value);
        }
    }

    pub(super) fn define(&mut self, name: &str, parameters: &[Parameter], body: &[Statement<'_>]) {
        let hinge = self.macros.get(name).and_then(|known| known.hinge);
        let outer = (self.turns.take(), std::mem::replace(&mut self.scope, name.to_owned()), self.called_under);
        self.called_under = self.called_under.or(hinge);
        self.parameters(parameters);
        let output = self.walk(body);
        (self.turns, self.scope, self.called_under) = outer;
        let parameters = parameters.iter().map(|(name, _)| name.clone()).collect();
        self.macros.insert(name.to_owned(), Macro { parameters, hinge, output });
    }
}

/// `x = x ~ x`.
fn doubles(target: &Expr, value: &Expr) -> bool {
    let Kind::Name(name) = &target.kind else { return false };
    let is_target = |expr: &Expr| path(expr).as_ref() == Some(name);
    let Kind::Chain(first, rest) = &value.kind else { return false };
    let joins = rest.iter().all(|(op, _)| matches!(op, Op::Add | Op::Join));
    let count = usize::from(is_target(first)) + rest.iter().filter(|(_, expr)| is_target(expr)).count();
    joins && count > 1
}

/// `a` or `a.b`.
fn path(expr: &Expr) -> Option<String> {
    let (base, steps) = match &expr.kind {
        Kind::Name(name) => return Some(name.clone()),
        Kind::Steps(base, steps) => (&base.kind, steps.as_slice()),
        Kind::Text(_) | Kind::Number(_) | Kind::Constant | Kind::List(_) | Kind::Dict(_) => return None,
        Kind::Not(_) | Kind::Negative(_) | Kind::Chain(..) | Kind::Choice(..) => return None,
    };
    let (Kind::Name(name), [Step { kind: StepKind::Attribute(field), .. }]) = (base, steps) else { return None };
    Some(format!("{name}.{field}"))
}
