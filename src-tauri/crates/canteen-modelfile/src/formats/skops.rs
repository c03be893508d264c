//! skops: scikit-learn's models as a tree in JSON, `schema.json` in a zip, that names a class or function for each node.
//!
//! The reader of skops makes what is named, once somebody has agreed to a list of names. So they are judged as a pickle's are.

use super::Found;
use super::collector::Gathered;
use crate::hazard::{Severity, hazards};
use crate::json::{self, Member, Value};
use crate::pickle;

hazards! {
    Dangerous EXECUTOR = "skops.executor",
        "This file runs a program on your computer as soon as it is opened. Do not open it, and tell IT where it came from.",
        "A node of the skops schema names a function that starts programs, evaluates code, reaches the network or writes files.";
    Suspicious NOT_ALLOWED = "skops.not_allowed",
        "This file needs program code that Canteen does not know. Use it only if IT has looked at it.",
        "A node of the skops schema names a class or function that is not on the list of what model files need.";
    Suspicious UNREADABLE = "skops.unreadable",
        "This model could not be looked through to its end, so ask IT before you use it.",
        "The skops schema is beyond the limits; what stands before was examined.";
}

pub(crate) const HAZARDS: &[&crate::HazardCode] = ALL;

/// `None` where it is another kind of JSON.
pub(super) fn document(text: &[u8]) -> Option<Found> {
    let value = json::parse(text).ok()?;
    value.get("__loader__")?.text()?;
    let mut found = Gathered::of(text.len() as u64);
    found.facts.architecture = value.get("__class__").and_then(Value::text).and_then(super::collector::shown);
    walk(&mut found, &value);
    found.done(Ok(()), &UNREADABLE).ok()
}

/// As deep as the reader of JSON goes, which has a bound.
fn walk(found: &mut Gathered, value: &Value) {
    for (module, name) in [("__module__", "__class__"), ("module_path", "function")] {
        let modules = texts(value, module);
        for (at, name) in texts(value, name) {
            modules.iter().for_each(|(_, module)| judge(found, at, module, name));
        }
    }
    value.list().iter().for_each(|value| walk(found, value));
    value.members().iter().for_each(|member| walk(found, &member.value));
}

/// A name may stand there more than once, and not all readers take the same.
fn texts<'v>(value: &'v Value, name: &str) -> Vec<(u64, &'v str)> {
    let text = |member: &'v Member| Some((member.at, member.value.text()?));
    value.members().iter().filter(|member| member.name == name).filter_map(text).take(8).collect()
}

fn judge(found: &mut Gathered, at: u64, module: &str, name: &str) {
    let Some(code) = pickle::judge_name(module, name) else { return };
    // Kinds of node that hold others: what they hold is judged.
    let holds = matches!((module, name), ("builtins" | "types", "type" | "method" | "function" | "NoneType" | "MethodType"));
    if !holds {
        let code = if code.severity == Severity::Dangerous { &EXECUTOR } else { &NOT_ALLOWED };
        found.at(code, at, &format!("{module}.{name}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(node: &str, expected: &[&str]) {
        let text =
            format!(r#"{{"__class__":"dict","__module__":"builtins","__loader__":"DictNode","content":{{"a":[{node}]}}}}"#);
        let found = document(text.as_bytes()).unwrap();
        assert_eq!(found.hazards.iter().map(|hazard| hazard.code.code).collect::<Vec<_>>(), expected, "{node}");
    }

    #[test]
    fn each_node_is_judged_by_what_it_names() {
        let node =
            |module: &str, name: &str| format!(r#"{{"__class__":"{name}","__module__":"{module}","__loader__":"ObjectNode"}}"#);
        check(&node("sklearn.linear_model._logistic", "LogisticRegression"), &[]);
        check(&node("numpy", "ndarray"), &[]);
        check(&node("builtins", "eval"), &["skops.executor"]);
        check(&node("mymodel", "Net"), &["skops.not_allowed"]);
        check(
            r#"{"__class__":"function","__module__":"builtins","content":{"module_path":"os","function":"system"}}"#,
            &["skops.executor"],
        );
        check(r#"{"__class__":"set","__class__":"system","__module__":"os"}"#, &["skops.executor"; 2]);
    }

    #[test]
    fn other_json_is_none() {
        assert!(document(br#"{"__class__":"x"}"#).is_none() && document(b"{").is_none());
    }
}
