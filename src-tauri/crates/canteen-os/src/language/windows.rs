use crate::Environment;

/// The language of the display; there are no variables for it.
pub(super) fn language(_environment: &Environment) -> Option<String> {
    sys_locale::get_locale()
}
