//! The files that are signed, as serde sees them: `catalogue.json` and `policy.json`. A document becomes a domain type through
//! `TryFrom`, which checks every limit; after that nobody asks again.

mod catalogue;
mod checks;
mod entry;
mod folder;
mod kept;
mod policy;
mod source;
mod words;

use schemars::{JsonSchema, schema_for};

pub use catalogue::CatalogueDocument;
pub use checks::DocumentError;
pub use entry::{
    AcceptedHazardsDocument, ApprovalDocument, ArtifactDocument, BaseModelDocument, EngineDocument, EntryDocument,
    LicenceDocument, TermsDocument,
};
pub use kept::{entry_from_text, entry_text};
pub use policy::{LadderDocument, NudgeDocument, PolicyDocument, RungDocument, WatchDocument, WhenExpiredWord};

/// Version of the format of both documents. A reader refuses any other.
pub const FORMAT: u32 = 1;

fn schema_text<T: JsonSchema>() -> String {
    let mut text = serde_json::to_string_pretty(&schema_for!(T)).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of `catalogue.json`, as committed in `schema/`.
#[must_use]
pub fn catalogue_schema() -> String {
    schema_text::<CatalogueDocument>()
}

/// The JSON Schema of `policy.json`, as committed in `schema/`.
#[must_use]
pub fn policy_schema() -> String {
    schema_text::<PolicyDocument>()
}

/// Checks every rule of an entry.
///
/// # Errors
/// The first rule that is broken.
pub fn check_entry(document: &EntryDocument) -> Result<(), DocumentError> {
    canteen_types::Entry::try_from(document.clone()).map(drop)
}

/// Checks every rule of a policy.
///
/// # Errors
/// The first rule that is broken.
pub fn check_policy(document: &PolicyDocument) -> Result<(), DocumentError> {
    canteen_policy::Policy::try_from(document.clone()).map(drop)
}
