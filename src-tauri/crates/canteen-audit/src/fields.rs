//! What is kept about an event, part by part. Read off the stored form itself, so that nothing can be stored and not be listed.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::Event;

/// How something is kept on this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the store, which only its key opens.
    Encrypted,
    /// As a file that every program of the same user can read.
    Plain,
}

/// One part of what is kept about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the stored form, e.g. `digest` or `figures.answer_tokens`.
    pub name: String,
    /// What stands in the row; `None` for what lies beside the log and belongs to the same act.
    pub value: Option<String>,
    /// How it is kept.
    pub kept: Kept,
}

impl Event {
    /// Everything that is kept about it: the parts of the row in their order, then what lies beside the log.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let stored = serde_json::to_string(self).ok().and_then(|text| serde_json::from_str::<Parts>(&text).ok());
        let mut fields = stored.map(|parts| parts.fields()).unwrap_or_default();
        fields.extend(self.beside().iter().map(|(name, kept)| Field { name: (*name).to_owned(), value: None, kept: *kept }));
        fields
    }

    /// What lies elsewhere on this computer because of the same act.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most events leave nothing but their row")]
    const fn beside(&self) -> &'static [(&'static str, Kept)] {
        match self {
            Self::CatalogueAccepted { .. } => &[("catalogue_files", Kept::Encrypted)],
            Self::ModelInstalled { .. } => &[("model_file", Kept::Plain)],
            Self::RunStarted { .. } => &[("run_details", Kept::Encrypted)],
            Self::AnswerGiven { .. } => &[("conversation", Kept::Encrypted)],
            Self::SightingOpened { .. } => &[("sighting_details", Kept::Encrypted)],
            Self::NudgeShown { .. } => &[("nudge_text", Kept::Encrypted)],
            Self::RequestSent { .. } => &[("request_reason", Kept::Encrypted)],
            Self::SettingsChanged { .. } => &[("setting_value", Kept::Encrypted)],
            Self::LogExported { .. } | Self::DataExported { .. } => &[("exported_copy", Kept::Plain)],
            _ => &[],
        }
    }
}

/// The parts of a stored event of any version.
pub(crate) fn of_stored(event: &Value) -> Vec<Field> {
    let Value::Object(map) = event else { return Vec::new() };
    Parts(map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()).fields()
}

/// An object with its parts in the order in which they are written.
struct Parts(Vec<(String, Value)>);

impl Parts {
    fn fields(self) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, value) in self.0.into_iter().filter(|(name, _)| name != "kind") {
            flatten(name, value, &mut fields);
        }
        fields
    }
}

fn flatten(name: String, value: Value, into: &mut Vec<Field>) {
    let value = match value {
        Value::Object(inner) => {
            for (part, value) in inner {
                flatten(format!("{name}.{part}"), value, into);
            }
            return;
        }
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        // A part that this entry does not have: nothing is kept.
        Value::Null => return,
        one @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain(&one),
    };
    into.push(Field { name, value: Some(value), kept: Kept::Encrypted });
}

fn plain(value: &Value) -> String {
    if let Value::String(text) = value { text.clone() } else { value.to_string() }
}

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Parts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
        let mut parts = Vec::new();
        while let Some(part) = map.next_entry()? {
            parts.push(part);
        }
        Ok(Parts(parts))
    }
}
