//! Libraries that panic on hostile data, held to an error.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs a decoder that indexes without asking. A panic of it means damaged data, which is told as an error and nowhere else: what
/// the program does about panics of its own stays as it was. The decoder must not be used again after an error.
pub(super) fn guarded<T>(decoder: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(decoder));
    GUARDED.set(outer);
    result.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::InvalidData, "the decoder cannot make sense of it")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_damage_and_others_are_still_told() {
        let damaged = guarded(|| -> io::Result<()> { panic!("an index") });
        assert_eq!(damaged.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(guarded(|| Ok(7)).unwrap(), 7);
        assert!(!GUARDED.get());
    }
}
