#![expect(unsafe_code, reason = "foreign functions")]

use std::ffi::c_void;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use llama_cpp_sys_2 as sys;

use super::{LoadError, Model, Token, last_errors};
use crate::stop::Stop;

/// Tokens of a prompt that are computed at once. Between two batches, and several times in one, *stop* is heard.
pub(crate) const BATCH: usize = 512;

/// Why tokens could not be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// *Stop* was heard.
    #[error("stopped")]
    Stopped,
    /// No room in the context.
    #[error("the context is full")]
    Full,
    /// An allocation failed.
    #[error("not enough memory")]
    OutOfMemory,
    /// Anything else, by its number.
    #[error("llama.cpp could not compute: {0}")]
    Failed(i32),
}

/// The memory of one conversation with a model.
#[derive(Debug)]
pub struct Context<'m> {
    raw: NonNull<sys::llama_context>,
    model: PhantomData<&'m Model>,
}

/// The context calls this between the steps of a computation.
unsafe extern "C" fn stop_wanted(stop: *mut c_void) -> bool {
    // SAFETY: `Context::new` hands over a reference that lives for ever.
    unsafe { stop.cast::<Stop>().as_ref() }.is_some_and(Stop::wanted)
}

impl<'m> Context<'m> {
    /// Room for `tokens` tokens, computed by `threads` threads.
    ///
    /// # Errors
    /// [`LoadError`], most likely for want of memory.
    pub fn new(model: &'m Model, tokens: u32, threads: u32, stop: &'static Stop) -> Result<Self, LoadError> {
        drop(last_errors());
        let threads = i32::try_from(threads.clamp(1, 64)).unwrap_or(1);
        let batch = u32::try_from(BATCH).unwrap_or(u32::MAX).min(tokens);
        // SAFETY: plain data; the callback's argument lives for ever. Null is looked at.
        let raw = unsafe {
            let mut parameters = sys::llama_context_default_params();
            parameters.n_ctx = tokens;
            parameters.n_batch = batch;
            parameters.n_ubatch = batch;
            parameters.n_seq_max = 1;
            parameters.n_threads = threads;
            parameters.n_threads_batch = threads;
            parameters.no_perf = true;
            parameters.abort_callback = Some(stop_wanted);
            parameters.abort_callback_data = ptr::from_ref(stop).cast_mut().cast();
            sys::llama_init_from_model(model.as_ptr(), parameters)
        };
        Ok(Self { raw: NonNull::new(raw).ok_or_else(LoadError::from_log)?, model: PhantomData })
    }

    pub(super) const fn as_ptr(&self) -> *mut sys::llama_context {
        self.raw.as_ptr()
    }

    /// Its size in tokens, which may have been rounded.
    #[must_use]
    pub fn size(&self) -> u32 {
        // SAFETY: the context lives.
        unsafe { sys::llama_n_ctx(self.as_ptr()) }
    }

    /// Computes `tokens` behind what is there. Up to `BATCH` at once.
    ///
    /// # Errors
    /// [`DecodeError`]. What was computed before it stays; [`forget_from`](Self::forget_from) tidies up.
    pub fn decode(&mut self, tokens: &mut [Token]) -> Result<(), DecodeError> {
        let length = i32::try_from(tokens.len()).map_err(|_| DecodeError::Full)?;
        // SAFETY: the batch points at `tokens` and lives during the call only.
        let result = unsafe { sys::llama_decode(self.as_ptr(), sys::llama_batch_get_one(tokens.as_mut_ptr(), length)) };
        match result {
            0 => Ok(()),
            1 => Err(DecodeError::Full),
            2 => Err(DecodeError::Stopped),
            _ if last_errors().no_memory => Err(DecodeError::OutOfMemory),
            other => Err(DecodeError::Failed(other)),
        }
    }

    /// Forgets all tokens from `position` on. False when this kind of model cannot: then nothing is left at all.
    #[must_use]
    pub fn forget_from(&mut self, position: usize) -> bool {
        let Ok(from) = i32::try_from(position) else { return false };
        // SAFETY: the memory belongs to the context.
        unsafe {
            let memory = sys::llama_get_memory(self.as_ptr());
            let kept = sys::llama_memory_seq_rm(memory, 0, from, -1);
            if !kept {
                sys::llama_memory_clear(memory, false);
            }
            kept
        }
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        // SAFETY: made once, freed once.
        unsafe { sys::llama_free(self.raw.as_ptr()) };
    }
}
