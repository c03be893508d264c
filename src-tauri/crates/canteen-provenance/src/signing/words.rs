use super::outcome::{Signer, Verification};
use crate::text::line;

/// Names of one list that are shown.
const MOST: usize = 20;

/// The verification for a terminal. Names in it come from strangers: whoever prints it makes it safe.
#[must_use]
pub fn people(found: &Verification) -> String {
    let count = found.signed.len();
    let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let head = if found.good() {
        format!("Good: {files}, all as signed.")
    } else {
        format!("Not good: the signature over {files} is right, but the files are not those that were signed.")
    };
    let mut lines = vec![head, who(&found.signer)];
    lines.extend(list("Changed since", &found.changed));
    lines.extend(list("Missing", &found.missing));
    lines.extend(list("Not signed", &found.unsigned));
    lines.extend(list("Links, not followed", &found.links));
    lines.extend(list("Left out by the signer, so not signed", &found.left_out));
    lines.extend(list("Not covered by the signature; load nothing from there", &found.ignored));
    lines.join("\n")
}

fn who(signer: &Signer) -> String {
    const NO_TIME: &str = "When it was signed is not proven.";
    match signer {
        Signer::Key { hint } => format!("Signed with the key {hint}. {NO_TIME}"),
        Signer::Certificate { subject, issuer, names, root, not_before, not_after } => {
            let also = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            format!(
                "Signed by {subject}{also}.\n  Issued by {issuer}, trusted through {root}.\n  Valid from {not_before} to {not_after}. \
                 {NO_TIME} The certificate is judged at its beginning, so one that has run out or was withdrawn still counts: put \
                 into the entry until when you rely on it."
            )
        }
        Signer::Identity { identity, issuer, signed_at } => {
            let when = signed_at.map_or_else(String::new, |time| format!(", at {time} or before"));
            format!("Signed by {identity}, whom {issuer} vouches for{when}.")
        }
    }
}

fn list(what: &str, names: &[String]) -> Option<String> {
    // A name with a line end in it must not speak for Canteen.
    let shown: Vec<String> = names.iter().take(MOST).map(|name| line(name)).collect();
    let more = names.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { format!("\n  and {more} more") };
    (!shown.is_empty()).then(|| format!("{what}:\n  {}{more}", shown.join("\n  ")))
}
