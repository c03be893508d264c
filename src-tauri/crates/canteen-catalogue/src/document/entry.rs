use canteen_types::{
    AcceptedHazards, Approval, Artifact, BaseModel, ByteSize, DataClass, Digest, EngineSettings, Entry, EntryId, EntryKey, Group,
    Licence, LicenceText, Quantisation, Source, Task, Timestamp, Use, WeightFormat,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{DocumentError, count, distinct, line, optional_line, within};
use super::{source, words};

const NAME: usize = 200;
const SUMMARY: usize = 1000;
const REASON: usize = 1000;
/// 256 KiB, as [`LicenceText::Own`] says.
const LICENCE_TEXT: usize = 256 << 10;
/// 16 TiB: larger than any single file of weights, small enough that sums of sizes never overflow.
const LARGEST_FILE: u64 = 16 << 40;
/// 100 million tokens.
const LONGEST_CONTEXT: u32 = 100_000_000;

/// One approved set of bytes and all that was decided about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryDocument {
    /// Names the entry across its versions: `a-z`, `0-9`, `-` and `.`; 1 to 64 characters.
    #[schemars(with = "String", regex(pattern = "^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$"))]
    pub id: EntryId,
    /// Grows by one with every change.
    #[schemars(range(min = 1))]
    pub version: u32,
    /// What people call it.
    #[schemars(length(min = 1, max = 200))]
    pub display_name: String,
    /// One or two sentences for the employee.
    #[schemars(length(max = 1000))]
    pub summary: String,
    /// Who made the model.
    #[schemars(length(min = 1, max = 200))]
    pub publisher: String,
    /// What it is good for, best first.
    #[schemars(with = "Vec<words::Task>", length(min = 1, max = 16))]
    pub tasks: Vec<Task>,
    /// BCP 47 tags, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub languages: Vec<String>,
    /// Number of parameters.
    pub parameters: u64,
    /// Quantisation of most of the weights, e.g. `Q4_K_M`.
    #[schemars(with = "String", regex(pattern = "^[A-Z0-9_]{1,16}$"))]
    pub quantisation: Quantisation,
    /// Longest context that the model was made for, in tokens.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub context_length: u32,
    /// Terms.
    pub licence: LicenceDocument,
    /// What it was derived from, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub base_chain: Vec<BaseModelDocument>,
    /// The bytes.
    pub artifact: ArtifactDocument,
    /// SHA-256 of the chat template in the file, where it has one: `sha256:` and 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub chat_template: Option<Digest>,
    /// Data that may be given to it.
    #[serde(default)]
    #[schemars(with = "Vec<words::DataClass>")]
    pub data_approved: Vec<DataClass>,
    /// Data that must not be given to it.
    #[serde(default)]
    #[schemars(with = "Vec<words::DataClass>")]
    pub data_not_approved: Vec<DataClass>,
    /// Uses it was approved for, as slugs.
    #[serde(default)]
    #[schemars(with = "Vec<String>", length(max = 64))]
    pub uses_approved: Vec<Use>,
    /// Uses it must not be put to, as slugs.
    #[serde(default)]
    #[schemars(with = "Vec<String>", length(max = 64))]
    pub uses_not_approved: Vec<Use>,
    /// Groups of people that it is approved for, as slugs; without any: everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>", length(max = 64))]
    pub groups: Vec<Group>,
    /// Who approved it, in which role, until when.
    pub approval: ApprovalDocument,
    /// Least memory of a computer that should run it, in bytes.
    #[schemars(with = "u64")]
    pub memory_minimum: ByteSize,
    /// Settings for the engine.
    #[serde(default)]
    pub engine: EngineDocument,
}

/// The terms that come with the weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceDocument {
    /// Which terms.
    pub terms: TermsDocument,
    /// The person must read and accept it before the model is fetched.
    pub must_accept: bool,
}

/// How a licence is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TermsDocument {
    /// An SPDX expression; its text is public.
    Spdx(#[schemars(length(min = 1, max = 200))] String),
    /// A licence of its own.
    Own {
        /// Its name.
        #[schemars(length(min = 1, max = 200))]
        name: String,
        /// The whole text, at most 256 KiB.
        #[schemars(length(min = 1, max = 262_144))]
        text: String,
    },
}

/// One step of the base chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseModelDocument {
    /// Upstream name.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Who made it.
    #[schemars(length(min = 1, max = 200))]
    pub publisher: String,
    /// The entry for it, where the catalogue has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub entry: Option<EntryId>,
}

/// The bytes of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactDocument {
    /// SHA-256 of the whole file: `sha256:` and 64 hex digits.
    #[schemars(with = "String", regex(pattern = "^sha256:[0-9a-fA-F]{64}$"))]
    pub digest: Digest,
    /// Size of the whole file, in bytes.
    #[schemars(with = "u64", range(min = 1, max = 17_592_186_044_416_u64))]
    pub size: ByteSize,
    /// Container of the weights.
    #[schemars(with = "words::WeightFormat")]
    pub format: WeightFormat,
    /// `https` addresses, `file` addresses or absolute paths, tried in this order.
    #[schemars(length(max = 32))]
    pub sources: Vec<String>,
}

/// Who approved an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalDocument {
    /// A person's name.
    #[schemars(length(min = 1, max = 200))]
    pub approver: String,
    /// Their role, e.g. `Head of AI governance`.
    #[schemars(length(min = 1, max = 200))]
    pub role: String,
    /// When, as RFC 3339.
    #[schemars(with = "String")]
    pub approved_on: Timestamp,
    /// When it should be looked at again, as RFC 3339. Only warns.
    #[schemars(with = "String")]
    pub review_due: Timestamp,
    /// What is odd about the bytes, and why they were approved all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_hazards: Option<AcceptedHazardsDocument>,
}

/// Suspicious things in the bytes that a person looked into. What is dangerous is never approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedHazardsDocument {
    /// Codes of what was found at the approval, as `canteen-admin inspect` prints them.
    #[schemars(length(min = 1, max = 64))]
    pub codes: Vec<String>,
    /// Why that is no reason against it.
    #[schemars(length(min = 1, max = 1000))]
    pub reason: String,
}

/// How the engine runs an entry, within the policy's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EngineDocument {
    /// Context to allocate, in tokens; at most the entry's context length.
    #[schemars(range(min = 16, max = 100_000_000))]
    pub context_tokens: u32,
    /// Longest answer, in tokens; at most the context.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub max_answer_tokens: u32,
    /// 0 always takes the likeliest token.
    #[schemars(range(min = 0.0, max = 5.0))]
    pub temperature: f32,
    /// Nucleus sampling.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub top_p: f32,
    /// Candidates per token; 0 means all.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub top_k: u32,
    /// 1 means none.
    #[schemars(range(min = 0.5, max = 2.0))]
    pub repeat_penalty: f32,
}

impl Default for EngineDocument {
    fn default() -> Self {
        EngineSettings::default().into()
    }
}

impl From<EngineSettings> for EngineDocument {
    fn from(settings: EngineSettings) -> Self {
        let EngineSettings { context_tokens, max_answer_tokens, temperature, top_p, top_k, repeat_penalty } = settings;
        Self { context_tokens, max_answer_tokens, temperature, top_p, top_k, repeat_penalty }
    }
}

impl EngineDocument {
    fn into_settings(self, context_length: u32) -> Result<EngineSettings, DocumentError> {
        let Self { context_tokens, max_answer_tokens, temperature, top_p, top_k, repeat_penalty } = self;
        within("context_tokens", context_tokens, 16, context_length.max(16))?;
        within("max_answer_tokens", max_answer_tokens, 1, context_tokens)?;
        within("temperature", temperature, 0.0, 5.0)?;
        within("top_p", top_p, 0.0, 1.0)?;
        within("top_k", top_k, 0, 1_000_000)?;
        within("repeat_penalty", repeat_penalty, 0.5, 2.0)?;
        Ok(EngineSettings { context_tokens, max_answer_tokens, temperature, top_p, top_k, repeat_penalty })
    }
}

impl TryFrom<LicenceDocument> for Licence {
    type Error = DocumentError;
    fn try_from(document: LicenceDocument) -> Result<Self, DocumentError> {
        let text = match document.terms {
            TermsDocument::Spdx(expression) => {
                line("spdx", &expression, NAME)?;
                LicenceText::Spdx(expression)
            }
            TermsDocument::Own { name, text } => {
                line("name", &name, NAME)?;
                if text.trim().is_empty() || text.len() > LICENCE_TEXT {
                    return Err(DocumentError::new("text", format!("must have 1 to {LICENCE_TEXT} bytes")));
                }
                LicenceText::Own { name, text }
            }
        };
        Ok(Self { text, must_accept: document.must_accept })
    }
}

impl TryFrom<ArtifactDocument> for Artifact {
    type Error = DocumentError;
    fn try_from(document: ArtifactDocument) -> Result<Self, DocumentError> {
        within("size", document.size.bytes(), 1, LARGEST_FILE)?;
        count("sources", &document.sources, 32)?;
        let sources = document
            .sources
            .iter()
            .enumerate()
            .map(|(at, text)| source::parse(&format!("sources[{at}]"), text))
            .collect::<Result<Vec<Source>, _>>()?;
        Ok(Self { digest: document.digest, size: document.size, format: document.format, sources })
    }
}

impl TryFrom<ApprovalDocument> for Approval {
    type Error = DocumentError;
    fn try_from(document: ApprovalDocument) -> Result<Self, DocumentError> {
        let ApprovalDocument { approver, role, approved_on, review_due, accepted_hazards } = document;
        line("approver", &approver, NAME)?;
        line("role", &role, NAME)?;
        if review_due < approved_on {
            return Err(DocumentError::new("review_due", "lies before the approval"));
        }
        let accepted_hazards = accepted_hazards.map(TryInto::try_into).transpose();
        let accepted_hazards = accepted_hazards.map_err(|e: DocumentError| e.inside("accepted_hazards"))?;
        Ok(Self { approver, role, approved_on, review_due, accepted_hazards })
    }
}

impl TryFrom<AcceptedHazardsDocument> for AcceptedHazards {
    type Error = DocumentError;
    fn try_from(document: AcceptedHazardsDocument) -> Result<Self, DocumentError> {
        let AcceptedHazardsDocument { codes, reason } = document;
        line("reason", &reason, REASON)?;
        if codes.is_empty() {
            return Err(DocumentError::new("codes", "must name at least one"));
        }
        count("codes", &codes, 64)?;
        distinct("codes", &codes)?;
        for code in &codes {
            let word = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if code.len() > 64 || !code.split_once('.').is_some_and(|(format, what)| word(format) && word(what)) {
                return Err(DocumentError::new("codes", "must hold codes like “file.script”"));
            }
        }
        Ok(Self { codes, reason })
    }
}

impl TryFrom<BaseModelDocument> for BaseModel {
    type Error = DocumentError;
    fn try_from(document: BaseModelDocument) -> Result<Self, DocumentError> {
        let BaseModelDocument { name, publisher, entry } = document;
        line("name", &name, NAME)?;
        line("publisher", &publisher, NAME)?;
        Ok(Self { name, publisher, entry })
    }
}

impl TryFrom<EntryDocument> for Entry {
    type Error = DocumentError;
    fn try_from(document: EntryDocument) -> Result<Self, DocumentError> {
        within("version", document.version, 1, u32::MAX)?;
        line("display_name", &document.display_name, NAME)?;
        optional_line("summary", &document.summary, SUMMARY)?;
        line("publisher", &document.publisher, NAME)?;
        if document.tasks.is_empty() {
            return Err(DocumentError::new("tasks", "must name at least one"));
        }
        count("tasks", &document.tasks, 16)?;
        distinct("tasks", &document.tasks)?;
        count("languages", &document.languages, 64)?;
        for language in &document.languages {
            language_tag(language)?;
        }
        within("context_length", document.context_length, 1, LONGEST_CONTEXT)?;
        count("base_chain", &document.base_chain, 32)?;
        opposites("data_not_approved", &document.data_approved, &document.data_not_approved)?;
        opposites("uses_not_approved", &document.uses_approved, &document.uses_not_approved)?;
        count("groups", &document.groups, 64)?;
        distinct("groups", &document.groups)?;
        within("memory_minimum", document.memory_minimum.bytes(), 0, LARGEST_FILE)?;
        Ok(Self {
            engine: document.engine.into_settings(document.context_length).map_err(|e| e.inside("engine"))?,
            key: EntryKey { id: document.id, version: document.version },
            display_name: document.display_name,
            summary: document.summary,
            publisher: document.publisher,
            tasks: document.tasks,
            languages: document.languages,
            parameters: document.parameters,
            quantisation: document.quantisation,
            context_length: document.context_length,
            licence: document.licence.try_into().map_err(|e: DocumentError| e.inside("licence"))?,
            base_chain: document
                .base_chain
                .into_iter()
                .map(|base| base.try_into().map_err(|e: DocumentError| e.inside("base_chain")))
                .collect::<Result<_, _>>()?,
            artifact: document.artifact.try_into().map_err(|e: DocumentError| e.inside("artifact"))?,
            chat_template: document.chat_template,
            data_approved: document.data_approved,
            data_not_approved: document.data_not_approved,
            uses_approved: document.uses_approved,
            uses_not_approved: document.uses_not_approved,
            groups: document.groups,
            approval: document.approval.try_into().map_err(|e: DocumentError| e.inside("approval"))?,
            memory_minimum: document.memory_minimum,
        })
    }
}

/// The shape of BCP 47 (RFC 5646, section 2.1), not its registry: subtags of 1 to 8 letters and digits, the first of letters.
fn language_tag(text: &str) -> Result<(), DocumentError> {
    let mut parts = text.split('-');
    let first = parts.next().is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    if first && rest && text.len() <= 35 {
        Ok(())
    } else {
        Err(DocumentError::new("languages", "must hold tags like “en” or “pt-BR”"))
    }
}

/// Each list without repetition, and nothing on both: approved and not approved at once is a mistake that must not be guessed.
fn opposites<T: Ord>(at: &str, approved: &[T], not_approved: &[T]) -> Result<(), DocumentError> {
    count(at, approved, 64)?;
    count(at, not_approved, 64)?;
    distinct(at, approved)?;
    distinct(at, not_approved)?;
    if not_approved.iter().any(|item| approved.contains(item)) {
        return Err(DocumentError::new(at, "names something that is approved as well"));
    }
    Ok(())
}
