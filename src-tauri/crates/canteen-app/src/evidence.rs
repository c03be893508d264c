//! What was observed, as codes with fields for faces that have texts of their own, and as the English sentence.

use std::collections::BTreeMap;

use canteen_modelfile::{HazardCode, Severity};
use canteen_store::EvidenceRow;
use canteen_types::{Digest, EntryId, EvidenceSource, SightingId, Signal, Timestamp};
use canteen_watch::{About, Arrival, Busy, Container, HeldBy, Holder, SeenFile};

use crate::wire::Relation;

/// One thing that was observed about a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Observed {
    /// Its header is that of weights.
    Weights { about: String },
    /// Its header is that of weights, and it is being written.
    Arriving { about: String },
    /// It is a program that carries weights.
    InProgram { about: String },
    /// It is the first of several files that are weights together.
    InParts { about: String, count: u32 },
    /// Something is wrong with it.
    Hazard { code: &'static HazardCode },
    /// Its digest is that of an approved entry.
    ApprovedDigest { digest: Digest, entry: EntryId },
    /// Its digest is not in the catalogue.
    UnknownDigest { digest: Digest },
    /// Its weights are kin of those of an approved entry.
    Kin { relation: Relation, name: String, confidence: f32 },
    /// A program has it in memory.
    Mapped { holder: String, pid: u32 },
    /// A program keeps it open, or has read it.
    Opened { holder: String, pid: u32 },
    /// A program of another user was started with its digest.
    Named { holder: String, pid: u32 },
    /// It stands open, and a program of another user has memory to match.
    OpenElsewhere { holder: String, pid: u32 },
    /// Who holds it computes.
    Computes { holder: String, percent: u32 },
    /// It computes on a graphics card.
    OnCard { holder: String, percent: u32 },
    /// Who holds it works for a program that is connected to its port.
    Serves { holder: String, port: u16 },
    /// Who holds it waits for others.
    Waits { holder: String, port: u16 },
    /// Who holds it was asked what it is, and said so.
    Answers { holder: String, port: u16, product: String, model: Option<String> },
    /// Who holds it was asked what it is, and has others compute.
    Forwards { holder: String, port: u16, product: String, to: String },
    /// It belongs to what is only listed.
    Listed { class: String },
}

impl Observed {
    pub(crate) fn held(holder: &Holder, by: HeldBy) -> Self {
        let (name, pid) = (holder.name.clone(), holder.pid);
        match by {
            HeldBy::Maps => Self::Mapped { holder: name, pid },
            HeldBy::Descriptor => Self::Opened { holder: name, pid },
            HeldBy::Arguments => Self::Named { holder: name, pid },
            HeldBy::Residency => Self::OpenElsewhere { holder: name, pid },
        }
    }

    pub(crate) fn seen(file: &SeenFile) -> Self {
        let about = about(&file.about);
        match (file.arrival, file.container) {
            (Arrival::Underway, _) => Self::Arriving { about },
            (Arrival::Whole, Container::File) => Self::Weights { about },
            (Arrival::Whole, Container::Program) => Self::InProgram { about },
            (Arrival::Whole, Container::Parts { count }) => Self::InParts { about, count },
        }
    }

    pub(crate) fn works(holder: String, busy: Busy) -> Self {
        match busy {
            Busy::Computes { percent } => Self::Computes { holder, percent },
            Busy::OnCard { percent } => Self::OnCard { holder, percent },
            Busy::Serves { port, .. } => Self::Serves { holder, port },
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
            Self::Weights { .. }
            | Self::Arriving { .. }
            | Self::InProgram { .. }
            | Self::InParts { .. }
            | Self::Kin { .. }
            | Self::Hazard { .. } => EvidenceSource::Content,
            Self::ApprovedDigest { .. } | Self::UnknownDigest { .. } => EvidenceSource::Digest,
            Self::Mapped { .. } => EvidenceSource::Maps,
            Self::Opened { .. } => EvidenceSource::Descriptor,
            Self::Named { .. } => EvidenceSource::Arguments,
            Self::OpenElsewhere { .. } => EvidenceSource::FileEvent,
            Self::Computes { .. } | Self::OnCard { .. } => EvidenceSource::ComputingTime,
            Self::Serves { .. } | Self::Waits { .. } => EvidenceSource::Sockets,
            Self::Answers { .. } | Self::Forwards { .. } => EvidenceSource::Answer,
            Self::Listed { .. } => EvidenceSource::KnownModels,
        }
    }

    const fn signal(&self) -> Option<Signal> {
        match self {
            Self::Weights { .. } | Self::Arriving { .. } | Self::InProgram { .. } | Self::InParts { .. } => Some(Signal::Content),
            // A server that was not asked may be anything, and one that forwards needs no weights.
            Self::ApprovedDigest { .. }
            | Self::UnknownDigest { .. }
            | Self::Kin { .. }
            | Self::Hazard { .. }
            | Self::Waits { .. }
            | Self::Forwards { .. }
            | Self::Listed { .. } => None,
            Self::Answers { .. } => Some(Signal::Port),
            Self::Mapped { .. } | Self::Opened { .. } | Self::OpenElsewhere { .. } => Some(Signal::Holder),
            Self::Named { .. } => Some(Signal::Arguments),
            Self::Computes { .. } | Self::OnCard { .. } | Self::Serves { .. } => Some(Signal::Computing),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Weights { .. } => "content.weights",
            Self::Hazard { code } => match code.severity {
                Severity::Dangerous => "hazard.dangerous",
                Severity::Suspicious => "hazard.suspicious",
            },
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
            Self::Arriving { .. } => "content.arriving",
            Self::InProgram { .. } => "content.program",
            Self::InParts { .. } => "content.parts",
            Self::Named { .. } => "holder.arguments",
            Self::OpenElsewhere { .. } => "holder.open_elsewhere",
            Self::Computes { .. } => "holder.computes",
            Self::OnCard { .. } => "holder.on_card",
            Self::Serves { .. } => "holder.serves",
            Self::Waits { .. } => "holder.waits",
            Self::Answers { model: None, .. } => "server.answers",
            Self::Answers { model: Some(_), .. } => "server.answers_model",
            Self::Forwards { .. } => "server.forwards",
            Self::Listed { .. } => "content.listed",
        }
    }

    fn fields(&self) -> BTreeMap<String, String> {
        let pairs = match self {
            Self::Weights { about } | Self::Arriving { about } | Self::InProgram { about } => vec![("about", about.clone())],
            Self::InParts { about, count } => vec![("about", about.clone()), ("count", count.to_string())],
            Self::Hazard { code } => vec![("hazard", code.code.to_owned())],
            Self::ApprovedDigest { digest, entry } => vec![("digest", digest.short()), ("entry", entry.to_string())],
            Self::UnknownDigest { digest } => vec![("digest", digest.short())],
            Self::Kin { name, confidence, .. } => vec![("entry", name.clone()), ("percent", percent(*confidence))],
            Self::Mapped { holder, pid }
            | Self::Opened { holder, pid }
            | Self::Named { holder, pid }
            | Self::OpenElsewhere { holder, pid } => vec![("holder", holder.clone()), ("pid", pid.to_string())],
            Self::Computes { holder, percent } | Self::OnCard { holder, percent } => {
                vec![("holder", holder.clone()), ("percent", percent.to_string())]
            }
            Self::Serves { holder, port } | Self::Waits { holder, port } => {
                vec![("holder", holder.clone()), ("port", port.to_string())]
            }
            Self::Answers { holder, port, product, model } => {
                let named = model.iter().map(|model| ("model", model.clone()));
                let always = [("holder", holder.clone()), ("port", port.to_string()), ("product", product.clone())];
                always.into_iter().chain(named).collect()
            }
            Self::Forwards { holder, port, product, to } => {
                vec![("holder", holder.clone()), ("port", port.to_string()), ("product", product.clone()), ("to", to.clone())]
            }
            Self::Listed { class } => vec![("class", class.clone())],
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn sentence(&self) -> String {
        match self {
            Self::Weights { about } => format!("Its first bytes are those of model weights ({about})."),
            Self::Hazard { code } => format!("{} ({})", code.employee, code.code),
            Self::ApprovedDigest { digest, entry } => {
                format!("Its digest {} is that of the approved {entry}.", digest.short())
            }
            Self::UnknownDigest { digest } => format!("Its digest {} is not in the catalogue.", digest.short()),
            Self::Kin { relation, name, confidence } => {
                let said = match relation {
                    Relation::AlteredCopy => format!("Its weights look the same as those of {name}, but its bytes differ"),
                    Relation::SameWeights => format!("Its weights are those of {name} in another container"),
                    Relation::Requantised => {
                        format!("Its weights are those of {name}, quantised differently or tuned too lightly to tell")
                    }
                    Relation::Derived => {
                        format!("It was fine-tuned, merged or pruned from {name}, the other way round, or both from a third")
                    }
                    Relation::Unrelated => format!("Its weights have nothing in common with those of {name}"),
                };
                format!("{said} ({} % sure).", percent(*confidence))
            }
            Self::Mapped { holder, pid } => format!("{holder} (process {pid}) has it in memory."),
            Self::Opened { holder, pid } => format!("{holder} (process {pid}) keeps it open, or has read it into its memory."),
            Self::Arriving { about } => format!("Its first bytes are those of model weights ({about}), and it is being written."),
            Self::InProgram { about } => format!("It is a program that carries model weights ({about})."),
            Self::InParts { about, count } => {
                format!("It is the first of {count} files that are model weights together ({about}).")
            }
            Self::Named { holder, pid } => {
                format!("{holder} (process {pid}), of another user, was started with its digest and has the memory for it.")
            }
            Self::OpenElsewhere { holder, pid } => {
                format!("It stands open, and {holder} (process {pid}), of another user, has the memory for it.")
            }
            Self::Computes { holder, percent } => format!("{holder} computes ({percent} % of one processor)."),
            Self::OnCard { holder, percent } => format!("{holder} computes on a graphics card ({percent} % of it)."),
            Self::Serves { holder, port } => format!("{holder} works for a program that is connected to its port {port}."),
            Self::Waits { holder, port } => format!("{holder} waits for other programs at port {port}."),
            Self::Answers { holder, port, product, model: None } => {
                format!("{holder} was asked at port {port} and says that it is {product}.")
            }
            Self::Answers { holder, port, product, model: Some(model) } => {
                format!("{holder} was asked at port {port} and says that it is {product} with the model {model}.")
            }
            Self::Forwards { holder, port, product, to } => {
                format!("{holder} was asked at port {port} and says that it is {product} and forwards to another computer, {to}.")
            }
            Self::Listed { class } => format!("It is one of those that are listed and not pointed out: {class}."),
        }
    }
}

/// Rounded down: nothing but the same bytes is certain.
fn percent(confidence: f32) -> String {
    format!("{:.0}", (confidence * 100.0).floor())
}

/// Format, architecture, quantisation, as far as the header says.
pub(crate) fn about(about: &About) -> String {
    let parts = [Some(about.kind.name()), about.architecture.as_deref(), about.element.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
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
            Observed::Hazard { code: canteen_modelfile::HAZARDS[0][0] },
            Observed::Kin { relation: Relation::Requantised, name: "SmolLM2".into(), confidence: 0.999 },
            Observed::held(&holder, HeldBy::Maps),
            Observed::held(&holder, HeldBy::Descriptor),
            Observed::Arriving { about: "GGUF".into() },
            Observed::InProgram { about: "GGUF".into() },
            Observed::InParts { about: "GGUF".into(), count: 4 },
            Observed::held(&holder, HeldBy::Arguments),
            Observed::held(&holder, HeldBy::Residency),
            Observed::works("notes-app".into(), Busy::Computes { percent: 180 }),
            Observed::works("notes-app".into(), Busy::OnCard { percent: 60 }),
            Observed::works("notes-app".into(), Busy::Serves { port: 8080, percent: 9 }),
            Observed::Waits { holder: "notes-app".into(), port: 8080 },
            Observed::Answers { holder: "notes-app".into(), port: 8080, product: "llama.cpp".into(), model: None },
            Observed::Answers { holder: "notes-app".into(), port: 8080, product: "llama.cpp".into(), model: Some("m".into()) },
            Observed::Forwards {
                holder: "ollama".into(),
                port: 11434,
                product: "Ollama".into(),
                to: "https://models.example".into(),
            },
            Observed::Listed { class: "Supplied by a browser".into() },
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
        hazard.dangerous Content None {"hazard": "tar.outside"}
          Unpacking this archive could write into other folders of this computer. Do not open it; tell IT where it came from. (tar.outside)
        lineage.requantised Content None {"entry": "SmolLM2", "percent": "99"}
          Its weights are those of SmolLM2, quantised differently or tuned too lightly to tell (99 % sure).
        holder.maps Maps Some(Holder) {"holder": "notes-app", "pid": "4711"}
          notes-app (process 4711) has it in memory.
        holder.descriptor Descriptor Some(Holder) {"holder": "notes-app", "pid": "4711"}
          notes-app (process 4711) keeps it open, or has read it into its memory.
        content.arriving Content Some(Content) {"about": "GGUF"}
          Its first bytes are those of model weights (GGUF), and it is being written.
        content.program Content Some(Content) {"about": "GGUF"}
          It is a program that carries model weights (GGUF).
        content.parts Content Some(Content) {"about": "GGUF", "count": "4"}
          It is the first of 4 files that are model weights together (GGUF).
        holder.arguments Arguments Some(Arguments) {"holder": "notes-app", "pid": "4711"}
          notes-app (process 4711), of another user, was started with its digest and has the memory for it.
        holder.open_elsewhere FileEvent Some(Holder) {"holder": "notes-app", "pid": "4711"}
          It stands open, and notes-app (process 4711), of another user, has the memory for it.
        holder.computes ComputingTime Some(Computing) {"holder": "notes-app", "percent": "180"}
          notes-app computes (180 % of one processor).
        holder.on_card ComputingTime Some(Computing) {"holder": "notes-app", "percent": "60"}
          notes-app computes on a graphics card (60 % of it).
        holder.serves Sockets Some(Computing) {"holder": "notes-app", "port": "8080"}
          notes-app works for a program that is connected to its port 8080.
        holder.waits Sockets None {"holder": "notes-app", "port": "8080"}
          notes-app waits for other programs at port 8080.
        server.answers Answer Some(Port) {"holder": "notes-app", "port": "8080", "product": "llama.cpp"}
          notes-app was asked at port 8080 and says that it is llama.cpp.
        server.answers_model Answer Some(Port) {"holder": "notes-app", "model": "m", "port": "8080", "product": "llama.cpp"}
          notes-app was asked at port 8080 and says that it is llama.cpp with the model m.
        server.forwards Answer None {"holder": "ollama", "port": "11434", "product": "Ollama", "to": "https://models.example"}
          ollama was asked at port 11434 and says that it is Ollama and forwards to another computer, https://models.example.
        content.listed KnownModels None {"class": "Supplied by a browser"}
          It is one of those that are listed and not pointed out: Supplied by a browser.
        "#);
    }
}
