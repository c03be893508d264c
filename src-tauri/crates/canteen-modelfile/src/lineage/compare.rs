//! What two models say about each other: everything that was measured, typed, and what follows from it.

use std::collections::BTreeMap;

use canteen_types::Digest;
use serde::Serialize;

use super::contents::{Contents, TensorDigest};
use super::fingerprint::{Fingerprint, Norms, Unusable};
use super::index::Container;
use super::{judge, measure, weights};

/// Names that are listed of each kind of change; the rest is counted.
const MOST_NAMES: usize = 64;
/// Of each side of a changed template, in bytes.
const LONGEST_CHANGE: usize = 4096;

/// What is known of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Always there.
    pub fingerprint: Fingerprint,
    /// After a pass over the whole file.
    pub contents: Option<Contents>,
    /// The chat template itself.
    pub template: Option<String>,
}

/// How a model stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// The same bytes.
    Identical,
    /// The same weights, in another container or written anew.
    SameWeights,
    /// A copy in which a template, other metadata or a few tensors were changed.
    AlteredCopy,
    /// The same weights but for quantisation.
    Requantised,
    /// Fine-tuned, merged or pruned: one is made from the other, or both from a third.
    Derived,
    /// Nothing in common.
    Unrelated,
    /// Too little that could be compared.
    Unknown,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// How the second stands to the first.
    pub kinship: Kinship,
    /// That this is so, from 0 to 1; calibrated on the families of `tests/corpora/lineage.py`.
    pub confidence: f32,
    /// What was measured.
    pub evidence: Evidence,
    /// What the second one's metadata says and the measurement refutes.
    pub false_claims: Vec<FalseClaim>,
}

/// What was measured; `None` where one of the two has nothing to measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// Digests of the files.
    pub same_file: Option<bool>,
    /// Digest by digest.
    pub tensors: Option<TensorChanges>,
    /// Digest by digest.
    pub keys: Option<KeyChanges>,
    /// Of the chat template.
    pub template: Option<TemplateChange>,
    /// Vocabularies are the same.
    pub same_tokenizer: Option<bool>,
    /// First and second.
    pub containers: [Container; 2],
    /// Counts of layers and, where both have them, width and vocabulary are the same.
    pub same_shape: bool,
    /// Norm vectors are of the same length, where both have some.
    pub same_width: bool,
    /// Of most weights, first and second.
    pub quantisation: [Option<String>; 2],
    /// Of the norm vectors.
    pub norms: Option<NormEvidence>,
    /// Norm vectors contradict nothing: in one there are none that can be read, or in both they say nothing.
    pub without_norms: bool,
    /// Of samples of the matrices.
    pub weights: Option<WeightEvidence>,
}

/// Tensors, by digests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TensorChanges {
    /// Under the same name with the same bytes.
    pub equal: usize,
    /// The same bytes under another name.
    pub renamed: usize,
    /// The same name and form, other bytes.
    pub changed: Vec<String>,
    /// Matrices of the same name in another form.
    pub reformed: usize,
    /// Vectors of the same name in another form: containers differ in how they keep those.
    pub reformed_vectors: usize,
    /// Queries and keys with other bytes in another container: converters turn their rows, so nothing follows.
    pub turned: usize,
    /// Only in the first.
    pub removed: Vec<String>,
    /// Only in the second.
    pub added: Vec<String>,
    /// Changes that are not listed above.
    pub unlisted: usize,
}

/// Keys of the metadata, by digests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct KeyChanges {
    /// Only in the first.
    pub removed: Vec<String>,
    /// Only in the second.
    pub added: Vec<String>,
    /// Other values.
    pub changed: Vec<String>,
    /// Changes that are not listed above.
    pub unlisted: usize,
}

/// How a chat template was changed. What lies between the common beginning and the common end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateChange {
    /// Where it begins, in bytes.
    pub at: usize,
    /// What the first one has there.
    pub removed: String,
    /// What the second one has there.
    pub added: String,
    /// Either is longer than is shown.
    pub cut: bool,
}

/// Norm vectors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NormEvidence {
    /// Bit by bit, under whatever name.
    pub equal: usize,
    /// The same numbers in whatever order.
    pub equal_in_any_order: usize,
    /// Of the first.
    pub of_first: usize,
    /// Of the second.
    pub of_second: usize,
    /// Of ranks, mean over the vectors of layers of the same number.
    pub correlation: Option<f32>,
    /// Vectors that it is the mean over.
    pub correlated: usize,
    /// Share of samples; `None` where neither file may have rounded them.
    pub equal_but_for_rounding: Option<f32>,
    /// Between tenths of the numbers, as a share of the distance from the first to the ninth; in any order of the units.
    pub spread_difference: Option<f32>,
}

/// Samples of the matrices.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightEvidence {
    /// Of the samples, mean over what the matrices are for.
    pub correlation: f32,
    /// By what the matrices are for.
    pub roles: Vec<RoleEvidence>,
    /// Layers that were held against each other.
    pub layers_paired: usize,
    /// Of them, those of which one is made from the other beyond doubt.
    pub layers_alike: usize,
    /// What explains all differences; none when quantisation alone does not.
    pub explanation: Option<Explanation>,
    /// No sample lies further from the other than both forms together could bring them.
    pub within_reach: bool,
    /// How much all weights could have been changed beside it without being seen by this, as a share of their spread.
    pub unseen: Option<f32>,
    /// How many times what chance would do the lengths of rows correlate, in any order of the numbers in them.
    pub row_spreads: Option<f32>,
    /// Each against that of its own number; else against the most alike.
    pub in_place: bool,
    /// The most alike ones stand in the same order.
    pub in_order: bool,
}

/// Matrices of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RoleEvidence {
    /// GGUF's name.
    pub role: &'static str,
    /// Of the samples.
    pub correlation: f32,
    /// Samples of each.
    pub samples: usize,
    /// Between them, as a share of their spread.
    pub difference: f32,
    /// What quantisation would do, by the explanation that fits, or at most.
    pub expected: f32,
    /// Samples that lie further apart than it can bring them.
    pub outside: usize,
}

/// How one could have come from the other by nothing but quantisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Explanation {
    /// The samples are the same.
    Verbatim,
    /// The second was made from the first.
    SecondFromFirst,
    /// The first was made from the second.
    FirstFromSecond,
    /// Both were made from a finer one.
    BothFromThird,
}

/// What metadata says and the measurement refutes; the text is that of the second model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "claim", content = "text", rename_all = "snake_case")]
pub enum FalseClaim {
    /// Made from the first, or from another.
    BaseModel(String),
    /// Named like the first, or unlike what it is.
    Name(String),
    /// Another architecture than the one whose weights it holds.
    Architecture(String),
}

/// Holds `second` against `first`, which is the one that is known.
#[must_use]
pub fn compare(first: &Profile, second: &Profile) -> Comparison {
    let (ours, theirs) = (&first.fingerprint, &second.fingerprint);
    let contents = first.contents.as_ref().zip(second.contents.as_ref());
    let evidence = Evidence {
        same_file: contents.map(|(ours, theirs)| ours.file == theirs.file),
        tensors: contents.map(|(one, other)| tensors(one, other, ours.container == theirs.container)),
        keys: contents.filter(|_| ours.container == theirs.container).map(|(ours, theirs)| keys(ours, theirs)),
        template: template(first, second),
        ..evidence(ours, theirs)
    };
    let (kinship, confidence) = judge::judge(&evidence);
    Comparison { kinship, confidence, false_claims: judge::false_claims(kinship, &ours.claims, &theirs.claims), evidence }
}

/// What fingerprints alone give.
pub(super) fn evidence(ours: &Fingerprint, theirs: &Fingerprint) -> Evidence {
    let same_version = ours.version == theirs.version;
    // Where there are no norms, it is not known.
    let same_width = ours.shape.width == theirs.shape.width || ours.shape.width == 0 || theirs.shape.width == 0;
    Evidence {
        same_file: None,
        tensors: None,
        keys: None,
        template: None,
        same_tokenizer: ours.tokenizer.zip(theirs.tokenizer).map(|(ours, theirs)| ours == theirs),
        containers: [ours.container, theirs.container],
        same_shape: ours.shape.layers == theirs.shape.layers
            && same_width
            && ours.shape.vocabulary.zip(theirs.shape.vocabulary).is_none_or(|(ours, theirs)| ours == theirs),
        same_width,
        quantisation: [ours.quantisation.clone(), theirs.quantisation.clone()],
        norms: if same_version { measure::norms(ours, theirs) } else { None },
        without_norms: without_norms([&ours.norms, &theirs.norms]),
        weights: if same_version { weights::weights(ours, theirs) } else { None },
    }
}

fn without_norms(both: [&Norms; 2]) -> bool {
    let is = |norms: &Norms, which: &[Unusable]| matches!(norms, Norms::Unusable { why } if which.contains(why));
    both.iter().any(|norms| is(norms, &[Unusable::None, Unusable::Unreadable]))
        || both.iter().all(|norms| is(norms, &[Unusable::Constant]))
}

fn tensors(first: &Contents, second: &Contents, same_container: bool) -> TensorChanges {
    let mut changes = TensorChanges::default();
    // Two tensors may come to one name, and none of them may hide the other.
    let mut named: BTreeMap<&str, Vec<&TensorDigest>> = BTreeMap::new();
    for tensor in second.tensors.iter().rev() {
        named.entry(&tensor.name).or_default().push(tensor);
    }
    let mut lost = Vec::new();
    for tensor in &first.tensors {
        let Some(other) = named.get_mut(tensor.name.as_str()).and_then(Vec::pop) else {
            lost.push(tensor);
            continue;
        };
        if other.digest == tensor.digest {
            changes.equal += 1;
        } else if other.element != tensor.element {
            *(if tensor.vector { &mut changes.reformed_vectors } else { &mut changes.reformed }) += 1;
        } else if !same_container && (tensor.name.ends_with("attn_q.weight") || tensor.name.ends_with("attn_k.weight")) {
            changes.turned += 1;
        } else {
            list(&mut changes.changed, &mut changes.unlisted, &tensor.name);
        }
    }
    changes.rename(&lost, named.into_values().flatten());
    changes
}

impl TensorChanges {
    /// Pairs what is only in one of the two by its bytes.
    fn rename<'t>(&mut self, lost: &[&TensorDigest], new: impl Iterator<Item = &'t TensorDigest>) {
        let mut found: BTreeMap<Digest, Vec<&str>> = BTreeMap::new();
        for tensor in new {
            found.entry(tensor.digest).or_default().push(&tensor.name);
        }
        for tensor in lost {
            match found.get_mut(&tensor.digest).and_then(Vec::pop) {
                Some(_) => self.renamed += 1,
                None => list(&mut self.removed, &mut self.unlisted, &tensor.name),
            }
        }
        for name in found.into_values().flatten() {
            list(&mut self.added, &mut self.unlisted, name);
        }
    }
}

fn list(names: &mut Vec<String>, unlisted: &mut usize, name: &str) {
    if names.len() < MOST_NAMES {
        names.push(name.to_owned());
    } else {
        *unlisted += 1;
    }
}

fn keys(first: &Contents, second: &Contents) -> KeyChanges {
    let (ours, theirs) = (by_name(first), by_name(second));
    let mut changes = KeyChanges::default();
    for (name, digest) in &ours {
        match theirs.get(name) {
            None => list(&mut changes.removed, &mut changes.unlisted, name),
            Some(other) if other != digest => list(&mut changes.changed, &mut changes.unlisted, name),
            Some(_) => {}
        }
    }
    for name in theirs.keys().filter(|name| !ours.contains_key(*name)) {
        list(&mut changes.added, &mut changes.unlisted, name);
    }
    changes
}

fn by_name(contents: &Contents) -> BTreeMap<&str, Digest> {
    contents.keys.iter().map(|key| (key.name.as_str(), key.digest)).collect()
}

/// `None` where both have the same, or neither is there to look at.
fn template(first: &Profile, second: &Profile) -> Option<TemplateChange> {
    if first.fingerprint.template == second.fingerprint.template {
        return None;
    }
    let (ours, theirs) = (first.template.as_deref().unwrap_or_default(), second.template.as_deref().unwrap_or_default());
    let at: usize = ours.chars().zip(theirs.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (ours, theirs) = (ours.get(at..)?, theirs.get(at..)?);
    let end: usize = ours.chars().rev().zip(theirs.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let part = |text: &str| {
        let middle = text.get(..text.len() - end).unwrap_or_default();
        (middle.get(..middle.floor_char_boundary(LONGEST_CHANGE)).unwrap_or_default().to_owned(), middle.len() > LONGEST_CHANGE)
    };
    let ((removed, long), (added, longer)) = (part(ours), part(theirs));
    Some(TemplateChange { at, removed, added, cut: long || longer })
}
