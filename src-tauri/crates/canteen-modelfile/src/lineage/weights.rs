//! How alike the matrices of two fingerprints are.

use super::compare::WeightEvidence;
use super::element;
use super::explain::{Explained, explain};
use super::fingerprint::Fingerprint;
use super::measure::{mean, pearson, sketched};
use super::sketch::{LayerSketch, WEIGHT_ROLES, WEIGHT_SAMPLES};

/// Layers that are held against the most alike ones, below which chance finds some.
pub(super) const FEWEST: usize = 3;
/// Above this correlation, and so many times what chance does, one layer is made from the other.
const LAYER: f32 = 0.6;
const LAYER_SPREADS: f32 = 4.5;
/// A correlation in place above this is one.
const IN_PLACE: f32 = 0.2;
/// Rows across the inner state, whose numbers keep their rows whatever the order of its units; rows across units within a layer.
const ACROSS: [&[&str]; 2] = [&["attn_v", "ffn_gate", "ffn_up"], &["attn_output", "ffn_down"]];

/// `None` where too little of both is sketched.
pub(super) fn weights(first: &Fingerprint, second: &Fingerprint) -> Option<WeightEvidence> {
    let (ours, theirs) = (sketched(first), sketched(second));
    let same = first.shape.layers == second.shape.layers;
    let there = same.then(|| measured(ours, theirs, &in_place(ours, theirs), true)).flatten();
    if there.as_ref().is_some_and(|found| found.correlation > IN_PLACE) {
        return there;
    }
    let best = best(ours, theirs);
    let moved = (best.len() >= FEWEST).then(|| measured(ours, theirs, &best, false)).flatten();
    match there {
        // Layers that stand elsewhere, and as many as before.
        Some(found) => Some(moved.filter(|moved| moved.layers_alike >= FEWEST).unwrap_or(found)),
        None => moved,
    }
}

fn measured(ours: &[LayerSketch], theirs: &[LayerSketch], pairs: &[(usize, usize)], in_place: bool) -> Option<WeightEvidence> {
    let chosen: Vec<_> = pairs.iter().filter_map(|(at, with)| Some((ours.get(*at)?, theirs.get(*with)?))).collect();
    let Explained { roles, explanation, unseen, within_reach } = explain(&chosen);
    let correlation = mean(roles.iter().map(|role| role.correlation))?;
    Some(WeightEvidence {
        correlation,
        roles,
        layers_paired: pairs.len(),
        layers_alike: chosen.iter().filter(|(ours, theirs)| is_alike(ours, theirs)).count(),
        in_place,
        explanation,
        within_reach,
        unseen,
        row_spreads: if in_place { row_spreads(&chosen) } else { None },
        in_order: pairs.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1),
    })
}

fn in_place(ours: &[LayerSketch], theirs: &[LayerSketch]) -> Vec<(usize, usize)> {
    (0..ours.len().min(theirs.len())).map(|at| (at, at)).collect()
}

/// For each layer of the model with fewer, the most alike one of the other: layers were dropped, put in twice or elsewhere.
fn best(ours: &[LayerSketch], theirs: &[LayerSketch]) -> Vec<(usize, usize)> {
    if ours.len() > theirs.len() {
        return best(theirs, ours).into_iter().map(|(at, with)| (with, at)).collect();
    }
    let most_alike = |layer: &LayerSketch| {
        let scored = theirs.iter().enumerate().filter_map(|(with, other)| Some((with, mean(correlations(layer, other))?)));
        scored.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(with, _)| with)
    };
    ours.iter().enumerate().filter_map(|(at, layer)| Some((at, most_alike(layer)?))).collect()
}

fn correlations(ours: &LayerSketch, theirs: &LayerSketch) -> impl Iterator<Item = f32> {
    (0..WEIGHT_ROLES.len()).filter_map(|role| pearson(samples(ours, role)?.as_slice(), samples(theirs, role)?.as_slice()))
}

/// So much that chance does it in none of the pairs that two models have.
fn is_alike(ours: &LayerSketch, theirs: &LayerSketch) -> bool {
    let spread = LAYER_SPREADS / ((correlations(ours, theirs).count() * WEIGHT_SAMPLES) as f32).sqrt();
    mean(correlations(ours, theirs)).is_some_and(|correlation| correlation > spread.max(LAYER))
}

fn samples(layer: &LayerSketch, role: usize) -> Option<[f32; WEIGHT_SAMPLES]> {
    layer.weights.get(role)?.as_ref().map(|weight| weight.samples.map(element::half))
}

/// How many times what chance would do the lengths of rows correlate, in any order of the numbers in them; of the two ways in which rows
/// lie, the one that shows more.
fn row_spreads(layers: &[(&LayerSketch, &LayerSketch)]) -> Option<f32> {
    let ways = ACROSS.iter().filter_map(|roles| {
        let of = |layer: &LayerSketch| {
            let roles = WEIGHT_ROLES.into_iter().zip(&layer.weights).filter(|(role, _)| roles.contains(role));
            roles.map(|(_, weight)| weight.map_or(0.0, |weight| element::half(weight.length)).ln()).collect::<Vec<_>>()
        };
        let pairs = layers.iter().flat_map(|(ours, theirs)| of(ours).into_iter().zip(of(theirs)));
        let (ours, theirs): (Vec<f32>, Vec<f32>) = pairs.filter(|(a, b)| a.is_finite() && b.is_finite()).unzip();
        let free = ours.len().checked_sub(3).filter(|free| *free > 1)?;
        // Fisher's transformation makes of a correlation by chance a number that is spread by one over the root of this.
        Some(pearson(&ours, &theirs)?.clamp(-0.999_9, 0.999_9).atanh() * (free as f32).sqrt())
    });
    ways.max_by(f32::total_cmp)
}
