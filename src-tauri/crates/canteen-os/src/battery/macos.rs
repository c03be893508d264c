/// IOKit tells that in Core Foundation's words, which nothing here speaks.
pub(super) const fn runs_on_battery() -> Option<bool> {
    None
}
