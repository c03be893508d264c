//! Fingerprints: of any file, read again from what was stored, and compared.

use std::ops::ControlFlow;

use super::{again, file};
use crate::Limits;
use crate::lineage::{Comparison, Contents, Fingerprint, Kinship, Profile, compare, contents, fingerprint, index};

/// In bytes of text. Of a file of the largest size that is tried.
const LONGEST: usize = 256 << 10;

/// A file that is fingerprinted, or fingerprints that were stored: `[first, its contents, second, its contents]`.
pub fn lineage(bytes: &[u8]) {
    match bytes.first() {
        Some(b'[') => stored(bytes),
        _ => taken(bytes),
    }
}

fn taken(bytes: &[u8]) {
    let Some(profile) = profile(bytes) else { return };
    let text = serde_json::to_string(&profile.fingerprint).expect("it has names and numbers");
    assert!(text.len() <= LONGEST, "{} bytes", text.len());
    let read: Fingerprint = serde_json::from_str(&text).expect("it was just written");
    assert_eq!(read, profile.fingerprint, "it is read as it was written");
    let comparison = compare(&profile, &profile);
    sane(&comparison);
    assert_eq!(comparison.kinship, Kinship::Identical);
    let parts = |contents: &Contents| contents.tensors.len() + contents.keys.len();
    assert!(profile.contents.as_ref().is_some_and(|contents| parts(contents) <= bytes.len()));
    again(bytes, &Some(profile.clone()), || self::profile(bytes));
}

fn profile(bytes: &[u8]) -> Option<Profile> {
    let (mut source, size) = file(bytes);
    let index = index(&mut source, size, &Limits::default()).ok()?;
    let fingerprint = fingerprint(&mut source, &index).expect("memory does not fail");
    let contents = contents(&mut source, size, &index, &mut |_| ControlFlow::Continue(())).expect("memory does not fail");
    Some(Profile { fingerprint, contents, template: index.facts.and_then(|facts| facts.chat_template) })
}

fn stored(bytes: &[u8]) {
    let Ok(read) = serde_json::from_slice(bytes) else { return };
    let (fingerprint, contents, other, others): (_, Option<Contents>, _, Option<Contents>) = read;
    let template = contents.as_ref().map(|contents| contents.file.to_string());
    let first = Profile { fingerprint, contents, template };
    let second = Profile { fingerprint: other, contents: others, template: None };
    let (there, back) = (compare(&first, &second), compare(&second, &first));
    sane(&there);
    sane(&back);
    for one in [first, second] {
        assert_ne!(compare(&one, &one).kinship, Kinship::Unrelated, "a model is its own kin");
    }
}

/// Every number is one: what is no number would be told as nothing.
fn sane(comparison: &Comparison) {
    assert!((0.0..=1.0).contains(&comparison.confidence), "{comparison:?}");
    let weights = comparison.evidence.weights.iter();
    let roles =
        weights.clone().flat_map(|weights| &weights.roles).flat_map(|role| [role.correlation, role.difference, role.expected]);
    let norms = comparison.evidence.norms.iter();
    let norms = norms.flat_map(|norms| [norms.correlation, norms.equal_but_for_rounding, norms.spread_difference]).flatten();
    let rows = weights.clone().flat_map(|weights| [weights.unseen, weights.row_spreads]).flatten();
    let numbers = weights.map(|weights| weights.correlation).chain(roles).chain(norms).chain(rows);
    assert!(numbers.clone().all(f32::is_finite), "{comparison:?}");
}
