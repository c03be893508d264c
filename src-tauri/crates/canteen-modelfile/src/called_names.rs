//! Configurations that name Python functions and classes, which a loader then calls.
//!
//! Hydra calls what stands under `_target_`, in YAML, in JSON and in a text within either; a YAML loader other than the safe one
//! calls what a tag of Python's names. Frameworks do so with files that come with a model. Names are judged like those of a
//! pickle, except that classes of a framework are what `_target_` is for: there only executors count.

use std::borrow::Cow;

use crate::hazard::{Hazard, HazardCode, Severity, hazards};
use crate::pickle;

hazards! {
    Dangerous RUNS_CODE = "config.runs_code",
        "This model's configuration runs a program on your computer when it is loaded. Do not load it; tell IT where it came from.",
        "The configuration names a function that starts programs, evaluates code, reaches the network or writes files, where a loader calls what is named (`_target_`, or a YAML tag of Python's).";
    Suspicious PYTHON_OBJECT = "config.python_object",
        "This model's configuration needs program code that Canteen does not know. Use it only if IT has looked at it.",
        "A YAML tag of Python's names a class or function that is not on the list of what model files need, or hides what it names; or more is named than is looked at.";
}

const TARGET: &[u8] = b"_target_";
const LONGEST_NAME: usize = 200;
/// Parts of frameworks that an honest configuration of a training names: with what they fetch and start it is about data and
/// computers.
const FRAMEWORKS: &str = "dask datasets distributed fsspec huggingface_hub mlflow numba pandas ray torch.distributed torch.export \
    torch.jit torch.multiprocessing torch.onnx torch.utils transformers triton";
/// Hazards of one file.
const MOST: usize = 16;
/// Names that are judged in one file; published ones have some hundred.
const MOST_NAMES: usize = 1 << 16;

/// Whether what stands under `_target_` is dangerous to call.
pub(crate) fn is_executor(target: &str) -> bool {
    let target = target.trim();
    let of_a_framework = |part: &str| target.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    if FRAMEWORKS.split(' ').any(of_a_framework) {
        return false;
    }
    let (module, name) = target.rsplit_once('.').unwrap_or(("builtins", target));
    severity(module, name) == Some(Severity::Dangerous)
}

/// Says which `_target_` of a text is dangerous, in whatever notation, JSON in a JSON text included.
pub(crate) fn targets(text: &[u8]) -> Vec<Hazard> {
    let text = &*unescaped(text);
    let mut places = text.windows(TARGET.len()).enumerate().filter(|(_, part)| *part == TARGET).map(|(at, _)| at);
    let named = places.by_ref().take(MOST_NAMES).filter_map(|at| {
        let behind = text.get(at.saturating_add(TARGET.len())..)?;
        let code = match named(behind.get(..LONGEST_NAME.min(behind.len()))?) {
            Named::Elsewhere => (&PYTHON_OBJECT, "an alias".to_owned()),
            Named::Here(name) => (is_executor(&name).then_some(&RUNS_CODE)?, name),
        };
        Some(Hazard::at(code.0, at as u64, &code.1))
    });
    let mut hazards: Vec<_> = named.take(MOST).collect();
    if hazards.is_empty() {
        hazards.extend(places.next().map(|at| Hazard::at(&PYTHON_OBJECT, at as u64, "more names than are looked at")));
    }
    hazards
}

enum Named {
    Here(String),
    /// An alias of YAML.
    Elsewhere,
}

/// What stands behind `_target_`: past quotes, blanks, marks of a block, an anchor and a tag.
fn named(mut rest: &[u8]) -> Named {
    loop {
        match rest {
            [b'"' | b'\'' | b'\\' | b':' | b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'|' | b'-', behind @ ..] => rest = behind,
            [b'&' | b'!', ..] => {
                let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
                rest = rest.get(end..).unwrap_or_default();
            }
            [b'*', ..] => return Named::Elsewhere,
            _ => break,
        }
    }
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
    Named::Here(name.map(|byte| char::from(*byte)).collect())
}

/// With letters instead of their numbers: `\u005f`, `\x5f`, of JSON and of YAML.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    let number = |rest: &[u8]| {
        let digits = match rest {
            [b'\\', b'u', b'0', b'0', digits @ ..] | [b'\\', b'x', digits @ ..] => digits.get(..2)?,
            _ => return None,
        };
        let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok().filter(u8::is_ascii_graphic)?;
        Some((byte, if rest.get(1) == Some(&b'u') { 6 } else { 4 }))
    };
    if !text.windows(4).any(|part| part.starts_with(b"\\u00") || part.starts_with(b"\\x")) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((first, behind)) = rest.split_first() {
        let (byte, length) = number(rest).unwrap_or((*first, 1));
        out.push(byte);
        rest = rest.get(length..).unwrap_or(behind);
    }
    Cow::Owned(out)
}

/// Says what is wrong with a text in YAML.
pub(crate) fn yaml(text: &str) -> Vec<Hazard> {
    let mut hazards = targets(text.as_bytes());
    let tags = text.match_indices('!').filter_map(|(at, _)| {
        let before = text.get(..at).and_then(|front| front.chars().next_back());
        let begins = before.is_none_or(|c| c.is_whitespace() || "[{,:-?".contains(c));
        let rest = beginning(text.get(at..)?);
        // A tag that is written out has a comma in it.
        let ends = if rest.starts_with("!<") { ">" } else { ",[]{}" };
        let tag = rest.split(|c: char| c.is_whitespace() || ends.contains(c)).next()?;
        begins.then(|| (at, decoded(tag)))
    });
    let mut tags = tags.filter(|(_, tag)| tag.contains("python/"));
    let tagged = tags.by_ref().take(MOST_NAMES).filter_map(|(at, tag)| Some(Hazard::at(judge_tag(&tag)?, at as u64, &tag)));
    hazards.extend(tagged.take(MOST));
    if hazards.is_empty() {
        hazards.extend(tags.next().map(|(at, _)| Hazard::at(&PYTHON_OBJECT, at as u64, "more names than are looked at")));
    }
    // A handle that stands for the beginning of a tag of Python's: each `!x!…` is then one in disguise.
    let handles = text.match_indices("%TAG").filter(|(at, _)| {
        let line = text.get(*at..).and_then(|rest| beginning(rest).lines().next()).map(decoded).unwrap_or_default();
        line.contains("yaml.org,2002:p")
    });
    hazards.extend(handles.take(1).map(|(at, _)| Hazard::at(&PYTHON_OBJECT, at as u64, "%TAG")));
    hazards
}

/// As much as a tag may take: a text of one endless tag is not gone through again for each of its letters.
fn beginning(rest: &str) -> &str {
    rest.get(..rest.floor_char_boundary(LONGEST_NAME)).unwrap_or(rest)
}

/// Of a tag such as `!!python/object/apply:os.system`.
fn judge_tag(tag: &str) -> Option<&'static HazardCode> {
    let (_, kind) = tag.split_once("python/")?;
    let (kind, name) = kind.split_once(':')?;
    let (module, name) = match kind {
        "module" => (name, "*"),
        "object" | "object/new" | "object/apply" | "name" => name.rsplit_once('.').unwrap_or(("builtins", name)),
        _ => return None,
    };
    Some(match severity(module, name)? {
        Severity::Dangerous => &RUNS_CODE,
        Severity::Suspicious => &PYTHON_OBJECT,
    })
}

fn severity(module: &str, name: &str) -> Option<Severity> {
    pickle::judge_name(module, name).map(|code| code.severity)
}

/// Python's reader of YAML takes `%2e` in a tag for a dot.
fn decoded(tag: &str) -> String {
    let mut pieces = tag.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.split_at_checked(2).and_then(|(code, rest)| Some((u8::from_str_radix(code, 16).ok()?, rest))) {
            Some((byte, rest)) => {
                bytes.push(byte);
                bytes.extend_from_slice(rest.as_bytes());
            }
            None => {
                bytes.push(b'%');
                bytes.extend_from_slice(piece.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes(hazards: &[Hazard]) -> Vec<&'static str> {
        hazards.iter().map(|hazard| hazard.code.code).collect()
    }

    #[test]
    fn what_a_loader_calls_is_found_in_each_notation() {
        for text in [
            "model:\n  _target_: os.system\n  command: x",
            "{_target_: subprocess.Popen}",
            r#"{"_target_": "builtins.exec"}"#,
            r#"{"config": "{\"_target_\": \"os.system\"}"}"#,
            r#"{"config": "{'_target_': 'os.system'}"}"#,
            "'_target_' : \"shutil.rmtree\"",
            r#"{"c": "{\"\u005ftarget_\": \"os\u002esystem\"}"}"#,
            r#"_target_: "os\x2esystem""#,
            "_target_: &a !!str os.system",
            "? _target_\n: >-\n  os.system",
        ] {
            assert_eq!(codes(&targets(text.as_bytes())), ["config.runs_code"], "{text}");
        }
        assert_eq!(codes(&targets(b"_target_: *a")), ["config.python_object"]);
        assert_eq!(codes(&targets(b"_target_: torch.hub.load")), ["config.runs_code"]);
        assert_eq!(codes(&targets(b"_target_: datasets.load_dataset")), [""; 0]);
        for text in ["_target_: torch.nn.CrossEntropyLoss", "_target_: own.models.Net", "_target_:", "_target_x", "no _target"] {
            assert_eq!(codes(&targets(text.as_bytes())), [""; 0], "{text}");
        }
    }

    #[test]
    fn tags_of_python_are_judged_by_what_they_name() {
        for (text, code) in [
            ("a: !!python/object/apply:os.system ['x']", "config.runs_code"),
            ("a: !!python/object/new:subprocess.Popen [x]", "config.runs_code"),
            ("- !<tag:yaml.org,2002:python/object/apply:os.system> [x]", "config.runs_code"),
            ("a: !!python/object%2fapply:os%2Esystem [x]", "config.runs_code"),
            ("a: !!python/name:eval", "config.runs_code"),
            ("a: !!python/module:os", "config.runs_code"),
            ("a: !!python/object:mymodel.Net {}", "config.python_object"),
            ("%TAG !e! tag:yaml.org,2002:python/\n---\na: !e!object/apply:os.system [x]", "config.python_object"),
        ] {
            assert_eq!(codes(&yaml(text)), [code], "{text}");
        }
        for text in [
            "a: !!python/tuple [1, 2]",
            "a: !!python/object:argparse.Namespace {lr: 0.1}",
            "a: !!str 1",
            "# wow! it works!",
            "a: hello!!python/object/apply:os.system",
        ] {
            assert_eq!(codes(&yaml(text)), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(_target_|!!python/|object/apply:|name:|%TAG|%2|[a-z.: '\"\\\\\u{e4}]{0,4}){0,12}") {
            let _seen = (targets(text.as_bytes()), yaml(&text));
        }
    }
}
