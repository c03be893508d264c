//! Methods and filters, as far as they change texts or carry what matters on.

use super::{Judge, fold, taint};
use crate::template::hazards;
use crate::template::names;
use crate::template::syntax::{Args, At};
use crate::template::value::{MOST, Value};
use crate::template::words::{self, SENTENCE};

impl Judge {
    pub(super) fn method(&mut self, at: At, receiver: &Value, name: &str, args: &Args) -> Value {
        // What is looked for is not written; what is put in its place is.
        let quiet =
            !matches!(name, "replace" | "join" | "format" | "get" | "append" | "insert" | "extend" | "pop" | "setdefault");
        let values = if quiet { self.quietly(|judge| judge.values(args)) } else { self.values(args) };
        let first = values.first();
        match (name, first) {
            ("get" | "pop" | "setdefault", Some(key)) => {
                let found = self.item(at, receiver, key);
                match values.get(1) {
                    Some(default) => self.either(found, default),
                    None => found,
                }
            }
            ("startswith" | "endswith" | "find" | "rfind" | "index" | "rindex" | "count", Some(word)) => {
                let hinge = receiver.hinge.or_else(|| self.decides(at, receiver, word));
                Value { hinge, ..receiver.derived() }
            }
            ("split" | "rsplit" | "partition" | "rpartition", Some(word)) => {
                let hinge = receiver.hinge.or_else(|| self.decides(at, receiver, word));
                Value { hinge, ..split(receiver, word) }
            }
            ("replace", Some(_)) => self.replace(at, receiver, &values),
            ("join", Some(list)) => {
                let separator = receiver.texts.first().map_or("", |text| text.as_ref());
                self.joined(at, list, separator)
            }
            ("format" | "format_map", _) => {
                self.format_text(at, receiver);
                let filled = receiver.map(|text| fold::fill(text, &values));
                values.iter().fold(filled, |filled, value| filled.with(&taint::as_text(value)))
            }
            ("center" | "ljust" | "rjust" | "zfill", _) => self.padded(at, receiver, &values),
            ("items" | "values" | "keys" | "copy", _) => taint::as_text(receiver),
            ("append" | "extend" | "insert" | "update", _) => {
                values.iter().fold(receiver.clone(), |all, value| self.either(all, value))
            }
            _ => changed(receiver, name),
        }
    }

    pub(super) fn filter(&mut self, at: At, value: &Value, name: &str, args: &Args) -> Value {
        if !names::is_filter(name) && !self.macros.contains_key(name) {
            self.say(&hazards::UNKNOWN_CALL, at, name);
        }
        let quiet = !matches!(name, "replace" | "join" | "default" | "d" | "format");
        let values = if quiet { self.quietly(|judge| judge.values(args)) } else { self.values(args) };
        let named = |name: &str| {
            let at = args.named.iter().position(|(found, _)| found == name)?;
            values.get(args.plain.len() + at)
        };
        let first = values.first().filter(|_| !args.plain.is_empty());
        match name {
            "attr" => {
                self.attribute_by(at, first.or(named("name")));
                value.derived()
            }
            "map" | "select" | "reject" | "selectattr" | "rejectattr" | "groupby" | "sort" | "unique" | "sum" | "min" | "max" => {
                let by_name = matches!(name, "selectattr" | "rejectattr" | "groupby");
                let attribute = named("attribute").or(first.filter(|_| by_name));
                let function = first.filter(|_| matches!(name, "map" | "select" | "reject"));
                let operands = values.get(if by_name { 2 } else { 1 }..).unwrap_or_default();
                self.each(at, value, name, (attribute, function, operands))
            }
            "join" => {
                let separator = first.or(named("d")).and_then(|separator| separator.texts.first()).cloned();
                let list = named("attribute").map_or_else(|| value.clone(), |attribute| self.item(at, value, attribute));
                self.joined(at, &list, separator.as_deref().unwrap_or_default())
            }
            "replace" => self.replace(at, value, &values),
            "format" => self.percent(at, value, &values),
            "default" | "d" => values.iter().fold(value.clone(), |all, other| self.either(all, other)),
            "first" | "last" => Value { parts: Vec::new(), ..value.element() },
            "length" | "count" | "wordcount" if !value.from.content => taint::as_text(&value.derived()),
            "string" | "tojson" | "pprint" | "urlencode" | "items" | "values" | "dictsort" | "e" | "escape" | "forceescape" => {
                taint::as_text(value)
            }
            "list" => listed(value),
            "indent" | "center" | "wordwrap" | "truncate" => self.padded(at, value, &values),
            "safe" | "batch" | "slice" => value.clone(),
            _ => changed(value, name),
        }
    }

    /// Filters that look at each element.
    fn each(
        &mut self,
        at: At,
        value: &Value,
        name: &str,
        (attribute, function, more): (Option<&Value>, Option<&Value>, &[Value]),
    ) -> Value {
        let mut seen = value.clone();
        if let Some(function) = function {
            if function.texts.iter().any(|text| text.as_ref() == "attr") {
                self.attribute_by(at, more.first());
            } else if function.texts.is_empty() || function.open {
                self.say(&hazards::COMPUTED_NAME, at, name);
            }
            for text in &function.texts {
                if name == "map" {
                    seen = changed(&seen, text);
                }
            }
        }
        let mut looked_at = value.clone();
        if let Some(attribute) = attribute {
            self.reached_by(at, attribute);
            if attribute.texts.is_empty() && attribute.number.is_none() {
                self.say(&hazards::COMPUTED_NAME, at, name);
            }
            looked_at = attribute.texts.first().map_or_else(Value::unknown, |field| taint::field(value, field));
        } else {
            looked_at = taint::as_text(&looked_at);
        }
        if matches!(name, "select" | "reject" | "selectattr" | "rejectattr") {
            for word in more {
                seen.hinge = seen.hinge.or_else(|| self.decides(at, &looked_at, word));
            }
        }
        if name == "map" && attribute.is_some() {
            looked_at.with(&Value { hinge: value.hinge, ..Value::default() })
        } else {
            seen
        }
    }

    /// A separator that is a sentence stands wherever the list was cut.
    fn joined(&mut self, at: At, list: &Value, separator: &str) -> Value {
        let list = taint::as_text(list);
        if list.from.varies() && words::count(separator) >= SENTENCE {
            self.say(&hazards::HIDDEN_INSTRUCTION, at, separator);
        }
        let texts: usize = list.parts.iter().map(|part| part.texts.len()).sum();
        if self.pay((texts + list.keys.len()) * MOST) { fold::join(&list, separator) } else { Value::unknown() }
    }

    fn replace(&mut self, at: At, value: &Value, values: &[Value]) -> Value {
        let (Some(from), Some(to)) = (values.first(), values.get(1)) else { return value.derived() };
        if let Some(hinge) = self.decides(at, value, from) {
            self.beneath(Some(hinge), |judge| to.texts.iter().for_each(|text| judge.written(at, text)));
        }
        let (from, to) = (from.texts.first(), to.texts.first());
        match (from, to) {
            (Some(from), Some(to)) => value.map(|text| fold::replaced(text, from, to)),
            _ => value.derived(),
        }
    }

    pub(super) fn percent(&mut self, at: At, format: &Value, values: &[Value]) -> Value {
        self.wide(at, format);
        let filled = format.map(|text| fold::fill(text, values));
        values.iter().fold(filled, |filled, value| {
            let open = filled.open || value.open;
            Value { open, ..filled.with(&taint::as_text(value)) }
        })
    }

    fn padded(&mut self, at: At, value: &Value, values: &[Value]) -> Value {
        if values.iter().any(|width| width.number.is_some_and(|width| width > super::MOST_REPEATS)) {
            self.say(&hazards::ENDLESS, at, "a width");
        }
        value.clone()
    }
}

/// A method or a filter without arguments that matter.
fn changed(value: &Value, name: &str) -> Value {
    let mut changed = match name {
        "lower" => value.map(str::to_lowercase),
        "upper" => value.map(str::to_uppercase),
        "title" | "capitalize" => value.map(fold::capitalised),
        "swapcase" => value.map(fold::swapped),
        "strip" | "lstrip" | "rstrip" | "trim" | "removeprefix" | "removesuffix" => value.map(|text| text.trim().to_owned()),
        "reverse" => {
            let mut reversed = value.map(|text| text.chars().rev().collect());
            reversed.parts.reverse();
            reversed
        }
        "int" | "float" | "abs" | "round" => {
            let number = value.number.or_else(|| value.texts.first()?.trim().parse().ok());
            Value { number, ..value.derived() }
        }
        "length" | "count" | "wordcount" => value.derived(),
        _ => return Value { open: true, ..value.clone() },
    };
    changed.from.text |= changed.from.content;
    changed
}

/// A text as the list of its characters.
fn listed(value: &Value) -> Value {
    let mut list = value.clone();
    if let ([], Some(text)) = (value.parts.as_slice(), value.texts.first().filter(|text| text.len() <= 100)) {
        text.chars().for_each(|c| list.push(Value::of(c.encode_utf8(&mut [0; 4]))));
        list.texts.clear();
    }
    list
}

/// A text that is written in the template, cut at another.
fn split(receiver: &Value, word: &Value) -> Value {
    let mut list = receiver.derived();
    list.open = receiver.open;
    let cut = word.texts.first().filter(|word| !word.is_empty());
    for text in &receiver.texts {
        match cut {
            Some(word) => text.split(word.as_ref()).for_each(|part| list.push(Value::of(part))),
            None => text.split_whitespace().for_each(|part| list.push(Value::of(part))),
        }
    }
    list
}
