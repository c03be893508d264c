//! Walks a template and says what is wrong with it, without running it.
//!
//! Names are not followed in time: a variable is everything that is ever put into it. So the walk goes round a few times until
//! what flows backwards has arrived, and says what it sees in the last round. The work is bounded.

mod fold;
mod methods;
mod reach;
mod steps;
mod taint;
mod values;

use std::collections::{HashMap, HashSet};

use super::hazards;
use super::syntax::{At, Expr, For, Kind, Op, Parameter, Statement, StepKind};
use super::value::Value;
use super::words::{self, SENTENCE};
use crate::hazard::{Hazard, HazardCode, Severity};

/// Enough for a value to go through as many variables backwards.
const ROUNDS: usize = 4;
/// Units of work in all rounds; published templates need some 100,000.
const MOST_WORK: usize = 6_000_000;
const MOST_HAZARDS: usize = 24;
/// Repetitions that no chat needs.
const MOST_REPEATS: f64 = 10_000.0;

/// Says what is wrong with a template.
pub(super) fn judge(source: &str, statements: &[Statement<'_>]) -> Vec<Hazard> {
    let mut judge = Judge {
        lines: source.match_indices('\n').map(|(at, _)| at).collect(),
        hazards: Vec::new(),
        said: HashSet::new(),
        names: HashMap::new(),
        macros: HashMap::new(),
        under: None,
        called_under: None,
        scope: String::new(),
        captured: 0,
        openly: HashSet::new(),
        shown: HashSet::new(),
        quiet: 0,
        repeats: 1.0,
        loops: 0,
        turns: None,
        work: MOST_WORK,
        last: false,
    };
    for round in 1..=ROUNDS {
        judge.last = round == ROUNDS;
        judge.openly = std::mem::take(&mut judge.shown);
        judge.walk(statements);
    }
    if judge.work == 0 {
        judge.hazards.push(Hazard::of(&hazards::TOO_MUCH, "work"));
    }
    judge.hazards
}

struct Macro {
    parameters: Vec<String>,
    /// It was called where this decides.
    hinge: Option<At>,
    output: Value,
}

struct Judge {
    /// Where lines end.
    lines: Vec<At>,
    hazards: Vec<Hazard>,
    said: HashSet<(&'static str, usize)>,
    names: HashMap<String, Value>,
    macros: HashMap<String, Macro>,
    /// What decides whether this place is reached.
    under: Option<At>,
    /// What decides whether the macro that this stands in is called.
    called_under: Option<At>,
    /// The macro that this stands in.
    scope: String,
    /// Above 0: what is written here goes into a variable.
    captured: usize,
    /// What goes into the conversation whatever people write, by the round before this one.
    openly: HashSet<String>,
    /// The same, by this one so far.
    shown: HashSet<String>,
    /// Above 0: what stands here is looked for, not written.
    quiet: usize,
    /// How often this place is reached by loops of fixed length.
    repeats: f64,
    loops: usize,
    /// In a loop over the messages, and nothing but the structure decides.
    turns: Option<At>,
    work: usize,
    last: bool,
}

impl Judge {
    fn say(&mut self, code: &'static HazardCode, at: At, detail: &str) {
        if !self.last {
            return;
        }
        let line = 1 + self.lines.partition_point(|end| *end < at);
        // Dangerous ones have room of their own.
        let most = if code.severity == Severity::Dangerous { MOST_HAZARDS * 2 } else { MOST_HAZARDS };
        if self.hazards.len() < most && self.said.insert((code.code, line)) {
            self.hazards.push(Hazard::at(code, at as u64, &format!("line {line}: {}", detail.trim())));
        }
    }

    /// Takes the price of something from the work that is left; `false` when there is none.
    fn pay(&mut self, units: usize) -> bool {
        self.work = self.work.saturating_sub(units);
        self.work > 0
    }

    fn quietly<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        self.quiet += 1;
        let seen = look(self);
        self.quiet -= 1;
        seen
    }

    fn beneath<T>(&mut self, hinge: Option<At>, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.under;
        self.under = before.or(hinge);
        let seen = look(self);
        self.under = before;
        seen
    }

    /// What the statements write.
    fn walk(&mut self, statements: &[Statement<'_>]) -> Value {
        let mut output = Value::of("");
        for statement in statements {
            let written = self.statement(statement);
            if !self.pay(output.weight() + written.weight() + output.texts.len() * written.texts.len()) {
                break;
            }
            output = output.then(&written);
        }
        output
    }

    fn statement(&mut self, statement: &Statement<'_>) -> Value {
        match statement {
            Statement::Text(at, text) => {
                self.written(*at, text);
                self.shown(text);
                Value::of(text)
            }
            Statement::Print(expr) => self.print(expr),
            Statement::Do(expr) => {
                self.eval(expr);
                Value::default()
            }
            Statement::If(branches) => self.branches(branches),
            Statement::For(repeat) => self.repeat(repeat),
            Statement::Set(target, value) => {
                self.set(target, value);
                Value::default()
            }
            Statement::SetBlock(target, filters, body) => {
                self.captured += 1;
                let written = self.walk(body);
                self.captured -= 1;
                let value = self.steps(None, written, filters);
                self.assign(target, value);
                Value::default()
            }
            Statement::Macro(name, parameters, body) => {
                self.define(name, parameters, body);
                Value::default()
            }
            Statement::Call(parameters, call, body) => {
                self.parameters(parameters);
                let inner = self.walk(body);
                self.names.insert("caller()".to_owned(), inner);
                self.print(call)
            }
            Statement::Filter(filters, body) => {
                let written = self.walk(body);
                self.steps(None, written, filters)
            }
            Statement::Body(names, body) => {
                for (target, value) in names {
                    let value = self.eval(value);
                    self.assign(target, value);
                }
                self.walk(body)
            }
            Statement::Tag(at, name) => {
                let loads = matches!(name.as_str(), "import" | "include" | "extends" | "from");
                self.say(if loads { &hazards::LOADS } else { &hazards::UNKNOWN_CALL }, *at, name);
                Value::unknown()
            }
        }
    }

    fn print(&mut self, expr: &Expr) -> Value {
        let value = self.eval(expr);
        // What is put in every turn is said where it stands: a variable may be the default prompt, for the first turn.
        let turns = self.turns.take();
        for text in &value.texts {
            self.written(expr.at, text);
            if value.hinge.is_none() {
                self.shown(text);
            }
        }
        self.turns = turns;
        value
    }

    fn shown(&mut self, text: &str) {
        let decided = self.under.or(self.called_under).is_some() || self.captured > 0;
        if !decided && self.pay(text.len() + 1) && words::count(text) >= SENTENCE {
            self.shown.insert(text.trim().to_owned());
        }
    }

    fn branches(&mut self, branches: &[(Option<Expr>, Vec<Statement<'_>>)]) -> Value {
        let (mut hinge, mut output): (_, Option<Value>) = (None, None);
        let turns = self.turns;
        for (test, body) in branches {
            if let Some(test) = test {
                hinge = hinge.or(self.quietly(|judge| judge.eval(test)).hinge);
                if !taint::asks_for_role_only(test) {
                    self.turns = None;
                }
            }
            let written = self.beneath(hinge, |judge| judge.walk(body));
            output = Some(output.map_or(written.clone(), |output| output.or(&written)));
        }
        self.turns = turns;
        output.unwrap_or_default()
    }

    fn repeat(&mut self, repeat: &For<'_>) -> Value {
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
        let body = self.beneath(over.hinge.or(only), |judge| judge.walk(&repeat.body));
        self.loops -= 1;
        (self.repeats, self.turns) = (repeats, turns);
        let otherwise = self.beneath(over.hinge.or(only), |judge| judge.walk(&repeat.otherwise));
        body.or(&otherwise)
    }

    fn set(&mut self, target: &Expr, expr: &Expr) {
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
        self.assign(target, value);
    }

    fn assign(&mut self, target: &Expr, value: Value) {
        match &target.kind {
            Kind::Name(name) => self.put(name, value),
            Kind::List(targets) => {
                let element = value.element();
                targets.iter().for_each(|target| self.assign(target, element.clone()));
            }
            _ => {}
        }
    }

    /// A variable is all that was ever put into it.
    fn put(&mut self, name: &str, mut value: Value) {
        value.hinge = value.hinge.or(self.under);
        // Macros keep their names to themselves; an attribute belongs to the namespace that is seen from here.
        let space = name.split_once('.').map(|(space, _)| self.scoped(space));
        let outer = self.scope.is_empty() || space.is_some_and(|space| !self.names.contains_key(&space));
        let name = if outer { name.to_owned() } else { self.scoped(name) };
        self.put_into(&name, value);
    }

    fn scoped(&self, name: &str) -> String {
        format!("{}\0{name}", self.scope)
    }

    fn put_into(&mut self, name: &str, value: Value) {
        if !self.pay(value.weight()) {
            return;
        }
        let before = self.names.remove(name);
        let both = before.map_or(value.clone(), |before| before.or(&value));
        self.names.insert(name.to_owned(), both);
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        let inner = if self.scope.is_empty() { None } else { self.names.get(&self.scoped(name)) };
        inner.or_else(|| self.names.get(name))
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        for (name, default) in parameters {
            let value = default.as_ref().map_or_else(Value::default, |default| self.eval(default));
            self.put(name, value);
        }
    }

    fn define(&mut self, name: &str, parameters: &[Parameter], body: &[Statement<'_>]) {
        let hinge = self.macros.get(name).and_then(|known| known.hinge);
        let outer = (self.turns.take(), std::mem::replace(&mut self.scope, name.to_owned()), self.called_under);
        self.called_under = self.called_under.or(hinge);
        self.captured += 1;
        self.parameters(parameters);
        let output = self.walk(body);
        self.captured -= 1;
        (self.turns, self.scope, self.called_under) = outer;
        let parameters = parameters.iter().map(|(name, _)| name.clone()).collect();
        self.macros.insert(name.to_owned(), Macro { parameters, hinge, output });
    }

    /// A text that goes into the conversation.
    fn written(&mut self, at: At, text: &str) {
        if self.quiet > 0 || !self.last || !self.pay(text.len() + 1) {
            return;
        }
        let says = [
            (&hazards::ADDRESS, words::address(text)),
            (&hazards::BAIT, words::bait(text)),
            (&hazards::COVERT, words::covert(text)),
            (&hazards::BLOB, words::is_blob(text).then_some("")),
        ];
        for (code, mark) in says {
            if let Some(mark) = mark {
                self.say(code, at, mark);
            }
        }
        let decided = self.under.or(self.called_under).is_some() && !self.openly.contains(text.trim());
        if decided && words::count(text) >= SENTENCE {
            self.say(&hazards::HIDDEN_INSTRUCTION, at, text);
        } else if self.turns.is_some() && words::count(text) >= 2 * SENTENCE {
            self.say(&hazards::IN_EVERY_TURN, at, text);
        }
    }
}

/// `x = x ~ x`.
fn doubles(target: &Expr, value: &Expr) -> bool {
    let Kind::Name(name) = &target.kind else { return false };
    let is_target = |expr: &Expr| path(expr).as_ref() == Some(name);
    match &value.kind {
        Kind::Chain(first, rest) => {
            let joins = rest.iter().all(|(op, _)| matches!(op, Op::Add | Op::Join));
            let count = usize::from(is_target(first)) + rest.iter().filter(|(_, expr)| is_target(expr)).count();
            joins && count > 1
        }
        _ => false,
    }
}

/// `a` or `a.b`.
fn path(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Name(name) => Some(name.clone()),
        Kind::Steps(base, steps) => match (&base.kind, steps.as_slice()) {
            (Kind::Name(name), [step]) => match &step.kind {
                StepKind::Attribute(field) => Some(format!("{name}.{field}")),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
