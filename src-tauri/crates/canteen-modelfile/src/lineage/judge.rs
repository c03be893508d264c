//! What follows from the evidence. Every threshold names what it was read from: the families of `tests/corpora/lineage.py`.
//!
//! SmolLM2, Gemma and MiniLM (49 files, 1,176 pairs; re-quantised to 13 forms by the reference quantiser): all 40 verdicts against the
//! published one were as made, all 101 strangers were told, all 359 related pairs found, none of 817 unrelated ones. The first layers of
//! both with what is done to hide a model or to pass for one (71 files, 2,485 pairs): 24 of 24 re-quantised, 29 of 35 derived; the other six are
//! merges of a half and of one hundredth behind 4 bits, which are below what [`WeightEvidence::unseen`] says for them (0.02, 0.05). None of 1,543
//! unrelated pairs was taken for related, 937 of 942 related ones were found. Strangers that took the norms: *unknown*.
//!
//! Held out (`lineage_heldout.py`; a GPT-2, a Bert published in 4 bits, Whisper: 113 files, 6,328 pairs): 91 of 94 verdicts against the published
//! one as made, three light merges not seen, said with 0.8; 1,874 of 1,937 related pairs found, 4 of 4,391 unrelated ones taken for related
//! (the area below the curve of confidence is 0.998): strangers with the norms of a model, held against a copy of it whose tensors have lost
//! their names, so that only norms are left. What is missed are models whose units were rearranged, held against others that were
//! rearranged or lost layers, and copies without names that were changed everywhere. Two mends came from the held-out ones: numbers that
//! were on the scale of 4 bits before, and matrices kept as columns.
//!
//! Made, trained for a minute and exported by the usual tools (`lineage_small.py`; Bert, GPT-2, T5, Llama, Albert: 99 files, 4,851 pairs): none
//! of 4,056 unrelated pairs was taken for related, 787 of 795 related ones were found, and of 84 verdicts against the published one 81 were
//! as made. A graph after ONNX Runtime's optimiser has lost what tells its matrices, so only the norms are told (0.6); an adapter in the one
//! layer that Albert has is two altered tensors. Names of Albert, and norms in 16 bits that are nearly all ones, were mended by it.
//!
//! Two forms of one model, held against each other and not against what they were made from, are taken for *derived* in one pair of twenty,
//! said with 0.8; mostly where the weights had been quantised before, whose errors are not spread as those of finer ones are.

use super::compare::{Evidence, Explanation, FalseClaim, Kinship, NormEvidence, TensorChanges, WeightEvidence};
use super::fingerprint::Claims;
use super::index::Container;
use super::weights::FEWEST;

/// A copy in which at most this share of the tensors differs is an altered one, if there are fewer of them than layers.
const FEW_CHANGED: f32 = 0.1;
/// Share of a model's norm vectors that another has, bit by bit, and how many at least. Unrelated ones share none (2,335 pairs).
const SHARED_VECTORS: f32 = 0.3;
const FEWEST_VECTORS: usize = 3;
/// Ranks of 16 samples of unrelated vectors correlate by nothing, with a spread of 1/√15, and the mean over `n` vectors with a
/// spread of that over √n. 4.2 spreads are passed by one pair in 75,000; no unrelated pair passed 2.5.
const NORM_SPREADS: f32 = 4.2 * 0.258;
const LOWEST_NORMS: f32 = 0.15;
/// Samples of unrelated matrices correlate by nothing, with a spread of 1/√n: five of these.
const WEIGHT_SPREADS: f32 = 5.0;
const LOWEST_WEIGHTS: f32 = 0.2;
/// Where each layer was held against the most alike one, chance has chosen too: unrelated ones reach 0.41 so, pruned ones 0.62 at least.
const BEST_WEIGHTS: f32 = 0.6;
/// Tenths of norms in any order: 0.0024 between a model and itself trained further and permuted, 0.11 and more between unrelated ones.
const SPREAD: f32 = 0.01;
/// Lengths of rows of unrelated matrices correlate by nothing: so many times what chance does. Unrelated ones reached 3.2 of these.
const ROW_SPREADS: f32 = 4.5;
/// A share by which weights may have been changed without being seen, above which nothing is sure: light merging does no more.
const MOST_UNSEEN: f32 = 0.025;

/// How the second stands to the first, and how sure that is.
pub(super) fn judge(evidence: &Evidence) -> (Kinship, f32) {
    if evidence.same_file == Some(true) {
        return (Kinship::Identical, 1.0);
    }
    let Some(tensors) = &evidence.tensors else { return by_likeness(evidence) };
    match by_digests(tensors, evidence).unwrap_or_else(|| by_likeness(evidence)) {
        // Nobody quantises anew what keeps its form, and leaves some of it.
        (Kinship::Requantised, _) if few_rewritten(tensors, evidence) => (Kinship::Derived, 0.95),
        judged => judged,
    }
}

fn few_rewritten(tensors: &TensorChanges, evidence: &Evidence) -> bool {
    let others = tensors.reformed + tensors.removed.len() + tensors.added.len();
    let copied = |weights: &WeightEvidence| weights.roles.iter().any(|role| role.difference == 0.0);
    evidence.containers[0] == evidence.containers[1]
        && others == 0
        && !tensors.changed.is_empty()
        && evidence.weights.as_ref().is_some_and(copied)
}

/// What digests decide: `None` where the weights differ in more than a few places.
fn by_digests(tensors: &TensorChanges, evidence: &Evidence) -> Option<(Kinship, f32)> {
    let same_container = evidence.containers[0] == evidence.containers[1];
    let same = tensors.equal + tensors.renamed;
    let other = tensors.changed.len() + tensors.unlisted + tensors.removed.len() + tensors.added.len();
    if same == 0 || tensors.reformed > 0 {
        return None;
    }
    if other == 0 && tensors.turned + tensors.reformed_vectors == 0 {
        let keys = evidence.keys.as_ref().is_none_or(|keys| keys.added.len() + keys.removed.len() + keys.changed.len() == 0);
        let unchanged = tensors.renamed == 0 && keys && evidence.template.is_none();
        let kinship = if unchanged || !same_container { Kinship::SameWeights } else { Kinship::AlteredCopy };
        return Some((kinship, 0.999));
    }
    let few = other as f32 <= FEW_CHANGED * (same + other) as f32;
    if !same_container {
        let norms = evidence.norms.as_ref().is_some_and(all_equal);
        let nameless = evidence.containers.contains(&Container::Onnx) && evidence.quantisation[0] == evidence.quantisation[1];
        return match other {
            // Vectors in another form were compared by their numbers, queries and keys whose rows were turned not at all.
            0 if norms => Some((Kinship::SameWeights, if tensors.turned == 0 { 0.98 } else { 0.9 })),
            _ if norms && is_turned(tensors, evidence) => Some((Kinship::SameWeights, 0.9)),
            _ if !norms || !tensors.changed.is_empty() => None,
            // Nor were ONNX's matrices, which have lost their names and are turned.
            _ if nameless && evidence.weights.as_ref().is_some_and(verbatim) => Some((Kinship::SameWeights, 0.95)),
            _ if nameless => None,
            // Converters leave out what their runtime does not use.
            _ if few => Some((Kinship::SameWeights, 0.95)),
            _ => None,
        };
    }
    // Who edits, edits some; who merges, merges into every layer.
    let in_each = |weights: &WeightEvidence| tensors.changed.len() + tensors.unlisted >= weights.layers_paired.max(FEWEST);
    (few && !evidence.weights.as_ref().is_some_and(in_each)).then_some((Kinship::AlteredCopy, 0.99))
}

/// One of the two containers keeps the rows of all matrices as columns. Who edits a matrix leaves others.
fn is_turned(tensors: &TensorChanges, evidence: &Evidence) -> bool {
    let [ours, theirs] = &evidence.quantisation;
    let changed = tensors.changed.len() + tensors.unlisted;
    let all =
        |weights: &WeightEvidence| verbatim(weights) && changed >= weights.layers_paired.saturating_mul(weights.roles.len());
    ours == theirs && tensors.removed.is_empty() && tensors.added.is_empty() && evidence.weights.as_ref().is_some_and(all)
}

fn all_equal(norms: &NormEvidence) -> bool {
    norms.equal == norms.of_first && norms.equal == norms.of_second
}

/// What norms and samples say.
fn by_likeness(evidence: &Evidence) -> (Kinship, f32) {
    let (norms, weights) = (evidence.norms.as_ref(), evidence.weights.as_ref());
    let shared = norms.is_some_and(shares_vectors);
    let by_norms = shared || norms.is_some_and(norms_alike);
    let by_weights = weights.is_some_and(|weights| most_alike(weights) || weights_alike(weights));
    match (norms, weights) {
        (None, None) => (Kinship::Unknown, 0.0),
        // Norms are a few kilobytes, put into another model in a minute. Nor can it be told where units were rearranged in both ways.
        (Some(_), Some(_)) if by_norms && !by_weights => (Kinship::Unknown, 0.0),
        _ if by_norms || by_weights => {
            let unsampled = norms.is_some_and(|norms| norms.correlated == 0) && may_be_rounded(evidence);
            let same_norms = evidence.without_norms
                || unsampled
                || norms.is_some_and(|norms| all_equal(norms) || norms.equal_but_for_rounding.is_some_and(|share| share > 0.99));
            if evidence.same_shape && same_norms && weights.is_none_or(only_noise) {
                let seen =
                    norms.is_some() && weights.and_then(|weights| weights.unseen).is_some_and(|unseen| unseen < MOST_UNSEEN);
                // Without matrices, the same norms are all that is known.
                (
                    Kinship::Requantised,
                    if seen {
                        0.97
                    } else if weights.is_some() {
                        0.8
                    } else {
                        0.6
                    },
                )
            } else if evidence.same_shape && same_norms && weights.is_some_and(|weights| weights.in_place && weights.within_reach)
            {
                // Or quantised in a way that is not known.
                (Kinship::Derived, 0.8)
            } else {
                // Norms alone could be those that a stranger took.
                let strong = weights.is_some_and(|weights| shared || most_alike(weights));
                (Kinship::Derived, if strong { 0.98 } else { 0.85 })
            }
        }
        (Some(_), Some(weights)) if weights.in_place && weights.row_spreads.is_some() => (Kinship::Unrelated, 0.995),
        // Another width or number of layers, or rows kept as columns, leave less to hold against each other.
        (_, Some(_)) => (Kinship::Unrelated, 0.95),
        (Some(norms), None) if norms.correlated > 0 || !evidence.same_width => (Kinship::Unrelated, 0.95),
        // Names that are not known: only copies of the norms would have shown.
        _ => (Kinship::Unknown, 0.0),
    }
}

/// In every sample.
pub(super) fn verbatim(weights: &WeightEvidence) -> bool {
    weights.in_place && weights.explanation == Some(Explanation::Verbatim)
}

fn only_noise(weights: &WeightEvidence) -> bool {
    weights.in_place && weights.explanation.is_some()
}

/// One of the two keeps its norms in 16 bits, and they are so near to each other that nothing of them was sampled.
fn may_be_rounded(evidence: &Evidence) -> bool {
    let mut kept = evidence.containers.iter().zip(&evidence.quantisation);
    kept.any(|(container, form)| *container != Container::Gguf && form.as_deref().is_some_and(|form| form != "F32"))
}

fn most_alike(weights: &WeightEvidence) -> bool {
    weights.correlation > BEST_WEIGHTS || weights.layers_alike >= FEWEST
}

fn shares_vectors(norms: &NormEvidence) -> bool {
    let fewer = norms.of_first.min(norms.of_second) as f32;
    let shared = norms.equal.max(norms.equal_in_any_order);
    shared >= FEWEST_VECTORS && shared as f32 >= SHARED_VECTORS * fewer
}

fn norms_alike(norms: &NormEvidence) -> bool {
    let threshold = (NORM_SPREADS / (norms.correlated.max(1) as f32).sqrt()).max(LOWEST_NORMS);
    norms.correlation.is_some_and(|correlation| correlation > threshold)
        || norms.spread_difference.is_some_and(|difference| difference < SPREAD)
}

/// By all matrices, or by one kind alone: units may be permuted in the others. Or by the lengths of rows, if they are in all.
fn weights_alike(weights: &WeightEvidence) -> bool {
    let above = |correlation: f32, samples: usize| correlation > (WEIGHT_SPREADS / (samples as f32).sqrt()).max(LOWEST_WEIGHTS);
    let all = weights.roles.iter().map(|role| role.samples).sum();
    let samples = above(weights.correlation, all) || weights.roles.iter().any(|role| above(role.correlation, role.samples));
    weights.in_place && (samples || weights.row_spreads.is_some_and(|spreads| spreads > ROW_SPREADS))
}

/// Claims of the second that the kinship refutes.
pub(super) fn false_claims(kinship: Kinship, ours: &Claims, theirs: &Claims) -> Vec<FalseClaim> {
    let mut claims = Vec::new();
    let our_name = ours.name.as_deref();
    let is_ours = |name: &str| our_name.is_some_and(|ours| alike(ours, name));
    match kinship {
        Kinship::Unknown => {}
        Kinship::Unrelated => {
            claims.extend(theirs.base_models.iter().filter(|name| is_ours(name)).cloned().map(FalseClaim::BaseModel));
            claims.extend(theirs.name.iter().filter(|name| is_ours(name)).cloned().map(FalseClaim::Name));
        }
        Kinship::Identical | Kinship::SameWeights | Kinship::AlteredCopy | Kinship::Requantised | Kinship::Derived => {
            // It may name what ours is made from, too.
            let known = |name: &String| is_ours(name) || ours.base_models.iter().any(|base| alike(base, name));
            if our_name.is_some() && !theirs.base_models.iter().any(known) {
                claims.extend(theirs.base_models.first().cloned().map(FalseClaim::BaseModel));
            }
            // Whoever derives a model may name it; whoever copies it has no other.
            if kinship != Kinship::Derived && our_name.is_some() {
                claims.extend(theirs.name.iter().filter(|name| !is_ours(name)).cloned().map(FalseClaim::Name));
            }
            if ours.architecture.is_some() && ours.architecture != theirs.architecture {
                claims.extend(theirs.architecture.clone().map(FalseClaim::Architecture));
            }
        }
    }
    claims
}

/// One name holds the other, whatever the punctuation: makers add sizes, forms and their own names.
fn alike(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (one, other) = (plain(one), plain(other));
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    short.len() >= 4 && long.contains(&short)
}
