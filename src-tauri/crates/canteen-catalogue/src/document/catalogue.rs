use std::sync::Arc;

use canteen_types::{Entry, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{DocumentError, count, line, within};
use super::{EntryDocument, FORMAT};
use crate::Catalogue;

/// Most entries in one document.
const ENTRIES: usize = 10_000;

/// `catalogue.json`: the entries that an organisation, or one of its departments, publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Canteen catalogue")]
#[serde(deny_unknown_fields)]
pub struct CatalogueDocument {
    /// Always 1; a reader refuses any other.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Grows with every publication.
    #[schemars(range(min = 1))]
    pub version: u64,
    /// Who publishes.
    #[schemars(length(min = 1, max = 200))]
    pub organisation: String,
    /// When, as RFC 3339.
    #[schemars(with = "String")]
    pub published: Timestamp,
    /// At most 10,000; every id once.
    #[schemars(length(max = 10_000))]
    pub entries: Vec<EntryDocument>,
}

impl TryFrom<CatalogueDocument> for Catalogue {
    type Error = DocumentError;
    fn try_from(document: CatalogueDocument) -> Result<Self, DocumentError> {
        within("format", document.format, FORMAT, FORMAT)?;
        within("version", document.version, 1, u64::MAX)?;
        line("organisation", &document.organisation, 200)?;
        count("entries", &document.entries, ENTRIES)?;
        let mut entries = document
            .entries
            .into_iter()
            .enumerate()
            .map(|(at, entry)| Entry::try_from(entry).map(Arc::new).map_err(|e| e.inside(&format!("entries[{at}]"))))
            .collect::<Result<Vec<_>, _>>()?;
        entries.sort_by(|a, b| a.key.id.cmp(&b.key.id));
        for pair in entries.windows(2) {
            if let [a, b] = pair
                && a.key.id == b.key.id
            {
                return Err(DocumentError::new("entries", format!("“{}” stands there twice", a.key.id)));
            }
        }
        Ok(Self { version: document.version, organisation: document.organisation, published: document.published, entries })
    }
}
