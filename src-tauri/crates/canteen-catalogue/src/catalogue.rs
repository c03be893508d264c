use std::sync::Arc;

use canteen_types::{Entry, Timestamp};

/// The entries that an organisation publishes, its departments' included.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// Version of the signed list; grows with every publication.
    pub version: u64,
    /// Who signs it.
    pub organisation: String,
    /// When it was published.
    pub published: Timestamp,
    /// By id; every id once.
    pub entries: Vec<Arc<Entry>>,
}
