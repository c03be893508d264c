use crate::Environment;

/// The first of the person's preferred languages; programs that the desktop starts have no variables for it.
pub(super) fn language(_environment: &Environment) -> Option<String> {
    sys_locale::get_locale()
}
