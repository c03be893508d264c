use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How this computer is joined to a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Connection {
    /// Who joined it: `managed` (the organisation; it cannot be changed here), `preset` (a set-up script), `person`; absent where
    /// none was joined.
    pub set_by: Option<String>,
    /// Where it is published: a folder or an `https` address.
    pub location: Option<String>,
    /// SHA-256 of the root that everything is checked against.
    pub root_digest: Option<String>,
    /// Groups that the organisation says this computer belongs to, as slugs.
    pub groups: Vec<String>,
}
