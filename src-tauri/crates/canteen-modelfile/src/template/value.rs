//! What is known of a value without running anything: texts that it may be, where it comes from, and what decides over it.

use std::rc::Rc;

use super::syntax::At;

/// Texts, parts and keys that are kept of one value.
pub(super) const MOST: usize = 48;
/// Texts that are put together: names are short. Longer ones are kept as they stand.
const LONGEST: usize = 400;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct From {
    /// The list of messages, or a message.
    pub(super) messages: bool,
    /// One message of the list.
    pub(super) single: bool,
    /// What a message says.
    pub(super) content: bool,
    /// The clock.
    pub(super) date: bool,
    /// It is a text, and no part of a message that has fields.
    pub(super) text: bool,
}

impl From {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            messages: self.messages || other.messages,
            single: self.single || other.single,
            content: self.content || other.content,
            date: self.date || other.date,
            text: self.text || other.text,
        }
    }

    /// Somebody outside decides what it is, and it is no part of the structure.
    pub(super) fn varies(self) -> bool {
        self.content || self.date
    }

    pub(super) fn anything(self) -> bool {
        self.varies() || self.messages
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Value {
    /// What it may be, as far as that is known; with unknown parts left out.
    pub(super) texts: Vec<Rc<str>>,
    /// Something in it is not known.
    pub(super) open: bool,
    pub(super) parts: Vec<Value>,
    pub(super) keys: Vec<Rc<str>>,
    pub(super) number: Option<f64>,
    pub(super) from: From,
    /// A macro of this template.
    pub(super) is_macro: bool,
    /// The comparison that decides over it: of what a message says, or of the date, with something fixed.
    pub(super) hinge: Option<At>,
}

impl Value {
    pub(super) fn unknown() -> Self {
        Self { open: true, ..Self::default() }
    }

    pub(super) fn of(text: &str) -> Self {
        Self { texts: vec![text.into()], ..Self::default() }
    }

    /// All of it is written in the template.
    pub(super) fn is_fixed(&self) -> bool {
        !self.open && !self.from.anything()
    }

    /// The same origin, and nothing else known.
    pub(super) fn derived(&self) -> Self {
        Self { open: true, from: self.from, hinge: self.hinge, ..Self::default() }
    }

    pub(super) fn with(mut self, other: &Value) -> Self {
        self.from = self.from.and(other.from);
        self.hinge = self.hinge.or(other.hinge);
        self
    }

    pub(super) fn add_text(&mut self, text: Rc<str>) {
        if self.texts.contains(&text) {
            return;
        }
        if self.texts.len() < MOST { self.texts.push(text) } else { self.open = true }
    }

    fn add_part(&mut self, part: &Value) {
        if self.parts.len() < MOST && !self.parts.contains(part) {
            self.parts.push(part.shallow());
        }
    }

    pub(super) fn push(&mut self, part: Value) {
        if self.parts.len() < MOST {
            self.parts.push(part.shallow());
        } else {
            self.open = true;
        }
    }

    pub(super) fn key(&mut self, key: &str) {
        if self.keys.len() < MOST {
            self.keys.push(key.into());
        }
    }

    /// Parts have no parts of parts: enough for names and numbers, and bounded.
    fn shallow(&self) -> Self {
        let inner = |part: &Value| Self { parts: Vec::new(), ..part.clone() };
        Self { parts: self.parts.iter().take(MOST / 4).map(inner).collect(), ..self.clone() }
    }

    /// What may be either.
    pub(super) fn or(mut self, other: &Value) -> Self {
        other.texts.iter().for_each(|text| self.add_text(text.clone()));
        other.parts.iter().for_each(|part| self.add_part(part));
        for key in &other.keys {
            if !self.keys.contains(key) {
                self.key(key);
            }
        }
        let text = self.is_text() && other.is_text();
        self.open |= other.open;
        self.is_macro &= other.is_macro;
        self.number = match (self.number, other.number) {
            (Some(one), Some(two)) => Some(one.max(two)),
            (one, two) => one.or(two),
        };
        let mut either = self.with(other);
        either.from.text = text;
        either
    }

    fn is_text(&self) -> bool {
        self.from.text || (!self.from.anything() && !self.texts.is_empty())
    }

    /// One after the other. What is not known counts as nothing, so that known pieces around it stay in sight.
    pub(super) fn then(&self, other: &Value) -> Self {
        let none: [Rc<str>; 1] = [Rc::from("")];
        let texts = |value: &Value| if value.texts.is_empty() { none.to_vec() } else { value.texts.clone() };
        let mut both = Self { open: self.open || other.open, ..Self::default() };
        for (one, two) in texts(self).iter().flat_map(|one| texts(other).into_iter().map(move |two| (one.clone(), two))) {
            if both.texts.len() >= MOST {
                both.open = true;
                break;
            }
            both.add_text(match (one.is_empty(), two.is_empty()) {
                (true, _) => two,
                (_, true) => one,
                _ if one.len() + two.len() > LONGEST => {
                    if one.len() > two.len() {
                        one
                    } else {
                        two
                    }
                }
                _ => format!("{one}{two}").into(),
            });
        }
        both.parts = self.parts.clone();
        other.parts.iter().for_each(|part| both.push(part.clone()));
        both.with(self).with(other)
    }

    /// Each text changed.
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        let short = |text: &Rc<str>| {
            let changed = if text.len() > LONGEST { None } else { Some(change(text)) };
            changed.filter(|changed| changed.len() <= 2 * LONGEST).map_or_else(|| text.clone(), Rc::from)
        };
        let mut changed = Self { texts: Vec::new(), ..self.clone() };
        self.texts.iter().map(short).for_each(|text| changed.add_text(text));
        changed
    }

    /// What a loop over it sees, or an index takes from it.
    pub(super) fn element(&self) -> Self {
        let mut element = self.derived();
        element.open = self.open;
        (element.from.text, element.from.single) = (false, self.from.messages);
        element.is_macro = !self.open && !self.parts.is_empty() && self.parts.iter().all(|part| part.is_macro);
        for part in &self.parts {
            element = element.or(part);
        }
        for text in self.texts.iter().filter(|text| text.len() <= LONGEST) {
            text.chars().for_each(|c| element.add_text(c.to_string().into()));
        }
        for key in &self.keys {
            element.add_text(key.clone());
        }
        element
    }

    /// Units of work that handling it takes. Parts have no parts of parts.
    pub(super) fn weight(&self) -> usize {
        let letters: usize = self.texts.iter().map(|text| 1 + text.len().min(LONGEST) / 32).sum();
        1 + letters + self.keys.len() + self.parts.iter().map(Self::weight).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(value: &Value) -> Vec<&str> {
        value.texts.iter().map(AsRef::as_ref).collect()
    }

    #[test]
    fn pieces_stay_in_sight_beside_what_is_not_known() {
        let name = Value::unknown().then(&Value::of("__cl")).then(&Value::of("ass__"));
        assert_eq!((texts(&name), name.open), (vec!["__class__"], true));
        let either = Value::of("a").or(&Value::of("b")).then(&Value::of("c"));
        assert_eq!(texts(&either), ["ac", "bc"]);
    }

    #[test]
    fn nothing_grows_without_bound() {
        let mut value = Value::default();
        (0..1000).for_each(|number: i32| value.add_text(number.to_string().into()));
        for _ in 0..20 {
            value = value.then(&value.clone());
            value.push(value.clone());
        }
        assert!(value.weight() < 40_000 && value.texts.iter().all(|text| text.len() <= LONGEST));
    }
}
