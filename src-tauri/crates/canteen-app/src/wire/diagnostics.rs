use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What helps IT, as one text that the person reads before giving it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Diagnostics {
    /// JSON, laid out for reading.
    pub text: String,
}
