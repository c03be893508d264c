//! Whether quantisation alone explains what differs between the samples of two models.
//!
//! A quantiser says the number that is nearest among those that a block can say. So what a sample was made of lies within half a step
//! of it, and a model that was made from the other by nothing but quantisation has its samples there, all of them: what was merged into it
//! takes some of them beyond. Where both were made from a third, only the two half steps together bound it, and less can be seen.

use super::compare::{Explanation, RoleEvidence};
use super::element;
use super::measure::{mean, pearson};
use super::sketch::{LayerSketch, WEIGHT_ROLES, WEIGHT_SAMPLES, WeightSketch};

/// What keeping samples in 16 bits does to their difference, as a share of the spread, and a little.
const STEPS: f32 = 0.002;
/// What quantisation does varies from matrix to matrix: more than the expected by a third, and by what few samples leave open.
const NOISE: f32 = 1.33;
/// Weights are published in 32 bits or in one of two forms of 16, and quantised from any of these: half a step of the coarser, and
/// what the sketch's own 16 bits add, which a sample may lie off as a share of itself, once for each of the two.
const ROUNDING: f32 = 0.005;
/// The smallest steps of a 16-bit float.
const SMALLEST: f32 = 6e-8;
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

/// What was found.
pub(super) struct Explained {
    /// By what the matrices are for; those that both have.
    pub(super) roles: Vec<RoleEvidence>,
    /// None when quantisation alone does not explain it.
    pub(super) explanation: Option<Explanation>,
    /// See [`super::WeightEvidence::unseen`].
    pub(super) unseen: Option<f32>,
    /// See [`super::WeightEvidence::within_reach`].
    pub(super) within_reach: bool,
}

/// Tries what could explain the differences between layers, the simplest first.
pub(super) fn explain(layers: &[(&LayerSketch, &LayerSketch)]) -> Explained {
    let roles: Vec<Role> = (0..WEIGHT_ROLES.len()).filter_map(|role| Role::of(role, layers)).collect();
    let explained = EXPLANATIONS.iter().find(|tried| explains(tried, &roles));
    let tried = explained.unwrap_or(&MOST);
    let evidence =
        roles.iter().map(|role| RoleEvidence { expected: role.expected(tried), outside: role.outside(tried).0, ..role.evidence });
    Explained {
        roles: evidence.collect(),
        explanation: explained.map(|tried| tried.means),
        unseen: explained.and_then(|tried| roles.iter().map(|role| role.unseen(tried)).max_by(f32::total_cmp)),
        within_reach: roles.iter().all(|role| role.is_within_reach(&MOST)),
    }
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
        SMALLEST + rounding + through(first, &self.ours) + through(second, &self.theirs)
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
