//! What was observed, as codes with fields for faces that have texts of their own, and as the English sentence.

use std::collections::BTreeMap;

use canteen_modelfile::{Facts, Format};
use canteen_store::EvidenceRow;
use canteen_types::{Digest, EntryId, EvidenceSource, SightingId, Signal, Timestamp};
use canteen_watch::{HeldBy, Holder};

use crate::wire::Relation;

/// One thing that was observed about a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Observed {
    /// Its header is that of weights.
    Weights { about: String },
    /// Its digest is that of an approved entry.
    ApprovedDigest { digest: Digest, entry: EntryId },
    /// Its digest is not in the catalogue.
    UnknownDigest { digest: Digest },
    /// Its weights are kin of those of an approved entry.
    Kin { relation: Relation, name: String, confidence: f32 },
    /// A program has it in memory.
    Mapped { holder: String, pid: u32 },
    /// A program keeps it open.
    Opened { holder: String, pid: u32 },
}

impl Observed {
    pub(crate) fn held(holder: &Holder, by: HeldBy) -> Self {
        let (name, pid) = (holder.name.clone(), holder.pid);
        match by {
            HeldBy::Maps => Self::Mapped { holder: name, pid },
            HeldBy::Descriptor => Self::Opened { holder: name, pid },
        }
    }

    /// As it is kept.
    pub(crate) fn row(&self, sighting: SightingId, at: Timestamp) -> EvidenceRow {
        EvidenceRow {
            sighting,
            source: self.source(),
            signal: self.signal(),
            code: Some(self.kind().to_owned()),
            fields: self.fields(),
            text: self.sentence(),
            at,
        }
    }

    const fn source(&self) -> EvidenceSource {
        match self {
            Self::Weights { .. } | Self::Kin { .. } => EvidenceSource::Content,
            Self::ApprovedDigest { .. } | Self::UnknownDigest { .. } => EvidenceSource::Digest,
            Self::Mapped { .. } => EvidenceSource::Maps,
            Self::Opened { .. } => EvidenceSource::Descriptor,
        }
    }

    const fn signal(&self) -> Option<Signal> {
        match self {
            Self::Weights { .. } => Some(Signal::Content),
            Self::ApprovedDigest { .. } | Self::UnknownDigest { .. } | Self::Kin { .. } => None,
            Self::Mapped { .. } | Self::Opened { .. } => Some(Signal::Holder),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Weights { .. } => "content.weights",
            Self::ApprovedDigest { .. } => "digest.approved",
            Self::UnknownDigest { .. } => "digest.unknown",
            Self::Kin { relation, .. } => match relation {
                Relation::AlteredCopy => "lineage.altered_copy",
                Relation::SameWeights => "lineage.same_weights",
                Relation::Requantised => "lineage.requantised",
                Relation::Derived => "lineage.derived",
                Relation::Unrelated => "lineage.unrelated",
            },
            Self::Mapped { .. } => "holder.maps",
            Self::Opened { .. } => "holder.descriptor",
        }
    }

    fn fields(&self) -> BTreeMap<String, String> {
        let pairs = match self {
            Self::Weights { about } => vec![("about", about.clone())],
            Self::ApprovedDigest { digest, entry } => vec![("digest", digest.short()), ("entry", entry.to_string())],
            Self::UnknownDigest { digest } => vec![("digest", digest.short())],
            Self::Kin { name, confidence, .. } => vec![("entry", name.clone()), ("percent", percent(*confidence))],
            Self::Mapped { holder, pid } | Self::Opened { holder, pid } => {
                vec![("holder", holder.clone()), ("pid", pid.to_string())]
            }
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn sentence(&self) -> String {
        match self {
            Self::Weights { about } => format!("Its first bytes are those of model weights ({about})."),
            Self::ApprovedDigest { digest, entry } => {
                format!("Its digest {} is that of the approved {entry}.", digest.short())
            }
            Self::UnknownDigest { digest } => format!("Its digest {} is not in the catalogue.", digest.short()),
            Self::Kin { relation, name, confidence } => {
                let said = match relation {
                    Relation::AlteredCopy => format!("Its weights look the same as those of {name}, but its bytes differ"),
                    Relation::SameWeights => format!("Its weights are those of {name} in another container"),
                    Relation::Requantised => format!("Its weights are those of {name}, quantised differently"),
                    Relation::Derived => {
                        format!("It was fine-tuned, merged or pruned from {name}, the other way round, or both from a third")
                    }
                    Relation::Unrelated => format!("Its weights have nothing in common with those of {name}"),
                };
                format!("{said} ({} % sure).", percent(*confidence))
            }
            Self::Mapped { holder, pid } => format!("{holder} (process {pid}) has it in memory."),
            Self::Opened { holder, pid } => format!("{holder} (process {pid}) keeps it open."),
        }
    }
}

/// Rounded down: nothing but the same bytes is certain.
fn percent(confidence: f32) -> String {
    format!("{:.0}", (confidence * 100.0).floor())
}

/// Format, architecture, quantisation, as far as the header says.
pub(crate) fn about(facts: &Facts) -> String {
    let format = match facts.format {
        Format::Gguf => "GGUF",
        Format::Safetensors => "safetensors",
    };
    let quantisation = facts.quantisation.as_ref().map(ToString::to_string);
    [Some(format.to_owned()), facts.architecture.clone(), quantisation].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_observation_has_a_code_its_fields_and_a_sentence() {
        let (digest, entry) = (Digest::of(b"weights"), "smollm2".parse().unwrap());
        let holder = Holder { pid: 4711, started: 1, name: "notes-app".into() };
        let all = [
            Observed::Weights { about: "GGUF · llama".into() },
            Observed::ApprovedDigest { digest, entry },
            Observed::UnknownDigest { digest },
            Observed::Kin { relation: Relation::Requantised, name: "SmolLM2".into(), confidence: 0.999 },
            Observed::held(&holder, HeldBy::Maps),
            Observed::held(&holder, HeldBy::Descriptor),
        ];
        let at = Timestamp::from_millis(0);
        let lines: Vec<String> = all
            .iter()
            .map(|one| one.row(SightingId::new(at, [1; 10]), at))
            .map(|row| format!("{} {:?} {:?} {:?}\n  {}", row.code.unwrap(), row.source, row.signal, row.fields, row.text))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        content.weights Content Some(Content) {"about": "GGUF · llama"}
          Its first bytes are those of model weights (GGUF · llama).
        digest.approved Digest None {"digest": "9a129038", "entry": "smollm2"}
          Its digest 9a129038 is that of the approved smollm2.
        digest.unknown Digest None {"digest": "9a129038"}
          Its digest 9a129038 is not in the catalogue.
        lineage.requantised Content None {"entry": "SmolLM2", "percent": "99"}
          Its weights are those of SmolLM2, quantised differently (99 % sure).
        holder.maps Maps Some(Holder) {"holder": "notes-app", "pid": "4711"}
          notes-app (process 4711) has it in memory.
        holder.descriptor Descriptor Some(Holder) {"holder": "notes-app", "pid": "4711"}
          notes-app (process 4711) keeps it open.
        "#);
    }
}
