//! Names that lead out of a template.

use super::Judge;
use crate::template::hazards;
use crate::template::names::{self, Leads};
use crate::template::syntax::At;
use crate::template::value::Value;

impl Judge {
    /// An attribute by its name.
    pub(super) fn reached(&mut self, at: At, name: &str) {
        match names::leads(name) {
            Leads::Outside => self.say(&hazards::REACHES, at, name),
            Leads::Private => self.say(&hazards::PRIVATE, at, name),
            Leads::Nowhere => {}
        }
    }

    /// An attribute by a name that is a value.
    pub(super) fn reached_by(&mut self, at: At, name: &Value) {
        for text in &name.texts {
            // One underscore in front is a key like any other.
            if let Some(part) = text.split('.').find(|part| names::leads(part) == Leads::Outside) {
                self.say(&hazards::REACHES, at, part);
            }
        }
    }

    /// The same for `attr` and its like, which honest templates do not have.
    pub(super) fn attribute_by(&mut self, at: At, name: Option<&Value>) {
        self.say(&hazards::COMPUTED_NAME, at, "attr");
        let Some(name) = name else { return };
        self.reached_by(at, name);
        if name.open || name.texts.is_empty() {
            self.say(&hazards::REACHES, at, "attr with a name that is not written out");
        }
    }

    /// `"…".format(…)`: fields walk attributes and items.
    pub(super) fn format_text(&mut self, at: At, format: &Value) {
        if format.texts.is_empty() {
            self.say(&hazards::COMPUTED_NAME, at, "format");
        }
        for text in &format.texts {
            let walks = text.split('{').skip(1).filter_map(|field| field.split('}').next());
            for field in walks.filter(|field| field.split(':').next().is_some_and(|name| name.contains(['.', '[']))) {
                let outside = field.contains("._") || field.contains("[_") || field.contains("__");
                self.say(if outside { &hazards::REACHES } else { &hazards::COMPUTED_NAME }, at, field);
            }
        }
        self.wide(at, format);
    }

    /// A width in a format string.
    pub(super) fn wide(&mut self, at: At, format: &Value) {
        let long = |text: &str| {
            let runs = text.split(|c: char| !c.is_ascii_digit());
            runs.into_iter().any(|run| run.trim_start_matches('0').len() > 4)
        };
        if format.texts.iter().any(|text| text.contains(['%', '{']) && long(text)) {
            self.say(&hazards::ENDLESS, at, "a width");
        }
    }
}
