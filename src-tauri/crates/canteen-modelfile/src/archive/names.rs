use crate::formats::paths::{Leaves, leaves};

/// What the name of a member, or of a link's target, would do when it is unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Inside,
    LeavesTheFolder,
}

/// By the rules for all names of other files. A backslash parts a name on Windows only, so no honest archive has one.
pub(crate) fn judge(name: &[u8]) -> Name {
    let leaves = name.contains(&b'\\') || leaves(&String::from_utf8_lossy(name)).is_some();
    if leaves { Name::LeavesTheFolder } else { Name::Inside }
}

/// Where a link leads that stands at `at`, both within one tree.
pub(crate) fn judge_link(at: &[u8], target: &[u8]) -> Name {
    let plain = matches!(leaves(&String::from_utf8_lossy(target)), None | Some(Leaves::Upwards));
    if !plain || target.is_empty() || target.contains(&b'\\') {
        return Name::LeavesTheFolder;
    }
    let folders = |path: &[u8]| path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").count();
    let mut depth = folders(at).saturating_sub(1);
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Name::LeavesTheFolder,
            },
            _ => depth = depth.saturating_add(1),
        }
    }
    Name::Inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_folder() {
        for name in [
            &b"../a"[..],
            b"a/../../b",
            b"/etc/passwd",
            b"\\a",
            b"C:\\a",
            b"c:a",
            b"a\\..\\b",
            b"a\0b",
            b"~/a",
            b"$HOME/a",
            b"a/.. /b",
            b"file:a",
        ] {
            assert_eq!(judge(name), Name::LeavesTheFolder, "{}", name.escape_ascii());
        }
        for name in [&b"a"[..], b"a/b.pkl", b"a..b", b"...a", b".data/version"] {
            assert_eq!(judge(name), Name::Inside, "{}", name.escape_ascii());
        }
    }

    #[test]
    fn where_a_link_leads() {
        assert_eq!(judge_link(b"snapshots/1/a", b"../../blobs/x"), Name::Inside);
        assert_eq!(judge_link(b"a", b"../x"), Name::LeavesTheFolder);
        assert_eq!(judge_link(b"a/b", b"c/../../../x"), Name::LeavesTheFolder);
        assert_eq!(judge_link(b"a", b"/etc/passwd"), Name::LeavesTheFolder);
        assert_eq!(judge_link(b"a", b"~/x"), Name::LeavesTheFolder);
    }
}
