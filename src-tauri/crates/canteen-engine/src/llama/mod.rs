//! llama.cpp, as little of it as the engine needs, behind types that own their memory.
//!
//! All `unsafe` of this program that touches llama.cpp stands in this folder. Every pointer that the library gives is looked
//! at before use, because it answers a lack of memory or a bad file with null. What it asserts ends the process; the sandbox
//! and the parent are made for that.

mod context;
mod log;
mod model;
mod sampler;

use std::ffi::CStr;

use llama_cpp_sys_2 as sys;

pub(crate) use context::BATCH;
pub use context::{Context, DecodeError};
pub use log::{LogTail, last_errors};
pub use model::{LoadError, Model};
pub use sampler::Sampler;

/// A token of a model's vocabulary.
pub type Token = sys::llama_token;

/// Fills the tables. Makes no thread; opens nothing in this build, which has its only back end linked in. Call it before the
/// process locks itself in.
#[expect(unsafe_code, reason = "a foreign function")]
pub fn init() {
    log::install();
    // SAFETY: takes nothing, and is called once, from the only thread.
    unsafe { sys::llama_backend_init() };
}

/// The version of llama.cpp that is linked in.
#[must_use]
#[expect(unsafe_code, reason = "a foreign function")]
pub fn version() -> String {
    // SAFETY: gives a constant C string.
    unsafe { text(sys::llama_version()) }.unwrap_or_default()
}

/// A C string of the library, copied; `None` for null.
///
/// # Safety
/// `pointer` is null or points to a C string that lives during the call.
#[expect(unsafe_code, reason = "reads a C string")]
unsafe fn text(pointer: *const std::ffi::c_char) -> Option<String> {
    // SAFETY: the caller's promise.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
}
