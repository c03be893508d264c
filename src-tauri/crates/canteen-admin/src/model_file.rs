use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use canteen_catalogue::EntryDocument;
use canteen_catalogue::document::{AcceptedHazardsDocument, ApprovalDocument, ArtifactDocument, EngineDocument};
use canteen_inspect::{File, Hazard, Reader, Verdict, examine_whole};
use canteen_modelfile::{Facts, Limits, ModelKind, check_for_engine, read_header};
use canteen_types::{ByteSize, Digest, EntryId, Task, Timestamp, WeightFormat};

use crate::entry_fields::EntryFields;
use crate::failure::AdminError;

/// What the bytes themselves say.
pub(crate) struct Measured {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) facts: Facts,
    fingerprint: Option<String>,
    /// What is suspicious about them, each code once.
    hazards: Vec<String>,
}

/// Opens the file once and reads each byte once: what its header says, what is wrong with it, its digest.
pub(crate) fn measure(path: &Path) -> anyhow::Result<Measured> {
    let found = examine_whole(path, Reader::It, &mut |_| ControlFlow::Continue(()))?.ok_or(AdminError::FileChanged)?;
    let facts = match found.facts {
        Some(facts) => facts,
        // Only the reader of headers tells what is wrong with one.
        None => read_header(fs_err::File::open(path)?, found.file.size, &Limits::default())?,
    };
    let hazards = suspicious(&found.file)?;
    if let Some(because) = found.file.unreadable {
        return Err(anyhow::Error::msg(because));
    }
    let whole = found.whole.ok_or(AdminError::FileChanged)?;
    let fingerprint = whole.profile.map(|profile| profile.fingerprint.to_text());
    Ok(Measured { digest: whole.digest, size: found.file.size, facts, fingerprint, hazards })
}

/// # Errors
/// When something in it is dangerous: no reason is good enough for that.
fn suspicious(file: &File) -> Result<Vec<String>, AdminError> {
    if file.hazards.iter().any(|hazard| hazard.severity == Verdict::Dangerous) {
        return Err(AdminError::Dangerous { found: listed(&file.hazards) });
    }
    let codes: BTreeSet<&str> = file.hazards.iter().map(|hazard| hazard.code).collect();
    Ok(codes.into_iter().map(str::to_owned).collect())
}

fn listed(hazards: &[Hazard]) -> String {
    let dangerous = hazards.iter().filter(|hazard| hazard.severity == Verdict::Dangerous);
    dangerous.map(|hazard| format!("{} ({})", hazard.sentence, hazard.code)).collect::<Vec<_>>().join(" ")
}

impl Measured {
    /// # Errors
    /// When there is something to accept and no reason is given.
    fn accepted(&self, reason: Option<String>) -> Result<Option<AcceptedHazardsDocument>, AdminError> {
        match reason {
            _ if self.hazards.is_empty() => Ok(None),
            Some(reason) => Ok(Some(AcceptedHazardsDocument { codes: self.hazards.clone(), reason })),
            None => Err(AdminError::Suspicious { codes: self.hazards.join(", ") }),
        }
    }

    /// The entry, from the file where it speaks and from `fields` where it does not. Version 1; the draft counts on from
    /// there.
    pub(crate) fn into_entry(self, fields: EntryFields, now: Timestamp) -> anyhow::Result<EntryDocument> {
        let accepted_hazards = self.accepted(fields.accept_hazards.clone())?;
        let Self { digest, size, facts, fingerprint, .. } = self;
        let licence = fields.licence()?;
        let tasks = if fields.tasks.is_empty() { default_tasks(&facts)? } else { fields.tasks };
        let format = WeightFormat::from(facts.format);
        if format == WeightFormat::Gguf && tasks.iter().any(|task| *task != Task::Embeddings) {
            check_for_engine(&facts)?;
        }
        let id: EntryId = fields.id.ok_or(missing("The id", "--id"))?;
        let quantisation = agreed("--quantisation", fields.quantisation, facts.quantisation.clone())?;
        let context_length = agreed("--context-length", fields.context_length, facts.context_length)?;
        let context_length = context_length.ok_or(missing("The longest context", "--context-length"))?;
        let parameters = agreed("--parameters", fields.parameters, facts.parameters)?;
        let approved_on = fields.approved_on.unwrap_or(now);
        let standard = EngineDocument::default();
        let context_tokens = fields.context_tokens.unwrap_or_else(|| standard.context_tokens.min(context_length.max(16)));
        Ok(EntryDocument {
            version: 1,
            display_name: fields.name.or_else(|| facts.name.clone()).unwrap_or_else(|| id.to_string()),
            summary: fields.summary.unwrap_or_default(),
            publisher: fields.publisher.ok_or(missing("The publisher", "--publisher"))?,
            tasks,
            languages: fields.languages,
            parameters: parameters.ok_or(missing("The number of parameters", "--parameters"))?,
            quantisation: quantisation.ok_or(missing("The quantisation", "--quantisation"))?,
            context_length,
            licence,
            base_chain: fields.base_chain,
            artifact: ArtifactDocument { digest, size: ByteSize::new(size), format, sources: fields.sources },
            chat_template: facts.chat_template_digest(),
            fingerprint,
            data_approved: fields.data_approved,
            data_not_approved: fields.data_not_approved,
            uses_approved: fields.uses_approved,
            uses_not_approved: fields.uses_not_approved,
            groups: fields.groups,
            approval: ApprovalDocument {
                approver: fields.approver.ok_or(missing("The approver", "--approver"))?,
                role: fields.role.ok_or(missing("The role of the approver", "--role"))?,
                approved_on,
                review_due: fields.review_due.unwrap_or_else(|| approved_on.plus(YEAR)),
                accepted_hazards,
            },
            memory_minimum: ByteSize::new(fields.memory_minimum.unwrap_or_else(|| reckoned_memory(size))),
            engine: EngineDocument {
                context_tokens,
                max_answer_tokens: fields.max_answer_tokens.unwrap_or_else(|| standard.max_answer_tokens.min(context_tokens)),
                temperature: fields.temperature.unwrap_or(standard.temperature),
                top_p: fields.top_p.unwrap_or(standard.top_p),
                top_k: fields.top_k.unwrap_or(standard.top_k),
                repeat_penalty: fields.repeat_penalty.unwrap_or(standard.repeat_penalty),
            },
            id,
        })
    }
}

const YEAR: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 60 * 60);

fn missing(what: &'static str, flag: &'static str) -> AdminError {
    AdminError::FieldMissing { what, flag }
}

/// What a person says must not be another thing than what the file says.
fn agreed<T: PartialEq + std::fmt::Display>(
    flag: &'static str,
    given: Option<T>,
    found: Option<T>,
) -> Result<Option<T>, AdminError> {
    match (given, found) {
        (Some(given), Some(found)) if given != found => {
            Err(AdminError::Contradiction { flag, given: given.to_string(), found: found.to_string() })
        }
        (given, found) => Ok(found.or(given)),
    }
}

fn default_tasks(facts: &Facts) -> Result<Vec<Task>, AdminError> {
    match facts.kind {
        ModelKind::Text if facts.chat_template.is_some() => Ok(vec![Task::Chat]),
        ModelKind::Text => Ok(vec![Task::Completion]),
        ModelKind::Embedder => Ok(vec![Task::Embeddings]),
        ModelKind::Adapter => Err(AdminError::NotAModel { kind: "an adapter" }),
        ModelKind::Projector => Err(AdminError::NotAModel { kind: "a projector" }),
        ModelKind::Image | ModelKind::Speech | ModelKind::Other => Err(missing("The task", "--task")),
    }
}

/// The file is mapped whole; a fifth more for context and computing buffers, and 512 MiB for everything else that runs.
/// Rounded up to 256 MiB.
const fn reckoned_memory(size: u64) -> u64 {
    const STEP: u64 = 256 << 20;
    let needed = size.saturating_add(size / 5).saturating_add(512 << 20);
    needed.div_ceil(STEP).saturating_mul(STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_reckoned_in_steps_and_never_overflows() {
        assert_eq!(reckoned_memory(0), 512 << 20);
        assert_eq!(reckoned_memory(98_362_432), 768 << 20);
        assert!(reckoned_memory(u64::MAX) >= u64::MAX - (256 << 20));
    }

    #[test]
    fn what_is_given_must_agree_with_the_file() {
        assert_eq!(agreed("--x", None, Some(1)).unwrap(), Some(1));
        assert_eq!(agreed("--x", Some(2), None).unwrap(), Some(2));
        assert_eq!(agreed("--x", Some(2), Some(2)).unwrap(), Some(2));
        assert!(agreed("--x", Some(1), Some(2)).is_err());
    }
}
