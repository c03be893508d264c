//! On which line something stands in a document.

use toml::de::{DeTable, DeValue};

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(&'static str),
    Item(usize),
}

/// The way from the document's top to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Way(Vec<Step>);

impl Way {
    pub(crate) fn key(&self, key: &'static str) -> Self {
        self.with(Step::Key(key))
    }

    pub(crate) fn item(&self, at: usize) -> Self {
        self.with(Step::Item(at))
    }

    fn with(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if at == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Item(item) => write!(f, "[{item}]")?,
            }
        }
        Ok(())
    }
}

/// The line of the value at `way`, else of the nearest one around it that is there. Lines begin at 1.
pub(crate) fn line_of(text: &str, way: &Way) -> usize {
    let Ok(table) = DeTable::parse(text) else { return 1 };
    let mut byte = table.span().start;
    let mut at: Option<&DeValue<'_>> = None;
    for step in &way.0 {
        let next = match (step, at) {
            (Step::Key(key), None) => table.get_ref().get(*key),
            (Step::Key(key), Some(DeValue::Table(inner))) => inner.get(*key),
            (Step::Item(item), Some(DeValue::Array(items))) => items.get(*item),
            _ => None,
        };
        let Some(next) = next else { break };
        byte = next.span().start;
        at = Some(next.get_ref());
    }
    line_at(text, byte)
}

/// The line that this byte stands on.
pub(crate) fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|one| *one == b'\n').count().saturating_add(1)
}
