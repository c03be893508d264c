//! How alike two fingerprints are, in numbers.

use std::collections::BTreeMap;

use super::compare::{Explanation, NormEvidence, RoleEvidence, WeightEvidence};
use super::element;
use super::fingerprint::{Fingerprint, MOST_LAYERS, Norms as NormVectors};
use super::index::Container;
use super::sketch::{LayerSketch, Mark, NormSketch, SAMPLES, WEIGHT_ROLES, WEIGHT_SAMPLES};

/// Relative step of a 16-bit float, and a little: what keeping a norm in one does to it. Half a step of the coarser kind, and what the
/// sketch's own 16 bits add.
const ROUNDING: f32 = 0.001;
const COARSE_ROUNDING: f32 = 0.004_5;
/// What keeping samples in 16 bits does to their difference, as a share of the spread, and a little.
const STEPS: f32 = 0.002;
/// What quantisation does varies from matrix to matrix: more than the expected by a third, and by what few samples leave open.
const NOISE: f32 = 1.33;
/// An explanation by which nearly all of the difference should be there, and is not, is none.
const LEAST_NOISE: f32 = 0.1;
/// Vectors or layers below which a correlation says nothing.
const FEWEST: usize = 3;

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
fn sketched(fingerprint: &Fingerprint) -> &[LayerSketch] {
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

/// `None` where too little of both is sketched.
pub(super) fn weights(first: &Fingerprint, second: &Fingerprint) -> Option<WeightEvidence> {
    let same = first.shape.layers == second.shape.layers;
    let (ours, theirs) = (sketched(first), sketched(second));
    let pairs = if same { in_place(ours, theirs) } else { best(ours, theirs) };
    if pairs.len() < FEWEST {
        return None;
    }
    let chosen: Vec<_> = pairs.iter().filter_map(|(at, with)| Some((ours.get(*at)?, theirs.get(*with)?))).collect();
    let (mut roles, forms): (Vec<RoleEvidence>, Vec<Vec<Forms>>) =
        (0..WEIGHT_ROLES.len()).filter_map(|role| of_role(role, &chosen)).unzip();
    let explained = EXPLANATIONS.iter().find(|tried| explains(tried, &roles, &forms));
    for (role, forms) in roles.iter_mut().zip(&forms) {
        role.expected = expected(explained.unwrap_or(&MOST), forms);
    }
    let correlation = mean(roles.iter().map(|role| role.correlation))?;
    Some(WeightEvidence {
        correlation,
        roles,
        layers_paired: pairs.len(),
        in_place: same,
        explanation: explained.map(|tried| tried.means),
        in_order: pairs.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1),
    })
}

fn in_place(ours: &[LayerSketch], theirs: &[LayerSketch]) -> Vec<(usize, usize)> {
    (0..ours.len().min(theirs.len())).map(|at| (at, at)).collect()
}

/// For each layer of the model with fewer, the most alike one of the other: layers were dropped, or put in twice.
fn best(ours: &[LayerSketch], theirs: &[LayerSketch]) -> Vec<(usize, usize)> {
    if ours.len() > theirs.len() {
        return best(theirs, ours).into_iter().map(|(at, with)| (with, at)).collect();
    }
    let alike = |a: &LayerSketch, b: &LayerSketch| {
        mean((0..WEIGHT_ROLES.len()).filter_map(|role| pearson(samples(a, role)?.as_slice(), samples(b, role)?.as_slice())))
    };
    let most_alike = |layer: &LayerSketch| {
        let scored = theirs.iter().enumerate().filter_map(|(with, other)| Some((with, alike(layer, other)?)));
        scored.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(with, _)| with)
    };
    ours.iter().enumerate().filter_map(|(at, layer)| Some((at, most_alike(layer)?))).collect()
}

fn samples(layer: &LayerSketch, role: usize) -> Option<[f32; WEIGHT_SAMPLES]> {
    layer.weights.get(role)?.as_ref().map(|weight| weight.samples.map(element::half))
}

/// What two forms of one matrix would do to it, squared.
struct Forms {
    same: bool,
    first: f32,
    second: f32,
}

/// A way in which one could have come from the other by nothing but quantisation.
struct Tried {
    means: Explanation,
    /// The noise of the first one's form, of the second's.
    first: bool,
    second: bool,
    /// Where forms are the same, bytes are.
    copied: bool,
}

const fn tried(means: Explanation, first: bool, second: bool, copied: bool) -> Tried {
    Tried { means, first, second, copied }
}

const MOST: Tried = tried(Explanation::BothFromThird, true, true, false);
const EXPLANATIONS: [Tried; 7] = [
    tried(Explanation::Verbatim, false, false, true),
    tried(Explanation::SecondFromFirst, false, true, true),
    tried(Explanation::FirstFromSecond, true, false, true),
    tried(Explanation::BothFromThird, true, true, true),
    tried(Explanation::SecondFromFirst, false, true, false),
    tried(Explanation::FirstFromSecond, true, false, false),
    MOST,
];

fn expected(tried: &Tried, forms: &[Forms]) -> f32 {
    let squared = forms.iter().map(|forms| {
        let counts = |yes: bool, noise: f32| if yes && !(tried.copied && forms.same) { noise } else { 0.0 };
        counts(tried.first, forms.first) + counts(tried.second, forms.second) + STEPS * STEPS
    });
    mean(squared).unwrap_or(0.0).sqrt()
}

/// No kind of matrix differs by more than it should, and all together by not much less.
fn explains(tried: &Tried, roles: &[RoleEvidence], forms: &[Vec<Forms>]) -> bool {
    let ratios: Vec<_> =
        roles.iter().zip(forms).map(|(role, forms)| (role.difference / expected(tried, forms), role.samples)).collect();
    let quiet = forms.iter().all(|forms| expected(tried, forms) < 2.0 * STEPS);
    let enough = quiet || mean(ratios.iter().map(|(ratio, _)| *ratio)).is_some_and(|mean| mean >= LEAST_NOISE);
    enough && ratios.iter().all(|(ratio, samples)| *ratio <= NOISE + 2.0 / (*samples as f32).sqrt())
}

fn of_role(role: usize, layers: &[(&LayerSketch, &LayerSketch)]) -> Option<(RoleEvidence, Vec<Forms>)> {
    let (mut ours, mut theirs, mut forms) = (Vec::new(), Vec::new(), Vec::new());
    for (a, b) in layers {
        let (Some(Some(a)), Some(Some(b))) = (a.weights.get(role), b.weights.get(role)) else { continue };
        ours.extend(a.samples.map(element::half));
        theirs.extend(b.samples.map(element::half));
        let noise = |code| element::of_code(code).and_then(element::noise).unwrap_or(0.0).powi(2);
        forms.push(Forms { same: a.element == b.element, first: noise(a.element), second: noise(b.element) });
    }
    let square = |numbers: &mut dyn Iterator<Item = f32>| mean(numbers.map(|number| number * number));
    let difference = square(&mut ours.iter().zip(&theirs).map(|(a, b)| a - b))?;
    let size = square(&mut ours.iter().copied())?.max(f32::MIN_POSITIVE);
    let evidence = RoleEvidence {
        role: WEIGHT_ROLES.get(role)?,
        correlation: pearson(&ours, &theirs)?,
        samples: ours.len(),
        difference: (difference / size).sqrt(),
        expected: 0.0,
    };
    (forms.len() >= FEWEST).then_some((evidence, forms))
}

fn mean(numbers: impl Iterator<Item = f32>) -> Option<f32> {
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
fn pearson(ours: &[f32], theirs: &[f32]) -> Option<f32> {
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
