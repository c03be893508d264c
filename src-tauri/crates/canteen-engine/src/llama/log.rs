//! llama.cpp says why something failed in its log only. Nothing of it is printed: the last errors are kept.

use std::ffi::{CStr, c_char, c_void};
use std::sync::{Mutex, PoisonError};

use llama_cpp_sys_2 as sys;

/// Bytes of errors that are kept.
const KEPT: usize = 2048;
/// What its allocators say.
const NO_MEMORY: [&str; 7] = [
    "insufficient memory",
    "failed to allocate",
    "unable to allocate",
    "bad_alloc",
    "Cannot allocate memory",
    "out of memory",
    // A thread whose stack passes the limit.
    "Resource temporarily unavailable",
];

/// The errors since the last look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTail {
    /// The end of what was said, one line per error.
    pub text: String,
    /// An allocation failed.
    pub no_memory: bool,
}

static TAIL: Mutex<LogTail> = Mutex::new(LogTail { text: String::new(), no_memory: false });

/// Takes what was kept.
#[must_use]
pub fn last_errors() -> LogTail {
    std::mem::take(&mut *TAIL.lock().unwrap_or_else(PoisonError::into_inner))
}

impl LogTail {
    fn add(&mut self, line: &str) {
        self.no_memory |= NO_MEMORY.iter().any(|words| line.contains(words));
        self.text.push_str(line);
        if self.text.len() > KEPT {
            let cut = (self.text.len() - KEPT..).find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
            self.text.drain(..cut);
        }
    }
}

#[expect(unsafe_code, reason = "called by C")]
unsafe extern "C" fn on_log(level: sys::ggml_log_level, text: *const c_char, _: *mut c_void) {
    if level < sys::GGML_LOG_LEVEL_WARN || level == sys::GGML_LOG_LEVEL_CONT || text.is_null() {
        return;
    }
    // SAFETY: ggml hands a C string that lives during the call.
    let line = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    TAIL.lock().unwrap_or_else(PoisonError::into_inner).add(&line);
}

#[expect(unsafe_code, reason = "a foreign function")]
pub(super) fn install() {
    // SAFETY: the callback lives for ever and may be called from any thread. llama_log_set hands it on to ggml.
    unsafe { sys::llama_log_set(Some(on_log), std::ptr::null_mut()) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_kept_and_a_lack_of_memory_is_seen() {
        let mut tail = LogTail::default();
        tail.add("ggml_aligned_malloc: insufficient memory (attempted to allocate 4096.00 MB)\n");
        for _ in 0..1000 {
            tail.add("ü error\n");
        }
        assert!(tail.no_memory);
        assert!(tail.text.len() <= KEPT);
        assert!(tail.text.ends_with("ü error\n"));
    }
}
