use std::path::{Path, PathBuf};

use canteen_catalogue::document::{BaseModelDocument, LicenceDocument, TermsDocument};
use canteen_types::{DataClass, EntryId, Group, Quantisation, Task, Timestamp, Use};
use clap::Args;
use serde::Deserialize;

use crate::failure::AdminError;
use crate::place::{bad_file, read_text};
use crate::values::{bytes, moment};

/// What a person says about a model. The same fields as flags and as a TOML file.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EntryFields {
    /// Slug that stays the same over all versions.
    #[arg(long)]
    pub(crate) id: Option<EntryId>,
    /// What people call it.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// One or two sentences for the employee.
    #[arg(long)]
    pub(crate) summary: Option<String>,
    /// Who made the model.
    #[arg(long)]
    pub(crate) publisher: Option<String>,
    /// What it is good for, best first: chat, code, summarise, translate, embeddings, completion.
    #[arg(long = "task", value_parser = word::<Task>)]
    pub(crate) tasks: Vec<Task>,
    /// BCP 47 tag, best first.
    #[arg(long = "language")]
    pub(crate) languages: Vec<String>,
    /// `https` mirror or `file` share; may be given more than once, tried in this order.
    #[arg(long = "source", value_name = "URL")]
    pub(crate) sources: Vec<String>,
    /// SPDX expression of its licence.
    #[arg(long = "licence", value_name = "SPDX")]
    pub(crate) licence: Option<String>,
    /// Name of a licence of its own.
    #[arg(long)]
    pub(crate) licence_name: Option<String>,
    /// File with the text of that licence.
    #[arg(long, value_name = "FILE")]
    pub(crate) licence_text: Option<PathBuf>,
    /// The licence must be read and accepted before the model is fetched.
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "true|false")]
    pub(crate) must_accept: Option<bool>,
    /// What it was derived from, nearest first. In the TOML file only.
    #[arg(skip)]
    pub(crate) base_chain: Vec<BaseModelDocument>,
    /// Number of parameters, where the file does not say it.
    #[arg(long)]
    pub(crate) parameters: Option<u64>,
    /// Quantisation, where the file does not say it, e.g. `F16`.
    #[arg(long)]
    pub(crate) quantisation: Option<Quantisation>,
    /// Longest context in tokens, where the file does not say it.
    #[arg(long)]
    pub(crate) context_length: Option<u32>,
    /// Data that may be given to it: public, internal, confidential, personal, special_category, payment, credentials.
    #[arg(long = "data", value_parser = word::<DataClass>)]
    pub(crate) data_approved: Vec<DataClass>,
    /// Data that must not be given to it.
    #[arg(long = "not-data", value_parser = word::<DataClass>)]
    pub(crate) data_not_approved: Vec<DataClass>,
    /// Use that it is approved for, as a slug.
    #[arg(long = "use", value_name = "USE")]
    pub(crate) uses_approved: Vec<Use>,
    /// Use that it must not be put to.
    #[arg(long = "not-use", value_name = "USE")]
    pub(crate) uses_not_approved: Vec<Use>,
    /// Group of people that it is approved for, as a slug. Without any: everybody.
    #[arg(long = "group", value_name = "GROUP")]
    pub(crate) groups: Vec<Group>,
    /// Who approves.
    #[arg(long)]
    pub(crate) approver: Option<String>,
    /// In which role.
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// Why suspicious things in the file, which are named without this, are no reason against it. Kept in the entry.
    #[arg(long, value_name = "REASON")]
    pub(crate) accept_hazards: Option<String>,
    /// When it was approved. Without: now.
    #[arg(long, value_name = "DATE", value_parser = moment)]
    #[serde(deserialize_with = "from_text::moment")]
    pub(crate) approved_on: Option<Timestamp>,
    /// When it should be looked at again. Without: a year after the approval.
    #[arg(long, value_name = "DATE", value_parser = moment)]
    #[serde(deserialize_with = "from_text::moment")]
    pub(crate) review_due: Option<Timestamp>,
    /// Least memory of a computer that should run it, e.g. `2GiB`. Without: reckoned from the size of the file.
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    #[serde(deserialize_with = "from_text::bytes")]
    pub(crate) memory_minimum: Option<u64>,
    /// Context to allocate, in tokens.
    #[arg(long)]
    pub(crate) context_tokens: Option<u32>,
    /// Longest answer, in tokens.
    #[arg(long)]
    pub(crate) max_answer_tokens: Option<u32>,
    /// 0 always takes the likeliest token.
    #[arg(long)]
    pub(crate) temperature: Option<f32>,
    /// Nucleus sampling: 0 to 1.
    #[arg(long)]
    pub(crate) top_p: Option<f32>,
    /// Candidates per token; 0 means all.
    #[arg(long)]
    pub(crate) top_k: Option<u32>,
    /// 1 means none.
    #[arg(long)]
    pub(crate) repeat_penalty: Option<f32>,
}

/// A word of the domain, by its text in files.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|e| e.to_string())
}

mod from_text {
    //! The same texts as flags take. TOML's own dates would be a second form.

    use canteen_types::Timestamp;
    use serde::{Deserialize, Deserializer, de::Error as _};

    pub(super) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        crate::values::moment(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
    }

    pub(super) fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
        crate::values::bytes(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
    }
}

impl EntryFields {
    /// Reads a TOML file. A licence text is looked for beside it.
    pub(crate) fn from_toml(path: &Path) -> anyhow::Result<Self> {
        let mut fields: Self = toml::from_str(&read_text(path)?).map_err(|e| bad_file(path, e.to_string()))?;
        if let (Some(text), Some(folder)) = (&fields.licence_text, path.parent()) {
            fields.licence_text = Some(folder.join(text));
        }
        Ok(fields)
    }

    /// These, and where they say nothing the `other`.
    pub(crate) fn or(self, other: Self) -> Self {
        fn list<T>(own: Vec<T>, other: Vec<T>) -> Vec<T> {
            if own.is_empty() { other } else { own }
        }
        // A licence is one thing: half of it from here and half from there would be a third.
        let own_licence = self.licence.is_some() || self.licence_name.is_some() || self.licence_text.is_some();
        let (licence, licence_name, licence_text) = if own_licence {
            (self.licence, self.licence_name, self.licence_text)
        } else {
            (other.licence, other.licence_name, other.licence_text)
        };
        Self {
            id: self.id.or(other.id),
            name: self.name.or(other.name),
            summary: self.summary.or(other.summary),
            publisher: self.publisher.or(other.publisher),
            tasks: list(self.tasks, other.tasks),
            languages: list(self.languages, other.languages),
            sources: list(self.sources, other.sources),
            licence,
            licence_name,
            licence_text,
            must_accept: self.must_accept.or(other.must_accept),
            base_chain: list(self.base_chain, other.base_chain),
            parameters: self.parameters.or(other.parameters),
            quantisation: self.quantisation.or(other.quantisation),
            context_length: self.context_length.or(other.context_length),
            data_approved: list(self.data_approved, other.data_approved),
            data_not_approved: list(self.data_not_approved, other.data_not_approved),
            uses_approved: list(self.uses_approved, other.uses_approved),
            uses_not_approved: list(self.uses_not_approved, other.uses_not_approved),
            groups: list(self.groups, other.groups),
            approver: self.approver.or(other.approver),
            role: self.role.or(other.role),
            accept_hazards: self.accept_hazards.or(other.accept_hazards),
            approved_on: self.approved_on.or(other.approved_on),
            review_due: self.review_due.or(other.review_due),
            memory_minimum: self.memory_minimum.or(other.memory_minimum),
            context_tokens: self.context_tokens.or(other.context_tokens),
            max_answer_tokens: self.max_answer_tokens.or(other.max_answer_tokens),
            temperature: self.temperature.or(other.temperature),
            top_p: self.top_p.or(other.top_p),
            top_k: self.top_k.or(other.top_k),
            repeat_penalty: self.repeat_penalty.or(other.repeat_penalty),
        }
    }

    /// The licence; its text is read now.
    pub(crate) fn licence(&self) -> anyhow::Result<LicenceDocument> {
        let terms = match (&self.licence, &self.licence_name, &self.licence_text) {
            (Some(spdx), None, None) => TermsDocument::Spdx(spdx.clone()),
            (None, Some(name), Some(text)) => TermsDocument::Own { name: name.clone(), text: read_text(text)? },
            _ => return Err(AdminError::Licence.into()),
        };
        Ok(LicenceDocument { terms, must_accept: self.must_accept.unwrap_or(false) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_a_licence_is_never_mixed() {
        let file: EntryFields = toml::from_str(
            "id = 'a'\nname = 'From file'\nlicence = 'MIT'\ntasks = ['chat']\nreview_due = '2027-11-30'\nmemory_minimum = '2GiB'",
        )
        .unwrap();
        let flags = EntryFields {
            name: Some("From flag".into()),
            licence_name: Some("Terms".into()),
            licence_text: Some("terms.txt".into()),
            ..EntryFields::default()
        };
        let both = flags.or(file);
        assert_eq!((both.name.as_deref(), both.memory_minimum), (Some("From flag"), Some(2 << 30)));
        assert_eq!((both.licence, both.licence_name.as_deref()), (None, Some("Terms")));
        assert_eq!((both.tasks, both.id.unwrap().as_str()), (vec![Task::Chat], "a"));
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        assert!(toml::from_str::<EntryFields>("licens = 'MIT'").is_err());
    }
}
