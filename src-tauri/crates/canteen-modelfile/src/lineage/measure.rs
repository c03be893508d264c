//! How alike the norm vectors of two fingerprints are, in numbers.

use std::collections::BTreeMap;

use super::compare::NormEvidence;
use super::element;
use super::fingerprint::{Fingerprint, MOST_LAYERS, Norms as NormVectors};
use super::index::Container;
use super::sketch::{LayerSketch, Mark, NormSketch, SAMPLES};

/// Relative step of a 16-bit float, and a little: what keeping a norm in one does to it. Half a step of the coarser kind, and what the
/// sketch's own 16 bits add.
const ROUNDING: f32 = 0.001;
const COARSE_ROUNDING: f32 = 0.004_5;

/// `None` where either has no usable norms.
pub(super) fn norms(first: &Fingerprint, second: &Fingerprint) -> Option<NormEvidence> {
    let (NormVectors::Usable { vectors: ours, .. }, NormVectors::Usable { vectors: theirs, .. }) = (&first.norms, &second.norms)
    else {
        return None;
    };
    let same_layers = first.shape.layers == second.shape.layers && first.shape.width == second.shape.width;
    // Layers that were dropped from the end, or from some place on, leave those before in their places.
    let pairs = if first.shape.width == second.shape.width { norm_pairs(first, second) } else { Vec::new() };
    let steps = [first, second].into_iter().filter_map(rounding);
    Some(NormEvidence {
        equal: shared(ours, theirs, |mark| mark.exact),
        equal_in_any_order: shared(ours, theirs, |mark| mark.sorted),
        of_first: ours.len(),
        of_second: theirs.len(),
        correlation: mean(pairs.iter().filter_map(|pair| rank_correlation(&pair.0, &pair.1))),
        correlated: pairs.len(),
        equal_but_for_rounding: steps.reduce(f32::max).and_then(|step| rounded(&pairs, step)),
        spread_difference: if same_layers { spread_difference(first, second) } else { None },
    })
}

fn shared(ours: &[Mark], theirs: &[Mark], part: impl Fn(&Mark) -> [u8; 8]) -> usize {
    let mut counts = BTreeMap::new();
    for mark in ours {
        *counts.entry(part(mark)).or_insert(0_usize) += 1;
    }
    let taken = theirs.iter().filter(|mark| match counts.get_mut(&part(mark)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    });
    taken.count()
}

/// At most as many as are taken: a fingerprint that was stored may be anybody's.
pub(super) fn sketched(fingerprint: &Fingerprint) -> &[LayerSketch] {
    fingerprint.layers.get(..MOST_LAYERS as usize).unwrap_or(&fingerprint.layers)
}

type Norms<'f> = (&'f Option<NormSketch>, &'f Option<NormSketch>);

fn norms_of_same_number<'f>(first: &'f Fingerprint, second: &'f Fingerprint) -> impl Iterator<Item = Norms<'f>> {
    sketched(first).iter().zip(sketched(second)).flat_map(|(ours, theirs)| ours.norms.iter().zip(&theirs.norms))
}

type Pair = ([f32; SAMPLES], [f32; SAMPLES]);

fn norm_pairs(first: &Fingerprint, second: &Fingerprint) -> Vec<Pair> {
    let norms = norms_of_same_number(first, second);
    norms
        .filter_map(|(ours, theirs)| {
            Some((ours.as_ref()?.samples.map(element::half), theirs.as_ref()?.samples.map(element::half)))
        })
        .collect()
}

/// Which step the form of its norms may have taken; elsewhere than in GGUF, which keeps them whole, they are as most weights are.
fn rounding(fingerprint: &Fingerprint) -> Option<f32> {
    match (fingerprint.container, fingerprint.quantisation.as_deref()) {
        (Container::Gguf, _) => None,
        (Container::Safetensors | Container::Onnx, Some("BF16")) => Some(COARSE_ROUNDING),
        (Container::Safetensors | Container::Onnx, _) => Some(ROUNDING),
    }
}

/// Share of samples that are equal but for rounding.
fn rounded(pairs: &[Pair], step: f32) -> Option<f32> {
    let near = |(a, b): (&f32, &f32)| f32::from(u8::from((a - b).abs() <= step * a.abs().max(b.abs())));
    mean(pairs.iter().flat_map(|(ours, theirs)| ours.iter().zip(theirs).map(near)))
}

/// Typical difference between tenths, which do not depend on the order of units.
fn spread_difference(first: &Fingerprint, second: &Fingerprint) -> Option<f32> {
    let largest = norms_of_same_number(first, second).filter_map(|(ours, theirs)| {
        let (ours, theirs) = (ours.as_ref()?.spread.map(element::half), theirs.as_ref()?.spread.map(element::half));
        // A share of how far they lie apart: norms that all stay near one are not alike by that.
        let apart = ours.last()? - ours.first()?;
        let furthest = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        (apart > 0.0).then(|| furthest / apart)
    });
    median(largest.collect())
}

pub(super) fn mean(numbers: impl Iterator<Item = f32>) -> Option<f32> {
    let (mut sum, mut count) = (0.0_f64, 0_u32);
    for number in numbers {
        sum += f64::from(number);
        count += 1;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a mean of such numbers is one of them in size")]
    (count > 0).then(|| (sum / f64::from(count)) as f32)
}

fn median(mut numbers: Vec<f32>) -> Option<f32> {
    numbers.sort_unstable_by(f32::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// `None` where either does not vary.
pub(super) fn pearson(ours: &[f32], theirs: &[f32]) -> Option<f32> {
    let (a, b) = (mean(ours.iter().copied())?, mean(theirs.iter().copied())?);
    let (mut both, mut first, mut second) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (x, y) in ours.iter().zip(theirs) {
        both += (x - a) * (y - b);
        first += (x - a) * (x - a);
        second += (y - b) * (y - b);
    }
    let size = (first * second).sqrt();
    size.is_normal().then(|| both / size)
}

fn rank_correlation(ours: &[f32; SAMPLES], theirs: &[f32; SAMPLES]) -> Option<f32> {
    pearson(&ranks(ours), &ranks(theirs))
}

/// Equal numbers share the middle of their ranks.
fn ranks(numbers: &[f32; SAMPLES]) -> [f32; SAMPLES] {
    numbers.map(|number| {
        let below = numbers.iter().filter(|other| other.total_cmp(&number).is_lt()).count();
        let same = numbers.iter().filter(|other| other.total_cmp(&number).is_eq()).count();
        below as f32 + same as f32 / 2.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_do_not_mind_size_and_share_places() {
        let mut numbers = [0.0; SAMPLES];
        numbers[3] = 5.0;
        numbers[4] = 1e9;
        let ranks = ranks(&numbers);
        assert_eq!((ranks[0], ranks[3], ranks[4]), (7.0, 14.5, 15.5));
        assert_eq!(rank_correlation(&numbers, &numbers.map(|number| number * 2.0 + 1.0)), Some(1.0));
    }

    #[test]
    fn what_does_not_vary_correlates_with_nothing() {
        assert_eq!(pearson(&[1.0; 8], &[1.0; 8]), None);
        assert_eq!(pearson(&[], &[]), None);
        assert_eq!(pearson(&[f32::NAN, 1.0], &[1.0, 2.0]), None);
        assert_eq!(pearson(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(-1.0));
    }
}
