//! A company that approved very many models: its catalogue is signed with the publisher's own tools, its models are invented and
//! none of their files exists. For measuring what a large catalogue costs, and for looking at it.

use std::path::{Path, PathBuf};

use canteen_catalogue::document::{FORMAT, PolicyDocument};
use canteen_catalogue::sign::{
    Algorithm, Content, Lifetimes, Repository, RolePlan, RootPlan, SignError, Signer as _, Signing, SigningKey,
};
use canteen_catalogue::{CatalogueDocument, EntryDocument};
use canteen_types::{Digest, Timestamp};
use serde_json::json;

const ORGANISATION: &str = "Brightwater (very many models)";
const FAMILIES: [(&str, &str); 8] = [
    ("Aurora", "Nordlicht Labs"),
    ("Borealis", "Nordlicht Labs"),
    ("Cedar", "Étude Research"),
    ("Dune", "Open Weights Foundation"),
    ("Ember", "Ember AI"),
    ("Fjord", "Universität Süd"),
    ("Gale", "Kōbō"),
    ("Harbour", "Harbour Systems"),
];
const SIZES: [u64; 10] = [135, 360, 500, 1_100, 1_700, 3_000, 7_000, 8_000, 14_000, 32_000];
const KINDS: [(&str, &[&str]); 5] = [
    ("Instruct", &["chat", "summarise"]),
    ("Coder", &["code", "chat"]),
    ("Translate", &["translate", "chat"]),
    ("Base", &["completion"]),
    ("Embed", &["embeddings"]),
];
const LANGUAGES: [&str; 12] = ["en", "de", "fr", "es", "it", "pl", "nl", "pt-BR", "ja", "zh-Hans", "uk", "ar"];
/// Bits per weight, in tenths, of each quantisation.
const QUANTISATIONS: [(&str, u64); 3] = [("Q4_K_M", 48), ("Q8_0", 85), ("F16", 160)];

/// Why there is no such company.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManyError {
    /// The publisher refused.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// An invented entry is none.
    #[error("An invented entry is not one that the catalogue takes: {0}")]
    Entry(#[from] serde_json::Error),
    /// The disk.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Where it is set up, and how large.
#[derive(Clone, Debug)]
pub struct Many {
    /// `CANTEEN_HOME` of a person who has joined.
    pub home: PathBuf,
    /// How many entries, at most 10,000.
    pub entries: usize,
}

impl Many {
    /// Makes keys, signs the catalogue and lets the home join it. What was there of an earlier one is replaced.
    ///
    /// # Errors
    /// No random bytes, no space, or more entries than a catalogue takes.
    pub fn set_up(&self, now: Timestamp) -> Result<(), ManyError> {
        let repository = self.home.join("company").join("repository");
        if repository.exists() {
            fs_err::remove_dir_all(&repository)?;
        }
        let key = SigningKey::generate(Algorithm::Ed25519)?;
        let plan = RootPlan::for_all_roles(RolePlan { keys: vec![key.public().clone()], threshold: 1 });
        let signing = Signing { signers: &[&key], lifetimes: Lifetimes::default(), now };
        let published = Repository::create(&repository, &plan, signing)?;
        published.publish(&self.content(now)?, signing)?;
        self.join(&repository)
    }

    fn content(&self, now: Timestamp) -> Result<Content, ManyError> {
        let catalogue = CatalogueDocument {
            format: FORMAT,
            version: 1,
            organisation: ORGANISATION.to_owned(),
            published: now,
            entries: (0..self.entries).map(entry).collect::<Result<_, _>>()?,
        };
        Ok(Content {
            catalogue,
            policy: PolicyDocument::standard(ORGANISATION),
            runner_signatures: None,
            departments: Vec::new(),
        })
    }

    fn join(&self, repository: &Path) -> Result<(), ManyError> {
        let root = fs_err::read_to_string(repository.join("metadata").join("1.root.json"))?;
        let config = self.home.join("config");
        crate::demo::make_private(&self.home)?;
        crate::demo::make_private(&config)?;
        let joined = json!({ "location": repository, "root": root });
        Ok(fs_err::write(config.join("catalogue.json"), format!("{joined:#}\n"))?)
    }
}

/// Every text as long as a real one, every figure plausible, no two alike.
fn entry(number: usize) -> Result<EntryDocument, serde_json::Error> {
    let pick = |length: usize, step: usize| (number / step) % length;
    let (family, publisher) = FAMILIES.get(pick(FAMILIES.len(), 1)).copied().unwrap_or_default();
    let millions = SIZES.get(pick(SIZES.len(), 8)).copied().unwrap_or(1_000);
    let (kind, tasks) = KINDS.get(pick(KINDS.len(), 80)).copied().unwrap_or(("Instruct", &["chat"]));
    let (quantisation, tenths) = QUANTISATIONS.get(pick(QUANTISATIONS.len(), 400)).copied().unwrap_or(("Q8_0", 85));
    let languages: Vec<&str> = LANGUAGES.iter().copied().cycle().skip(number % 5).take(1 + number % LANGUAGES.len()).collect();
    let size = millions * 1_000_000 * tenths / 80;
    let billions =
        if millions < 1_000 { format!("{millions}M") } else { format!("{}.{}B", millions / 1_000, millions % 1_000 / 100) };
    let id = format!("{}-{number:05}", family.to_lowercase());
    serde_json::from_value(json!({
        "id": id, "version": 1 + number % 4,
        "display_name": format!("{family} {}.{} {billions} {kind}", 1 + number % 4, number % 10),
        "summary": format!("{family} answers short questions, rewrites and sums up texts; the {kind} edition of the {billions} size. Approved for everyday office work."),
        "publisher": publisher, "tasks": tasks, "languages": languages,
        "parameters": millions * 1_000_000, "quantisation": quantisation, "context_length": 32_768,
        "licence": { "terms": { "spdx": if number.is_multiple_of(3) { "MIT" } else { "Apache-2.0" } }, "must_accept": false },
        "base_chain": [{ "name": format!("{family} {billions}"), "publisher": publisher }],
        "artifact": {
            "digest": Digest::of(id.as_bytes()), "size": size, "format": if kind == "Embed" { "safetensors" } else { "gguf" },
            "sources": [format!("https://models.brightwater.example/{id}")],
        },
        "data_approved": if number.is_multiple_of(2) { vec!["public", "internal"] } else { vec!["public"] },
        "data_not_approved": ["personal", "payment"],
        "uses_approved": ["summarise", "draft"], "uses_not_approved": ["hiring-decisions"],
        "approval": {
            "approver": "Ada Sommer", "role": "AI governance",
            "approved_on": format!("2026-{:02}-{:02}T09:00:00Z", 1 + number % 10, 1 + number % 28), "review_due": "2027-11-01T09:00:00Z",
        },
        "memory_minimum": size + size / 4,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_entries_as_a_catalogue_may_have_are_published() {
        let home = tempfile::tempdir().unwrap();
        let many = |entries| Many { home: home.path().to_owned(), entries };
        let now = "2026-11-24T10:00:00Z".parse().unwrap();
        // The publisher reads its own publication with a client's checks and limits.
        many(10_000).set_up(now).unwrap();
        assert!(many(10_001).set_up(now).is_err());
        many(1).set_up(now).unwrap();
        let joined = fs_err::read_to_string(home.path().join("config/catalogue.json")).unwrap();
        assert!(joined.contains("company/repository"), "{joined}");
    }
}
