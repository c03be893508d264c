//! How alike the matrices of two fingerprints are, and whether quantisation alone explains what differs between them.
//!
//! A quantiser says the number that is nearest among those that a block can say. So what a sample was made of lies within half a step
//! of it, and a model that was made from the other by nothing but quantisation has its samples there, all of them: what was merged into it
//! takes some of them beyond. Where both were made from a third, only the two half steps together bound it, and less can be seen.

use super::compare::{Explanation, RoleEvidence, WeightEvidence};
use super::element;
use super::fingerprint::Fingerprint;
use super::measure::{mean, pearson, sketched};
use super::sketch::{LayerSketch, WEIGHT_ROLES, WEIGHT_SAMPLES, WeightSketch};

/// What keeping samples in 16 bits does to their difference, as a share of the spread, and a little.
const STEPS: f32 = 0.002;
/// What quantisation does varies from matrix to matrix: more than the expected by a third, and by what few samples leave open.
const NOISE: f32 = 1.33;
/// Weights are published in 32 bits or in one of two forms of 16, and quantised from any of these: half a step of the coarser, which a
/// sample may lie off as a share of itself, once for each of the two.
const ROUNDING: f32 = 0.004;
/// Samples of one form that may have been rounded to another number, for having gone through 8 bits.
const FLIPPED: f32 = 0.02;
/// Share of the samples of a kind that may lie out of reach. Nothing but quantisation left none there, in any family and any form.
const OUTSIDE: f32 = 0.003;
/// With so many expected out of reach, none is found once in twenty times.
const SEEN: f32 = 3.0;
/// Share of the samples out of reach that an explanation has to have without one of its forms, of those that it should have.
const LEAST_BLUR: f32 = 0.5;
/// Below so many, chance decides.
const LEAST_EXPECTED: f32 = 8.0;
/// A number that was rounded lies anywhere within a step: differences smaller by so much have another cause. By this many samples.
const LEAST_NOISE: f32 = 0.75;
const FEWEST_SAMPLES: usize = 24;
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
    let roles: Vec<Role> = (0..WEIGHT_ROLES.len()).filter_map(|role| Role::of(role, &chosen)).collect();
    let correlation = mean(roles.iter().map(|role| role.evidence.correlation))?;
    let explained = EXPLANATIONS.iter().find(|tried| explains(tried, &roles));
    let unseen = explained.and_then(|tried| roles.iter().map(|role| role.unseen(tried)).max_by(f32::total_cmp));
    let tried = explained.unwrap_or(&MOST);
    let evidence =
        roles.iter().map(|role| RoleEvidence { expected: role.expected(tried), outside: role.outside(tried).0, ..role.evidence });
    Some(WeightEvidence {
        correlation,
        roles: evidence.collect(),
        layers_paired: pairs.len(),
        layers_alike: chosen.iter().filter(|(ours, theirs)| is_alike(ours, theirs)).count(),
        in_place,
        explanation: explained.map(|tried| tried.means),
        within_reach: roles.iter().all(|role| role.is_within_reach(&MOST)),
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

/// A way in which one could have come from the other by nothing but quantisation.
#[derive(Clone, Copy)]
struct Tried {
    means: Explanation,
    /// The form of the first one did something, of the second one.
    first: bool,
    second: bool,
    /// Where forms are the same, bytes are.
    copied: bool,
}

const fn tried(means: Explanation, first: bool, second: bool, copied: bool) -> Tried {
    Tried { means, first, second, copied }
}

const NOTHING: Tried = tried(Explanation::Verbatim, false, false, true);
const MOST: Tried = tried(Explanation::BothFromThird, true, true, false);
const EXPLANATIONS: [Tried; 7] = [
    NOTHING,
    tried(Explanation::SecondFromFirst, false, true, true),
    tried(Explanation::FirstFromSecond, true, false, true),
    tried(Explanation::BothFromThird, true, true, true),
    tried(Explanation::SecondFromFirst, false, true, false),
    tried(Explanation::FirstFromSecond, true, false, false),
    MOST,
];

/// No kind of matrix differs by more than it should; where two forms explain it, both are needed.
fn explains(tried: &Tried, roles: &[Role]) -> bool {
    let without = [Tried { first: false, ..*tried }, Tried { second: false, ..*tried }];
    let both = tried.first && tried.second;
    roles.iter().all(|role| role.is_explained(tried))
        && (!both || roles.iter().all(Role::is_nearly_copied) || without.iter().all(|without| is_needed(tried, without, roles)))
}

/// Without one of its forms the explanation would fail as it should: what differs is what that form does, not something smaller.
fn is_needed(tried: &Tried, without: &Tried, roles: &[Role]) -> bool {
    let expected: f32 = roles.iter().flat_map(|role| &role.pairs).map(|pair| pair.chance(tried, without)).sum();
    let found: usize = roles.iter().map(|role| role.outside(without).0).sum();
    expected < LEAST_EXPECTED || found as f32 >= LEAST_BLUR * expected
}

/// All matrices of one kind.
struct Role {
    evidence: RoleEvidence,
    pairs: Vec<Pair>,
    /// Root of the mean square of the first one's samples.
    size: f32,
}

impl Role {
    fn of(role: usize, layers: &[(&LayerSketch, &LayerSketch)]) -> Option<Self> {
        let held = layers.iter().filter_map(|(a, b)| Some((a.weights.get(role)?.as_ref()?, b.weights.get(role)?.as_ref()?)));
        let pairs: Vec<Pair> = held.flat_map(|(ours, theirs)| Pair::all(ours, theirs)).collect();
        let (ours, theirs): (Vec<f32>, Vec<f32>) = pairs.iter().map(|pair| (pair.ours.value, pair.theirs.value)).unzip();
        let square = |numbers: &mut dyn Iterator<Item = f32>| mean(numbers.map(|number| number * number));
        let size = square(&mut ours.iter().copied())?.max(f32::MIN_POSITIVE);
        let evidence = RoleEvidence {
            role: WEIGHT_ROLES.get(role)?,
            correlation: pearson(&ours, &theirs)?,
            samples: pairs.len(),
            difference: (square(&mut ours.iter().zip(&theirs).map(|(a, b)| a - b))? / size).sqrt(),
            expected: 0.0,
            outside: 0,
        };
        Some(Self { evidence, pairs, size: size.sqrt() })
    }

    /// What quantisation would do, as a share of the spread.
    fn expected(&self, tried: &Tried) -> f32 {
        let squared = self.pairs.iter().map(|pair| {
            let [first, second] = pair.blurred(tried);
            // A number anywhere within a step is spread by this share of it.
            let by_steps = |told: &Told| told.step() / 12_f32.sqrt() / self.size;
            let noise = |blurs: bool, told: &Told| if blurs { told.noise.max(by_steps(told)).powi(2) } else { 0.0 };
            noise(first, &pair.ours) + noise(second, &pair.theirs) + STEPS * STEPS
        });
        mean(squared).unwrap_or(0.0).sqrt()
    }

    /// Samples out of reach, and those of which that can be told.
    fn outside(&self, tried: &Tried) -> (usize, usize) {
        let beyond = self.pairs.iter().filter_map(|pair| pair.beyond(tried));
        beyond.fold((0, 0), |(outside, all), beyond| (outside + usize::from(beyond > 0.0), all + 1))
    }

    fn may_lie_outside(all: usize) -> f32 {
        (OUTSIDE * all as f32).floor()
    }

    fn is_explained(&self, tried: &Tried) -> bool {
        self.is_within_reach(tried) && self.fills_steps(tried)
    }

    fn is_within_reach(&self, tried: &Tried) -> bool {
        let (outside, all) = self.outside(tried);
        let ratio = self.evidence.difference / self.expected(tried);
        outside as f32 <= Self::may_lie_outside(all) && ratio <= NOISE + 2.0 / (self.evidence.samples as f32).sqrt()
    }

    /// In one form, and all but a few the same.
    fn is_nearly_copied(&self) -> bool {
        let flipped = self.pairs.iter().filter(|pair| pair.differs()).count() as f32;
        let usual = FLIPPED * self.pairs.len() as f32;
        flipped <= usual + 3.0 * usual.sqrt() && self.pairs.iter().all(|pair| pair.same_form)
    }

    /// Differences are as large as the steps of the one form make them, if the other is so fine that it says nothing of these.
    fn fills_steps(&self, tried: &Tried) -> bool {
        // What is the same fits both forms, and hides nothing.
        let told = self.pairs.iter().filter(|pair| pair.beyond(tried).is_some() && pair.differs());
        let coarse: Vec<(&Pair, f32)> = told.filter_map(|pair| Some((pair, pair.only_step(tried)?))).collect();
        let square = |of: &dyn Fn(&(&Pair, f32)) -> f32| mean(coarse.iter().map(|one| of(one).powi(2))).unwrap_or(0.0);
        let found = square(&|(pair, _)| pair.theirs.value - pair.ours.value);
        let by_steps = square(&|(_, step)| step / 12_f32.sqrt());
        let slack = square(&|(pair, _)| pair.slack(tried));
        coarse.len() < FEWEST_SAMPLES || by_steps < slack || found >= LEAST_NOISE.powi(2) * by_steps
    }

    /// How much all of its weights could have been changed, as a share of their spread, without being seen by this. A change of `c` takes
    /// a share of `0.8 c / step` out of reach of one form, and of `c² / 2 step²` out of that of two, less what is put down to 8 bits.
    fn unseen(&self, tried: &Tried) -> f32 {
        let (_, all) = self.outside(tried);
        let share = (Self::may_lie_outside(all) + SEEN) / all.max(1) as f32;
        let typical = |told: fn(&Pair, [bool; 2]) -> Option<&Told>| {
            let told: Vec<&Told> = self.pairs.iter().filter_map(|pair| told(pair, pair.blurred(tried))).collect();
            let step = mean(told.iter().map(|told| told.step())).unwrap_or(0.0);
            (step, mean(told.iter().map(|told| told.through)).unwrap_or(0.0))
        };
        let (first, through) = typical(|pair, [blurs, _]| blurs.then_some(&pair.ours));
        let (second, other) = typical(|pair, [_, blurs]| blurs.then_some(&pair.theirs));
        let change =
            if first.min(second) > 0.0 { (2.0 * share * first * second).sqrt() } else { share / 0.8 * first.max(second) };
        // What is rounded to the same numbers again shows in the sizes of steps alone.
        let again = self.pairs.iter().filter(|pair| pair.same_form && self.evidence.difference > 0.0);
        let hidden = mean(again.map(|pair| pair.theirs.step())).unwrap_or(0.0) / 12_f32.sqrt() / self.size;
        if hidden > ROUNDING {
            return hidden;
        }
        // Seen by their size alone, however far the forms reach.
        ((change + 0.8 * (through + other)) / self.size + ROUNDING).min(self.expected(tried).max(ROUNDING))
    }
}

/// A number as one of the two has it.
struct Told {
    value: f32,
    /// How far below and above it what it was made of may lie.
    below: f32,
    above: f32,
    /// How far off it may be beside, for having gone through 8 bits.
    through: f32,
    /// It may lie anywhere.
    open: bool,
    /// It was rounded to the coarser form of 16 bits.
    coarse: bool,
    /// What the form does at least, as a share of the spread.
    noise: f32,
}

/// One number of both.
struct Pair {
    ours: Told,
    theirs: Told,
    same_form: bool,
}

impl Told {
    /// Within which it was made of anything.
    fn step(&self) -> f32 {
        self.below + self.above
    }

    fn all(weight: &WeightSketch) -> impl Iterator<Item = Self> + '_ {
        let form = element::of_code(weight.element).unwrap_or_default();
        let noise = element::noise(form).unwrap_or(0.0);
        let scales = weight.scales.iter().flat_map(|scale| [*scale; WEIGHT_SAMPLES / 2]);
        weight.samples.iter().zip(scales).enumerate().map(move |(at, (sample, scale))| {
            let value = element::half(*sample);
            let scale = element::half(scale);
            let (below, above) = element::reach(form, value, scale);
            let through = element::half_of_eight_bits(form, scale);
            Self { value, below, above, through, open: weight.open >> at & 1 == 1, coarse: form == "BF16", noise }
        })
    }
}

impl Pair {
    fn all<'s>(ours: &'s WeightSketch, theirs: &'s WeightSketch) -> impl Iterator<Item = Self> + 's {
        let same_form = ours.element == theirs.element;
        Told::all(ours).zip(Told::all(theirs)).map(move |(ours, theirs)| Self { ours, theirs, same_form })
    }

    /// Which of the two forms did something.
    fn blurred(&self, tried: &Tried) -> [bool; 2] {
        let apart = !(tried.copied && self.same_form);
        [tried.first && apart, tried.second && apart]
    }

    /// By more than rounding.
    fn differs(&self) -> bool {
        (self.theirs.value - self.ours.value).abs() > self.slack(&NOTHING)
    }

    /// Of the only form that did something, where it is coarser by far than the other.
    fn only_step(&self, tried: &Tried) -> Option<f32> {
        let (coarse, fine) = match self.blurred(tried) {
            [true, false] => (self.ours.step(), self.theirs.step()),
            [false, true] => (self.theirs.step(), self.ours.step()),
            [true, true] | [false, false] => return None,
        };
        (coarse > 2.0 * fine).then_some(coarse)
    }

    /// What is not put down to anything.
    fn slack(&self, tried: &Tried) -> f32 {
        let [first, second] = self.blurred(tried);
        let through = |blurs: bool, told: &Told| if blurs { told.through } else { 0.0 };
        let times = f32::from(u8::from(self.ours.coarse) + u8::from(self.theirs.coarse));
        let rounding = ROUNDING * times.max(1.0) * self.ours.value.abs().max(self.theirs.value.abs());
        rounding + through(first, &self.ours) + through(second, &self.theirs)
    }

    /// How far the two lie out of each other's reach; `None` where that cannot be told.
    fn beyond(&self, tried: &Tried) -> Option<f32> {
        let [first, second] = self.blurred(tried);
        if first && self.ours.open || second && self.theirs.open {
            return None;
        }
        let apart = self.theirs.value - self.ours.value;
        let (up, down) = if apart > 0.0 { (self.ours.above, self.theirs.below) } else { (self.ours.below, self.theirs.above) };
        let reach = if first { up } else { 0.0 } + if second { down } else { 0.0 };
        Some(apart.abs() - reach - self.slack(tried))
    }

    /// That this lies out of reach by `without`, if `tried` is how it came about: the sum of two numbers, of which each lies anywhere
    /// within half a step, is beyond one of these.
    fn chance(&self, tried: &Tried, without: &Tried) -> f32 {
        if self.beyond(without).is_none() {
            return 0.0;
        }
        let half = |blurs: bool, told: &Told| if blurs { told.step() / 2.0 } else { 0.0 };
        let [first, second] = self.blurred(without);
        let kept = half(first, &self.ours) + half(second, &self.theirs);
        let [first, second] = self.blurred(tried);
        let gone = half(first, &self.ours) + half(second, &self.theirs) - kept;
        let beyond = gone - self.slack(without);
        if beyond <= 0.0 {
            0.0
        } else if beyond <= 2.0 * kept {
            beyond * beyond / (4.0 * gone * kept)
        } else {
            (beyond - kept) / gone
        }
    }
}
