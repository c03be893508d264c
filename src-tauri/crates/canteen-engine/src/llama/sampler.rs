#![expect(unsafe_code, reason = "foreign functions")]

use std::ptr::NonNull;

use canteen_types::EngineSettings;
use llama_cpp_sys_2 as sys;

use super::{Context, Model, Token};

/// Tokens that the repeat penalty looks back on.
const LOOK_BACK: i32 = 64;

/// Picks tokens for one answer.
#[derive(Debug)]
pub struct Sampler(NonNull<sys::llama_sampler>);

impl Sampler {
    /// Penalty, top-k, top-p, temperature, chance, in this order. At temperature 0 the likeliest token, always.
    ///
    /// Settings come from a signed entry; odd ones are bent into the range where they mean something. `None` for want of
    /// memory.
    #[must_use]
    pub fn new(model: &Model, settings: &EngineSettings, seed: u32) -> Option<Self> {
        let within = |value: f32, low: f32, high: f32, otherwise: f32| {
            if value.is_finite() { value.clamp(low, high) } else { otherwise }
        };
        let temperature = within(settings.temperature, 0.0, 5.0, 0.0);
        let top_k = i32::try_from(settings.top_k).unwrap_or(i32::MAX);
        // SAFETY: each sampler is made here and then belongs to the chain. A null one is skipped by the check.
        unsafe {
            let chain = Self(NonNull::new(sys::llama_sampler_chain_init(sys::llama_sampler_chain_default_params()))?);
            let penalty = within(settings.repeat_penalty, 0.5, 4.0, 1.0);
            if (penalty - 1.0).abs() > f32::EPSILON {
                chain.add(sys::llama_sampler_init_penalties(model.tokens(), LOOK_BACK, penalty, 0.0, 0.0))?;
            }
            if temperature <= 0.0 {
                chain.add(sys::llama_sampler_init_greedy())?;
                return Some(chain);
            }
            if top_k > 0 {
                chain.add(sys::llama_sampler_init_top_k(top_k))?;
            }
            chain.add(sys::llama_sampler_init_top_p(within(settings.top_p, 0.0, 1.0, 1.0), 1))?;
            chain.add(sys::llama_sampler_init_temp(temperature))?;
            chain.add(sys::llama_sampler_init_dist(seed))?;
            Some(chain)
        }
    }

    /// Hands `part` to the chain; `None` when it is null.
    fn add(&self, part: *mut sys::llama_sampler) -> Option<()> {
        let part = NonNull::new(part)?;
        // SAFETY: both live, and the chain frees its parts.
        unsafe { sys::llama_sampler_chain_add(self.0.as_ptr(), part.as_ptr()) };
        Some(())
    }

    /// The next token after what `context` computed last.
    #[must_use]
    pub fn pick(&mut self, context: &Context<'_>) -> Token {
        // SAFETY: both live; -1 is the last row, which `decode` always computes.
        unsafe { sys::llama_sampler_sample(self.0.as_ptr(), context.as_ptr(), -1) }
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        // SAFETY: made once, freed once, with its parts.
        unsafe { sys::llama_sampler_free(self.0.as_ptr()) };
    }
}
