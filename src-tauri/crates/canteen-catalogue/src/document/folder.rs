//! A folder as a document names it: from the home folder, or as a whole path of any system, as one policy holds for all of them.

use canteen_policy::ExcludedFolder;

use super::checks::{DocumentError, line};

/// Longest path, in bytes.
const LONGEST: usize = 512;
/// What a name cannot hold on Windows; of these, people mean `*` and `?` as wildcards, which would not do what they expect.
const NEVER: [char; 7] = ['*', '?', '"', '<', '>', '|', ':'];

/// `~`, `~/Archive`, `/srv/backup`, `C:\\Backup`. One spelling each: nothing empty, no `.` or `..`, no end that says nothing.
pub(super) fn folder(at: &str, text: &str) -> Result<ExcludedFolder, DocumentError> {
    line(at, text, LONGEST)?;
    let refused = |because: &str| Err(DocumentError::new(at, because));
    let drive =
        |text: &str| text.split_once(":\\").is_some_and(|(letter, _)| matches!(letter.as_bytes(), [b'A'..=b'Z' | b'a'..=b'z']));
    let (below, divider) = match text {
        "~" => return Ok(ExcludedFolder::Home(Vec::new())),
        text if drive(text) => (text.split_once(":\\").map_or("", |(_, below)| below), '\\'),
        text => match text.strip_prefix("~/").or_else(|| text.strip_prefix('/')) {
            Some(below) => (below, '/'),
            None => return refused("must begin with `~/`, `/` or a drive such as `C:\\`"),
        },
    };
    let names: Vec<&str> = below.split(divider).collect();
    if names.iter().any(|name| matches!(*name, "" | "." | "..")) {
        return refused("must name each folder once, without `.`, `..` or a divider at its end");
    }
    if below.contains(NEVER) || names.iter().any(|name| name.contains(['/', '\\'])) {
        return refused("holds a character that no folder has, or a wildcard: whole folders are named");
    }
    Ok(if text.starts_with('~') {
        ExcludedFolder::Home(names.into_iter().map(str::to_owned).collect())
    } else {
        ExcludedFolder::Absolute(text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folders_are_named_from_home_or_whole() {
        let home = |names: &[&str]| Ok(ExcludedFolder::Home(names.iter().map(|name| (*name).to_owned()).collect()));
        let whole = |path: &str| Ok(ExcludedFolder::Absolute(path.to_owned()));
        for (text, expected) in [
            ("~", home(&[])),
            ("~/Archive/2026", home(&["Archive", "2026"])),
            ("~/.cache", home(&[".cache"])),
            ("/srv/backup", whole("/srv/backup")),
            ("D:\\Backup\\2026", whole("D:\\Backup\\2026")),
        ] {
            assert_eq!(folder("f", text), expected, "{text}");
        }
        for text in [
            "",
            " ",
            "Archive",
            "~ada/x",
            "~/",
            "/",
            "C:\\",
            "C:/x",
            "~/a/",
            "~/a//b",
            "~/../ada",
            "/a/./b",
            "~/*",
            "/srv/back?p",
            "~/a\\b",
            "\\\\server\\share",
            "~/a\nb",
            "1:\\x",
            "ab:\\x",
        ] {
            assert!(folder("f", text).is_err(), "{text:?}");
        }
        assert!(folder("f", &format!("/{}", "x".repeat(LONGEST))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_taken_leads_nowhere_else(text in "[~/\\\\.:*a-cC ]{0,12}") {
            if let Ok(taken) = folder("f", &text) {
                let names = match &taken {
                    ExcludedFolder::Home(names) => names.join("/"),
                    ExcludedFolder::Absolute(path) => path.clone(),
                };
                prop_assert!(!names.split(['/', '\\']).any(|name| name == ".." || name == "."));
            }
        }
    }
}
