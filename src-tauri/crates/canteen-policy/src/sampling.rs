//! What a person may choose for a conversation: around what the entry says, never past what the rules of the organisation say.

use canteen_types::{ChatSettings, EngineSettings};

use crate::Policy;

/// Above it every model writes noise.
const HOTTEST: f32 = 2.0;
/// Below it hardly a token is left to choose from.
const NARROWEST: f32 = 0.05;
/// More candidates than that make no difference that anybody could see.
const MOST_CANDIDATES: u32 = 200;

/// From the least to the most, both allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span<T> {
    /// Least.
    pub low: T,
    /// Most.
    pub high: T,
}

impl<T: PartialOrd + Copy> Span<T> {
    /// Not true for what is no number.
    fn holds(self, value: T) -> bool {
        value >= self.low && value <= self.high
    }

    fn nearest(self, value: T) -> Option<T> {
        if value < self.low {
            Some(self.low)
        } else if value > self.high {
            Some(self.high)
        } else {
            self.holds(value).then_some(value)
        }
    }
}

/// What may be chosen for one entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplingBounds {
    /// 0 always takes the likeliest token.
    pub temperature: Span<f32>,
    /// Nucleus sampling.
    pub top_p: Span<f32>,
    /// Candidates per token; 0 means all.
    pub top_k: Span<u32>,
    /// Longest answer, in tokens.
    pub max_answer_tokens: Span<u32>,
}

/// A choice that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfBounds {
    /// Which setting: `temperature`, `top_p`, `top_k` or `max_answer_tokens`.
    pub setting: &'static str,
    /// Least that is allowed.
    pub low: String,
    /// Most that is allowed.
    pub high: String,
}

/// Bounds for an entry. What the entry itself says is always within them, but for an answer that is longer than the policy
/// allows or than its context can hold.
#[must_use]
pub fn sampling_bounds(policy: &Policy, engine: &EngineSettings) -> SamplingBounds {
    let longest = policy.max_answer_tokens.min(engine.context_tokens).max(1);
    SamplingBounds {
        temperature: Span { low: 0.0, high: HOTTEST.max(engine.temperature) },
        top_p: Span { low: NARROWEST.min(engine.top_p), high: 1.0 },
        top_k: Span { low: 0, high: MOST_CANDIDATES.max(engine.top_k) },
        max_answer_tokens: Span { low: 1, high: longest },
    }
}

impl SamplingBounds {
    /// Is everything that was chosen allowed?
    ///
    /// # Errors
    /// The first choice that is not.
    pub fn check(&self, chosen: &ChatSettings) -> Result<(), OutOfBounds> {
        fn one<T: PartialOrd + Copy + std::fmt::Display>(
            setting: &'static str,
            span: Span<T>,
            chosen: Option<T>,
        ) -> Result<(), OutOfBounds> {
            if chosen.is_none_or(|value| span.holds(value)) {
                return Ok(());
            }
            Err(OutOfBounds { setting, low: span.low.to_string(), high: span.high.to_string() })
        }
        one("temperature", self.temperature, chosen.temperature)?;
        one("top_p", self.top_p, chosen.top_p)?;
        one("top_k", self.top_k, chosen.top_k)?;
        one("max_answer_tokens", self.max_answer_tokens, chosen.max_answer_tokens)
    }

    /// What the engine gets: the entry's settings with what was chosen, and nothing past the bounds. They may have become
    /// narrower since something was chosen.
    #[must_use]
    pub fn apply(&self, engine: &EngineSettings, chosen: &ChatSettings) -> EngineSettings {
        fn bent<T: PartialOrd + Copy>(span: Span<T>, chosen: Option<T>, otherwise: T) -> T {
            chosen.and_then(|value| span.nearest(value)).or_else(|| span.nearest(otherwise)).unwrap_or(span.low)
        }
        EngineSettings {
            temperature: bent(self.temperature, chosen.temperature, engine.temperature),
            top_p: bent(self.top_p, chosen.top_p, engine.top_p),
            top_k: bent(self.top_k, chosen.top_k, engine.top_k),
            max_answer_tokens: bent(self.max_answer_tokens, chosen.max_answer_tokens, engine.max_answer_tokens),
            ..*engine
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bounds() -> SamplingBounds {
        sampling_bounds(&Policy { max_answer_tokens: 1000, ..Policy::default() }, &EngineSettings::default())
    }

    fn chosen(temperature: f32, max_answer_tokens: u32) -> ChatSettings {
        ChatSettings { temperature: Some(temperature), max_answer_tokens: Some(max_answer_tokens), ..ChatSettings::default() }
    }

    #[test]
    fn the_edges_are_allowed_and_nothing_past_them() {
        for good in [ChatSettings::default(), chosen(0.0, 1), chosen(2.0, 1000)] {
            assert_eq!(bounds().check(&good), Ok(()));
        }
        for (bad, setting) in [
            (chosen(2.1, 1), "temperature"),
            (chosen(-0.1, 1), "temperature"),
            (chosen(f32::NAN, 1), "temperature"),
            (chosen(0.5, 0), "max_answer_tokens"),
            (chosen(0.5, 1001), "max_answer_tokens"),
            (ChatSettings { top_p: Some(1.5), ..ChatSettings::default() }, "top_p"),
            (ChatSettings { top_k: Some(201), ..ChatSettings::default() }, "top_k"),
        ] {
            assert_eq!(bounds().check(&bad).unwrap_err().setting, setting);
        }
        let refused = bounds().check(&chosen(9.0, 1)).unwrap_err();
        assert_eq!((refused.low.as_str(), refused.high.as_str()), ("0", "2"));
    }

    #[test]
    fn an_answer_is_never_longer_than_the_context() {
        let policy = Policy { max_answer_tokens: u32::MAX, ..Policy::default() };
        assert_eq!(sampling_bounds(&policy, &EngineSettings::default()).max_answer_tokens.high, 2048);
    }

    #[test]
    fn without_a_choice_it_is_as_the_entry_says() {
        assert_eq!(bounds().apply(&EngineSettings::default(), &ChatSettings::default()), EngineSettings::default());
        let unusual = EngineSettings { temperature: 3.0, top_p: 0.01, top_k: 900, ..EngineSettings::default() };
        assert_eq!(sampling_bounds(&Policy::default(), &unusual).apply(&unusual, &ChatSettings::default()), unusual);
    }

    proptest! {
        #[test]
        fn what_the_engine_gets_is_within_the_bounds(temperature: f32, top_p: f32, top_k: u32, longest: u32, engine: (f32, f32, u32, u32)) {
            let engine = EngineSettings {
                temperature: engine.0, top_p: engine.1, top_k: engine.2, max_answer_tokens: engine.3, ..EngineSettings::default()
            };
            let bounds = sampling_bounds(&Policy::default(), &engine);
            let wanted = ChatSettings {
                temperature: Some(temperature), top_p: Some(top_p), top_k: Some(top_k), max_answer_tokens: Some(longest),
                ..ChatSettings::default()
            };
            let got = bounds.apply(&engine, &wanted);
            let said = ChatSettings {
                temperature: Some(got.temperature), top_p: Some(got.top_p), top_k: Some(got.top_k),
                max_answer_tokens: Some(got.max_answer_tokens), ..ChatSettings::default()
            };
            prop_assert_eq!(bounds.check(&said), Ok(()), "{:?}", got);
            if bounds.check(&wanted).is_ok() {
                prop_assert_eq!((got.temperature, got.top_k), (temperature, top_k), "an allowed choice is taken as it is");
            }
        }
    }
}
