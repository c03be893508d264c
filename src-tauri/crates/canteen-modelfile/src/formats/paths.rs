//! Names of other files inside a model file: do they stay in its folder, on every system?

/// Why a name does not stay in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// `/…`, `\…`, `C:…`, `~…` or with a variable.
    Absolute,
    /// `..` anywhere, with either slash.
    Upwards,
    /// `scheme:…`.
    Address,
    /// A character that no honest name has.
    Control,
}

/// `None` for a plain relative name. Judged for all systems at once: a file travels.
pub(crate) fn leaves(name: &str) -> Option<Leaves> {
    if name.chars().any(char::is_control) {
        return Some(Leaves::Control);
    }
    if is_address(name) {
        return Some(Leaves::Address);
    }
    let drive = name.split_once(':').is_some_and(|(letter, _)| letter.len() == 1);
    if drive || name.starts_with(['/', '\\', '~', '%', '$']) {
        return Some(Leaves::Absolute);
    }
    // Windows drops spaces and dots at the end of a part: `.. ` goes upwards there.
    let upwards = |part: &str| part.starts_with("..") && part.trim_end_matches([' ', '.']).is_empty();
    name.split(['/', '\\']).any(upwards).then_some(Leaves::Upwards)
}

/// `scheme://…` or `file:…`, as loaders of several frameworks open them.
pub(crate) fn is_address(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else { return false };
    let word = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    word && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stay_and_names_that_leave() {
        for stays in
            ["model.onnx.data", "weights/a.bin", "./a", "a..b", "...a", "model-v1.0:latest.data", "a/.hidden", "Tiny (1).bin"]
        {
            assert_eq!(leaves(stays), None, "{stays}");
        }
        for (name, why) in [
            ("/etc/passwd", Leaves::Absolute),
            ("\\\\server\\share\\a", Leaves::Absolute),
            ("C:\\a", Leaves::Absolute),
            ("c:a", Leaves::Absolute),
            ("~/.ssh/id", Leaves::Absolute),
            ("%APPDATA%\\a", Leaves::Absolute),
            ("../a", Leaves::Upwards),
            ("a/../../b", Leaves::Upwards),
            ("a\\..\\b", Leaves::Upwards),
            ("a/.. /b", Leaves::Upwards),
            ("a/...", Leaves::Upwards),
            ("https://example.com/a", Leaves::Address),
            ("file:a", Leaves::Address),
            ("gs://bucket/a", Leaves::Address),
            ("a\0b", Leaves::Control),
        ] {
            assert_eq!(leaves(name), Some(why), "{name}");
        }
    }
}
