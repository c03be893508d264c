//! A graph in protobuf's text form, which TensorFlow loads where the binary one is missing: only the names of its operations.

use super::judge;
use crate::formats::Found;
use crate::formats::collector::Gathered;
use crate::formats::tensorflow::hazards::{CUSTOM_OPERATOR, UNREADABLE};

const LONGEST_NAME: usize = 512;

/// `None` where no operation is named.
pub(crate) fn graph(text: &str) -> Option<Found> {
    let mut found = Gathered::of(text.len() as u64);
    for (at, _) in text.match_indices("op") {
        let (front, rest) = text.split_at(at);
        let begins = !front.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let Some(operation) = rest.strip_prefix("op").filter(|_| begins).and_then(operation) else { continue };
        found.facts.operations = found.facts.operations.saturating_add(1);
        // Letters may be written as numbers, which no writer does with a name.
        let code = if operation.contains('\\') { Some(&CUSTOM_OPERATOR) } else { judge(&operation) };
        if let Some(code) = code {
            found.at(code, at as u64, &operation);
        }
    }
    if found.facts.operations == 0 { None } else { found.done(Ok(()), &UNREADABLE).ok() }
}

/// `: "WriteFile"`; texts one behind the other are one.
fn operation(rest: &str) -> Option<String> {
    let mut rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let mut name = String::new();
    while let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (part, behind) = rest.get(1..)?.split_once(quote)?;
        if name.len().saturating_add(part.len()) > LONGEST_NAME {
            break;
        }
        name.push_str(part);
        rest = behind.trim_start();
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&[&str]>) {
        let found = graph(text).map(|found| found.hazards.iter().map(|hazard| hazard.code.code).collect::<Vec<_>>());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn operations_in_a_text_are_judged() {
        check("node {\n name: \"x\"\n op: \"WriteFile\"\n}", Some(&["tensorflow.touches_files"]));
        check("node { op : 'Write' \"File\" }", Some(&["tensorflow.touches_files"]));
        check("node { op: \"Write\\x46ile\" }", Some(&["tensorflow.custom_operator"]));
        check("node { op: \"MatMul\" attr { key: \"top: \\\"WriteFile\\\"\" } }", Some(&[]));
        check("backend: \"onnxruntime\"\nstop: \"WriteFile\"", None);
    }
}
