//! An entry as it was approved, kept beside what was installed by it: it still says what it was once the catalogue has moved on.

use canteen_types::{AcceptedHazards, Approval, Artifact, BaseModel, Entry, Licence, LicenceText, Source};

use super::{
    AcceptedHazardsDocument, ApprovalDocument, ArtifactDocument, BaseModelDocument, EntryDocument, LicenceDocument, TermsDocument,
};

impl From<&Entry> for EntryDocument {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.key.id.clone(),
            version: entry.key.version,
            display_name: entry.display_name.clone(),
            summary: entry.summary.clone(),
            publisher: entry.publisher.clone(),
            tasks: entry.tasks.clone(),
            languages: entry.languages.clone(),
            parameters: entry.parameters,
            quantisation: entry.quantisation.clone(),
            context_length: entry.context_length,
            licence: (&entry.licence).into(),
            base_chain: entry.base_chain.iter().map(Into::into).collect(),
            artifact: (&entry.artifact).into(),
            chat_template: entry.chat_template,
            data_approved: entry.data_approved.clone(),
            data_not_approved: entry.data_not_approved.clone(),
            uses_approved: entry.uses_approved.clone(),
            uses_not_approved: entry.uses_not_approved.clone(),
            groups: entry.groups.clone(),
            approval: (&entry.approval).into(),
            memory_minimum: entry.memory_minimum,
            engine: entry.engine.into(),
        }
    }
}

impl From<&Licence> for LicenceDocument {
    fn from(licence: &Licence) -> Self {
        let terms = match &licence.text {
            LicenceText::Spdx(expression) => TermsDocument::Spdx(expression.clone()),
            LicenceText::Own { name, text } => TermsDocument::Own { name: name.clone(), text: text.clone() },
        };
        Self { terms, must_accept: licence.must_accept }
    }
}

impl From<&BaseModel> for BaseModelDocument {
    fn from(base: &BaseModel) -> Self {
        Self { name: base.name.clone(), publisher: base.publisher.clone(), entry: base.entry.clone() }
    }
}

impl From<&Artifact> for ArtifactDocument {
    fn from(artifact: &Artifact) -> Self {
        let address = |source: &Source| match source {
            Source::Https(text) | Source::File(text) => text.clone(),
        };
        Self {
            digest: artifact.digest,
            size: artifact.size,
            format: artifact.format,
            sources: artifact.sources.iter().map(address).collect(),
        }
    }
}

impl From<&Approval> for ApprovalDocument {
    fn from(approval: &Approval) -> Self {
        Self {
            approver: approval.approver.clone(),
            role: approval.role.clone(),
            approved_on: approval.approved_on,
            review_due: approval.review_due,
            accepted_hazards: approval.accepted_hazards.as_ref().map(Into::into),
        }
    }
}

impl From<&AcceptedHazards> for AcceptedHazardsDocument {
    fn from(accepted: &AcceptedHazards) -> Self {
        Self { codes: accepted.codes.clone(), reason: accepted.reason.clone() }
    }
}

/// The entry as JSON text, to be kept. It is a memory and no proof: only a verified catalogue gives `Verified<Entry>`.
#[must_use]
pub fn entry_text(entry: &Entry) -> String {
    serde_json::to_string(&EntryDocument::from(entry)).unwrap_or_default()
}

/// Reads what [`entry_text`] wrote; `None` where it is no entry.
#[must_use]
pub fn entry_from_text(text: &str) -> Option<Entry> {
    serde_json::from_str::<EntryDocument>(text).ok()?.try_into().ok()
}
