//! Chat templates: programs in Jinja that a stranger wrote and that see every conversation. Read whole and never run.
//!
//! Python's Jinja is the measure, because it is the most powerful reader: what it would run is looked at, whether or not the
//! engine here would refuse it.

mod config;
mod expression;
mod go;
pub(crate) mod hazards;
mod judge;
mod lex;
mod modelfile;
mod names;
mod parse;
mod syntax;
#[cfg(test)]
mod tests;
mod value;
mod words;

use std::io;

use crate::hazard::Hazard;
use crate::section::{Source, read_at};
use crate::{called_names, json};
use parse::Fault;
use syntax::Statement;
use words::Unseen;

/// In bytes. Published templates have some 30 kB.
pub(crate) const LONGEST: usize = 512 << 10;

/// In bytes. Published configurations have some 100 kB.
const LONGEST_YAML: u64 = 4 << 20;

/// Says what is wrong with a template in Jinja; places are bytes of it.
pub(crate) fn judge(template: &str) -> Vec<Hazard> {
    judge_as(template, parse::parse)
}

/// The same for one of Go's, as Ollama has them.
pub(crate) fn judge_go(template: &str) -> Vec<Hazard> {
    judge_as(template, go::parse)
}

/// The same for a text that goes into conversations as it is.
pub(crate) fn judge_words(text: &str) -> Vec<Hazard> {
    judge_as(text, |text| (vec![Statement::Text(0, text)], Vec::new()))
}

fn judge_as(template: &str, parse: fn(&str) -> (Vec<Statement<'_>>, Vec<Fault>)) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    let mut source = template;
    if template.len() > LONGEST {
        source = template.get(..template.floor_char_boundary(LONGEST)).unwrap_or_default();
        hazards.push(Hazard::at(&hazards::TOO_MUCH, source.len() as u64, "length"));
    }
    if let Some((at, unseen)) = words::unseen(source) {
        let code = if unseen == Unseen::Text { &hazards::INVISIBLE } else { &hazards::HIDDEN_CHARACTERS };
        let which = source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, u32::from);
        hazards.push(Hazard::at(code, at as u64, &format!("U+{which:04X}")));
    }
    let (statements, faults) = parse(source);
    for fault in faults {
        let (code, at) = match fault {
            Fault::Broken(at) => (&hazards::UNREADABLE, at),
            Fault::Deep(at) => (&hazards::TOO_MUCH, at),
        };
        if hazards.iter().all(|hazard: &Hazard| hazard.code != code) {
            hazards.push(Hazard::at(code, at as u64, ""));
        }
    }
    hazards.extend(judge::judge(source, &statements));
    hazards
}

/// Says what is wrong with a file by whose name loaders take a template, or a configuration; `None` for any other.
pub(crate) fn look(name: &str, source: &mut dyn Source, size: u64) -> io::Result<Option<Vec<Hazard>>> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let language: fn(&str) -> Vec<Hazard> = match ending {
        "jinja" | "jinja2" => judge,
        "yaml" | "yml" => return yaml(source, size).map(Some),
        _ if name == "mlmodel" => return yaml(source, size).map(Some),
        _ if modelfile::is_one(&name) => modelfile::judge,
        _ if may_be_go(&name) => judge_go,
        _ => return config::look(&name, source, size),
    };
    let bytes = read_at(source, 0, LONGEST as u64 + 1)?;
    let text = String::from_utf8_lossy(&bytes);
    // The last character may be cut where the file is too long anyway.
    let broken = std::str::from_utf8(&bytes).err().filter(|error| error.error_len().is_some());
    if may_be_go(&name) && (broken.is_some() || !is_go(&text)) {
        return Ok(None);
    }
    let mut hazards = language(&text);
    hazards.extend(broken.map(|error| Hazard::at(&hazards::UNREADABLE, error.valid_up_to() as u64, "no UTF-8")));
    Ok(Some(hazards))
}

/// A configuration in YAML.
fn yaml(source: &mut dyn Source, size: u64) -> io::Result<Vec<Hazard>> {
    let mut hazards = called_names::yaml(&json::decoded(&read_at(source, 0, LONGEST_YAML)?));
    if size > LONGEST_YAML {
        hazards.push(Hazard::at(&hazards::TOO_MUCH, LONGEST_YAML, "length"));
    }
    Ok(hazards)
}

/// Ollama keeps templates under the digest of their bytes.
fn may_be_go(name: &str) -> bool {
    name.starts_with("sha256-") || name.ends_with(".gotmpl") || name.ends_with(".tmpl")
}

/// It has actions that take what only a chat template is handed.
fn is_go(text: &str) -> bool {
    let takes = |action: &str| {
        let action = action.split("}}").next().unwrap_or_default();
        [".Prompt", ".Messages", ".Response", ".System", ".Suffix"].iter().any(|field| action.contains(field))
    };
    text.split("{{").skip(1).any(takes)
}
