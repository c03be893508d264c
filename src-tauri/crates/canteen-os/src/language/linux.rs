use crate::Environment;

/// The variables of POSIX in their order (8.2, Internationalization Variables), and GNU's list of preferences before them, which
/// counts only where a locale is set at all.
pub(super) fn language(environment: &Environment) -> Option<String> {
    let locale = environment.locale.clone().filter(|locale| !matches!(locale.split('.').next(), Some("C" | "POSIX")))?;
    let preferred = environment.languages.as_deref().and_then(|list| list.split(':').find(|one| !one.is_empty()));
    Some(preferred.map_or(locale, str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_variable_wins_and_no_locale_is_no_language() {
        for (pairs, expected) in [
            (&[("LANG", "de_DE.UTF-8")][..], Some("de_DE.UTF-8")),
            (&[("LANG", "de_DE.UTF-8"), ("LC_MESSAGES", "en_GB.UTF-8")], Some("en_GB.UTF-8")),
            (&[("LANG", "de_DE.UTF-8"), ("LC_MESSAGES", "en_GB"), ("LC_ALL", "fr_FR")], Some("fr_FR")),
            (&[("LANG", "en_US.UTF-8"), ("LANGUAGE", "de_AT:de:en")], Some("de_AT")),
            (&[("LANG", "C.UTF-8"), ("LANGUAGE", "de")], None),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "POSIX")], None),
            (&[("LANG", "")], None),
        ] {
            assert_eq!(language(&Environment::from_pairs(pairs.iter().copied())).as_deref(), expected, "{pairs:?}");
        }
    }
}
