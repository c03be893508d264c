//! What follows from the evidence. Every threshold names what it was read from.

use super::compare::{Evidence, FalseClaim, Kinship, NormEvidence, TensorChanges, WeightEvidence};
use super::fingerprint::Claims;

/// Share of a model's norm vectors that another has, bit by bit: nothing but kinship gives even one.
const SHARED_VECTORS: f32 = 0.3;
/// A copy in which at most this share of the tensors differs is an altered one; merging changes at least two in each layer.
const FEW_CHANGED: f32 = 0.1;

/// How the second stands to the first, and how sure that is.
pub(super) fn judge(evidence: &Evidence) -> (Kinship, f32) {
    if evidence.same_file == Some(true) {
        return (Kinship::Identical, 1.0);
    }
    if let Some(verdict) = evidence.tensors.as_ref().and_then(|tensors| by_digests(tensors, evidence)) {
        return verdict;
    }
    by_likeness(evidence)
}

/// What digests decide: `None` where the weights differ in more than a few places.
fn by_digests(tensors: &TensorChanges, evidence: &Evidence) -> Option<(Kinship, f32)> {
    let same = tensors.equal + tensors.renamed.len();
    let differing = tensors.changed.len() + tensors.removed.len() + tensors.added.len() + tensors.reformed + tensors.unlisted;
    if same == 0 {
        return None;
    }
    if differing == 0 {
        let keys = evidence.keys.as_ref().is_none_or(|keys| keys.added.len() + keys.removed.len() + keys.changed.len() == 0);
        let unchanged = tensors.renamed.is_empty() && keys && evidence.template.is_none();
        let kinship = if unchanged || !evidence.same_container { Kinship::SameWeights } else { Kinship::AlteredCopy };
        return Some((kinship, 0.999));
    }
    None.or_else(|| {
        let few = differing as f32 <= FEW_CHANGED * (same + differing) as f32;
        (few && evidence.same_container && tensors.reformed == 0).then_some((Kinship::AlteredCopy, 0.99))
    })
}

fn by_likeness(evidence: &Evidence) -> (Kinship, f32) {
    let _ = (SHARED_VECTORS, evidence);
    (Kinship::Unknown, 0.0)
}

/// Claims of the second that the kinship refutes.
pub(super) fn false_claims(kinship: Kinship, ours: &Claims, theirs: &Claims) -> Vec<FalseClaim> {
    let _ = (kinship, ours, theirs);
    Vec::new()
}

#[expect(dead_code, reason = "to come")]
fn later(_: &NormEvidence, _: &WeightEvidence) {}
