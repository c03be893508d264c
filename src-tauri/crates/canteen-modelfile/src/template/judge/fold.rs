//! What Python does to short texts: names are put together by it.

use std::rc::Rc;

use crate::template::value::Value;

pub(super) fn repeat(text: &str, times: f64) -> String {
    let mut repeated = String::new();
    let mut done = 0.0;
    while done < times && repeated.len() < 400 {
        repeated.push_str(text);
        done += 1.0;
    }
    repeated
}

/// `text[start:stop:step]`.
pub(super) fn slice(text: &str, start: Option<f64>, stop: Option<f64>, step: Option<f64>) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let length = chars.len() as f64;
    let step = step.unwrap_or(1.0);
    let place = |bound: f64| if bound < 0.0 { (bound + length).max(0.0) } else { bound.min(length) };
    let (mut from, mut to) = (start.map_or(0.0, place), stop.map_or(length, place));
    if step < 0.0 {
        chars.reverse();
        // The first is `start`, the last stands before `stop`, counted from the other end.
        from = start.map_or(0.0, |start| length - 1.0 - place(start).min(length - 1.0));
        to = stop.map_or(length, |stop| length - 1.0 - place(stop).min(length - 1.0));
    }
    let each = step.abs().max(1.0);
    let inside = chars.iter().zip(0_u32..).filter(|(_, at)| {
        let at = f64::from(*at);
        at >= from && at < to && (at - from) % each == 0.0
    });
    inside.map(|(c, _)| *c).collect()
}

/// `separator.join(list)`: all parts in their order; each part by what it may be first.
pub(super) fn join(list: &Value, separator: &str) -> Value {
    let mut joined = Value::of("");
    let separator = Value::of(separator);
    let keys: Vec<Value> = list.keys.iter().map(|key| Value { texts: vec![key.clone()], ..Value::default() }).collect();
    // A dict is its keys.
    let parts = if keys.is_empty() { &list.parts } else { &keys };
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            joined = joined.then(&separator);
        }
        joined = joined.then(&Value { parts: Vec::new(), ..part.clone() });
    }
    if parts.is_empty() {
        list.texts.iter().for_each(|text| joined.add_text(text.clone()));
    }
    joined.open |= list.open || parts.is_empty();
    joined.with(list)
}

/// `format % values`, and `{}` in order: what stands for a number may be a character.
pub(super) fn fill(format: &str, values: &[Value]) -> String {
    let mut filled = String::new();
    let mut values =
        values.iter().flat_map(|value| if value.parts.is_empty() { vec![value] } else { value.parts.iter().collect() });
    let mut rest = format;
    while let Some(at) = rest.find(['%', '{']).filter(|_| filled.len() < 1000) {
        let (front, back) = rest.split_at(at);
        filled.push_str(front);
        let end = if back.starts_with('{') { back.find('}') } else { back.find(|c: char| c.is_ascii_alphabetic()) };
        let Some((field, behind)) = end.and_then(|end| back.split_at_checked(end + 1)) else {
            filled.push_str(back);
            return filled;
        };
        rest = behind;
        let character = field.ends_with('c') || field.ends_with("c}");
        if let Some(value) = values.next() {
            match value.number.filter(|_| character).and_then(character_of) {
                Some(c) => filled.push(c),
                None => filled.push_str(value.texts.first().map_or("", Rc::as_ref)),
            }
        }
    }
    filled + rest
}

fn character_of(number: f64) -> Option<char> {
    (0_u8..128).find(|byte| f64::from(*byte) == number).map(char::from)
}

/// Bounded: each replacement may be longer than what it replaces.
pub(super) fn replaced(text: &str, from: &str, to: &str) -> String {
    let longer = text.matches(from).count().saturating_mul(to.len());
    if longer > 1000 { text.to_owned() } else { text.replace(from, to) }
}

pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect())
}

pub(super) fn swapped(text: &str) -> String {
    text.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_changed_as_python_does() {
        assert_eq!(slice("__ssalc__", None, None, Some(-1.0)), "__class__");
        assert_eq!(slice("abcdef", Some(1.0), Some(-1.0), Some(2.0)), "bd");
        assert_eq!(slice("abcdef", Some(3.0), None, Some(-1.0)), "dcba");
        assert_eq!(slice("", None, None, Some(-1.0)), "");
        let number = |number| Value { number: Some(number), ..Value::default() };
        assert_eq!(fill("%c%c%s{}", &[number(95.0), number(95.0), Value::of("x"), Value::of("y")]), "__xy");
        assert_eq!(fill("{0:c}{", &[number(97.0)]), "a{");
        assert_eq!((capitalised("aB c").as_str(), swapped("aB").as_str()), ("Ab c", "Ab"));
    }
}
