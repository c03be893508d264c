use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ByteSize, Digest, Timestamp, WordError};

/// Names an entry across its versions: 1 to 64 of `a-z`, `0-9`, `-` and `.`, beginning and ending with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(String);

/// A use that an entry is approved for or not, as a slug: `summarise`, `hiring-decisions`. Same letters as [`EntryId`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use(String);

/// A group of people in the organisation, as a slug: `finance`, `research.berlin`. Same letters as [`EntryId`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(String);

/// A quantisation by its field name: `Q4_K_M`, `F16`, `IQ2_XXS`. 1 to 16 of `A-Z`, `0-9` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantisation(String);

fn is_slug(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')
        && edge(text.chars().next())
        && edge(text.chars().next_back())
}

fn is_quantisation(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

macro_rules! word {
    ($name:ident, $kind:literal, $check:ident) => {
        impl $name {
            /// The word itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = WordError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(WordError::new($kind, text)) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

word!(EntryId, "entry id", is_slug);
word!(Use, "use", is_slug);
word!(Group, "group", is_slug);
word!(Quantisation, "quantisation", is_quantisation);

/// One approved version of an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    /// Which entry.
    pub id: EntryId,
    /// Which version of it; grows by one with every change.
    pub version: u32,
}

/// What a model is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Conversation.
    Chat,
    /// Source code.
    Code,
    /// Shortening texts.
    Summarise,
    /// Between languages.
    Translate,
    /// Vectors for search and comparison.
    Embeddings,
    /// Continues a text; not tuned for instructions.
    Completion,
}

/// Kinds of data that may or may not be given to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataClass {
    /// Anybody may know it.
    Public,
    /// For colleagues.
    Internal,
    /// For few colleagues.
    Confidential,
    /// About a person (GDPR, article 4).
    Personal,
    /// Health, belief, origin and the like (GDPR, article 9).
    SpecialCategory,
    /// Payment cards.
    Payment,
    /// Passwords and keys.
    Credentials,
}

/// The container of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightFormat {
    /// GGUF, which the engine runs.
    Gguf,
    /// safetensors, for the person's own tools.
    Safetensors,
}

/// Where an artifact can be had. Never trusted: the digest is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An `https` mirror that answers range requests.
    Https(String),
    /// A file on a share or in a folder, as an absolute path.
    File(String),
}

/// The bytes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// SHA-256 of the whole file.
    pub digest: Digest,
    /// Size of the whole file.
    pub size: ByteSize,
    /// Container.
    pub format: WeightFormat,
    /// Tried in this order.
    pub sources: Vec<Source>,
}

/// How a licence is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicenceText {
    /// An SPDX expression; its text is public.
    Spdx(String),
    /// A licence of its own, with its text.
    Own {
        /// e.g. `Gemma Terms of Use`.
        name: String,
        /// The whole text, at most 256 KiB.
        text: String,
    },
}

/// The terms that come with the weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Name and text.
    pub text: LicenceText,
    /// The person must read and accept it before the model is fetched.
    pub must_accept: bool,
}

impl Licence {
    /// SPDX expression or name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.text {
            LicenceText::Spdx(name) | LicenceText::Own { name, .. } => name,
        }
    }

    /// What is accepted: the digest of name and text, so that a changed text asks again.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match &self.text {
            LicenceText::Spdx(name) => Digest::of(name.as_bytes()),
            LicenceText::Own { name, text } => Digest::of(format!("{name}\n{text}").as_bytes()),
        }
    }
}

/// One step of the base chain, nearest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseModel {
    /// Upstream name.
    pub name: String,
    /// Who made it.
    pub publisher: String,
    /// The entry for it, where the catalogue has one.
    pub entry: Option<EntryId>,
}

/// Who approved this entry, in which role, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// A person's name.
    pub approver: String,
    /// e.g. `Head of AI governance`.
    pub role: String,
    /// When.
    pub approved_on: Timestamp,
    /// When it should be looked at again. Only warns.
    pub review_due: Timestamp,
    /// What is odd about the bytes, and why they were approved all the same.
    pub accepted_hazards: Option<AcceptedHazards>,
}

/// Suspicious things in the bytes of an entry that a person looked into. What is dangerous is never approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedHazards {
    /// Stable codes, `format.what`, of what was found at the approval.
    pub codes: Vec<String>,
    /// Why that is no reason against it.
    pub reason: String,
}

/// How the engine runs this entry, within the policy's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// Context to allocate, in tokens.
    pub context_tokens: u32,
    /// Longest answer, in tokens.
    pub max_answer_tokens: u32,
    /// 0 always takes the likeliest token.
    pub temperature: f32,
    /// Nucleus sampling: 0 to 1.
    pub top_p: f32,
    /// Candidates per token; 0 means all.
    pub top_k: u32,
    /// 1 means none.
    pub repeat_penalty: f32,
}

impl Default for EngineSettings {
    /// 2,048 tokens of context, 512 of answer, temperature 0.7, top-p 0.95, top-k 40, repeat penalty 1.1.
    fn default() -> Self {
        Self { context_tokens: 2048, max_answer_tokens: 512, temperature: 0.7, top_p: 0.95, top_k: 40, repeat_penalty: 1.1 }
    }
}

/// One approved set of bytes and all that was decided about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Slug and version.
    pub key: EntryKey,
    /// What people call it.
    pub display_name: String,
    /// One or two sentences for the employee.
    pub summary: String,
    /// Who made the model.
    pub publisher: String,
    /// What it is good for, best first.
    pub tasks: Vec<Task>,
    /// BCP 47 tags, best first.
    pub languages: Vec<String>,
    /// Number of parameters.
    pub parameters: u64,
    /// Of most of the weights.
    pub quantisation: Quantisation,
    /// Longest context that the model was made for, in tokens.
    pub context_length: u32,
    /// Terms.
    pub licence: Licence,
    /// What it was derived from, nearest first.
    pub base_chain: Vec<BaseModel>,
    /// The bytes.
    pub artifact: Artifact,
    /// SHA-256 of the chat template in the file, where it has one.
    pub chat_template: Option<Digest>,
    /// Data that may be given to it.
    pub data_approved: Vec<DataClass>,
    /// Data that must not be given to it.
    pub data_not_approved: Vec<DataClass>,
    /// Uses it was approved for.
    pub uses_approved: Vec<Use>,
    /// Uses it must not be put to.
    pub uses_not_approved: Vec<Use>,
    /// Whom it is approved for; empty: everybody.
    pub groups: Vec<Group>,
    /// Who, in which role, until when.
    pub approval: Approval,
    /// Least memory of a computer that should run it.
    pub memory_minimum: ByteSize,
    /// Typed settings for the engine.
    pub engine: EngineSettings,
}

impl Entry {
    /// The engine runs GGUF models that write text. Others are for the person's own tools.
    #[must_use]
    pub fn runs_in_engine(&self) -> bool {
        self.artifact.format == WeightFormat::Gguf && self.tasks.iter().any(|task| *task != Task::Embeddings)
    }

    /// It is for everybody, or for one of these groups.
    #[must_use]
    pub fn is_for(&self, groups: &BTreeSet<Group>) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|group| groups.contains(group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_ids_are_slugs() {
        for good in ["a", "smollm2-135m-instruct", "qwen2.5-7b"] {
            assert_eq!(good.parse::<EntryId>().unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "A", "a b", "../x", "a/b", "ö", &"a".repeat(65)] {
            assert!(bad.parse::<EntryId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_changed_licence_text_has_another_digest() {
        let licence = |text: &str| Licence {
            text: LicenceText::Own { name: "Gemma Terms of Use".into(), text: text.into() },
            must_accept: true,
        };
        assert_ne!(licence("one").digest(), licence("two").digest());
    }
}
