//! Walks a template and says what is wrong with it, without running it.
//!
//! Names are not followed in time: a variable is everything that is ever put into it. So the walk goes round a few times until
//! what flows backwards has arrived, and says what it sees in the last round. The work is bounded.

mod blocks;
mod fold;
mod methods;
mod reach;
mod steps;
mod taint;
mod values;
mod variables;

use std::collections::{HashMap, HashSet};

use super::hazards;
use super::syntax::{At, Expr, Statement};
use super::value::Value;
use super::words::{self, SENTENCE};
use crate::hazard::{Hazard, HazardCode, Severity};

/// Enough for a value to go through as many variables backwards.
const ROUNDS: usize = 4;
/// Units of work in one round; published templates need some 20,000. Behind them names that are written out are still seen.
const MOST_WORK: usize = 1_500_000;
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
        quiet: 0,
        repeats: 1.0,
        loops: 0,
        turns: None,
        work: MOST_WORK,
        last: false,
    };
    for round in 1..=ROUNDS {
        (judge.last, judge.work) = (round == ROUNDS, MOST_WORK);
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

    /// What may be either.
    fn either(&mut self, one: Value, two: &Value) -> Value {
        if self.pay(one.weight() + (one.parts.len() + 1) * two.weight()) { one.or(two) } else { Value::unknown() }
    }

    /// One after the other.
    fn both(&mut self, one: &Value, two: &Value) -> Value {
        let price = one.weight() + two.weight() + one.texts.len() * two.texts.len();
        if self.pay(price) { one.then(two) } else { Value::unknown() }
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
            output = self.both(&output, &written);
        }
        output
    }

    fn statement(&mut self, statement: &Statement<'_>) -> Value {
        match statement {
            Statement::Text(at, text) => {
                self.written(*at, text);
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
                let written = self.walk(body);
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
        }
        self.turns = turns;
        // A message that is printed is what it says.
        taint::as_text(&value)
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
        if self.under.or(self.called_under).is_some() && words::count(text) >= SENTENCE {
            self.say(&hazards::HIDDEN_INSTRUCTION, at, text);
        } else if self.turns.is_some() && words::count(text) >= 2 * SENTENCE {
            self.say(&hazards::IN_EVERY_TURN, at, text);
        }
    }
}
