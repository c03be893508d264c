//! Methods that Python's text, lists and dictionaries have, and templates call.

use minijinja::value::{Value, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State};

pub(super) fn call(_: &State<'_, '_>, value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let kind = value.kind();
    if let Some(text) = value.as_str() {
        of_text(text, method, arguments)
    } else if kind == ValueKind::Map {
        of_map(value, method, arguments)
    } else if kind == ValueKind::Seq {
        of_list(value, method, arguments)
    } else {
        unknown(method)
    }
}

fn unknown<T>(method: &str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::UnknownMethod, format!("no method {method}")))
}

fn of_text(text: &str, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let set = || -> Result<Box<dyn Fn(char) -> bool>, Error> {
        let (set,): (Option<&str>,) = from_args(arguments)?;
        let set = set.map(|set| set.chars().collect::<Vec<char>>());
        Ok(Box::new(move |c| set.as_ref().map_or_else(|| c.is_whitespace(), |set| set.contains(&c))))
    };
    Ok(match method {
        "strip" => text.trim_matches(set()?).into(),
        "lstrip" => text.trim_start_matches(set()?).into(),
        "rstrip" => text.trim_end_matches(set()?).into(),
        "upper" => text.to_uppercase().into(),
        "lower" => text.to_lowercase().into(),
        "capitalize" => {
            let mut chars = text.chars();
            chars.next().map(|first| first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect::<String>()).into()
        }
        "title" => text.split(' ').map(capitalised).collect::<Vec<_>>().join(" ").into(),
        "startswith" => starts(arguments, |with| text.starts_with(with))?,
        "endswith" => starts(arguments, |with| text.ends_with(with))?,
        "replace" => {
            let (from, to, count): (&str, &str, Option<usize>) = from_args(arguments)?;
            count.map_or_else(|| text.replace(from, to), |count| text.replacen(from, to, count)).into()
        }
        "split" => {
            let (by, limit): (Option<&str>, Option<i64>) = from_args(arguments)?;
            let limit = limit.and_then(|limit| usize::try_from(limit).ok()).map_or(usize::MAX, |limit| limit.saturating_add(1));
            match by.filter(|by| !by.is_empty()) {
                Some(by) => text.splitn(limit, by).map(Value::from).collect(),
                None => text.split_whitespace().map(Value::from).collect(),
            }
        }
        "rsplit" => {
            let (by, limit): (&str, Option<i64>) = from_args(arguments)?;
            let limit = limit.and_then(|limit| usize::try_from(limit).ok()).map_or(usize::MAX, |limit| limit.saturating_add(1));
            let mut parts: Vec<Value> = text.rsplitn(limit, by).map(Value::from).collect();
            parts.reverse();
            parts.into()
        }
        "splitlines" => text.lines().map(Value::from).collect(),
        "join" => {
            let (parts,): (Vec<String>,) = from_args(arguments)?;
            parts.join(text).into()
        }
        "find" => {
            let (wanted,): (&str,) = from_args(arguments)?;
            let at = text.find(wanted).and_then(|at| text.get(..at)).map(|before| before.chars().count());
            at.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1).into()
        }
        "count" => {
            let (wanted,): (&str,) = from_args(arguments)?;
            text.matches(wanted).count().into()
        }
        "isdigit" => (!text.is_empty() && text.chars().all(|c| c.is_ascii_digit())).into(),
        _ => return unknown(method),
    })
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect())
}

/// One text, or any of several.
fn starts(arguments: &[Value], matches: impl Fn(&str) -> bool) -> Result<Value, Error> {
    let (with,): (Value,) = from_args(arguments)?;
    Ok(match with.as_str() {
        Some(with) => matches(with).into(),
        None => with.try_iter()?.any(|with| with.as_str().is_some_and(&matches)).into(),
    })
}

fn of_map(value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let keys = || -> Result<Vec<Value>, Error> { Ok(value.try_iter()?.collect()) };
    let at = |key: &Value| value.get_item(key);
    Ok(match method {
        "get" => {
            let (key, otherwise): (Value, Option<Value>) = from_args(arguments)?;
            let found = at(&key)?;
            if found.is_undefined() { otherwise.unwrap_or(Value::from(())) } else { found }
        }
        "keys" => keys()?.into(),
        "values" => keys()?.iter().map(at).collect::<Result<Vec<Value>, Error>>()?.into(),
        "items" => {
            let pairs = keys()?.into_iter().map(|key| Ok(Value::from(vec![key.clone(), at(&key)?])));
            pairs.collect::<Result<Vec<Value>, Error>>()?.into()
        }
        _ => return unknown(method),
    })
}

fn of_list(value: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    match method {
        "count" => {
            let (wanted,): (Value,) = from_args(arguments)?;
            Ok(value.try_iter()?.filter(|item| *item == wanted).count().into())
        }
        _ => unknown(method),
    }
}
