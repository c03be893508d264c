//! Who was sent something of the log. Today nobody: nothing in this program sends, and the type says so. Whoever adds a
//! recipient has to say here what it was sent, and the ledger shows it.

use crate::wire::LogField;

/// Where parts of a row can go.
enum Recipient {}

/// There is none.
const RECIPIENTS: &[Recipient] = &[];

/// The same, as a sentence about a nudge, in English.
pub(crate) const TOLD: &str = "What IT was told: nothing. Nothing of what is recorded about it was sent to anybody.";

/// Names of the parts of a row that were sent to somebody.
pub(super) fn of(_fields: &[LogField]) -> Vec<String> {
    RECIPIENTS.iter().flat_map(|recipient| -> Vec<String> { match *recipient {} }).collect()
}
