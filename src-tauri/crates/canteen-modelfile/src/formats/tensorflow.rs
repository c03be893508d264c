//! TensorFlow: the operations of a graph and of the functions that belong to it. A graph is a program; most operations only compute.

mod hazards;
mod operations;
mod text;

pub(crate) use hazards::ALL as HAZARDS;
use hazards::{ASSET_OUTSIDE, TOUCHES_FILES, UNREADABLE};
pub(super) use operations::{dangerous_in, judge};
pub(crate) use text::graph;

use super::collector::{Gathered, shown};
use super::paths::leaves;
use super::protobuf::{Field, Span, Value, ended};
use super::source::{Source, Step, too_much};
use super::{Found, keras};
use crate::{ModelFileError, section};

/// The largest published graphs have some 100,000.
const MOST_NODES: u64 = 4_000_000;
const LONGEST_NAME: u64 = 512;
/// What Keras keeps with each object; the largest stay below 2 MB.
const LONGEST_CONFIG: u64 = 16 << 20;
const MOST_CONFIGS: u32 = 1 << 16;

/// How the outermost message is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outermost {
    /// `saved_model.pb`.
    SavedModel,
    /// A graph by itself.
    Graph,
    /// `keras_metadata.pb`.
    KerasMetadata,
}

/// Reads one of them.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub(crate) fn tensorflow(reader: &mut dyn section::Source, size: u64, outermost: Outermost) -> Result<Found, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk { found: Gathered::of(size), nodes: 0, configs: 0 };
    let whole = Span::whole(&source);
    let walked = match outermost {
        Outermost::SavedModel => walk.each(whole, &mut source, Walk::saved_model),
        Outermost::Graph => walk.each(whole, &mut source, Walk::graph),
        Outermost::KerasMetadata => walk.each(whole, &mut source, Walk::keras_or_graph),
    };
    walk.found.facts.operations = walk.nodes;
    let walked = ended(&source, walked);
    walk.found.done(walked, &UNREADABLE)
}

struct Walk {
    found: Gathered,
    nodes: u64,
    configs: u32,
}

/// What is done with one field of a message.
type Read = fn(&mut Walk, Field, &mut Source<'_>) -> Step<()>;

impl Walk {
    fn each(&mut self, mut span: Span, source: &mut Source<'_>, read: Read) -> Step<()> {
        while let Some(field) = span.next(source)? {
            read(self, field, source)?;
        }
        Ok(())
    }

    fn saved_model(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        match (field.number, field.value) {
            (1, Value::Number(version)) => self.found.facts.version = Some(version.to_string()),
            (2, Value::Bytes(graph)) => return self.each(graph, source, Self::meta_graph),
            _ => {}
        }
        Ok(())
    }

    fn meta_graph(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        match field.bytes() {
            Some((1, info)) => {
                let version = info.text_of(5, source, LONGEST_NAME)?;
                self.found.facts.producer = version.and_then(|version| shown(&format!("tensorflow {version}")));
                Ok(())
            }
            Some((2, graph)) => self.each(graph, source, Self::graph),
            Some((6, asset)) => {
                let name = asset.text_of(2, source, 4096)?.unwrap_or_default();
                if leaves(&name).is_some() {
                    self.found.at(&ASSET_OUTSIDE, asset.at, &name);
                }
                Ok(())
            }
            Some((7, objects)) => self.each(objects, source, Self::object),
            _ => Ok(()),
        }
    }

    fn graph(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        match field.bytes() {
            Some((1, node)) => self.node(node, source),
            Some((2, library)) => self.each(library, source, Self::library),
            _ => Ok(()),
        }
    }

    fn library(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        match field.bytes() {
            Some((1, function)) => self.each(function, source, Self::function),
            _ => Ok(()),
        }
    }

    fn function(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        match field.bytes() {
            Some((3, node)) => self.node(node, source),
            _ => Ok(()),
        }
    }

    fn node(&mut self, node: Span, source: &mut Source<'_>) -> Step<()> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return too_much(node.at, "more operations than any published model has");
        }
        // A field that stands there twice: the last counts, and a cut node has none behind.
        let (mut fields, mut last) = (node, Ok(()));
        let mut operation = String::new();
        loop {
            match fields.next(source) {
                Ok(Some(field)) => {
                    if let Some((2, text)) = field.bytes() {
                        operation = text.text(source, LONGEST_NAME)?;
                    }
                }
                Ok(None) => break,
                Err(stop) => {
                    last = Err(stop);
                    break;
                }
            }
        }
        let code = judge(&operation);
        let prints = code.is_none() && operation == "PrintV2" && last.is_ok() && prints_into_a_file(node, source)?;
        if let Some(code) = code.or(prints.then_some(&TOUCHES_FILES)) {
            self.found.at(code, node.at, &operation);
        }
        last
    }

    /// Objects of the model; Keras keeps its configuration with each.
    fn object(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        let Some((1, mut object)) = field.bytes() else { return Ok(()) };
        while let Some(field) = object.next(source)? {
            let Some((4, mut user)) = field.bytes() else { continue };
            while let Some(field) = user.next(source)? {
                if let Some((3, text)) = field.bytes() {
                    self.config(text, source)?;
                }
            }
        }
        Ok(())
    }

    /// The same bytes may be a graph whose first node takes its input from one named `root`.
    fn keras_or_graph(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        self.graph(field, source)?;
        self.keras_object(field, source)
    }

    fn keras_object(&mut self, field: Field, source: &mut Source<'_>) -> Step<()> {
        let Some((1, mut object)) = field.bytes() else { return Ok(()) };
        while let Some(field) = object.next(source)? {
            if let Some((5, text)) = field.bytes() {
                self.config(text, source)?;
            }
        }
        Ok(())
    }

    fn config(&mut self, text: Span, source: &mut Source<'_>) -> Step<()> {
        self.configs += 1;
        if self.configs > MOST_CONFIGS || text.len() > LONGEST_CONFIG {
            return too_much(text.at, "more configuration than any published model has");
        }
        let bytes = source.bytes(text.at, text.len())?;
        // Objects that are not Keras' own keep what they like there.
        if bytes.trim_ascii_start().starts_with(b"{") {
            keras::config(&mut self.found, &bytes, text.at, keras::Use::Describes);
        }
        Ok(())
    }
}

/// `output_stream` is where a print goes: a standard stream, a log, or the name of a file.
fn prints_into_a_file(mut node: Span, source: &mut Source<'_>) -> Step<bool> {
    let mut into_a_file = false;
    while let Some(field) = node.next(source)? {
        let Some((5, mut attribute)) = field.bytes() else { continue };
        while let Some(field) = attribute.next(source)? {
            let Some((2, value)) = field.bytes() else { continue };
            let text = value.text_of(2, source, LONGEST_NAME)?;
            into_a_file |= text.is_some_and(|text| text.starts_with("file:"));
        }
    }
    Ok(into_a_file)
}

#[cfg(test)]
mod tests;
