//! ONNX: graphs and functions, their operators, tensors, and the files beside it that they name.

mod external;
mod hazards;
mod tensor;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use hazards::ALL as HAZARDS;
use hazards::{CUSTOM_OPERATOR, OPAQUE_ENGINE, PYTHON_OPERATOR, UNREADABLE};

use super::collector::{Gathered, shown};
use super::protobuf::{Field, Span, Value, ended};
use super::source::{Source, Step, too_much};
use super::{Folder, Found};
use crate::{ModelFileError, section};

/// Graphs inside attributes of nodes. Published models have three or four.
const DEEPEST: u32 = 24;
/// The largest published graphs have some 100,000.
const MOST_NODES: u64 = 4_000_000;
const LONGEST_NAME: u64 = 512;
const MOST_NAMES: usize = 4096;

/// The format's own families of operators, and those of its common runtime.
const KNOWN_DOMAINS: &[&str] = &[
    "",
    "ai.onnx",
    "ai.onnx.ml",
    "ai.onnx.training",
    "ai.onnx.preview.training",
    "com.microsoft",
    "com.microsoft.nchwc",
    "com.microsoft.dml",
    "com.ms.internal.nhwc",
];
/// Operators that call into Python, whatever family they stand in.
const PYTHON: &[&str] = &["PyOp", "PythonOp", "PythonOpGrad", "PyCustomOp", "TritonOp"];

/// Reads a model; `folder` answers what stands beside it.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub fn onnx(reader: &mut dyn section::Source, size: u64, folder: &dyn Folder) -> Result<Found, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk {
        found: Gathered::of(size),
        folder,
        nodes: 0,
        operators: BTreeMap::new(),
        functions: BTreeSet::new(),
        needs: BTreeSet::new(),
    };
    let walked = walk.model(Span::whole(&source), &mut source);
    walk.judge_operators();
    walk.found.facts.operations = walk.nodes;
    walk.found.facts.needs = walk.needs.into_iter().filter_map(|name| shown(&name)).collect();
    let walked = ended(&source, walked);
    walk.found.done(walked, &UNREADABLE)
}

struct Walk<'f> {
    found: Gathered,
    folder: &'f dyn Folder,
    nodes: u64,
    /// Family and name of each operator that is not the format's own, and where it stands first.
    operators: BTreeMap<(String, String), u64>,
    /// Those that the model itself defines.
    functions: BTreeSet<(String, String)>,
    needs: BTreeSet<String>,
}

impl Walk<'_> {
    fn model(&mut self, mut span: Span, source: &mut Source<'_>) -> Step<()> {
        let (mut producer, mut version) = (None, None);
        let walked = loop {
            match span.next(source) {
                Ok(Some(field)) => match field.bytes() {
                    Some((2, text)) => producer = shown(&text.text(source, LONGEST_NAME)?),
                    Some((3, text)) => version = shown(&text.text(source, LONGEST_NAME)?),
                    _ => match self.part(field, source) {
                        Ok(()) => {}
                        Err(stop) => break Err(stop),
                    },
                },
                Ok(None) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        self.found.facts.producer = match (producer, version) {
            (Some(producer), Some(version)) => Some(format!("{producer} {version}")),
            (producer, version) => producer.or(version),
        };
        walked
    }

    fn part(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        match (field.number, field.value) {
            (1, Value::Number(version)) => self.found.facts.version = Some(version.to_string()),
            (7, Value::Bytes(graph)) => return self.graph(graph, source, 0),
            (8, Value::Bytes(set)) => {
                let domain = set.text_of(1, source, LONGEST_NAME)?.unwrap_or_default();
                let domain = if domain.is_empty() { "ai.onnx".to_owned() } else { domain };
                if self.found.facts.operator_sets.len() < 64 {
                    self.found.facts.operator_sets.extend(shown(&domain));
                }
            }
            (14, Value::Bytes(entry)) => self.metadata(entry, source)?,
            (20, Value::Bytes(training)) => return self.training(training, source),
            (25, Value::Bytes(function)) => return self.function(function, source),
            _ => {}
        }
        Ok(())
    }

    fn metadata(&mut self, entry: Span, source: &mut Source<'_>) -> Step<()> {
        let key = entry.text_of(1, source, LONGEST_NAME)?.unwrap_or_default().to_ascii_lowercase();
        let value = entry.text_of(2, source, 4096)?.unwrap_or_default();
        let facts = &mut self.found.facts;
        match key.as_str() {
            "license" | "licence" => facts.licence = shown(&value),
            "name" | "model_name" => facts.name = shown(&value),
            "architecture" | "model_type" => facts.architecture = shown(&value),
            "base_model" if facts.base_models.len() < 8 => facts.base_models.extend(shown(&value)),
            "context_length" | "max_length" => facts.context_length = value.parse().ok(),
            _ => {}
        }
        Ok(())
    }

    fn training(&mut self, mut span: Span, source: &mut Source<'_>) -> Step<()> {
        while let Some(field) = span.next(source)? {
            if let Some((1 | 2, graph)) = field.bytes() {
                self.graph(graph, source, 0)?;
            }
        }
        Ok(())
    }

    fn function(&mut self, mut span: Span, source: &mut Source<'_>) -> Step<()> {
        let (mut name, mut domain) = (String::new(), String::new());
        while let Some(field) = span.next(source)? {
            match field.bytes() {
                Some((1, text)) => name = text.text(source, LONGEST_NAME)?,
                Some((10, text)) => domain = text.text(source, LONGEST_NAME)?,
                Some((7, node)) => self.node(node, source, 0)?,
                Some((11, attribute)) => self.attribute(attribute, source, 0)?,
                _ => {}
            }
        }
        if self.functions.len() < MOST_NAMES {
            self.functions.insert((domain, name));
        }
        Ok(())
    }

    fn graph(&mut self, mut span: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        if depth > DEEPEST {
            return too_much(span.at, "graphs in graphs, deeper than any published model has");
        }
        while let Some(field) = span.next(source)? {
            match field.bytes() {
                Some((1, node)) => self.node(node, source, depth)?,
                Some((2, text)) if depth == 0 => {
                    let name = shown(&text.text(source, LONGEST_NAME)?);
                    self.found.facts.name = self.found.facts.name.take().or(name);
                }
                Some((5, tensor)) => self.tensor(tensor, source)?,
                Some((15, sparse)) => self.sparse(sparse, source)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn sparse(&mut self, mut span: Span, source: &mut Source<'_>) -> Step<()> {
        while let Some(field) = span.next(source)? {
            if let Some((1 | 2, tensor)) = field.bytes() {
                self.tensor(tensor, source)?;
            }
        }
        Ok(())
    }

    fn node(&mut self, mut span: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.nodes += 1;
        let (start, whole) = (span.at, span);
        if self.nodes > MOST_NODES {
            return too_much(start, "more operations than any published model has");
        }
        let (mut operator, mut domain) = (String::new(), String::new());
        while let Some(field) = span.next(source)? {
            match field.bytes() {
                Some((4, text)) => operator = text.text(source, LONGEST_NAME)?,
                Some((7, text)) => domain = text.text(source, LONGEST_NAME)?,
                Some((5, attribute)) => self.attribute(attribute, source, depth)?,
                _ => {}
            }
        }
        if PYTHON.contains(&operator.as_str()) {
            self.found.at(&PYTHON_OPERATOR, start, &format!("{domain}::{operator}"));
        } else if operator == "EPContext" {
            self.found.at(&OPAQUE_ENGINE, start, &operator);
            self.engine_file(whole, source)?;
        } else if !KNOWN_DOMAINS.contains(&domain.as_str()) && self.operators.len() < MOST_NAMES {
            self.operators.entry((domain, operator)).or_insert(start);
        }
        Ok(())
    }

    fn attribute(&mut self, mut span: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        while let Some(field) = span.next(source)? {
            match field.bytes() {
                Some((5 | 10, tensor)) => self.tensor(tensor, source)?,
                Some((6 | 11, graph)) => self.graph(graph, source, depth + 1)?,
                Some((22 | 23, sparse)) => self.sparse(sparse, source)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// An operator that the model defines itself is made of the others.
    fn judge_operators(&mut self) {
        for ((domain, operator), at) in &self.operators {
            if !self.functions.contains(&(domain.clone(), operator.clone())) {
                self.found.at(&CUSTOM_OPERATOR, *at, &format!("{domain}::{operator}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
