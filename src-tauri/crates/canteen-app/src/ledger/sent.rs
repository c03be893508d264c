//! Who was sent something of the log. Today nobody: nothing in this program sends, and the type says so. Whoever adds a
//! recipient has to say here what it was sent, and the ledger shows it.

use crate::wire::LogField;

/// Where parts of a row can go.
enum Recipient {}

/// There is none.
const RECIPIENTS: &[Recipient] = &[];

/// Names of the parts of a row that were sent to somebody.
pub(super) fn of(_fields: &[LogField]) -> Vec<String> {
    RECIPIENTS.iter().flat_map(|recipient| -> Vec<String> { match *recipient {} }).collect()
}
