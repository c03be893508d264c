//! Core ML: layers and programs, the classes of applications that they name, and files of weights beside them.

mod hazards;

use std::collections::BTreeSet;

pub(crate) use hazards::ALL as HAZARDS;
use hazards::{CUSTOM_LAYER, LINKED_MODEL, OUTSIDE, UNREADABLE, WEIGHTS_MISSING};

use super::collector::{Gathered, shown};
use super::paths::leaves;
use super::protobuf::{Field, Span, Value, ended};
use super::source::{Source, Step, too_much};
use super::{Folder, Found, Neighbour};
use crate::json;
use crate::{ModelFileError, section};

/// Models in pipelines and blocks in operations. Published ones have three or four.
const DEEPEST: u32 = 24;
/// The largest published programs have some 20,000.
const MOST_OPERATIONS: u64 = 1 << 20;
const LONGEST_NAME: u64 = 512;
/// Files of weights; a model has one or two.
const MOST_FILES: usize = 256;
/// How files of the package are named.
const IN_PACKAGE: &str = "@model_path/";

/// Reads a `.mlmodel`; `folder` answers what stands beside it.
///
/// # Errors
/// [`ModelFileError::Io`] only: what is wrong with the file is in the hazards.
pub(crate) fn coreml(reader: &mut dyn section::Source, size: u64, folder: &dyn Folder) -> Result<Found, ModelFileError> {
    let mut source = Source::new(reader, size);
    let mut walk = Walk { found: Gathered::of(size), files: BTreeSet::new(), operations: 0 };
    let whole = Span::whole(&source);
    let walked = walk.model(whole, &mut source, 0);
    walk.judge_files(folder);
    walk.found.facts.operations = walk.operations;
    let walked = ended(&source, walked);
    walk.found.done(walked, &UNREADABLE)
}

/// The list of what a package holds. `None` where it is another kind of JSON.
pub(crate) fn manifest(text: &[u8]) -> Option<Found> {
    let value = json::parse(text).ok()?;
    let entries = value.get("itemInfoEntries")?;
    let mut found = Gathered::of(text.len() as u64);
    for entry in entries.members() {
        let path = entry.value.get("path").and_then(json::Value::text).unwrap_or_default();
        if leaves(path).is_some() {
            found.at(&OUTSIDE, entry.at, path);
        }
    }
    found.done(Ok(()), &UNREADABLE).ok()
}

struct Walk {
    found: Gathered,
    files: BTreeSet<(String, u64)>,
    operations: u64,
}

/// What is done with a message, at a depth.
type Read = fn(&mut Walk, Span, &mut Source<'_>, u32) -> Step<()>;

impl Walk {
    fn model(&mut self, mut span: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        if depth > DEEPEST {
            return too_much(span.at, "models in models, deeper than any published one");
        }
        while let Some(field) = span.next(source)? {
            self.part(field, source, depth)?;
        }
        Ok(())
    }

    fn part(&mut self, field: Field, source: &mut Source<'_>, depth: u32) -> Step<()> {
        match (field.number, field.value) {
            (1, Value::Number(version)) if depth == 0 => self.found.facts.version = Some(version.to_string()),
            (2, Value::Bytes(description)) if depth == 0 => self.description(description, source)?,
            // Pipelines: of classifiers and regressors within another message.
            (200 | 201, Value::Bytes(pipeline)) => self.below(pipeline, 1, source, (depth, Self::pipeline))?,
            (202, Value::Bytes(pipeline)) => self.pipeline(pipeline, source, depth)?,
            (303 | 403 | 500, Value::Bytes(network)) => self.below(network, 1, source, (depth, Self::layer))?,
            (502, Value::Bytes(program)) => self.below(program, 2, source, (depth, Self::function))?,
            (555, Value::Bytes(custom)) => self.custom(custom, source)?,
            (556, Value::Bytes(linked)) => self.found.at(&LINKED_MODEL, linked.at, ""),
            (3000, Value::Bytes(serialised)) => {
                let class = serialised.text_of(1, source, LONGEST_NAME)?.unwrap_or_default();
                self.found.at(&CUSTOM_LAYER, serialised.at, &class);
            }
            _ => {}
        }
        Ok(())
    }

    /// Each message of one field.
    fn below(&mut self, mut span: Span, number: u64, source: &mut Source<'_>, (depth, read): (u32, Read)) -> Step<()> {
        while let Some(field) = span.next(source)? {
            if let Some((found, part)) = field.bytes()
                && found == number
            {
                read(self, part, source, depth)?;
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, span: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.below(span, 1, source, (depth + 1, Self::model))
    }

    fn count(&mut self, at: u64) -> Step<()> {
        self.operations += 1;
        if self.operations > MOST_OPERATIONS {
            return too_much(at, "more operations than any published model has");
        }
        Ok(())
    }

    fn layer(&mut self, span: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.count(span.at)?;
        self.below(span, 500, source, (depth, |walk, custom, source, _| walk.custom(custom, source)))
    }

    fn custom(&mut self, custom: Span, source: &mut Source<'_>) -> Step<()> {
        let class = custom.text_of(10, source, LONGEST_NAME)?.unwrap_or_default();
        self.found.at(&CUSTOM_LAYER, custom.at, &class);
        Ok(())
    }

    /// An entry of a map: the function stands behind its name. So do its blocks.
    fn function(&mut self, entry: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.below(
            entry,
            2,
            source,
            (depth, |walk, function, source, depth| {
                walk.below(
                    function,
                    3,
                    source,
                    (depth, |walk, entry, source, depth| walk.below(entry, 2, source, (depth, Self::block))),
                )
            }),
        )
    }

    fn block(&mut self, block: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        if depth > DEEPEST {
            return too_much(block.at, "blocks in blocks, deeper than in any published model");
        }
        self.below(block, 3, source, (depth, Self::operation))
    }

    fn operation(&mut self, mut operation: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.count(operation.at)?;
        let start = operation.at;
        while let Some(field) = operation.next(source)? {
            match field.bytes() {
                Some((1, name)) => {
                    let name = name.text(source, LONGEST_NAME)?;
                    if name.starts_with("custom") {
                        self.found.at(&CUSTOM_LAYER, start, &name);
                    }
                }
                // Inputs, whose values may stand there; blocks; attributes.
                Some((2, entry)) => self.below(entry, 2, source, (depth, Self::argument))?,
                Some((4, block)) => self.block(block, source, depth + 1)?,
                Some((5, entry)) => self.below(entry, 2, source, (depth, Self::value))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn argument(&mut self, argument: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.below(
            argument,
            1,
            source,
            (depth, |walk, binding, source, depth| walk.below(binding, 2, source, (depth, Self::value))),
        )
    }

    /// A value that lies in a file.
    fn value(&mut self, value: Span, source: &mut Source<'_>, depth: u32) -> Step<()> {
        self.below(
            value,
            5,
            source,
            (depth, |walk, file, source, _| {
                let name = file.text_of(1, source, 4096)?.unwrap_or_default();
                if walk.files.len() < MOST_FILES && !walk.files.iter().any(|(known, _)| *known == name) {
                    walk.files.insert((name, file.at));
                }
                Ok(())
            }),
        )
    }

    fn judge_files(&mut self, folder: &dyn Folder) {
        for (name, at) in std::mem::take(&mut self.files) {
            let relative = name.strip_prefix(IN_PACKAGE).unwrap_or(&name);
            if leaves(relative).is_some() {
                self.found.at(&OUTSIDE, at, &name);
                continue;
            }
            match folder.look(relative) {
                Neighbour::Link => self.found.at(&OUTSIDE, at, &name),
                Neighbour::Absent | Neighbour::Other => self.found.at(&WEIGHTS_MISSING, at, &name),
                Neighbour::File { .. } | Neighbour::Unseen => {}
            }
            self.found.facts.needs.extend(shown(relative));
        }
    }

    fn description(&mut self, mut description: Span, source: &mut Source<'_>) -> Step<()> {
        while let Some(field) = description.next(source)? {
            if let Some((100, metadata)) = field.bytes() {
                self.found.facts.name = metadata.text_of(1, source, LONGEST_NAME)?.as_deref().and_then(shown);
                self.found.facts.producer = metadata.text_of(3, source, LONGEST_NAME)?.as_deref().and_then(shown);
                self.found.facts.licence = metadata.text_of(4, source, LONGEST_NAME)?.as_deref().and_then(shown);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
