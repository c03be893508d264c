//! Where what people write, or the date, decides.

use super::Judge;
use crate::template::hazards;
use crate::template::names;
use crate::template::syntax::{At, Expr, Kind, StepKind};
use crate::template::value::{From, Value};
use crate::template::words;

impl Judge {
    /// Whether comparing the two lets a message or the date decide, and says so where plain words are looked for.
    pub(super) fn decides(&mut self, at: At, one: &Value, two: &Value) -> Option<At> {
        let (varies, fixed) = if one.from.varies() { (one, two) } else { (two, one) };
        if !varies.from.varies() || fixed.from.anything() {
            return None;
        }
        let texts: Vec<_> = fixed.texts.iter().chain(fixed.parts.iter().flat_map(|part| &part.texts)).cloned().collect();
        let counts = fixed.number.is_some_and(|number| number.abs() > 1.0);
        if varies.from.date && (counts || !texts.is_empty()) {
            self.say(&hazards::CONDITION, at, "date");
            return Some(at);
        }
        let known =
            |text: &str| names::is_switch(text) || names::is_known_token(text) || (!varies.from.text && names::is_field(text));
        let means = |text: &str| !text.trim().is_empty() && !known(text);
        let means: Vec<_> = texts.into_iter().filter(|text| means(text)).collect();
        if let Some(text) = means.iter().find(|text| !words::is_token(text)) {
            self.say(&hazards::CONDITION, at, text);
        }
        (counts || !means.is_empty()).then_some(at)
    }
}

/// A field of a value, by name.
pub(super) fn field(value: &Value, name: &str) -> Value {
    if !value.from.anything() {
        return Value { open: true, ..value.element() };
    }
    if names::is_structure(name) {
        return Value { hinge: value.hinge, ..Value::unknown() };
    }
    let content = value.from.content || value.from.messages;
    let from = From { content, date: value.from.date, ..From::default() };
    Value { from, ..value.derived() }
}

/// The messages put into one text are what people wrote.
pub(super) fn as_text(value: &Value) -> Value {
    let mut value = value.clone();
    value.from.content |= value.from.messages;
    value.from.text |= value.from.content;
    value
}

/// `message.role == 'user'` and the like, `loop.first`, and both together.
pub(super) fn asks_for_role_only(test: &Expr) -> bool {
    match &test.kind {
        Kind::Name(_) => false,
        Kind::Text(_) | Kind::Number(_) | Kind::Constant => true,
        Kind::Not(inner) | Kind::Negative(inner) => asks_for_role_only(inner),
        Kind::Chain(first, rest) => asks_for_role_only(first) && rest.iter().all(|(_, expr)| asks_for_role_only(expr)),
        Kind::List(list) => list.iter().all(asks_for_role_only),
        Kind::Steps(_, steps) => {
            let [step] = steps.as_slice() else { return false };
            let field = match &step.kind {
                StepKind::Attribute(name) => Some(name),
                StepKind::Item(Expr { kind: Kind::Text(literal), .. }) => Some(&literal.text),
                StepKind::Item(_) | StepKind::Slice(_) | StepKind::Call(_) | StepKind::Filter(..) | StepKind::Test(..) => None,
            };
            field.is_some_and(|field| field == "role")
        }
        Kind::Dict(_) | Kind::Choice(..) => false,
    }
}
